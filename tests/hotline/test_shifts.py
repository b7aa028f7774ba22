"""The rota, and handing over."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from hotline import retention, rota
from hotline.models import Shift
from sanasezim.shared.models import Line
from tests import make
from tests.hotline.test_lines import almaty

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
MONDAY = datetime.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def line_with(*hours):
    line = make.line()
    for one in hours:
        make.hours(line, *one[:2], **one[2])
    return Line.objects.prefetch_related("hours", "texts").get(pk=line.pk)


def test_a_day_says_who_answers_and_when_nobody_does():
    line = line_with(("09:00", "18:00", {}))
    early = make.shift(line=line, begins=almaty(24, 9), hours=4)
    make.shift(line=line, begins=almaty(24, 15), hours=3)

    tuesday = rota.week(line, MONDAY)[1]

    assert tuesday.shifts[0] == early
    assert tuesday.gaps == [(almaty(24, 13), almaty(24, 15))]
    assert rota.week(line, MONDAY)[2].gaps == [(almaty(25, 9), almaty(25, 18))]


def test_a_night_goes_over_midnight_and_belongs_to_the_day_it_begins():
    line = line_with(("20:00", "08:00", {}))
    make.shift(line=line, begins=almaty(24, 20), hours=12)

    week = rota.week(line, MONDAY)

    assert week[1].gaps == [] and week[1].closes == almaty(25, 8)
    assert week[2].shifts == [] and week[2].gaps == [(almaty(25, 20), almaty(26, 8))]


def test_a_campaign_week_has_hours_of_its_own():
    line = line_with(
        ("09:00", "18:00", {}),
        ("08:30", "00:00", {"valid_from": "2026-11-25", "valid_to": "2026-12-10"}),
    )

    week = rota.week(line, MONDAY)

    assert [day.other_hours for day in week] == [False, False, True, True, True, True, True]
    assert (week[2].opens, week[2].closes) == (almaty(25, 8, 30), almaty(26, 0))


def test_nobody_has_two_shifts_at_once(operator):
    make.shift(operator, almaty(24, 9), line=(line := make.line()))
    second = Shift(who=operator, line=line, starts_at=almaty(24, 12), ends_at=almaty(24, 20))

    with pytest.raises(ValidationError, match="already has a shift"):
        second.full_clean()
    for wrong in [{"ends_at": almaty(24, 8)}, {"starts_at": almaty(24, 9)}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Shift.objects.create(
                **{"who": operator, "line": line, "starts_at": almaty(24, 12)}
                | {"ends_at": almaty(24, 20)}
                | wrong
            )


def test_a_week_is_planned_like_the_one_before_and_only_once():
    shift = make.shift(begins=almaty(17, 9))

    assert rota.repeat(MONDAY) == 1
    assert rota.repeat(MONDAY) == 0
    assert Shift.objects.filter(who=shift.who, starts_at=almaty(24, 9)).count() == 1


# The pages


def test_an_operator_leaves_a_note_and_the_next_reads_it(client, operator):
    make.shift(operator)
    client.force_login(operator)
    client.post(reverse("admin:hotline_shift_hand_over"), {"note": "No. 7 rings at eight."})

    client.force_login(make.user("operator"))
    for name in ["hand_over", "sheet"]:
        assert "No. 7 rings at eight." in (
            client.get(reverse(f"admin:hotline_shift_{name}")).content.decode()
        )


def test_the_sheet_has_who_waits_and_whom_not_to_ring_and_nobodys_number(client, operator):
    now = timezone.now()
    unsafe_hour = (timezone.localtime(now).hour + 12) % 24
    late = make.callback(phone="+77015550142", ring_from=now - 3 * HOUR, ring_by=now - HOUR)
    due = make.callback(ring_from=now - HOUR)
    unsafe = make.callback(safe_hours=[unsafe_hour], caller_name="Канарейкин")
    client.force_login(operator)

    page = client.get(reverse("admin:hotline_shift_sheet"))

    sheet = page.context["sheet"]
    assert (sheet.overdue, sheet.due, sheet.unsafe) == ([late], [due], [unsafe])
    text = page.content.decode()
    assert "•••42" in text and "5550142" not in text and "Канарейкин" not in text


def test_the_rota_is_planned_by_whoever_may_and_read_by_all_of_the_line(client, operator, director):
    make.shift(operator)
    planned = reverse("admin:hotline_shift_repeat")

    client.force_login(operator)
    assert (
        client.get(reverse("admin:hotline_shift_weeks"), {"from": "9999-99-99"}).status_code == 200
    )
    assert client.post(planned).status_code == 403
    client.force_login(director)
    assert client.post(planned, {"from": "2026-11-23"}).status_code == 302


def test_a_note_is_erased_after_its_time(operator, settings):
    old = make.shift(
        operator, timezone.now() - settings.KEEP_HAND_OVERS - 10 * HOUR, hand_over="Канарейка"
    )

    assert retention.forget_old() == 1

    old.refresh_from_db()
    assert old.hand_over == "" and retention.forget_old() == 0
