"""Days and hours as offices and courts of Kazakhstan count them: when a term ends, how long we have let wait.

A term of days, months or years begins on the day after its event and ends with its last day. One of
months or years ends on the day of the month that the event had, or on the last there is. Where the
rule says so, an end on a day off moves to the next working day.
"""

import calendar
import datetime
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from legalaid.models import DeadlineRule, Holiday

ONE_DAY = datetime.timedelta(days=1)
SATURDAY = 5
OPENS, CLOSES = datetime.time(9), datetime.time(18)
HOURS_A_DAY = CLOSES.hour - OPENS.hour
# Nothing that is counted here lies further away; it also ends a search in a calendar without a working day.
FURTHEST = datetime.timedelta(days=366 * 110)


@dataclass(frozen=True)
class Calendar:
    """Which days are worked: Monday to Friday, but for those off, and the weekends worked instead."""

    off: frozenset = frozenset()
    worked: frozenset = frozenset()

    def is_working(self, day):
        return day in self.worked or (day.weekday() < SATURDAY and day not in self.off)

    def at_or_after(self, day):
        """The first working day from this one on."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def at_or_before(self, day):
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def after_working_days(self, day, number):
        """The working day that is the `number`th after this day."""
        for _count in range(number):
            day = self.at_or_after(day + ONE_DAY)
        return day

    def working_days_between(self, start, end):
        """How many working days come after `start`, up to and with `end`."""
        number = (end - start).days
        return sum(self.is_working(start + n * ONE_DAY) for n in range(1, number + 1))

    def working_time(self, start, end):
        """How much time of work lies between two moments, as a timedelta. Never negative."""
        start, end = timezone.localtime(start), timezone.localtime(end)
        passed = datetime.timedelta()
        day = start.date()
        while day <= end.date():
            if self.is_working(day):
                opens, closes = (
                    datetime.datetime.combine(day, moment, start.tzinfo)
                    for moment in (OPENS, CLOSES)
                )
                passed += max(datetime.timedelta(), min(end, closes) - max(start, opens))
            day += ONE_DAY
        return passed


def kazakhstan():
    """The calendar as the NGO keeps it in the table of holidays."""
    days = list(Holiday.objects.values_list("day", "is_working"))
    return Calendar(
        off=frozenset(day for day, is_working in days if not is_working),
        worked=frozenset(day for day, is_working in days if is_working),
    )


def in_months(day, number):
    """The same day of the month, `number` months later, or the last day there is.

    >>> in_months(datetime.date(2027, 1, 31), 1)
    datetime.date(2027, 2, 28)
    """
    years, month = divmod(day.month - 1 + number, 12)
    year, month = day.year + years, month + 1
    return day.replace(
        year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1])
    )


def last_day(event_on, *, length, unit, moves, days):
    """The last day of a term. `unit` as in DeadlineRule, `moves` to a working day or not, `days` a Calendar."""
    Unit = DeadlineRule.Unit
    if unit == Unit.WORKING_DAYS:
        return days.after_working_days(event_on, length)
    if unit == Unit.DAYS:
        ends_on = event_on + length * ONE_DAY
    else:
        ends_on = in_months(event_on, length * (12 if unit == Unit.YEARS else 1))
    return days.at_or_after(ends_on) if moves else ends_on


def dates(rule, event_on, days=None):
    """(the last day, the day to be reminded) that a rule gives for an event on this day.

    The reminder lies on a working day, and never before the event. ValidationError where the rule
    leads further away than anybody counts.
    """
    days = days or kazakhstan()
    try:
        due_on = last_day(
            event_on,
            length=rule.length,
            unit=rule.unit,
            moves=rule.moves_to_working_day,
            days=days,
        )
        is_too_far = due_on - event_on > FURTHEST
    except (OverflowError, ValueError):
        is_too_far = True
    if is_too_far:
        raise ValidationError(_("This rule leads too far into the future. Look at its length."))
    remind_on = days.at_or_before(due_on - rule.days_before * ONE_DAY)
    return due_on, min(due_on, max(remind_on, event_on))


def working_days_and_hours(time):
    """Working time as (whole working days, hours beside them).

    >>> working_days_and_hours(datetime.timedelta(hours=20))
    (2, 2)
    """
    hours = int(time.total_seconds() // 3600)
    return divmod(hours, HOURS_A_DAY)
