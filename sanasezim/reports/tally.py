"""Sums of the months of the log. A trigger marks a month in which a call was written, changed or
removed as stale; a stale month is never read, and is summed again when somebody asks.

The marks are removed before a month is summed. A call that is committed meanwhile brings a mark of
its own, which stays: at worst a month is summed once more than needed, never once too few.
"""

import datetime

from django.db import connection, transaction
from django.utils import timezone

from sanasezim.reports.asked import Asked, next_month
from sanasezim.reports.calls import APART, counting
from sanasezim.reports.models import CallTally, StaleMonth

LOCK = 7_201_501


def kept_months(months):
    """Those of these months that are summed and not stale."""
    stale = set(StaleMonth.objects.filter(month__in=months).values_list("month", flat=True))
    kept = CallTally.objects.filter(month__in=months).values_list("month", flat=True).distinct()
    return [month for month in kept if month not in stale]


def refresh(months):
    """Sum those of these months that need it. Returns how many. A month that is not over is left alone."""
    today = timezone.localdate()
    over = [month for month in months if next_month(month) <= today]
    wanted = sorted(set(over) - set(kept_months(over)))
    return sum(_sum_up(month) for month in wanted)


@transaction.atomic
def _sum_up(month):
    with connection.cursor() as cursor:
        # Somebody else is at it: this report counts for itself.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return False
        StaleMonth.objects.filter(month=month).delete()
        CallTally.objects.filter(month=month).delete()
        asked = Asked(month, next_month(month) - datetime.timedelta(days=1))
        columns = ", ".join(APART)
        cursor.execute(
            f"INSERT INTO reports_calltally (month, {columns}, dimension, key, who, number)"  # noqa: S608
            f" SELECT %(month)s, counted.* FROM"
            f" ({counting('started_at >= %(since)s AND started_at < %(until)s', APART)}) counted",
            {"month": month, "since": asked.since, "until": asked.until},
        )
    return True


def within(month, asked):
    """The first moment of the part of this month that is asked for, and the first after it."""
    last = next_month(month) - datetime.timedelta(days=1)
    part = Asked(max(month, asked.start), min(last, asked.end))
    return part.since, part.until
