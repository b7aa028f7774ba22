"""How quick the list of calls and the search are with a million of them.

Into a database of its own, which `./portal manage loaddemo --calls 1000000` has filled:

    DATABASE_URL=… ./portal manage shell < tests/benchmarks/calls.py
"""

import time
from functools import partial

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hotline.models import Call
from sanasezim.shared.copying import copy_in
from sanasezim.shared.models import User

TIMES = 15
LIST = "/staff/hotline/call/"
RARE = "крокодил"  # said in three calls only
OFTEN, CALLS_OF_OFTEN = "+998 90 099 99 99", 3000  # somebody who rings all the time


def account():
    made, is_new = User.objects.get_or_create(
        username="bench-operator", defaults={"is_staff": True}
    )
    if is_new:
        made.groups.add(Group.objects.get(name="operator"))
    return made


def measure(what, ask):
    """The least and the median time, CPU of this process, and the questions to the database.

    Returns the answer and those questions.
    """
    ask()
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    asked = [query["sql"] for query in captured.captured_queries]
    took, ours = [], time.process_time()
    for _time in range(TIMES):
        begun = time.perf_counter()
        ask()
        took.append((time.perf_counter() - begun) * 1000)
    ours = (time.process_time() - ours) * 1000 / TIMES
    took.sort()
    print(
        f"| {what} | {took[0]:.0f}, {took[TIMES // 2]:.0f} | {ours:.0f} | {len(asked)} |",
        flush=True,
    )
    return answer, asked


def scans(asked):
    """Questions about calls that would read all of the table."""
    found = []
    for sql in asked:
        if "hotline_call" not in sql or not sql.startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + sql.replace("%", "%%"), [])
            plan = "\n".join(line for (line,) in cursor.fetchall())
        if "Seq Scan on hotline_call " in plan and "Limit" not in plan:
            found.append(plan)
    return found


def page_100(client):
    """The address of page 100, as somebody gets there who turns 99 pages."""
    address = LIST
    for _page in range(99):
        address = LIST + client.get(address, secure=True).context_data["cl"].pages["next"]
    return address


def run():
    client = Client(HTTP_HOST="127.0.0.1")
    who = account()
    client.force_login(who)

    def get(address):
        return lambda: client.get(address, secure=True)

    def find(words):
        return lambda: client.post("/staff/find/", {"words": words}, secure=True)

    print("| page | ms, least and median | CPU ms | queries |\n| --- | --- | --- | --- |")
    first, asked = measure("first page", get(LIST))
    wholes = scans(asked)
    _answer, asked = measure("page 100", get(page_100(client)))
    wholes += scans(asked)
    last = first.context_data["cl"].pages["last"]
    _answer, asked = measure("last page", get(LIST + last))
    wholes += scans(asked)
    for query in [
        "which=danger",
        "which=no_data",
        "language__exact=en",
        "topic=wages",
        "when=before",
    ]:
        _answer, asked = measure(query, get(f"{LIST}?{query}"))
        wholes += scans(asked)
    called = Call.objects.exclude(phone="").exclude(caller_name="").order_by("pk")[4321]
    assert called.phone and called.caller_name
    for what, words in [
        ("search for a number", called.phone),
        ("search for a surname", called.caller_name.split()[0]),
        ("search for a name", called.caller_name),
        ("search for a rare word", RARE),
        ("search for a frequent word", "паспорт"),
    ]:
        answer, asked = measure(what, find(words))
        assert answer.status_code == 200 and "hotline/call/" in answer.content.decode(), what
        wholes += scans(asked)
    for what, phone, name in [
        ("banner of a number with few calls", called.phone, ""),
        (f"banner of a number with {CALLS_OF_OFTEN:,} calls", OFTEN, ""),
        ("banner of a number and a name", called.phone, called.caller_name),
        ("banner of a number nobody knows", "+998 90 000 11 22 33", ""),
    ]:
        asked_for = {"phone": phone, "caller_name": name}
        known = partial(client.post, f"{LIST}add/known/", asked_for, secure=True)
        answer, asked = measure(what, known)
        assert answer.status_code == 200, what
        wholes += scans(asked)
    measure("the line today", get(f"{LIST}board/"))
    measure("a month and the year before", get(f"{LIST}month/?month=2026-03"))
    print(f"\n{len(wholes)} questions read the whole table.", *wholes, sep="\n")


if not Call.objects.saying(RARE, 1):
    for number in range(3):
        Call.objects.create(
            answered_by=account(), notes=f"Видел {RARE}а, {number}.", started_at=timezone.now()
        )
if not Call.objects.matching(OFTEN).exists():
    with transaction.atomic():
        copy_in([Call(answered_by=account(), phone=OFTEN) for _call in range(CALLS_OF_OFTEN)])
run()
