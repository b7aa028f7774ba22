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
    week: list  # (weekday, opens, closes) as they hold this coming week, Monday first


def status_of(line, at=None):
    """How a line stands at a moment (now, if none is given), in Almaty time. None for no line."""
    if line is None:
        return None
    at = timezone.localtime(at)
    today = at.date()
    opens_at = line.next_opening(at)
    week = [today + timedelta(days=offset) for offset in range(7)]
    hours = [(day.weekday(), *(line.hours_on(day) or (None, None))) for day in week]
    return LineStatus(
        line=line,
        is_open=line.is_open_at(at),
        is_always_open=all(opens is not None and opens == closes for _day, opens, closes in hours),
        closes_at=line.closes_after(at),
        opens_at=opens_at,
        opens_in_days=(opens_at.date() - today).days if opens_at else None,
        week=sorted(hours),
    )
