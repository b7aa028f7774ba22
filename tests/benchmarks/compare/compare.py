"""The portal beside Wagtail, django-helpdesk and a bare Django view, all in one run on one machine.

    ./portal manage set_up && ./portal manage loaddemo --publications 1000
    ./portal manage shell < tests/benchmarks/compare/compare.py

It makes an environment for each of the others in var/compare, once, and their databases in the
portal's own PostgreSQL. Every site is served by gunicorn with one worker of four threads, DEBUG
off, everything durable. They take turns, some requests each; what counts is the CPU of the worker
and of its connections, so that other work on the machine matters little. `wrk`, where it is
installed, measures how many kept pages a second.
"""

import contextlib
import csv
import gzip
import http.client
import itertools
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

import psycopg2
from django.conf import settings
from django.db import connection

from legalaid.models import Intake
from resources.models import EditionVersion, Publication, Topic
from sanasezim import build
from sanasezim.shared import codes

HERE = Path("tests/benchmarks/compare").resolve()
WORK = settings.BASE_DIR / "var" / "compare"
SOCKET = connection.settings_dict["HOST"]
NEEDED = {"wagtail": ["wagtail==8.0.1"], "helpdesk": ["django-helpdesk==2.6.1"]}
SAME = ["django==5.2.19", "gunicorn==27.0.1", "psycopg2-binary==2.9.13"]
ROUNDS, REQUESTS, STARTS = 6, 25, 3
TICKS = os.sysconf("SC_CLK_TCK")
PORTS = itertools.count(int(os.environ.get("COMPARE_PORT", "8470")))

os.environ.update(COMPARE_HOST=SOCKET, COMPARE_WORK=str(WORK), BEHIND_PROXY="1")
os.environ.pop("PORTAL_AS_OWNER", None)


def sql(database, statement):
    with contextlib.closing(
        psycopg2.connect(host=SOCKET, user="postgres", dbname=database)
    ) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


class Site:
    """One of those that are compared, served by gunicorn."""

    def __init__(self, name, python, module, database="", first="/"):
        self.name, self.python, self.module = name, python, module
        self.database, self.first, self.server = database, first, None
        self.port, self.cookies, self.headers = next(PORTS), {}, {}

    def start(self):
        """How long until the first page is there: seconds, and of CPU."""
        begun = time.perf_counter()
        self.server = subprocess.Popen(
            [
                *(self.python, "-m", "gunicorn", "-b", f"127.0.0.1:{self.port}"),
                *("-k", "gthread", "-w", "1", "--threads", "4", "--keep-alive", "60"),
                *("--no-control-socket", "--log-level", "error"),
                "django.core.wsgi:get_wsgi_application()",
            ],
            env=os.environ
            | {"DJANGO_SETTINGS_MODULE": self.module, "PYTHONPATH": f"{HERE}:{settings.BASE_DIR}"},
            cwd=WORK,  # where no gunicorn.conf.py of ours stands
        )
        self.link = http.client.HTTPConnection("127.0.0.1", self.port)
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                self.ask(self.first)
                break
            self.link.close()
            assert self.server.poll() is None and time.perf_counter() - begun < 60, self.name
            time.sleep(0.01)
        took = time.perf_counter() - begun
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text()
        self.worker = int(children.split()[0])
        return took, cpu_of(self.server.pid) + cpu_of(self.worker)

    def stop(self):
        if self.server:
            self.link.close()
            self.server.send_signal(signal.SIGQUIT)  # at once
            self.server.wait(30)

    def ask(self, address, form=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers |= self.headers | {"Accept-Encoding": "gzip"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode(form, doseq=True)
        self.link.request("POST" if body else "GET", address, body, headers)
        answer = self.link.getresponse()
        content = answer.read()
        assert answer.status < 400, (self.name, address, answer.status, content[:2000])
        for name, value in re.findall(
            r"(\w+)=([^;]*)", " ".join(answer.headers.get_all("Set-Cookie", []))
        ):
            if name == "csrftoken":
                self.cookies[name] = value
        self.questions = answer.headers["X-Questions"]
        return answer, content

    def cpu(self):
        """Seconds of CPU so far: of the worker, of its connections to the database."""
        links = []
        if self.database:
            links = sql(
                "postgres",
                f"SELECT pid FROM pg_stat_activity WHERE datname = '{self.database}'"  # noqa: S608
                f" AND client_port = -1 AND pid <> {OURS}",
            )
        return cpu_of(self.worker), sum(cpu_of(number) for (number,) in links)

    def memory(self):
        """MB of the worker in memory; those that are its own."""
        told = dict(
            re.findall(r"(\w+): +(\d+) kB", Path(f"/proc/{self.worker}/smaps_rollup").read_text())
        )
        own = int(told["Private_Clean"]) + int(told["Private_Dirty"])
        return int(told["Rss"]) / 1024, own / 1024


def cpu_of(process):
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


# What stands where


def prepare():
    """Environments, databases and contents of the others, once."""
    for name, packages in NEEDED.items():
        done = WORK / f"{name}.done"
        if done.exists():
            continue
        print(f"Preparing {name}, once.", flush=True)
        python = WORK / name / "bin" / "python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", WORK / name], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *SAME, *packages], check=True)
        database = f"compare_{name}"
        sql("postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        sql("postgres", f"CREATE DATABASE {database}")
        arguments = []
        if name == "wagtail":
            arguments = [WORK / "publications.json"]
            arguments[0].write_text(json.dumps(publications()))
        subprocess.run(
            [python, "-m", f"{name}_site.fill", *arguments],
            env=os.environ | {"DJANGO_SETTINGS_MODULE": f"{name}_site.settings"},
            cwd=HERE,
            check=True,
        )
        sql(database, "VACUUM ANALYZE")
        done.touch()
    for database in (DATABASE, "compare_wagtail", "compare_helpdesk"):
        sql("postgres", f"ALTER DATABASE {database} SET synchronous_commit = on")


def publications():
    found = Publication.objects.filter(slug__startswith="bulk-").prefetch_related("topics")
    texts = {}
    for pk, *text in (
        EditionVersion.objects.live()
        .filter(edition__publication__in=found)
        .order_by()
        .values_list("edition__publication", "language", "title", "summary", "html")
    ):
        texts.setdefault(pk, {})[text[0]] = text[1:]
    return {
        "topics": {topic.code: topic.code.title() for topic in Topic.objects.all()},
        "publications": [
            {
                "slug": row.slug,
                "kind": row.kind,
                "citizenships": row.citizenships,
                "topics": [topic.code for topic in row.topics.all()],
                "texts": texts[row.pk],
            }
            for row in found
        ],
    }


# What is asked


def reading(site, address, **headers):
    """Requests to addresses that are another one each time."""

    def ask(numbers):
        took = []
        for number in numbers:
            asked = (
                address.replace("NUMBER", str(number))
                .replace("PAGE", str(number % 45 + 1))
                .replace("SLUG", slugs[number * 7 % len(slugs)])
                .replace("QUERY", urllib.parse.quote(queries[number * 5 % len(queries)]))
            )
            begun = time.perf_counter()
            answer, _content = site.ask(asked, **headers)
            took.append(time.perf_counter() - begun)
            assert answer.status == 200, (asked, answer.status)
        return took

    return ask


def form_of(content, encoding):
    """Where a form is sent, and what it carries hidden."""
    page = (gzip.decompress(content) if encoding == "gzip" else content).decode()
    form = next(part for part in re.split(r"<form", page)[1:] if re.match(r"[^>]*=.post.", part))
    action = re.search(r'action="([^"]*)"', form.split(">")[0])
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return action and action[1], hidden


def sending(site, address, typed):
    """Forms that are open already are sent; fetching them is not counted."""

    def ask(numbers):
        open_forms = []
        for _number in numbers:
            answer, content = site.ask(address)
            open_forms.append(form_of(content, answer.headers.get("Content-Encoding")))
        before, took = site.cpu(), []
        for number, (action, hidden) in zip(numbers, open_forms, strict=True):
            told = {
                name: value.replace("NUMBER", str(number)) if isinstance(value, str) else value
                for name, value in typed.items()
            }
            begun = time.perf_counter()
            site.ask(
                action or address, hidden | told,
                X_Forwarded_For=f"10.{number // 60000}.{number // 250 % 250}.{number % 250}",
                Origin=f"http://127.0.0.1:{site.port}",
            )  # fmt: skip
            took.append(time.perf_counter() - begun)
        return took, before

    return ask


STORY = "Хозяин четыре месяца не платит зарплату и забрал паспорт. " * 6
TYPED = {
    "portal": {
        "story": STORY + "NUMBER", "topics": ["wages"], "in_danger": "no", "relation": "self",
        "contact_by": "phone", "contact": "+7 701 555 01 02", "speaker_name": "Азиз NUMBER",
        "consent": "agreed", "place": "Шымкент", "language": "ru", "website": "",
    },
    "Wagtail": {
        "are_you_in_danger_now": "No", "what_happened": STORY + "NUMBER", "for_whom": "Myself",
        "town_or_district": "Шымкент", "your_name": "Азиз NUMBER", "how_can_we_answer": "Call",
        "number": "+7 701 555 01 02", "language": "ru", "i_agree": "on",
    },
    "helpdesk": {"title": "Зарплата NUMBER", "body": STORY, "submitter_email": "aziz@example.org"},
}  # fmt: skip
GOALS = {"list": 8, "publication": 12, "search": 8, "form shown": 4, "form sent": 4}


def measure(tasks):
    """[(what, site, ask)] in turns → {(what, site): (CPU ms, of the database, ms, questions)}."""
    numbers, found = itertools.count(int(time.time()) % 10_000_000), {}
    taken = {(what, site.name): [0.0, 0.0, []] for what, site, _ask in tasks}
    for one_round in range(ROUNDS + 1):
        for what, site, ask in tasks:
            before = site.cpu()
            took = ask([next(numbers) for _request in range(REQUESTS)])
            if isinstance(took, tuple):
                took, before = took
            after = site.cpu()
            if one_round:  # the first one warms up
                sums = taken[what, site.name]
                sums[0] += after[0] - before[0]
                sums[1] += after[1] - before[1]
                sums[2] += took
    for (what, name), (ours, theirs, took) in taken.items():
        times = 1000 / (ROUNDS * REQUESTS)
        found[what, name] = ours * times, theirs * times, statistics.median(took) * 1000
    return found


def kept_pages(portal, bare, page):
    """Requests a second and CPU of a kept page, and of its 304, beside a bare view's."""
    etag = portal.ask(page)[0].headers["ETag"]
    print("\n| a page to an anonymous reader, again | a second | CPU ms |\n| --- | --- | --- |")
    asked = [
        ("a bare Django view, 5.6 KB", bare, "/page/", []),
        ("a kept page, compressed", portal, page, []),
        ("the same, unchanged: 304", portal, page, ["-H", f"If-None-Match: {etag}"]),
    ]
    rates, spent = {}, {}
    for _round in range(3):
        for what, site, address, more in asked:
            before = cpu_of(site.worker)
            told = subprocess.run(
                [
                    *("wrk", "-t1", "-c4", "-d3s", "-H", "Accept-Encoding: gzip", *more),
                    f"http://127.0.0.1:{site.port}{address}",
                ],
                capture_output=True, text=True, check=True,
            ).stdout  # fmt: skip
            assert "Non-2xx" not in told, told
            number = int(re.search(r"(\d+) requests in", told)[1])
            spent.setdefault(what, []).append((cpu_of(site.worker) - before) * 1000 / number)
            rates.setdefault(what, []).append(float(re.search(r"Requests/sec: +([\d.]+)", told)[1]))
    first = asked[0][0]
    for what, *_rest in asked:
        rate, cpu = statistics.median(rates[what]), statistics.median(spent[what])
        of_bare = (
            statistics.median(a / b for a, b in zip(rates[what], rates[first], strict=True)),
            statistics.median(a / b for a, b in zip(spent[first], spent[what], strict=True)),
        )
        print(f"| {what} | {rate:.0f} ({of_bare[0]:.2f} ×) | {cpu:.3f} ({of_bare[1]:.2f} ×) |")


def run():
    prepare()
    ours = sys.executable
    portal = Site("portal", ours, "ours", DATABASE, "/ru/library/?x=1")
    wagtail = Site(
        "Wagtail", WORK / "wagtail/bin/python", "wagtail_site.settings", "compare_wagtail",
        "/ru/library/?x=1",
    )  # fmt: skip
    helpdesk = Site(
        "helpdesk", WORK / "helpdesk/bin/python", "helpdesk_site.settings", "compare_helpdesk",
        "/tickets/submit/",
    )  # fmt: skip
    bare = Site("bare", ours, "bare", first="/page/")
    sites = [portal, wagtail, helpdesk, bare]
    print(f"{len(slugs)} publications in seven languages. Load {os.getloadavg()[0]:.1f} at first.")
    starts = {site.name: [] for site in sites}
    try:
        for number in range(STARTS):
            for site in sites:
                starts[site.name].append(site.start())
                if number < STARTS - 1:
                    site.stop()
        tasks = []
        for what, address in [
            ("list", "/ru/library/?page=PAGE&x=NUMBER"),
            ("publication", "/ru/library/SLUG/?x=NUMBER"),
        ]:
            tasks.append((what, portal, reading(portal, address)))
            tasks.append((what + ", nothing kept", portal, reading(portal, address, X_Forget="1")))
            tasks.append((what, wagtail, reading(wagtail, address)))
        address = "/ru/library/?q=QUERY&x=NUMBER"
        tasks.append(("search", portal, reading(portal, address)))
        tasks.append(("search, nothing kept", portal, reading(portal, address, X_Forget="1")))
        tasks.append(("search", wagtail, reading(wagtail, "/ru/search/?query=QUERY&x=NUMBER")))
        forms = [(portal, "/ru/help/"), (wagtail, "/ru/help/"), (helpdesk, "/tickets/submit/")]
        tasks += [
            ("form shown", site, reading(site, address + "?x=NUMBER")) for site, address in forms
        ]
        tasks.append(
            ("form shown, nothing kept", portal, reading(portal, "/ru/help/", X_Forget="1"))
        )
        tasks += [
            ("form sent", site, sending(site, address, TYPED[site.name])) for site, address in forms
        ]
        rows = Intake.objects.count()
        found = measure(tasks)
        assert Intake.objects.count() == rows + (ROUNDS + 1) * REQUESTS
        report(found, tasks, starts, sites)
        if shutil.which("wrk"):
            kept_pages(portal, bare, f"/ru/library/{slugs[0]}/")
        print(f"\nLoad {os.getloadavg()[0]:.1f} at the end.")
    finally:
        for site in sites:
            site.stop()


def report(found, tasks, starts, sites):
    print(
        "\n| | site | CPU ms | of the database | ms | questions | ours is quicker | goal |"
        "\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    asked = {}
    for what, site, ask in tasks:
        site.headers["X-Count"] = "1"
        ask([int(time.time())])
        asked[what, site.name] = site.questions
        site.headers.clear()
    for (what, name), (cpu, of_database, took) in found.items():
        ratio = ""
        if name != "portal":
            whole = cpu + of_database
            ratios = [
                whole / sum(found[mine, "portal"][:2])
                for mine in (what, what + ", nothing kept")
                if (mine, "portal") in found
            ]
            ratio = "; nothing kept ".join(f"{one:.1f} ×" for one in ratios)
        print(
            f"| {what} | {name} | {cpu:.1f} | {of_database:.1f} | {took:.1f}"
            f" | {asked[what, name]} | {ratio} | {GOALS.get(what, '') if ratio else ''} |"
        )
    salt = codes.new_salt()
    begun = time.process_time()
    for number in range(40):
        codes.digest("compared", str(number), salt)
    print(f"\nOf a form sent, {(time.process_time() - begun) * 25:.1f} ms hash its secret code.")
    print(
        "\n| | first page after | of CPU | MB of the worker, its own |\n| --- | --- | --- | --- |"
    )
    for site in sites:
        seconds, cpu = (
            statistics.median(column) for column in zip(*starts[site.name], strict=True)
        )
        print(
            "| {} | {:.2f} s | {:.2f} s | {:.0f}, {:.0f} |".format(
                site.name, seconds, cpu, *site.memory()
            )
        )


DATABASE = connection.settings_dict["NAME"]
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_backend_pid()")
    OURS = cursor.fetchone()[0]
slugs = list(
    Publication.objects.filter(slug__startswith="bulk-").values_list("slug", flat=True)[:1000]
)
with Path("tests/resources/search_queries.tsv").open(encoding="utf-8") as file:
    queries = [row["query"] for row in csv.DictReader(file, delimiter="\t")]
WORK.mkdir(exist_ok=True)
build.build()
run()
