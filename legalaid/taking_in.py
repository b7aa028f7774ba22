"""Taking in an appeal for help. Every channel saves through `take_in`: portal, hotline, visit, outreach, partner.

The promise: whoever was shown a reference has a row, and whoever was not can send again without
making two. So a form carries a token; the same token always gives the same intake, and the same
secret code, which is derived from the token and never stored.
"""

import datetime
import hmac
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from legalaid import casework, triage
from legalaid.models import Consent, Intake
from sanasezim.shared import codes, keys, references

CODE_DIGITS = 12
CODE_PURPOSE = "status code"
# A token that comes again is answered with its code for so long: the answer may have been lost.
TOKEN_ANSWERS = datetime.timedelta(hours=24)
# What an anonymous request has none of
PERSONAL = ("speaker_name", "contact", "contact_when")


def take_in(intake, *, topics=(), consent_text=None, consent_how="", token=None, spoken=False):
    """Save a new intake. Returns (intake, code): the twelve digits, or "" for one taken in long ago.

    `intake` is unsaved, with its channel and what was said; `consent_text` the wording that was agreed
    to, or None for an anonymous one, from which name and contact are dropped. `token` is a UUID that
    the form carries; `spoken` says that the code is read out, so it must be changed at first use.
    """
    token = token or uuid.uuid4()
    if earlier := Intake.objects.filter(form_token=token).first():
        return earlier, code_again(earlier)
    intake.form_token = token
    code = code_of(token)
    intake.code_salt = codes.new_salt()
    intake.code_digest = codes.digest(CODE_PURPOSE, code, intake.code_salt)
    intake.code_was_spoken = spoken
    if consent_text is None:
        intake.is_anonymous = True
        for name in PERSONAL:
            setattr(intake, name, "")
    while True:
        intake.reference = references.new_reference("R")
        try:
            with transaction.atomic():
                _save(intake, topics, consent_text, consent_how)
        except IntegrityError:
            # Another worker had the same token a moment earlier, or another intake this reference.
            if earlier := Intake.objects.filter(form_token=token).first():
                return earlier, code_again(earlier)
            if not Intake.objects.filter(reference=intake.reference).exists():
                raise
        else:
            return intake, code


def _save(intake, topics, consent_text, consent_how):
    casework.to_the_disk()
    if consent_text is not None:
        intake.consent = Consent.objects.create(text=consent_text, how=consent_how)
    intake.unanswered_since = intake.received_at
    intake.pk = None
    intake.save(force_insert=True)
    intake.topics.set(topics)
    triage.flag(intake)


def code_of(token):
    """The secret code of a form's token: twelve digits that only this portal's pepper makes."""
    number = int.from_bytes(keys.code_of(keys.PEPPER, CODE_PURPOSE, str(token)))
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def code_again(intake):
    """The code of an intake whose answer was lost: while it is new, and still the first code."""
    code = code_of(intake.form_token)
    is_new = timezone.now() - intake.received_at < TOKEN_ANSWERS
    return code if is_new and is_code_of(intake, code) else ""


def is_code_of(intake, code):
    """Whether these digits are the intake's secret code. 25 milliseconds, whatever the answer."""
    given = codes.digest(CODE_PURPOSE, code, intake.code_salt)
    return hmac.compare_digest(given, bytes(intake.code_digest))


def give_new_code(intake):
    """Another secret code instead of the one before; its twelve digits, to be shown once."""
    code = codes.new_code(CODE_DIGITS)
    intake.code_salt = codes.new_salt()
    intake.code_digest = codes.digest(CODE_PURPOSE, code, intake.code_salt)
    intake.code_was_spoken = False
    intake.save(update_fields=["code_salt", "code_digest", "code_was_spoken"])
    return code
