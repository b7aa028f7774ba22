import datetime
from zoneinfo import ZoneInfo

import pytest

from hotline.lines import status_of, stretches_of
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


def new_year(day, hour, minute=0, year=2027, month=1):
    return datetime.datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Almaty"))


def test_a_night_that_begins_on_the_last_day_of_its_validity_ends_in_the_next():
    line = line_with(
        ("20:00", "02:00", {"valid_to": "2026-12-31"}),
        ("09:00", "18:00", {"valid_from": "2027-01-01"}),
    )

    night = status_of(line, new_year(1, 1, 30))
    assert night.is_open and night.closes_at == new_year(1, 2)
    after = status_of(line, new_year(1, 2))
    assert not after.is_open and after.opens_at == new_year(1, 9) and after.opens_in_days == 0
    assert not status_of(line, new_year(1, 20)).is_open


def test_a_line_that_is_closed_over_new_year_says_when_it_opens_in_the_new_year():
    line = line_with(
        ("09:00", "18:00", {"valid_to": "2026-12-31"}),
        ("09:00", "18:00", {"valid_from": "2027-01-04"}),
    )

    status = status_of(line, new_year(31, 18, month=12, year=2026))

    assert not status.is_open and status.opens_at == new_year(4, 9) and status.opens_in_days == 4
    assert [opens for _day, opens, _closes in status.week][1:4] == [None, None, None]
    assert [rule.valid_from for rule, _days in status.changes] == [datetime.date(2027, 1, 4)]


def test_the_page_says_from_which_day_other_hours_hold(client):
    make.page("hotline")
    line_with(
        ("09:00", "18:00", {"weekdays": [0, 1, 2, 3, 4, 6]}),
        ("08:30", "00:00", {"valid_from": "2100-11-25", "valid_to": "2100-12-10"}),
    )

    page = client.get("/en/hotline/").content.decode()

    assert "every day" in page and "08:30–00:00" in page and "2100" in page
    assert stretches_of([0, 1, 2, 3, 4, 6]) == [(0, 4), (6, 6)]
