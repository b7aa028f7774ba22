"""The coordinator's errand in a real browser: toolbar and live preview under our own policy, then a moment."""

import datetime

import pytest
from django.db import connections
from django.utils import timezone

from events.models import Event
from sanasezim.shared.models import User
from tests.test_browser import CHROMIUM, browser, portal, wait_until  # noqa: F401 (fixtures)

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")


def test_a_page_is_begun_written_with_a_preview_and_scheduled(portal, browser):  # noqa: F811
    coordinator = User.objects.get(username="coordinator")
    coordinator.set_password("long-enough-1-for-them")
    coordinator.save()
    page = browser.new_page()
    violations = []
    page.on(
        "console", lambda said: "Content Security" in said.text and violations.append(said.text)
    )
    page.goto(f"{portal}/staff/login/?next=/staff/events/event/add/")
    page.fill("[name=username]", "coordinator")
    page.fill("[name=password]", "long-enough-1-for-them")
    page.press("[name=password]", "Enter")

    # From an earlier year, its programme and booklets taken along
    page.wait_for_selector("[name=keep][value=text]")
    page.select_option("[name=earlier]", str(Event.objects.get(year=2025).pk))
    page.fill("[name=title]", "18 декабря: приходите с вопросами")
    page.click("#content-main button[type=submit]")
    page.wait_for_selector(".language-table")
    event = Event.objects.get(begun_from__year=2025)

    # The toolbar and the preview
    page.goto(f"{portal}/staff/events/event/{event.pk}/words/ru/")
    body = page.locator("textarea[data-markdown]")
    body.fill("Приходите")
    body.press("Control+a")
    page.click(".writing-bar button:nth-child(2)")
    assert body.input_value() == "**Приходите**"
    page.locator(".writing-preview").evaluate("details => details.open = true")
    wait_until(
        page, "document.querySelector('.writing-preview strong')?.textContent === 'Приходите'"
    )
    page.click("#content-main button[type=submit]")
    page.wait_for_selector(".messagelist .success")

    # Public at a moment
    at = timezone.localtime() + datetime.timedelta(days=3)
    page.goto(f"{portal}/staff/events/event/{event.pk}/publish/")
    page.fill("[name=at]", f"{at:%Y-%m-%dT%H:%M}")
    page.click("#content-main button[type=submit]")
    page.wait_for_selector(".event-head .state-scheduled")
    assert "UTC+5" in page.locator(".event-state").inner_text()
    event.refresh_from_db()
    assert event.publish_at == at.replace(second=0, microsecond=0)
    assert event.texts.get(language="ru").body == "**Приходите**"
    assert not violations
    # While the browser's loop runs, Django keeps a connection of its own for what the test asks.
    connections.close_all()
