"""How long calls are kept, and what is erased of one. What is counted stays."""

import functools

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from hotline import taking
from hotline.models import (
    Call,
    Callback,
    CallbackAttempt,
    CallerFlag,
    QualityNote,
    Shift,
)
from legalaid import erased_list, erasure, retention
from legalaid.deadlines import in_months
from legalaid.models import DisposalBatch


def _ended():
    """What was said on the phone up to this day has had its time."""
    return in_months(timezone.localdate(), -settings.KEEP_CALLS_MONTHS)


@retention.due(DisposalBatch.Kind.CALLS, Call, ended="started_at")
def calls_without_a_case(rows):
    """A call that was taken on goes with its case, and none before there is a decision."""
    goes_on = Q(intake__case__isnull=False, intake__erased_at=None) | Q(
        intake__isnull=False, intake__decided_at=None
    )
    return rows.filter(
        pk__in=erasure.with_text(Call).values("pk"), started_at__date__lte=_ended()
    ).exclude(goes_on)


@erasure.erases(Call, lambda: erasure.with_text(Call))
def erase_call(call, erasing):
    people = erasure.locked({call.person_id} - {None})
    _empty_calls(Call.objects.filter(pk=call.pk), erasing)
    erasing.let_go(people)


def erase_the_call_of(intake, erasing):
    _empty_calls(Call.objects.filter(intake=intake), erasing)


def _empty_calls(calls, erasing):
    numbers = list(calls.values_list("pk", flat=True))
    _empty_callbacks(Callback.objects.filter(call__in=numbers), erasing)
    erasing.empty(QualityNote.objects.filter(call__in=numbers))
    erasing.empty(calls)


def _empty_callbacks(callbacks, erasing):
    numbers = list(callbacks.values_list("pk", flat=True))
    erasing.empty(CallbackAttempt.objects.filter(callback__in=numbers))
    erasing.empty(callbacks)


@erasure.erases(Callback, lambda: erasure.with_text(Callback))
def erase_callback(callback, erasing):
    _empty_callbacks(Callback.objects.filter(pk=callback.pk), erasing)


def _erase_alone(row, erasing):
    erasing.empty(type(row).objects.filter(pk=row.pk))


for model in (CallbackAttempt, CallerFlag, QualityNote, Shift):
    erasure.erases(model, functools.partial(erasure.with_text, model))(_erase_alone)


def forget_old():
    """What was only for the days in which it was needed: numbers to ring, notes from shift to shift,
    warnings that hold no more, calls nobody finished. How many rows.

    No two people have to look: nothing is counted by it."""
    now = timezone.now()
    # Held for a look, and nobody looked: as junk is.
    Callback.objects.open().exclude(held_because="").filter(
        asked_at__lte=now - settings.KEEP_JUNK
    ).update(ended_at=now, outcome=Callback.Outcome.JUNK, claimed_by=None, claimed_at=None)
    ended = [
        (Callback, Q(ended_at__lte=now - settings.KEEP_CALLBACKS)),
        (Shift, Q(ends_at__lte=now - settings.KEEP_HAND_OVERS)),
        (CallerFlag, Q(expires_at__lte=now - settings.KEEP_CALLER_FLAGS)),
    ]
    rows = [row for model, is_over in ended for row in erasure.with_text(model).filter(is_over)]
    for row in rows:
        erasure.erase(row)
    return len(rows) + taking.forget_old_drafts()


def people_of_living_calls(people, erasing):
    """Of a call that was erased nobody is left. One without words keeps its person for its time."""
    calls = Call.objects.filter(person__in=people).filter(
        Q(pk__in=erasure.with_text(Call).values("pk")) | Q(started_at__date__gt=_ended())
    )
    found = [
        (person, erased_list.mark_of(seal)) for person, seal in calls.values_list("person", "seal")
    ]
    erased = erasing.marks | erased_list.known({mark for _person, mark in found})
    return {person for person, mark in found if mark not in erased}


erasure.with_intake.append(erase_the_call_of)
erasure.about_people.append(people_of_living_calls)
