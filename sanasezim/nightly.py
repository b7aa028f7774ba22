"""What is done once a night: what has had its day is forgotten, what must be looked at is said.

Each step stands alone: one that fails is logged, and the others still run. A step gives a line for
the log of the night, without a word about anybody.
"""

import datetime
import logging

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from hotline import retention as hotline_retention
from legalaid import erased_list, reminders, retention
from resources import files, search
from sanasezim import weekly
from sanasezim.backups import BackupTrouble, making
from sanasezim.reports import tally
from sanasezim.shared import (
    access_chain,
    access_log,
    accounts,
    jobs,
    limits,
    network,
    notices,
    sealed_files,
)
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import AccessEntry, AccessLink

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


def forget_jobs():
    """What was done a week ago goes; what has failed for an hour is said."""
    forgotten = jobs.forget_old()
    if stuck := list(jobs.stuck()[:10]):
        raise AssertionError(f"jobs go on failing: {', '.join(map(str, stuck))}")
    return f"{forgotten} jobs"


def find_what_has_had_its_time():
    """Nothing is erased by it: two people look first."""
    new = retention.find()
    return ", ".join(f"{number} {kind}" for kind, number in new.items() if number) or "nothing new"


def forget_callbacks_that_ended():
    return f"{hotline_retention.forget_old()} numbers and notes"


def copy_the_list_of_what_was_erased():
    return f"{erased_list.copy()} marks were missing"


def clear_the_space_of_what_was_erased():
    """Until then the bytes of a removed row still lie in the files of the database."""
    if not AccessEntry.objects.filter(
        action=Action.ERASE, at__gt=timezone.now() - datetime.timedelta(days=2)
    ).exists():
        return "nothing was erased"
    tables = [
        model._meta.db_table
        for app in settings.APPS_ABOUT_PEOPLE
        for model in apps.get_app_config(app).get_models()
    ]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")
    return f"{len(tables)} tables"


def plan_the_letters_of_the_day():
    return f"{reminders.plan()} letters"


def plan_the_letter_of_the_week():
    return f"{weekly.plan()} directors"


def sum_up_the_months_of_the_log():
    """So that whoever asks for a report in the morning need not wait for it."""
    return f"{tally.refresh_all()} months"


def forget_looks():
    """Those that have had their time, and a look that says how many. The links of the chain stay."""
    old = AccessLink.objects.filter(day__lt=kept_since()).values("entry_id")
    number = AccessEntry.objects.filter(pk__in=old).delete()[0]
    if number:
        access_log.record(Action.ERASE, by=None, what=AccessEntry, rows=number)
    return f"{number} looks"


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


def back_up():
    """After all that was forgotten: what is gone must not lie in the backup of this night."""
    if not settings.BACKUP_DIR:
        return "no folder is named for it (BACKUP_DIR)"
    try:
        return making.make_for_the_night()
    except BackupTrouble as trouble:
        logger.error("%s", trouble)
        raise


def kept_since():
    """The first day whose looks must all be there."""
    return timezone.localdate() - settings.KEEP_LOOKS


STEPS = [
    forget_sessions,
    forget_limits,
    forget_places,
    forget_networks,
    forget_strays,
    forget_jobs,
    find_what_has_had_its_time,
    forget_callbacks_that_ended,
    copy_the_list_of_what_was_erased,
    clear_the_space_of_what_was_erased,
    sum_up_the_months_of_the_log,
    plan_the_letters_of_the_day,
    plan_the_letter_of_the_week,
    index_the_library,
    send_letters,
    forget_looks,
    check_the_record_of_looks,
    back_up,
]
