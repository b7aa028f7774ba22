"""Taking a call: who it may be, what is kept while one types, and the steps that follow from it."""

import json
import uuid
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline.models import Call, Callback, CallDraft, CallerFlag, CallReferral, HandOver
from legalaid import taking_in
from legalaid.models import Case, CasePerson, Identity, Intake
from sanasezim.shared.search_keys import keys_of_phones

MOST_KNOWN = 5
LONGEST_CALL = 4 * 3600


# Who it may be


@dataclass
class Known:
    """What is there of a number or a name. Of a request with us nothing but that there is one."""

    calls: list = field(default_factory=list)
    more_calls: bool = False
    by_name: list = field(default_factory=list)
    callbacks: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    requests: list = field(default_factory=list)  # (since, name of the lawyer or "")

    def __bool__(self):
        return any([self.calls, self.by_name, self.callbacks, self.flags, self.requests])

    @property
    def rows(self):
        return len(self.calls) + len(self.by_name) + len(self.callbacks) + len(self.requests)


def known(user, phone, name=""):
    """Everything of this number, and calls under this name in any spelling."""
    found = Known()
    seen = Call.objects.visible_to(user).prefetch_related("topics__texts")
    if keys_of_phones(phone):
        calls = list(seen.matching(phone).newest_first("started_at")[: MOST_KNOWN + 1])
        found.calls, found.more_calls = calls[:MOST_KNOWN], len(calls) > MOST_KNOWN
        found.callbacks = list(
            Callback.objects.visible_to(user).waiting().matching(phone).in_order()[:MOST_KNOWN]
        )
        found.flags = list(CallerFlag.objects.standing().of_number(phone))
        found.requests = open_requests(phone)
    if name.strip():
        others = seen.matching(name).exclude(pk__in=[call.pk for call in found.calls])
        found.by_name = list(others.order_by("spelled_otherwise", "-started_at")[:MOST_KNOWN])
    return found


def open_requests(phone):
    """Since when a request or case of this number is open with us, and who leads it. Nothing else:
    what it is about, the lawyer knows."""
    intakes = Intake.objects.filter(erased_at=None, held_because="").matching(phone)
    waiting = intakes.filter(decided_at=None).order_by("received_at")[:MOST_KNOWN]
    people = Identity.objects.matching(phone).order_by().values("person")
    cases = Case.objects.open().filter(
        Q(pk__in=CasePerson.objects.filter(person__in=people).values("case"))
        | Q(pk__in=intakes.filter(case__isnull=False).order_by().values("case"))
    )
    return [
        *((timezone.localdate(intake.received_at), "") for intake in waiting),
        *(
            (case.opened_on, case.lawyer.get_full_name() or case.lawyer.username)
            for case in cases.select_related("lawyer").order_by("opened_on")[:MOST_KNOWN]
        ),
    ]


# While one types


def keep_draft(user, token, answers):
    """Keep what is typed so far, a list of (field, value). Nothing once the call is saved."""
    if Call.objects.filter(form_token=token).exists():
        return None
    draft, _is_new = CallDraft.objects.get_or_create(token=token, defaults={"user": user})
    if draft.user_id != user.pk:
        return None
    draft.answers = json.dumps(answers, ensure_ascii=False)
    draft.touched_at = timezone.now()
    draft.save(update_fields=["answers", "touched_at"])
    return draft


def typed_in(draft):
    """The (field, value) pairs of a draft."""
    return json.loads(draft.answers or "[]")


def forget_old_drafts():
    return CallDraft.objects.old().delete()[0]


# Writing it down


def write_down(call, *, by, token, topics=(), booklets=(), urgent=False):
    """Save a new call: (call, whether it is new). The same token twice gives the first one."""
    call.form_token = token
    call.answered_by_id = call.answered_by_id or by.pk
    if call.answered_by_id != by.pk:
        call.entered_by = by
    try:
        with transaction.atomic():
            call.save(force_insert=True)
            call.topics.set(topics)
            call.booklets.set(booklets)
            for colleague in call.forwarded_to:
                hand_over(call, colleague, by=by, urgent=urgent)
            CallDraft.objects.filter(token=token, user=by).delete()
    except IntegrityError:
        earlier = Call.objects.filter(form_token=token).first()
        if earlier is None:
            raise
        return earlier, False
    return call, True


# What follows from it


@transaction.atomic
def hand_over(call, colleague, *, by, to=None, urgent=False):
    """Give a call to a colleague. One that waits already stays the one."""
    call = Call.objects.select_for_update().get(pk=call.pk)
    waits = call.hand_overs.waiting().filter(colleague=colleague).first()
    given = waits or HandOver(call=call, colleague=colleague, given_by=by)
    given.to, given.is_urgent = to or given.to, urgent or given.is_urgent
    given.save()
    if colleague not in call.forwarded_to:
        call.forwarded_to = [*call.forwarded_to, colleague]
        call.save(update_fields=["forwarded_to"])
    return given


@transaction.atomic
def accept(given, *, by):
    """Take a call that was handed over. Of two who take it at once, the second is told."""
    given = HandOver.objects.select_for_update(of=["self"]).get(pk=given.pk)
    if given.accepted_at:
        raise ValidationError(_("A colleague has taken it already."))
    given.accepted_at, given.accepted_by = timezone.now(), by
    given.save(update_fields=["accepted_at", "accepted_by"])
    return given


@transaction.atomic
def refer(call, partner, *, by, service=None, we_tell_them=False, consent_how="", kind=""):
    """Send a caller on to a partner."""
    call = Call.objects.select_for_update().get(pk=call.pk)
    if not partner.takes_referrals:
        raise ValidationError(_("This partner takes no referrals."))
    referral = CallReferral(
        call=call,
        partner=partner,
        service=service,
        we_tell_them=we_tell_them,
        consent_how=consent_how if we_tell_them else "",
        referred_by=by,
    )
    referral.full_clean()
    referral.save()
    if kind and kind not in call.referred_out:
        call.referred_out = [*call.referred_out, kind]
    if call.outcome in ("", Call.Outcome.INFORMED):
        call.outcome = Call.Outcome.REFERRED
    call.save(update_fields=["referred_out", "outcome"])
    return referral


@transaction.atomic
def take_in(call, intake, *, by, consent_text=None, consent_how=""):
    """Make an intake of a call. Returns (intake, code) as taking_in does; the code is read out, so
    it is changed at its first use. The same call twice is one intake."""
    call = Call.objects.select_for_update(of=["self"]).get(pk=call.pk)
    if call.intake_id:
        return call.intake, taking_in.code_again(call.intake)
    intake.channel, intake.entered_by = call.channel, by
    intake.office, intake.project, intake.person = call.office, call.project, call.person
    intake, code = taking_in.take_in(
        intake,
        topics=call.topics.all(),
        consent_text=consent_text,
        consent_how=consent_how,
        token=token_of_intake(call),
        spoken=True,
    )
    call.intake, call.outcome = intake, Call.Outcome.INTAKE
    call.save(update_fields=["intake", "outcome"])
    return intake, code


def token_of_intake(call):
    """The form's token of a call's intake: always the same for one call."""
    return uuid.uuid5(call.seal, "intake")
