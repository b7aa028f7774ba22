"""The steps of a case: what each does, whom and what it refuses, and two who press at once."""

import datetime
import threading
import uuid

import pghistory
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone, translation

from legalaid import casework, erasure, evidence, groups, papers, referrals, triage
from legalaid.models import (
    Case,
    CaseMember,
    Employer,
    Intake,
    Message,
    Note,
    Outcome,
    Task,
)
from tests import make

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def case(lawyer):
    return make.case(lawyer=lawyer)


@pytest.fixture
def colleague():
    return make.user("lawyer", first_name="Тимур")


def refused(words):
    return pytest.raises(ValidationError, match=words)


# One act


def test_one_act_writes_notes_plans_and_passes_the_turn(case, lawyer):
    intake = make.taken(case, unanswered_since=timezone.now())
    theirs = make.message(intake)

    done = casework.act(
        case,
        by=lawyer,
        message="Здравствуйте! Ответ будет завтра.",
        language="ru",
        to=[intake],
        note="Позвонил инспектору.",
        task="Взять протокол",
        due_on=TODAY() + 7 * DAY,
        turn="others",
    )

    case.refresh_from_db()
    intake.refresh_from_db()
    theirs.refresh_from_db()
    assert intake.messages.get(written_by=lawyer).text == "Здравствуйте! Ответ будет завтра."
    assert case.notes.get().text == "Позвонил инспектору."
    assert case.tasks.get().what == "Взять протокол"
    assert (case.turn, done.turned) == ("others", True)
    assert intake.unanswered_since is None
    assert theirs.read_at


def test_an_act_happens_as_a_whole_or_not_at_all(case, lawyer):
    intake = make.taken(case)

    with refused("by which day"):
        casework.act(
            case, by=lawyer, message="Здравствуйте!", to=[intake], note="Заметка", task="Шаг"
        )

    assert not Message.objects.exists()
    assert not Note.objects.exists()
    assert not Task.objects.exists()


def test_the_same_act_twice_is_one(case, lawyer):
    intake, token = make.taken(case), uuid.uuid4()
    typed = {
        "message": "Здравствуйте!",
        "to": [intake],
        "note": "Заметка",
        "task": "Шаг",
        "due_on": TODAY(),
    }

    casework.act(case, by=lawyer, token=token, **typed)
    again = casework.act(case, by=lawyer, token=token, **typed)

    assert again.is_repeat
    assert Message.objects.count() == Note.objects.count() == Task.objects.count() == 1


def test_an_empty_act_is_refused(case, lawyer):
    with refused("Write a message or a note"):
        casework.act(case, by=lawyer, message="  ", note="\n")


def test_a_message_needs_somebody_of_this_case(case, lawyer):
    elsewhere = make.taken(make.case(lawyer=lawyer))
    erased = make.taken(case, story="")
    Intake.objects.filter(pk=erased.pk).update(erased_at=timezone.now())

    for to in ([], [elsewhere], [erased]):
        with refused("to whom"):
            casework.act(case, by=lawyer, message="Здравствуйте!", to=to)


def test_a_message_with_an_open_placeholder_is_refused(case, lawyer):
    intake = make.taken(case)

    with refused(r"\{дата\} \{сумма\}"):
        casework.act(case, by=lawyer, message="До {дата}: {сумма}, {дата}", to=[intake])


def test_everybody_gets_their_own_reference(case, lawyer):
    one, other = make.taken(case), make.taken(case)

    casework.act(case, by=lawyer, message="Ваш номер {reference}.", to=[one, other])

    for intake in (one, other):
        assert intake.messages.get().text == f"Ваш номер {intake.reference}."


def test_what_was_written_meanwhile_is_read_first(case, lawyer, colleague):
    CaseMember.objects.create(case=case, user=colleague)
    intake = make.taken(case)
    seen = make.message(intake).pk
    casework.act(case, by=colleague, message="Уже ответил.", to=[intake], newest=seen)

    with pytest.raises(casework.NewMeanwhile, match="Тимур"):
        casework.act(case, by=lawyer, message="Здравствуйте!", to=[intake], newest=seen)
    newest = intake.messages.last().pk
    casework.act(case, by=lawyer, message="Здравствуйте!", to=[intake], newest=newest)

    assert intake.messages.filter(written_by=lawyer).count() == 1


def test_no_reply_needed_lets_nobody_wait(case, lawyer):
    intakes = [make.taken(case, unanswered_since=timezone.now()) for _ in range(2)]
    make.message(intakes[0])

    done = casework.act(case, by=lawyer, no_reply_needed=True)

    assert done.answered == 2
    assert not Intake.objects.exclude(unanswered_since=None).filter(case=case).exists()
    assert not Message.objects.filter(read_at=None).exists()


def test_the_clock_starts_anew_only_where_the_turn_changes(case, lawyer):
    before = timezone.now() - 9 * DAY
    Case.objects.filter(pk=case.pk).update(turn_since=before)

    casework.act(case, by=lawyer, turn="ours")
    case.refresh_from_db()
    assert case.turn_since == before
    casework.act(case, by=lawyer, turn="client")
    case.refresh_from_db()
    assert case.turn_since > before


def test_what_the_person_writes_makes_it_our_turn(case, lawyer):
    intake = make.taken(case)
    casework.act(case, by=lawyer, message="Пришлите копию.", to=[intake], turn="client")

    with transaction.atomic():
        make.message(intake)
        casework.heard_from(intake)

    case.refresh_from_db()
    intake.refresh_from_db()
    assert case.turn == "ours"
    assert intake.unanswered_since


def test_a_message_is_marked_read_and_unread_again(case, lawyer):
    intake = make.taken(case)
    theirs, ours = make.message(intake), make.message(intake, by=lawyer)

    assert casework.mark_read(case, by=lawyer) == 1
    assert casework.mark_unread(case, by=lawyer, message=theirs.pk) == 1
    assert casework.mark_unread(case, by=lawyer, message=ours.pk) == 0

    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_a_closed_case_takes_a_message_and_no_task(case, lawyer):
    intake = make.taken(case)
    make.outcome(case)
    casework.close(case, by=lawyer, closed_on=TODAY())

    casework.act(case, by=lawyer, message="Всего доброго.", to=[intake], note="Позвонила мать.")
    with refused("Reopen it first"):
        casework.act(case, by=lawyer, task="Шаг", due_on=TODAY())
    with refused("Reopen it first"):
        casework.act(case, by=lawyer, note="Заметка", turn="client")

    assert intake.messages.count() == case.notes.count() == 1


# Who may


def test_only_who_works_on_a_case_acts_in_it(case, colleague, director, specialist):
    with refused("no longer with you"):
        casework.act(case, by=colleague, note="Заметка")

    CaseMember.objects.create(case=case, user=specialist)
    casework.act(case, by=specialist, note="Заметка")
    casework.act(case, by=director, note="Заметка")

    assert case.notes.count() == 2


def test_whom_a_case_is_offered_looks_and_does_not_act(case, lawyer, colleague):
    casework.offer(case, by=lawyer, to=colleague)

    assert case in Case.objects.visible_to(colleague)
    with refused("no longer with you"):
        casework.act(case, by=colleague, note="Заметка")


def test_a_member_of_the_team_does_not_decide_about_the_case(case, specialist, lawyer):
    CaseMember.objects.create(case=case, user=specialist)

    for do in (
        lambda: casework.offer(case, by=specialist, to=lawyer),
        lambda: casework.close(case, by=specialist, closed_on=TODAY(), outcomes=["advised"]),
        lambda: casework.put_on_team(case, by=specialist, colleague=lawyer),
    ):
        with refused("leads this case"):
            do()


def test_every_step_is_kept_with_who_took_it(case, lawyer, colleague):
    casework.offer(case, by=lawyer, to=colleague)
    casework.take_over(case, by=colleague)

    events = Case.pgh_event_model.objects.filter(pgh_obj_id=case.pk).order_by("pgh_id")
    who = list(events.values_list("pgh_context__metadata__user", "lawyer", "transfer_to"))
    assert who[1:] == [
        (lawyer.pk, lawyer.pk, colleague.pk),
        (colleague.pk, colleague.pk, None),
    ]


def test_a_step_inside_a_request_is_kept_under_the_same_person(case, lawyer):
    with pghistory.context(user=lawyer.pk):
        casework.act(case, by=lawyer, note="Заметка")

    event = Note.pgh_event_model.objects.get()
    assert event.pgh_context.metadata["user"] == lawyer.pk


# Tasks and terms


def test_a_task_is_ticked_off_once(case, lawyer, director):
    task = casework.add_task(case, by=lawyer, what="Шаг", due_on=TODAY())
    casework.finish(task, by=lawyer)

    with refused("ticked this off already"):
        casework.finish(task, by=director)

    task.refresh_from_db()
    assert (task.done_by, bool(task.done_at)) == (lawyer, True)


def test_a_term_of_the_law_is_counted_and_ticked_off_twice(case, lawyer):
    rule = make.deadline_rule(length=10, unit="days", moves_to_working_day=False, days_before=0)
    task = casework.add_deadline(case, by=lawyer, rule=rule, event_on=datetime.date(2026, 11, 24))

    assert task.due_on == datetime.date(2026, 12, 4)
    for day in (None, datetime.date(2026, 12, 3)):
        with refused("Repeat the last day"):
            casework.finish(task, by=lawyer, repeated_day=day)
    task.refresh_from_db()
    assert task.done_at is None
    casework.finish(task, by=lawyer, repeated_day=datetime.date(2026, 12, 4))

    task.refresh_from_db()
    assert task.done_at


def test_a_term_moves_with_the_day_of_its_event(case, lawyer):
    rule = make.deadline_rule(length=10, unit="days", moves_to_working_day=False, days_before=0)
    task = casework.add_deadline(case, by=lawyer, rule=rule, event_on=datetime.date(2026, 11, 24))

    casework.move_task(task, by=lawyer, day=datetime.date(2026, 11, 26), assigned_to=lawyer)

    task.refresh_from_db()
    assert (task.event_on, task.due_on) == (
        datetime.date(2026, 11, 26),
        datetime.date(2026, 12, 6),
    )


def test_a_task_goes_to_somebody_who_works_on_the_case(case, lawyer, colleague):
    with refused("does not work on this case"):
        casework.add_task(case, by=lawyer, what="Шаг", due_on=TODAY(), assigned_to=colleague)


def test_a_task_is_taken_up_again(case, lawyer):
    task = make.task(case)
    casework.finish(task, by=lawyer)

    casework.take_up_again(task, by=lawyer)

    task.refresh_from_db()
    assert task.done_at is None
    assert task.done_by is None


# What was given, reached, claimed


def test_something_is_written_down_for_people_of_the_case_only(case, lawyer):
    stranger = make.person()

    with refused("not in the case"):
        casework.write_down(Outcome(case=case, kind="advised", person=stranger), by=lawyer)
    casework.write_down(Outcome(case=case, kind="advised"), by=lawyer)
    with refused("written down already"):
        casework.write_down(Outcome(case=case, kind="advised"), by=lawyer)

    assert case.outcomes.count() == 1


def test_what_came_back_is_written_with_its_day_over_what_was_seen(case, lawyer):
    claim = make.claim(case)

    with refused("on which day"):
        casework.recover(claim, by=lawyer, recovered=50_000, recovered_on=None, seen=0)
    casework.recover(claim, by=lawyer, recovered=50_000, recovered_on=TODAY(), seen=0)
    with refused("meanwhile that 50000.00 KZT"):
        casework.recover(claim, by=lawyer, recovered=20_000, recovered_on=TODAY(), seen=0)

    claim.refresh_from_db()
    assert claim.recovered == 50_000


def test_what_was_written_by_mistake_is_taken_back_and_kept_in_the_history(case, lawyer):
    service = make.service(case)
    kept = type(service).pgh_event_model.objects

    casework.strike(service, by=lawyer)
    with refused("taken back already"):
        casework.strike(service, by=lawyer)

    assert not case.services.exists()
    assert kept.filter(case_id=case.pk).order_by("pgh_id").last().pgh_label == "delete"


def test_a_person_goes_in_once_and_out_only_while_nothing_is_about_them(case, lawyer):
    person = make.person()
    casework.add_person(case, by=lawyer, person=person)

    with refused("in the case already"):
        casework.add_person(case, by=lawyer, person=person)
    claim = make.claim(case, person=person)
    with refused("They stay"):
        casework.remove_person(case, by=lawyer, person=person)
    claim.delete()
    casework.remove_person(case, by=lawyer, person=person)

    assert not case.case_people.exists()


# The facts


def test_facts_that_a_colleague_changed_meanwhile_are_not_overwritten(case, lawyer, director):
    employer = make.employer()
    seen = casework.stamp_of_facts(case)
    casework.change_facts(case, by=director, seen=seen, topics=[], exploitation="forced_labour")

    with pytest.raises(casework.ChangedMeanwhile):
        casework.change_facts(case, by=lawyer, seen=seen, topics=[], employer=employer)

    case.refresh_from_db()
    assert (case.exploitation, case.employer) == ("forced_labour", None)


def test_another_topic_counts_as_another_fact(case):
    before = casework.stamp_of_facts(case)

    case.topics.add(make.topic())

    assert casework.stamp_of_facts(case) != before


def test_an_employer_is_added_with_the_facts_or_not_at_all(case, lawyer):
    seen = casework.stamp_of_facts(case)

    with refused("before it was opened|opened"):
        make.outcome(case)
        Case.objects.filter(pk=case.pk).update(closed_on=TODAY())
        casework.change_facts(
            case, by=lawyer, seen=seen, topics=[], new_employer="ИП «Новый»",
            opened_on=TODAY() + DAY,
        )  # fmt: skip
    assert not Employer.objects.exists()
    casework.change_facts(case, by=lawyer, seen=seen, topics=[], new_employer="ИП «Новый»")

    case.refresh_from_db()
    assert case.employer.name == "ИП «Новый»"


# Whose it is


def test_a_case_is_offered_and_taken_over(case, lawyer, colleague):
    task = make.task(case, by=lawyer)

    casework.offer(case, by=lawyer, to=colleague, why="Ухожу в отпуск.")
    with refused("offered to Тимур already"):
        casework.offer(case, by=lawyer, to=make.user("lawyer"))
    casework.take_over(case, by=colleague)

    case.refresh_from_db()
    task.refresh_from_db()
    assert (case.lawyer, case.transfer_to) == (colleague, None)
    assert task.assigned_to == colleague
    assert case.notes.get().text == "Ухожу в отпуск."
    assert case not in Case.objects.visible_to(lawyer)


def test_the_lawyer_before_stays_on_the_team_if_the_new_one_says_so(case, lawyer, colleague):
    CaseMember.objects.create(case=case, user=colleague)
    casework.offer(case, by=lawyer, to=colleague)

    casework.take_over(case, by=colleague, keep_colleague=True)

    assert case in Case.objects.visible_to(lawyer)
    assert list(case.members.values_list("user", flat=True)) == [lawyer.pk]


def test_an_offer_is_declined_or_taken_back(case, lawyer, colleague):
    casework.offer(case, by=lawyer, to=colleague)
    casework.decline_offer(case, by=colleague, why="Знаю работодателя.")
    case.refresh_from_db()
    assert (case.lawyer, case.transfer_to) == (lawyer, None)
    assert case not in Case.objects.visible_to(colleague)

    casework.offer(case, by=lawyer, to=colleague)
    casework.withdraw_offer(case, by=lawyer)
    for do in (casework.take_over, casework.decline_offer):
        with refused("no longer offered"):
            do(case, by=colleague)


def test_a_case_is_offered_to_lawyers_only(case, lawyer, specialist):
    with refused("does not lead cases"):
        casework.offer(case, by=lawyer, to=specialist)
    with refused("with this colleague already"):
        casework.offer(case, by=lawyer, to=lawyer)
    gone = make.user("lawyer", is_active=False)
    with refused("does not lead cases"):
        casework.offer(case, by=lawyer, to=gone)


def test_only_the_director_assigns(case, lawyer, colleague, director):
    with refused("Only the director"):
        casework.assign(case, by=lawyer, to=colleague)

    casework.assign(case, by=director, to=colleague, stays=True)

    case.refresh_from_db()
    assert case.lawyer == colleague
    assert case.members.get().user == lawyer


def test_somebody_is_put_on_the_team_and_taken_off(case, lawyer, specialist, coordinator):
    with refused("does not work on cases"):
        casework.put_on_team(case, by=lawyer, colleague=coordinator)
    casework.put_on_team(case, by=lawyer, colleague=specialist)
    with refused("on the team already"):
        casework.put_on_team(case, by=lawyer, colleague=specialist)
    task = make.task(case, by=specialist)

    casework.take_off_team(case, by=lawyer, colleague=specialist)

    task.refresh_from_db()
    assert task.assigned_to == lawyer
    assert case not in Case.objects.visible_to(specialist)
    with refused("not on the team"):
        casework.take_off_team(case, by=lawyer, colleague=specialist)


def test_one_leaves_a_team_oneself(case, specialist):
    CaseMember.objects.create(case=case, user=specialist)

    casework.take_off_team(case, by=specialist, colleague=specialist)

    assert not case.members.exists()


def test_the_cases_of_a_colleague_who_leaves_are_shared_evenly(lawyer, director):
    leaving, busy, free = (make.user("lawyer") for _ in range(3))
    theirs = [make.case(lawyer=leaving) for _ in range(6)]
    closed = make.case(lawyer=leaving)
    make.outcome(closed)
    Case.objects.filter(pk=closed.pk).update(closed_on=TODAY())
    for _ in range(2):
        make.case(lawyer=busy)
    on_team = make.case(lawyer=lawyer, team=[leaving])
    offered = make.case(lawyer=lawyer, transfer_to=leaving)
    task = make.task(on_team, by=leaving)

    handed = casework.hand_over(leaving, by=director, to=[busy, free])

    assert sorted(case.pk for case in handed) == [case.pk for case in theirs]
    assert Case.objects.open().filter(lawyer=busy).count() == 4
    assert Case.objects.open().filter(lawyer=free).count() == 4
    closed.refresh_from_db()
    offered.refresh_from_db()
    task.refresh_from_db()
    assert closed.lawyer == leaving
    assert offered.transfer_to is None
    assert not on_team.members.exists()
    assert task.assigned_to == lawyer


def test_handing_over_needs_a_director_and_somebody_else(lawyer, colleague, director, specialist):
    with refused("Only the director"):
        casework.hand_over(colleague, by=lawyer, to=[lawyer])
    with refused("Choose who"):
        casework.hand_over(colleague, by=director, to=[colleague])
    with refused("does not lead cases"):
        casework.hand_over(colleague, by=director, to=[specialist])


# The end


def test_a_case_ends_with_an_outcome(case, lawyer):
    with refused("ends with an outcome"):
        casework.close(case, by=lawyer, closed_on=TODAY())
    case.refresh_from_db()
    assert case.is_open

    casework.close(
        case, by=lawyer, closed_on=TODAY(), outcomes=["wages_paid", "advised"], why="Выплатили."
    )

    case.refresh_from_db()
    assert case.closed_on == TODAY()
    assert set(case.outcomes.values_list("kind", flat=True)) == {"wages_paid", "advised"}
    assert case.notes.get().text == "Выплатили."


def test_the_database_itself_lets_no_case_end_without_an_outcome(case):
    with pytest.raises(IntegrityError, match="outcome"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE legalaid_case SET closed_on = now() WHERE id = %s", [case.pk])


def test_a_case_does_not_end_over_open_tasks(case, lawyer):
    make.outcome(case)
    task, term = make.task(case), make.term(case)

    with refused("term of the law"):
        casework.close(case, by=lawyer, closed_on=TODAY(), finish_tasks=True)
    casework.finish(term, by=lawyer, repeated_day=term.due_on)
    with refused("Tasks are still open"):
        casework.close(case, by=lawyer, closed_on=TODAY())
    casework.close(case, by=lawyer, closed_on=TODAY(), finish_tasks=True)

    task.refresh_from_db()
    assert task.done_by == lawyer


@pytest.mark.parametrize(("days", "words"), [(1, "still to come"), (-400, "before it was opened")])
def test_a_case_ends_on_a_day_that_can_be(case, lawyer, days, words):
    with refused(words):
        casework.close(case, by=lawyer, closed_on=TODAY() + days * DAY, outcomes=["advised"])
    assert not Outcome.objects.exists()


def test_a_case_is_reopened_with_a_fresh_clock(case, lawyer, colleague):
    casework.close(case, by=lawyer, closed_on=TODAY(), outcomes=["advised"])
    with refused("closed on"):
        casework.offer(case, by=lawyer, to=colleague)
    before = timezone.now()

    casework.reopen(case, by=lawyer, why="Пишет снова.")

    case.refresh_from_db()
    assert case.is_open
    assert case.turn_since >= before
    with refused("This case is open"):
        casework.reopen(case, by=lawyer)


def test_nothing_is_done_any_more_in_a_case_that_was_erased(case, lawyer, specialist):
    intake, task = make.taken(case), make.task(case)
    referral = make.referral(case)
    casework.close(case, by=lawyer, closed_on=TODAY(), outcomes=["advised"], finish_tasks=True)
    erasure.erase(Case.objects.get(pk=case.pk))

    for act in [
        lambda: casework.reopen(case, by=lawyer),
        lambda: casework.act(case, by=lawyer, note="Ещё раз."),
        lambda: casework.take_up_again(task, by=lawyer),
        lambda: casework.put_on_team(case, by=lawyer, colleague=specialist),
        lambda: casework.mark_read(case, by=lawyer),
        lambda: referrals.new_link(referral, by=lawyer),
        lambda: groups.add(case, by=lawyer, lines=[], currency="KZT", token=uuid.uuid4()),
        lambda: triage.join(make.intake(), case=case, by=lawyer),
        lambda: papers.take_in_file(make.upload(), intake=intake),
    ]:
        with refused("was erased"):
            act()
    assert not evidence.may_change(Case.objects.get(pk=case.pk), lawyer)


# What waits


def test_a_case_nobody_touched_for_two_weeks_nags_its_lawyer_and_the_director(
    lawyer, director, specialist
):
    case = make.case(lawyer=lawyer, team=[specialist])
    fresh = make.case(lawyer=lawyer)
    Case.objects.filter(pk=case.pk).update(touched_at=timezone.now() - 15 * DAY)

    assert list(casework.stale_cases(lawyer)) == [case]
    assert list(casework.stale_cases(director)) == [case]
    assert not casework.stale_cases(specialist)
    casework.act(case, by=specialist, note="Позвонила.")
    assert not casework.stale_cases(lawyer)
    assert fresh.is_open


def test_tasks_due_are_ones_own_with_their_reminders(lawyer, specialist, case):
    CaseMember.objects.create(case=case, user=specialist)
    late = make.task(case, due_on=TODAY() - DAY)
    make.task(case, due_on=TODAY() + 30 * DAY)
    reminded = make.task(case, due_on=TODAY() + 30 * DAY, remind_on=TODAY())
    theirs = make.task(case, by=specialist, due_on=TODAY())

    assert list(casework.tasks_due(lawyer)) == [late, reminded]
    assert list(casework.tasks_due(specialist)) == [theirs]


def test_the_workload_counts_what_is_open(lawyer, specialist, director):
    case = make.case(lawyer=lawyer, team=[specialist])
    make.case(lawyer=lawyer, turn="client")
    make.taken(case, unanswered_since=timezone.now())
    make.task(case, due_on=TODAY() - DAY)
    gone = make.user("lawyer")
    make.case(lawyer=gone)
    gone.is_active = False
    gone.save()

    loads = {load.user.pk: load for load in casework.workload()}

    mine = loads[lawyer.pk]
    assert (mine.led, mine.our_turn, mine.unanswered, mine.overdue, mine.stale) == (2, 1, 1, 1, 0)
    assert (loads[specialist.pk].led, loads[specialist.pk].on_teams) == (0, 1)
    assert loads[gone.pk].must_hand_over
    assert not mine.must_hand_over


# Two at once


def at_once(*calls):
    """Run the calls in threads that start together. What each gave, or the words it was refused with."""
    ready, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            ready.wait(10)
            with translation.override("en"):
                results[place] = call()
        except ValidationError as refusal:
            results[place] = " ".join(refusal.messages)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def words_of(results):
    return [result for result in results if isinstance(result, str)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_a_case_away_at_once_one_wins_and_the_other_is_told(lawyer):
    directors = [make.user("director"), make.user("director")]
    colleagues = [make.user("lawyer"), make.user("lawyer")]
    case = make.case(lawyer=lawyer)

    results = at_once(
        lambda: casework.offer(case, by=directors[0], to=colleagues[0]),
        lambda: casework.offer(case, by=directors[1], to=colleagues[1]),
    )

    assert len(words_of(results)) == 1
    assert "is offered to" in words_of(results)[0]
    events = Case.pgh_event_model.objects.filter(pgh_obj_id=case.pk, transfer_to__isnull=False)
    assert events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_close_a_case_at_once_one_does(lawyer):
    people = [lawyer, *(make.user("director") for _ in range(9))]
    case = make.case(lawyer=lawyer)

    results = at_once(
        *(
            lambda by=by: casework.close(case, by=by, closed_on=TODAY(), outcomes=["advised"])
            for by in people
        )
    )

    assert len(words_of(results)) == 9
    assert all("was closed on" in words for words in words_of(results))
    events = Case.pgh_event_model.objects.filter(pgh_obj_id=case.pk, closed_on__isnull=False)
    assert events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_the_same_message_at_once_the_second_reads_the_first(lawyer):
    colleague = make.user("specialist")
    case = make.case(lawyer=lawyer, team=[colleague])
    intake = make.taken(case, unanswered_since=timezone.now())
    seen = make.message(intake).pk

    results = at_once(
        *(
            lambda by=by: casework.act(
                case, by=by, message="Здравствуйте!", to=[intake], newest=seen
            )
            for by in (lawyer, colleague)
        )
    )

    assert len(words_of(results)) == 1
    assert "has written while you did" in words_of(results)[0]
    assert intake.messages.exclude(written_by=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_ten_times_at_once_is_one_act(lawyer):
    case, token = make.case(lawyer=lawyer), uuid.uuid4()

    results = at_once(
        *(lambda: casework.act(case, by=lawyer, note="Заметка", token=token) for _ in range(10))
    )

    assert not words_of(results)
    assert sum(done.is_repeat for done in results) == 9
    assert case.notes.count() == 1


@pytest.mark.django_db(transaction=True)
def test_accepting_and_taking_back_an_offer_at_once_leaves_one_of_the_two(lawyer):
    colleague = make.user("lawyer")
    case = make.case(lawyer=lawyer)
    casework.offer(case, by=lawyer, to=colleague)

    results = at_once(
        lambda: casework.take_over(case, by=colleague),
        lambda: casework.withdraw_offer(case, by=lawyer),
    )

    case.refresh_from_db()
    assert len(words_of(results)) == 1
    assert case.transfer_to is None
    assert case.lawyer in (lawyer, colleague)


@pytest.mark.django_db(transaction=True)
def test_a_task_ticked_off_by_two_at_once_is_ticked_off_by_one(lawyer):
    colleague = make.user("specialist")
    case = make.case(lawyer=lawyer, team=[colleague])
    task = make.task(case)

    results = at_once(
        lambda: casework.finish(task, by=lawyer), lambda: casework.finish(task, by=colleague)
    )

    assert len(words_of(results)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_person_who_writes_while_we_answer_still_waits(lawyer):
    case = make.case(lawyer=lawyer)
    intake = make.taken(case, unanswered_since=timezone.now())
    seen = make.message(intake).pk

    def write():
        with transaction.atomic():
            casework.heard_from(intake)
            make.message(intake, text="И ещё: у меня забрали паспорт.")

    answer, _nothing = at_once(
        lambda: casework.act(case, by=lawyer, message="Здравствуйте!", to=[intake], newest=seen),
        write,
    )

    intake.refresh_from_db()
    unread = intake.messages.from_applicant().filter(read_at=None)
    if isinstance(answer, str):
        assert "has written while you did" in answer
    assert intake.unanswered_since
    assert unread.exists()
