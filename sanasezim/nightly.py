"""What is done once a night: what has had its day is forgotten, what must be looked at is said.

Each step stands alone: one that fails is logged, and the others still run. A step gives a line for
the log of the night, without a word about anybody.
"""

import datetime
import logging

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.module_loading import import_string

from resources import files, search
from sanasezim.shared import access_chain, accounts, limits, network, notices, sealed_files

logger = logging.getLogger(__name__)

# A file may be on the disk for so long before the row that names it is committed.
STRAY_AFTER = datetime.timedelta(hours=24)


def run():
    """Run every step; the names of those that failed."""
    failed = []
    for step in STEPS:
        try:
            print(f"{step.__name__}: {step()}", flush=True)
        except Exception:
            logger.exception("the nightly step %s failed", step.__name__)
            failed.append(step.__name__)
    return failed


def forget_sessions():
    store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    store.clear_expired()
    return "the ended ones are gone"


def forget_limits():
    return f"{limits.forget_old()} windows"


def forget_places():
    return f"{accounts.forget_old()} of known places and letters"


def forget_networks():
    return f"{network.forget_old_days()} days"


def forget_strays():
    before = timezone.now() - STRAY_AFTER
    return f"{files.remove_strays(before) + sealed_files.remove_strays(before)} files without a row"


def index_the_library():
    return f"{search.reindex()} versions"


def send_letters():
    notices.send_waiting()
    return "sent what waited"


def check_the_record_of_looks():
    """The last link leaves the machine each night: who cuts off the end of the record is found out."""
    troubles = access_chain.troubles(kept_since=kept_since())
    if settings.ACCESS_DIGEST_TO:
        EmailMessage(
            subject="Record of looks" if not troubles else "Record of looks: NOT whole",
            body="\n".join([access_chain.last_link(), *troubles]),
            to=settings.ACCESS_DIGEST_TO,
        ).send()
    if troubles:
        raise AssertionError(f"the record of looks is not whole: {len(troubles)} troubles")
    return "whole"


def kept_since():
    """The first day whose looks must all be there."""
    return timezone.localdate() - settings.KEEP_LOOKS


STEPS = [
    forget_sessions,
    forget_limits,
    forget_places,
    forget_networks,
    forget_strays,
    index_the_library,
    send_letters,
    check_the_record_of_looks,
]
