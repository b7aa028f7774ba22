"""Terms as the law counts them, and hours as people work them."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from legalaid import deadlines
from legalaid.deadlines import ONE_DAY, Calendar
from legalaid.models import DeadlineRule, Holiday

ALMATY = ZoneInfo("Asia/Almaty")
date = datetime.date

# Independence Day 2026 is a Wednesday; the Saturday before is worked instead of the Tuesday before it.
DAYS = Calendar(
    off=frozenset({date(2026, 12, 15), date(2026, 12, 16), date(2027, 1, 1)}),
    worked=frozenset({date(2026, 12, 12)}),
)


def rule(length=10, unit="days", moves=True, days_before=7):
    return DeadlineRule(
        length=length, unit=unit, moves_to_working_day=moves, days_before=days_before
    )


def moment(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ALMATY)


# Terms


@pytest.mark.parametrize(
    ("event", "length", "unit", "moves", "ends"),
    [
        # Counted from the day after the event
        ("2026-11-24", 1, "days", True, "2026-11-25"),
        ("2026-11-24", 10, "days", True, "2026-12-04"),
        # The last day is a Saturday, and moves to Monday or stays
        ("2026-11-25", 10, "days", True, "2026-12-07"),
        ("2026-11-25", 10, "days", False, "2026-12-05"),
        # … a Saturday that is worked does not move
        ("2026-12-02", 10, "days", True, "2026-12-12"),
        # … a holiday moves, over another one
        ("2026-12-05", 10, "days", True, "2026-12-17"),
        # Working days leave out weekends and holidays, and count a worked Saturday
        ("2026-12-11", 1, "working_days", True, "2026-12-12"),
        ("2026-12-11", 3, "working_days", True, "2026-12-17"),
        ("2026-12-12", 1, "working_days", True, "2026-12-14"),
        # Months end on the same day, or on the last there is
        ("2026-11-24", 1, "months", True, "2026-12-24"),
        ("2027-01-31", 1, "months", False, "2027-02-28"),
        ("2026-12-01", 1, "months", True, "2027-01-04"),
        ("2026-10-31", 4, "months", False, "2027-02-28"),
        ("2028-02-29", 1, "years", False, "2029-02-28"),
        ("2026-11-24", 3, "years", False, "2029-11-24"),
    ],
)
def test_a_term_ends_on_its_last_day(event, length, unit, moves, ends):
    due_on, _remind_on = deadlines.dates(rule(length, unit, moves), date.fromisoformat(event), DAYS)

    assert due_on.isoformat() == ends


def test_the_reminder_comes_before_on_a_day_that_is_worked():
    due_on, remind_on = deadlines.dates(rule(30, days_before=6), date(2026, 11, 20), DAYS)

    assert due_on == date(2026, 12, 21)
    # Six days before is Tuesday the 15th, which is off.
    assert remind_on == date(2026, 12, 14)


def test_a_short_term_is_reminded_of_on_the_day_of_its_event():
    due_on, remind_on = deadlines.dates(rule(3, "working_days"), date(2026, 11, 24), DAYS)

    assert (due_on, remind_on) == (date(2026, 11, 27), date(2026, 11, 24))


@pytest.mark.parametrize(("length", "unit"), [(32767, "years"), (200, "years"), (32767, "months")])
def test_a_rule_that_leads_too_far_is_refused_in_words(length, unit):
    with pytest.raises(ValidationError, match="too far|далеко"):
        deadlines.dates(rule(length, unit), date(2026, 11, 24), DAYS)


UNITS = [unit for unit, _name in DeadlineRule.Unit.choices]
dates = st.dates(date(2024, 1, 1), date(2032, 12, 31))
calendars = st.builds(
    Calendar,
    off=st.frozensets(dates, max_size=30),
    worked=st.frozensets(dates, max_size=10),
)
rules = st.builds(
    rule,
    length=st.integers(1, 400),
    unit=st.sampled_from(UNITS[:2]),
    moves=st.booleans(),
    days_before=st.integers(0, 60),
) | st.builds(rule, length=st.integers(1, 30), unit=st.sampled_from(UNITS[2:]), moves=st.booleans())


@given(dates, rules, calendars)
@settings(max_examples=300, deadline=None)
def test_a_term_ends_after_its_event_and_is_reminded_of_before_its_end(event, term, days):
    due_on, remind_on = deadlines.dates(term, event, days)

    assert event <= remind_on <= due_on
    assert event < due_on
    assert days.is_working(remind_on) or remind_on == event or term.days_before == 0


@given(dates, rules, calendars)
@settings(max_examples=300, deadline=None)
def test_a_term_that_moves_ends_on_a_working_day_and_moves_over_days_off_only(event, term, days):
    term.moves_to_working_day = True
    moved, _ = deadlines.dates(term, event, days)
    term.moves_to_working_day = False
    still, _ = deadlines.dates(term, event, days)

    assert days.is_working(moved)
    assert still <= moved
    between = [still + n * ONE_DAY for n in range((moved - still).days)]
    assert not any(days.is_working(day) for day in between)


@given(dates, rules, calendars)
@settings(max_examples=300, deadline=None)
def test_a_later_event_or_a_longer_term_never_ends_earlier(event, term, days):
    due_on, _ = deadlines.dates(term, event, days)

    later, _ = deadlines.dates(term, event + ONE_DAY, days)
    term.length += 1
    longer, _ = deadlines.dates(term, event, days)

    assert due_on <= later
    assert due_on <= longer


@given(dates, st.integers(1, 60), calendars)
@settings(max_examples=200, deadline=None)
def test_so_many_working_days_are_so_many_working_days(event, length, days):
    due_on, _ = deadlines.dates(rule(length, "working_days"), event, days)

    assert days.working_days_between(event, due_on) == length
    assert days.working_days_between(event, due_on - ONE_DAY) == length - 1


# Hours


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-24T10:00", "2026-11-24T12:30", 2.5),
        ("2026-11-24T07:00", "2026-11-24T23:00", 9),
        ("2026-11-24T17:00", "2026-11-25T10:00", 2),
        # From Friday evening to Monday morning nobody works
        ("2026-11-27T18:00", "2026-11-30T09:00", 0),
        ("2026-11-27T17:00", "2026-11-30T10:00", 2),
        # A holiday on Tuesday and Wednesday
        ("2026-12-14T17:00", "2026-12-17T10:00", 2),
        # A Saturday that is worked
        ("2026-12-12T09:00", "2026-12-13T09:00", 9),
        ("2026-11-24T12:00", "2026-11-24T10:00", 0),
    ],
)
def test_the_clock_runs_in_working_hours_only(start, end, hours):
    time = DAYS.working_time(moment(start), moment(end))

    assert time == datetime.timedelta(hours=hours)


moments = st.datetimes(
    datetime.datetime(2026, 1, 1),
    datetime.datetime(2027, 12, 31),
    timezones=st.sampled_from([ALMATY, datetime.UTC]),
)


@given(st.tuples(moments, moments, moments), calendars)
@settings(max_examples=150, deadline=None)
def test_working_time_adds_up_and_is_never_more_than_passed(three, days):
    first, second, third = sorted(three)

    whole = days.working_time(first, third)

    assert days.working_time(first, second) + days.working_time(second, third) == whole
    assert datetime.timedelta() <= whole <= third - first


def test_twenty_hours_are_two_working_days_and_two_hours():
    assert deadlines.working_days_and_hours(datetime.timedelta(hours=20, minutes=59)) == (2, 2)


# The table


@pytest.mark.django_db
def test_the_calendar_is_what_the_table_of_holidays_says():
    Holiday.objects.all().delete()
    Holiday.objects.create(day=date(2026, 12, 16), name="Тәуелсіздік күні")
    Holiday.objects.create(day=date(2026, 12, 19), name="вместо 18-го", is_working=True)

    days = deadlines.kazakhstan()

    assert not days.is_working(date(2026, 12, 16))
    assert days.is_working(date(2026, 12, 19))
    assert days.is_working(date(2026, 12, 18))
