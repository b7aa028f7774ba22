"""Erasing what people told us. What is counted stays.

Of a case, an intake or a call goes who it is (Identity), every text in words, messages, papers with
their files, notes, tasks, the secret code, the search keys, and all of its history. What stays is a
row of facts: dates, channel, office, project, topics, decision, outcomes, services, money, and a
Person without an Identity. So a report gives the same numbers before and after.

A person's identity goes with the last record that is about them. One record is one transaction;
every row that was erased leaves a mark (erased_list.py), by which `again` finds it in a restored
backup. Runs as the owner: the role that serves cannot remove a history.
"""

import pgtrigger
from django.db import transaction
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from legalaid import erased_list
from legalaid.models import (
    Case,
    CaseMember,
    CasePerson,
    CaseTopic,
    Claim,
    Consent,
    Document,
    ErasedRow,
    Identity,
    Intake,
    Message,
    Note,
    OpenCase,
    Outcome,
    PackRequest,
    Person,
    PersonKey,
    Referral,
    Service,
    Task,
)
from sanasezim.shared import access_log
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import User, staff_who_may
from sanasezim.shared.protected import ProtectedTextField
from sanasezim.shared.sealed_files import SealedFileField
from sanasezim.shared.search_keys import SearchKeysField

# What becomes of the rows of a case. Of those that stay as they are, the history goes.
REMOVED, EMPTIED, KEPT = "removed", "emptied", "kept"
PARTS_OF_CASE = {
    Document: REMOVED,
    Note: REMOVED,
    Task: REMOVED,
    OpenCase: REMOVED,
    Service: EMPTIED,
    Referral: EMPTIED,
    Outcome: KEPT,
    Claim: KEPT,
    CasePerson: KEPT,
    CaseTopic: KEPT,
    CaseMember: KEPT,
    PackRequest: KEPT,
}
# Of an intake everything is removed that hangs on it.
PARTS_OF_INTAKE = [Message, Document]
# A link to a partner must open nothing any more.
AND_EMPTY = {
    Referral: {"token_hash": Concat(Value("erased "), Cast("pk", output_field=CharField()))}
}

# What apps above add for their own records (hotline/retention.py), as functions:
# what is erased with an intake, of (intake, erasing)
with_intake = []
# which of these people (numbers) a living record is about, of (people, erasing): a set of numbers
about_people = []

# Kinds of records that can be erased: model → function of (row, locked, and erasing)
ERASERS = {}
# those that are not erased yet: model → function that gives a queryset
LIVING = {}


def erases(model, living):
    """Decorator: this function erases a record of the model; `living` gives those not erased yet."""

    def taken(function):
        ERASERS[model], LIVING[model] = function, living
        return function

    return taken


def with_text(model):
    """Rows in which any protected text is left."""
    texts = Q()
    for field in model._meta.concrete_fields:
        if isinstance(field, ProtectedTextField):
            texts |= ~Q(**{field.name: ""})
    return model._base_manager.filter(texts)


class Erasing:
    """One record on its way out: who decided it, and what went with it.

    `apart_from` is a case that does not keep its people: one of them asked to be erased.
    """

    def __init__(self, by=None, apart_from=None):
        self.by, self.apart_from, self.now = by, apart_from, timezone.now()
        self.marks, self.rows = set(), 0

    def remove(self, rows):
        """Rows, their history, and their files as soon as the rows are gone."""
        fields = [
            field
            for field in rows.model._meta.concrete_fields
            if isinstance(field, SealedFileField)
        ]
        for row in rows.only("pk", *(field.name for field in fields), *_seal(rows.model)):
            for field in fields:
                transaction.on_commit(getattr(row, field.attname).delete)
        numbers = self._note(rows)
        rows.model._base_manager.filter(pk__in=numbers).delete()

    def empty(self, rows, **more):
        """Rows that stay: every text, the search keys and the history go."""
        fields = rows.model._meta.concrete_fields
        empty = {field.name: "" for field in fields if isinstance(field, ProtectedTextField)}
        empty |= {field.name: [] for field in fields if isinstance(field, SearchKeysField)}
        numbers = self._note(rows)
        rows.model._base_manager.filter(pk__in=numbers).update(**empty | more)

    def forget(self, model, numbers):
        """The history of rows."""
        if hasattr(model, "pgh_event_model"):
            events = model.pgh_event_model._base_manager.filter(pgh_obj_id__in=numbers)
            self.rows += events.delete()[0]

    def let_go(self, people):
        """Remove who these people (numbers) are, but of those whom a living record is about."""
        self.remove_identities(sorted(set(people) - held(people, self)))

    def remove_identities(self, people):
        self.remove(Identity.objects.filter(person__in=people))
        # Of an identity that was taken away earlier, only the history is left.
        self.rows += _events(Identity).filter(person_id__in=people).delete()[0]
        self.rows += PersonKey.objects.filter(person__in=people).delete()[0]
        self.forget(Person, people)

    def _note(self, rows):
        """Mark the rows and remove their history. Their numbers."""
        if _seal(rows.model):
            found = dict(rows.order_by().values_list("pk", "seal"))
            self.marks |= {erased_list.mark_of(seal) for seal in found.values()}
        else:
            found = dict.fromkeys(rows.order_by().values_list("pk", flat=True))
        self.forget(rows.model, list(found))
        self.rows += len(found)
        return list(found)


def held(people, erasing=None):
    """Those of these people (numbers) whom a living record is about."""
    return set().union(*(about(people, erasing or Erasing()) for about in about_people))


def is_erased(row):
    return not LIVING[type(row)]().filter(pk=row.pk).exists()


def _seal(model):
    return ["seal"] if any(field.name == "seal" for field in model._meta.fields) else []


def _events(model):
    return model.pgh_event_model._base_manager


# One record


@transaction.atomic
def erase(row, *, by=None, within=None, apart_from=None):
    """Erase a record and all that hangs on it. Returns how many rows that was, histories counted.

    `by` is who decided it, `within` the disposal it is part of. What is erased already is left alone.
    """
    erasing = Erasing(by, apart_from)
    if _erase(row, erasing, within):
        _remember(erasing.marks)
    return erasing.rows


def _erase(row, erasing, within=None):
    """Whether there was something to erase."""
    model = type(row)
    row = LIVING[model]().select_for_update(of=["self"]).filter(pk=row.pk).first()
    if row is None:
        return False
    # Nothing of this is written to a history, and no guard of the work stands in its way.
    with pgtrigger.ignore(), transaction.atomic():
        ERASERS[model](row, erasing)
    access_log.record(Action.ERASE, by=erasing.by, what=row, within=within, rows=erasing.rows)
    return True


def _remember(marks):
    """Mark what was erased: in the database at once, in the list outside as soon as it is final."""
    ErasedRow.objects.bulk_create(
        (ErasedRow(mark=mark) for mark in marks), batch_size=1000, ignore_conflicts=True
    )
    transaction.on_commit(lambda: erased_list.append(sorted(marks)))


@erases(Case, lambda: Case.objects.filter(erased_at=None))
def erase_case(case, erasing):
    # Locked in one order, as every step does: the case, its intakes, its people.
    intakes = list(
        Intake.objects.select_for_update(of=["self"])
        .filter(Q(case=case) | Q(same_as__case=case), erased_at=None)
        .order_by("pk")
    )
    people = set(case.case_people.values_list("person", flat=True))
    people |= {intake.person_id for intake in intakes} - {None}
    people = locked(people)
    for intake in intakes:
        _erase_intake(intake, erasing)
    for model, what in PARTS_OF_CASE.items():
        rows = model._base_manager.filter(case=case)
        if what == REMOVED:
            erasing.remove(rows)
        elif what == EMPTIED:
            erasing.empty(rows, **AND_EMPTY.get(model, {}))
        else:
            erasing.forget(model, list(rows.values_list("pk", flat=True)))
        _forget_parts_taken_away(model, case, erasing)
    end = {} if case.closed_on else _ended(case, erasing)
    erasing.empty(
        Case.objects.filter(pk=case.pk),
        is_held=False,
        transfer_to=None,
        erased_at=erasing.now,
        **end,
    )
    erasing.let_go(people)


def _forget_parts_taken_away(model, case, erasing):
    """What somebody struck out or took out of the case lives on in the history."""
    if hasattr(model, "pgh_event_model"):
        events = _events(model).filter(case_id=case.pk)
        events = events.exclude(pgh_obj_id__in=model._base_manager.values("pk"))
        erasing.rows += events.delete()[0]


def _ended(case, erasing):
    """A restored backup may know it as open: what was erased had ended."""
    if not case.outcomes.exists():
        Outcome.objects.create(
            case=case, kind=Outcome.Kind.WITHDRAWN, reached_on=timezone.localdate(erasing.now)
        )
    return {"closed_on": max(case.opened_on, timezone.localdate(erasing.now))}


@erases(Intake, lambda: Intake.objects.filter(erased_at=None))
def erase_intake(intake, erasing):
    people = locked({intake.person_id} - {None})
    _erase_intake(intake, erasing)
    erasing.let_go(people)


def _erase_intake(intake, erasing):
    for model in PARTS_OF_INTAKE:
        erasing.remove(model._base_manager.filter(intake=intake))
    for erase_more in with_intake:
        erase_more(intake, erasing)
    erasing.empty(
        Intake.objects.filter(pk=intake.pk),
        code_salt=b"",
        code_digest=b"",
        code_was_spoken=False,
        form_token=None,
        unanswered_since=None,
        erased_at=erasing.now,
        **({} if intake.decided_at else _decided(erasing)),
    )
    if intake.consent_id:
        erasing.forget(Consent, [intake.consent_id])


def _decided(erasing):
    """Whoever wants to be erased wants no decision any more: it must not stand in the queue."""
    return {
        "decided_at": erasing.now,
        "decided_by": erasing.by or _somebody(),
        "decision": Intake.Decision.DECLINED,
        "decline_reason": Intake.Reason.NOT_WISHED,
    }


def _somebody():
    """A restored backup does not say who decided: the one who has been here for longest."""
    may = staff_who_may("legalaid.approve_disposal").order_by("pk").first()
    return may or User.objects.order_by("pk").first()


@erases(Person, lambda: Person.objects.filter(pk__in=Identity.objects.values("person")))
def erase_person(person, erasing):
    erasing.let_go(locked({person.pk}))


def locked(people):
    """The numbers of these people, locked: of two records that end at once, the second sees the first."""
    rows = Person.objects.select_for_update().filter(pk__in=people).order_by("pk")
    return [person.pk for person in rows.only("pk")]


def _about_people(people, erasing):
    cases = CasePerson.objects.filter(person__in=people, case__erased_at=None)
    if erasing.apart_from:
        cases = cases.exclude(case=erasing.apart_from)
    intakes = Intake.objects.filter(person__in=people, erased_at=None)
    return {*cases.values_list("person", flat=True), *intakes.values_list("person", flat=True)}


about_people.append(_about_people)


# What a person wishes


@transaction.atomic
def wish(intake):
    """The person asks us to erase what we have of them. Two colleagues see to it (retention.py)."""
    Intake.objects.filter(pk=intake.pk, erasure_wished_at=None).update(
        erasure_wished_at=timezone.now()
    )


@transaction.atomic
def take_back_wish(intake):
    """They want it kept after all."""
    Intake.objects.filter(pk=intake.pk, erased_at=None).update(erasure_wished_at=None)


# After an older backup was restored


def again():
    """Erase again whatever a restored backup brought back. Returns how many records and rows.

    The marks come last: as long as they are missing, the portal does not open (erased_list.troubles).
    """
    listed = erased_list.marks() | set(ErasedRow.objects.values_list("mark", flat=True))
    erased, marks = 0, set()
    for model, living in LIVING.items():
        if _seal(model):
            for row in _marked(living(), listed):
                with transaction.atomic():
                    erasing = Erasing()
                    found = _erase(row, erasing)
                erased, marks = erased + found, marks | erasing.marks
    for model, what in ALL_PARTS.items():
        rows = model._base_manager.all() if what == REMOVED else with_text(model)
        for row in _marked(rows, listed):
            with pgtrigger.ignore(), transaction.atomic():
                erasing = Erasing()
                _erase_part(row, what, erasing)
            erased, marks = erased + 1, marks | erasing.marks
    with transaction.atomic():
        _remember(marks - listed)
        erased_list.take_back()
    return erased


ALL_PARTS = dict.fromkeys([Identity, *PARTS_OF_INTAKE], REMOVED) | {
    model: what for model, what in PARTS_OF_CASE.items() if what != KEPT and _seal(model)
}


def _marked(rows, listed):
    found = rows.order_by("pk").only("pk", "seal").iterator()
    return [row for row in found if erased_list.mark_of(row.seal) in listed]


def _erase_part(row, what, erasing):
    rows = type(row)._base_manager.filter(pk=row.pk)
    if what == EMPTIED:
        erasing.empty(rows, **AND_EMPTY.get(type(row), {}))
    elif isinstance(row, Identity):
        erasing.remove_identities([row.person_id])
    else:
        erasing.remove(rows)
