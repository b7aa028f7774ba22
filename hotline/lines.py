"""The phone lines as a reader needs them: open now, or when next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from sanasezim.shared.models import Line


@dataclass
class LineStatus:
    line: Line
    is_open: bool
    is_always_open: bool
    closes_at: datetime | None
    opens_at: datetime | None
    opens_in_days: int | None  # 0 is today
    week: list  # (day, opens, closes) of each of the next seven days, today first
    changes: (
        list  # (LineHours, its days as stretches) of what holds from a later day, the next first
    )


def status_of(line, at=None):
    """How a line stands at a moment (now, if none is given), in Almaty time. None for no line."""
    if line is None:
        return None
    at = timezone.localtime(at)
    today = at.date()
    opens_at = line.next_opening(at)
    week = [today + timedelta(days=offset) for offset in range(7)]
    hours = [(day, *(line.hours_on(day) or (None, None))) for day in week]
    return LineStatus(
        line=line,
        is_open=line.is_open_at(at),
        is_always_open=all(opens is not None and opens == closes for _day, opens, closes in hours),
        closes_at=line.closes_after(at),
        opens_at=opens_at,
        opens_in_days=(opens_at.date() - today).days if opens_at else None,
        week=hours,
        changes=[
            (rule, stretches_of(rule.weekdays))
            for rule in sorted(line.hours.all(), key=lambda rule: rule.valid_from)
            if rule.valid_from > today
        ],
    )


def stretches_of(weekdays):
    """[(first, last)] of each unbroken stretch of weekdays: Monday to Friday, and Sunday."""
    stretches = []
    for day in sorted(set(weekdays)):
        if stretches and stretches[-1][1] == day - 1:
            stretches[-1] = (stretches[-1][0], day)
        else:
            stretches.append((day, day))
    return stretches
