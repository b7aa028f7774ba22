"""What is kept for how long, who must agree before it is erased, and what still keeps it."""

import datetime
import os
import random
import subprocess
import sys
import threading
import time

import pgtrigger
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from hotline.models import Call
from legalaid import erased_list, erasure, retention
from legalaid.deadlines import in_months
from legalaid.models import Case, DisposalBatch, DisposalItem, Identity, Intake, Message
from sanasezim.shared import jobs
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import AccessEntry, Job
from tests import make

pytestmark = pytest.mark.django_db
IN_TRANSACTIONS_OF_ITS_OWN = pytest.mark.django_db(transaction=True)

Kind = DisposalBatch.Kind
KILLS = int(os.environ.get("KILLS", "4"))


def ago(days):
    return timezone.now() - datetime.timedelta(days=days)


def decided(decision, days, by=None, **fields):
    made = make.intake(received_at=ago(days + 1), **fields)
    more = {"decline_reason": "not_ours"} if decision == "declined" else {}
    Intake.objects.filter(pk=made.pk).update(
        decided_at=ago(days), decided_by=by or make.user("lawyer"), decision=decision, **more
    )
    made.refresh_from_db()
    return made


def closed(days, **fields):
    case = make.case(**{"opened_on": ago(days + 100).date()} | fields)
    make.outcome(case)
    Case.objects.filter(pk=case.pk).update(closed_on=ago(days).date())
    case.refresh_from_db()
    return case


def due(kind):
    return list(retention.ENDINGS[kind].all_due())


def listed(kind):
    """The numbers of the records on the unchecked list of a kind."""
    items = DisposalItem.objects.filter(batch__kind=kind, batch__checked_by=None)
    return list(items.values_list("what_id", flat=True))


def checked(batch, by):
    retention.check(batch, by=by, seen=batch.items.order_by("pk").last().pk)
    batch.refresh_from_db()
    return batch


def approved(batch, by, by_second):
    retention.approve(checked(batch, by), by=by_second)
    batch.refresh_from_db()
    return batch


def run_all():
    """What the worker does when the time to take it back is over."""
    Job.objects.waiting().update(next_at=timezone.now())
    while jobs.run_one():
        pass


def found(kind):
    retention.find()
    return DisposalBatch.objects.get(kind=kind)


# How long


def test_junk_is_kept_for_thirty_days():
    old, _new = decided("junk", 31), decided("junk", 29)

    assert due(Kind.JUNK) == [old]


@pytest.mark.parametrize("decision", ["declined", "answered", "referred"])
def test_what_was_not_taken_on_is_kept_for_ninety_days(decision):
    old, _new = decided(decision, 91), decided(decision, 89)

    assert due(Kind.DECLINED) == [old]


def test_what_nobody_decided_is_kept():
    make.intake(received_at=ago(4000))

    assert [due(kind) for kind in [Kind.JUNK, Kind.DECLINED, Kind.WISHED]] == [[], [], []]


def test_a_repeat_is_kept_as_long_as_its_first(lawyer):
    case = closed(10)
    first = make.taken(case)
    again = make.intake(received_at=ago(101))
    Intake.objects.filter(pk=again.pk).update(
        decided_at=ago(100), decided_by=lawyer, decision="duplicate", same_as=first
    )
    assert due(Kind.DECLINED) == []

    other = decided("declined", 100)
    Intake.objects.filter(pk=again.pk).update(same_as=other)
    assert set(due(Kind.DECLINED)) == {again, other}


def test_a_closed_case_is_kept_for_three_years():
    old, _new, _open = closed(3 * 366), closed(3 * 364), make.case(opened_on="2010-01-01")

    assert due(Kind.CASES) == [old]


def test_the_lawyer_sets_another_day():
    today = timezone.localdate()
    early, late = closed(200), closed(3 * 366)
    Case.objects.filter(pk=early.pk).update(dispose_on=today)
    Case.objects.filter(pk=late.pk).update(dispose_on=today + datetime.timedelta(days=1))

    assert due(Kind.CASES) == [early]


def test_a_held_case_is_kept():
    case = closed(2000)
    case.is_held, case.hold_reason = True, "иск"
    case.save()

    assert due(Kind.CASES) == []


def test_a_case_that_is_open_again_is_kept_whatever_its_day_says():
    Case.objects.filter(pk=make.case(opened_on="2010-01-01").pk).update(dispose_on="2015-01-01")

    assert due(Kind.CASES) == []


def test_a_call_is_kept_for_a_year():
    old, _new = make.call(started_at=ago(367)), make.call(started_at=ago(364))

    assert due(Kind.CALLS) == [old]


def test_a_call_of_a_case_goes_with_the_case():
    case = closed(500)
    call = make.call(started_at=ago(800), intake=make.taken(case), outcome="intake")
    make.call(started_at=ago(800), intake=make.intake(), outcome="intake")
    assert due(Kind.CALLS) == []

    erasure.erase(case)

    call.refresh_from_db()
    assert (call.notes, call.phone, call.caller_name, call.search_keys) == ("", "", "", [])
    assert due(Kind.CALLS) == []


def test_a_call_that_was_erased_is_not_due_again():
    call = make.call(started_at=ago(400))
    erasure.erase(call)

    assert due(Kind.CALLS) == []
    assert Call.objects.count() == 1


def test_somebody_in_no_record_is_kept_for_a_year():
    people = [make.person(name=f"Лишний {number}") for number in range(6)]
    old, new, in_case, in_intake, in_old_call, in_new_call = people
    make.Person.objects.exclude(pk=new.pk).update(added_at=ago(400))
    make.case(people=[in_case])
    make.intake(person=in_intake)
    make.call(person=in_old_call, started_at=ago(399), caller_name="", phone="")
    make.call(person=in_new_call, caller_name="", phone="")

    assert set(due(Kind.PEOPLE)) == {old, in_old_call}


# Who has just written


def test_whoever_has_just_written_is_not_erased():
    junk, declined, case = decided("junk", 400), decided("declined", 400), closed(2000)
    for intake in [junk, declined, make.taken(case)]:
        make.message(intake, written_at=ago(89))
    assert [due(kind) for kind in [Kind.JUNK, Kind.DECLINED, Kind.CASES]] == [[], [], []]

    with pgtrigger.ignore():
        Message.objects.update(written_at=ago(91))
    assert [due(kind) for kind in [Kind.JUNK, Kind.DECLINED, Kind.CASES]] == [
        [junk],
        [declined],
        [case],
    ]


def test_whoever_waits_for_our_answer_is_not_erased():
    declined, case = decided("answered", 400), closed(2000)
    for intake in [declined, make.taken(case)]:
        Intake.objects.filter(pk=intake.pk).update(unanswered_since=ago(300))

    assert due(Kind.DECLINED) == due(Kind.CASES) == []


# The lists


def test_a_night_lists_what_is_due_by_kind_and_erases_nothing():
    intake, case, call = decided("declined", 100), closed(2000), make.call(started_at=ago(400))

    new = retention.find()

    assert new == {Kind.JUNK: 0, Kind.DECLINED: 1, Kind.CASES: 1, Kind.PEOPLE: 0, Kind.WISHED: 0,
                   Kind.CALLS: 1}  # fmt: skip
    assert [listed(kind) for kind in [Kind.DECLINED, Kind.CASES, Kind.CALLS]] == [
        [intake.pk],
        [case.pk],
        [call.pk],
    ]
    run_all()
    intake.refresh_from_db()
    assert intake.story


def test_the_next_night_adds_to_the_same_list():
    first = decided("declined", 100)
    retention.find()
    second = decided("declined", 100)

    retention.find()
    retention.find()

    assert listed(Kind.DECLINED) == [first.pk, second.pk]
    assert DisposalBatch.objects.count() == 1


def test_what_is_no_longer_due_is_taken_off():
    gone, stays = decided("declined", 100), decided("declined", 100)
    retention.find()
    make.message(gone)

    retention.find()
    assert listed(Kind.DECLINED) == [stays.pk]

    make.message(stays)
    retention.find()
    assert not DisposalBatch.objects.exists()


def test_there_is_one_unchecked_list_of_a_kind():
    DisposalBatch.objects.create(kind=Kind.JUNK)

    with pytest.raises(IntegrityError, match="unchecked_once"), transaction.atomic():
        DisposalBatch.objects.create(kind=Kind.JUNK)


@IN_TRANSACTIONS_OF_ITS_OWN
def test_two_nights_at_once_make_one_list():
    for _number in range(20):
        decided("declined", 100)
    start = threading.Barrier(2)

    def find():
        start.wait()
        retention.find()
        connection.close()

    nights = [threading.Thread(target=find) for _number in range(2)]
    for night in nights:
        night.start()
    for night in nights:
        night.join()

    assert len(listed(Kind.DECLINED)) == 20
    assert DisposalBatch.objects.count() == 1


# Two people


def test_one_checks_and_another_approves(lawyer, director):
    intake = decided("declined", 100)
    batch = found(Kind.DECLINED)

    approved(batch, lawyer, director)
    run_all()

    intake.refresh_from_db()
    batch.refresh_from_db()
    assert intake.erased_at and batch.erased_at
    assert retention.progress(batch) == {"listed": 1, "left_out": 0, "erased": 1, "waiting": 0}
    entry = AccessEntry.objects.get(action=Action.ERASE)
    assert (entry.who, entry.what_id, entry.within_id) == (director, intake.pk, batch.pk)


def test_nobody_approves_what_they_checked(lawyer):
    decided("declined", 100)
    batch = checked(found(Kind.DECLINED), lawyer)

    with pytest.raises(ValidationError, match="Somebody else|другой|Другой"):
        retention.approve(batch, by=lawyer)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        DisposalBatch.objects.update(approved_by=lawyer)
    with pytest.raises(IntegrityError, match="after_approval"), transaction.atomic():
        DisposalBatch.objects.update(erased_at=timezone.now())


def test_nothing_is_approved_that_nobody_checked(lawyer, director):
    decided("declined", 100)
    batch = found(Kind.DECLINED)

    with pytest.raises(ValidationError):
        retention.approve(batch, by=director)
    approved(batch, lawyer, director)
    with pytest.raises(ValidationError):
        retention.approve(batch, by=director)
    with pytest.raises(ValidationError):
        retention.check(batch, by=director, seen=10**9)


def test_what_was_added_while_somebody_looked_is_not_checked_unseen(lawyer):
    decided("declined", 100)
    batch = found(Kind.DECLINED)
    seen = batch.items.last().pk
    decided("declined", 100)
    retention.find()

    with pytest.raises(ValidationError):
        retention.check(batch, by=lawyer, seen=seen)


def test_what_is_due_after_the_check_comes_on_a_new_list(lawyer):
    decided("declined", 100)
    checked(found(Kind.DECLINED), lawyer)
    later = decided("declined", 100)

    retention.find()

    assert listed(Kind.DECLINED) == [later.pk]
    assert DisposalBatch.objects.count() == 2


def test_what_is_left_out_stays_and_comes_up_again_after_a_while(lawyer, director):
    stays, goes = decided("declined", 100), decided("declined", 100)
    batch = found(Kind.DECLINED)
    item = batch.items.get(what_id=stays.pk)
    retention.leave_out(batch, reasons={item.pk: "needed"})

    approved(batch, lawyer, director)
    run_all()

    stays.refresh_from_db()
    goes.refresh_from_db()
    assert (stays.erased_at, bool(goes.erased_at)) == (None, True)
    retention.find()
    assert listed(Kind.DECLINED) == []
    DisposalItem.objects.filter(pk=item.pk).update(left_out_at=ago(91))
    retention.find()
    assert listed(Kind.DECLINED) == [stays.pk]


def test_leaving_out_needs_a_reason_and_can_be_changed(lawyer):
    decided("declined", 100)
    batch = found(Kind.DECLINED)
    item = batch.items.get()

    retention.leave_out(batch, reasons={item.pk: "asked"})
    item.refresh_from_db()
    assert item.left_out_at and item.left_out_because == "asked"
    retention.leave_out(batch, reasons={item.pk: ""})
    item.refresh_from_db()
    assert (item.left_out_at, item.left_out_because) == (None, "")
    for wrong in [{"left_out_at": timezone.now()}, {"left_out_because": "asked"},
                  {"left_out_at": timezone.now(), "left_out_because": "x",
                   "erased_at": timezone.now()}]:  # fmt: skip
        with pytest.raises(IntegrityError, match="disposal_item_"), transaction.atomic():
            DisposalItem.objects.update(**wrong)

    checked(batch, lawyer)
    with pytest.raises(ValidationError):
        retention.leave_out(batch, reasons={item.pk: "asked"})


def test_a_list_of_which_all_is_left_out_is_finished_by_the_second_person(lawyer, director):
    intake = decided("declined", 100)
    batch = found(Kind.DECLINED)
    retention.leave_out(batch, reasons={batch.items.get().pk: "unsure"})

    approved(batch, lawyer, director)

    intake.refresh_from_db()
    assert batch.erased_at and not intake.erased_at


# Taking it back


def test_erasing_begins_only_when_there_was_time_to_take_it_back(lawyer, director):
    intake = decided("declined", 100)
    batch = approved(found(Kind.DECLINED), lawyer, director)

    assert not jobs.run_one()
    assert retention.begins_at(batch) - batch.approved_at == datetime.timedelta(minutes=10)
    retention.take_back(batch)
    run_all()

    intake.refresh_from_db()
    assert intake.story
    batch.refresh_from_db()
    assert batch.is_checked and not batch.is_approved

    retention.approve(batch, by=director)
    run_all()
    intake.refresh_from_db()
    assert intake.erased_at
    with pytest.raises(ValidationError):
        retention.take_back(batch)


def test_half_way_the_rest_can_be_taken_back(lawyer, director):
    for _number in range(3):
        decided("declined", 100)
    batch = approved(found(Kind.DECLINED), lawyer, director)
    Job.objects.waiting().update(next_at=timezone.now())
    jobs.run_one()

    retention.take_back(batch)
    run_all()

    assert retention.progress(batch) == {"listed": 3, "left_out": 0, "erased": 1, "waiting": 2}
    with pytest.raises(ValidationError):
        retention.take_back(batch)
    batch.refresh_from_db()
    retention.approve(batch, by=director)
    run_all()
    assert not Intake.objects.filter(erased_at=None).exists()


def test_a_check_that_is_taken_back_joins_the_list_that_grew_meanwhile(lawyer):
    first = decided("declined", 100)
    batch = checked(found(Kind.DECLINED), lawyer)
    second = decided("declined", 100)
    retention.find()

    other = retention.take_back(batch)

    assert sorted(listed(Kind.DECLINED)) == [first.pk, second.pk]
    assert list(DisposalBatch.objects.all()) == [other]
    checked(other, lawyer)
    assert retention.take_back(other) == other
    with pytest.raises(ValidationError):
        retention.take_back(other)


@pytest.mark.parametrize("what", ["written", "held", "opened again"])
def test_what_changes_after_the_approval_keeps_the_record(lawyer, director, what):
    case = closed(2000)
    intake = make.taken(case)
    batch = approved(found(Kind.CASES), lawyer, director)
    if what == "written":
        make.message(intake)
    elif what == "held":
        case.is_held, case.hold_reason = True, "иск"
        case.save()
    else:
        case.closed_on = None
        case.save()

    run_all()

    case.refresh_from_db()
    batch.refresh_from_db()
    assert case.erased_at is None
    assert batch.items.get().left_out_because == "not_due"
    assert batch.erased_at
    case.closed_on, case.is_held, case.hold_reason = ago(2000).date(), False, ""
    case.save()
    Intake.objects.update(unanswered_since=None)
    if what != "written":
        retention.find()
        assert listed(Kind.CASES) == [case.pk]


@IN_TRANSACTIONS_OF_ITS_OWN
def test_a_message_that_comes_at_the_moment_of_erasing_keeps_the_record(lawyer, director):
    case = closed(2000)
    intake = make.taken(case)
    item = approved(found(Kind.CASES), lawyer, director).items.get()
    writing, written = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            make.message(intake)
            writing.set()
            written.wait(0.5)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    writing.wait(20)
    with transaction.atomic():
        retention.erase_item(item.pk)
    writer.join()

    case.refresh_from_db()
    item.refresh_from_db()
    assert (case.erased_at, item.left_out_because) == (None, "not_due")
    assert Message.objects.count() == 1


# A person's wish


def wish_of(intake):
    erasure.wish(intake)
    retention.find()
    return DisposalBatch.objects.get(kind=Kind.WISHED, erased_at=None)


def test_a_wish_is_listed_the_next_night_whatever_its_state(lawyer, director):
    intake = make.intake(person=make.person())
    batch = wish_of(intake)

    approved(batch, lawyer, director)
    run_all()

    intake.refresh_from_db()
    assert intake.erased_at
    assert (intake.decision, intake.decided_by) == ("declined", director)
    assert not Identity.objects.exists()


def test_a_wish_that_is_taken_back_is_forgotten(lawyer, director):
    intake = make.intake()
    batch = approved(wish_of(intake), lawyer, director)
    erasure.take_back_wish(intake)

    run_all()

    intake.refresh_from_db()
    assert intake.erased_at is None
    assert batch.items.get().left_out_because == "not_due"


def test_a_wish_ends_the_case_that_is_about_nobody_else(lawyer, director):
    person = make.person()
    case = closed(10, people=[person])
    intake = make.taken(case, person=person)
    make.message(intake)  # whoever wishes has just written, too

    approved(wish_of(intake), lawyer, director)
    run_all()

    case.refresh_from_db()
    assert case.erased_at
    assert not Identity.objects.exists()


def test_of_a_case_of_many_a_wish_takes_one(lawyer, director):
    one, other = make.person(name="Одна"), make.person(name="Другая")
    case = make.case(people=[one, other])
    intake, others = make.taken(case, person=one), make.taken(case, person=other)
    batch = wish_of(intake)
    with pytest.raises(ValidationError):
        checked(batch, lawyer)  # the case is open: whoever needs it leaves it out
    make.outcome(case)
    Case.objects.filter(pk=case.pk).update(closed_on=timezone.localdate())

    approved(batch, lawyer, director)
    run_all()

    case.refresh_from_db()
    others.refresh_from_db()
    intake.refresh_from_db()
    assert (bool(intake.erased_at), case.erased_at, others.erased_at) == (True, None, None)
    assert [identity.name for identity in Identity.objects.all()] == ["Другая"]


def test_a_wish_whose_case_is_held_waits(lawyer, director):
    case = closed(10)
    intake = make.taken(case)
    batch = approved(wish_of(intake), lawyer, director)
    case.is_held, case.hold_reason = True, "суд"
    case.save()

    run_all()

    intake.refresh_from_db()
    assert intake.erased_at is None
    assert batch.items.get().left_out_because == "not_due"
    assert list(retention.open_wishes(wish_of(intake))) == list(
        DisposalItem.objects.filter(batch__checked_by=None)
    )


# Killed half way, and two workers at once

WORKER = """
import sys
from tests import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.ERASED_LIST, settings.SEALED_ROOT = sys.argv[2:4]
import datetime, time
import django
django.setup()
from sanasezim.shared import jobs
jobs.TAKEN_FOR = datetime.timedelta(seconds=0.3)
print("ready", flush=True)
while True:
    if jobs.run_one():
        print("one", flush=True)
    else:
        time.sleep(0.05)
"""


def a_worker():
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], settings.ERASED_LIST,
         settings.SEALED_ROOT],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    return process


@IN_TRANSACTIONS_OF_ITS_OWN
def test_each_record_is_erased_once_however_often_the_worker_is_killed(lawyer, director):
    for number in range(6 * KILLS):
        intake = decided("declined", 100, by=lawyer, person=make.person(name=f"Имя {number}"))
        make.message(intake, written_at=ago(100))
    batch = approved(found(Kind.DECLINED), lawyer, director)
    Job.objects.waiting().update(next_at=timezone.now())
    rng = random.Random(28)  # noqa: S311

    for _kill in range(KILLS):
        worker = a_worker()
        time.sleep(rng.uniform(0, 0.15))
        worker.kill()
        worker.communicate()
        half = Intake.objects.filter(erased_at__isnull=False, messages__isnull=False)
        assert not half.exists()
    workers = [a_worker(), a_worker()]
    deadline = time.monotonic() + 120
    while Job.objects.waiting().exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    for worker in workers:
        worker.kill()
        worker.communicate()

    batch.refresh_from_db()
    assert batch.erased_at
    entries = AccessEntry.objects.filter(action=Action.ERASE).values_list("what_id", flat=True)
    assert sorted(entries) == sorted(Intake.objects.values_list("pk", flat=True))
    assert not Message.objects.exists() and not Identity.objects.exists()
    erased_list.copy()
    assert len(settings.ERASED_LIST.read_text().splitlines()) == len(erased_list.marks())
    assert erased_list.troubles() == []


# The pages


def page_of(batch):
    return reverse("admin:legalaid_disposalbatch_change", args=[batch.pk])


def press(client, batch, step, **more):
    seen = batch.items.order_by("pk").last().pk
    return client.post(page_of(batch), {"step": step, "seen": seen} | more)


def test_two_people_go_through_the_pages(client, lawyer, director):
    stays, goes = decided("declined", 100, by=lawyer), decided("declined", 100, by=lawyer)
    batch = found(Kind.DECLINED)
    item = batch.items.get(what_id=stays.pk)

    make.sign_in(client, lawyer)
    assert stays.reference in client.get(page_of(batch)).content.decode()
    press(client, batch, "leave_out", **{f"because-{item.pk}": "needed"})
    press(client, batch, "check", **{f"because-{item.pk}": "needed"})
    press(client, batch, "approve")
    batch.refresh_from_db()
    assert (batch.checked_by, batch.approved_by) == (lawyer, None)

    make.sign_in(client, director)
    press(client, batch, "approve")
    batch.refresh_from_db()
    assert batch.approved_by == director
    run_all()
    stays.refresh_from_db()
    goes.refresh_from_db()
    assert stays.story and not goes.story
    page = client.get(page_of(batch)).content.decode()
    assert "<progress" not in page and 'name="step"' not in page
    actions = AccessEntry.objects.filter(what="legalaid.disposalbatch", what_id=batch.pk)
    assert list(actions.order_by("pk").values_list("action", "who")) == [
        *[("view", lawyer.pk), ("change", lawyer.pk), ("change", lawyer.pk)],
        *[("change", director.pk), ("view", director.pk)],
    ]


def test_the_code_or_password_is_asked_for_once_more_before_it_is_approved(
    client, lawyer, director
):
    decided("declined", 100)
    batch = checked(found(Kind.DECLINED), lawyer)
    client.force_login(director)

    asked = press(client, batch, "approve")
    batch.refresh_from_db()
    assert asked.status_code == 200
    assert 'name="again-password"' in asked.content.decode()
    assert not batch.is_approved

    client.post(
        page_of(batch), {"step": "approve", "again-then": "post", "again-password": "long-enough-1"}
    )
    batch.refresh_from_db()
    assert batch.approved_by == director


def test_an_approval_is_taken_back_on_the_page(client, lawyer, director):
    decided("declined", 100)
    batch = approved(found(Kind.DECLINED), lawyer, director)
    make.sign_in(client, director)
    assert "<progress" in client.get(page_of(batch)).content.decode()

    press(client, batch, "take_back")
    press(client, batch, "take_back")

    batch.refresh_from_db()
    assert not batch.is_checked


def test_the_page_tells_nothing_of_a_colleagues_record(client, lawyer, director):
    case = closed(2000, lawyer=make.user("lawyer"))
    batch = found(Kind.CASES)

    client.force_login(lawyer)
    assert case.reference not in client.get(page_of(batch)).content.decode()
    client.force_login(director)
    assert case.reference in client.get(page_of(batch)).content.decode()


@pytest.mark.parametrize("kind", Kind.values)
def test_the_page_opens_for_every_kind(client, director, kind):
    case = closed(2000)
    record = {
        "cases": case,
        "calls": make.call(started_at=ago(400)),
        "people": make.person(),
        "wished": make.taken(make.case(), erasure_wished_at=timezone.now()),
    }.get(kind) or decided("junk" if kind == "junk" else "declined", 100)
    batch = make.disposal(kind, record)
    client.force_login(director)

    page = client.get(page_of(batch)).content.decode()

    assert (getattr(record, "reference", None) or str(record.pk)) in page
    assert ('class="stale"' in page) == (kind == "wished")


@pytest.mark.parametrize("role", ["specialist", "operator", "administrator", "coordinator"])
def test_the_lists_are_closed_to_other_roles(client, role):
    decided("declined", 100)
    batch = found(Kind.DECLINED)
    make.sign_in(client, make.user(role))

    assert client.get("/staff/legalaid/disposalbatch/").status_code == 403
    assert client.get(page_of(batch)).status_code in (302, 403)
    assert press(client, batch, "check").status_code in (302, 403)
    batch.refresh_from_db()
    assert not batch.is_checked


def test_a_long_list_has_pages(client, director):
    batch = make.disposal("junk")
    DisposalItem.objects.bulk_create(
        DisposalItem(batch=batch, what="legalaid.intake", what_id=number)
        for number in range(1, 251)
    )
    client.force_login(director)

    assert client.get(page_of(batch)).content.decode().count('name="because-') == 100
    assert client.get(page_of(batch) + "?page=3").content.decode().count('name="because-') == 50
    assert press(client, batch, "leave_out", page="3")["Location"].endswith("?page=3")


def test_what_a_page_sends_that_it_did_not_offer_is_not_taken(client, lawyer):
    decided("declined", 100)
    batch = found(Kind.DECLINED)
    other = make.disposal("junk", decided("junk", 100))
    item, others = batch.items.get(), other.items.get()
    make.sign_in(client, lawyer)

    press(client, batch, "leave_out", **{f"because-{item.pk}": "not_due", "because-x": "asked",
                                         f"because-{others.pk}": "asked"})  # fmt: skip
    press(client, batch, "erase_now")

    assert not DisposalItem.objects.exclude(left_out_at=None).exists()


# Until when a case is kept


def test_the_lawyer_of_a_case_says_until_when_it_is_kept(client, lawyer):
    case = closed(2000, lawyer=lawyer)
    address = reverse("admin:legalaid_case_keep", args=[case.pk])
    client.force_login(lawyer)
    assert client.get(address).status_code == 200
    day = timezone.localdate() + datetime.timedelta(days=900)

    answer = client.post(
        address, {"dispose_on": f"{day:%Y-%m-%d}", "is_held": "on", "hold_reason": "суд"}
    )

    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.dispose_on, case.is_held, case.hold_reason) == (day, True, "суд")
    assert AccessEntry.objects.filter(
        action="change", what="legalaid.case", what_id=case.pk
    ).exists()
    client.post(address, {"dispose_on": f"{day:%Y-%m-%d}"})
    case.refresh_from_db()
    assert (case.is_held, case.hold_reason, retention.kept_until(case)) == (False, "", day)


def test_holding_needs_a_reason_and_a_day_that_is_to_come(client, lawyer):
    case = closed(2000, lawyer=lawyer)
    client.force_login(lawyer)
    address = reverse("admin:legalaid_case_keep", args=[case.pk])

    for sent in [{"is_held": "on"}, {"dispose_on": "2020-01-01"}]:
        assert client.post(address, sent).status_code == 422
    case.refresh_from_db()
    assert (case.is_held, case.dispose_on) == (False, None)


def test_nobody_else_decides_it(client, lawyer, director):
    colleague = make.user("lawyer")
    case = closed(2000, lawyer=lawyer, team=[colleague])
    address = reverse("admin:legalaid_case_keep", args=[case.pk])
    for someone in [colleague, make.user("lawyer"), make.user("operator")]:
        client.force_login(someone)
        assert client.post(address, {"is_held": "on", "hold_reason": "суд"}).status_code in (
            302,
            403,
        )
        with pytest.raises(ValidationError):
            retention.keep(case, by=someone, is_held=True, hold_reason="суд")
    case.refresh_from_db()
    assert not case.is_held

    retention.keep(case, by=director, is_held=True, hold_reason="суд")
    case.refresh_from_db()
    assert case.is_held
    retention.keep(case, by=director)
    erasure.erase(case)
    with pytest.raises(ValidationError):
        retention.keep(case, by=director, is_held=True, hold_reason="суд")


def test_a_case_is_kept_for_three_years_from_its_end():
    case = closed(10)
    assert retention.kept_until(case) == in_months(case.closed_on, 36)
    assert retention.kept_until(make.case()) is None
