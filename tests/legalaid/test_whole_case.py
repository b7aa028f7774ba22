"""One case in a browser, in Russian, from the asking on a phone to its end. Skips where there is no browser."""

import threading
from wsgiref.simple_server import make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils import timezone, translation

from legalaid import coming_back
from legalaid.models import Intake
from sanasezim import starting_content
from tests import make
from tests.test_browser import CHROMIUM, Server, Silent, browser  # noqa: F401

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]
STORY = "Хозяин кирпичного завода не платит три месяца и держит мой паспорт."
ANSWER = "Здравствуйте! Мы написали инспекции труда. Паспорт он обязан отдать."


@pytest.fixture
def portal(transactional_db, monkeypatch, settings):
    settings.INTAKE_FASTEST_SECONDS = 0
    monkeypatch.setitem(connections.databases["default"], "CONN_MAX_AGE", 0)
    starting_content.load()
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def phone(browser):  # noqa: F811
    """A small phone without JavaScript."""
    size = {"width": 360, "height": 640}
    return browser.new_context(viewport=size, java_script_enabled=False, locale="ru").new_page()


@pytest.fixture
def desk(browser, portal):  # noqa: F811
    """The lawyer's desk, signed in."""
    lawyer = make.user("lawyer", language="ru", first_name="Айгуль", last_name="Серикова")
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{portal}/staff/")
    page.fill("[name=username]", lawyer.username)
    page.fill("[name=password]", "long-enough-1")
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{portal}/staff/")
    yield page
    connections.close_all()  # what the test asks beside the browser's loop has a connection of its own


def ask(phone, portal):
    """Reference and code, as they are shown."""
    phone.goto(f"{portal}/ru/help/")
    phone.fill("[name=story]", STORY)
    phone.check("[name=topics][value=wages]", force=True)
    phone.check("[name=contact_by][value=whatsapp]", force=True)
    phone.fill("[name=contact]", "+7 701 555 01 99")
    phone.fill("[name=speaker_name]", "Каримов Анвар")
    phone.check("[name=consent][value=agreed]", force=True)
    phone.locator("form#ask button.button-big").click()
    return phone.locator(".ticket .secret").all_inner_texts()


def come_back(phone, portal, reference, code):
    phone.goto(f"{portal}/ru/help/status/")
    phone.fill("[name=reference]", reference)
    phone.fill("[name=code]", code)
    phone.locator("form:has([name=code]) button").last.click()


def find(desk, portal, reference):
    desk.goto(f"{portal}/staff/")
    desk.fill("#find-words", reference)
    desk.press("#find-words", "Enter")
    desk.locator("#content").get_by_role("link", name=reference).first.click()


def add(desk, box, form, **filled):
    """Unfold a form beside the case, fill it in, send it."""
    sent = desk.locator(f"#{box} form[action*='/{form}/']").last
    folded = desk.locator(f"#{box} details", has=desk.locator(f"form[action*='/{form}/']")).last
    folded.locator("summary").first.click()
    for name, value in filled.items():
        field = sent.locator(f"[name={form}-{name}]")
        field.fill(value) if isinstance(value, str) else field.select_option(index=value)
    sent.locator("button").click()


def test_a_case_goes_from_the_first_word_on_a_phone_to_its_end(portal, phone, desk):
    reference, code = ask(phone, portal)
    phone.locator("form[action$='/saved/'] button").first.click()
    phone.locator("main form[action$='/leave/'] button").click()

    # The first look: who it is, no conflict, a case
    find(desk, portal, reference)
    assert STORY in desk.locator(".story").inner_text()
    desk.locator("a.step-accept").click()
    desk.check("[name=looked_for_conflict]")
    desk.check("[name=as_new_person]")
    desk.locator("button.step-accept").click()
    case = Intake.objects.get(reference=reference).case
    desk.goto(f"{portal}/staff/legalaid/case/{case.pk}/change/")

    # An answer, a note, the next step and whose turn it is, in one act
    desk.fill("[name=act-message]", ANSWER)
    desk.fill("[name=act-note]", "Звонил инспектор, просит копию договора.")
    desk.fill("[name=act-task]", "Спросить инспектора о проверке")
    desk.check("[name=act-turn][value=others]", force=True)
    desk.locator(".compose-send button").click()
    assert ANSWER in desk.locator(".case-main").inner_text()

    # The person comes back, reads and writes, and leaves
    come_back(phone, portal, reference, code)
    assert ANSWER in phone.locator("main").inner_text()
    phone.fill("[name=text]", "Паспорт отдали, денег нет.")
    phone.locator("form[action$='/write/'] button").click()
    phone.locator("main form[action$='/leave/'] button").click()
    phone.go_back()
    assert ANSWER not in phone.content()
    desk.reload()
    assert "Паспорт отдали, денег нет." in desk.locator(".case-main").inner_text()

    # Money claimed and recovered, a service, the task done; it ends with what came of it
    add(desk, "claims", "claim", owed="450000", kind=1)
    add(desk, "services", "service", kind=1)
    desk.locator("#claims details summary").first.click()
    add(desk, "claims", "recovery", recovered="450000")
    desk.locator("#tasks form[action$='/finish/'] button").first.click()
    desk.locator("a.step-close").click()
    desk.locator("button.step-close").click()
    case.refresh_from_db()
    assert case.is_open  # without what came of it, it does not end
    desk.locator("[name=outcomes]").first.check()
    desk.locator("button.step-close").click()
    desk.wait_for_url("**/change/**")

    case.refresh_from_db()
    assert case.closed_on == timezone.localdate()
    assert case.claims.get().recovered == 450_000 and case.services.exists()
    come_back(phone, portal, reference, code)
    with translation.override("ru"):
        assert phone.locator("h1").inner_text() == str(coming_back.STEPS[coming_back.Step.ENDED])
