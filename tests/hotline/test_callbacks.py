"""Calling back: nobody who was promised it is forgotten, rung twice, or rung when it harms."""

import datetime
import threading
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation

from hotline import retention, ringing_back
from hotline.models import Call, Callback, CallbackAttempt, CallDraft, CallerFlag
from legalaid import erasure
from sanasezim.shared.models import AccessEntry
from tests import make

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
Result, Outcome = CallbackAttempt.Result, Callback.Outcome


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def almaty(day, hour, minute=0):
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Almaty"))


def waiting(**fields):
    """One that may be rung since an hour."""
    now = timezone.now()
    return make.callback(**{"ring_from": now - HOUR, "ring_by": now + HOUR} | fields)


def page(name, callback):
    return reverse(f"admin:hotline_callback_{name}", args=[callback.pk])


# The queue


def test_the_urgent_come_first_and_then_what_was_promised_first():
    now = timezone.now()
    late = waiting(ring_by=now + 3 * HOUR)
    early = waiting(ring_by=now + HOUR)
    urgent = waiting(ring_by=now + 5 * HOUR, urgency=2)
    without = waiting(ring_by=None)

    assert list(Callback.objects.due(now)) == [urgent, early, late, without]


def test_who_is_not_safe_now_is_not_offered_and_the_question_agrees_with_the_queue():
    now = almaty(24, 21, 30)  # a Tuesday
    safe = [
        make.callback(safe_hours=[20, 21], ring_from=now),
        make.callback(safe_days=[1], ring_from=now),
        make.callback(ring_from=now),
    ]
    unsafe = [
        make.callback(safe_hours=[20], ring_from=now),
        make.callback(safe_days=[2], ring_from=now),
        make.callback(safe_hours=[21], safe_days=[4], ring_from=now),
    ]

    assert set(Callback.objects.due(now)) == set(safe)
    assert all(each.is_safe_at(now) for each in safe)
    assert not any(each.is_safe_at(now) for each in unsafe)
    assert unsafe[2].next_safe(now) == almaty(27, 21)


def test_an_hour_at_night_is_safe_across_midnight():
    callback = make.callback(safe_hours=[22, 23, 0, 1])

    assert callback.is_safe_at(almaty(24, 23)) and callback.is_safe_at(almaty(25, 0))
    assert not callback.is_safe_at(almaty(25, 2))
    assert callback.next_safe(almaty(25, 2, 10)) == almaty(25, 22)


def test_what_is_held_ended_later_or_in_hand_is_not_offered(operator):
    now = timezone.now()
    waiting(held_because="trap")
    waiting(ring_from=now + 5 * HOUR)
    ringing_back.end(waiting(), by=operator, outcome=Outcome.NOT_NEEDED)
    ringing_back.take(taken := waiting(), by=operator)

    assert not Callback.objects.due(now).exists()
    # Whoever took it went away without a word.
    assert list(Callback.objects.due(now + HOUR)) == [taken]


# Two at once


@pytest.mark.django_db(transaction=True)
def test_a_hundred_callbacks_taken_by_two_at_once_are_taken_once_each():
    colleagues = [make.user("operator") for _each in range(2)]
    for _each in range(100):
        waiting()
    taken = {colleague.pk: [] for colleague in colleagues}
    start = threading.Barrier(2)

    def work(colleague):
        start.wait()
        while callback := ringing_back.take_next(by=colleague):
            taken[colleague.pk].append(callback.pk)
        connection.close()

    threads = [threading.Thread(target=work, args=[colleague]) for colleague in colleagues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    both = sum(taken.values(), [])
    assert len(both) == 100 and len(set(both)) == 100
    for colleague in colleagues:
        assert set(taken[colleague.pk]) == set(
            Callback.objects.filter(claimed_by=colleague).values_list("pk", flat=True)
        )


@pytest.mark.django_db(transaction=True)
def test_the_last_place_of_a_slot_is_promised_once():
    make.callback_slot(capacity=1)
    start, made = threading.Barrier(2), []

    def ask():
        start.wait()
        made.append(ringing_back.take_in(make.unsaved_callback()))
        connection.close()

    threads = [threading.Thread(target=ask) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({callback.slot_at for callback in made}) == 2


def test_what_a_colleague_has_in_hand_is_not_taken_from_them(operator):
    callback = ringing_back.take(waiting(), by=make.user("operator"))

    for step in [
        lambda: ringing_back.take(callback, by=operator),
        lambda: ringing_back.put_back(callback, by=operator),
        lambda: ringing_back.write_down(callback, by=operator, result=Result.BUSY),
        lambda: ringing_back.end(callback, by=operator, outcome=Outcome.JUNK),
    ]:
        with pytest.raises(ValidationError):
            step()


def test_a_phone_that_must_not_ring_is_not_taken(operator):
    callback = waiting(safe_hours=[3])

    with pytest.raises(ValidationError, match="must not ring"):
        ringing_back.take(callback, by=operator, now=almaty(24, 12))


# Tries


def tried(callback, result, by, now=None, **more):
    ringing_back.take(callback, by=by, now=now)
    return ringing_back.write_down(callback, by=by, result=result, now=now, **more)


def test_after_three_tries_it_ends_and_every_word_is_there(operator):
    callback, now = waiting(), timezone.now()
    for number in range(3):
        callback = tried(callback, Result.NO_ANSWER, operator, now, note=f"try {number}")
        now += 3 * HOUR

    assert callback.outcome == Outcome.NOT_REACHED and not callback.is_open
    assert [each.note for each in callback.attempts.all()] == ["try 0", "try 1", "try 2"]


def test_a_try_puts_it_off_to_the_next_safe_hour(operator):
    callback = make.callback(safe_hours=[10, 18], ring_from=almaty(24, 10))

    callback = tried(callback, Result.SOMEBODY_ELSE, operator, almaty(24, 10, 5))

    assert callback.ring_from == almaty(24, 18) and callback.claimed_by is None


def test_they_say_when_to_ring_again(operator):
    callback = make.callback(ring_from=almaty(24, 10))

    callback = tried(callback, Result.NOT_SAFE, operator, almaty(24, 10), again_at=almaty(26, 15))

    assert callback.ring_from == almaty(26, 15)


def test_reached_ends_it(operator):
    callback = tried(waiting(), Result.REACHED, operator)

    assert callback.outcome == Outcome.REACHED
    with pytest.raises(ValidationError, match="ended already"):
        ringing_back.take(callback, by=operator)
    with pytest.raises(ValidationError, match="tries"):
        ringing_back.end(waiting(), by=operator, outcome=Outcome.REACHED)


def test_the_database_keeps_an_end_and_a_hand_whole(operator):
    for wrong in [{"ended_at": timezone.now()}, {"outcome": "junk"}, {"claimed_by": operator}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Callback.objects.filter(pk=waiting().pk).update(**wrong)


# The pages


@pytest.fixture
def desk(client, operator):
    client.force_login(operator)
    return client


def test_the_number_is_seen_by_whoever_has_it_in_hand_and_that_is_written_down(desk, operator):
    callback = waiting(phone="+77015550142", caller_name="Канарейкин Тест")
    shown = desk.get(page("change", callback)).content.decode()
    assert "5550142" not in shown and "Канарейкин" not in shown
    assert desk.post(page("reveal", callback), {"why": "contact"}).status_code == 403

    desk.post(reverse("admin:hotline_callback_next"))
    shown = desk.post(page("reveal", callback), {"why": "contact"}).content.decode()

    assert "+77015550142" in shown
    assert AccessEntry.objects.filter(
        action="reveal", what="hotline.callback", what_id=callback.pk, who=operator
    ).exists()


def test_the_next_colleague_sees_the_last_words(desk):
    callback = waiting()
    ringing_back.take(callback, by=(other := make.user("operator")))
    ringing_back.write_down(
        callback, by=other, result=Result.BUSY, note="a child answered", again_at=None
    )
    Callback.objects.filter(pk=callback.pk).update(ring_from=timezone.now() - HOUR)

    for address in [page("change", callback), reverse("admin:hotline_callback_changelist")]:
        assert "a child answered" in desk.get(address).content.decode()


def test_when_they_speak_the_screen_of_the_call_is_filled_in_and_the_call_is_found_again(
    desk, operator
):
    callback = waiting(phone="+77015550142", language="uz")
    desk.post(page("take", callback))
    draft = desk.get(page("change", callback)).context["draft"]

    answer = desk.post(page("reached", callback), {"do": "resume", "draft": draft.pk}, follow=True)
    call = make.call(form_token=draft.token)

    assert answer.redirect_chain[0][1] == 307
    assert "+77015550142" in answer.content.decode()
    assert Callback.objects.get(pk=callback.pk).outcome == Outcome.REACHED
    assert reverse("admin:hotline_call_change", args=[call.pk]) in (
        desk.get(page("change", callback)).content.decode()
    )


def test_an_unfinished_call_goes_when_they_were_not_reached(desk):
    callback = waiting()
    desk.post(page("take", callback))
    desk.get(page("change", callback))

    desk.post(page("not_reached", callback), {"result": "busy"})

    assert not CallDraft.objects.exists()
    assert callback.attempts.get().result == "busy"


def test_a_colleague_writes_one_down_with_hours_of_their_own(desk, operator):
    desk.post(
        reverse("admin:hotline_callback_add"),
        {"phone": "8 701 555 01 42", "language": "kk", "may_say_who": "no", "urgency": "1"}
        | {"since": "22", "until": "2", "days": ["4"], "remark": "ask for Aigul"},
    )

    callback = Callback.objects.get()
    assert callback.phone == "+77015550142" and callback.added_by == operator
    assert callback.safe_hours == [0, 1, 22, 23] and callback.safe_days == [4]
    form = desk.get(page("change", callback)).context["adminform"].form
    assert (form.initial["since"], form.initial["until"]) == (22, 2)


def test_what_was_promised_in_a_call_takes_its_number(desk, operator):
    call = make.call(answered_by=operator, phone="+77015550142", language="ky")

    form = desk.get(reverse("admin:hotline_callback_add"), {"call": call.pk})
    desk.post(
        reverse("admin:hotline_callback_add"),
        {"promised_in": call.pk, "may_say_who": "yes", "urgency": "0", "parts": ["evening"]},
    )

    assert "5550142" not in form.content.decode()
    callback = Callback.objects.get()
    assert (callback.call, callback.phone, callback.language) == (call, "+77015550142", "ky")
    assert callback.source == "call" and callback.safe_hours == [17, 18, 19, 20, 21]


def test_a_warning_is_read_and_blocks_nobody(desk, operator):
    callback = waiting(phone="+77015550142")
    CallerFlag.objects.create(phone="87015550142", reason="threats", set_by=operator)

    shown = desk.get(page("change", callback))
    desk.post(page("take", callback))

    assert [flag.reason for flag in shown.context["flags"]] == ["threats"]
    assert Callback.objects.get().claimed_by == operator


# The end of it


def test_the_number_is_erased_after_its_time_and_the_counts_stay(operator, settings):
    now = timezone.now()
    old, new, still = (waiting(phone="+77015550142", remark="Канарейка") for _each in range(3))
    tried(old, Result.REACHED, operator, note="Канарейка")
    tried(new, Result.REACHED, operator)
    Callback.objects.filter(pk=old.pk).update(ended_at=now - settings.KEEP_CALLBACKS)
    Callback.objects.filter(pk=new.pk).update(ended_at=now - settings.KEEP_CALLBACKS + HOUR)

    retention.forget_old()

    old.refresh_from_db()
    attempt = old.attempts.get()
    assert (old.phone, old.remark, old.search_keys, attempt.note) == ("", "", [], "")
    assert (old.outcome, attempt.result, old.source) == ("reached", "reached", "web")
    assert not Callback.pgh_event_model.objects.filter(pgh_obj_id=old.pk).exists()
    for kept in [new, still]:
        kept.refresh_from_db()
        assert kept.phone == "+77015550142"


def test_a_callback_goes_with_its_call(operator):
    call = make.call(started_at=timezone.now() - 400 * 24 * HOUR)
    callback = waiting(call=call)
    ringing_back.end(callback, by=operator, outcome=Outcome.JUNK)

    erasure.erase(call)

    callback.refresh_from_db()
    assert callback.phone == "" and Call.objects.get().phone == ""
