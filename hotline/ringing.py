"""The telephone exchange (PBX) tells which number rings, and an operator takes it with one key.

What it sends is signed: `X-Signature` is the HMAC-SHA256, in hex, of the `X-Timestamp` (seconds), a
dot and the body, under the secret that both sides know. It counts for two minutes and once. The
number lies protected for some minutes, and then in the call that was written down, or nowhere.
"""

import datetime
import hmac
import time

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hotline.models import Ringing
from sanasezim.shared import keys, limits
from sanasezim.shared.models import Line
from sanasezim.shared.phones import as_e164, bare_digits

COUNTS_FOR = 120  # seconds
PURPOSE = "ring"
LONGEST_BODY = 1000
# Everything the exchange may say in a minute; a flood is cut off
MOST_A_MINUTE = 120


class Refused(Exception):
    """What was sent is not from our exchange, or was sent before. `status` is the answer's."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


def signature(timestamp, body):
    message = timestamp.encode() + b"." + body
    return hmac.digest(settings.PBX_SECRET.encode(), message, "sha256").hex()


def check(timestamp, signed, body):
    """Refused, unless our exchange signed this body within two minutes and sends it for the first time."""
    if not settings.PBX_SECRET:
        raise Refused(404)
    wanted = signature(timestamp, body)
    if not hmac.compare_digest(wanted.encode(), signed.lower().encode()):
        raise Refused(403)
    # Only now is the moment worth anything: it is signed as well.
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > COUNTS_FOR:
        raise Refused(403)
    if limits.count(PURPOSE, wanted, 3 * COUNTS_FOR) > 1:
        raise Refused(409)
    if limits.count("rings", "", 60) > MOST_A_MINUTE:
        raise Refused(429)


def announce(*, call_id, phone, line=""):
    """A phone of ours rings. What is told twice is one call; an empty number is a hidden one."""
    forget_old()
    number = as_e164(line) or line
    Ringing.objects.get_or_create(
        call_code=keys.code_of(keys.PEPPER, PURPOSE, call_id),
        defaults={
            "phone": as_e164(phone) or bare_digits(phone)[:20],
            "line": Line.objects.filter(phone=number).first() if number else None,
        },
    )


def end(call_id):
    """It rings no more, or was answered elsewhere."""
    code = keys.code_of(keys.PEPPER, PURPOSE, call_id)
    Ringing.objects.filter(call_code=code).delete()


@transaction.atomic
def take(pk, *, by):
    """The ringing phone, taken by one operator; None where a colleague was quicker."""
    free = Ringing.objects.now().select_for_update(skip_locked=True, of=["self"])
    ringing = free.filter(pk=pk).select_related("line").first()
    if ringing is None:
        return None
    ringing.taken_by = by
    ringing.save(update_fields=["taken_by"])
    return ringing


def seconds(ringing):
    return max(0, round((timezone.now() - ringing.rang_at) / datetime.timedelta(seconds=1)))


def forget_old():
    return Ringing.objects.old().delete()[0]
