import datetime
from zoneinfo import ZoneInfo

import pytest

from hotline.lines import status_of
from sanasezim.shared.models import Line
from tests import make

pytestmark = pytest.mark.django_db


def almaty(day, hour, minute=0):
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Almaty"))


def line_with(*hours):
    line = make.line()
    for one in hours:
        make.hours(line, *one[:2], **one[2])
    return Line.objects.prefetch_related("hours", "texts").get(pk=line.pk)


def test_a_line_is_open_from_its_first_minute_to_before_its_last():
    line = line_with(("09:00", "18:00", {"weekdays": range(5)}))

    assert status_of(line, almaty(24, 9)).is_open
    assert not status_of(line, almaty(24, 18)).is_open
    assert status_of(line, almaty(24, 12)).closes_at == almaty(24, 18)


def test_a_closed_line_says_when_it_opens_next():
    line = line_with(("09:00", "18:00", {"weekdays": range(5)}))

    assert status_of(line, almaty(24, 8)).opens_in_days == 0
    assert status_of(line, almaty(24, 19)).opens_in_days == 1
    assert status_of(line, almaty(27, 19)).opens_in_days == 3, "Friday evening to Monday"


def test_a_night_shift_goes_past_midnight():
    line = line_with(("20:00", "08:00", {}))

    assert status_of(line, almaty(24, 3)).is_open
    assert not status_of(line, almaty(24, 12)).is_open


def test_a_line_that_never_closes_says_so():
    status = status_of(line_with(("00:00", "00:00", {})), almaty(24, 3))

    assert status.is_open and status.is_always_open


def test_a_campaign_week_comes_before_the_ordinary_hours():
    line = line_with(
        ("09:00", "18:00", {}),
        ("08:30", "23:59", {"valid_from": "2026-11-25", "valid_to": "2026-12-10"}),
    )

    assert not status_of(line, almaty(24, 20)).is_open
    assert status_of(line, almaty(25, 20)).is_open


def test_there_may_be_no_line_at_all():
    assert status_of(None) is None


def test_without_a_line_of_our_own_every_page_shows_111(client):
    assert 'href="tel:111"' in client.get("/ru/library/").content.decode()
