"""What the page of an intake shows to read and to decide by, and the steps that lead from it."""

from dataclasses import dataclass, field
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from legalaid import likeness, register, triage
from legalaid.models import Case, CasePerson, Identity, Intake
from legalaid.triage_forms import (
    AcceptForm,
    AnswerForm,
    DeclineForm,
    DuplicateForm,
    JoinForm,
    MoveForm,
    ReferForm,
    StepForm,
)

ALARMING = 3  # complaints about one employer


@dataclass(frozen=True)
class Step:
    """One step: its form, the function that takes it, its button, and what it does in words."""

    form: type
    take: object
    label: str
    words: str
    permissions: tuple = ()
    is_possible: object = field(default=lambda intake: not intake.decided_at)
    looks_for_conflict: bool = False


class PlainForm(StepForm):
    """Nothing to fill in; asked once more."""


def _release(intake, *, by):
    triage.release(Intake.objects.filter(pk=intake.pk), by=by)


def _junk(intake, *, by):
    triage.junk(Intake.objects.filter(pk=intake.pk), by=by)


STEPS = {
    "accept": Step(
        AcceptForm,
        triage.accept,
        _("Accept and open a case"),
        _("A case is opened, with the topics, the office and whom it is against."),
        ("legalaid.add_case",),
        looks_for_conflict=True,
    ),
    "join": Step(
        JoinForm,
        triage.join,
        _("Join to a case"),
        _("It becomes part of a case that is open. Its messages and papers are seen there."),
        ("legalaid.view_case",),
    ),
    "answer": Step(
        AnswerForm,
        triage.answer,
        _("Answer"),
        _("One message is enough: no case is opened."),
    ),
    "refer": Step(
        ReferForm,
        triage.refer,
        _("Refer"),
        _(
            "Somebody else can help better. The message says who, and how to reach them; "
            "we tell them nothing."
        ),
    ),
    "decline": Step(
        DeclineForm,
        triage.decline,
        _("Decline"),
        _("We do not take it on. Say so kindly, and what they can still do."),
    ),
    "duplicate": Step(
        DuplicateForm,
        triage.mark_duplicate,
        _("Came twice"),
        _("The same request is here already. This one points at it and leaves the queue."),
    ),
    "release": Step(
        PlainForm,
        _release,
        _("Into the queue"),
        _("A person asks for help here. It is held no longer and waits with the others."),
        is_possible=lambda intake: not intake.decided_at and bool(intake.held_because),
    ),
    "mark_junk": Step(
        PlainForm,
        _junk,
        _("Junk"),
        _("Nobody asks for help here. It leaves the queue and is erased after a month."),
    ),
    "take_back": Step(
        PlainForm,
        triage.take_back,
        _("Take the decision back"),
        _("It waits in the queue again. What was written to the person stays written."),
        is_possible=lambda intake: bool(intake.decided_at) and intake.decision != "accepted",
    ),
    "move": Step(
        MoveForm,
        triage.move,
        _("Move to another case"),
        _("It was joined to the wrong case: its messages and papers go over to the right one."),
        ("legalaid.view_case",),
        is_possible=lambda intake: intake.decision == "accepted",
    ),
}


def page_of(row):
    """The staff page of a record; of an identity that of the person."""
    row = row.person if isinstance(row, Identity) else row
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


class Screen:
    """What the page shows of one intake to one member of staff. Each part is looked up when asked for."""

    def __init__(self, intake, user):
        self.intake, self.user = intake, user

    @cached_property
    def topics(self):
        return list(self.intake.topics.prefetch_related("texts"))

    @cached_property
    def story(self):
        return self.intake.shown("story")

    @property
    def answers(self):
        """(label, what was answered) of the short questions; only those that were answered."""
        intake = self.intake
        pairs = [
            (_("who speaks"), intake.get_relation_display()),
            (_("language"), intake.get_language_display()),
            (_("country"), intake.get_country_display()),
            (_("where it is"), intake.shown("place")),
            (_("in danger now"), intake.get_in_danger_display()),
            (_("a child is concerned"), intake.get_minor_display()),
            (_("channel"), intake.get_channel_display()),
            (_("office"), intake.office.text.name if intake.office and intake.office.text else ""),
            (_("project"), intake.project or ""),
            (_("entered by"), intake.entered_by or ""),
        ]
        return [(label, said) for label, said in pairs if said]

    @property
    def safe_contact(self):
        intake = self.intake
        pairs = [
            (_("reach them by"), intake.get_contact_by_display()),
            (_("when it is safe"), intake.shown("contact_when")),
            (_("may we say who we are"), intake.get_may_say_who_display()),
            (_("somebody else may answer this phone"), intake.get_others_answer_display()),
        ]
        return [(label, said) for label, said in pairs if said]

    @cached_property
    def warnings(self):
        """What whoever calls must know first."""
        intake = self.intake
        found = []
        if intake.in_danger == "yes":
            found.append(
                _("In danger now. Call 102 or the hotline with them before anything else.")
            )
        if intake.may_say_who == "no":
            found.append(_("Do not say who we are."))
        if intake.others_answer == "yes":
            found.append(_("Somebody else may answer this phone: say nothing about the request."))
        if intake.contact_by == Intake.Contact.NONE:
            found.append(_("They cannot be reached. They come back with their code."))
        return found

    @cached_property
    def documents(self):
        return list(self.intake.documents.all())

    @cached_property
    def messages(self):
        return list(self.intake.messages.select_related("written_by"))

    @cached_property
    def repeats(self):
        return list(self.intake.repeats.visible_to(self.user))

    @cached_property
    def parts(self):
        """The cases in which the linked person is already: those one may see, and how many more."""
        if not self.intake.person_id:
            return likeness.Hits("", [])
        parts = CasePerson.objects.filter(person=self.intake.person_id)
        if self.intake.case_id:
            parts = parts.exclude(case=self.intake.case_id)
        seen = parts.filter(case__in=Case.objects.visible_to(self.user)).select_related("case")
        seen = list(seen.order_by("-pk"))
        return likeness.Hits("", seen, parts.count() - len(seen))

    @cached_property
    def person_shown(self):
        """Who is linked, masked; empty where this member of staff may not see them."""
        identity = likeness.identity_of(self.intake.person)
        return " · ".join(likeness.masked(identity)) if identity else ""

    @cached_property
    def known(self):
        found = likeness.known(self.intake, self.user)
        for hits in found:
            for hit in hits.found:
                hit.address = page_of(hit.row)
        return found

    @cached_property
    def employers_named(self):
        if not self.user.has_perm("legalaid.view_employer"):
            return []
        return [
            (employer, employer.shown("name"), why, register.complaints(employer))
            for employer, why in likeness.employers_named(self.intake)[: likeness.MOST_SHOWN]
        ]

    @cached_property
    def complaints(self):
        return register.complaints(self.intake.employer) if self.intake.employer_id else 0

    @property
    def is_alarming(self):
        return self.complaints >= ALARMING

    @cached_property
    def conflicts(self):
        found = likeness.conflicts(self.intake, self.user)
        for conflict in found.found:
            conflict.address = page_of(conflict.who)
        return found

    @cached_property
    def cases_offered(self):
        """References of the open cases of the same person, and of those with the same employer."""
        of_person = [part.case for part in self.parts.found]
        of_hints = [part.case for hits in self.known for hit in hits.found for part in hit.cases]
        found = [case for case in [*of_person, *of_hints] if case.is_open]
        return list(dict.fromkeys(found))

    @cached_property
    def intakes_offered(self):
        """References of the requests that are like this one."""
        return [hit.row for hits in self.known for hit in hits.found if isinstance(hit.row, Intake)]
