"""A new start for a colleague who cannot sign in: two others give it, and nobody learns the password.

One person asks and another confirms. For a password the second gets a start code, shown once, to hand
over; the colleague sets a password with it. A lost second factor is gone as soon as it is confirmed.
"""

import hmac

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sanasezim.shared import access_log, accounts, codes, notices, second_factor
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import ResetRequest

What = ResetRequest.What
START_DIGITS = 20
PURPOSE = "start code"


@transaction.atomic
def ask(account, what, *, by, request=None):
    """Ask for a new start. One that was asked for before, and not used, ends."""
    now = timezone.now()
    earlier = ResetRequest.objects.filter(account=account, what=what, used_at=None)
    earlier.filter(refused_at=None).update(refused_by=by, refused_at=now)
    asked = ResetRequest(
        account=account,
        what=what,
        asked_by=by,
        asked_at=now,
        expires_at=now + ResetRequest.LASTS,
    )
    asked.full_clean()
    asked.save()
    access_log.record(Action.ACCOUNT, by=by, request=request, what=account)
    return asked


@transaction.atomic
def confirm(asked, *, by, request=None):
    """The second person's yes. Returns the start code for a password, "" for a factor."""
    # Two may press at once: the second waits here, then sees the first's answer.
    asked = _locked(asked)
    now = timezone.now()
    asked.confirmed_by, asked.confirmed_at = by, now
    asked.expires_at = now + ResetRequest.LASTS
    code = ""
    if asked.what == What.PASSWORD:
        code = codes.new_code(START_DIGITS)
        asked.salt = codes.new_salt()
        asked.digest = codes.digest(PURPOSE, code, asked.salt)
    else:
        asked.used_at = now
    asked.full_clean()
    asked.save()
    access_log.record(Action.ACCOUNT, by=by, request=request, what=asked.account)
    if asked.what == What.FACTOR:
        second_factor.remove(asked.account)
        accounts.end_sessions(asked.account)
        access_log.record(Action.FACTOR, by=by, request=request, what=asked.account)
    notices.account_news(asked.account)
    return code


@transaction.atomic
def refuse(asked, *, by, request=None):
    asked = _locked(asked)
    asked.refused_by, asked.refused_at = by, timezone.now()
    asked.save()
    access_log.record(Action.ACCOUNT, by=by, request=request, what=asked.account)


def _locked(asked):
    asked = ResetRequest.objects.select_for_update().waiting().filter(pk=asked.pk).first()
    if asked is None:
        raise ValidationError(_("This is decided already, or it is too old. Ask anew."))
    return asked


def find_started(account, code):
    """The confirmed request that this start code belongs to, or None. Takes one hash in every case."""
    asked = None
    if account is not None and account.is_active:
        asked = (
            ResetRequest.objects.open()
            .filter(account=account, what=What.PASSWORD, confirmed_at__isnull=False)
            .first()
        )
    digest = codes.digest(PURPOSE, codes.typed(code), asked.salt if asked else b"")
    if asked and hmac.compare_digest(bytes(asked.digest), digest):
        return asked
    return None


@transaction.atomic
def set_password(asked, password, *, request=None):
    """The colleague's own step: the code is used up, and every session of the account ends."""
    asked = ResetRequest.objects.select_for_update().open().filter(pk=asked.pk).first()
    if asked is None:
        raise ValidationError(_("This start code was used already, or it is too old."))
    asked.used_at = timezone.now()
    asked.save()
    change_password(asked.account, password, request=request)


@transaction.atomic
def change_password(account, password, *, request=None):
    account.set_password(password)
    account.save(update_fields=["password"])
    accounts.end_sessions(account)
    access_log.record(Action.PASSWORD, by=account, request=request, what=account)
    notices.account_news(account)
