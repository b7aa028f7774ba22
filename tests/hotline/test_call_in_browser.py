"""A call written down by the keyboard alone, in a real browser."""

import time

import pytest
from django.db import connection

from hotline import ringing
from hotline.models import Call, CallDraft
from tests import make
from tests.test_browser import browser, pytestmark, wait_until

__all__ = ["browser", "pytestmark"]

MOST_STROKES, MOST_SECONDS = 12, 30


class Keyboard:
    """A keyboard that counts what is pressed."""

    def __init__(self, page):
        self.page, self.strokes = page, 0

    def press(self, *keys):
        for key in keys:
            self.strokes += 1
            self.page.keyboard.press(key)

    def type(self, text):
        self.strokes += len(text)
        self.page.keyboard.type(text)


@pytest.fixture
def screen(served, browser):
    """The screen of a call, open before an operator who has signed in."""
    operator = make.user("operator")
    page = browser.new_page(viewport={"width": 1366, "height": 900})
    page.wrong = []
    page.on("console", lambda message: page.wrong.append(message.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto(f"{served}/staff/login/")
    page.fill("[name=username]", operator.username)
    page.fill("[name=password]", "long-enough-1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    page.address = f"{served}/staff/hotline/call/add/"
    yield page
    # Beside Playwright's event loop Django opens a connection of its own for what a test asks.
    connection.close()


def test_a_simple_question_takes_few_keys_and_seconds(screen):
    topic = make.topic(ru="Не платят зарплату", uz="Ish haqi")
    make.topic("documents", ru="Документы")
    make.call(phone="90 123 45 67", caller_name="Гуля")
    ringing.announce(call_id="1", phone="+998901234567")
    keys = Keyboard(screen)
    screen.goto(screen.address)
    screen.wait_for_selector("#ringing button")
    began = time.monotonic()

    keys.press("Enter")  # take the phone that rings
    screen.wait_for_selector(".known-calls")
    keys.press("3", "2", "1", "1", "1")  # language, group, relation, sex, citizenship
    keys.type("за")
    keys.press("Tab")  # the topic that was found, and on
    keys.press("0", "3")  # nothing unsafe; heard of us by a booklet
    keys.press("Enter")  # write it down
    screen.wait_for_selector(".messagelist")

    assert keys.strokes <= MOST_STROKES
    assert time.monotonic() - began <= MOST_SECONDS
    call = Call.objects.order_by("-pk").first()
    assert call.phone == "+998901234567"
    assert (call.language, call.group, call.relation, call.sex, call.citizenship) == (
        *("uz", "in_kazakhstan", "self", "male", "UZ"),
    )
    assert list(call.topics.all()) == [topic]
    assert (call.in_danger, call.heard_from, call.outcome) == ("no", "booklet", "informed")
    assert call.seconds is not None
    assert not CallDraft.objects.exists()
    assert not [text for text in screen.wrong if "focus" not in text]


def test_one_key_writes_down_that_nobody_spoke(screen):
    screen.goto(screen.address)

    screen.keyboard.press("s")
    screen.wait_for_selector(".messagelist")

    assert Call.objects.get().kind == "silent"


def test_what_was_typed_outlives_a_dead_worker_and_a_closed_browser(screen, browser):
    screen.goto(screen.address)
    screen.keyboard.type("87011234567")
    screen.keyboard.press("Enter")
    screen.keyboard.press("2")
    screen.keyboard.press("m")
    # The worker dies in the middle: nothing answers, and the screen says so.
    screen.route("**/call/add/**", lambda route: route.abort())
    screen.keyboard.type("Удерживают на ферме")
    wait_until(screen, "document.querySelector('#call-kept.is-wrong') !== null")
    screen.unroute("**/call/add/**")
    wait_until(screen, "document.querySelector('#call-kept.is-wrong') === null")
    stored = screen.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    assert "Удерживают" not in stored
    assert "1234567" not in stored

    session = screen.context.storage_state()
    screen.context.close()
    again = browser.new_context(storage_state=session).new_page()
    again.goto(screen.address)
    again.keyboard.press("Enter")  # "Go on with it" has the focus
    again.wait_for_selector("#id_phone")

    assert again.input_value("#id_notes") == "Удерживают на ферме"
    assert again.input_value("#id_phone") == "87011234567"
    assert again.is_checked("[name=language][value=ru]")
    again.keyboard.press("Control+Enter")
    again.wait_for_selector(".messagelist")
    assert Call.objects.get().notes == "Удерживают на ферме"
    assert not CallDraft.objects.exists()
