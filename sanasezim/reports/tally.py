"""Sums of the months of the log. A trigger marks a month in which a call was written, changed or
removed as stale; a stale month is never read, and is summed again when somebody asks.

The marks are removed before a month is summed. A call that is committed meanwhile brings a mark of
its own, which stays: at worst a month is summed once more than needed, never once too few.
"""

import datetime

from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from hotline.models import Call
from sanasezim.reports import months, people
from sanasezim.reports.asked import Asked, months_between, next_month
from sanasezim.reports.calls import APART, counting
from sanasezim.reports.models import CallTally, PersonTally, StaleMonth

LOCK = 7_201_501


def refresh(wanted):
    """Sum those of these months that are over and need it. Returns how many."""
    today = timezone.localdate()
    over = [month for month in wanted if next_month(month) <= today]
    missing = sorted(set(over) - set(months.kept_months(over)))
    return sum(_sum_up(month) for month in missing)


def refresh_all():
    """Sum every month that needs it. Returns how many."""
    found = Call.objects.aggregate(first=Min("started_at"), last=Max("started_at"))
    if found["first"] is None:
        return 0
    first, last = (timezone.localdate(found[name]) for name in ("first", "last"))
    return refresh(list(months_between(first, last)))


@transaction.atomic
def _sum_up(month):
    with connection.cursor() as cursor:
        # Somebody else is at it: this report counts for itself.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SET LOCAL work_mem = '64MB'")
        StaleMonth.objects.filter(month=month).delete()
        for model in (CallTally, PersonTally):
            model.objects.filter(month=month).delete()
        asked = Asked(month, next_month(month) - datetime.timedelta(days=1))
        period = "started_at >= %(since)s AND started_at < %(until)s"
        for table, columns, rows in [
            ("calltally", "dimension, key, who, number", counting(period, APART)),
            (
                "persontally",
                "person_id, at, mask, citizenship, age",
                people.of_calls(period, APART),
            ),
        ]:
            cursor.execute(
                f"INSERT INTO reports_{table} (month, {', '.join(APART)}, {columns})"  # noqa: S608
                f" SELECT %(month)s, counted.* FROM ({rows}) counted",
                {"month": month, "since": asked.since, "until": asked.until},
            )
    return True
