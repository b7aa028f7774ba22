"""How long calls are kept, and what is erased of one. What is counted stays."""

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from hotline.models import Call
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
    erasing.empty(Call.objects.filter(pk=call.pk))
    erasing.let_go(people)


def erase_the_call_of(intake, erasing):
    erasing.empty(Call.objects.filter(intake=intake))


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
