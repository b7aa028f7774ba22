"""How much the work of a page grows with what is stored; the numbers go to growth.csv.

Into a demonstration of its own, which it fills up step by step. The second command draws the plot:

    GROWTH="10000 publications, 100000 calls" ./portal manage shell < tests/benchmarks/growth.py
    python3 tests/benchmarks/growth_plot.py

From 1,000 publications on, their rows are copied in the database: every text is there many times.
"""

import csv
import itertools
import os
import random
import time
from pathlib import Path
from urllib.parse import quote

import psycopg2
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client, RequestFactory

from hotline.models import Call
from resources.models import Publication
from sanasezim import build, demo_content
from sanasezim.demo_people import bulk
from sanasezim.shared import content_stamp
from sanasezim.shared.models import User

STEPS = {
    "publications": [100, 1_000, 10_000, 100_000],
    "calls": [1_000, 10_000, 100_000, 1_000_000],
}
WRITTEN = 1_000  # publications; the others are copies of them
TIMES = 40
NUMBERS = Path("tests/benchmarks/growth.csv")
settings.CONTENT_STAMP_SECONDS = 3600


def measure(kind, size, what, ask):
    """CPU of this process and of its connection to the database, in ms."""
    ask(TIMES)
    ours, theirs = time.process_time(), cpu_of_database()
    for number in range(TIMES):
        ask(number)
    ours = (time.process_time() - ours) * 1000 / TIMES
    theirs = (cpu_of_database() - theirs) * 1000 / TIMES
    print(f"| {size:,} {kind} | {what} | {ours:.1f} | {theirs:.1f} |", flush=True)
    rows = [row for row in read() if row[:3] != [kind, str(size), what]]
    rows.append([kind, size, what, f"{ours:.1f}", f"{theirs:.1f}"])
    with NUMBERS.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def read():
    if not NUMBERS.exists():
        return []
    with NUMBERS.open(encoding="utf-8") as file:
        return list(csv.reader(file))


def cpu_of_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number = cursor.fetchone()[0]
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tidy():
    """As autovacuum does in time, so that the planner knows what is there."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SET statement_timeout = '10s'")


def number_of(kind):
    if kind == "calls":
        return Call.objects.count()
    return Publication.objects.filter(slug__startswith="bulk-").count()


# The library


def grow_publications(there, to):
    if there < min(to, WRITTEN):
        demo_content.load_bulk(min(to, WRITTEN) - there, seed=there)
    if there < to > WRITTEN:
        copy_publications(max(there, WRITTEN) // WRITTEN, to // WRITTEN - 1, to)
    tidy()


def copy_publications(first, last, to):
    """The written ones once more, `first` to `last` times, with their entries in the index."""
    far = 10_000_000  # between the keys of one copy and those of the next
    written = "SELECT id FROM resources_publication WHERE slug ~ '^bulk-[0-9]+$'"
    editions = f"SELECT id FROM resources_edition WHERE publication_id IN ({written})"  # noqa: S608
    versions = f"SELECT id FROM resources_editionversion WHERE edition_id IN ({editions})"  # noqa: S608
    moved = {name: f"{name} + k * {far}" for name in ("id", "publication_id", "edition_id")}
    steps = [
        (
            "resources_publication", f"id IN ({written})",
            {"slug": "slug || '-' || k", "code": "'K-' || (substr(code, 3)::int + k * 1000)"},
        ),
        ("resources_publication_topics", f"publication_id IN ({written})", {}),
        ("resources_edition", f"id IN ({editions})", {"body": "''"}),
        ("resources_editionversion", f"id IN ({versions})", {"body": "''"}),
        (
            "resources_searchentry", f"version_id IN ({versions})",
            {"version_id": f"version_id + k * {far}"},
        ),
    ]  # fmt: skip
    database = connection.settings_dict
    with (
        psycopg2.connect(host=database["HOST"], dbname=database["NAME"], user="postgres") as link,
        link.cursor() as cursor,
    ):
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '1GB'")
        cursor.execute("DROP INDEX search_entry_vector")
        for table, which, changed in steps:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = %s AND is_generated = 'NEVER'",
                [table],
            )
            names = [name for (name,) in cursor.fetchall()]
            values = ", ".join((moved | changed).get(name, name) for name in names)
            begun = time.perf_counter()
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE SELECT {values}"  # noqa: S608
                f" FROM {table}, generate_series({first}, {last}) AS k WHERE {which}"
            )
            print(
                f"{table}: {cursor.rowcount:,} in {time.perf_counter() - begun:.0f} s", flush=True
            )
        cursor.execute(
            "CREATE INDEX search_entry_vector ON resources_searchentry"
            " USING gin (vector) WITH (fastupdate = off)"
        )
        cursor.execute(f"UPDATE resources_searchword SET entries = entries * {last + 1} / {first}")  # noqa: S608
        cursor.execute("UPDATE content_stamp SET number = number + 1")
        print(f"index of words after {time.perf_counter() - begun:.0f} s", flush=True)


def measure_publications(size):
    content_stamp.content_stamp.looked_at = float("-inf")
    slugs = list(
        Publication.objects.filter(slug__startswith="bulk-").values_list("slug", flat=True)[:5000]
    )
    dice = random.Random(size)  # noqa: S311 (measures, hides nothing)
    with Path("tests/resources/search_queries.tsv").open(encoding="utf-8") as file:
        queries = [row["query"] for row in csv.DictReader(file, delimiter="\t")]
    dice.shuffle(queries)
    handler, factory = WSGIHandler(), RequestFactory(HTTP_HOST="127.0.0.1")
    each = itertools.count()  # of an address, so that no page is one that was kept

    def page(address, anew=False):
        def ask(number):
            asked = address.replace("NUMBER", str(next(each))).replace("SLUG", dice.choice(slugs))
            asked = asked.replace("QUERY", quote(queries[number]))
            if anew:
                for forget in content_stamp.forgets:
                    forget()
            assert handler.get_response(factory.get(asked)).status_code == 200, asked

        return ask

    for what, address, anew in [
        ("list", "/ru/library/?page=2&x=NUMBER", False),
        ("list, just after a change", "/ru/library/?page=2&x=NUMBER", True),
        ("publication", "/ru/library/SLUG/?x=NUMBER", False),
        ("search", "/ru/library/?q=QUERY&x=NUMBER", False),
    ]:
        measure("publications", size, what, page(address, anew))


# The hotline


def grow_calls(there, to):
    if there < to:
        bulk.load_calls(to - there, seed=there)
        tidy()


def measure_calls(size):
    who, is_new = User.objects.get_or_create(username="bench-operator", defaults={"is_staff": True})
    if is_new:
        who.groups.add(Group.objects.get(name="operator"))
    client, calls = Client(HTTP_HOST="127.0.0.1"), "/staff/hotline/call/"
    client.force_login(who)

    def page(address):
        return lambda _number: client.get(address, secure=True)

    def find(words):
        return lambda _number: client.post("/staff/find/", {"words": words}, secure=True)

    def turned(pages):
        address = calls
        for _page in range(pages - 1):
            address = calls + client.get(address, secure=True).context_data["cl"].pages["next"]
        return address

    known = Call.objects.exclude(phone="").exclude(caller_name="").order_by("pk")[300]
    last = client.get(calls, secure=True).context_data["cl"].pages["last"]
    measure("calls", size, "first page", page(calls))
    if size >= 10_000:
        measure("calls", size, "page 100", page(turned(100)))
    measure("calls", size, "last page", page(calls + last))
    measure("calls", size, "search by number", find(known.phone))
    measure("calls", size, "search by name", find(known.caller_name))


build.build()
if demo_content.is_empty():
    demo_content.load()
for most in os.environ.get("GROWTH", "10000 publications, 100000 calls").split(","):
    number, kind = most.split()
    for step in STEPS[kind]:
        there = number_of(kind)
        if there <= step <= int(number):
            begun = time.perf_counter()
            {"publications": grow_publications, "calls": grow_calls}[kind](there, step)
            print(f"{step:,} {kind} after {time.perf_counter() - begun:.0f} s", flush=True)
            {"publications": measure_publications, "calls": measure_calls}[kind](step)
