"""One letter a day says how much waits, to whom it falls, and nothing of anybody."""

import datetime
import re

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.utils import timezone

from legalaid import erasure, reminders, retention
from legalaid.deadlines import kazakhstan
from legalaid.models import Case, DisposalBatch, Holiday, Intake, Task
from sanasezim.shared import jobs
from sanasezim.shared.models import Job, User
from tests import make
from tests.test_sign_in import free_port

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, THURSDAY, SATURDAY = (
    datetime.date(2026, 11, 23),
    datetime.date(2026, 11, 24),
    datetime.date(2026, 11, 26),
    datetime.date(2026, 11, 28),
)
HALF_A_MINUTE = datetime.timedelta(seconds=30)
NAME, PHONE, STORY = "Канарейкина Тамара", "+77015550199", "Стёртая история канарейки"


@pytest.fixture
def on(monkeypatch):
    """A function that makes it ten o'clock on a day, or so much later."""

    def set_day(day, hour=10, later=datetime.timedelta()):
        moment = timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour))) + later
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    set_day(TUESDAY)
    return set_day


@pytest.fixture
def lawyer(on):
    return make.user("lawyer", email="lawyer@example.org", language="en")


def run_all():
    Job.objects.waiting().update(next_at=timezone.now())
    while jobs.run_one():
        pass


def waiting_of(user):
    return reminders.what_waits(user, timezone.localdate(), kazakhstan())


def a_day(letters=1):
    reminders.plan()
    run_all()
    assert len(mail.outbox) == letters
    return mail.outbox[-1] if letters else None


# What it says


def test_the_letter_says_how_much_is_due_and_where_to_look(lawyer, settings):
    case = make.case(lawyer=lawyer)
    make.task(case, due_on=TUESDAY)
    make.task(case, due_on=MONDAY)
    make.task(case, due_on=SATURDAY, remind_on=TUESDAY)
    make.task(case, due_on=SATURDAY, remind_on=THURSDAY)
    make.task(case, due_on=None)
    make.task(case, due_on=MONDAY, done_at=timezone.now(), done_by=lawyer)
    make.task(make.case(), due_on=MONDAY)

    letter = a_day()

    assert letter.to == ["lawyer@example.org"]
    assert letter.body == (
        "3 tasks are due.\n\nLook at your first page:\n" + settings.SITE_ORIGIN + "/staff/"
    )
    assert set(Task.objects.exclude(reminded_at=None).values_list("due_on", flat=True)) == {
        *[TUESDAY, MONDAY, SATURDAY]
    }
    assert Task.objects.exclude(reminded_at=None).count() == 3


def test_the_letter_is_in_the_colleagues_language(lawyer):
    for language in ["ru", "kk", "en"]:
        User.objects.filter(pk=lawyer.pk).update(language=language)
        lawyer.refresh_from_db()
        letter = reminders.letter(lawyer, reminders.Waiting(tasks=1, wishes=2), TUESDAY)
        assert letter.body


def test_nobody_is_named_in_it(lawyer):
    person = make.person(name=NAME, phones=PHONE)
    case = make.case(
        lawyer=lawyer, people=[person], touched_at=timezone.now() - datetime.timedelta(20)
    )
    make.task(case, what=f"Позвонить {NAME}", due_on=TUESDAY)
    intake = make.taken(case, story=STORY, speaker_name=NAME, contact=PHONE, person=person)
    Intake.objects.filter(pk=intake.pk).update(
        unanswered_since=timezone.now() - datetime.timedelta(9)
    )

    text = a_day().message().as_string()

    assert "1 task is due" in text and "1 case has not" in text and "1 request has" in text
    for canary in [NAME, "Канарейкин", PHONE, "5550199", STORY, case.reference, intake.reference]:
        assert canary not in text
    assert not re.search(r"[RC]-[A-Z0-9]{3}-", text)


def test_who_has_nothing_waiting_or_no_address_or_has_left_gets_no_letter(lawyer, on):
    make.case(lawyer=lawyer)
    for fields in [{"email": ""}, {"email": "left@example.org", "is_active": False}]:
        make.task(make.case(lawyer=make.user("lawyer", **fields)), due_on=MONDAY)
    make.user("coordinator", email="coordinator@example.org")

    a_day(letters=0)


def test_no_history_is_made_of_reminding(lawyer):
    task = make.task(make.case(lawyer=lawyer), due_on=MONDAY)
    before = Task.pgh_event_model.objects.count()

    a_day()

    task.refresh_from_db()
    assert task.reminded_at
    assert Task.pgh_event_model.objects.count() == before


# When


def test_it_is_one_letter_a_day_however_often_the_night_is_run(lawyer, on):
    make.task(make.case(lawyer=lawyer), due_on=MONDAY)
    for _time in range(3):
        a_day(letters=1)

    on(THURSDAY)
    a_day(letters=2)


def test_it_is_sent_in_the_morning_not_at_night(lawyer, on):
    make.task(make.case(lawyer=lawyer), due_on=MONDAY)
    on(TUESDAY, hour=4)
    reminders.plan()
    assert not jobs.run_one()

    on(TUESDAY, hour=9)
    assert jobs.run_one()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("off", ["Saturday", "holiday"])
def test_on_a_day_off_only_what_falls_on_that_very_day_is_told(lawyer, on, off):
    day = SATURDAY if off == "Saturday" else THURSDAY
    if off == "holiday":
        Holiday.objects.create(day=THURSDAY, name="Праздник")
    make.task(case := make.case(lawyer=lawyer), due_on=MONDAY)
    on(day)
    a_day(letters=0)

    make.task(case, due_on=day)
    Job.objects.all().delete()
    assert a_day().body.startswith("2 tasks are due.")


# Whose it is


def test_what_a_colleague_left_behind_falls_to_the_lawyer_then_to_the_director(lawyer, director):
    left = make.user("specialist", is_active=False)
    case = make.case(lawyer=lawyer)
    make.task(case, by=left, due_on=MONDAY)
    assert (waiting_of(lawyer).tasks, waiting_of(director).tasks) == (1, 0)

    Case.objects.update(lawyer=make.user("lawyer", is_active=False), touched_at=timezone.now())
    assert (waiting_of(lawyer).tasks, waiting_of(director).tasks) == (0, 1)


def test_a_request_nobody_decided_on_falls_to_every_lawyer_after_two_working_days(
    lawyer, director, on
):
    intake = make.intake()

    def since(day, hour=10):
        moment = datetime.datetime.combine(day, datetime.time(hour))
        Intake.objects.update(unanswered_since=timezone.make_aware(moment))
        return waiting_of(lawyer).unanswered

    friday, sunday = MONDAY - datetime.timedelta(3), MONDAY - datetime.timedelta(1)
    assert (since(friday), since(sunday, 23), since(MONDAY)) == (1, 1, 0)
    Holiday.objects.create(day=MONDAY, name="Праздник")
    assert (since(friday - datetime.timedelta(1), 23), since(friday)) == (1, 0)
    assert waiting_of(make.user("specialist")).unanswered == 0
    since(friday - datetime.timedelta(3))
    assert waiting_of(director).unanswered == 1
    erasure.erase(intake, by=director)
    assert waiting_of(director).unanswered == 0


def test_an_answer_that_was_answered_falls_to_whoever_gave_it(lawyer):
    other = make.user("lawyer")
    intake = make.intake()
    Intake.objects.filter(pk=intake.pk).update(
        decision="answered", decided_by=lawyer, decided_at=timezone.now(),
        unanswered_since=timezone.now() - datetime.timedelta(9),
    )  # fmt: skip

    assert (waiting_of(lawyer).unanswered, waiting_of(other).unanswered) == (1, 0)


def test_a_case_nobody_has_worked_on_for_two_weeks_falls_to_its_lawyer(lawyer, director):
    for days in [13, 15]:
        make.case(lawyer=lawyer, touched_at=timezone.now() - datetime.timedelta(days))

    assert (waiting_of(lawyer).stale, waiting_of(director).stale) == (1, 0)


def test_wishes_to_be_erased_are_told_at_once_and_lists_after_a_week(lawyer, director):
    erasure.wish(make.intake())
    retention.find()
    batch = DisposalBatch.objects.get()
    assert waiting_of(lawyer).wishes == waiting_of(director).wishes == 1
    assert waiting_of(make.user("specialist", language="en")).wishes == 0

    retention.check(batch, by=lawyer, seen=10**9)
    assert (waiting_of(lawyer).wishes, waiting_of(director).wishes) == (0, 1)
    assert waiting_of(director).disposals == 0
    DisposalBatch.objects.update(found_at=timezone.now() - datetime.timedelta(8))
    assert (waiting_of(lawyer).disposals, waiting_of(director).disposals) == (0, 1)


# The mail server rests


@pytest.fixture
def letters(settings):
    """A mail server that can rest: (start it, stop it, what it was given)."""

    class Box:
        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            given.append(envelope.content.decode())
            return "250 OK"

    given, port = [], free_port()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    server = Controller(Box(), hostname="127.0.0.1", port=port)
    yield server, given
    if server.server:
        server.stop()


def test_a_letter_that_could_not_be_sent_for_an_hour_is_sent_once_after(lawyer, letters, on):
    server, given = letters
    make.task(make.case(lawyer=lawyer), due_on=MONDAY)
    reminders.plan()

    tries = 0
    for half_minute in range(120):
        on(TUESDAY, later=half_minute * HALF_A_MINUTE)
        tries += jobs.run_one()
    assert given == []
    assert 5 < tries < 12
    assert Task.objects.get().reminded_at is None

    server.start()
    for half_minute in range(120, 160):
        on(TUESDAY, later=half_minute * HALF_A_MINUTE)
        jobs.run_one()

    assert len(given) == 1
    assert f"Message-ID: <day-{lawyer.pk}-2026-11-24@127.0.0.1>" in given[0]
    assert Task.objects.get().reminded_at


def test_what_could_not_be_sent_all_day_is_not_sent_with_the_next(lawyer, letters, on):
    server, given = letters
    make.task(make.case(lawyer=lawyer), due_on=MONDAY)
    reminders.plan()
    run_all_once()
    on(THURSDAY)
    server.start()

    reminders.plan()
    run_all()

    assert len(given) == 1


def run_all_once():
    Job.objects.waiting().update(next_at=timezone.now())
    jobs.run_one()
