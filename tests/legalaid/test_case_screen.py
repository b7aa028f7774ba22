"""The case's page: what it shows to whom, what its forms do, and that it stays quick."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from legalaid import casework, erasure
from legalaid.admin import case_screen
from legalaid.models import (
    Case,
    CasePerson,
    Document,
    Identity,
    Intake,
    Message,
    Note,
    OpenCase,
    Person,
    Referral,
    UrgencyRule,
)
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import AccessEntry
from tests import make

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
DAY = datetime.timedelta(days=1)


@pytest.fixture
def lawyer(db):
    return make.user("lawyer", language="en", first_name="Aigul")


@pytest.fixture
def case(lawyer):
    return make.case(lawyer=lawyer, people=[make.person(name="Каримов Анвар")])


@pytest.fixture
def intake(case):
    return make.taken(
        case,
        person=case.people.get(),
        speaker_name="Каримова Малика",
        contact="+998901234567",
        contact_by="whatsapp",
        contact_when="после 20:00",
        others_answer="yes",
        language="ru",
        is_anonymous=True,
    )


@pytest.fixture
def staff(client, lawyer):
    client.force_login(lawyer)
    return client


def address(name, case):
    return reverse(f"admin:legalaid_case_{name}", args=[case.pk])


def test_an_erased_case_says_so_and_offers_no_step(staff, lawyer, case, intake):
    casework.close(case, by=lawyer, closed_on=TODAY(), outcomes=["advised"])
    erasure.erase(Case.objects.get(pk=case.pk))

    shown = page_of(staff, case)
    answers = [staff.post(address(name, case)) for name in ("reopen", "act", "service")]

    assert "Only what is counted is left here" in text_of(shown)
    assert not shown.context["steps"] and address("keep", case) not in shown.content.decode()
    for answer in answers:
        assert answer["Location"] == address("change", case)
    assert "This case was erased" in text_of(page_of(staff, case))


def test_whoever_leads_a_case_finds_there_until_when_it_is_kept(staff, case, client):
    specialist = make.user("specialist", language="en")
    case.members.create(user=specialist)

    assert address("keep", case) in page_of(staff, case).content.decode()
    client.force_login(specialist)
    assert address("keep", case) not in page_of(client, case).content.decode()


def test_other_topics_stand_in_the_timeline_with_who_chose_them(staff, lawyer, case):
    wages, papers = make.topic("wages", en="Wages"), make.topic("papers", en="Papers")
    case.topics.set([wages])
    for topics in ([wages, papers], [papers]):
        now = Case.objects.get(pk=case.pk)
        casework.change_facts(now, by=lawyer, seen=casework.stamp_of_facts(now), topics=topics)

    shown = text_of(page_of(staff, case))

    assert re.search(r"Topics now, too: Papers.*No longer: Wages", shown)


def page_of(client, case, **asked):
    answer = client.get(address("change", case), asked)
    assert answer.status_code == 200
    return answer


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def act(client, case, **typed):
    sent = {f"act-{name}": value for name, value in typed.items()}
    return client.post(address("act", case), sent)


def looks(case):
    rows = AccessEntry.objects.filter(within="legalaid.case", within_id=case.pk).order_by("pk")
    return list(rows.values_list("action", "what"))


# What the page shows


def test_the_page_says_how_to_reach_people_safely_and_hides_who_they_are(staff, case, intake):
    page = text_of(page_of(staff, case))

    assert "WhatsApp •••67" in page
    assert "после 20:00" in page
    assert "Do not say who you are" in page
    assert "Somebody else may answer this phone" in page
    assert "К. М." in page
    for secret in ("Каримова", "Малика", "901234567", "Анвар"):
        assert secret not in page


def test_how_to_reach_somebody_is_revealed_for_a_reason_within_the_case(staff, case, intake):
    reveal = address("reveal", case)

    assert staff.post(reveal, {"intake": intake.pk, "why": ""}).status_code == 302
    assert not AccessEntry.objects.filter(action=Action.REVEAL).exists()
    shown = staff.post(reveal, {"intake": intake.pk, "why": "contact"})

    assert "+998901234567" in shown.content.decode()
    assert shown.headers["Refresh"].startswith("60; url=/staff/legalaid/case/")
    entry = AccessEntry.objects.get(action=Action.REVEAL)
    assert (entry.what, entry.what_id, entry.within_id) == ("legalaid.intake", intake.pk, case.pk)


def test_an_appeal_of_another_case_is_not_revealed_here(staff, case):
    other = make.taken(make.case(), contact="+998905556677", is_anonymous=True)

    answer = staff.post(address("reveal", case), {"intake": other.pk, "why": "contact"})

    assert answer.status_code == 302
    assert not AccessEntry.objects.filter(action=Action.REVEAL).exists()


def test_the_page_tells_how_many_complaints_there_are_about_an_employer(staff, case):
    case.employer = make.employer(name="ТОО «Сұңқар»")
    case.save()
    assert "complaint" not in text_of(page_of(staff, case))
    others = [make.case(employer=case.employer) for _ in range(6)]

    page = page_of(staff, case)

    assert "7 complaints about this employer" in text_of(page)
    assert not any(other.reference in page.content.decode() for other in others)


def test_urgent_flags_stand_at_the_top(staff, case, intake):
    UrgencyRule.objects.all().delete()
    UrgencyRule.objects.create(code="passport-taken", name="Паспорт забрали")
    Intake.objects.filter(pk=intake.pk).update(flags=["passport-taken", "violence"])

    page = text_of(page_of(staff, case))

    assert "Паспорт забрали" in page
    assert "violence or threats" in page


def test_the_clock_counts_working_time_while_it_is_our_turn(staff, case):
    monday = datetime.datetime(2026, 11, 23, 9, tzinfo=datetime.UTC)  # 14:00 in Almaty
    Case.objects.filter(pk=case.pk).update(turn_since=monday)
    screen = case_screen.Screen(case_screen.cases(case.lawyer).get(pk=case.pk), case.lawyer)
    screen.now = monday + datetime.timedelta(days=2)

    assert (screen.clock.days, screen.clock.hours) == (2, 0)
    Case.objects.filter(pk=case.pk).update(turn="client")
    assert "Our clock stands still" in text_of(page_of(staff, case))


# The timeline


@pytest.fixture
def full(case, lawyer, intake):
    """A case in which everything has happened."""
    colleague = make.user("specialist", first_name="Olga")
    casework.put_on_team(case, by=lawyer, colleague=colleague)
    make.message(intake, text="Ответьте мне.")
    make.message(intake, text="Ответ завтра.", by=lawyer)
    make.note(case, text="Заметка для всех.")
    make.note(case, text="Заметка для себя.", is_private=True)
    make.note(case, by=colleague, text="Чужая тайна.", is_private=True)
    make.service(case, kind=make.service_kind("court", en="Court"), remark="Первое заседание")
    make.claim(case, owed=840_000, recovered=250_000, recovered_on=TODAY())
    make.outcome(case, kind="claim_filed")
    casework.finish(make.task(case, what="Взять протокол"), by=lawyer)
    Referral.objects.create(
        case=case,
        partner=make.partner(code="iom"),
        what_for="Билет домой",
        consent_on=TODAY(),
        consent_how="spoken",
        sent_by=lawyer,
        token_hash="0" * 64,
        expires_at=timezone.now() + DAY,
        answer="accepted",
        answered_at=timezone.now(),
    )
    Document.objects.create(
        case=case, kind="pdf", title="Решение суда", original_size=1, copy_size=1
    )
    casework.act(case, by=lawyer, turn="others")
    return case


EVERYTHING = {
    "talk": ["Не заплатили за два месяца", "Ответьте мне.", "Ответ завтра."],
    "notes": ["Заметка для всех.", "Заметка для себя."],
    "work": [
        *["Court", "Первое заседание", "Claim: wages, 840,000 KZT", "Recovered: 250,000 KZT"],
        *["Outcome: claim filed", "Взять протокол", "Referred to iom", "Билет домой"],
        *["iom: accepted", "Решение суда"],
    ],
    "changes": ["Case opened", "On the team: Olga", "Whose turn it is: an authority"],
}


def timeline_of(answer):
    page = answer.content.decode()
    start, end = page.index('<ol class="entries">'), page.index('id="newest"')
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[start:end]))


def test_everything_that_happened_stands_in_one_row(staff, full):
    shown = timeline_of(page_of(staff, full))

    for words in sum(EVERYTHING.values(), []):
        assert words in shown
    assert "Чужая тайна" not in shown


@pytest.mark.parametrize("kind", EVERYTHING)
def test_the_row_is_filtered_by_kind(staff, full, kind):
    shown = timeline_of(page_of(staff, full, show=kind))

    for other, all_words in EVERYTHING.items():
        for words in all_words:
            assert (words in shown) == (other == kind), words


def test_the_newest_is_last_and_earlier_ones_are_one_click_away(staff, case, intake):
    now = timezone.now()
    for number in range(60):
        make.message(
            intake, text=f"Сообщение №{number}.", written_at=now - (60 - number) * DAY / 24
        )

    page = page_of(staff, case, show="talk")
    shown = timeline_of(page)
    everything = timeline_of(page_of(staff, case, show="talk", all=1))

    assert "№59." in shown and "№0." not in shown
    assert shown.index("№58.") < shown.index("№59.")
    assert "Show what was earlier" in page.content.decode()
    assert "№0." in everything


def test_what_is_unread_is_marked_until_it_is_read_and_can_be_again(staff, case, intake):
    message = make.message(intake)

    assert "is-unread" in page_of(staff, case).content.decode()
    staff.post(address("read", case))
    assert "is-unread" not in page_of(staff, case).content.decode()
    staff.post(address("unread", case), {"message": message.pk})

    assert "is-unread" in page_of(staff, case).content.decode()
    assert looks(case).count(("change", "legalaid.case")) == 2


def test_looking_at_the_page_changes_nothing(staff, case, intake):
    message = make.message(intake)
    before = Case.objects.values().get(pk=case.pk)

    page_of(staff, case)

    message.refresh_from_db()
    assert message.read_at is None
    assert Case.objects.values().get(pk=case.pk) == before


# The composer


def test_the_composer_does_everything_at_once(staff, case, intake, lawyer):
    make.message(intake)
    page = page_of(staff, case)
    form = page.context["act_form"]

    answer = act(
        staff, case,
        token=form["token"].value(), newest=form["newest"].value(), to=str(intake.pk),
        message="Здравствуйте! Мы написали в инспекцию.", note="Копия в папке.",
        task="Проверить ответ", due="two_weeks", assigned_to=lawyer.pk, turn="others",
    )  # fmt: skip

    assert answer.status_code == 302
    assert answer["Location"].endswith("#newest")
    case.refresh_from_db()
    task = case.tasks.get()
    assert intake.messages.get(written_by=lawyer).language == "ru"
    assert case.notes.get().text == "Копия в папке."
    assert task.due_on >= TODAY() + 14 * DAY
    assert case.turn == "others"
    assert looks(case)[1:] == [
        ("add", "legalaid.message"),
        ("add", "legalaid.note"),
        ("add", "legalaid.task"),
        ("change", "legalaid.case"),
    ]


def test_the_same_form_sent_twice_sends_one_message(staff, case, intake):
    token = page_of(staff, case).context["act_form"]["token"].value()

    for _ in range(2):
        act(staff, case, token=token, to=str(intake.pk), message="Здравствуйте! Ответ завтра.")

    assert intake.messages.count() == 1


def test_what_was_typed_stays_when_something_is_wrong(staff, case, intake):
    answer = act(
        staff, case, to=str(intake.pk), message="Придите {дата}, пожалуйста.", note="Моя заметка"
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Fill in what stands in braces first: {дата}" in page
    assert "Придите {дата}, пожалуйста." in page
    assert "Моя заметка" in page
    assert not Message.objects.exists()
    assert not Note.objects.exists()


def test_a_text_in_another_language_is_asked_about_once_more(staff, case, intake):
    Intake.objects.filter(pk=intake.pk).update(language="uz")
    typed = {"to": str(intake.pk), "message": "Здравствуйте! Мы написали в инспекцию."}

    first = act(staff, case, **typed)
    assert first.status_code == 422
    assert "This looks like Русский, and the language of the person is Oʻzbekcha" in text_of(first)
    assert not Message.objects.exists()
    second = act(staff, case, send_anyway="on", **typed)

    assert second.status_code == 302
    assert Message.objects.get().language == "ru"


def test_a_letter_is_put_in_in_the_language_of_the_person(staff, case, intake):
    Intake.objects.filter(pk=intake.pk).update(language="uz")
    letter = make.letter(
        ru="Здравствуйте! {reference}", uz="Assalomu alaykum! {reference}, {lawyer}, {kun}"
    )

    answer = staff.post(
        address("act", case),
        {
            "insert": "1",
            "act-letter": letter.pk,
            "act-to": str(intake.pk),
            "act-message": "Boshi",
            "act-note": "Заметка",
        },
    )
    form = answer.context["act_form"]
    assert answer.status_code == 200
    assert form["message"].value() == (
        f"Boshi\n\nAssalomu alaykum! {intake.reference}, Aigul, {{kun}}"
    )
    assert form["note"].value() == "Заметка"
    assert not Message.objects.exists()


def test_a_letter_that_is_not_in_their_language_says_so(staff, case, intake):
    Intake.objects.filter(pk=intake.pk).update(language="ky")
    letter = make.letter(ru="Здравствуйте!")

    answer = staff.post(
        address("act", case),
        {"insert": "1", "act-letter": letter.pk, "act-to": str(intake.pk)},
    )

    assert "This letter is not written in Кыргызча" in text_of(answer)
    assert "Здравствуйте!" in answer.context["act_form"]["message"].value()


def test_a_message_goes_to_one_to_all_or_to_those_of_a_language(staff, case, intake):
    others = [make.taken(case, language="uz") for _ in range(3)]

    act(staff, case, to="read uz", message="Assalomu alaykum! Biz sizga javob yozdik.")
    assert all(other.messages.count() == 1 for other in others)
    assert intake.messages.count() == 0
    act(staff, case, to="all", message="Здравствуйте! Мы вам ответим.", send_anyway="on")

    assert Message.objects.count() == 7
    assert "To 4 people" in text_of(page_of(staff, case))
    entries = AccessEntry.objects.filter(what="legalaid.message", action="add")
    assert list(entries.order_by("pk").values_list("rows", flat=True)) == [3, 4]


def test_what_a_colleague_wrote_meanwhile_is_shown_and_nothing_is_lost(staff, case, intake):
    newest = page_of(staff, case).context["act_form"]["newest"].value()
    make.message(intake, text="Я уже дома!")
    typed = {"to": str(intake.pk), "message": "Здравствуйте! Где вы сейчас?"}

    first = act(staff, case, newest=newest, **typed)

    assert first.status_code == 422
    assert "has written while you did" in text_of(first)
    assert "Я уже дома!" in first.content.decode()
    assert "Где вы сейчас?" in first.content.decode()
    second = act(staff, case, newest=first.context["act_form"]["newest"].value(), **typed)
    assert second.status_code == 302


def test_no_reply_needed_takes_it_out_of_the_unanswered(staff, case, intake):
    Intake.objects.filter(pk=intake.pk).update(unanswered_since=timezone.now())

    act(staff, case, no_reply_needed="on")

    intake.refresh_from_db()
    assert intake.unanswered_since is None


# Tasks, work, facts


def test_a_term_of_the_law_is_counted_and_asked_about_twice(staff, case):
    rule = make.deadline_rule(length=10, unit="days", moves_to_working_day=False, law="ст. 832")
    staff.post(
        address("deadline", case),
        {"deadline-rule": rule.pk, "deadline-event_on": "2026-11-24"},
    )
    task = case.tasks.get()
    page = text_of(page_of(staff, case))
    assert "ст. 832" in page
    assert "Not checked by the lawyer yet" in page

    asked = staff.post(address("finish", case), {"task": task.pk})
    wrong = staff.post(address("finish", case), {"task": task.pk, "finish-day": "2026-12-05"})
    task.refresh_from_db()
    assert (asked.status_code, wrong.status_code) == (200, 422)
    assert task.done_at is None
    done = staff.post(address("finish", case), {"task": task.pk, "finish-day": "2026-12-04"})

    task.refresh_from_db()
    assert done.status_code == 302
    assert task.done_at


def test_a_task_is_added_moved_ticked_off_and_taken_up_again(staff, case, lawyer):
    staff.post(
        address("task", case),
        {"task-what": "Шаг", "task-due_on": "2026-12-01", "task-assigned_to": lawyer.pk},
    )
    task = case.tasks.get()
    staff.post(
        address("move", case),
        {
            "task": task.pk,
            f"move{task.pk}-day": "2026-12-08",
            f"move{task.pk}-assigned_to": lawyer.pk,
        },
    )
    task.refresh_from_db()
    assert task.due_on == datetime.date(2026, 12, 8)
    staff.post(address("finish", case), {"task": task.pk})
    task.refresh_from_db()
    assert task.done_by == lawyer
    staff.post(address("take_up", case), {"task": task.pk})

    task.refresh_from_db()
    assert task.done_at is None


def test_services_outcomes_and_money_are_written_down_and_taken_back(staff, case):
    kind, person = make.service_kind(), case.people.get()

    staff.post(
        address("service", case),
        {"service-kind": kind.pk, "service-given_on": "2026-11-20", "service-person": person.pk},
    )
    staff.post(
        address("outcome", case), {"outcome-kind": "advised", "outcome-reached_on": "2026-11-20"}
    )
    staff.post(
        address("claim", case),
        {
            "claim-kind": "wages",
            "claim-owed": "840 000,50",
            "claim-currency": "KZT",
            "claim-claimed_on": "2026-11-20",
        },
    )
    claim = case.claims.get()
    staff.post(
        address("recovery", case),
        {
            "claim": claim.pk,
            "recovery-seen": "0.00",
            "recovery-recovered": "100 000",
            "recovery-recovered_on": "2026-11-22",
        },
    )

    claim.refresh_from_db()
    assert str(claim.owed) == "840000.50"
    assert claim.recovered == 100_000
    assert case.services.get().person == person
    assert "recovered 100,000 KZT" in text_of(page_of(staff, case))
    staff.post(address("strike", case), {"kind": "outcome", "row": case.outcomes.get().pk})
    assert not case.outcomes.exists()
    assert ("add", "legalaid.service") in looks(case)


def test_a_row_of_another_case_is_not_taken_back_here(staff, case):
    other = make.outcome(make.case())

    staff.post(address("strike", case), {"kind": "outcome", "row": other.pk})

    other.refresh_from_db()


def facts(page, **typed):
    form = page.context["facts_form"]
    sent = {"seen": form["seen"].value(), "opened_on": str(form["opened_on"].value())}
    return {f"facts-{name}": value for name, value in (sent | typed).items()}


def test_the_facts_are_changed_in_place(staff, case):
    topic = make.topic("wages", en="Unpaid wages")
    office = make.office()

    answer = staff.post(
        address("change", case),
        facts(
            page_of(staff, case),
            topics=[topic.pk],
            office=office.pk,
            exploitation="forced_labour",
        ),
    )

    case.refresh_from_db()
    assert answer.status_code == 302
    assert (list(case.topics.all()), case.office) == ([topic], office)
    assert case.exploitation == "forced_labour"
    assert "Unpaid wages" in text_of(page_of(staff, case))


def test_facts_changed_by_somebody_else_meanwhile_are_told_and_nothing_is_lost(
    staff, case, director
):
    page = page_of(staff, case)
    casework.change_facts(
        case,
        by=director,
        seen=casework.stamp_of_facts(case),
        topics=[],
        exploitation="debt_bondage",
    )

    first = staff.post(address("change", case), facts(page, exploitation="sexual"))

    assert first.status_code == 422
    assert "A colleague saved other facts" in text_of(first)
    assert first.context["facts_form"]["exploitation"].value() == "sexual"
    case.refresh_from_db()
    assert case.exploitation == "debt_bondage"
    second = staff.post(address("change", case), facts(first, exploitation="sexual"))

    case.refresh_from_db()
    assert second.status_code == 302
    assert case.exploitation == "sexual"


def test_an_employer_is_found_in_the_register_or_added_to_it(staff, case):
    known = make.employer(name="ТОО «Кирпич-Сервис»")
    page = page_of(staff, case)

    asked = staff.post(address("change", case), facts(page, employer_words="kirpich servis"))
    offered = [value for value, _name in asked.context["facts_form"].fields["employer"].choices]
    assert asked.status_code == 422
    assert offered == [str(known.pk), "new"]
    chosen = staff.post(
        address("change", case),
        facts(page, employer_words="kirpich servis", employer=str(known.pk)),
    )

    case.refresh_from_db()
    assert chosen.status_code == 302
    assert case.employer == known
    page = page_of(staff, case)
    staff.post(address("change", case), facts(page, employer_words="ИП «Новый»", employer="new"))
    case.refresh_from_db()
    assert case.employer.name == "ИП «Новый»"


# Steps


def test_a_case_without_outcome_is_refused_in_words_and_closed_with_one(staff, case):
    typed = {"closed_on": TODAY().isoformat(), "why": "Выплатили."}

    refused = staff.post(address("close", case), typed)
    assert refused.status_code == 422
    assert "it ends with an outcome" in text_of(refused)
    assert "Выплатили." in refused.content.decode()
    closed = staff.post(address("close", case), typed | {"outcomes": ["wages_paid"]})

    case.refresh_from_db()
    assert closed.status_code == 302
    assert case.closed_on == TODAY()
    page = page_of(staff, case)
    assert "Reopen the case" in text_of(page)
    assert "task" not in page.context["act_form"].fields


def test_an_offer_is_made_seen_and_taken_over(staff, client, case, lawyer):
    colleague = make.user("lawyer", language="en")
    staff.post(address("offer", case), {"to": colleague.pk, "why": "Отпуск"})

    client.force_login(colleague)
    page = page_of(client, case)
    assert "This case is offered to you" in text_of(page)
    assert "act_form" not in page.context
    assert act(client, case, note="Заметка").status_code == 403
    answer = client.post(address("take_over", case), {})

    case.refresh_from_db()
    assert case.lawyer == colleague
    assert answer.status_code == 302
    client.force_login(lawyer)
    assert client.get(address("change", case)).status_code == 302


def test_whoever_comes_too_late_to_an_offer_is_told(client, case, lawyer):
    colleague = make.user("lawyer", language="en")
    case.members.create(user=colleague)
    client.force_login(colleague)

    answer = client.post(address("take_over", case), {}, follow=True)

    assert "The case is no longer offered to you" in text_of(answer)


def test_a_step_that_is_not_theirs_is_forbidden(client, case):
    specialist = make.user("specialist")
    case.members.create(user=specialist)
    client.force_login(specialist)

    for name in ("offer", "close", "assign", "take_back"):
        assert client.get(address(name, case)).status_code == 403
        assert client.post(address(name, case), {}).status_code == 403
    assert client.get(address("leave", case)).status_code == 200


def test_every_step_asks_by_post_only(staff, case):
    for name in ("act", "read", "task", "finish", "strike", "team_add", "person_add", "open"):
        assert staff.get(address(name, case)).status_code == 405


# Who has it open


def test_colleagues_see_who_else_has_the_case_open(staff, client, case, lawyer):
    page_of(staff, case)
    director = make.user("director", language="en")
    client.force_login(director)

    page = page_of(client, case)
    assert "Aigul has this case open now" in text_of(page)
    alive = client.post(address("open", case)).json()
    assert "Aigul" in alive["others"]
    assert alive["stamp"] == page.context["screen"].stamp
    OpenCase.objects.filter(user=lawyer).update(
        seen_at=timezone.now() - datetime.timedelta(minutes=5)
    )

    assert "opened this case at" in text_of(page_of(client, case))
    assert client.post(address("open", case)).json()["others"] == ""


def test_an_open_page_learns_that_there_is_news(staff, case, intake):
    stamp = page_of(staff, case).context["screen"].stamp
    make.message(intake)

    assert staff.post(address("open", case)).json()["stamp"] != stamp
    assert not AccessEntry.objects.filter(action="change").exists()


# The director's pages


def test_the_director_sees_the_workload_and_hands_over(client, director, lawyer):
    leaving, taker = make.user("lawyer", first_name="Leaving"), make.user("lawyer")
    cases = [make.case(lawyer=leaving) for _ in range(3)]
    director.language = "en"
    director.save()
    client.force_login(director)

    page = client.get(reverse("admin:legalaid_case_workload"))
    assert "Leaving" in text_of(page)
    answer = client.post(
        reverse("admin:legalaid_case_hand_over"), {"leaving": leaving.pk, "to": [taker.pk]}
    )

    assert answer.status_code == 302
    assert Case.objects.filter(lawyer=taker).count() == 3
    entries = AccessEntry.objects.filter(action="change", what="legalaid.case")
    assert set(entries.values_list("what_id", flat=True)) == {case.pk for case in cases}


def test_nobody_but_the_director_sees_the_workload(client, lawyer, specialist, administrator):
    for account in (lawyer, specialist, administrator):
        client.force_login(account)
        for name in ("workload", "hand_over"):
            answer = client.get(reverse(f"admin:legalaid_case_{name}"))
            assert answer.status_code == 403


# Quick, whatever the size


def queries_of(client, case, **asked):
    page_of(client, case)  # what is kept until content changes
    with CaptureQueriesContext(
        connection,
    ) as caught:
        page_of(client, case, **asked)
    return [query["sql"] for query in caught.captured_queries]


def test_a_page_takes_few_queries_whatever_happened(staff, full, intake, settings, lawyer):
    settings.CONTENT_STAMP_SECONDS = 60
    Intake.objects.filter(pk=intake.pk).update(flags=["violence"])
    Case.objects.filter(pk=full.pk).update(turn="ours")
    for number in range(200):
        make.message(intake, text=f"Сообщение {number}", by=lawyer if number % 2 else None)

    queries = queries_of(staff, full, all=1)

    assert len(queries) <= 25, "\n".join(sql[:150] for sql in queries)


@pytest.fixture
def crowd(lawyer):
    """Six hundred people in one case, each with an appeal."""
    case = make.case(lawyer=lawyer)
    people = Person.objects.bulk_create(Person(language="uz") for _ in range(600))
    Identity.objects.bulk_create(
        Identity(person=person, name="Ахмедов Шерзод") for person in people
    )
    CasePerson.objects.bulk_create(CasePerson(case=case, person=person) for person in people)
    Intake.objects.bulk_create(
        Intake(
            reference=f"R-{number:03d}-XXX",
            channel="outreach",
            is_anonymous=True,
            story="Не заплатили.",
            language="uz" if number % 3 else "tg",
            person=person,
            decided_at=timezone.now(),
            decided_by=lawyer,
            decision="accepted",
            case=case,
        )
        for number, person in enumerate(people)
    )
    return case


def test_six_hundred_people_are_shown_fifty_at_a_time(staff, crowd, settings):
    settings.CONTENT_STAMP_SECONDS = 60

    queries = queries_of(staff, crowd)
    page = page_of(staff, crowd, people=12)

    assert len(queries) <= 25
    assert len(page.context["screen"].people) == 50
    assert "page 12 of 12" in text_of(page)
    assert len(page.content) < 300_000


def test_a_message_to_six_hundred_is_one_line_and_one_look(staff, crowd):
    answer = act(
        staff, crowd, to="all", message="Assalomu alaykum! Ertaga keling.", send_anyway="on"
    )

    assert answer.status_code == 302
    assert Message.objects.filter(intake__case=crowd).count() == 600
    shown = timeline_of(page_of(staff, crowd))
    assert shown.count("Ertaga keling") == 1
    assert "To 600 people" in shown


def test_one_of_six_hundred_is_named_by_the_reference(staff, crowd):
    intake = crowd.intakes.order_by("pk")[301]

    act(
        staff,
        crowd,
        to_reference=intake.reference.lower(),
        message="Assalomu alaykum! Biz sizga yozamiz.",
    )

    assert Message.objects.get().intake == intake
