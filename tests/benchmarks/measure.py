"""Measures the library over the database at hand: ./portal manage shell < tests/benchmarks/measure.py

Beside each page stands a bare Django view of the same process, because machines differ: the ratio
is what can be compared. "Not kept" is the whole way through every middleware, made anew each time;
each time it is another publication or another search.
"""

import csv
import statistics
import time
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from resources import search
from resources.models import EditionVersion, Publication

settings.CONTENT_STAMP_SECONDS = 3600
handler = WSGIHandler()
factory = RequestFactory(HTTP_HOST="127.0.0.1", HTTP_ACCEPT_ENCODING="gzip")


def milliseconds(work, times=60):
    work()
    taken = []
    for number in range(times):
        started = time.process_time(), time.perf_counter()
        work(number)
        taken.append((time.process_time() - started[0], time.perf_counter() - started[1]))
    return [statistics.median(column) * 1000 for column in zip(*taken)]


def page(address):
    def ask(number=0):
        asked = address.replace("NUMBER", str(number)).replace("SLUG", slugs[number % len(slugs)])
        asked = asked.replace("QUERY", quote(rows[number % len(rows)]["query"]))
        response = handler.get_response(factory.get(asked))
        assert response.status_code == 200, (asked, response.status_code)

    return ask


def bare(number=0):
    HttpResponse("x" * 5000)
    factory.get("/x")


print(
    f"{Publication.objects.count()} publications, {EditionVersion.objects.live().count()} live texts"
)
print(f"{'what':46}{'CPU ms':>8}{'wall ms':>9}{'queries':>9}")
slugs = list(Publication.objects.filter(slug__startswith="bulk-").values_list("slug", flat=True))
rows = list(
    csv.DictReader(
        Path("tests/resources/search_queries.tsv").open(encoding="utf-8"), delimiter="\t"
    )
)
for what, address in [
    ("list, page 2, not kept", "/ru/library/?page=2&x=NUMBER"),
    ("list filtered by citizenship and topic", "/ru/library/?citizenship=UZ&topic=wages&x=NUMBER"),
    ("publication, not kept", "/ru/library/SLUG/?x=NUMBER"),
    ("search in the library, not kept", "/ru/library/?q=QUERY&x=NUMBER"),
    ("home, not kept", "/ru/?x=NUMBER"),
    ("home, kept", "/ru/"),
    ("publication, kept", f"/ru/library/{slugs[0]}/"),
]:
    cpu, wall = milliseconds(page(address))
    with CaptureQueriesContext(connection) as queries:
        page(address)(10_000)
    print(f"{what:46}{cpu:8.2f}{wall:9.2f}{len(queries):9}")
cpu, wall = milliseconds(bare, 500)
print(f"{'a bare request and response object':46}{cpu:8.2f}{wall:9.2f}")

taken = []
for row in rows:
    started = time.perf_counter()
    search.search(row["query"], language=row["language"], limit=9)
    taken.append((time.perf_counter() - started) * 1000)
taken.sort()
print(
    f"search alone, {len(rows)} queries: p50 {taken[len(taken) // 2]:.1f} ms, p95 {taken[int(len(taken) * 0.95)]:.1f} ms"
)
