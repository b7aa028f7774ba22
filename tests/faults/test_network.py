"""F19, F20, F21, F22, F34, F35, F37: slow, huge, odd, forged and many requests, through nginx."""

import contextlib
import http.client
import re
import socket
import statistics
import threading
import time
from pathlib import Path

import pytest

from tests.faults.conftest import ANY_CERTIFICATE, CANARY, FULL, Visitor, at_once

CLOSED = 444  # the line, without a word


def raw(front, sent, *, wait=5):
    """What comes back to these very bytes."""
    plain = socket.create_connection(("127.0.0.1", front.port), timeout=wait)
    with ANY_CERTIFICATE.wrap_socket(plain) as line:
        got = b""
        with contextlib.suppress(OSError):  # what is refused need not be read to its end
            line.sendall(sent)
        with contextlib.suppress(OSError):
            while some := line.recv(65536):
                got += some
        return got


def statuses(answer):
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)]


@pytest.mark.parametrize("part", ["head", "body"])
def test_f21_five_hundred_slow_connections_hold_up_nobody(nginx, say, part):
    number = 500
    first = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    if part == "body":
        first = (
            b"POST /ru/help/sent/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
    context, lines = ANY_CERTIFICATE, []
    for _one in range(number):
        plain = socket.create_connection(("127.0.0.1", nginx.port), timeout=20)
        line = context.wrap_socket(plain)
        line.sendall(first)
        lines.append(line)
    times, ok = [], 0
    until = time.monotonic() + (60 if FULL else 8)
    while time.monotonic() < until:
        for line in lines:
            with contextlib.suppress(OSError):
                line.sendall(b"X-a: b\r\n" if part == "head" else b"a")
        begun = time.monotonic()
        ok += nginx.get("/ru/library/", timeout=10).status == 200
        times.append(time.monotonic() - begun)
    for line in lines:
        line.close()
    slowest = sorted(times)[int(len(times) * 0.95)]
    say(f"{number} slow connections ({part}): {ok} of {len(times)} pages came, "
        f"p95 {slowest:.2f} s (1)")  # fmt: skip

    assert ok == len(times) >= 3


def test_f22_huge_and_endless_requests_are_refused(house, nginx, say):
    memory = resident(house)
    form = "application/x-www-form-urlencoded"
    head = b"POST /ru/help/sent/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + form.encode()
    many = b"&".join(b"f%d=1" % number for number in range(10_000))
    files = b"".join(
        b'--B\r\nContent-Disposition: form-data; name="f%d"; filename="a"\r\n\r\nx\r\n' % number
        for number in range(1000)
    )
    got = {
        "11 MB body": nginx.house.ask(
            "POST", "/ru/library/", b"x" * 11_000_000, {"Content-Type": form}, port=nginx.port,
            tls=True).status,
        "10,000 fields": nginx.house.ask(
            "POST", "/ru/help/sent/", many, {"Content-Type": form}, port=nginx.port,
            tls=True).status,
        "1,000 files": nginx.house.ask(
            "POST", "/ru/help/sent/", files + b"--B--\r\n",
            {"Content-Type": "multipart/form-data; boundary=B"}, port=nginx.port, tls=True).status,
        "64 KB head": statuses(
            raw(nginx, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 65536 + b"\r\n\r\n"))[0],
        "CL and TE": statuses(
            raw(nginx, head + b"\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"0\r\n\r\n"))[0],
        "chunks without an end": (statuses(
            raw(nginx, head + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
                + (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 900, wait=20)) or [CLOSED])[0],
        "address of 9 KB": nginx.get("/ru/library/?q=" + "a" * 9000).status,
    }  # fmt: skip
    grown = resident(house) - memory
    say(f"{got}; memory + {grown / 1e6:.0f} MB")

    assert all(400 <= status < 500 for status in got.values()), got
    assert grown < 50_000_000
    assert house.get("/ru/").status == 200


def resident(house):
    """Bytes of memory of the processes that answer."""
    found = 0
    for worker in house.workers():
        told = Path(f"/proc/{worker}/status").read_text()
        found += int(re.search(r"VmRSS:\s+(\d+)", told)[1]) * 1024
    return found


@pytest.mark.parametrize(
    "attack",
    [
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\nGPOST /canary HTTP/1.1\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\nabcd",
        b"Transfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\nabcd",
        b"X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nabcd",
        b"Content-Length: 4\r\nContent-Length: 44\r\n\r\nabcd",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    ],
    ids=["CL.TE", "TE.CL", "xchunked", "space", "obs-fold", "two CL", "two TE"],
)
def test_f35_no_request_is_smuggled_in(nginx, say, attack):
    """After it, somebody else's request gets its own answer."""
    got = raw(nginx, b"POST /ru/help/sent/ HTTP/1.1\r\nHost: localhost\r\n" + attack, wait=2)
    page = nginx.get("/ru/about/")
    say(f"answered {statuses(got)}; the next reader gets {page.status}")

    assert len(statuses(got)) <= 1 and 500 not in statuses(got)
    assert page.status == 200


def test_f19_a_foreign_host_is_refused(nginx, say):
    hosts = ["evil.example", "localhost@evil", "localhost.evil", "", "a b",
             "127.0.0.1.nip.io", "[::2]", "localhost,evil", "%6cocalhost"]  # fmt: skip
    got = [
        statuses(
            raw(nginx, f"GET /ru/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        )
        for host in hosts
    ]
    got.append(
        statuses(raw(nginx, b"GET /ru/ HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n", wait=2))
    )
    forwarded = nginx.get("/", headers={"X-Forwarded-Host": "evil.example"})
    say(f"{got}; X-Forwarded-Host leads to {forwarded.headers.get('Location')}")

    assert all(found[:1] == [400] for found in got), got
    assert "evil" not in (forwarded.headers.get("Location") or "") + forwarded.text


def test_f37_a_forged_address_lifts_no_limit(house, nginx, say):
    slip = nginx.slip()
    time.sleep(5)  # as long as a person needs, or they are held for that
    for number in range(12):
        forged = {
            "X-Forwarded-For": f"203.0.113.{number}, 198.51.100.{number}",
            "Forwarded": "for=x",
        }
        assert nginx.send(slip, story=f"подделка {number}", headers=forged).secret
    rows = house.rows(
        "SELECT held_because, count(*) FROM (SELECT held_because FROM legalaid_intake "
        "ORDER BY id DESC LIMIT 12) newest GROUP BY 1"
    )
    say(f"12 requests under 12 forged addresses: {dict(rows)}")

    assert sum(number for why, number in rows if why) == 6


def test_f34_odd_signs_break_nothing(house, nginx, say):
    odd = ["%00", "%ED%A0%80", "%E2%80%AE%D0%B0", "e%CC%81", "%F0%9F%98%80", "%FF%FE", "a" * 3000,
           "%25%00%27%22%3C", "%C3%28", "%2e%2e%2f"]  # fmt: skip
    got = [nginx.get(f"/ru/library/?q={text}").status for text in odd]
    got += [nginx.get(f"/ru/library/{text}/").status for text in odd]
    got += [nginx.get(f"/files/library/{text}").status for text in odd]
    slip = house.slip()
    for text in [
        "\0а",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        "‮abc",
        "😀" * 400,
    ]:
        got.append(house.send(slip, text).status)
    say(f"{len(got)} odd addresses and texts: {got}")

    assert max(got) < 500


def test_f20_a_flood_of_junk_stops_nobody(house, nginx, say):
    """From two hundred loopback addresses, with real people among them."""
    junk, real = (10_000 if FULL else 600), 50 if FULL else 20
    before, size = house.count("legalaid_intake"), database_size(house)
    times, numbers, slips = [], [], [house.slip() for _one in range(8)]

    def flood(which):
        for turn in range(junk // 8):
            address = f"127.0.{(turn % 200) // 100 + 1}.{turn % 100 + 1}"
            with contextlib.suppress(OSError, http.client.HTTPException):
                house.send(
                    slips[which],
                    f"buy now http://spam.example {which} {turn}",
                    headers={"X-Forwarded-For": address},
                    timeout=60,
                )

    floods = [threading.Thread(target=flood, args=[which]) for which in range(8)]
    for one in floods:
        one.start()
    for number in range(real):
        begun = time.monotonic()
        slip = house.slip()
        page = house.send(
            slip, f"{CANARY} {number}", headers={"X-Forwarded-For": f"10.1.1.{number}"}, timeout=60
        )
        times.append(time.monotonic() - begun)
        if page.secret:
            numbers.append(page.secret[0])
        time.sleep(0.2)
    for one in floods:
        one.join()
    stored = {row[0] for row in house.rows("SELECT reference FROM legalaid_intake")}
    rows, grown = house.count("legalaid_intake") - before, database_size(house) - size
    slow = statistics.quantiles(times, n=20)[-1]
    lawyer, looks = Visitor(house).sign_in("lawyer"), []
    for turn in range(20):
        begun = time.monotonic()
        page = lawyer.get("/staff/legalaid/intake/" + ("?which=held" if turn % 2 else ""))
        looks.append(time.monotonic() - begun)
        assert page.status == 200
    say(f"{junk} junk, {real} real: {len(set(numbers) & stored)} real ones stored, p95 {slow:.2f} s (3), "
        f"{rows} rows, + {grown / 1e6:.0f} MB (200); the lists of staff after it, p95 "
        f"{statistics.quantiles(looks, n=20)[-1]:.2f} s (1)")  # fmt: skip

    assert len(set(numbers) & stored) == real
    assert grown <= 200_000_000


def database_size(house):
    return house.rows("SELECT pg_database_size('portal')")[0][0]


def test_f31_a_mixed_load_keeps_the_memory(house, nginx, say):
    paths = ["/ru/", "/kk/library/", "/ru/library/?q=зарплата", "/ru/hotline/", "/ru/help/"]
    for _warm in range(60):
        nginx.get(paths[_warm % 5].replace("зарплата", "%D0%B7%D0%B0"))
    memory, worst = resident(house), []
    until = time.monotonic() + (1800 if FULL else 20)
    asked = 0
    while time.monotonic() < until:
        word = f"%D0%B7{asked}"
        pages = at_once(
            5, lambda which, word=word: nginx.get(paths[which].replace("зарплата", word))
        )
        worst += [page.status for page in pages if page and page.status >= 500]
        asked += 5
        time.sleep(0.15)
    grown = resident(house) / memory - 1
    connections = house.rows("SELECT count(*) FROM pg_stat_activity WHERE usename = 'portal_web'")[
        0
    ][0]
    say(f"{asked} requests: memory {grown:+.1%}, {len(worst)} times 500, {connections} connections")

    assert worst == [] and connections <= 130
    assert grown < (0.05 if FULL else 0.25)
