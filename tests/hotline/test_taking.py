"""A call is written down once, however often it is sent; who it may be; what follows from it."""

import datetime
import json
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from hotline import taking
from hotline.models import Call, CallDraft, CallReferral, CallScript, HandOver
from legalaid import taking_in
from legalaid.models import ConsentText, Intake
from sanasezim import starting_content
from sanasezim.shared.access_log import Action
from sanasezim.shared.languages import CODES
from sanasezim.shared.models import AccessEntry
from tests import make

pytestmark = pytest.mark.django_db

SCREEN = "/staff/hotline/call/add/"
SIMPLE = {
    **{"language": "uz", "group": "in_kazakhstan", "relation": "self", "sex": "male"},
    **{"citizenship": "UZ", "safety": "none", "outcome": "informed", "heard_from": "booklet"},
}


@pytest.fixture
def desk(client, operator):
    client.force_login(operator)
    return client


def write(client, do="save", **more):
    return client.post(SCREEN, SIMPLE | {"token": str(uuid.uuid4()), "do": do} | more)


# Writing it down


def test_a_simple_call_keeps_every_answer(desk, operator):
    topic, booklet = make.topic(), make.version().edition.publication

    answer = write(
        desk,
        phone="+998901234567",
        caller_name="Гуля",
        topics=topic.pk,
        booklets=booklet.pk,
        age="17",
        elapsed="24",
        notes="Не платят.",
        referred_in=["police", "ngo"],
    )

    assert answer.status_code == 302, answer.context["form"].errors
    call = Call.objects.get()
    assert (call.answered_by, call.entered_by, call.kind, call.channel) == (
        *(operator, None, "data", "phone"),
    )
    assert (call.phone, call.caller_name, call.notes) == ("+998901234567", "Гуля", "Не платят.")
    assert {name: getattr(call, name) for name in SIMPLE if name != "safety"} == {
        name: value for name, value in SIMPLE.items() if name != "safety"
    }
    assert (call.in_danger, call.is_held, call.can_speak) == ("no", "no", "yes")
    assert (call.minor, call.seconds, call.referred_in) == ("yes", 24, ["police", "ngo"])
    assert (list(call.topics.all()), list(call.booklets.all())) == ([topic], [booklet])
    assert 23 <= (timezone.now() - call.started_at).total_seconds() < 60
    assert AccessEntry.objects.filter(action=Action.ADD, what_id=call.pk).exists()


def test_what_was_not_asked_is_not_stated(desk):
    desk.post(SCREEN, {"token": str(uuid.uuid4()), "do": "save"})

    call = Call.objects.get()
    names = ["sex", "minor", "citizenship", "relation", "in_danger", "can_speak", "heard_from"]
    assert {getattr(call, name) for name in names} == {""}
    assert call.age is None


def test_sent_twice_is_one_call(desk):
    token = str(uuid.uuid4())

    for _time in range(2):
        assert write(desk, token=token, phone="+998901234567").status_code == 302

    assert Call.objects.count() == 1


@pytest.mark.parametrize("kind", ["silent", "wrong", "joke", "test"])
def test_no_call_about_something_is_one_key_and_counted_apart(desk, kind):
    answer = desk.post(
        SCREEN, {"token": str(uuid.uuid4()), "outcome": "informed", "kind_by_key": kind}
    )

    assert answer.status_code == 302
    call = Call.objects.get()
    assert (call.kind, call.outcome) == (kind, "")


def test_bad_input_loses_nothing_that_was_typed(desk):
    answer = write(desk, age="900", notes="Длинный рассказ", safety=["none", "in_danger"])

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Длинный рассказ" in page
    assert not Call.objects.exists()
    assert {"age", "safety"} <= set(answer.context["form"].errors)


def test_a_call_from_paper_is_written_down_for_a_colleague(desk, operator):
    colleague = make.user("operator")

    write(
        desk,
        started_at_0="2026-11-20",
        started_at_1="14:30",
        answered_by=colleague.pk,
        elapsed="40",
    )

    call = Call.objects.get()
    assert (call.answered_by, call.entered_by, call.seconds) == (colleague, operator, None)
    assert timezone.localtime(call.started_at).strftime("%d.%m %H:%M") == "20.11 14:30"
    assert call.entered_at.date() >= call.started_at.date()


def test_a_call_does_not_come_from_tomorrow(desk):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)

    answer = write(desk, started_at_0=tomorrow.isoformat(), started_at_1="10:00")

    assert answer.status_code == 422
    assert "started_at" in answer.context["form"].errors


def test_the_next_call_has_the_office_and_project_of_the_last(desk, operator):
    office, project = make.office(), make.project()
    ended = make.project(starts_on="2020-01-01", ends_on="2020-12-31")
    make.call(operator, office=office, project=project, channel="visit")

    initial = desk.get(SCREEN).context["form"].initial

    assert (initial["office"], initial["project"], initial["channel"]) == (
        *(office.pk, project.pk, "visit"),
    )
    make.call(operator, project=ended)
    assert desk.get(SCREEN).context["form"].initial["project"] is None


def test_the_screen_and_the_sheet_ask_the_same(desk):
    make.topic()
    make.call_script(uz="Xavfsizmisiz?", ru="Вы в безопасности?")

    screen = desk.get(SCREEN).content.decode()
    sheet = desk.get(reverse("admin:hotline_call_paper")).content.decode()

    for form in [screen, sheet]:
        assert "Зарплата" in form
        with translation.override("ru"):
            for choice in Call.Heard.choices:
                assert str(choice[1]) in form
    assert 'lang="uz-Latn"' in screen


# Who it may be


def known(client, phone="", name=""):
    answer = client.post(reverse("admin:hotline_call_known"), {"phone": phone, "caller_name": name})
    assert answer.status_code == 200
    return answer.context["known"]


@pytest.mark.parametrize(
    "phone", ["+998 90 123-45-67", "998901234567", "90 123 45 67", "8 10 998 90 1234567"]
)
def test_the_same_caller_is_known_however_the_number_is_written(desk, phone):
    call = make.call(phone="+998901234567", caller_name="")

    assert known(desk, phone).calls == [call]


@pytest.mark.parametrize("name", ["Юлдашев", "Yo‘ldoshev", "Yuldashev", "Йўлдошев"])
def test_the_same_caller_is_known_however_the_name_is_written(desk, name):
    call = make.call(phone="", caller_name="Юлдашев Акмаль")

    found = known(desk, "", name)

    assert (found.calls, found.by_name) == ([], [call])


def test_of_a_request_with_us_is_said_that_it_is_open_and_nothing_else(desk, lawyer):
    case = make.case(lawyer=lawyer, people=[make.person(phones="+998901234567")])
    make.intake(
        contact="+998901234567", story="Тайная история", is_anonymous=False, consent=make.consent()
    )
    make.intake(contact="+998900000000")

    answer = desk.post(reverse("admin:hotline_call_known"), {"phone": "+998901234567"})

    page = answer.content.decode()
    assert len(answer.context["known"].requests) == 2
    assert lawyer.username in page
    for secret in ["Тайная", case.reference, "R-", "Ахмедов"]:
        assert secret not in page


def test_a_closed_request_is_not_said(desk):
    case = make.case(people=[make.person(phones="+998901234567")])
    make.outcome(case)
    type(case).objects.filter(pk=case.pk).update(closed_on=timezone.localdate())

    assert known(desk, "+998901234567").requests == []


def test_looking_a_number_up_is_written_down_without_it(desk, operator):
    make.call(phone="+998901234567")

    known(desk, "+998901234567")

    entry = AccessEntry.objects.get(action=Action.SEARCH)
    assert (entry.who, entry.what, entry.rows) == (operator, "hotline.call", 1)


def test_without_a_script_the_number_is_looked_up_and_what_was_typed_stays(desk):
    call = make.call(phone="+998901234567")

    answer = write(desk, do="look_up", phone="90 123 45 67", notes="Рассказ", age="900")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.context["known"].calls == [call]
    assert "Рассказ" in page
    assert 'value="900"' in page
    assert 'name="language" value="uz" id="id_language_2" checked' in page
    assert Call.objects.count() == 1


# Drafts


def keep(client, token, **answers):
    return client.post(
        reverse("admin:hotline_call_draft"), SIMPLE | answers | {"token": str(token)}
    )


def test_a_call_that_was_not_finished_is_offered_again(desk):
    token, topic = uuid.uuid4(), make.topic()
    keep(desk, token, phone="+998901234567", notes="Начал рас", topics=topic.pk)
    kept = keep(desk, token, phone="+998901234567", notes="Начал рассказ", topics=topic.pk)
    assert kept.json()["kept"]

    page = desk.get(SCREEN)
    [(draft, number)] = page.context["drafts"]
    assert number == "•••67"
    assert "1234567" not in page.content.decode()
    again = desk.post(SCREEN, {"do": "resume", "draft": draft.pk})

    form = again.context["form"]
    assert "Начал рассказ" in again.content.decode()
    assert form.initial["topics"] == [str(topic.pk)]
    assert str(form["token"].value()) == str(token)
    write(desk, token=str(token), notes="Начал рассказ")
    assert not CallDraft.objects.exists()
    assert keep(desk, token, notes="zu spät").json() == {"kept": ""}
    assert not CallDraft.objects.exists()


def test_a_draft_is_sealed_and_its_writers_own(desk, client):
    keep(desk, token := uuid.uuid4(), notes="Тайная история")

    draft = CallDraft.objects.get()
    stored = CallDraft.objects.filter(pk=draft.pk).values_list("answers", flat=True)[0]
    assert "Тайная".encode() not in bytes(stored)
    assert dict(json.loads(draft.answers))["notes"] == "Тайная история"
    client.force_login(make.user("operator"))
    assert client.get(SCREEN).context["drafts"] == []
    assert client.post(SCREEN, {"do": "resume", "draft": draft.pk}).status_code == 302
    assert keep(client, token, notes="чужое").json() == {"kept": ""}


def test_a_draft_is_thrown_away_by_its_writer_or_after_days(desk):
    for _number in range(2):
        keep(desk, uuid.uuid4(), notes="Начало")
    first, second = CallDraft.objects.all()

    desk.post(SCREEN, {"do": "discard", "draft": first.pk})
    CallDraft.objects.filter(pk=second.pk).update(
        touched_at=timezone.now() - datetime.timedelta(days=4)
    )

    assert desk.get(SCREEN).context["drafts"] == []
    assert taking.forget_old_drafts() == 1


# Into legal aid


def test_one_act_makes_a_request_of_a_call(desk, operator):
    ConsentText.objects.create(version=1, language="uz", body="Roziman.")
    topic = make.topic()
    answer = write(
        desk,
        do="help",
        phone="+998901234567",
        caller_name="Юлдашев",
        notes="Не платят",
        topics=topic.pk,
        safety=["is_held", "not_say_who"],
    )
    call = Call.objects.get()
    assert answer["Location"] == reverse("admin:hotline_call_help", args=[call.pk])

    page = desk.get(answer["Location"])
    assert "Roziman." in page.content.decode()
    asked = {name: value or "" for name, value in page.context["form"].initial.items()}
    taken = desk.post(answer["Location"], asked | {"agreed": "spoken"})

    intake, call = Intake.objects.get(), Call.objects.get()
    assert (call.intake, call.outcome) == (intake, "intake")
    assert (intake.channel, intake.entered_by, intake.story) == ("phone", operator, "Не платят")
    assert (intake.contact, intake.may_say_who, intake.language) == ("+998901234567", "no", "uz")
    assert (list(intake.topics.all()), intake.consent.how) == ([topic], "spoken")
    code = taken.context["code"].replace(" ", "")
    assert intake.reference in taken.content.decode()
    assert taking_in.is_code_of(intake, code)
    assert intake.code_was_spoken, "it must be changed when it is first used"
    again = desk.post(answer["Location"], asked | {"agreed": "spoken"})
    assert Intake.objects.count() == 1
    assert again.context["intake"] == intake


def test_whoever_does_not_agree_is_taken_in_without_name_and_number(desk):
    call = make.call(caller_name="Юлдашев", phone="+998901234567", notes="Не платят")
    address = reverse("admin:hotline_call_help", args=[call.pk])

    desk.post(address, {"agreed": "anonymous", "story": "Не платят", "contact": "+998901234567"})

    intake = Intake.objects.get()
    assert (intake.is_anonymous, intake.contact, intake.speaker_name) == (True, "", "")


# To a colleague


def test_a_call_is_passed_on_as_it_is_written_down_and_taken_by_one(client, desk, lawyer):
    write(desk, forwarded_to=["lawyer"], safety=["in_danger"], notes="Просит юриста")
    call, given = Call.objects.get(), HandOver.objects.get()
    assert (call.outcome, call.forwarded_to) == ("passed_on", ["lawyer"])
    assert (given.colleague, given.is_urgent) == ("lawyer", True)
    page = reverse("admin:hotline_handover_change", args=[given.pk])

    client.force_login(lawyer)
    assert page in client.get("/staff/").content.decode()
    assert "Просит юриста" not in client.get(page).content.decode()
    client.post(reverse("admin:hotline_handover_accept", args=[given.pk]))

    mine = client.get(page).content.decode()
    assert "Просит юриста" in mine
    assert page not in client.get("/staff/").content.decode()
    client.force_login(make.user("lawyer"))
    assert client.get(page).status_code == 302, "it is somebody else's now"
    with pytest.raises(ValidationError):
        taking.accept(given, by=make.user("lawyer"))


def test_a_call_for_a_psychologist_is_not_offered_to_a_lawyer(lawyer, specialist):
    given = make.hand_over(colleague="psychologist")
    named = make.hand_over(colleague="lawyer", to=make.user("lawyer"))

    assert list(HandOver.objects.visible_to(specialist)) == [given]
    assert list(HandOver.objects.visible_to(lawyer)) == []
    assert list(HandOver.objects.visible_to(named.to)) == [named]


def test_a_call_waits_once_for_each_kind_of_colleague(operator):
    call = make.call()

    first = taking.hand_over(call, "lawyer", by=operator)
    second = taking.hand_over(call, "lawyer", by=operator, urgent=True)

    assert first == second
    call.refresh_from_db()
    assert call.forwarded_to == ["lawyer"]


# To a partner


def test_partners_are_found_by_need_place_and_language(desk):
    shelter = make.service_kind("shelter", ru="Приют")
    fits = make.taking_partner("Дом тепла", services=[shelter], languages=["uz"])
    away = make.taking_partner("Клиника", services=[make.service_kind()], languages=["ru"])
    make.partner()
    address = reverse("admin:hotline_call_partners", args=[make.call(language="uz").pk])

    found = desk.post(address, {"service": shelter.pk, "language": "uz"}).context["found"]
    by_name = desk.post(address, {"words": "клиник"}).context["found"]
    away.desk.places = "Шымкент, Сайрам"
    away.desk.save()
    near = desk.post(address, {"place": "Sayram"}).context["found"]
    far = desk.post(address, {"place": "Алматы"}).context["found"]

    assert [(partner, fit) for _name, partner, _desk, fit in found] == [(fits, True), (away, False)]
    assert [partner for _name, partner, *_rest in by_name] == [away]
    # One that says no place serves everywhere, after those who say this one.
    assert [(partner, fit) for _name, partner, _desk, fit in near] == [(away, True), (fits, True)]
    assert [(partner, fit) for _name, partner, _desk, fit in far] == [(fits, True), (away, False)]


def test_a_partner_is_told_only_with_consent(desk, operator):
    call, partner = make.call(outcome="informed"), make.taking_partner()
    address = reverse("admin:hotline_call_refer", args=[call.pk])

    desk.post(address, {"partner": partner.pk, "how": "spoken", "kind": "ngo"})
    desk.post(address, {"partner": partner.pk, "how": "self"})

    referral = CallReferral.objects.get()
    assert (referral.we_tell_them, referral.consent_how) == (True, "spoken")
    call.refresh_from_db()
    assert (call.referred_out, call.outcome) == (["ngo"], "referred")
    with pytest.raises(ValidationError):
        taking.refer(make.call(), partner, by=operator, we_tell_them=True)


def test_booklets_are_sent_in_the_callers_language_without_our_name(desk):
    booklet = make.version("ru", title="Не заплатили").edition.publication
    make.edition("uz", publication=booklet, title="Toʻlashmadi")
    call = make.call(language="uz")
    call.booklets.add(booklet)

    page = desk.get(reverse("admin:hotline_call_next", args=[call.pk]))

    [ready] = page.context["booklets"]
    assert ready.code == booklet.code
    assert ready.text.startswith("Toʻlashmadi\nhttp")
    assert f"/uz/library/{booklet.slug}/" in ready.text
    assert "Sana" not in ready.text
    assert "wa.me" in ready.whatsapp


# Only those of the line


@pytest.mark.parametrize("name", ["known", "draft", "ringing", "take"])
def test_what_the_screen_asks_is_answered_to_operators_only(client, lawyer, name):
    client.force_login(lawyer)

    assert client.post(reverse(f"admin:hotline_call_{name}")).status_code == 403


def test_a_calls_own_page_shows_who_calls_masked(desk):
    call = make.call(caller_name="Юлдашев Акмаль", phone="+998901234567", notes="Рассказ")

    page = desk.get(reverse("admin:hotline_call_change", args=[call.pk])).content.decode()

    assert "Рассказ" in page
    assert "•••67" in page
    assert "Юлдашев" not in page
    assert 'type="checkbox" name="referred_out" value="police"' in page


def test_what_to_say_first_is_there_in_every_language_and_for_every_sign():
    starting_content.load()

    scripts = CallScript.objects.prefetch_related("texts")

    assert {script.when for script in scripts} == set(CallScript.When.values)
    for script in scripts:
        assert {text.language for text in script.texts.all()} == set(CODES), script.code
