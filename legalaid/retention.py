"""How long what people told us is kept, and the two people without whom nothing is erased.

Every night `find` lists what has reached its term, a list for each kind. One person checks a list and
may leave records out for a reason, a second approves it, and some minutes later the worker erases it,
one record after the other (erasure.py). Until its turn comes, a record can be kept: the approval is
taken back, the case is held or opened again, the person writes.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from legalaid import casework, erasure
from legalaid.deadlines import in_months
from legalaid.models import Case, DisposalBatch, DisposalItem, Document, Intake, Message, Person
from sanasezim.shared import jobs

Kind = DisposalBatch.Kind
Decision = Intake.Decision
Because = DisposalItem.Because
NOT_TAKEN_ON = [Decision.DECLINED, Decision.ANSWERED, Decision.REFERRED, Decision.DUPLICATE]


# What has reached its term


@dataclass(frozen=True)
class Ending:
    """A kind of record that ends. `due(rows)` gives those of the rows whose time is over, counted
    from the field `ended`."""

    kind: str
    model: type
    ended: str
    due: object

    @property
    def label(self):
        return self.model._meta.label_lower

    def all_due(self):
        return self.due(self.model._base_manager.all())

    def is_due(self, row):
        return self.due(self.model._base_manager.filter(pk=row.pk)).exists()


ENDINGS = {}


def due(kind, model, *, ended):
    """Decorator: this function tells which rows of the model have reached their term."""

    def taken(function):
        ENDINGS[kind] = Ending(kind, model, ended, function)
        return function

    return taken


def _loud():
    """Whether somebody wrote or sent something in an intake lately, or waits for our answer."""
    since = timezone.now() - settings.KEEP_AFTER_A_WORD
    written = Message.objects.filter(intake=OuterRef("pk"), written_at__gt=since)
    sent = Document.objects.filter(intake=OuterRef("pk"), added_at__gt=since)
    return Q(Exists(written)) | Q(Exists(sent)) | Q(unanswered_since__isnull=False)


@due(Kind.JUNK, Intake, ended="decided_at")
def junk(rows):
    before = timezone.now() - settings.KEEP_JUNK
    return rows.filter(~_loud(), decision=Decision.JUNK, decided_at__lte=before, erased_at=None)


@due(Kind.DECLINED, Intake, ended="decided_at")
def declined(rows):
    before = timezone.now() - settings.KEEP_DECLINED
    # The person may have kept only the reference of the repeat: it opens until the first one ends.
    first_goes_on = Q(decision=Decision.DUPLICATE) & (
        Q(same_as__decided_at=None) | Q(same_as__case__isnull=False, same_as__erased_at=None)
    )
    return rows.filter(
        ~_loud(), decision__in=NOT_TAKEN_ON, decided_at__lte=before, erased_at=None
    ).exclude(first_goes_on)


@due(Kind.CASES, Case, ended="closed_on")
def closed_cases(rows):
    today = timezone.localdate()
    over = Q(dispose_on__lte=today) | Q(
        dispose_on=None, closed_on__lte=in_months(today, -settings.KEEP_CASES_MONTHS)
    )
    since = timezone.now() - settings.KEEP_AFTER_A_WORD
    added = Document.objects.filter(case=OuterRef("pk"), added_at__gt=since)
    loud = Intake.objects.filter(_loud(), case=OuterRef("pk"))
    return rows.filter(
        over, ~Exists(added), ~Exists(loud), closed_on__isnull=False, is_held=False, erased_at=None
    )


@due(Kind.PEOPLE, Person, ended="added_at")
def people_without_a_record(rows):
    before = in_months(timezone.localdate(), -settings.KEEP_CALLS_MONTHS)
    rows = rows.filter(identity__isnull=False, added_at__date__lte=before)
    numbers = list(rows.values_list("pk", flat=True))
    return rows.filter(pk__in=set(numbers) - erasure.held(numbers))


@due(Kind.WISHED, Intake, ended="erasure_wished_at")
def wished(rows):
    """At once: whether the case has to end first is for those who check."""
    return rows.filter(erasure_wished_at__isnull=False, erased_at=None)


# The lists


def find():
    """List what has reached its term, and take off what no longer has. {kind: how many are new}."""
    return {kind: _find(ending) for kind, ending in ENDINGS.items()}


@transaction.atomic
def _find(ending):
    numbers = set(ending.all_due().values_list("pk", flat=True))
    unchecked = DisposalBatch.objects.filter(kind=ending.kind, checked_by=None)
    if batch := unchecked.select_for_update().first():
        listed = batch.items.values_list("what_id", flat=True)
        batch.items.filter(what_id__in=set(listed) - numbers).delete()
    new = numbers - _taken_care_of(ending)
    if new:
        batch = _unchecked(ending.kind)
        # Another night may have been at it: nobody adds to the list while it is locked here.
        new -= _taken_care_of(ending)
        DisposalItem.objects.bulk_create(
            (
                DisposalItem(batch=batch, what=ending.label, what_id=number)
                for number in sorted(new)
            ),
            batch_size=1000,
        )
    elif batch and not batch.items.exists():
        batch.delete()
    return len(new)


def _taken_care_of(ending):
    """Records that are on a list already, or were left out not long ago."""
    items = DisposalItem.objects.filter(batch__kind=ending.kind)
    lately = timezone.now() - settings.ASK_AGAIN_AFTER
    left_out = items.filter(left_out_at__gt=lately).exclude(left_out_because=Because.NOT_DUE)
    listed = items.waiting() | items.filter(batch__checked_by=None) | left_out
    return set(listed.values_list("what_id", flat=True))


def _unchecked(kind):
    """The list of this kind that grows, locked: whoever checks it sees all that they check."""
    while True:
        batches = DisposalBatch.objects.select_for_update().filter(kind=kind, checked_by=None)
        if batch := batches.first():
            return batch
        try:
            with transaction.atomic():
                DisposalBatch.objects.create(kind=kind)
        except IntegrityError:
            pass  # somebody else made it at the same moment


# The two people


@transaction.atomic
def leave_out(batch, *, reasons):
    """Keep records of an unchecked list, or put them back on it. `reasons`: {item's number: why or ""}."""
    batch = _locked(batch)
    if batch.is_checked:
        raise ValidationError(_("This list is checked already."))
    items = list(batch.items.filter(pk__in=reasons, erased_at=None))
    for item in items:
        if (because := reasons[item.pk]) != item.left_out_because:
            item.left_out_because = because
            item.left_out_at = timezone.now() if because else None
            item.full_clean()
            item.save()


@transaction.atomic
def check(batch, *, by, seen):
    """One person has looked through the list. `seen` is the number of its newest item then."""
    batch = _locked(batch)
    if batch.is_checked:
        raise ValidationError(_("This list is checked already."))
    if batch.items.filter(pk__gt=seen).exists():
        raise ValidationError(_("Records were added meanwhile. Look through them, too."))
    if number := open_wishes(batch).count():
        raise ValidationError(
            _(
                "%(number)s of them are part of a case that is open or held. End it, or leave it out."
            )
            % {"number": number}
        )
    batch.checked_by = by
    batch.save(update_fields=["checked_by"])


@transaction.atomic
def approve(batch, *, by):
    """A second person agrees. Erasing begins when there has been time to take it back."""
    batch = _locked(batch)
    if not batch.is_checked:
        raise ValidationError(_("Somebody has to check this list first."))
    if batch.is_approved:
        raise ValidationError(_("This list is approved already."))
    batch.approved_by, batch.approved_at = by, timezone.now()
    if not batch.items.waiting().exists():
        batch.erased_at = batch.approved_at
    batch.full_clean()
    batch.save()
    waiting = batch.items.waiting().values_list("pk", flat=True)
    erase_item.enqueue_all(waiting, at=begins_at(batch))


def begins_at(batch):
    return batch.approved_at + settings.ERASE_AFTER


@transaction.atomic
def take_back(batch):
    """The approval, or else the check, is taken back. Returns the list: it may have joined another.

    What was erased by then stays erased.
    """
    batch = _locked(batch)
    if batch.erased_at:
        raise ValidationError(_("All of it is erased. That cannot be taken back."))
    if batch.is_approved:
        batch.approved_by = batch.approved_at = None
        batch.save(update_fields=["approved_by", "approved_at"])
        return batch
    if not batch.is_checked:
        raise ValidationError(_("Nobody has checked this list."))
    if batch.items.filter(erased_at__isnull=False).exists():
        raise ValidationError(_("Some of it is erased already. Approve the rest, or leave it."))
    growing = DisposalBatch.objects.select_for_update().filter(kind=batch.kind, checked_by=None)
    if other := growing.first():
        there = other.items.values("what_id")
        batch.items.exclude(what_id__in=there).update(batch=other)
        batch.delete()
        return other
    batch.checked_by = None
    batch.save(update_fields=["checked_by"])
    return batch


def _locked(batch):
    return DisposalBatch.objects.select_for_update().get(pk=batch.pk)


def open_wishes(batch):
    """Items of people who asked to be erased, but whose case is open or held."""
    if batch.kind != Kind.WISHED:
        return batch.items.none()
    goes_on = Intake.objects.filter(
        Q(case__closed_on=None) | Q(case__is_held=True), case__isnull=False
    )
    return batch.items.waiting().filter(what_id__in=goes_on.values("pk"))


# Erasing


@jobs.task
def erase_item(pk):
    """Erase one record of an approved list, if it still may be erased."""
    item = DisposalItem.objects.filter(pk=pk).first()
    if item is None:
        return
    batch = _locked(item.batch)
    item = batch.items.waiting().filter(pk=pk).first()
    if item is None or not batch.is_approved:
        return
    _end(item, batch)
    if not batch.items.waiting().exists():
        batch.erased_at = timezone.now()
        batch.save(update_fields=["erased_at"])


def _end(item, batch):
    ending = ENDINGS[batch.kind]
    now = timezone.now()
    row = _held(ending.model._base_manager.get(pk=item.what_id))
    record, apart_from = _what_goes(ending, row)
    if not erasure.is_erased(record) and not _may_go(ending, row):
        item.left_out_at, item.left_out_because = now, Because.NOT_DUE
    else:
        erasure.erase(record, by=batch.approved_by, within=batch, apart_from=apart_from)
        item.erased_at = now
    item.save()


def _held(row):
    """The record, locked with all that a person could write to: nobody writes between look and end."""
    case_id = row.pk if isinstance(row, Case) else getattr(row, "case_id", None)
    if case_id:
        Case.objects.select_for_update().get(pk=case_id)
        list(Intake.objects.select_for_update().filter(case=case_id).order_by("pk"))
    return type(row)._base_manager.select_for_update(of=["self"]).get(pk=row.pk)


def _may_go(ending, row):
    if not ending.is_due(row):
        return False
    return (
        ending.kind != Kind.WISHED or row.case is None or not (row.case.is_open or row.case.is_held)
    )


def _what_goes(ending, row):
    """(the record to erase, a case that goes on without this person).

    A wish ends the whole case, where it is about nobody else.
    """
    if ending.kind != Kind.WISHED or row.case is None:
        return row, None
    others = Q(pk__in=row.case.case_people.exclude(person=row.person_id).values("person"))
    others = Person.objects.filter(others).exists()
    if others or row.case.intakes.filter(erased_at=None).exclude(pk=row.pk).exists():
        return row, row.case
    return row.case, None


# What a lawyer decides for one case


@transaction.atomic
def keep(case, *, by, dispose_on=None, is_held=False, hold_reason=""):
    """Until when a case is kept (None: the common term), and whether it is held, for which reason."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.erased_at:
        raise ValidationError(_("This case was erased."))
    if not casework.leads(case, by):
        raise ValidationError(_("Whoever leads the case decides that."))
    if is_held and not hold_reason.strip():
        raise ValidationError({"hold_reason": _("Say why it is kept.")})
    if dispose_on and dispose_on != case.dispose_on and dispose_on < timezone.localdate():
        raise ValidationError({"dispose_on": _("This day is over.")})
    case.dispose_on, case.is_held = dispose_on, is_held
    case.hold_reason = hold_reason.strip() if is_held else ""
    case.full_clean()
    case.save(update_fields=["dispose_on", "is_held", "hold_reason"])
    return case


def kept_until(case):
    """The day from which a closed case may be erased; None while it is open or held."""
    if case.is_open or case.is_held:
        return None
    return case.dispose_on or in_months(case.closed_on, settings.KEEP_CASES_MONTHS)


# For the page


def progress(batch):
    """How far it is: {"listed": …, "left_out": …, "erased": …, "waiting": …}."""
    items = batch.items
    numbers = {
        "listed": items.count(),
        "left_out": items.exclude(left_out_at=None).count(),
        "erased": items.exclude(erased_at=None).count(),
    }
    numbers["waiting"] = numbers["listed"] - numbers["left_out"] - numbers["erased"]
    return numbers
