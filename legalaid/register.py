"""The register of employers: finding a row by any spelling, not making two, putting two together."""

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
