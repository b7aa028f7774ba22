"""Coming back to a request: only with both numbers, and with nothing told to those who guess."""

import datetime
import re
import statistics
import time

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from legalaid import coming_back, erasure, holding, slips, taking_in, visits
from legalaid.models import Case, Consent, Intake, Message
from sanasezim import starting_content
from sanasezim.shared import access_log, codes
from sanasezim.shared.languages import CODES
from sanasezim.shared.models import AccessEntry, Counter
from tests import make
from tests.legalaid.test_asking import photo, shown, slip_on, text_of

CODE = "123456789012"
WRONG = "210987654321"
STORY = "Канарейка-5512 сорок дней без зарплаты"


@pytest.fixture(scope="module", autouse=True)
def house(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        starting_content.load()
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(coming_back, "SLOWEST", 0)


pytestmark = pytest.mark.django_db


@pytest.fixture
def intake():
    return asked()


def asked(code=CODE, consent=True, **fields):
    salt = codes.new_salt()
    agreed = Consent.objects.create(text=_wording(), how="ticked") if consent else None
    return make.intake(
        code_salt=salt,
        code_digest=codes.digest(taking_in.CODE_PURPOSE, code, salt),
        story=STORY,
        is_anonymous=not consent,
        consent=agreed,
        unanswered_since=timezone.now(),
        **fields,
    )


def _wording():
    from legalaid.models import ConsentText

    return ConsentText.objects.get(language="ru")


def enter(client, reference, code=CODE, language="ru", **more):
    slip = slip_on(client.get(f"/{language}/help/status/"))
    typed = {"slip": slip, "reference": str(reference), "code": code}
    return client.post(f"/{language}/help/status/", typed | more)


@pytest.fixture
def inside(client, intake):
    """Somebody who is on their own page."""
    assert enter(client, intake).status_code == 303
    return client


def own_page(client, language="ru"):
    page = client.get(f"/{language}/help/status/")
    assert page.status_code == 200
    return page


def slip_for(page, step):
    pattern = rf'action="/\w[\w-]*/help/status/{step}/".*?name="slip" value="([^"]+)"'
    return re.search(pattern, text_of(page), re.DOTALL)[1]


def act(client, step, language="ru", **typed):
    slip = slip_for(own_page(client, language), step)
    return client.post(f"/{language}/help/status/{step}/", {"slip": slip} | typed)


def is_in(client):
    return 'action="/ru/help/status/write/"' in text_of(client.get("/ru/help/status/"))


# The door


@pytest.mark.parametrize("language", CODES)
def test_the_door_is_light_and_leaves_nothing(client, language):
    page = client.get(f"/{language}/help/status/")

    assert page.status_code == 200 and not page.cookies
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_both_numbers_open_the_page_and_stand_in_no_address(client, intake):
    answer = enter(client, intake)

    assert answer.status_code == 303 and answer.headers["Location"] == "/ru/help/status/"
    cookie = answer.cookies[visits.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and not cookie["max-age"]
    for secret in (CODE, intake.reference):
        assert secret not in cookie.value
    html = text_of(own_page(client))
    assert intake.reference in html and STORY not in html and CODE not in html
    assert intake.reference not in re.search("<title>(.*?)</title>", html)[1]


@pytest.mark.parametrize(
    "typed", ["{}", "{} ", "lower", "no dashes", "without the letter", "cyrillic", "spaces"]
)
def test_a_reference_may_be_typed_in_many_ways(client, typed):
    intake = asked(reference="R-ACE-HKM")
    reference = {
        "lower": "r-ace-hkm",
        "no dashes": "RACEHKM",
        "without the letter": "ACE HKM",
        "cyrillic": "Р-АСЕ-НКМ",
        "spaces": " R A C E  H K M ",
    }.get(typed, typed.format(intake.reference))

    assert enter(client, reference, "1234 5678-9012").status_code == 303


def without_slip(page):
    return re.sub(r'name="slip" value="[^"]+"', "", text_of(page))


def test_whatever_is_wrong_the_answer_is_the_same(client, intake, director):
    erased = asked(reference="R-ACE-HKM")
    erasure.erase(erased, by=director)
    empty = make.intake(reference="R-ACE-HKN")
    assert not bytes(empty.code_digest)

    answers = []
    for reference, code in [
        (intake, WRONG),
        ("R-AAA-AAA", CODE),
        (erased, CODE),
        (empty, CODE),
        ("R-AAA-AAA", WRONG),
    ]:
        page = enter(Client(), reference, code)
        assert page.status_code == 200 and not page.cookies
        html = without_slip(page).replace(str(reference), "").replace(code, "")
        answers.append((page.status_code, html))

    assert len(set(answers)) == 1


def test_whatever_is_wrong_it_takes_one_hash(client, intake, director, monkeypatch):
    hashed = []
    digest = codes.digest
    monkeypatch.setattr(codes, "digest", lambda *given: hashed.append(given) or digest(*given))
    erased = asked(reference="R-ACE-HKM")
    erasure.erase(erased, by=director)
    hashed.clear()

    for number, (reference, code) in enumerate(
        [(intake, WRONG), ("R-AAA-AAA", CODE), (erased, CODE), (intake, CODE)], 1
    ):
        enter(Client(), reference, code)
        assert len(hashed) == number
    for _try in range(6):  # more than a reference has: still one each
        enter(Client(), intake, WRONG)
    assert len(hashed) == 10


def test_the_time_tells_nothing(client, intake, settings):
    settings.STATUS_TRIES_OF_ADDRESS = (10_000, 1)
    taken = {"there": [], "not there": []}
    for _try in range(25):
        for kind, reference in [("there", intake), ("not there", "R-AAA-AAA")]:
            slip = slips.seal("enter")
            started = time.process_time()
            client.post(
                "/ru/help/status/", {"slip": slip, "reference": str(reference), "code": WRONG}
            )
            taken[kind].append(time.process_time() - started)

    there, not_there = map(statistics.median, taken.values())
    # As a share, on a busy machine; one hash more or less would be nearly all of it.
    assert abs(there - not_there) < 0.3 * there


def test_a_typing_mistake_is_said_and_costs_no_try(client, intake):
    for code in ["12345", "1234 5678 901x", "", "1234567890123"]:
        page = enter(client, intake, code)
        assert "12 цифр" in text_of(page) and not page.cookies

    assert not Counter.objects.exists()
    assert enter(client, intake).status_code == 303


# Guessing


def pass_time(minutes):
    Counter.objects.update(ends_at=F("ends_at") - datetime.timedelta(minutes=minutes))


def test_a_reference_has_few_tries_from_wherever_they_come(intake):
    for address in range(4):
        enter(Client(REMOTE_ADDR=f"10.0.0.{address}"), intake, WRONG)

    right = enter(Client(REMOTE_ADDR="10.0.0.99"), intake)
    assert right.status_code == 200 and not right.cookies
    tries = _tries_of_an_hour(lambda: _spend_reference(intake))
    assert tries <= 10


def _spend_reference(intake):
    return coming_back._may_try(intake.reference, "10.0.0.7") is not None


def _tries_of_an_hour(spend):
    """How many of a try a second, over an hour, are let through."""
    Counter.objects.all().delete()
    through = 0
    for _minute in range(60):
        through += sum(spend() for _try in range(3))
        pass_time(1)
    return through


def test_even_with_an_address_known_there_are_ten_an_hour(intake):
    from sanasezim.shared import limits

    def spend():
        limits.count(coming_back.KNOWN_HERE, f"{intake.reference} 10.0.0.7", coming_back.DAY)
        return _spend_reference(intake)

    assert _tries_of_an_hour(spend) <= 10


def test_the_owner_gets_in_a_quarter_of_an_hour_after_an_attack(client, intake):
    for address in range(60):
        enter(Client(REMOTE_ADDR=f"10.0.0.{address}"), intake, WRONG)
    assert enter(client, intake).status_code == 200

    pass_time(15)

    assert enter(client, intake).status_code == 303


def test_from_where_it_was_opened_before_an_attack_locks_nobody_out(client, intake):
    assert enter(client, intake).status_code == 303
    for address in range(20):
        enter(Client(REMOTE_ADDR=f"10.0.0.{address}"), intake, WRONG)

    assert enter(Client(), intake).status_code == 303
    assert enter(Client(REMOTE_ADDR="10.0.0.77"), intake).status_code == 200


def test_an_address_has_few_tries_and_good_ones_cost_nothing(client, settings):
    settings.STATUS_TRIES_OF_ADDRESS = (3, 240)
    many = [asked() for _one in range(8)]

    assert all(enter(Client(), one).status_code == 303 for one in many[:6])
    for _try in range(3):
        enter(Client(), "R-AAA-AAA", CODE)
    assert enter(Client(), many[6]).status_code == 200
    assert enter(Client(REMOTE_ADDR="10.0.0.5"), many[6]).status_code == 303
    forged = Client(headers={"x-forwarded-for": "10.9.9.9"})
    assert enter(forged, many[7]).status_code == 200


def test_wrong_tries_grow_slower(intake, monkeypatch):
    slept = []
    monkeypatch.setattr(coming_back, "SLOWEST", 1.0)
    monkeypatch.setattr(coming_back.time, "sleep", slept.append)
    for _try in range(8):
        enter(Client(), "R-AAA-AAA", CODE)

    assert slept[:4] == [0] * 4 and slept == sorted(slept) and slept[-1] > 0.3


# Being in


def test_the_door_shuts_after_twenty_minutes_and_keeps_what_was_written(inside, intake, settings):
    page = own_page(inside)
    settings.VISIT_SECONDS = -1
    typed = {"slip": slip_for(page, "write"), "text": "Длинное письмо"}
    shut = inside.post("/ru/help/status/write/", typed)

    assert not Message.objects.exists()
    assert "Длинное письмо" not in text_of(shut) and 'name="unsent"' in text_of(shut)
    settings.VISIT_SECONDS = 1200
    unsent = re.search(r'name="unsent" value="([^"]+)"', text_of(shut))[1]
    again = inside.post(
        "/ru/help/status/",
        {"slip": slip_on(shut), "reference": str(intake), "code": CODE, "unsent": unsent},
    )
    assert "Длинное письмо" in text_of(again)


def test_leaving_is_for_good(inside):
    cookie = inside.cookies[visits.COOKIE].value
    left = act(inside, "leave")

    assert left.status_code == 303 and "Clear-Site-Data" in left.headers
    assert left.cookies[visits.COOKIE].value == "" and not is_in(inside)
    thief = Client()
    thief.cookies[visits.COOKIE] = cookie
    assert not is_in(thief)


def test_the_quick_way_out_is_for_good(inside):
    cookie = inside.cookies[visits.COOKIE].value
    inside.get("/exit/")

    thief = Client()
    thief.cookies[visits.COOKIE] = cookie
    assert not is_in(inside) and not is_in(thief)


def test_a_reader_who_leaves_gets_no_cookie(client):
    assert not client.get("/exit/").cookies


def test_a_form_of_another_page_is_refused(inside, client):
    other = asked()
    stranger = Client()
    enter(stranger, other)
    foreign = slip_for(own_page(stranger), "rights")

    for slip in [foreign, "", slips.seal("rights"), slip_for(own_page(inside), "write")]:
        answer = inside.post(
            "/ru/help/status/rights/", {"slip": slip, "wish": "erase", "sure": "yes"}
        )
        assert answer.status_code == 403
    assert not Intake.objects.exclude(erasure_wished_at=None)


def test_reading_changes_nothing(inside, intake):
    before = Intake.objects.filter(pk=intake.pk).values().get()
    for address in ["", "write/", "contact/", "rights/", "code/", "saved/", "leave/", "receipt/"]:
        assert inside.get(f"/ru/help/status/{address}").status_code in (200, 303)

    assert Intake.objects.filter(pk=intake.pk).values().get() == before and is_in(inside)


def test_erased_means_out(inside, intake, director):
    erasure.erase(intake, by=director)

    assert not is_in(inside)


def test_the_page_costs_few_queries_and_bytes(
    inside, intake, lawyer, django_assert_max_num_queries
):
    import gzip

    for number in range(5):
        Message.objects.create(intake=intake, text="Ответ " * 20, written_by=lawyer, language="ru")
        Message.objects.create(intake=intake, text=f"Вопрос {number}")
    with django_assert_max_num_queries(25):
        page = own_page(inside)

    assert len(gzip.compress(page.content)) <= 10_000
    assert page.headers["Cache-Control"] == "no-store"


# Talking


def test_messages_go_both_ways(inside, intake, lawyer):
    Intake.objects.filter(pk=intake.pk).update(unanswered_since=None)
    ours = Message.objects.create(
        intake=intake, text="Принесите договор.", written_by=lawyer, language="ru"
    )
    assert "Принесите договор." in text_of(own_page(inside))

    answer = act(inside, "write", text="Договора не было.")

    assert answer.status_code == 303
    theirs = Message.objects.get(written_by=None)
    assert (theirs.text, theirs.language) == ("Договора не было.", "ru")
    intake.refresh_from_db()
    ours.refresh_from_db()
    assert intake.unanswered_since and ours.read_at
    html = text_of(own_page(inside))
    assert "Договора не было." not in html and "Вы написали" in html


def test_entering_marks_our_answers_read(client, intake, lawyer):
    ours = Message.objects.create(intake=intake, text="Ответ", written_by=lawyer)
    enter(client, intake)

    ours.refresh_from_db()
    assert ours.read_at


def test_a_message_gives_the_turn_to_us(inside, intake, lawyer):
    case = make.case(lawyer=lawyer, turn=Case.Turn.CLIENT)
    Intake.objects.filter(pk=intake.pk).update(
        case=case, decision="accepted", decided_at=timezone.now(), decided_by=lawyer
    )
    act(inside, "write", text="Вот ответ")

    case.refresh_from_db()
    assert case.turn == Case.Turn.OURS


def test_a_message_sent_twice_is_one(inside):
    slip = slip_for(own_page(inside), "write")
    for text in ["Когда ответ?", "Когда ответ?", "Когда же ответ?"]:
        inside.post("/ru/help/status/write/", {"slip": slip, "text": text})

    assert Message.objects.count() == 2


def test_files_can_follow(inside, intake):
    answer = act(inside, "write", text="", files=[photo()])

    assert answer.status_code == 303 and intake.documents.get().title == "фото.jpg"
    from django.core.files.uploadedfile import SimpleUploadedFile

    bad = act(inside, "write", text="", files=[SimpleUploadedFile("a.html", b"<html>")])
    assert bad.status_code == 200 and "a.html" in text_of(bad)
    assert intake.documents.count() == 1


def test_nothing_is_no_message(inside):
    page = act(inside, "write", text=" ")

    assert "error-summary" in text_of(page) and not Message.objects.exists()


def test_too_many_messages_wait(inside, settings):
    settings.MESSAGES_PER_HOUR = 1
    act(inside, "write", text="раз")
    page = act(inside, "write", text="два")

    assert page.status_code == 200 and "два" in text_of(page) and Message.objects.count() == 1


# What is kept


def test_another_number_is_taken_and_the_old_one_is_nowhere(inside, intake):
    act(inside, "contact", contact_by="phone", contact="+77015550011")
    act(inside, "contact", contact_by="telegram", contact="@gulya", contact_when="ночью")
    page = act(inside, "contact", contact_when="утром")

    assert page.status_code == 303
    intake.refresh_from_db()
    assert (intake.contact_by, intake.contact, intake.contact_when) == (
        "telegram",
        "@gulya",
        "утром",
    )
    assert "@gulya" not in text_of(own_page(inside))
    act(inside, "contact", contact_by="none")
    intake.refresh_from_db()
    assert (intake.contact_by, intake.contact, intake.contact_when) == ("none", "", "")


def test_who_is_anonymous_agrees_before_a_number_is_kept(client):
    intake = asked(consent=False)
    enter(client, intake)
    refused = act(client, "contact", contact_by="phone", contact="+77015550011")

    assert 'href="#id_agree"' in text_of(refused)
    act(client, "contact", contact_by="phone", contact="+77015550011", agree="on")
    intake.refresh_from_db()
    assert intake.contact == "+77015550011" and not intake.is_anonymous
    assert intake.consent.text == _wording()


def test_a_consent_can_be_taken_back(inside, intake):
    intake.contact, intake.speaker_name, intake.contact_by = "+77011112233", "Гуля", "phone"
    intake.save()
    refused = act(inside, "rights", wish="withdraw")
    assert "id_sure" in text_of(refused)
    act(inside, "rights", wish="withdraw", sure="yes")

    intake.refresh_from_db()
    assert intake.consent.withdrawn_at and intake.is_anonymous
    assert (intake.contact, intake.speaker_name, intake.contact_by) == ("", "", "none")
    assert intake.story == STORY


def test_everything_can_be_asked_to_go_and_to_stay_after_all(inside, intake):
    act(inside, "rights", wish="erase", sure="yes")
    intake.refresh_from_db()
    assert intake.erasure_wished_at and intake.consent.withdrawn_at
    assert "Данные удаляются" in text_of(own_page(inside))

    act(inside, "rights", wish="keep")
    intake.refresh_from_db()
    assert intake.erasure_wished_at is None


def test_it_says_how_many_opened_it_and_in_which_roles(inside, intake, lawyer, director):
    case = make.case(lawyer=lawyer)
    Intake.objects.filter(pk=intake.pk).update(
        case=case, decision="accepted", decided_at=timezone.now(), decided_by=lawyer
    )
    for _look in range(3):
        make.look(lawyer, intake)
    make.look(director, case)
    make.look(make.user("lawyer"), make.intake())

    html = text_of(own_page(inside))
    assert "юрист: 1" in html and "директор: 1" in html
    assert lawyer.username not in html


def test_what_is_kept_is_told_without_telling_it(inside, intake):
    intake.contact, intake.speaker_name, intake.place = "+77011112233", "Гульнара Саидова", "Самал"
    intake.save()
    html = text_of(own_page(inside))

    assert "•••33" in html and "Г. С." in html
    for told in [STORY, "Саидова", "Самал", "77011112233"]:
        assert told not in html


def test_a_paper_for_others_says_only_that_and_when(inside, intake):
    html = text_of(inside.get("/ru/help/status/receipt/"))

    assert intake.reference in html and STORY not in html
    assert Client().get("/ru/help/status/receipt/").status_code == 303


def test_only_what_staff_put_there_can_be_fetched(inside, intake, lawyer):
    from legalaid import papers

    mine = papers.take_in_file(photo(), intake=intake)
    for_them = papers.take_in_file(photo(size=(90, 60)), intake=intake, by=lawyer)
    others = papers.take_in_file(photo(), intake=make.intake(), by=lawyer)
    for document in (for_them, others):
        document.is_for_applicant = True
        document.save()

    assert inside.get(f"/ru/help/status/file/{mine.pk}/").status_code == 404
    assert inside.get(f"/ru/help/status/file/{others.pk}/").status_code == 404
    file = inside.get(f"/ru/help/status/file/{for_them.pk}/")
    assert b"".join(file.streaming_content).startswith(b"\xff\xd8\xff")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert file.headers["Cache-Control"] == "no-store"
    assert AccessEntry.objects.about(intake).get(action="download").who is None
    assert Client().get(f"/ru/help/status/file/{for_them.pk}/").status_code == 303


def test_papers_of_a_case_with_others_in_it_are_not_for_one(inside, intake, lawyer):
    case = make.case(lawyer=lawyer)
    accepted = {
        "case": case,
        "decision": "accepted",
        "decided_at": timezone.now(),
        "decided_by": lawyer,
    }
    Intake.objects.filter(pk=intake.pk).update(**accepted)
    intake.refresh_from_db()
    from legalaid import papers

    paper = papers.take_in_file(photo(), case=case, by=lawyer)
    paper.is_for_applicant = True
    paper.save()
    assert list(coming_back.papers_for(intake)) == [paper]

    make.intake(**accepted)
    assert list(coming_back.papers_for(intake)) == []


# Codes


def test_a_code_that_was_spoken_is_changed_before_anything_else(client):
    intake = asked(code_was_spoken=True)
    enter(client, intake)
    page = own_page(client)

    assert 'action="/ru/help/status/write/"' not in text_of(page)
    assert client.get("/ru/help/status/receipt/").status_code == 303
    new = shown(page)[1].replace(" ", "")
    # Not saved yet: the line may have been cut, so the first code still opens the door.
    assert enter(Client(), intake).status_code == 303
    client.post("/ru/help/status/code/", {"slip": slip_on(page), "saved": "yes"})

    assert is_in(client)
    assert enter(Client(), intake, new).status_code == 303
    assert enter(Client(), intake, CODE).status_code == 200


def test_the_new_code_is_saved_however_often_it_is_sent(client):
    intake = asked(code_was_spoken=True)
    enter(client, intake)
    page = own_page(client)
    new = shown(page)[1].replace(" ", "")
    for _press in range(2):
        client.post("/ru/help/status/code/", {"slip": slip_on(page), "saved": "yes"})

    intake.refresh_from_db()
    assert taking_in.is_code_of(intake, new) and not intake.code_was_spoken


def test_a_new_code_shuts_every_other_open_page(inside, intake):
    other = Client()
    enter(other, intake)
    page = act(inside, "code")
    inside.post("/ru/help/status/code/", {"slip": slip_on(page), "saved": "yes"})

    assert is_in(inside) and not is_in(other)


# Where it stands


def step(intake):
    return coming_back.standing_of(Intake.objects.select_related("case").get(pk=intake.pk)).step


def test_each_step_has_its_words(intake, lawyer):
    assert step(intake) == "received"
    make.look(lawyer, intake)
    assert step(intake) == "reading"
    Message.objects.create(intake=intake, text="Ответ", written_by=lawyer)
    intake.unanswered_since = None
    intake.save()
    assert step(intake) == "answered"
    decided = {"decided_at": timezone.now(), "decided_by": lawyer}
    for decision, more, expected in [
        ("answered", {}, "answered"),
        ("referred", {}, "partner"),
        ("declined", {"decline_reason": "not_ours"}, "ended"),
        ("junk", {}, "ended"),
    ]:
        one = asked(decision=decision, **decided, **more)
        assert step(one) == expected, decision
    case = make.case(lawyer=lawyer)
    taken = asked(decision="accepted", case=case, **decided)
    assert step(taken) == "taken"
    repeated = asked(decision="duplicate", same_as=taken, **decided)
    assert step(repeated) == "taken"


def test_we_say_when_and_when_we_are_late(intake):
    standing = coming_back.standing_of(intake)
    assert standing.by > timezone.localdate() and not standing.is_late

    late = timezone.now() - datetime.timedelta(days=30)
    Intake.objects.filter(pk=intake.pk).update(unanswered_since=late)
    assert coming_back.standing_of(Intake.objects.get(pk=intake.pk)).is_late


@pytest.mark.parametrize("language", CODES)
def test_every_step_is_said_in_every_language(client, intake, lawyer, language):
    from django.utils import translation

    enter(client, intake)
    page = own_page(client, language)

    with translation.override(language):
        assert str(coming_back.STEPS["received"]) in text_of(page)
    if language != "en":
        with translation.override("en"):
            assert str(coming_back.STEPS["received"]) not in text_of(page)


def test_the_address_that_counts_is_a_household(rf):
    def place(address):
        return holding.place_of(rf.get("/", REMOTE_ADDR=address))

    assert place("2001:db8::1") == place("2001:db8::ffff") != place("2001:db8:0:1::1")
    assert place("10.0.0.1") != place("10.0.0.2")


def test_a_look_is_not_one_of_the_person_themselves(intake):
    access_log.record("download", by=None, what=intake)

    assert coming_back.who_opened(intake) == []
