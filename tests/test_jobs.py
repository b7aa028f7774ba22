"""Work for later is done once: when it fails, when its worker is killed, when several workers ask for it."""

import datetime
import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from legalaid import erased_list
from legalaid.models import ErasedRow
from sanasezim import work
from sanasezim.shared import jobs
from sanasezim.shared.models import Counter, Job, Partner
from tests import make

pytestmark = pytest.mark.django_db
IN_TRANSACTIONS_OF_ITS_OWN = pytest.mark.django_db(transaction=True)

KILLS = int(os.environ.get("KILLS", "6"))  # the catalogue of faults asks for a hundred (F28)


@jobs.task
def count_up(pk):
    Partner.objects.filter(pk=pk).update(order=F("order") + 1)


@jobs.task
def fail(pk):
    count_up(pk)
    raise ConnectionRefusedError("Канарейкина, +77010000000")


def run_all():
    while jobs.run_one():
        pass


def make_due():
    Job.objects.waiting().update(next_at=timezone.now())


def test_a_job_is_done_once():
    partner = make.partner(order=1)
    count_up.enqueue(partner.pk)

    run_all()
    run_all()

    partner.refresh_from_db()
    assert partner.order == 2
    assert Job.objects.get().done_at


def test_a_job_waits_for_its_moment():
    partner = make.partner(order=1)
    count_up.enqueue(partner.pk, at=timezone.now() + datetime.timedelta(hours=1))

    assert jobs.run_one() is False
    partner.refresh_from_db()
    assert partner.order == 1


def test_the_same_for_the_same_moment_is_one_job_also_when_it_is_done():
    partner, moment = make.partner(order=1), timezone.now()
    count_up.enqueue(partner.pk, at=moment)
    run_all()

    count_up.enqueue_all([partner.pk, partner.pk], at=moment)
    run_all()

    partner.refresh_from_db()
    assert partner.order == 2


def test_what_fails_leaves_nothing_half_done_and_is_tried_again_after_growing_pauses():
    partner = make.partner(order=1)
    fail.enqueue(partner.pk)

    pauses = []
    for _time in range(8):
        assert jobs.run_one()
        pauses.append(round((Job.objects.get().next_at - timezone.now()).total_seconds()))
        make_due()

    partner.refresh_from_db()
    assert partner.order == 1
    assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]
    job = Job.objects.get()
    assert (job.failures, job.trouble, job.done_at) == (8, "ConnectionRefusedError", None)


def test_what_goes_on_failing_is_named():
    fail.enqueue(1)
    for _time in range(jobs.STUCK_AFTER):
        jobs.run_one()
        make_due()

    assert list(jobs.stuck()) == list(Job.objects.all())


def test_one_that_fails_holds_up_no_other():
    partner = make.partner(order=1)
    fail.enqueue(partner.pk)
    count_up.enqueue(partner.pk)

    run_all()

    partner.refresh_from_db()
    assert partner.order == 2


def test_a_task_that_nobody_knows_fails_like_another():
    now = timezone.now()
    Job.objects.create(task="os.system", of=1, next_at=now)

    assert jobs.run_one()
    assert Job.objects.get().trouble == "KeyError"


def test_a_job_goes_with_the_transaction_that_asked_for_it():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        count_up.enqueue(1)
        _ = 1 / 0

    assert not Job.objects.exists()


def test_jobs_that_were_done_a_week_ago_are_forgotten():
    now = timezone.now()
    for days in [0, 8]:
        at = now - datetime.timedelta(days=days)
        Job.objects.create(task="x", due_at=at, next_at=at, done_at=at)
    Job.objects.create(task="waiting", due_at=at, next_at=at)

    assert jobs.forget_old() == 1
    assert Job.objects.count() == 2


def test_the_role_that_serves_may_ask_for_work(serving_role):
    with connection.cursor() as cursor:
        serving_role(cursor)

    count_up.enqueue(1)

    assert Job.objects.count() == 1


@IN_TRANSACTIONS_OF_ITS_OWN
def test_several_workers_at_once_do_each_job_once():
    partners = [make.partner(order=0) for _number in range(60)]
    count_up.enqueue_all([partner.pk for partner in partners])
    start = threading.Barrier(4)

    def work():
        start.wait()
        while Job.objects.due().exists():
            jobs.run_one()
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert set(Partner.objects.values_list("order", flat=True)) == {1}
    assert not Job.objects.waiting().exists()


# Killed

WORKER = """
import sys, time
from tests import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
import datetime
from django.db.models import F
from sanasezim.shared import jobs
from sanasezim.shared.models import Partner
jobs.TAKEN_FOR = datetime.timedelta(seconds=0.5)

@jobs.task
def in_two_halves(pk):
    rows = Partner.objects.filter(pk=pk)
    rows.update(order=F("order") + 1)
    print("half", flush=True)
    time.sleep(0.2)
    rows.update(order=F("order") + 1)

print("ready", flush=True)
while True:
    if not jobs.run_one():
        time.sleep(0.05)
"""


def a_worker():
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, connection.settings_dict["NAME"]],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def end(process):
    process.kill()
    process.communicate()


def waits_until(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@IN_TRANSACTIONS_OF_ITS_OWN
def test_a_killed_worker_leaves_nothing_half_done_and_the_next_takes_it_up():
    partners = [make.partner(order=0) for _number in range(KILLS)]
    Job.objects.bulk_create(
        Job(task="__main__.in_two_halves", of=partner.pk, next_at=timezone.now())
        for partner in partners
    )
    rng = random.Random(28)  # noqa: S311

    for _kill in range(KILLS):
        worker = a_worker()
        if worker.poll() is None and Job.objects.waiting().exists():
            worker.stdout.readline()
            time.sleep(rng.uniform(0, 0.4))  # in the second half, at the commit, in the next job
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate()
        assert set(Partner.objects.values_list("order", flat=True)) <= {0, 2}

    two = [a_worker(), a_worker()]
    waits_until(lambda: not Job.objects.waiting().exists())
    for worker in two:
        end(worker)
    assert set(Partner.objects.values_list("order", flat=True)) == {2}


@IN_TRANSACTIONS_OF_ITS_OWN
def test_a_job_whose_worker_was_killed_waits_at_most_half_a_minute():
    count_up.enqueue(1)

    jobs._take()

    assert Job.objects.get().next_at - timezone.now() <= datetime.timedelta(seconds=30)


# The command


@IN_TRANSACTIONS_OF_ITS_OWN
def test_the_command_does_what_is_due_and_ends():
    partner = make.partner(order=1)
    count_up.enqueue(partner.pk)

    call_command("work", "--once")

    partner.refresh_from_db()
    assert partner.order == 2


COMMAND = """
import sys
from tests import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from django.core.management import call_command
call_command("work", *sys.argv[2:])
"""


def the_command(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, connection.settings_dict["NAME"], *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


@IN_TRANSACTIONS_OF_ITS_OWN
def test_the_worker_ends_when_it_is_told_to():
    worker = the_command()
    assert worker.stdout.readline() == "The worker is ready.\n"

    worker.terminate()

    assert worker.wait(10) == 0
    worker.communicate()


@IN_TRANSACTIONS_OF_ITS_OWN
def test_the_worker_ends_with_the_process_that_started_it():
    start = (
        "import os, subprocess, sys;"
        " worker = subprocess.Popen([*sys.argv[1:], '--beside', str(os.getpid())]);"
        " print(worker.pid, flush=True); input()"
    )
    worker = [sys.executable, "-c", COMMAND, connection.settings_dict["NAME"]]
    started = subprocess.Popen(
        [sys.executable, "-c", start, *worker],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(started.stdout.readline())
    assert started.stdout.readline() == "The worker is ready.\n"

    end(started)

    waits_until(lambda: not os.path.exists(f"/proc/{pid}"), 20)


@IN_TRANSACTIONS_OF_ITS_OWN
def test_the_worker_outlives_a_database_that_goes_away():
    worker = the_command()
    assert worker.stdout.readline() == "The worker is ready.\n"
    waits_until(lambda: Job.objects.exclude(done_at=None).exists())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] == 1

    long_ago = timezone.now() - datetime.timedelta(days=1)
    Job.objects.create(task="sanasezim.work.every_hour", due_at=long_ago, next_at=long_ago)

    waits_until(lambda: not Job.objects.waiting().exists())
    assert worker.poll() is None
    end(worker)


@IN_TRANSACTIONS_OF_ITS_OWN
def test_limits_that_have_run_out_are_forgotten_within_the_hour():
    now = timezone.now()
    for code, ends_at in [("over", now), ("open", now + datetime.timedelta(hours=1))]:
        Counter.objects.create(code=code, number=1, ends_at=ends_at)

    call_command("work", "--once")

    assert [counter.code for counter in Counter.objects.all()] == ["open"]


def until_nothing_is_due(**more):
    rounds = iter([False] * 3)
    work.until(lambda: next(rounds, True), lambda _seconds: None, **more)


@IN_TRANSACTIONS_OF_ITS_OWN
def test_where_no_timer_runs_the_worker_does_the_nights_too(capsys, monkeypatch):
    monkeypatch.setattr(work, "FIRST_NIGHT_AFTER", datetime.timedelta(0))

    until_nothing_is_due()
    assert "find_what_has_had_its_time" not in capsys.readouterr().out
    until_nothing_is_due(nights=True)
    assert capsys.readouterr().out.count("find_what_has_had_its_time: nothing new") == 1


@pytest.mark.parametrize(
    ("after", "night"),
    [("24 03:29", "24 03:30"), ("24 03:30", "25 03:30"), ("30 23:00", "31 03:30")],
)
def test_the_next_night_is_at_half_past_three(after, night):
    def moment(text):
        return timezone.make_aware(datetime.datetime.strptime(f"2026-12-{text}", "%Y-%m-%d %H:%M"))

    assert work.next_night(moment(after)) == moment(night)


@IN_TRANSACTIONS_OF_ITS_OWN
def test_what_a_killed_worker_left_out_of_the_list_outside_the_next_adds(settings):
    ErasedRow.objects.create(mark="a" * 64)

    settings.ERASED_LIST = settings.BASE_DIR / "manage.py" / "no folder"
    until_nothing_is_due()  # it goes on working
    settings.ERASED_LIST = settings.MEDIA_ROOT / "erased.list"
    until_nothing_is_due()

    assert erased_list.marks() == {"a" * 64}
