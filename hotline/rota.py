"""Who answers when: a week of shifts beside the hours of the lines, and what a shift hands over."""

import datetime
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from hotline.models import Callback, Shift
from sanasezim.shared.models import Line

HOUR = datetime.timedelta(hours=1)
WEEK = datetime.timedelta(days=7)
# A gap shorter than this is the time it takes to sit down.
SHORTEST_GAP = datetime.timedelta(minutes=15)
NOTES_SHOWN = 3


@dataclass
class Day:
    """A line on a day: when it is answered, by whom, and when by nobody."""

    day: datetime.date
    opens: datetime.datetime | None
    closes: datetime.datetime | None
    shifts: list = field(default_factory=list)
    gaps: list = field(default_factory=list)  # (from, to)
    other_hours: bool = False  # than on most days: a campaign week, a holiday


def monday_of(day):
    return day - datetime.timedelta(days=day.weekday())


def midnight(day):
    return datetime.datetime.combine(day, datetime.time(), timezone.get_default_timezone())


def week(line, monday):
    """The seven Days of a line."""
    shifts = list(
        Shift.objects.between(midnight(monday), midnight(monday) + WEEK)
        .filter(line=line)
        .select_related("who")
    )
    return [_day(line, monday + datetime.timedelta(days=offset), shifts) for offset in range(7)]


def _day(line, day, shifts):
    hours = line.hours_on(day)
    if hours is None:
        return Day(day, None, None, [each for each in shifts if _begins_on(each, day)])
    opens = datetime.datetime.combine(day, hours[0], timezone.get_default_timezone())
    closes = datetime.datetime.combine(day, hours[1], timezone.get_default_timezone())
    if closes <= opens:
        closes += datetime.timedelta(days=1)
    found = [each for each in shifts if each.starts_at < closes and each.ends_at > opens]
    found += [each for each in shifts if _begins_on(each, day) and each not in found]
    found.sort(key=lambda each: each.starts_at)
    return Day(day, opens, closes, found, gaps(opens, closes, found), _is_special(line, day))


def _begins_on(shift, day):
    return timezone.localdate(shift.starts_at) == day


def _is_special(line, day):
    """Whether the rule that holds on this day ends one day, so that others hold on most days."""
    rule = next((rule for rule in line.hours.all() if _holds(rule, day)), None)
    return rule is not None and rule.valid_to is not None


def _holds(rule, day):
    is_valid = rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)
    return is_valid and day.weekday() in rule.weekdays


def gaps(opens, closes, shifts):
    """(from, to) of the open hours in which nobody answers."""
    found, at = [], opens
    for shift in sorted(shifts, key=lambda each: each.starts_at):
        if shift.starts_at - at >= SHORTEST_GAP:
            found.append((at, min(shift.starts_at, closes)))
        at = max(at, shift.ends_at)
    if closes - at >= SHORTEST_GAP:
        found.append((at, closes))
    return [(begins, ends) for begins, ends in found if ends > begins]


def weeks(monday, number=2):
    """[(line, [its week, …])] of every line that is staffed by us: one with hours or shifts."""
    lines = Line.objects.prefetch_related("hours", "texts")
    staffed = [line for line in lines if line.hours.all() or line.shifts.exists()]
    return [
        (line, [week(line, monday + number_of * WEEK) for number_of in range(number)])
        for line in staffed
        if not _never_closes(line)
    ]


def _never_closes(line):
    """A line of others, such as 111, that is answered day and night without us."""
    always = [rule for rule in line.hours.all() if rule.opens == rule.closes]
    return bool(always) and not line.shifts.exists()


@transaction.atomic
def repeat(monday):
    """The shifts of the week before once more. Those that are there already, or overlap, stay. How many."""
    before = Shift.objects.filter(
        starts_at__gte=midnight(monday) - WEEK, starts_at__lt=midnight(monday)
    )
    made = 0
    for shift in before.select_for_update():
        begins, ends = shift.starts_at + WEEK, shift.ends_at + WEEK
        if Shift.objects.filter(who=shift.who_id).between(begins, ends).exists():
            continue
        Shift.objects.create(
            who_id=shift.who_id, line_id=shift.line_id, starts_at=begins, ends_at=ends
        )
        made += 1
    return made


# Handing over


@dataclass
class Sheet:
    """What the next shift must know, on one page."""

    shifts: list  # who answers now, and who comes next
    notes: list  # shifts with a note, the newest first
    overdue: list
    due: list
    later: list
    unsafe: list  # numbers that must not ring now, nor perhaps later
    held: int


MOST_ON_SHEET = 25


def sheet(now=None):
    now = now or timezone.now()
    tomorrow = midnight(timezone.localdate(now) + datetime.timedelta(days=2))
    waiting = Callback.objects.waiting()
    overdue = list(waiting.overdue(now).in_order()[:MOST_ON_SHEET])
    known = [callback.pk for callback in overdue]
    safe = waiting.exclude(pk__in=known).safe(now)
    unsafe = waiting.exclude(pk__in=waiting.safe(now).values("pk")).order_by("ring_from", "pk")
    soon = Shift.objects.select_related("who", "line").order_by("starts_at")
    return Sheet(
        shifts=list(soon.filter(ends_at__gt=now)[:6]),
        notes=list(
            Shift.objects.exclude(handed_over_at=None)
            .select_related("who")
            .order_by("-handed_over_at")[:NOTES_SHOWN]
        ),
        overdue=overdue,
        due=list(safe.filter(ring_from__lte=now).in_order()[:MOST_ON_SHEET]),
        later=list(
            safe.filter(ring_from__gt=now, ring_from__lt=tomorrow).order_by("ring_from", "pk")[
                :MOST_ON_SHEET
            ]
        ),
        unsafe=list(unsafe[:MOST_ON_SHEET]),
        held=Callback.objects.open().exclude(held_because="").count(),
    )


def own_shift(user, now=None):
    """The shift somebody hands over: the one they are in, else their last of the day past."""
    now = now or timezone.now()
    lately = Shift.objects.filter(
        who=user, starts_at__lte=now, ends_at__gt=now - datetime.timedelta(hours=12)
    )
    return lately.order_by("-starts_at").first()


@transaction.atomic
def hand_over(shift, *, note, now=None):
    """Leave a note for the next shift. Written again, it is the newer one that counts."""
    shift = Shift.objects.select_for_update(of=["self"]).get(pk=shift.pk)
    shift.hand_over, shift.handed_over_at = note, now or timezone.now()
    shift.full_clean()
    shift.save()
    return shift
