"""What a report is asked for: a period with both its days, what it is narrowed to, and its ages."""

import datetime
from dataclasses import dataclass, replace

from django.utils import timezone

from sanasezim.shared.models import Line, Office, Project

# The first year of each band of ages but the first
BANDS = (18, 25, 35, 45, 60)


@dataclass(frozen=True)
class Asked:
    """From the first moment of `start` to the last of `end`, in the time of Almaty."""

    start: datetime.date
    end: datetime.date
    project: Project | None = None
    office: Office | None = None
    line: Line | None = None
    bands: tuple = BANDS

    @property
    def since(self):
        return _midnight(self.start)

    @property
    def until(self):
        """The first moment that does not belong to it."""
        return _midnight(self.end + datetime.timedelta(days=1))

    @property
    def is_narrowed(self):
        return bool(self.project or self.office or self.line)

    @property
    def months(self):
        """The first days of all its months."""
        return list(months_between(self.start, self.end))

    @property
    def whole_months(self):
        """The first days of those months of which it has every day."""
        return [
            month
            for month in self.months
            if self.start <= month and next_month(month) - datetime.timedelta(days=1) <= self.end
        ]

    @property
    def year_before(self):
        """The same days a year earlier."""
        return replace(self, start=_year_earlier(self.start), end=_year_earlier(self.end))

    @property
    def filters(self):
        """What it is narrowed to, by code."""
        return {
            name: value
            for name, value in [
                ("project", self.project and self.project.code),
                ("office", self.office and self.office.code),
                ("line", self.line and self.line.phone),
            ]
            if value
        }


def months_between(start, end):
    month = start.replace(day=1)
    while month <= end:
        yield month
        month = next_month(month)


def next_month(month):
    return (month + datetime.timedelta(days=31)).replace(day=1)


def quarter_of(day):
    """The first and the last day of its quarter."""
    start = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    end = next_month(next_month(next_month(start))) - datetime.timedelta(days=1)
    return start, end


def _midnight(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def _year_earlier(day):
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February: the last day of its month is meant
        return day.replace(year=day.year - 1, day=28)


def band_of(age, bands):
    """The code of the band an age lies in: 0-17, 18-24, …, 60+."""
    below = [first for first in bands if first <= age]
    first = below[-1] if below else 0
    return next(code for code, begins in _bands(bands) if begins == first)


def bands_of(bands):
    """The codes of the bands, the youngest first."""
    return [code for code, _first in _bands(bands)]


def _bands(bands):
    firsts = sorted({0, *bands})
    for first, following in zip(firsts, firsts[1:] + [None], strict=True):
        yield (f"{first}-{following - 1}" if following else f"{first}+"), first
