"""C1 to C4, C17, C22, C26, C28, C33: what production says with every kind of answer, through nginx."""

import email
import os
import re
import shutil
import subprocess
import sys
import time

import psycopg2
import pytest

from tests.faults.conftest import Answer, House, Visitor
from tests.faults.test_network import raw, statuses
from tests.test_setup import clean_environment, free_port

HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def production(house, nginx):
    """gunicorn as on a server, with the database, keys and files of the demonstration, behind nginx."""
    served = House(house.folder)
    served.port = free_port()
    var = house.folder / "var"
    with open(house.output, "a") as output:
        served.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn"],
            cwd=house.folder,
            env=clean_environment(
                SECRET_KEY="x1" * 30,
                ALLOWED_HOSTS="localhost",
                DATABASE_URL=f"postgres://portal_web@{house.socket.replace('/', '%2F')}/portal",
                KEYS_DIR=str(var / "keys"),
                MEDIA_ROOT=str(var / "media"),
                SEALED_ROOT=str(var / "sealed"),
                ERASED_LIST=str(var / "erased.list"),
                FILES_BY_NGINX="True",
                OPERATOR_NAME="Фонд",
                OPERATOR_BIN="123456789012",
                PORTAL_BIND=f"127.0.0.1:{served.port}",
            ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    served.wait()
    # nginx may read the files, as www-data may on a server.
    for folder in [house.folder.parent, house.folder, var, var / "media"]:
        folder.chmod(0o755)
    for path in (var / "media").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    told = nginx.folder / "portal.conf"
    before = told.read_text()
    told.write_text(before.replace(f"127.0.0.1:{house.port}", f"127.0.0.1:{served.port}"))
    reload = ["kill", "-HUP", (nginx.folder / "pid").read_text().strip()]
    subprocess.run(reload, check=True)
    time.sleep(1)
    yield served
    told.write_text(before)
    subprocess.run(reload, check=True)
    time.sleep(1)
    served.kill()


def answer_to(front, head):
    """The answer to no more than the head of a request."""
    got = raw(front, head + b"Host: localhost\r\nConnection: close\r\n\r\n")
    told, _gap, body = got.partition(b"\r\n\r\n")
    headers = email.message_from_bytes(told.partition(b"\r\n")[2])
    return Answer(statuses(got)[0], headers, body)


def test_c2_every_kind_of_answer_has_its_headers(production, nginx, say):
    reader = Visitor(production, nginx)
    home = reader.get("/ru/")
    css = re.search(r'href="(/static/[^"]+\.css)"', home.text)[1]
    booklet = re.search(r'href="(/ru/library/[^"?]+/)"', reader.get("/ru/library/").text)[1]
    files = re.findall(r'"(/files/[^"]+)"', reader.get(booklet).text)
    kinds = {
        "home": home,
        "known page": reader.ask("GET", "/ru/", **{"If-None-Match": home.headers["ETag"]}),
        "not found": reader.get("/ru/nope/"),
        "not found elsewhere": reader.get("/nope"),
        "static": reader.get(css),
        "static not found": reader.get("/static/nope.css"),
        "redirect of the root": reader.get("/"),
        "help": reader.get("/ru/help/"),
        "status": reader.get("/ru/help/status/"),
        "exit": reader.get("/exit/"),
        "sign-in": Visitor(production, nginx).get("/staff/login/"),
        "redirect of the staff": reader.get("/staff/legalaid/intake/"),
        "forged form": reader.ask("POST", "/staff/login/", b"username=x"),
        "form of a stranger": reader.ask(
            "POST", "/ru/help/sent/", b"slip=x", Origin="https://evil.example"),
        "refused method": reader.ask("DELETE", "/ru/"),
        "odd method": reader.ask("TRACE", "/ru/"),
        "bad request": reader.get("/ru/library/?page=%FF%00"),
        "feed": reader.get("/ru/library/feed/"),
        "manifest": reader.get("/manifest.webmanifest"),
        "service worker": reader.get("/sw.js"),
        "sitemap": reader.get("/sitemap.xml"),
        "calendar": reader.get("/migrants-day.ics"),
        "figures": reader.get("/figures.csv"),
        "too large": answer_to(nginx, b"POST /ru/library/ HTTP/1.1\r\nContent-Length: 2000000\r\n"),
        "too long": reader.get("/ru/library/?q=" + "a" * 9000),
        **{f"file {path.rsplit('.')[-1]}": reader.get(path) for path in files},
    }  # fmt: skip
    lacking = {
        kind: [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
        for kind, answer in kinds.items()
    }
    # Whoever leaves says not even to us where they were.
    assert kinds["exit"].headers["Referrer-Policy"] == "no-referrer"
    lacking["exit"].remove("Referrer-Policy")
    for kind, answer in kinds.items():
        policy = answer.headers.get("Content-Security-Policy", "")
        if not policy.startswith("default-src 'none'") or "unsafe" in policy:
            lacking[kind].append("Content-Security-Policy")
        if re.search(
            r"nginx/|gunicorn|Python|Django|PostgreSQL", str(answer.headers) + answer.text
        ):
            lacking[kind].append("a version or a name")
    lacking = {kind: found for kind, found in lacking.items() if found}
    say(f"{len(kinds)} kinds of answers "
        f"{ {kind: answer.status for kind, answer in kinds.items()} }: lacking {lacking}")  # fmt: skip

    assert lacking == {}
    for kind in ("help", "status", "sign-in", "redirect of the staff", "exit"):
        assert "no-store" in kinds[kind].headers["Cache-Control"], kind
    assert all(200 <= answer.status < 500 for answer in kinds.values())
    assert kinds["refused method"].status == kinds["odd method"].status == 405
    assert files


def test_c4_cookies_are_bound_to_the_host_and_readers_get_none(production, nginx, say):
    reader = Visitor(production, nginx)
    for path in ["/", "/ru/", "/kk/library/", "/ru/hotline/", "/ru/help/", "/ru/help/status/"]:
        assert reader.get(path).headers.get_all("Set-Cookie") is None, path
    set_by = [
        line
        for answer in [
            Visitor(production, nginx).get("/staff/login/"),
            Visitor(production, nginx).post("/staff/login/", {"username": "x", "password": "y"}),
        ]
        for line in answer.headers.get_all("Set-Cookie") or []
    ]
    say(f"{[re.sub(r'=[^;]+', '=…', line, count=1) for line in set_by]}")

    assert set_by
    for line in set_by:
        assert line.startswith("__Host-") and "Path=/" in line and "Domain" not in line
        assert "; Secure" in line and "; HttpOnly" in line and "; SameSite=" in line


def test_c1_plain_http_leads_to_the_same_place_over_tls(production, nginx, say):
    answers = [
        production.ask(method, path, port=nginx.plain)
        for path in ["/", "/ru/library/?q=a", "/staff/login/", "/nope"]
        for method in ["GET", "POST"]
    ]
    places = [answer.headers["Location"] for answer in answers]
    say(f"{[answer.status for answer in answers]} {places[::2]}")

    assert all(answer.status == 301 for answer in answers)
    assert all(place.startswith("https://localhost/") for place in places)


def test_c22_next_and_forged_hosts_lead_nowhere_else(production, nginx, say):
    """Redirects that a reader may be sent to, with names of strangers in every place."""
    names = ["//evil.example", "https://evil.example", "/\\\\evil.example", "https:evil.example",
             "/%09/evil.example", "javascript:alert(1)", "///evil.example", "/staff/@evil.example"]  # fmt: skip
    places = []
    for name in names:
        page = Visitor(production, nginx).get(f"/staff/login/?next={name.replace(' ', '%20')}")
        places += re.findall(r'(?:href|action|value)="([^"]*evil\.example[^"]*)"', page.text)
        for header in ("X-Forwarded-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"):
            answer = nginx.get("/", headers={header: name})
            places += [p for p in [answer.headers.get("Location", "")] if "evil" in p]
    dots = statuses(raw(nginx, b"GET //evil.example/%2e%2e HTTP/1.1\r\nHost: localhost\r\n"
                        b"Connection: close\r\n\r\n"))  # fmt: skip
    say(f"{len(names)} names in 5 places: leads to {places}; a doubled slash {dots}")

    assert not [place for place in places if not place.startswith("/staff/")]
    assert dots[0] in (400, 404)


def test_c28_the_role_that_serves_owns_nothing(production, house, say):
    refused, allowed = [], []
    for statement in [
        "CREATE TABLE mine ()",
        "CREATE TEMPORARY TABLE mine ()",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE EXTENSION citext",
        "CREATE ROLE other",
        "DROP TABLE legalaid_intake",
        "ALTER TABLE legalaid_intake ADD x int",
        "ALTER TABLE legalaid_intake DISABLE TRIGGER ALL",
        "TRUNCATE shared_counter",
        "UPDATE shared_accessentry SET at = now()",
        "DELETE FROM shared_accessentry",
        "DELETE FROM legalaid_caseevent",
        "INSERT INTO shared_accesslink DEFAULT VALUES",
        "UPDATE shared_keyproof SET proof = ''",
        "SET session_replication_role = replica",
        "SET ROLE portal",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY shared_user TO PROGRAM 'cat'",
        "ALTER ROLE portal_web SUPERUSER",
    ]:
        try:
            house.rows(statement, role="portal_web")
            allowed.append(statement)
        except psycopg2.Error:
            refused.append(statement)
    owns = house.rows(
        "SELECT count(*) FROM pg_class WHERE relowner = 'portal_web'::regrole", role="portal_web"
    )[0][0]
    say(f"{len(refused)} statements refused, {len(allowed)} allowed {allowed}; it owns {owns}")

    assert allowed == [] and owns == 0


def test_c33_it_works_where_no_way_leads_out(production, house, say):
    """In a network of its own that has nothing but itself: what wants to go out would be stuck or fail."""
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or not unshare:
        pytest.skip("only root may make a network of its own")
    ask = (
        "import http.client, time\n"
        "for path in ('/ru/', '/kk/library/', '/ru/hotline/', '/ru/help/', '/staff/login/',"
        " '/ru/migrants-day/', '/readyz'):\n"
        "    for turn in range(200):\n"
        "        try:\n"
        "            line = http.client.HTTPConnection('127.0.0.1', 8000, timeout=20)\n"
        "            line.request('GET', path, headers={'Host': 'localhost'})\n"
        "            answer = line.getresponse(); break\n"
        "        except ConnectionRefusedError: time.sleep(0.2)\n"
        "    print(answer.status, len(answer.read()) > 40)\n"
    )
    commands = (
        "ip link set lo up 2>/dev/null || true; "
        f"{sys.executable} -m gunicorn >/dev/null 2>&1 & serving=$!; "
        f'{sys.executable} -c "$ASK"; kill $serving; wait $serving'
    )
    told = subprocess.run(
        [unshare, "-n", "sh", "-c", commands],
        cwd=house.folder,
        env=clean_environment(
            PORTAL_DEMO="1",
            ASK=ask,
            DATABASE_URL=f"postgres://portal_web@{house.socket.replace('/', '%2F')}/portal",
        ),
        capture_output=True,
        text=True,
        timeout=120,
    )
    say(f"without a way out: {told.stdout.split()}")

    assert told.stdout.splitlines() == ["200 True"] * 7, told.stderr[-500:]
