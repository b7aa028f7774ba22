"""Which months of the log were summed up (tally.py), and which stretches of it must be counted."""

import datetime

from django.utils import timezone

from sanasezim.reports.asked import Asked, months_between, next_month
from sanasezim.reports.models import CallTally, StaleMonth


def kept_months(months):
    """Those of these months that are summed and not stale."""
    stale = set(StaleMonth.objects.filter(month__in=months).values_list("month", flat=True))
    kept = CallTally.objects.filter(month__in=months).values_list("month", flat=True).distinct()
    return sorted(month for month in kept if month not in stale)


def kept_and_not(cursor, asked):
    """The months asked for that need not be counted; and for the rest stretches of the log,
    (since, until), at most a month each."""
    cursor.execute(
        "SELECT min(started_at), max(started_at) FROM hotline_call"
        " WHERE started_at >= %s AND started_at < %s",
        [asked.since, asked.until],
    )
    first, last = cursor.fetchone()
    if first is None:
        return [], []
    months = list(months_between(timezone.localdate(first), timezone.localdate(last)))
    kept = kept_months(set(months) & set(asked.whole_months))
    return kept, [_within(month, asked) for month in months if month not in kept]


def _within(month, asked):
    last = next_month(month) - datetime.timedelta(days=1)
    part = Asked(max(month, asked.start), min(last, asked.end))
    return part.since, part.until
