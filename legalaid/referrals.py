"""Referrals: help asked of a partner, with the person's consent, answered by a link without an account.

A link's secret is an HMAC of the row and the number of its link, so colleagues can copy it again, and
neither a dump nor a log holds it: the database has its SHA-256. It opens as long as it is in time, not
revoked, and nobody has taken a consent back (`ReferralQuerySet.with_open_link`).
"""

import base64
import datetime
import hashlib
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from legalaid import casework, deadlines, holding
from legalaid.models import Case, Intake, Referral
from sanasezim.shared import jobs, keys, limits
from sanasezim.shared.languages import best
from sanasezim.shared.models import Partner

LINK_DAYS = 14
PURPOSE = "partner link"
# (how many at once, seconds until there is one more) of one address, and of one link
TRIES = (20, 30)
ANSWERS = (10, 6 * 60)


def name_of(partner):
    text = best(partner.texts.all())
    return text.name if text else partner.code


# The link


def token_of(referral):
    """The secret of the link, 43 letters."""
    code = keys.code_of(keys.PEPPER, PURPOSE, f"{referral.seal} {referral.link_number}")
    return base64.urlsafe_b64encode(code).decode().rstrip("=")


def hash_of(token):
    return hashlib.sha256(token.encode()).hexdigest()


def link_of(referral):
    """The address to send to the partner; "" where it opens nothing."""
    token = token_of(referral)
    if not referral.link_is_open or hash_of(token) != referral.token_hash:
        return ""
    return settings.SITE_ORIGIN + reverse("partner", args=[token])


def find(request, token):
    """The referral behind a link, or None for whatever reason: never there, over, revoked, taken back."""
    place = holding.place_of(request)
    if not limits.spend(PURPOSE, place, *TRIES):
        return None
    rows = Referral.objects.with_open_link().select_related("partner", "case")
    referral = rows.prefetch_related("partner__texts").filter(token_hash=hash_of(token)).first()
    if referral is not None:
        limits.give_back(PURPOSE, place, TRIES[1])
    return referral


# Whom to ask


def partners(service=None, language=""):
    """Those who take people, best first: [(Partner, what it takes or None, whether it fits)].

    Of whom nothing is known, nothing speaks against.
    """
    rows = Partner.objects.filter(takes_referrals=True).select_related("desk")
    found = []
    for partner in rows.prefetch_related("texts", "desk__services__texts"):
        desk = getattr(partner, "desk", None)
        takes = {kind.pk for kind in desk.services.all()} if desk else set()
        speaks = set(desk.languages) if desk else set()
        fits = not (service and takes and service.pk not in takes) and not (
            language and speaks and language not in speaks
        )
        known = bool(service and takes) + bool(language and speaks)
        found.append((not fits, -known, partner, desk, fits))
    found.sort(key=lambda row: row[:2])
    return [(partner, desk, fits) for _away, _known, partner, desk, fits in found]


# Steps of staff


def _case_of(case, by, *, closed_too=False):
    case = Case.objects.select_for_update().get(pk=case.pk)
    casework.refuse_erased(case)
    if not casework.works_on(case, by):
        raise ValidationError(_("This case is no longer with you."))
    if not (case.is_open or closed_too):
        raise ValidationError(_("The case is closed. Reopen it first."))
    return case


def _locked(referral, by):
    _case_of(referral.case, by, closed_too=True)
    return Referral.objects.select_for_update(of=["self"]).get(pk=referral.pk)


def unwilling(case, person=None):
    """The appeals in a case that want nothing told any more: of this person, or of anybody."""
    rows = Intake.objects.filter(case=case)
    if person is not None:
        rows = rows.filter(person=person) | rows.filter(person=None)
    return rows.filter(consent__withdrawn_at__isnull=False) | rows.filter(
        erasure_wished_at__isnull=False
    )


@casework.step
def refer(
    case,
    *,
    by,
    partner,
    what_for,
    shared,
    consent_on,
    consent_how,
    person=None,
    language="ru",
    their_turn=True,
    remind=True,
    token=None,
):
    """Tell a partner exactly this, with the consent that was given for it. The same `token` is once."""
    case = _case_of(case, by)
    seal = token or uuid.uuid4()
    if there := Referral.objects.filter(seal=seal, case=case).first():
        return there
    if not partner.takes_referrals:
        raise ValidationError({"partner": _("This partner takes no referrals.")})
    if not consent_on or consent_on > timezone.localdate():
        raise ValidationError({"consent_on": _("The day of the consent is still to come.")})
    if unwilling(case, person).exists():
        raise ValidationError(_("The person has taken the consent back: nothing may be told."))
    if person is not None and not case.case_people.filter(person=person).exists():
        raise ValidationError({"person": _("This person is not in the case.")})
    now = timezone.now()
    referral = Referral(
        seal=seal,
        case=case,
        person=person,
        partner=partner,
        what_for=what_for.strip(),
        shared=shared.strip(),
        consent_on=consent_on,
        consent_how=consent_how,
        sent_at=now,
        sent_by=by,
        language=language,
        expires_at=now + datetime.timedelta(days=LINK_DAYS),
    )
    referral.token_hash = hash_of(token_of(referral))
    referral.full_clean()
    referral.save(force_insert=True)
    if remind:
        due_on = deadlines.kazakhstan().at_or_after(timezone.localdate(referral.expires_at))
        words = _("Ask %(partner)s what became of the referral") % {"partner": name_of(partner)}
        casework.add_task(case, by=by, what=words, due_on=due_on)
    if their_turn:
        casework.act(case, by=by, turn=Case.Turn.OTHERS)
    else:
        Case.objects.filter(pk=case.pk).update(touched_at=now)
    return referral


@casework.step
def renew(referral, *, by):
    """The same link works for two weeks from now."""
    referral = _locked(referral, by)
    if referral.revoked_at or referral.consent_withdrawn_at:
        raise ValidationError(_("This link was revoked. Make a new one."))
    referral.expires_at = timezone.now() + datetime.timedelta(days=LINK_DAYS)
    referral.save(update_fields=["expires_at"])
    return referral


@casework.step
def new_link(referral, *, by):
    """Another link; the one before opens nothing from now on."""
    referral = _locked(referral, by)
    if referral.consent_withdrawn_at or unwilling(referral.case, referral.person).exists():
        raise ValidationError(_("The person has taken the consent back: nothing may be told."))
    referral.link_number += 1
    referral.token_hash = hash_of(token_of(referral))
    referral.expires_at = timezone.now() + datetime.timedelta(days=LINK_DAYS)
    referral.revoked_at = None
    referral.save(update_fields=["link_number", "token_hash", "expires_at", "revoked_at"])
    return referral


@casework.step
def revoke(referral, *, by):
    """The link opens nothing from now on."""
    referral = _locked(referral, by)
    if referral.revoked_at is None:
        referral.revoked_at = timezone.now()
        referral.save(update_fields=["revoked_at"])
    return referral


@casework.step
def take_consent_back(referral, *, by):
    """The person no longer wants this partner to know. What it has read already it has read."""
    referral = _locked(referral, by)
    if referral.consent_withdrawn_at is None:
        referral.consent_withdrawn_at = timezone.now()
        referral.save(update_fields=["consent_withdrawn_at"])
    return referral


@casework.step
def write_down(referral, *, by, answer="", words="", reached="", result=""):
    """What the partner said in another way: by phone, in a letter."""
    referral = _locked(referral, by)
    if answer:
        _answer(referral, answer, words)
    if reached:
        _report(referral, reached, result)
    if not (answer or reached):
        raise ValidationError(_("Say what the partner answered, or what came of it."))
    return referral


@casework.step
def mail(referral, *, by):
    """Send the link to the partner's address. The letter names nobody."""
    referral = _locked(referral, by)
    desk = getattr(referral.partner, "desk", None)
    if not (desk and desk.email):
        raise ValidationError(_("No mail address of this partner is known."))
    if not link_of(referral):
        raise ValidationError(_("This link opens nothing any more."))
    send_link.enqueue(referral.pk)
    return referral


@jobs.task
def send_link(number):
    referral = Referral.objects.select_for_update(of=["self"]).get(pk=number)
    desk, link = getattr(referral.partner, "desk", None), link_of(referral)
    if not (desk and desk.email and link):
        return
    with translation.override(referral.language):
        until = date_format(timezone.localtime(referral.expires_at), "SHORT_DATE_FORMAT")
        message = EmailMessage(
            _("Sana Sezim has a request"),
            _(
                "Sana Sezim asks for your help. What it is about stands here until %(day)s:\n"
                "%(address)s\n\n"
                "Whoever has this address can read the request: please do not pass it on."
            )
            % {"day": until, "address": link},
            to=[desk.email],
            headers={"Message-ID": f"<referral-{referral.pk}-{referral.link_number}@sana-sezim>"},
        )
    referral.mailed_at = timezone.now()
    referral.save(update_fields=["mailed_at"])
    message.send()


# Steps of the partner


def may_answer(referral):
    """Whether one more answer is taken by this link now. Counts it."""
    return limits.spend("partner answers", str(referral.pk), *ANSWERS)


def mark_opened(referral):
    Referral.objects.filter(pk=referral.pk, opened_at=None).update(opened_at=timezone.now())


def _with_link(referral):
    """The case first, as every step locks it; then the row, if its link still opens anything."""
    case = Case.objects.select_for_update().get(pk=referral.case_id)
    rows = Referral.objects.with_open_link().select_for_update(of=["self"])
    referral = rows.filter(pk=referral.pk, link_number=referral.link_number).first()
    if referral is not None:
        referral.case = case
    return referral


@transaction.atomic
def answer(referral, *, answer, words=""):
    """Yes or no. None where the link has just stopped working."""
    referral = _with_link(referral)
    if referral is not None:
        _answer(referral, answer, words)
    return referral


@transaction.atomic
def report(referral, *, reached, result=""):
    """What came of it. None where the link has just stopped working."""
    referral = _with_link(referral)
    if referral is not None:
        _report(referral, reached, result)
    return referral


def _answer(referral, answer, words):
    if referral.answer == answer and referral.answer_words == words.strip():
        return  # the button was pressed twice
    if referral.answer == Referral.Answer.DECLINED or referral.reported_at:
        raise ValidationError(_("This is answered already."))
    referral.answer, referral.answer_words = answer, words.strip()
    referral.answered_at = timezone.now()
    referral.full_clean()
    referral.save(update_fields=["answer", "answer_words", "answered_at"])
    if answer == Referral.Answer.DECLINED:
        _our_turn(referral.case)


def _report(referral, reached, result):
    if referral.reached == reached and referral.result == result.strip():
        return
    if referral.answer != Referral.Answer.ACCEPTED:
        raise ValidationError(_("Only who has accepted can say what came of it."))
    referral.reached, referral.result = reached, result.strip()
    referral.reported_at = timezone.now()
    referral.full_clean()
    referral.save(update_fields=["reached", "result", "reported_at"])
    _our_turn(referral.case)


def _our_turn(case):
    """The partner has done its part: the clock starts anew for us."""
    Case.objects.filter(pk=case.pk, closed_on=None).exclude(turn=Case.Turn.OURS).update(
        turn=Case.Turn.OURS, turn_since=timezone.now()
    )
