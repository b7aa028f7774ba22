"""The queue: what is urgent, whom we know, what was decided, and that it was decided once."""

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

    triage.move(intake, by=lawyer, case=right)

    intake.refresh_from_db()
    assert intake.case == right
    assert person in right.people.all()
    with pytest.raises(ValidationError):
        triage.move(make.intake(), by=lawyer, case=right)


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

    triage.take_back(intake, by=lawyer)

    intake.refresh_from_db()
    assert (intake.decision, intake.decided_by, intake.decline_reason) == ("", None, "")
    assert intake.unanswered_since == intake.received_at
    with pytest.raises(ValidationError):
        triage.take_back(intake, by=lawyer)


def test_taking_back_waits_for_what_the_person_wrote_after_us(lawyer):
    intake = make.intake()
    triage.answer(intake, by=lawyer, text="Приходите.", language="ru")
    theirs = Message.objects.create(intake=intake, text="Когда?")

    triage.take_back(intake, by=lawyer)

    intake.refresh_from_db()
    assert intake.unanswered_since == theirs.written_at


def test_an_accepted_intake_stays_in_its_case(lawyer):
    intake = make.intake()
    triage.accept(intake, by=lawyer, lawyer=lawyer, looked_for_conflict=True)

    with pytest.raises(ValidationError, match="case|дел"):
        triage.take_back(intake, by=lawyer)


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


# Whom it resembles


def hits(intake, user):
    """kind → (what is shown, why), and how many are hidden."""
    return {
        str(found.kind): (
            [(hit.name, [str(way) for way in hit.why]) for hit in found.found],
            found.hidden,
        )
        for found in likeness.known(intake, user)
    }


@pytest.fixture
def english():
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"speaker_name": "Sherzod Ahmedov"}, ["similar name"]),
        ({"contact": "8 10 998 90 123-45-67"}, ["same number"]),
        ({"speaker_name": "Akhmedov Sherzod", "contact": PHONE}, ["same number", "similar name"]),
        ({"story": "Мой паспорт АС 1234567 у хозяина."}, ["same document"]),
    ],
)
def test_a_person_we_know_is_hinted_at_by_number_name_or_document(english, lawyer, said, why):
    make.person(name=NAME, phones=PHONE, documents="AC1234567", added_by=lawyer)

    assert hits(make.intake(**said), lawyer)["people"] == ([("А. Ш. · •••67", why)], 0)


@pytest.mark.parametrize(
    "said",
    [
        {"speaker_name": "Шерзод"},
        {"speaker_name": "Ахмедов Вали"},
        {"contact": "+998 90 765 43 21"},
        {"story": "Мне должны 250000 тенге."},
        {},
    ],
)
def test_one_name_that_many_have_is_no_hint(lawyer, said):
    make.person(name=NAME, phones=PHONE, added_by=lawyer)

    assert likeness.known(make.intake(**said), lawyer) == []


def test_a_hint_at_somebody_one_may_not_see_is_only_a_number(english, lawyer):
    person = make.person(name=NAME, phones=PHONE)
    make.case(lawyer=make.user("lawyer"), people=[person])

    assert hits(make.intake(contact=PHONE), lawyer) == {"people": ([], 1)}


def test_earlier_requests_and_calls_are_hinted_at_too(english, lawyer, director):
    earlier = make.intake(contact=PHONE, speaker_name="Шерзод")
    call = make.call(phone=PHONE)
    intake = make.intake(contact=PHONE)
    make.call(phone=PHONE, intake=intake, outcome="intake")

    assert hits(intake, lawyer) == {
        "intakes": ([(earlier.reference, ["same number"])], 0),
        "calls": ([], 1),
    }
    assert hits(intake, director)["calls"] == ([(str(call), ["same number"])], 0)


def test_junk_resembles_nobody(lawyer):
    triage.junk(Intake.objects.filter(pk=make.intake(contact=PHONE).pk), by=lawyer)

    assert likeness.known(make.intake(contact=PHONE), lawyer) == []


def test_an_employer_is_recognised_in_the_story():
    brick = make.employer("ТОО «Кірпіш Строй»", other_names="Завод Ахмета", phones="87015554433")
    make.employer("ТОО «Достык»")

    for story in [
        "Работали на kirpish stroy, не заплатили.",
        "ТОО Кирпиш-Строй забрал документы",
        "у хозяина Ахмета на заводе",
        "звонили на +7 701 555 44 33",
    ]:
        named = likeness.employers_named(make.intake(story=story))
        assert [employer for employer, _why in named] == [brick], story

    assert likeness.employers_named(make.intake(story="ТОО не заплатило, завод закрыт")) == []
    linked = make.intake(story="Kirpish Stroy", employer=brick)
    assert likeness.employers_named(linked) == []


# A conflict of interest


def test_a_client_who_is_an_employer_in_the_register_is_a_conflict(english, lawyer):
    employer = make.employer("ИП Ахмедов Шерзод", phones=PHONE)
    mine = make.case(lawyer=lawyer, employer=employer)
    make.case(lawyer=make.user("lawyer"), employer=employer)

    (conflict,) = likeness.conflicts(make.intake(contact=PHONE), lawyer).found

    assert (conflict.who, conflict.cases, conflict.hidden_cases) == (employer, [mine], 1)
    assert "register" in conflict.role


def test_a_near_name_is_enough_for_a_conflict_and_a_first_name_is_not(lawyer):
    make.employer("ИП Akhmedov")
    make.employer("Бригадир Шерзод")

    found = likeness.conflicts(make.intake(speaker_name=NAME), lawyer).found

    assert [conflict.name for conflict in found] == ["ИП Akhmedov"]


def test_an_employer_whom_we_help_is_a_conflict(english, lawyer):
    person = make.person(name="Каримов Али", phones="87015554433", added_by=lawyer)
    case = make.case(lawyer=lawyer, people=[person])
    employer = make.employer("ИП Каримов Али")

    (conflict,) = likeness.conflicts(make.intake(employer=employer), lawyer).found

    assert (conflict.who, conflict.cases) == (person.identity, [case])
    assert "whom we help" in conflict.role


def test_a_conflict_in_a_case_one_may_not_see_is_a_number(lawyer):
    person = make.person(name="Каримов Али", phones="87015554433")
    make.case(lawyer=make.user("lawyer"), people=[person])
    employer = make.employer("Стройка", phones="8 701 555 44 33")

    conflicts = likeness.conflicts(make.intake(employer=employer), lawyer)

    assert (conflicts.found, conflicts.hidden) == ([], 1)
    assert conflicts


def test_the_linked_person_is_checked_too(lawyer):
    employer = make.employer("КХ Рахимов", phones="+992935556677")
    person = make.person(name="Рахимов Фаррух", phones="+992935556677")

    found = likeness.conflicts(make.intake(person=person, employer=employer), lawyer).found

    assert [str(conflict.who.pk) for conflict in found] == [str(employer.pk)]


def test_no_likeness_is_no_conflict(lawyer):
    make.employer("ТОО «Достык»", phones="87270000000")

    assert not likeness.conflicts(
        make.intake(speaker_name=NAME, contact=PHONE, employer=make.employer()), lawyer
    )


# The page


@pytest.fixture
def desk(client, lawyer):
    """A lawyer at their desk, who reads English."""
    lawyer.language = "en"
    lawyer.save()
    client.force_login(lawyer)
    return client


def test_the_page_is_read_and_the_look_is_written_down(desk, lawyer):
    make.urgency_rule("confined", name="", weight=60)
    intake = make.intake(
        story="Держат взаперти", speaker_name="Канарейкин Тест", contact="+77015550142",
        contact_by="phone", contact_when="после 21", may_say_who="no", others_answer="yes",
        flags=["confined"], urgency=60,
    )  # fmt: skip
    intake.topics.add(make.topic("wages", en="Wages"))
    Message.objects.create(intake=intake, text="Скорее")

    shown = desk.get(page("change", intake.pk)).content.decode()

    for words in [
        "Держат взаперти", "held against their will", "Wages", "К. Т.", "•••42", "после 21",
        "Do not say who we are.", "Somebody else may answer", "Скорее", "Accept and open a case",
    ]:  # fmt: skip
        assert words in shown, words
    assert "Канарейкин" not in shown
    assert "5550142" not in shown
    entry = AccessEntry.objects.get()
    assert (entry.who, entry.action, entry.what_id) == (lawyer, Action.VIEW, intake.pk)


def test_a_page_of_an_intake_asks_few_queries(desk, lawyer):
    from django.test.utils import CaptureQueriesContext

    employer = make.employer(phones=PHONE)
    for _number in range(6):
        make.case(lawyer=lawyer, people=[make.person(added_by=lawyer)], employer=employer)
        make.intake(contact=PHONE)
    intake = make.intake(
        speaker_name=NAME, contact=PHONE, employer=employer, person=make.person(added_by=lawyer)
    )

    with CaptureQueriesContext(connection) as asked:
        assert desk.get(page("change", intake.pk)).status_code == 200
    assert len(asked) < 70


def test_a_persons_own_words_are_not_corrected_but_what_staff_wrote_is(desk, lawyer):
    own = make.intake(story="Мои слова")
    written = make.intake(story="Записано", entered_by=lawyer, channel="visit")
    sent = {"story": "Исправлено", "relation": "self", "in_danger": "yes"}

    for intake in [own, written]:
        assert desk.post(page("correct", intake.pk), sent)["Location"] == page("change", intake.pk)
        intake.refresh_from_db()

    assert (own.story, own.relation) == ("Мои слова", "self")
    assert written.story == "Исправлено"


def test_what_is_corrected_is_weighed_again(desk):
    make.urgency_rule("danger", weight=50, in_danger=True)
    intake = make.intake()

    desk.post(page("correct", intake.pk), {"in_danger": "yes"})

    intake.refresh_from_db()
    assert intake.urgency == 50


@pytest.mark.parametrize(
    ("step", "sent", "decision"),
    [
        ("accept", {"lawyer": "me", "looked_for_conflict": "on"}, "accepted"),
        ("answer", {"text": "Приходите.", "language": "ru"}, "answered"),
        ("refer", {"text": "В консульство.", "language": "ru"}, "referred"),
        ("decline", {"reason": "not_ours", "language": "ru"}, "declined"),
        ("decline", {"reason": "conflict", "text": "Увы.", "language": "ru"}, "declined"),
        ("mark_junk", {}, "junk"),
    ],
)
def test_a_step_is_shown_then_taken_and_written_down(desk, lawyer, step, sent, decision):
    intake = make.intake()
    assert desk.get(page(step, intake.pk)).status_code == 200
    sent = {name: lawyer.pk if value == "me" else value for name, value in sent.items()}

    answer = desk.post(page(step, intake.pk), sent)

    intake.refresh_from_db()
    assert (intake.decision, intake.decided_by) == (decision, lawyer)
    assert answer.status_code == 302
    assert AccessEntry.objects.filter(action=Action.CHANGE, what_id=intake.pk).count() == 1


def test_joining_and_repeating_take_references_one_may_see(desk, lawyer):
    mine, theirs = make.case(lawyer=lawyer), make.case(lawyer=make.user("lawyer"))
    first, joined, repeated = make.intake(), make.intake(), make.intake()

    refused = desk.post(page("join", joined.pk), {"case": theirs.reference})
    assert refused.status_code == 422
    assert desk.post(page("join", joined.pk), {"case": mine.reference.lower()}).status_code == 302
    desk.post(page("duplicate", repeated.pk), {"of": f" {first.reference} "})

    joined.refresh_from_db(), repeated.refresh_from_db()
    assert joined.case == mine
    assert repeated.same_as == first


def test_accepting_asks_for_the_tick_and_records_the_check(desk, lawyer):
    make.employer("ИП Ахмедов Шерзод", phones=PHONE)
    intake = make.intake(contact=PHONE)

    shown = desk.get(page("accept", intake.pk)).content.decode()
    refused = desk.post(page("accept", intake.pk), {"lawyer": lawyer.pk})

    assert "ИП Ахмедов Шерзод" in shown
    assert refused.status_code == 422
    assert not Case.objects.exists()
    entry = AccessEntry.objects.filter(action=Action.SEARCH).first()
    assert (entry.what_id, entry.rows) == (intake.pk, 1)


def test_a_second_lawyer_is_told_on_the_page(desk, director):
    intake = make.intake()
    desk.get(page("decline", intake.pk))
    triage.answer(intake, by=director, text="Да.", language="ru")

    answer = desk.post(page("decline", intake.pk), {"reason": "not_ours", "language": "ru"})

    # Decided by somebody else, it is no longer this lawyer's to see.
    assert answer.status_code == 302
    intake.refresh_from_db()
    assert intake.decision == "answered"


def test_the_letter_is_put_in_in_the_persons_language_and_its_places_are_filled(desk):
    letter = LetterTemplate.objects.create(code="no")
    for language, body in {"ru": "Обратитесь до {дата}.", "uz": "Kechirasiz, {sana} gacha."}.items():
        LetterTemplateText.objects.create(letter=letter, language=language, title="no", body=body)
    intake = make.intake(language="uz")

    put_in = desk.post(page("decline", intake.pk), {"letter": letter.pk, "put_in": "1", "language": "ru"})
    assert put_in.status_code == 200
    form = put_in.context["form"]
    assert (form["text"].value(), form["language"].value()) == ("Kechirasiz, {sana} gacha.", "uz")
    assert not form.errors

    sent = {"reason": "not_ours", "text": "Kechirasiz, {sana} gacha.", "language": "uz"}
    assert "{sana}" in desk.post(page("decline", intake.pk), sent).content.decode()
    intake.refresh_from_db()
    assert intake.decision == ""


def test_a_message_in_another_language_is_sent_only_if_it_is_meant(desk):
    intake = make.intake(language="uz")
    sent = {"text": "Здравствуйте. Приходите к нам завтра, пожалуйста.", "language": "ru"}

    refused = desk.post(page("answer", intake.pk), sent)
    assert refused.status_code == 422
    assert "Oʻzbekcha" in refused.content.decode()
    desk.post(page("answer", intake.pk), sent | {"in_another_language": "on"})

    assert Message.objects.get().language == "ru"


def test_a_decision_is_taken_back_on_the_page(desk, lawyer):
    intake = make.intake()
    triage.decline(intake, by=lawyer, reason="not_ours")
    assert "Take the decision back" in desk.get(page("change", intake.pk)).content.decode()

    desk.post(page("take_back", intake.pk))

    intake.refresh_from_db()
    assert intake.decision == ""


def test_a_person_is_chosen_from_the_hints_or_made(desk, lawyer):
    person = make.person(added_by=lawyer)
    intake = make.intake(speaker_name=NAME, contact=PHONE)
    assert "It is this person" in desk.get(page("person", intake.pk)).content.decode()

    desk.post(page("person", intake.pk), {"link": person.pk})
    intake.refresh_from_db()
    assert intake.person == person

    desk.post(page("person", intake.pk), {"unlink": "1"})
    desk.post(page("person", intake.pk), {"new": "1"})
    intake.refresh_from_db()
    assert intake.person not in {None, person}
    assert Person.objects.count() == 2


def test_nobody_is_linked_whom_one_may_not_see(desk):
    theirs = make.person()
    make.case(lawyer=make.user("lawyer"), people=[theirs])
    intake = make.intake()

    for number in [theirs.pk, "x", ""]:
        desk.post(page("person", intake.pk), {"link": number})

    intake.refresh_from_db()
    assert intake.person is None


def test_looking_for_a_person_stands_in_no_address_and_is_written_down(desk, lawyer):
    make.person(added_by=lawyer)
    intake = make.intake()

    found = desk.post(page("person", intake.pk), {"words": "Ahmedov"})

    assert [shown for _number, shown, _row in found.context["found"]] == [["А. Ш.", "•••67"]]
    entry = AccessEntry.objects.get(action=Action.SEARCH)
    assert (entry.what_id, entry.rows) == (intake.pk, 1)


def test_an_employer_is_chosen_or_added_after_a_look_at_those_like_it(desk):
    brick = make.employer("ТОО «Кірпіш»")
    intake = make.intake(story="Работал на kirpish.")
    assert "It is this one" in desk.get(page("employer", intake.pk)).content.decode()

    warned = desk.post(page("employer", intake.pk), {"new": "1", "name": "Kirpish TOO"})
    assert warned.status_code == 422
    assert "ТОО «Кірпіш»" in warned.content.decode()
    desk.post(page("employer", intake.pk), {"link": brick.pk})
    intake.refresh_from_db()
    assert intake.employer == brick

    desk.post(
        page("employer", intake.pk), {"new": "1", "name": "Kirpish TOO", "is_another": "on"}
    )
    intake.refresh_from_db()
    assert intake.employer.name == "Kirpish TOO"


def test_the_seventh_complaint_is_loud(desk):
    employer = make.employer()
    for _number in range(6):
        make.case(employer=employer)
    intake = make.intake(employer=employer)

    shown = desk.get(page("change", intake.pk)).content.decode()

    assert "7 complaints" in shown
    assert "urgent-3" in shown


# Taking in


ENTRY = {
    "channel": "visit", "language": "uz", "agreed": "spoken", "story": "Ish haqi bermadi",
    "speaker_name": NAME, "contact": PHONE, "contact_by": "phone", "in_danger": "", "minor": "",
}  # fmt: skip


@pytest.fixture
def wording():
    return ConsentText.objects.create(version=1, language="uz", body="Roziman.")


def test_staff_take_an_appeal_in_with_its_consent_and_a_code_to_read_out(desk, lawyer, wording):
    topic = make.topic("wages")
    assert "Roziman." in desk.get(page("add")).content.decode()

    taken = desk.post(page("add"), ENTRY | {"token": uuid.uuid4(), "topics": [topic.pk]})

    intake = Intake.objects.get()
    code = taken.context["code"]
    assert intake.reference in taken.content.decode()
    assert taking_in.is_code_of(intake, code.replace(" ", ""))
    assert intake.code_was_spoken
    assert (intake.channel, intake.entered_by, intake.speaker_name) == ("visit", lawyer, NAME)
    assert (intake.consent.text, intake.consent.how) == (wording, Consent.How.SPOKEN)
    assert list(intake.topics.all()) == [topic]
    assert AccessEntry.objects.filter(action=Action.ADD, what_id=intake.pk).count() == 1


def test_the_same_form_sent_twice_is_one_intake_and_one_code(desk, wording):
    sent = ENTRY | {"token": uuid.uuid4()}

    codes = {desk.post(page("add"), sent).context["code"] for _time in range(2)}

    assert len(codes) == 1
    assert Intake.objects.count() == 1


def test_who_does_not_agree_leaves_no_name(desk, wording):
    desk.post(page("add"), ENTRY | {"token": uuid.uuid4(), "agreed": "anonymous"})

    intake = Intake.objects.get()
    assert intake.is_anonymous
    assert (intake.speaker_name, intake.contact, intake.consent) == ("", "", None)


@pytest.mark.parametrize(
    "missing",
    [{"story": ""}, {"agreed": ""}, {"channel": "online"}, {"contact": ""}, {"contact_by": ""}, {"token": "x"}],
)
def test_what_is_missing_is_asked_for(desk, wording, missing):
    answer = desk.post(page("add"), ENTRY | {"token": uuid.uuid4()} | missing)

    assert answer.status_code == 422
    assert not Intake.objects.exists()


def test_without_a_wording_only_an_anonymous_one_is_kept(desk):
    answer = desk.post(page("add"), ENTRY | {"token": uuid.uuid4()})

    assert answer.status_code == 422
    assert not Intake.objects.exists()


# The rules, in the admin

RULE = {"code": "wet", "name": "Wet feet", "weight": 20, "is_used": "on", "words": "мокр, сапог дыр\nсапог дыр"}


def rule_page(name, *arguments):
    return reverse(f"admin:legalaid_urgencyrule_{name}", args=arguments)


def test_a_lawyer_writes_a_rule_and_the_queue_follows(desk):
    intake = make.intake(story="Ходим в мокрых сапогах")

    desk.post(rule_page("add"), RULE)

    assert UrgencyRule.objects.get().words == ["мокр", "сапог дыр"]
    intake.refresh_from_db()
    assert (intake.flags, intake.urgency) == (["wet"], 20)


@pytest.mark.parametrize("wrong", [{"words": ""}, {"name": ""}, {"words": "а" * 61}])
def test_a_rule_without_a_condition_or_a_name_is_refused(desk, wrong):
    desk.post(rule_page("add"), RULE | wrong)

    assert not UrgencyRule.objects.exists()


def test_a_rule_is_tried_on_the_last_requests_before_it_is_kept(desk, lawyer):
    wet = make.intake(story="Ходим в мокрых сапогах")
    make.intake(story="Всё сухо")

    tried = desk.post(rule_page("try"), RULE)

    assert [(intake, met) for intake, met in tried.context["found"]] == [(wet, ["мокр"])]
    assert "сапогах" not in tried.content.decode()
    assert not UrgencyRule.objects.exists()
    entry = AccessEntry.objects.get()
    assert (entry.action, entry.what, entry.rows) == (Action.VIEW, "legalaid.intake", 2)


def test_a_rule_that_is_there_is_tried_with_what_was_typed(desk):
    rule = make.urgency_rule("wet", words=["сухо"])
    make.intake(story="мокрый")

    tried = desk.post(rule_page("try"), RULE | {"code_now": "wet"})

    assert len(tried.context["found"]) == 1
    rule.refresh_from_db()
    assert rule.words == ["сухо"]


def test_rules_are_closed_to_whoever_only_works_by_them(client, specialist):
    client.force_login(specialist)

    assert client.get(rule_page("changelist")).status_code == 403
    assert client.post(rule_page("try"), RULE).status_code == 403


def test_the_first_page_shows_the_most_urgent_and_nothing_that_is_held(desk):
    make.urgency_rule("confined", name="", weight=60)
    calm = make.intake(received_at="2026-01-01T00:00Z")
    urgent = make.intake(flags=["confined"], urgency=60)
    held = make.intake(held_because="trap", urgency=90)

    answer = desk.get("/staff/")

    assert answer.context["waiting_intakes"] == [urgent, calm]
    assert answer.context["number_of_intakes"] == 2
    assert "held against their will" in answer.content.decode()
    assert held.reference not in answer.content.decode()


# Held for a look


def test_whoever_is_no_junk_is_put_into_the_queue(desk, lawyer):
    held, other = make.intake(held_because="too_many"), make.intake(held_because="trap")
    decided_one = decided(lawyer)
    Intake.objects.filter(pk=decided_one.pk).update(held_because="trap")

    desk.post("/staff/legalaid/intake/?which=held", {"action": "put_into_queue", "_selected_action": [held.pk]})
    assert Intake.objects.waiting().get(held_because="") == held

    desk.post(page("release", other.pk))
    assert triage.release(Intake.objects.all(), by=lawyer) == 0
    assert Intake.objects.waiting().filter(held_because="").count() == 2
    decided_one.refresh_from_db()
    assert decided_one.held_because == "trap"


def test_the_queue_says_that_somebody_held_seems_urgent(desk):
    make.intake(held_because="too_many", urgency=60)

    assert "1 of those held for a look seems urgent." in desk.get(page("changelist")).content.decode()
    assert "seems urgent" not in desk.get(page("changelist"), {"which": "held"}).content.decode()


def test_an_anonymous_intake_gets_no_name_later(desk):
    intake = make.intake(is_anonymous=True)

    shown = desk.get(page("correct", intake.pk)).content.decode()
    desk.post(page("correct", intake.pk), {"contact_when": "после 21"})
    revealed = desk.post(page("reveal", intake.pk), {"why": "contact"})
    saved = desk.post(page("identity", intake.pk), {"speaker_name": NAME, "contact": PHONE})

    assert "contact_when" not in shown
    assert revealed.status_code == saved.status_code == 302
    intake.refresh_from_db()
    assert (intake.speaker_name, intake.contact, intake.contact_when) == ("", "", "")


def test_who_speaks_is_revealed_for_a_reason_and_corrected_with_its_search_keys(desk, lawyer, wording):
    consent = Consent.objects.create(text=wording, how="spoken")
    intake = make.intake(speaker_name=NAME, contact=PHONE, is_anonymous=False, consent=consent)

    revealed = desk.post(page("reveal", intake.pk), {"why": "contact"})
    assert NAME in revealed.content.decode()
    desk.post(page("identity", intake.pk), {"speaker_name": "Тошматова Зулфия", "contact": PHONE})

    assert Intake.objects.matching("Toshmatova").get() == intake
    assert AccessEntry.objects.filter(action=Action.REVEAL, what_id=intake.pk, who=lawyer).exists()


@pytest.mark.parametrize("moment", ["", "x", "2026-99-99T00:00", "2026-01-01T00:00", "2026-01-01T00:00+05:00"])
def test_a_moment_that_is_none_of_mine_takes_nothing_back(desk, lawyer, moment):
    triage.junk(Intake.objects.filter(pk=make.intake().pk), by=lawyer)

    assert desk.post(page("junk_back"), {"moment": moment}).status_code == 302
    assert Intake.objects.get().decision == "junk"


def test_junk_of_a_list_that_is_none_is_refused(desk):
    make.intake()

    assert desk.post(page("junk_all") + "?which=nowhere", {"seen": "9" * 30}).status_code == 302
    assert desk.post(page("junk_all") + "?story=x", {"seen": "1"}).status_code in {302, 400}
    assert Intake.objects.waiting().count() == 1


def test_what_was_erased_is_neither_taken_back_nor_filled_again(desk, lawyer):
    intake = make.intake(story="")
    moment = triage.junk(Intake.objects.filter(pk=intake.pk), by=lawyer)[1]
    Intake.objects.filter(pk=intake.pk).update(erased_at=timezone.now())

    with pytest.raises(ValidationError, match="erased|стёр|удал"):
        triage.take_back(intake, by=lawyer)
    assert triage.take_back_junk(by=lawyer, moment=moment) == 0
    assert desk.post(page("take_back", intake.pk)).status_code == 403
    assert desk.post(page("correct", intake.pk), {"contact_when": "9"}).status_code == 403
    assert desk.get(page("change", intake.pk)).status_code == 200
