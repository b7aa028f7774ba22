"""The second factor: an authenticator app, and ten recovery codes for the day it is lost."""

import enum
import hmac

from django.db import transaction
from django.utils import timezone

from sanasezim.shared import access_log, codes, notices
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import Authenticator, RecoveryCode

APP_DIGITS = 6
# 66 bits, in five groups of four.
RECOVERY_DIGITS = 20
RECOVERY_CODES = 10
PURPOSE = "recovery code"


class Answer(enum.Enum):
    """What became of a code."""

    RIGHT = "right"
    RECOVERY = "recovery"  # right, and one recovery code fewer
    WRONG = "wrong"
    USED = "used"  # it was right, but only once
    WAIT = "wait"  # too many wrong ones: none is looked at for a while

    @property
    def is_right(self):
        return self in (Answer.RIGHT, Answer.RECOVERY)


def of(account):
    """The account's authenticator app, or None."""
    return Authenticator.objects.filter(user=account, confirmed=True).first()


def use(account, text):
    """Take a code as it was typed: of the app, or a recovery code. A right one is used up by it."""
    digits = codes.typed(text)
    if len(digits) == APP_DIGITS:
        return _use_app(account, digits)
    if len(digits) == RECOVERY_DIGITS:
        return _use_recovery(account, digits)
    return Answer.WRONG


@transaction.atomic
def _use_app(account, digits):
    # Locked: of two who send the same code at once, the second finds it used.
    app = Authenticator.objects.select_for_update().filter(user=account, confirmed=True).first()
    if app is None:
        return Answer.WRONG
    if not app.verify_is_allowed()[0]:
        return Answer.WAIT
    if app.verify_token(digits):
        return Answer.RIGHT
    return Answer.USED if app.was_used(digits) else Answer.WRONG


@transaction.atomic
def _use_recovery(account, digits):
    unused = list(RecoveryCode.objects.select_for_update().filter(account=account).unused())
    digest = codes.digest(PURPOSE, digits, unused[0].salt if unused else b"")
    for code in unused:
        if hmac.compare_digest(bytes(code.digest), digest):
            code.used_at = timezone.now()
            code.save(update_fields=["used_at"])
            notices.account_news(account)
            return Answer.RECOVERY
    return Answer.WRONG


def begin(account):
    """A new app's secret, to be shown as a QR code. It is good for nothing before its first code."""
    Authenticator.objects.filter(user=account, confirmed=False).delete()
    return Authenticator.objects.create(user=account, name="", confirmed=False)


@transaction.atomic
def confirm(app, text, *, request):
    """Take the app into use if its code is right, instead of any earlier one. Gives recovery codes."""
    digits = codes.typed(text)
    app = Authenticator.objects.select_for_update().filter(pk=app.pk, confirmed=False).first()
    if app is None or len(digits) != APP_DIGITS or not app.verify_token(digits):
        return None
    Authenticator.objects.filter(user=app.user, confirmed=True).delete()
    app.confirmed = True
    app.save()
    return new_recovery_codes(app.user, request=request)


@transaction.atomic
def new_recovery_codes(account, *, request):
    """Ten new codes, shown this once; those before are good no more."""
    RecoveryCode.objects.filter(account=account).delete()
    made = [codes.new_code(RECOVERY_DIGITS) for _place in range(RECOVERY_CODES)]
    salt = codes.new_salt()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, salt=salt, digest=codes.digest(PURPOSE, code, salt))
        for code in made
    )
    access_log.record(Action.FACTOR, by=account, request=request, what=account)
    notices.account_news(account)
    return made


def remove(account):
    """The phone is lost: the next sign-in sets up another."""
    Authenticator.objects.filter(user=account).delete()
    RecoveryCode.objects.filter(account=account).delete()
