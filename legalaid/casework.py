"""The steps of a case, from acceptance to its end. Each is one function: all of it happens, or none.

Every step locks the case first, so of two who press at once the second waits, then sees what the first
did and is told in words (ValidationError). Who may see a case is `Case.objects.visible_to`; of those,
`works_on` says who may act, and `leads` who may decide whose it is and that it ends.
"""

import datetime
import functools
import hashlib
import json
import uuid
from dataclasses import dataclass, field

import pghistory
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from legalaid import deadlines, letters
from legalaid.models import (
    Case,
    CaseMember,
    CasePerson,
    Employer,
    Intake,
    Message,
    Note,
    OpenCase,
    Outcome,
    Task,
)
from sanasezim.shared import references
from sanasezim.shared.models import User, staff_who_may

# A case nobody has worked on for so long stands on the first page of whoever leads it.
STALE_AFTER = datetime.timedelta(days=14)
DUE_SOON = datetime.timedelta(days=7)
# So long a colleague who opened a case is named on its page
OPENED_LATELY = datetime.timedelta(minutes=15)


def step(function):
    """One transaction, and a history that says who: also where no request stands around it."""

    @functools.wraps(function)
    def taken(*arguments, by, **named):
        with pghistory.context(user=by.pk), transaction.atomic():
            return function(*arguments, by=by, **named)

    return taken


# Who


def colleagues():
    """Who may be on the team of a case."""
    return staff_who_may("legalaid.view_case")


def lawyers():
    """Who may lead a case."""
    return staff_who_may("legalaid.add_case")


def leads(case, user):
    """Whether this person decides about the case: its lawyer, and whoever answers for all of them."""
    return case.lawyer_id == user.pk or user.has_perm("legalaid.view_every_case")


def works_on(case, user):
    """Whether this person may act in the case. Whom it is only offered may look."""
    return leads(case, user) or case.members.filter(user=user).exists()


def name_of(user):
    return user.get_full_name() or user.get_username()


def refuse_erased(case):
    if case.erased_at:
        raise ValidationError(_("This case was erased. Nothing more can be done in it."))


def _locked(case, by, *, leading=False, closed_too=False):
    """The case as it is now, for whoever still may act in it."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    refuse_erased(case)
    if not works_on(case, by):
        raise ValidationError(_("This case is no longer with you."))
    if leading and not leads(case, by):
        raise ValidationError(
            _("%(who)s leads this case and decides that.") % {"who": name_of(case.lawyer)}
        )
    if not (case.is_open or closed_too):
        raise ValidationError(
            _("This case was closed on %(day)s. Reopen it first.")
            % {"day": f"{case.closed_on:%d.%m.%Y}"}
        )
    return case


def _touch(case, *changed):
    case.touched_at = timezone.now()
    case.save(update_fields=["touched_at", *changed])


def _turn_to(case, turn, now):
    """Whose turn it becomes; the clock starts anew only where it changes."""
    if turn == case.turn:
        return []
    case.turn, case.turn_since = turn, now
    return ["turn", "turn_since"]


# Taking on


def new_reference(model, letter):
    """A reference that no other record of the model has."""
    while True:
        reference = references.new_reference(letter)
        if not model.objects.filter(reference=reference).exists():
            return reference


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


def to_the_disk():
    """What this transaction saves is on the disk before anybody is told so, however the server is set."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO on")


def heard_from(intake):
    """The person wrote or sent something: they wait for us, and it is our turn. For the public pages.

    Call it in the transaction that saves the message.
    """
    to_the_disk()
    now = timezone.now()
    # The case before the intake, as every other step does.
    if intake.case_id:
        case = Case.objects.select_for_update().get(pk=intake.case_id)
        if case.is_open and (changed := _turn_to(case, Case.Turn.OURS, now)):
            case.save(update_fields=changed)
    intake = Intake.objects.select_for_update().get(pk=intake.pk)
    if intake.unanswered_since is None:
        intake.unanswered_since = now
        intake.save(update_fields=["unanswered_since"])


# Working


class NewMeanwhile(ValidationError):
    """Something was written while the message was. Whoever has read it may send again."""


@dataclass
class Done:
    """What one act left: for the record of looks, and to say so."""

    messages: list = field(default_factory=list)
    note: Note | None = None
    task: Task | None = None
    turned: bool = False
    answered: int = 0
    is_repeat: bool = False


@step
def act(
    case,
    *,
    by,
    message="",
    language="",
    to=(),
    newest=None,
    note="",
    is_private=False,
    task="",
    due_on=None,
    assigned_to=None,
    turn="",
    no_reply_needed=False,
    token=None,
):
    """Write to the people, note it down, say what comes next and whose turn it is: one act.

    `to` are intakes of the case; the message goes to each. `newest` is the number of the last message
    that was on the page: where one to the same people is newer, NewMeanwhile. `token`, a UUID, makes
    a second click harmless: what was done under it is not done again.
    """
    case = _locked(case, by, closed_too=not (task or turn))
    token = token or uuid.uuid4()
    message, note, task = message.strip(), note.strip(), task.strip()
    if _was_done(token, to):
        return Done(is_repeat=True)
    if not (message or note or task or turn or no_reply_needed):
        raise ValidationError(
            _("Write a message or a note, set a next step, or say whose turn it is.")
        )
    done, changed, now = Done(), [], timezone.now()
    if message:
        done.messages = _send(case, message, language, to, newest, by, token, now)
    if note:
        done.note = Note(
            seal=_seal(token, "note"),
            case=case,
            text=note,
            is_private=is_private,
            written_at=now,
            written_by=by,
        )
        _save(done.note)
    if task:
        done.task = _task(case, task, due_on, assigned_to or by, seal=_seal(token, "task"))
    if no_reply_needed:
        done.answered = _answered(Intake.objects.filter(case=case), now)
    if turn:
        changed = _turn_to(case, turn, now)
        done.turned = bool(changed)
    _touch(case, *changed)
    return done


def _seal(token, what):
    return uuid.uuid5(token, what)


def _was_done(token, to):
    seals = [_seal(token, what) for what in ("note", "task")]
    sent = [_seal(token, f"message {intake.pk}") for intake in to]
    return (
        Note.objects.filter(seal__in=seals).exists()
        or Task.objects.filter(seal__in=seals).exists()
        or Message.objects.filter(seal__in=sent).exists()
    )


def _send(case, text, language, to, newest, by, token, now):
    # In one order, so that two who write to several people do not block each other.
    wanted = [intake.pk for intake in to]
    rows = Intake.objects.select_for_update().filter(case=case, pk__in=wanted, erased_at=None)
    rows = list(rows.order_by("pk"))
    if not rows or len(rows) != len(set(wanted)):
        raise ValidationError(_("Choose to whom the message goes."))
    if left := letters.unfilled(text):
        raise ValidationError(
            _("Fill in what stands in braces first: %(what)s.") % {"what": " ".join(left)}
        )
    if newest is not None:
        later = Message.objects.filter(intake__in=rows, pk__gt=newest)
        if latest := later.select_related("written_by").order_by("pk").last():
            who = name_of(latest.written_by) if latest.written_by else _("The person")
            raise NewMeanwhile(
                _("%(who)s has written while you did. Read it, then send again.") % {"who": who}
            )
    messages = [
        Message(
            seal=_seal(token, f"message {intake.pk}"),
            intake=intake,
            text=letters.for_person(text, intake),
            language=language,
            written_at=now,
            written_by=by,
        )
        for intake in rows
    ]
    for message in messages[:1]:
        message.full_clean()
    Message.objects.bulk_create(messages, batch_size=200)
    _answered(Intake.objects.filter(pk__in=wanted), now)
    return messages


def _answered(intakes, now):
    """Nobody of these waits for our word any longer; what they wrote is read. Returns how many waited."""
    Message.objects.filter(intake__in=intakes).from_applicant().filter(read_at=None).update(
        read_at=now
    )
    return intakes.exclude(unanswered_since=None).update(unanswered_since=None)


def _save(row):
    row.full_clean()
    row.save()
    return row


@step
def mark_read(case, *, by, messages=None):
    """Somebody has read what the people wrote: these, or all of it. Returns how many were unread."""
    case = _locked(case, by, closed_too=True)
    unread = Message.objects.filter(intake__case=case, read_at=None).from_applicant()
    if messages is not None:
        unread = unread.filter(pk__in=messages)
    return unread.update(read_at=timezone.now())


@step
def mark_unread(case, *, by, message):
    """So that somebody comes back to it."""
    case = _locked(case, by, closed_too=True)
    rows = Message.objects.filter(intake__case=case, pk=message).from_applicant()
    return rows.update(read_at=None)


# What is to be done


def _task(case, what, due_on, assigned_to, **more):
    if due_on is None and "rule" not in more:
        raise ValidationError(_("Say by which day."))
    if not works_on(case, assigned_to):
        raise ValidationError(
            _("%(who)s does not work on this case.") % {"who": name_of(assigned_to)}
        )
    return _save(Task(case=case, what=what, due_on=due_on, assigned_to=assigned_to, **more))


@step
def add_task(case, *, by, what, due_on, assigned_to=None):
    case = _locked(case, by)
    task = _task(case, what.strip(), due_on, assigned_to or by)
    _touch(case)
    return task


@step
def add_deadline(case, *, by, rule, event_on, assigned_to=None):
    """A term of the law: its last day and its reminder follow from the day of the event."""
    case = _locked(case, by)
    due_on, remind_on = deadlines.dates(rule, event_on)
    task = _task(
        case,
        rule.name,
        due_on,
        assigned_to or by,
        rule=rule,
        event_on=event_on,
        remind_on=remind_on,
    )
    _touch(case)
    return task


@step
def finish(task, *, by, repeated_day=None):
    """Tick a task off. A term of the law asks twice: its last day has to be said again."""
    case = _locked(task.case, by)
    task = Task.objects.select_for_update().get(pk=task.pk)
    if task.done_at:
        raise ValidationError(
            _("%(who)s has ticked this off already.") % {"who": name_of(task.done_by)}
        )
    if task.rule_id and repeated_day != task.due_on:
        raise ValidationError(_("Repeat the last day of the term, to be sure it is this one."))
    task.done_at, task.done_by = timezone.now(), by
    task.save(update_fields=["done_at", "done_by"])
    _touch(case)
    return task


@step
def take_up_again(task, *, by):
    """It was ticked off too early."""
    case = _locked(task.case, by)
    task = Task.objects.select_for_update().get(pk=task.pk)
    task.done_at = task.done_by = None
    task.save(update_fields=["done_at", "done_by"])
    _touch(case)
    return task


@step
def move_task(task, *, by, day, assigned_to):
    """Another day, or somebody else. `day` of a term of the law is that of its event."""
    case = _locked(task.case, by)
    task = Task.objects.select_for_update(of=["self"]).select_related("rule").get(pk=task.pk)
    if task.done_at:
        raise ValidationError(_("This is ticked off already."))
    if not works_on(case, assigned_to):
        raise ValidationError(
            _("%(who)s does not work on this case.") % {"who": name_of(assigned_to)}
        )
    if task.rule:
        task.event_on = day
        task.due_on, task.remind_on = deadlines.dates(task.rule, day)
    else:
        task.due_on = day
    task.assigned_to, task.reminded_at = assigned_to, None
    _save(task)
    _touch(case)
    return task


@step
def write_down(row, *, by):
    """A service, a claim or an outcome of the case, new or corrected."""
    case = _locked(row.case, by)
    row.case = case
    person = row.person
    if person is not None and not case.case_people.filter(person=person).exists():
        raise ValidationError(_("This person is not in the case."))
    _save(row)
    _touch(case)
    return row


@step
def recover(claim, *, by, recovered, recovered_on, seen):
    """How much of a claim has come back in all. `seen` is what was known to have come back before."""
    case = _locked(claim.case, by)
    claim = type(claim).objects.select_for_update().get(pk=claim.pk)
    if claim.recovered != seen:
        raise ValidationError(
            _("A colleague wrote down meanwhile that %(amount)s came back. Look at the sum again.")
            % {"amount": f"{claim.recovered} {claim.currency}"}
        )
    claim.recovered, claim.recovered_on = recovered, recovered_on if recovered else None
    _save(claim)
    _touch(case)
    return claim


@step
def strike(row, *, by):
    """Take back what was written down by mistake. The history keeps it."""
    case = _locked(row.case, by)
    if not type(row).objects.filter(pk=row.pk).delete()[0]:
        raise ValidationError(_("It was taken back already."))
    _touch(case)


# The facts


FACTS = [
    *["opened_on", "employer_id", "office_id", "project_id"],
    *["exploitation", "place_of_exploitation", "referred_in"],
]


class ChangedMeanwhile(ValidationError):
    """Somebody saved other facts since the form was opened."""


def stamp_of_facts(case, topics=None):
    """Stands for the facts as they are: equal as long as nobody changes them. `topics` are their numbers."""
    if topics is None:
        topics = case.topics.values_list("pk", flat=True)
    facts = [str(getattr(case, name)) for name in FACTS]
    facts += sorted(topics)
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


@step
def change_facts(case, *, by, seen, topics, new_employer="", **facts):
    """Save the facts of a case as they were typed, unless they are no longer those that were seen.

    `new_employer` is a name that the register does not have yet.
    """
    case = _locked(case, by, closed_too=True)
    if seen != stamp_of_facts(case):
        raise ChangedMeanwhile(
            _(
                "A colleague saved other facts while you had this open. Nothing of yours is lost:"
                " compare, then save again."
            )
        )
    if new_employer:
        facts["employer"] = _save(Employer(name=new_employer))
    for name, value in facts.items():
        setattr(case, name, value)
    case.full_clean()
    case.topics.set(topics)
    _touch(case, *facts)
    return case


@step
def add_person(case, *, by, person, part=CasePerson.Part.CLIENT):
    case = _locked(case, by)
    row = _save(CasePerson(case=case, person=person, part=part))
    _touch(case)
    return row


@step
def remove_person(case, *, by, person):
    """Somebody was put into the wrong case. What was written down for them has to go first."""
    case = _locked(case, by)
    for rows in (case.services, case.claims, case.outcomes, case.referrals, case.intakes):
        if rows.filter(person=person).exists():
            raise ValidationError(
                _("Something in this case is about this person. They stay in it.")
            )
    case.case_people.filter(person=person).delete()
    _touch(case)


# Whose it is


def _check_lawyer(user):
    if not lawyers().filter(pk=user.pk).exists():
        raise ValidationError(_("%(who)s does not lead cases.") % {"who": name_of(user)})


def _give(case, to):
    """The lawyer of the case is another. Their open tasks stay with whoever remains on the case."""
    case.members.filter(user=to).delete()
    case.lawyer, case.transfer_to = to, None


def _on_the_team(case, user):
    CaseMember.objects.get_or_create(case=case, user=user)


def _tasks_back(case, user):
    """What this person had to do falls to the lawyer of the case."""
    case.tasks.open().filter(assigned_to=user).update(assigned_to=case.lawyer)


def _why(case, by, text):
    if text := text.strip():
        _save(Note(case=case, text=text, written_by=by))


def _replace_lawyer(case, to, *, stays):
    before = case.lawyer
    _give(case, to)
    if stays:
        _on_the_team(case, before)
    else:
        _tasks_back(case, before)


@step
def assign(case, *, by, to, stays=False, why=""):
    """Whoever answers for all cases gives this one to another lawyer."""
    case = _locked(case, by)
    if not by.has_perm("legalaid.view_every_case"):
        raise ValidationError(_("Only the director assigns a case. Offer it to your colleague."))
    _check_lawyer(to)
    if case.lawyer_id == to.pk:
        raise ValidationError(_("The case is with this colleague already."))
    _why(case, by, why)
    _replace_lawyer(case, to, stays=stays)
    _touch(case, "lawyer", "transfer_to")
    return case


@step
def offer(case, *, by, to, why=""):
    """Ask a colleague to take the case over. They see it, and say yes or no."""
    case = _locked(case, by, leading=True)
    _check_lawyer(to)
    if case.transfer_to_id:
        raise ValidationError(
            _("The case is offered to %(who)s already.") % {"who": name_of(case.transfer_to)}
        )
    if case.lawyer_id == to.pk:
        raise ValidationError(_("The case is with this colleague already."))
    _why(case, by, why)
    case.transfer_to = to
    _touch(case, "transfer_to")
    return case


def _offered(case, by):
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.transfer_to_id != by.pk or not case.is_open:
        raise ValidationError(_("The case is no longer offered to you."))
    return case


@step
def take_over(case, *, by, keep_colleague=False):
    """Yes: the case is now with whom it was offered to."""
    case = _offered(case, by)
    _check_lawyer(by)
    _replace_lawyer(case, by, stays=keep_colleague)
    _touch(case, "lawyer", "transfer_to")
    return case


@step
def decline_offer(case, *, by, why=""):
    """No: it stays where it is."""
    case = _offered(case, by)
    _why(case, by, why)
    case.transfer_to = None
    _touch(case, "transfer_to")
    return case


@step
def withdraw_offer(case, *, by):
    case = _locked(case, by, leading=True)
    if not case.transfer_to_id:
        raise ValidationError(_("The case is offered to nobody."))
    case.transfer_to = None
    _touch(case, "transfer_to")
    return case


@step
def put_on_team(case, *, by, colleague):
    case = _locked(case, by, leading=True)
    if not colleagues().filter(pk=colleague.pk).exists():
        raise ValidationError(_("%(who)s does not work on cases.") % {"who": name_of(colleague)})
    if case.lawyer_id == colleague.pk:
        raise ValidationError(_("The case is with this colleague already."))
    _save(CaseMember(case=case, user=colleague))
    _touch(case)


@step
def take_off_team(case, *, by, colleague):
    """Somebody leaves the team, or is taken off it. Their open tasks fall to the lawyer."""
    case = _locked(case, by, leading=by.pk != colleague.pk)
    if not case.members.filter(user=colleague).delete()[0]:
        raise ValidationError(_("%(who)s is not on the team.") % {"who": name_of(colleague)})
    _tasks_back(case, colleague)
    _touch(case)


@step
def hand_over(leaving, *, by, to):
    """All open cases of a colleague who leaves, to one lawyer or spread evenly over several.

    Their places in teams are given up and their open tasks fall to the lawyers. Returns the cases
    that changed hands.
    """
    if not by.has_perm("legalaid.view_every_case"):
        raise ValidationError(_("Only the director hands over cases."))
    to = [colleague for colleague in to if colleague.pk != leaving.pk]
    if not to:
        raise ValidationError(_("Choose who takes the cases."))
    for colleague in to:
        _check_lawyer(colleague)
    touched = Q(lawyer=leaving) | Q(transfer_to=leaving) | Q(members__user=leaving)
    numbers = Case.objects.open().filter(touched).values("pk")
    cases = Case.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
    load = dict.fromkeys([colleague.pk for colleague in to], 0)
    load |= dict(
        Case.objects.open()
        .filter(lawyer__in=to)
        .order_by()
        .values_list("lawyer")
        .annotate(number=Count("pk"))
    )
    handed = []
    for case in cases:
        case.members.filter(user=leaving).delete()
        if case.lawyer_id == leaving.pk:
            _give(case, min(to, key=lambda colleague: load[colleague.pk]))
            load[case.lawyer_id] += 1
            handed.append(case)
        elif case.transfer_to_id == leaving.pk:
            case.transfer_to = None
        _tasks_back(case, leaving)
        _touch(case, "lawyer", "transfer_to")
    return handed


# The end


@step
def close(case, *, by, closed_on, outcomes=(), why="", finish_tasks=False):
    """The case ends: with what came of it. `outcomes` are kinds, for everybody in it."""
    case = _locked(case, by, leading=True)
    if closed_on > timezone.localdate():
        raise ValidationError(_("A case cannot be closed on a day that is still to come."))
    _leave_no_tasks(case, by, finish_tasks)
    for kind in outcomes:
        if not case.outcomes.filter(kind=kind, person=None).exists():
            _save(Outcome(case=case, kind=kind, reached_on=closed_on))
    _why(case, by, why)
    case.closed_on, case.transfer_to = closed_on, None
    case.full_clean()
    try:
        with transaction.atomic():
            _touch(case, "closed_on", "transfer_to")
    except IntegrityError:
        # The database lets no case end without an outcome, whoever writes.
        raise ValidationError(_("Say what came of the case: it ends with an outcome.")) from None
    return case


def _leave_no_tasks(case, by, finish_tasks):
    open_tasks = list(case.tasks.open().select_for_update())
    if any(task.rule_id for task in open_tasks):
        raise ValidationError(
            _("A term of the law is still open in this case. Tick it off first, or move it.")
        )
    if open_tasks and not finish_tasks:
        raise ValidationError(
            _("Tasks are still open: tick them off first, or say that they end with the case.")
        )
    now = timezone.now()
    for task in open_tasks:
        task.done_at, task.done_by = now, by
        task.save(update_fields=["done_at", "done_by"])


@step
def reopen(case, *, by, why=""):
    """It goes on. The outcomes stay, and the clock starts anew."""
    case = _locked(case, by, leading=True, closed_too=True)
    if case.is_open:
        raise ValidationError(_("This case is open."))
    _why(case, by, why)
    case.closed_on = None
    case.turn, case.turn_since = Case.Turn.OURS, timezone.now()
    _touch(case, "closed_on", "turn", "turn_since")
    return case


# Who has it open


def look_in(case, *, by):
    """Somebody has the case open at this moment. Returns the OpenCase rows of colleagues, the latest first."""
    now = timezone.now()
    # One statement: every open page asks this, and asks again every half minute.
    return OpenCase.objects.raw(
        "WITH mine AS ("
        " INSERT INTO legalaid_opencase (case_id, user_id, seen_at) VALUES (%(case)s, %(by)s, %(now)s)"
        " ON CONFLICT (case_id, user_id) DO UPDATE SET seen_at = excluded.seen_at)"
        " SELECT id, case_id, user_id, seen_at FROM legalaid_opencase"
        " WHERE case_id = %(case)s AND user_id <> %(by)s AND seen_at > %(since)s"
        " ORDER BY seen_at DESC",
        {"case": case.pk, "by": by.pk, "now": now, "since": now - OPENED_LATELY},
    )


def forget_who_looked():
    OpenCase.objects.filter(seen_at__lt=timezone.now() - OPENED_LATELY).delete()


# What waits


def stale_cases(user, now=None):
    """Open cases nobody has worked on for two weeks: of whoever leads them, and all for the director."""
    before = (now or timezone.now()) - STALE_AFTER
    cases = Case.objects.visible_to(user).open().filter(touched_at__lt=before)
    if not user.has_perm("legalaid.view_every_case"):
        cases = cases.filter(lawyer=user)
    return cases.select_related("lawyer").order_by("touched_at", "pk")


def tasks_due(user, until=None):
    """Open tasks of open cases this person has to do, whose day or reminder has come by then."""
    until = until or timezone.localdate() + DUE_SOON
    tasks = Task.objects.visible_to(user).due_by(until).filter(case__closed_on=None)
    if not user.has_perm("legalaid.view_every_case"):
        tasks = tasks.filter(assigned_to=user)
    return tasks.select_related("case", "rule", "assigned_to")


def unanswered_cases(user):
    """Open cases in which somebody waits for our word: of whoever leads them, and all for the director."""
    waits = Intake.objects.filter(case=OuterRef("pk")).exclude(unanswered_since=None)
    cases = Case.objects.visible_to(user).open().filter(Exists(waits))
    return cases if user.has_perm("legalaid.view_every_case") else cases.filter(lawyer=user)


def offered_cases(user):
    """What colleagues ask this person to take over."""
    return Case.objects.visible_to(user).open().filter(transfer_to=user).select_related("lawyer")


@dataclass
class Load:
    """How much one person has to do, in numbers."""

    user: User
    led: int = 0
    on_teams: int = 0
    our_turn: int = 0
    stale: int = 0
    unanswered: int = 0
    overdue: int = 0

    @property
    def must_hand_over(self):
        return not self.user.is_active and bool(self.led or self.on_teams)


def workload(now=None):
    """The Load of everybody who works on cases, or still has one: the most open cases first."""
    now = now or timezone.now()
    opened = Case.objects.open().order_by()
    numbers = {
        "led": opened.values_list("lawyer").annotate(n=Count("pk")),
        "our_turn": opened.filter(turn=Case.Turn.OURS)
        .values_list("lawyer")
        .annotate(n=Count("pk")),
        "stale": opened.filter(touched_at__lt=now - STALE_AFTER)
        .values_list("lawyer")
        .annotate(n=Count("pk")),
        "on_teams": CaseMember.objects.filter(case__closed_on=None)
        .order_by()
        .values_list("user")
        .annotate(n=Count("pk")),
        "unanswered": Intake.objects.filter(case__closed_on=None, case__isnull=False)
        .exclude(unanswered_since=None)
        .order_by()
        .values_list("case__lawyer")
        .annotate(n=Count("case", distinct=True)),
        "overdue": Task.objects.open()
        .filter(case__closed_on=None, due_on__lt=timezone.localdate(now))
        .order_by()
        .values_list("assigned_to")
        .annotate(n=Count("pk")),
    }
    numbers = {name: dict(rows) for name, rows in numbers.items()}
    people = set().union(*numbers.values()) | set(colleagues().values_list("pk", flat=True))
    loads = [
        Load(user, **{name: found.get(user.pk, 0) for name, found in numbers.items()})
        for user in User.objects.filter(pk__in=people)
    ]
    return sorted(loads, key=lambda load: (-load.led, name_of(load.user)))
