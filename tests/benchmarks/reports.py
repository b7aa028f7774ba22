"""How quick the activity report is: ./portal manage shell < tests/benchmarks/reports.py

Over whatever calls there are; `./portal manage loaddemo --calls 1000000` makes a million, in two years.
"""

import datetime
import time

from django.db.models import Max

from hotline.models import Call
from sanasezim.reports import tables, tally
from sanasezim.reports.asked import Asked, months_between
from sanasezim.reports.models import CallTally, StaleMonth

last = Call.objects.aggregate(last=Max("started_at"))["last"].date().replace(day=1)
end = last - datetime.timedelta(days=1)
month = Asked(end.replace(day=1), end)
year = Asked(datetime.date(end.year - 1, end.month, 1), end)


def timed(what, function):
    begun = time.perf_counter()
    function()
    print(f"{what}: {time.perf_counter() - begun:.2f} s")


print(f"{Call.objects.count()} calls")
CallTally.objects.filter(month__in=list(months_between(year.start, year.end))).delete()
timed("a month, nothing kept", lambda: tables.make(month))
timed("summing up the year, once", lambda: tally.refresh(year.whole_months))
timed("a month", lambda: tables.make(month))
timed("a year", lambda: tables.make(year))
timed("a year and the year before", lambda: tables.make(year, compared=True))
print(f"{StaleMonth.objects.count()} stale months")
