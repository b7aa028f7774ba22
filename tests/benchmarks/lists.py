"""How quick the lists of the staff are: 100,000 cases, 10,000 junk requests with 50 real ones among them.

Into a database of its own, which is filled once:

    DATABASE_URL=… ./portal manage set_up
    DATABASE_URL=… ./portal manage shell < tests/benchmarks/lists.py
"""

import datetime
import os
import random
import time
import uuid
from pathlib import Path

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from legalaid import groups, likeness, triage
from legalaid.models import (
    Case,
    CaseMember,
    CasePerson,
    Employer,
    Identity,
    Intake,
    Person,
    Task,
)
from resources.models import Topic
from sanasezim import starting_content
from sanasezim.shared import references
from sanasezim.shared.models import User

CASES, JUNK, REAL, LAWYERS = 100_000, 10_000, 50, 40
TIMES = 20
dice = random.Random(4)  # noqa: S311 (measures, hides nothing)
now = timezone.now()


def account(name, role):
    made, is_new = User.objects.get_or_create(username=name, defaults={"is_staff": True})
    if is_new:
        made.groups.add(Group.objects.get(name=role))
    return made


def reference(letter, taken):
    while (made := references.new_reference(letter)) in taken:
        pass
    taken.add(made)
    return made


def fill():
    starting_content.load()
    lawyers = [account(f"bench{number}", "lawyer") for number in range(LAWYERS)]
    topics, taken = list(Topic.objects.all()), set()
    employers = Employer.objects.bulk_create(Employer(name=f"Фирма {n}") for n in range(500))
    with transaction.atomic(), connection.cursor() as cursor:
        # Without the history of what never happened.
        cursor.execute("SET LOCAL session_replication_role = replica")
        people = Person.objects.bulk_create(
            [Person(citizenship=dice.choice(["UZ", "KG", "TJ", ""])) for _n in range(CASES)],
            batch_size=5000,
        )
        cases = []
        for _number in range(CASES):
            opened = datetime.date(2018, 1, 1) + datetime.timedelta(days=dice.randrange(3200))
            is_open = dice.random() < 0.08
            since = now - datetime.timedelta(hours=dice.randrange(2000))
            cases.append(
                Case(
                    reference=reference("C", taken),
                    opened_on=opened,
                    closed_on=None if is_open else opened + datetime.timedelta(days=90),
                    lawyer=dice.choice(lawyers),
                    employer=dice.choice(employers) if dice.random() < 0.6 else None,
                    turn=dice.choice(Case.Turn.values),
                    turn_since=since,
                    touched_at=since,
                )
            )
        Case.objects.bulk_create(cases, batch_size=2000)
        CasePerson.objects.bulk_create(
            [
                CasePerson(case=case, person=person)
                for case, person in zip(cases, people, strict=True)
            ],
            batch_size=5000,
        )
        CaseMember.objects.bulk_create(
            [CaseMember(case=case, user=dice.choice(lawyers)) for case in cases[::5]],
            batch_size=5000,
            ignore_conflicts=True,
        )
        Case.topics.through.objects.bulk_create(
            [Case.topics.through(case=case, topic=dice.choice(topics)) for case in cases],
            batch_size=5000,
        )
        Task.objects.bulk_create(
            [
                Task(
                    case=case,
                    what="Срок",
                    assigned_to=case.lawyer,
                    due_on=timezone.localdate() + datetime.timedelta(days=dice.randrange(-5, 60)),
                )
                for case in cases
                if case.is_open and dice.random() < 0.5
            ],
            batch_size=2000,
        )
    requests()


def requests():
    """10,000 of junk and 50 real ones, as the public form takes them in but for its speed."""
    topics, taken = list(Topic.objects.all()), set()
    stories = ["Купите ссылки дёшево, прямо сейчас", "cheap pills buy now", "asdf asdf asdf"]
    rows = [
        Intake(
            reference=reference("R", taken), channel="online", is_anonymous=True,
            story=dice.choice(stories), held_because=dice.choice(["too_many", "too_fast", "trap", ""]),
            language=dice.choice(["ru", "en", ""]), received_at=now - datetime.timedelta(seconds=n),
            unanswered_since=now,
        )
        for n in range(JUNK)
    ]  # fmt: skip
    rows += [
        Intake(
            reference=reference("R", taken), channel="online", is_anonymous=True, language="uz",
            story=dice.choice(["Бизни қамаб қўйишди", "Pasportimni olib qo'ydi", "Не платят зарплату"]),
            received_at=now - datetime.timedelta(seconds=dice.randrange(JUNK)), unanswered_since=now,
        )
        for _n in range(REAL)
    ]  # fmt: skip
    Intake.objects.bulk_create(rows, batch_size=1000)
    Intake.topics.through.objects.bulk_create(
        Intake.topics.through(intake=row, topic=dice.choice(topics)) for row in rows
    )
    triage.flag_again(Intake.objects.filter(pk__in=[row.pk for row in rows[-REAL:]]))


def cpu_of_database():
    """Seconds of CPU that our connection's process has used; its clock ticks a hundred times a second."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number = cursor.fetchone()[0]
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0  # on another machine
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(client, what, address):
    """CPU, not time: other work runs beside on the same two cores."""
    client.get(address, secure=True)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address, secure=True)
    assert answer.status_code == 200, (address, answer.status_code, answer.get("Location"))
    queries = len(asked)
    took, ours, theirs = [], time.process_time(), cpu_of_database()
    for _time in range(TIMES):
        begun = time.perf_counter()
        client.get(address, secure=True)
        took.append((time.perf_counter() - begun) * 1000)
    ours = (time.process_time() - ours) * 1000 / TIMES
    theirs = (cpu_of_database() - theirs) * 1000 / TIMES
    took.sort()
    print(
        f"| {what} | {ours:.0f} | {theirs:.0f} | {took[0]:.0f}, {took[int(len(took) * 0.95)]:.0f}"
        f" | {queries} |"
    )
    return answer


def pages(name, who):
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(who)
    lawyer = User.objects.get(username="bench1")
    cases = "/staff/legalaid/case/"
    print(
        f"\n| {name} | CPU ms | of the database | ms, least and p95 | queries |"
        "\n| --- | --- | --- | --- | --- |"
    )
    first = measure(client, "cases, first page", cases)
    for tab, *_more in first.context_data["cl"].counted_tabs:
        measure(client, f"cases: {tab.code}", f"{cases}?which={tab.code}")
    everything = f"{cases}?which=all"
    answer = client.get(everything, secure=True)
    measure(client, "cases: all, page 2", cases + answer.context_data["cl"].pages["next"])
    if last := answer.context_data["cl"].pages.get("last"):
        measure(client, "cases: all, last page", cases + last)
    measure(client, "cases: all of a topic", f"{everything}&topic=wages")
    measure(client, "cases: all of a lawyer", f"{everything}&lawyer={lawyer.pk}")
    measure(client, "queue", "/staff/legalaid/intake/")
    measure(client, "queue: held", "/staff/legalaid/intake/?which=held")
    measure(client, "junk, asked once more", "/staff/legalaid/intake/junk/?which=held")


def junk(who):
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(who)
    address = "/staff/legalaid/intake/junk/?which=held"
    seen = client.get(address, secure=True).context_data["counted"]
    begun = time.perf_counter()
    client.post(address, {"seen": seen["seen"], "without_urgent": "1"}, secure=True)
    gone = time.perf_counter() - begun
    moment = client.get("/staff/legalaid/intake/", secure=True).context_data["last_junk"][0]
    begun = time.perf_counter()
    client.post("/staff/legalaid/intake/junk/back/", {"moment": moment.isoformat()}, secure=True)
    back = time.perf_counter() - begun
    print(f"\n{seen['all']} requests marked as junk in {gone:.1f} s, taken back in {back:.1f} s.")


def seconds(what, function):
    begun, ours = time.perf_counter(), time.process_time()
    found = function()
    took, ours = time.perf_counter() - begun, time.process_time() - ours
    print(f"| {what} | {took:.2f} s | {ours:.2f} s |")
    return found


def people(who):
    """A list of 600 and the hints of one request, beside everybody who is known (people.py makes 20,000)."""
    names = list(Identity.objects.order_by("?")[:300])
    lines = [f"{row.name};{row.phones};UZ;1990;150000" for row in names]
    lines += [f"Новый{n} Человек{n};8701{n:07};KG;1985;90 000" for n in range(300)]
    case = Case.objects.create(reference=references.new_reference("C"), lawyer=who)
    print(f"\n| {Identity.objects.count():,} people known | time | CPU |\n| --- | --- | --- |")
    read = seconds("read 600 lines", lambda: groups.read("\n".join(lines)))
    seconds("propose whom we know of 600", lambda: groups.propose(read, case=case, user=who))
    with transaction.atomic():
        seconds(
            "keep 600, each with a claim",
            lambda: groups.add(case, by=who, lines=read, currency="KZT", token=uuid.uuid4()),
        )
        transaction.set_rollback(True)
    intake = Intake(speaker_name=names[0].name, contact=names[1].phones, story="Кирпиш Строй " * 50)
    seconds("whom a request resembles", lambda: likeness.known(intake, who))
    seconds("conflicts of interest", lambda: likeness.conflicts(intake, who))
    seconds("employers named in a story", lambda: likeness.employers_named(intake))


if Case.objects.count() < CASES:
    begun = time.perf_counter()
    fill()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"filled in {time.perf_counter() - begun:.0f} s")
pages("director, who sees all", account("bench-director", "director"))
pages("lawyer with 2,500 cases and 500 on the team", User.objects.get(username="bench1"))
junk(User.objects.get(username="bench1"))
if Identity.objects.exists():
    people(account("bench-director", "director"))
