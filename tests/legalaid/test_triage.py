"""The queue: what is urgent, whom we know, what was decided, and that it was decided once."""

import datetime
import json
import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from legalaid import likeness, taking_in, triage
from legalaid.models import (
    Case,
    CasePerson,
    Consent,
    ConsentText,
    Identity,
    Intake,
    LetterTemplate,
    LetterTemplateText,
    Message,
    Person,
    UrgencyRule,
)
from sanasezim import starting_content
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import AccessEntry
from tests import make

pytestmark = pytest.mark.django_db

NAME, PHONE = "Ахмедов Шерзод", "+998 90 123 45 67"


def page(name, *arguments):
    return reverse(f"admin:legalaid_intake_{name}", args=arguments)


def decided(by, decision="junk", **more):
    intake = make.intake()
    Intake.objects.filter(pk=intake.pk).update(
        decided_at=timezone.now(), decided_by=by, decision=decision, **more
    )
    return intake


def raw(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


# The database's own guard


@pytest.mark.parametrize(
    "change",
    [
        "decision = 'answered'",
        "decision = 'declined', decline_reason = 'not_ours'",
        "decided_by_id = (SELECT id FROM shared_user WHERE id <> decided_by_id LIMIT 1)",
    ],
)
def test_the_database_lets_nobody_decide_over_a_decision(lawyer, director, change):
    intake = decided(lawyer)

    with pytest.raises(DatabaseError, match="decide_once|Cannot update"):
        raw(f"UPDATE legalaid_intake SET {change} WHERE id = %s", intake.pk)


def test_the_database_keeps_an_accepted_intake_accepted(lawyer):
    intake = decided(lawyer, "accepted", case=make.case(lawyer=lawyer))

    with pytest.raises(DatabaseError, match="decide_once|Cannot update"):
        raw(
            "UPDATE legalaid_intake SET decision = '', decided_at = NULL, decided_by_id = NULL,"
            " case_id = NULL WHERE id = %s",
            intake.pk,
        )


def test_the_database_lets_a_decision_be_taken_back(lawyer):
    intake = decided(lawyer)

    raw(
        "UPDATE legalaid_intake SET decision = '', decided_at = NULL, decided_by_id = NULL"
        " WHERE id = %s",
        intake.pk,
    )

    assert Intake.objects.waiting().get() == intake


# What is urgent


@pytest.fixture(scope="module")
def rules():
    """The rules a portal starts with, as conditions; not saved."""
    path = starting_content.CONTENT / "urgency.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [
        triage.condition(UrgencyRule(code=row["code"], words=row["words"]), topics=[])
        for row in rows
    ]


def flags_of(rules, story):
    intake = Intake(story=story)
    words = triage.words_of(story)
    return {each.rule.code for each in rules if each.met_by(intake, set(), words)}


@pytest.mark.parametrize(
    ("code", "story"),
    [
        ("confined", "Нас держат взаперти на ферме и не выпускают."),
        ("confined", "Bizni fermada qamab qo'yishgan, chiqarmayapti"),
        ("confined", "Бизни қамаб қўйишди"),
        ("confined", "Бізді қамап қойды, шығармайды"),
        ("confined", "Бизди чыгарбай жатат"),
        ("confined", "Моро банди кардаанд"),
        ("confined", "They locked us in the house"),
        ("passport-taken", "Начальник забрал мой паспорт"),
        ("passport-taken", "Паспорт второй месяц не отдаёт"),
        ("passport-taken", "Passportimni olib qo'ydi"),
        ("passport-taken", "Паспортимни олиб қўйди"),
        ("passport-taken", "паспортымды алып қойды"),
        ("passport-taken", "паспортумду алып койду"),
        ("passport-taken", "шиносномаамро гирифтанд"),
        ("passport-taken", "The boss took my passport"),
        ("violence", "Он меня избил и угрожает"),
        ("violence", "Meni urib, qo‘rqitdi"),
        ("violence", "мені ұрып тастады"),
        ("violence", "мени токмоктоду"),
        ("violence", "маро заданд"),
        ("forced-labour", "заставляют работать ночью"),
        ("forced-labour", "Majburlab ishlatyapti"),
        ("forced-labour", "мәжбүрлеп жұмыс істетеді"),
        ("forced-labour", "маҷбуран кор мефармояд"),
        ("deadline-near", "завтра у меня суд"),
        ("deadline-near", "ertaga sud bor"),
        ("deadline-near", "ертең сотым бар"),
        ("child", "он несовершеннолетний, ему 15"),
        ("in-danger", "спасите нас"),
        ("in-danger", "қутқаринглар"),
    ],
)
def test_a_rule_hears_its_words_in_each_language(rules, code, story):
    assert code in flags_of(rules, story)


@pytest.mark.parametrize(
    "story",
    [
        "Мы работали на бетоне два месяца, начальник обещал заплатить, документы в порядке.",
        "Работодатель задержал зарплату. Удержали за спецодежду и питание, обед не давали.",
        "Где получить разрешение на работу и встать на учёт? Мой муж из Коканда, у нас дети.",
        "Водитель КамАЗа, не оплатили рейс, договор не подписали. Сотрудник не ответил.",
        "Менің жалақымды бермеді, құрылыста жұмыс істедім, жұмыс беруші телефон көтермейді.",
        "Ish haqimni bermadi, ikki oy qurilishda ishladim. Qanday qilib ro'yxatdan o'taman?",
        "Мен эки ай иштедим, айлыгымды бербеди. Документтерим бар.",
        "Ман ду моҳ кор кардам, маош надод. Шиносномаам ҳаст.",
        "I worked for two months on a building site and was not paid. My children are at home.",
    ],
)
def test_an_ordinary_story_is_not_urgent(rules, story):
    assert flags_of(rules, story) == set()


def test_the_words_of_one_condition_stand_near_each_other(rules):
    far = "Паспорт у меня с собой. " + "Мы строили дом и ждали денег. " * 3 + "Он забрал инструмент."

    assert flags_of(rules, far) == set()


def test_flagging_sums_the_weights_of_the_rules_in_use():
    topic = make.topic("violence")
    make.urgency_rule("heavy", weight=50, in_danger=True)
    make.urgency_rule("light", weight=5, topics=[topic])
    make.urgency_rule("asleep", weight=70, in_danger=True, is_used=False)
    make.urgency_rule("other", weight=9, words=["взаперти"])
    intake = make.intake(in_danger="yes")
    intake.topics.add(topic)

    triage.flag(intake)

    intake.refresh_from_db()
    assert (intake.flags, intake.urgency) == (["heavy", "light"], 55)


def test_the_queue_is_flagged_again_when_the_rules_change():
    quiet, loud = make.intake(), make.intake(in_danger="yes")
    make.urgency_rule("danger", weight=50, in_danger=True)

    assert triage.flag_again(Intake.objects.waiting()) == 1
    assert triage.flag_again(Intake.objects.waiting()) == 0

    assert Intake.objects.get(urgency=50) == loud
    assert Intake.objects.get(urgency=0) == quiet


# The decision


def test_an_accepted_intake_is_a_case_of_the_chosen_lawyer(lawyer, director):
    employer, topic, person = make.employer(), make.topic(), make.person()
    intake = make.intake(employer=employer, person=person, office=make.office())
    intake.topics.add(topic)

    case = triage.accept(intake, by=director, lawyer=lawyer, looked_for_conflict=True)

    intake.refresh_from_db()
    assert (intake.decision, intake.case, intake.decided_by) == ("accepted", case, director)
    assert (case.lawyer, case.employer, case.office) == (lawyer, employer, intake.office)
    assert list(case.topics.all()) == [topic]
    assert list(case.people.all()) == [person]
    assert intake.unanswered_since is None or not case.closed_on


def test_nobody_accepts_without_looking_for_a_conflict(lawyer):
    intake = make.intake()

    with pytest.raises(ValidationError, match="conflict|конфликт"):
        triage.accept(intake, by=lawyer, lawyer=lawyer, looked_for_conflict=False)

    assert Intake.objects.waiting().get() == intake


def test_a_new_person_is_made_of_what_the_intake_says(lawyer):
    intake = make.intake(
        speaker_name=NAME, contact=PHONE, contact_by="phone", relation="self", language="uz"
    )

    case = triage.accept(
        intake, by=lawyer, lawyer=lawyer, looked_for_conflict=True, as_new_person=True
    )

    person = case.people.get()
    assert (person.language, person.added_by) == ("uz", lawyer)
    assert (person.identity.name, person.identity.phones) == (NAME, PHONE)
    intake.refresh_from_db()
    assert intake.person == person


def test_who_speaks_for_somebody_is_not_taken_for_them(lawyer):
    intake = make.intake(speaker_name=NAME, contact=PHONE, relation="relative")

    person = triage.new_person(intake, by=lawyer)

    assert (person.identity.name, person.identity.phones) == ("", "")


def test_a_person_is_linked_and_the_link_undone_without_merging(lawyer):
    intake, person = make.intake(speaker_name="Шерзод"), make.person()

    triage.link_person(intake, person=person)
    intake.refresh_from_db()
    assert intake.person == person
    assert Identity.objects.get(person=person).name == NAME

    triage.link_person(intake, person=None)
    intake.refresh_from_db()
    assert intake.person is None


def test_joining_adds_the_person_and_makes_it_our_turn(lawyer):
    person = make.person()
    case = make.case(lawyer=lawyer, turn="client", turn_since="2026-01-01T00:00Z")
    intake = make.intake(person=person)

    triage.join(intake, by=lawyer, case=case)

    intake.refresh_from_db(), case.refresh_from_db()
    assert (intake.decision, intake.case) == ("accepted", case)
    assert case.turn == "ours"
    assert list(case.people.all()) == [person]


def test_nothing_joins_a_closed_case(lawyer):
    case = make.case(lawyer=lawyer)
    case.outcomes.create(kind="advised")
    Case.objects.filter(pk=case.pk).update(closed_on=timezone.localdate())

    with pytest.raises(ValidationError, match="closed|закрыт"):
        triage.join(make.intake(), by=lawyer, case=case)


def test_a_wrong_join_moves_to_the_right_case(lawyer):
    wrong, right, person = make.case(lawyer=lawyer), make.case(lawyer=lawyer), make.person()
    intake = make.intake(person=person)
    triage.join(intake, by=lawyer, case=wrong)

    triage.move(intake, case=right)

    intake.refresh_from_db()
    assert intake.case == right
    assert person in right.people.all()
    with pytest.raises(ValidationError):
        triage.move(make.intake(), case=right)


def test_an_answer_is_written_to_the_person_and_ends_the_waiting(lawyer):
    intake = make.intake(unanswered_since=timezone.now())

    triage.answer(intake, by=lawyer, text="  Обратитесь в ЦОН.  ", language="ru")

    intake.refresh_from_db()
    message = intake.messages.get()
    assert (intake.decision, intake.unanswered_since) == ("answered", None)
    assert (message.text, message.language, message.written_by) == ("Обратитесь в ЦОН.", "ru", lawyer)


@pytest.mark.parametrize("step", [triage.answer, triage.refer])
def test_an_answer_has_words(lawyer, step):
    with pytest.raises(ValidationError):
        step(make.intake(), by=lawyer, text=" ", language="ru")


def test_a_referral_is_a_message_and_a_decision(lawyer):
    intake = make.intake()

    triage.refer(intake, by=lawyer, text="Позвоните в консульство.", language="ru")

    intake.refresh_from_db()
    assert intake.decision == "referred"
    assert intake.messages.count() == 1


def test_declining_needs_a_coded_reason_and_may_say_nothing(lawyer):
    intake = make.intake()
    with pytest.raises(ValidationError):
        triage.decline(intake, by=lawyer, reason="because", text="")

    triage.decline(intake, by=lawyer, reason="not_ours")

    intake.refresh_from_db()
    assert (intake.decision, intake.decline_reason) == ("declined", "not_ours")
    assert not Message.objects.exists()


def test_a_repeat_points_at_the_first(lawyer):
    first, second, third = make.intake(), make.intake(), make.intake()
    triage.mark_duplicate(second, by=lawyer, of=first)

    second.refresh_from_db()
    triage.mark_duplicate(third, by=lawyer, of=second)

    third.refresh_from_db()
    assert third.same_as == first


def test_no_intake_repeats_itself_or_what_repeats_it(lawyer):
    first, second = make.intake(), make.intake()
    with pytest.raises(ValidationError):
        triage.mark_duplicate(first, by=lawyer, of=first)
    triage.mark_duplicate(second, by=lawyer, of=first)
    second.refresh_from_db()

    with pytest.raises(ValidationError):
        triage.mark_duplicate(first, by=lawyer, of=second)
    with pytest.raises(ValidationError, match="repeats|повтор"):
        triage.mark_duplicate(first, by=lawyer, of=make.intake())


def test_a_decision_is_taken_back(lawyer):
    intake = make.intake(received_at="2026-01-01T00:00Z")
    triage.decline(intake, by=lawyer, reason="no_contact")

    triage.take_back(intake)

    intake.refresh_from_db()
    assert (intake.decision, intake.decided_by, intake.decline_reason) == ("", None, "")
    assert intake.unanswered_since == intake.received_at
    with pytest.raises(ValidationError):
        triage.take_back(intake)


def test_taking_back_waits_for_what_the_person_wrote_after_us(lawyer):
    intake = make.intake()
    triage.answer(intake, by=lawyer, text="Приходите.", language="ru")
    theirs = Message.objects.create(intake=intake, text="Когда?")

    triage.take_back(intake)

    intake.refresh_from_db()
    assert intake.unanswered_since == theirs.written_at


def test_an_accepted_intake_stays_in_its_case(lawyer):
    intake = make.intake()
    triage.accept(intake, by=lawyer, lawyer=lawyer, looked_for_conflict=True)

    with pytest.raises(ValidationError, match="case|дел"):
        triage.take_back(intake)


def test_junk_leaves_in_one_step_and_comes_back_in_one(lawyer, director):
    rows = [make.intake() for _number in range(5)]
    triage.decline(rows[0], by=director, reason="not_ours")

    number, moment = triage.junk(Intake.objects.all(), by=lawyer)
    assert number == 4
    assert set(Intake.objects.filter(decision="junk").values_list("decided_by", flat=True)) == {lawyer.pk}

    assert triage.take_back_junk(by=director, moment=moment) == 0
    assert triage.take_back_junk(by=lawyer, moment=moment) == 4
    assert Intake.objects.waiting().count() == 4
    assert Intake.objects.waiting().filter(unanswered_since=None).count() == 0


DECIDE = {
    "accept": lambda intake, by: triage.accept(intake, by=by, lawyer=by, looked_for_conflict=True),
    "answer": lambda intake, by: triage.answer(intake, by=by, text="Да.", language="ru"),
    "refer": lambda intake, by: triage.refer(intake, by=by, text="Туда.", language="ru"),
    "decline": lambda intake, by: triage.decline(intake, by=by, reason="not_ours"),
    "duplicate": lambda intake, by: triage.mark_duplicate(intake, by=by, of=make.intake()),
    "link": lambda intake, by: triage.link_person(intake, person=None),
    "employer": lambda intake, by: triage.link_employer(intake, employer=None),
    "new_person": lambda intake, by: triage.new_person(intake, by=by),
}


@pytest.mark.parametrize("step", DECIDE)
def test_what_is_decided_is_not_decided_again_and_says_by_whom(lawyer, director, step):
    intake = make.intake()
    triage.decline(intake, by=director, reason="not_ours")

    with pytest.raises(ValidationError, match=director.username):
        DECIDE[step](intake, lawyer)

    assert not Case.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("steps", [("accept", "accept"), ("accept", "decline"), ("answer", "refer")])
def test_of_two_lawyers_at_once_one_wins_and_the_other_is_told(steps):
    intake, lawyers = make.intake(), [make.user("lawyer"), make.user("lawyer")]
    start, told = threading.Barrier(2), []

    def decide(step, by):
        try:
            start.wait()
            DECIDE[step](intake, by)
        except ValidationError as refusal:
            told.append((by, " ".join(refusal.messages)))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=pair) for pair in zip(steps, lawyers, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    intake.refresh_from_db()
    (loser, words), winner = told[0], intake.decided_by
    assert len(told) == 1
    assert winner in lawyers and winner != loser
    assert winner.username in words
    assert Case.objects.count() == (intake.decision == "accepted")
    assert Message.objects.count() == (intake.decision in {"answered", "referred"})


@pytest.mark.django_db(transaction=True)
def test_junk_in_bulk_leaves_what_somebody_decides_at_the_same_moment():
    rows = [make.intake() for _number in range(4)]
    lawyer, other = make.user("lawyer"), make.user("lawyer")
    holding, done = threading.Event(), threading.Event()

    def decide_slowly():
        try:
            with transaction.atomic():
                triage.decline(rows[1], by=other, reason="not_ours")
                holding.set()
                done.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=decide_slowly)
    thread.start()
    holding.wait(10)
    number, _moment = triage.junk(Intake.objects.all(), by=lawyer)
    done.set()
    thread.join()

    assert number == 3
    rows[1].refresh_from_db()
    assert (rows[1].decision, rows[1].decided_by) == ("declined", other)
