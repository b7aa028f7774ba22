"""What happens to intakes and cases: the steps, each in one place."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from legalaid.models import Case, CasePerson, Intake
from sanasezim.shared import references
from sanasezim.shared.models import staff_who_may


def new_reference(model, letter):
    """A reference that no other record of the model has."""
    while True:
        reference = references.new_reference(letter)
        if not model.objects.filter(reference=reference).exists():
            return reference


def colleagues():
    """Who may be on the team of a case."""
    return staff_who_may("legalaid.view_case")


def lawyers():
    """Who may lead a case."""
    return staff_who_may("legalaid.add_case")


@transaction.atomic
def accept(intake, *, lawyer, by=None):
    """Open a case for an intake. Of two who press at once, the second is told."""
    intake = Intake.objects.select_for_update().get(pk=intake.pk)
    if intake.decided_at:
        raise ValidationError(_("This intake is already decided."))
    case = Case.objects.create(
        reference=new_reference(Case, "C"),
        lawyer=lawyer,
        employer=intake.employer,
        office=intake.office,
        project=intake.project,
    )
    case.topics.set(intake.topics.all())
    if intake.person:
        CasePerson.objects.create(case=case, person=intake.person)
    intake.decided_at = timezone.now()
    intake.decided_by = by or lawyer
    intake.decision = Intake.Decision.ACCEPTED
    intake.case = case
    intake.save(update_fields=["decided_at", "decided_by", "decision", "case"])
    return case
