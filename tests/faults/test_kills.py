"""F1, F2, F6, F25, F28, F30: processes that are killed, and many at once. Nothing promised is lost."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from tests.faults.conftest import CANARY, FULL, at_once, files_written_since, multipart, within


def test_f1_a_kill_amid_an_upload_leaves_no_byte_of_it(house, say):
    photo = b"\xff\xd8\xff\xe0" + CANARY.encode() * (8_000_000 // len(CANARY.encode()))
    body = multipart({"slip": house.slip(), "story": "x", "consent": "anonymous"}, photo)
    before = house.count("legalaid_intake")
    sent_at = time.time() - 1
    sender = socket.create_connection(("127.0.0.1", house.port))
    sender.sendall(
        b"POST /ru/help/sent/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n"
        b"Content-Type: multipart/form-data; boundary=B\r\n\r\n"
        % len(body)
        + body[: 5 * 1024 * 1024]
    )
    time.sleep(1)
    house.kill()
    sender.close()

    grep = ["grep", "-lsF", "--binary-files=text", CANARY * 3]
    var = subprocess.run([*grep, "-r", house.folder / "var"], capture_output=True, text=True)
    new_ones = files_written_since(sent_at, [house.folder])
    elsewhere = subprocess.run([*grep, *new_ones], capture_output=True, text=True)
    found = var.stdout + elsewhere.stdout
    begun = time.monotonic()
    house.start()
    say(f"5 MB sent, killed; files with its bytes: {len(found.split())}; "
        f"back after {time.monotonic() - begun:.1f} s")  # fmt: skip

    assert found == ""
    assert house.count("legalaid_intake") == before


@pytest.mark.parametrize("kills", [200 if FULL else 12])
def test_f2_a_kill_between_commit_and_answer_doubles_nothing(house, say, kills):
    """The form comes again, and gets the reference of the row that is there."""
    again = answered = 0
    for kill in range(kills):
        slip, story = house.slip(), f"{CANARY} {kill} {time.monotonic()}"
        before = house.count("legalaid_intake")

        def send(slip=slip, story=story):
            with contextlib.suppress(OSError, http.client.HTTPException):
                house.send(slip, story)

        sending = threading.Thread(target=send)
        sending.start()
        within(20, lambda before=before: house.count("legalaid_intake") > before, pause=0.002)
        for worker in house.workers():
            os.kill(worker, signal.SIGKILL)
        sending.join()
        house.wait()
        page = house.send(slip, story)
        answered += page.secret is not None
        again += house.count("legalaid_intake") == before + 1
    say(f"{kills} kills after the commit: {answered} got their reference, {again} have one row")

    assert answered == again == kills


def test_f6_one_form_sent_by_a_hundred_at_once_is_one_row(house, say):
    slip, before = house.slip(), house.count("legalaid_intake")
    pages = at_once(100, lambda _number: house.send(slip, "сразу", timeout=60))
    got = {page.secret for page in pages if page}
    rows = house.count("legalaid_intake") - before
    say(f"100 at once with one form: {len(got)} reference, {rows} row")

    assert rows == 1 and len(got) == 1 and None not in got


def test_f25_a_power_cut_loses_nothing_that_was_acknowledged(house, say):
    """PostgreSQL and the portal are killed while requests for help come in."""
    known, stop = [], threading.Event()
    slips = [house.slip() for _one in range(4)]

    def write(number):
        sent = 0
        while not stop.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                page = house.send(slips[number], f"{number}-{sent}")
                if page.secret:
                    known.append(page.secret[0])
            sent += 1

    writers = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for writer in writers:
        writer.start()
    within(60, lambda: len(known) >= (1000 if FULL else 60))
    postmaster = house.postmaster()
    os.kill(postmaster, signal.SIGKILL)
    house.kill()
    stop.set()
    for writer in writers:
        writer.join()
    house.start()
    stored = {row[0] for row in house.rows("SELECT reference FROM legalaid_intake")}
    say(f"{len(known)} acknowledged before the cut, {len(set(known) - stored)} of them lost")

    assert set(known) <= stored


def test_f28_two_workers_that_are_killed_do_each_job_once(house, say):
    """Here the real processes; tests/test_jobs.py counts the effects of a hundred kills."""
    house.rows(
        "INSERT INTO shared_job (task, of, due_at, next_at, failures, trouble) "
        "SELECT 'sanasezim.work.every_hour', 0, now() - n * interval '1 second', now(), 0, '' "
        "FROM generate_series(100000, 100199) n"
    )
    environment = {**os.environ, "PORTAL_DEMO": "1", "DJANGO_SETTINGS_MODULE": ""}
    environment.pop("DJANGO_SETTINGS_MODULE")
    environment.pop("PORTAL_AS_OWNER", None)
    kills, waiting = 0, "done_at IS NULL AND task = 'sanasezim.work.every_hour'"
    deadline = time.monotonic() + 120
    while house.count("shared_job", waiting) and time.monotonic() < deadline:
        workers = [
            subprocess.Popen(
                [sys.executable, "manage.py", "work", "--once"],
                cwd=house.folder,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for _one in range(2)
        ]
        with contextlib.suppress(subprocess.TimeoutExpired):
            workers[0].wait(timeout=4)
        if kills < 3:
            for worker in workers:
                worker.kill()
                kills += 1
        for worker in workers:
            worker.wait()
    left = house.count("shared_job", waiting)
    say(f"200 jobs, two workers, {kills} kills: {left} left undone")

    assert left == 0
    assert house.count("shared_job", "failures > 0") == 0


def test_f30_a_reload_under_load_fails_nobody(house, nginx, say):
    number, failed, done = (5000 if FULL else 600), [], []

    def read(which):
        for turn in range(number // 10):
            try:
                page = nginx.get(f"/ru/library/?q=x{which}-{turn}", timeout=30)
                if page.status != 200:
                    failed.append(page.status)
            except (OSError, http.client.HTTPException) as error:
                failed.append(repr(error))
            done.append(1)

    readers = [threading.Thread(target=read, args=[which]) for which in range(10)]
    for reader in readers:
        reader.start()
    reloads = 0
    while any(reader.is_alive() for reader in readers):
        time.sleep(3)
        old = set(house.workers())
        os.kill(house.process.pid, signal.SIGHUP)
        reloads += 1
        # As in a deploy: the next one when those before have gone.
        within(120, lambda old=old: not old & set(house.workers()))
    for reader in readers:
        reader.join()
    say(f"{len(done)} requests, {reloads} reloads: {len(failed)} failed {failed[:3]}")

    assert failed == []
    house.wait()
