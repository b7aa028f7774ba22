"""Asking on the portal to be called back."""

import datetime
import re
from zoneinfo import ZoneInfo

import pytest

from hotline import asking_back, ringing_back, slots
from hotline.models import Callback
from sanasezim.shared.models import Counter
from tests import make

pytestmark = pytest.mark.django_db
ASK, SENT = "/en/hotline/callback/", "/en/hotline/callback/sent/"


def almaty(day, hour, minute=0, month=11):
    year = 2027 if month == 1 else 2026
    return datetime.datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Almaty"))


@pytest.fixture(autouse=True)
def _a_minute_to_read(settings):
    settings.CALLBACK_FASTEST_SECONDS = 0


def filled(client, **answers):
    """The answers as a browser sends them, with the slip of a form that was opened."""
    page = client.get(ASK).content.decode()
    return {
        "slip": re.search(r'name="slip" value="([^"]+)"', page)[1],
        "phone": "87015550142",
    } | answers


def send(client, **answers):
    return client.post(SENT, filled(client, **answers))


def test_a_number_is_enough(client):
    page = send(client)

    callback = Callback.objects.get()
    assert page.status_code == 200 and page.context["callback"] == callback
    assert callback.phone == "+77015550142" and callback.may_say_who == "no"
    assert callback.language == "" and callback.safe_hours == [] and callback.source == "web"
    assert not page.cookies and page.headers["Cache-Control"] == "no-store"
    assert "5550142" not in page.content.decode()


def test_what_is_safe_is_kept(client):
    send(client, language="uz", parts=["evening", "nonsense"], days=["4", "6"], may_say_who="yes")

    callback = Callback.objects.get()
    assert (callback.language, callback.may_say_who) == ("uz", "yes")
    assert callback.safe_hours == [17, 18, 19, 20, 21] and callback.safe_days == [4, 6]


def test_a_double_send_is_one_callback_and_is_answered_the_same(client):
    answers = filled(client)

    pages = [client.post(SENT, answers).content for _time in range(2)]

    assert Callback.objects.count() == 1 and pages[0] == pages[1]


def test_a_mistake_loses_nothing_and_is_said(client):
    page = send(client, phone="12", parts=["evening"], language="tg")

    text = page.content.decode()
    assert not Callback.objects.exists() and page.status_code == 200
    assert 'value="12"' in text and page.context["form"].errors["phone"]
    assert re.search(r'value="evening"[^>]* checked', text)
    assert re.search(r'value="tg" selected', text)


def test_a_number_of_several_countries_is_asked_for_with_its_country(client):
    page = send(client, phone="901234567")

    assert "country" in str(page.context["form"].errors["phone"])


def test_another_language_keeps_what_was_typed(client):
    page = client.post(ASK.replace("en", "ru", 1), filled(client, days=["2"]))

    assert 'value="87015550142"' in page.content.decode() and not Callback.objects.exists()


def test_a_form_of_somebody_else_is_shown_again_and_saves_nothing(client):
    page = client.post(SENT, {"phone": "87015550142", "slip": "forged"})

    assert page.status_code == 403 and not Callback.objects.exists()
    assert 'value="87015550142"' in page.content.decode()


def test_a_strange_page_cannot_send_it(client):
    page = client.post(SENT, filled(client), headers={"sec-fetch-site": "cross-site"})

    assert page.status_code == 403 and not Callback.objects.exists()


def test_abuse_is_held_and_answered_like_everybody(client, settings):
    make.callback_slot()
    page = send(client)
    trapped = send(client, website="http://spam")

    held = Callback.objects.get(held_because="trap")
    assert Callback.objects.waiting().count() == 1 and held.promised_from
    assert page.content == trapped.content

    settings.CALLBACK_FASTEST_SECONDS = 60
    send(client, phone="87015550143")
    assert Callback.objects.filter(held_because="too_fast").exists()


def test_a_dormitory_is_held_after_six_and_a_real_person_is_put_into_the_queue(client):
    for number in range(8):
        send(client, phone=f"8701555020{number}")

    assert Callback.objects.waiting().count() == 6
    held = Callback.objects.exclude(held_because="").first()
    ringing_back.release(held)
    assert Callback.objects.waiting().count() == 7
    assert "+7701555" not in str(list(Counter.objects.values()))


def test_many_requests_for_one_number_are_held(client):
    for _time in range(4):
        make.callback(phone="+7 701 555 01 42")
    send(client)

    assert Callback.objects.latest("asked_at").held_because == "too_many"


def test_no_hour_of_ours_is_said_before_it_is_sent(client):
    make.callback_slot("10:00", "13:00")

    page = send(client, parts=["night"])

    assert page.context["form"].errors["parts"] and not Callback.objects.exists()


def test_the_page_of_the_numbers_stays_kept_and_leads_to_the_form(client):
    make.page("hotline")
    page = client.get("/en/hotline/")

    assert ASK in page.content.decode()
    assert "public" in page.headers["Cache-Control"] and not page.cookies


def test_going_back_to_the_answer_shows_nothing(client):
    send(client)

    page = client.get(SENT)

    assert page.status_code == 200 and "callback" not in page.context


# Slots


def promised(now, **safe):
    callback = Callback(phone="+77015550142", source="web", **safe)
    return slots.first_with_room(callback, now)


def test_a_slot_takes_as_many_as_fit_and_then_the_next_is_promised():
    make.callback_slot("10:00", "13:00", capacity=2)
    now = almaty(24, 9)

    made = [ringing_back.take_in(make.unsaved_callback(), now=now) for _number in range(3)]

    assert [one.promised_from.date().day for one in made] == [24, 24, 25]
    assert made[0].promised_from == almaty(24, 10) and made[0].promised_by == almaty(24, 13)


def test_whoever_is_held_takes_nobodys_place():
    make.callback_slot("10:00", "13:00", capacity=1)
    now = almaty(24, 9)

    ringing_back.take_in(make.unsaved_callback(held_because="trap"), now=now)
    real = ringing_back.take_in(make.unsaved_callback(), now=now)

    assert real.promised_from == almaty(24, 10)


def test_the_promise_lies_within_the_safe_hours():
    make.callback_slot("14:00", "20:00")

    promise = promised(almaty(24, 9), safe_hours=[17, 18])
    other_day = promised(almaty(24, 9), safe_days=[5])

    assert (promise.begins, promise.ends) == (almaty(24, 17), almaty(24, 19))
    assert other_day.begins == almaty(28, 14)


def test_what_is_left_of_a_slot_is_promised_if_it_is_long_enough():
    make.callback_slot("10:00", "13:00")

    assert promised(almaty(24, 12)).begins == almaty(24, 12)
    assert promised(almaty(24, 12, 45)).begins == almaty(25, 10)


def test_a_slot_past_midnight_goes_on_at_night():
    make.callback_slot("20:00", "02:00")

    promise = promised(almaty(25, 0, 30), safe_hours=[1])

    assert (promise.begins, promise.ends) == (almaty(25, 1), almaty(25, 2))


def test_a_campaign_week_replaces_the_ordinary_times_and_a_holiday_has_none():
    make.callback_slot("10:00", "13:00", valid_from="2026-01-01")
    make.callback_slot("18:00", "21:00", valid_from="2026-11-25", valid_to="2026-12-10")
    make.callback_slot("10:00", "13:00", capacity=0, valid_from="2027-01-01", valid_to="2027-01-02")

    assert promised(almaty(24, 14)).begins == almaty(25, 18)
    assert promised(almaty(10, 22, month=12)).begins == almaty(11, 10, month=12)
    assert promised(almaty(31, 14, month=12)).begins == almaty(3, 10, month=1)


def test_without_any_times_it_is_promised_for_when_somebody_is_free():
    callback = ringing_back.take_in(make.unsaved_callback(safe_hours=[20]), now=almaty(24, 9))

    assert callback.promised_from is None and callback.ring_from == almaty(24, 20)


def test_the_token_of_a_form_tells_nothing_of_the_number(client):
    send(client)

    token = Callback.objects.get().form_token
    assert token and asking_back.PURPOSE not in str(token)
