"""F3, F4: the database is stopped, slow, or swallows what it is sent. Reading goes on."""

import contextlib
import socket
import subprocess
import sys
import threading
import time

import pytest

from tests.faults.conftest import House, at_once, within
from tests.test_setup import clean_environment, free_port

PAGES = ["/ru/", "/ru/hotline/", "/ru/library/", "/kk/", "/en/about/"]


def test_f3_a_database_that_stops_amid_posts_is_told_and_comes_back(house, say):
    slips = [house.slip() for _one in range(40)]
    before = house.count("legalaid_intake")

    def stop_amid():
        within(30, lambda: house.count("legalaid_intake") > before + 10, pause=0.01)
        house.postgres("pg_ctl", "stop", "-D", house.data, "-m", "immediate", "-w")

    stopping = threading.Thread(target=stop_amid)
    stopping.start()

    def send(which):
        begun = time.monotonic()
        pages = [house.send(slips[which], f"{which}-{turn}") for turn in range(5)]
        return pages, time.monotonic() - begun

    answers = [page for got in at_once(40, send) if got for page in got[0]]
    stopping.join()
    shown = {page.secret[0] for page in answers if page.secret}
    told = [page for page in answers if page.status == 503]
    others = {page.status for page in answers} - {200, 503}
    begun = time.monotonic()
    last = house.get("/ru/help/status/")
    house.start_postgres()
    back = within(10, lambda: house.send(house.slip(), "снова").secret)
    stored = {row[0] for row in house.rows("SELECT reference FROM legalaid_intake")}
    say(f"{len(answers)} answers: {len(shown)} references, {len(told)} times 503, others {others}; "
        f"without a row: {len(shown - stored)}; works {back:.1f} s after its start")  # fmt: skip

    assert time.monotonic() - begun < 60 and last.status in (200, 503)
    assert shown and told and others == set()
    assert all("tel:" in page.text or "hotline" in page.text for page in told)
    assert shown <= stored


class Between:
    """What lies between the portal and its database, and can be slow or swallow everything."""

    def __init__(self, real):
        self.real, self.mode = real, "pass"
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _address = self.listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(f"{self.real}/.s.PGSQL.5432")
            except OSError:
                return
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=[one, other], daemon=True).start()

    def _carry(self, one, other):
        with contextlib.suppress(OSError):
            while some := one.recv(65536):
                while self.mode == "hole":
                    time.sleep(0.05)
                if self.mode == "slow":
                    time.sleep(0.2)
                other.sendall(some)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def far_house(house):
    """A second gunicorn on the same database, over a line that can be bad."""
    between = Between(house.socket)
    far = House(house.folder)
    far.port = free_port()
    with open(house.output, "a") as output:
        far.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn"],
            cwd=house.folder,
            env=clean_environment(
                PORTAL_DEMO="1",
                PORTAL_BIND=f"127.0.0.1:{far.port}",
                BEHIND_PROXY="True",
                DATABASE_URL=f"postgres://portal_web@127.0.0.1:{between.port}/portal",
                WEB_THREADS="16",
            ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    far.wait()
    yield far, between
    far.kill()
    between.listener.close()


@pytest.fixture
def front(far_house, nginx):
    """nginx before the far one: its upstream is exchanged, as an administrator would."""
    far, between = far_house
    told = nginx.folder / "portal.conf"
    before = told.read_text()
    told.write_text(
        before.replace(f"server 127.0.0.1:{nginx.house.port}", f"server 127.0.0.1:{far.port}")
    )
    reload = ["kill", "-HUP", (nginx.folder / "pid").read_text().strip()]
    subprocess.run(reload, check=True)
    time.sleep(1)
    between.mode = "pass"
    yield nginx, between
    between.mode = "pass"
    told.write_text(before)
    subprocess.run(reload, check=True)
    time.sleep(1)


def test_f4_a_slow_database_is_slow_and_nothing_else(front, say):
    nginx, between = front
    between.mode = "slow"
    begun = time.monotonic()
    pages = at_once(20, lambda which: nginx.get(PAGES[which % 5], timeout=30))
    took = time.monotonic() - begun
    say(f"200 ms a packet: {[page and page.status for page in pages]} in {took:.1f} s")

    assert all(page and page.status == 200 for page in pages)


def test_f4_a_database_that_swallows_everything_costs_nobody_a_page(front, say):
    nginx, between = front
    assert [nginx.get(path).status for path in PAGES] == [200] * 5
    time.sleep(1.5)
    between.mode = "hole"
    took, got = [], []

    def read(which):
        for turn in range(4):
            begun = time.monotonic()
            page = nginx.get(PAGES[(which + turn) % 5], timeout=40)
            took.append(time.monotonic() - begun)
            got.append(page.status)
        return page

    pages = at_once(30, read)
    asked = nginx.get("/ru/help/status/", timeout=40)
    between.mode = "pass"
    back = within(20, lambda: nginx.get("/ru/help/").status == 200)
    say(f"{len(got)} pages from a dead database: {got.count(200)} times 200, longest {max(took):.1f} s; "
        f"help/status {asked.status}; back after {back:.1f} s")  # fmt: skip

    assert None not in pages
    assert got.count(200) == len(got) == 120
    assert max(took) <= 10
    assert asked.status in (200, 503)


def test_f4_public_pages_stay_while_the_portal_itself_is_gone(house, nginx, say):
    assert all(nginx.get(path).status == 200 for path in PAGES)
    house.kill()
    time.sleep(1.5)
    statuses = [nginx.get(path).status for path in PAGES]
    house.start()
    say(f"without any gunicorn: {statuses}")

    assert statuses == [200] * 5
