"""Mail to staff. It says that something is new and where to look, and nothing of anybody."""

import datetime
import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sanasezim.shared.models import AccountLetter

logger = logging.getLogger(__name__)

AGAIN_AFTER = datetime.timedelta(minutes=1)
MOST_AT_ONCE = 20


def account_news(account):
    """Something is new in an account: a sign-in from a new place, a password, a second factor.

    The letter waits in a row until it is sent, so a mail server that rests loses none.
    """
    if account.email:
        # One that still waits says it as well: there is nothing in it that could differ.
        AccountLetter.objects.get_or_create(account=account, sent_at=None)
    transaction.on_commit(send_waiting)


def send_waiting():
    """Send the letters that wait. Called after each new one, and by whatever runs at intervals."""
    due = Q(tried_at=None) | Q(tried_at__lt=timezone.now() - AGAIN_AFTER)
    for _place in range(MOST_AT_ONCE):
        with transaction.atomic():
            letter = (
                AccountLetter.objects.select_for_update(skip_locked=True, of=["self"])
                .select_related("account")
                .filter(due, sent_at=None)
                .order_by("made_at")
                .first()
            )
            if letter is None:
                return
            letter.tried_at = timezone.now()
            sent = _send(letter.account)
            if sent:
                letter.sent_at = letter.tried_at
            letter.save()
        if not sent:
            return  # the next would wait as long for the same server


def _send(account):
    with translation.override(account.language):
        message = EmailMessage(
            _("Something is new in your account"),
            _(
                "Something is new in your account on the portal. Look at your sign-ins:\n"
                "%(address)s\n\n"
                "If it was not you, or if you cannot sign in, tell the administrator at once.\n"
                "Nobody of us ever asks for a password or a code, by mail or by phone."
            )
            % {"address": settings.SITE_ORIGIN + reverse("admin:me")},
            to=[account.email],
        )
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        # The error's own words carry the address.
        logger.error("A letter to staff was not sent: %s", type(error).__name__)
        return False
    return True
