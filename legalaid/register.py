"""The register of employers: finding a row by any spelling, not making two, putting two together.

What a merge moved stands in the history, under the one context of that step. So it can be taken back
later, too: what came since stays with the row that stood.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from legalaid import casework, likeness
from legalaid.models import Case, Employer, Intake

TEXTS = ["name", "other_names", "number", "phones", "place"]


def with_complaints(employers):
    """Each with `complaints`: how many cases there are against it, and requests that wait."""
    return employers.annotate(
        number_of_cases=_number_of(Case.objects.all()),
        number_waiting=_number_of(Intake.objects.waiting()),
    )


def _number_of(rows):
    counted = (
        rows.filter(employer=OuterRef("pk"))
        .order_by()
        .values("employer")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def complaints(employer):
    """How many cases and waiting requests there are against it, whoever works on them."""
    return employer.cases.count() + employer.intakes.waiting().count()


def like(*, name="", other_names="", number="", phones="", exclude=None):
    """Rows that may be the same: (employer, why), those with the same number first.

    A name is near where all words of the shorter one are in the longer.
    """
    asked = likeness.Asked().add(phones=phones, documents=number)
    names = likeness.Name.all_of(f"{name}\n{other_names}")
    words = [word for each in names for word in each.words]

    def is_near(held):
        return any(held.is_in(each.words) or each.is_in(held.words) for each in names)

    return likeness.employers_like(asked, words, is_near=is_near, exclude=exclude)[
        : likeness.MOST_SHOWN
    ]


@casework.step
def merge(employer, *, into, by):
    """Two rows are one employer: cases, requests, names and numbers go over to the other.

    The row stays, so that its history does; it points at the other and is offered nowhere.
    """
    if employer.pk == into.pk:
        raise ValidationError(_("This is the same row."))
    rows = Employer.objects.select_for_update().filter(pk__in=[employer.pk, into.pk])
    held = {row.pk: row for row in rows.order_by("pk")}
    employer, into = held[employer.pk], held[into.pk]
    if employer.merged_into_id or into.merged_into_id:
        raise ValidationError(_("One of the two was put together with another row meanwhile."))
    _take_over(employer, into)
    into.full_clean()
    into.save()
    Case.objects.filter(employer=employer).update(employer=into)
    Intake.objects.filter(employer=employer).update(employer=into)
    Employer.objects.filter(merged_into=employer).update(merged_into=into)
    employer.merged_into, employer.merged_at, employer.merged_by = into, timezone.now(), by
    employer.save(update_fields=["merged_into", "merged_at", "merged_by"])
    return into


@dataclass
class Merge:
    """A merge as it can be taken back: the row that went, and how much still stands where it went."""

    employer: Employer
    cases: int
    intakes: int

    @property
    def moved(self):
        return self.cases + self.intakes


def merges(into):
    """What was put together with this row and can be taken apart again, the newest first."""
    rows = into.merged_rows.select_related("merged_by").order_by("-merged_at")
    return [merge for row in rows if (merge := merge_of(row))]


def merge_of(employer):
    """The Merge by which this row went; None where it went through a third row, which has to go first."""
    event = _event_of_merge(employer)
    if event is None:
        return None
    cases, intakes = (_moved(model, event).count() for model in (Case, Intake))
    return Merge(employer, cases, intakes)


def _event_of_merge(employer):
    events = Employer.pgh_event_model.objects.filter(pgh_obj=employer, merged_at=employer.merged_at)
    event = events.exclude(merged_into=None).order_by("pgh_id").first()
    is_direct = event is not None and event.merged_into_id == employer.merged_into_id
    return event if is_direct and event.pgh_context_id else None


def _moved(model, event):
    """Rows that this merge moved, and nobody has moved on since."""
    into, history = event.merged_into_id, model.pgh_event_model.objects
    before = history.filter(employer=event.pgh_obj_id)
    went = history.filter(
        pgh_context=event.pgh_context_id, employer=into, pgh_obj__in=before.values("pgh_obj")
    )
    return model.objects.filter(pk__in=went.values("pgh_obj"), employer=into)


@casework.step
def part(employer, *, by):
    """They were two after all: each has what it had. What came since stays with the row that stood."""
    number = Employer.objects.values_list("merged_into", flat=True).get(pk=employer.pk)
    rows = Employer.objects.select_for_update().filter(pk__in=[employer.pk, number])
    held = {row.pk: row for row in rows.order_by("pk")}
    into, employer = held.get(number), held[employer.pk]
    if into is None or employer.merged_into_id != into.pk:
        raise ValidationError(_("These two rows are apart already."))
    event = _event_of_merge(employer)
    if event is None or into.merged_into_id:
        raise ValidationError(
            _("The other row was put together with a third one since. Take that apart first.")
        )
    _give_back(into, event)
    into.full_clean()
    into.save()
    for model in (Case, Intake):
        _moved(model, event).update(employer=employer)
    with_it = Employer.pgh_event_model.objects.filter(
        pgh_context=event.pgh_context_id, merged_into=into
    )
    Employer.objects.filter(pk__in=with_it.values("pgh_obj"), merged_into=into).exclude(
        pk=employer.pk
    ).update(merged_into=employer)
    employer.merged_into = employer.merged_at = employer.merged_by = None
    employer.save(update_fields=["merged_into", "merged_at", "merged_by"])
    return employer


def _give_back(into, event):
    """Out of the row that stays, take what this merge brought; not what was written since."""
    events = Employer.pgh_event_model.objects.filter(pgh_obj=into).order_by("pgh_id")
    after = events.filter(pgh_context=event.pgh_context_id).first()
    before = after and events.filter(pgh_id__lt=after.pgh_id).last()
    if before is None:
        return
    for name in ["other_names", "phones"]:
        came = set(getattr(after, name).splitlines()) - set(getattr(before, name).splitlines())
        lines = getattr(into, name).splitlines()
        setattr(into, name, "\n".join(line for line in lines if line not in came))
    for name in ["number", "place", "sector"]:
        if getattr(into, name) == getattr(after, name):
            setattr(into, name, getattr(before, name))


def _take_over(employer, into):
    """What one row says and the other does not. Where both say something, the other's stays."""
    into.other_names = _lines(
        into.other_names, employer.name, employer.other_names, without=into.name
    )
    into.phones = _lines(into.phones, employer.phones)
    if employer.number and into.number and employer.number != into.number:
        into.other_names = _lines(into.other_names, employer.number)
    into.number = into.number or employer.number
    into.place = into.place or employer.place
    into.sector = into.sector or employer.sector


def _lines(*texts, without=""):
    lines = [line.strip() for text in texts for line in text.splitlines()]
    return "\n".join(dict.fromkeys(line for line in lines if line and line != without))
