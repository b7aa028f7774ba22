"""What only a real browser can show. Skips with a word where there is none."""

import os
import shutil
import threading
import time
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def process_request_thread(self, request, client_address):
        """A browser that went away in the middle leaves an answer unclosed, and with it the database."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


class Silent(WSGIRequestHandler):
    def log_message(self, *_arguments):
        pass


@pytest.fixture
def portal(transactional_db, monkeypatch, demo_rows):
    """The whole portal on a port of its own, with its static files as readers get them."""
    # No thread may hold the test database when it is dropped.
    monkeypatch.setitem(connections.databases["default"], "CONN_MAX_AGE", 0)
    demo_rows.load()
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(monkeypatch):
    # Playwright runs an event loop in this thread; what the test asks the database is not in it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


def wait_until(page, expression, seconds=20):
    """Ask from outside: the page's own policy forbids the evaluation that wait_for_function repeats inside it."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"still not true: {expression}"
        page.wait_for_timeout(50)


def test_a_booklet_is_read_again_without_a_network_and_says_since_when(portal, browser):
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    violations = []
    page.on("console", lambda message: violations.append(message.text) if "Content Security" in message.text else None)
    booklet = f"{portal}/uz/library/they-did-not-pay-me/"

    page.goto(booklet)
    wait_until(page, "navigator.serviceWorker.controller !== null")
    page.reload()
    wait_until(page, "caches.open('portal-pages-1').then((c) => c.keys()).then((k) => k.length > 1)")
    context.set_offline(True)
    page.reload()

    assert page.locator("h1").inner_text() == "Menga ish haqi toʻlashmadi: yetti qadam"
    assert page.locator("#saved").is_visible()
    page.goto(f"{portal}/uz/library/passport-lost-or-taken/")
    assert "Hozir tarmoq yoʻq" in page.locator("h1").inner_text()
    assert not violations


def test_shift_three_times_leaves_the_portal(portal, browser, settings):
    settings.EXIT_URL = f"{portal}/healthz"
    page = browser.new_page()
    page.goto(f"{portal}/ru/help/")

    for _press in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("**/healthz")

    page.go_back()
    assert "/ru/help/" not in page.url, "the page is not behind the Back button"
