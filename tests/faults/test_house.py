"""F24, F26, F27, F29, F39: other clocks, keys that go, mail that rests, a backup of last month."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from tests.faults.conftest import CANARY, within
from tests.test_setup import clean_environment, copy_tree, open_folder


def portal(folder, *arguments, **variables):
    return subprocess.run(
        [sys.executable, "portal", *map(str, arguments)],
        cwd=folder,
        env=clean_environment(PORTAL_VENV=sys.prefix, **variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


ROWS = """
import hashlib, os
os.environ["DJANGO_SETTINGS_MODULE"] = "sanasezim.settings"
os.environ["PORTAL_AS_OWNER"] = "1"
from sanasezim import embedded_pg
embedded_pg.acquire()
import django
django.setup()
from pathlib import Path
from django.conf import settings
from django.db import connection
with connection.cursor() as cursor:
    for table in sorted(connection.introspection.table_names()):
        cursor.execute(f'SELECT t::text FROM "{table}" t')
        rows = sorted(row for (row,) in cursor.fetchall())
        print(table, len(rows), hashlib.sha256("\\n".join(rows).encode()).hexdigest())
for root in (settings.MEDIA_ROOT, settings.SEALED_ROOT, settings.KEYS_DIR):
    for path in sorted(Path(root).rglob("*")):
        if path.is_file():
            print(path.relative_to(root), hashlib.sha256(path.read_bytes()).hexdigest())
"""


def everything(folder):
    told = subprocess.run(
        [sys.executable, "-c", ROWS],
        cwd=folder,
        env=clean_environment(PORTAL_DEMO="1"),
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()


def test_f24_a_backup_on_an_empty_machine_is_equal(house, say):
    house.send(house.slip(), CANARY)
    house.stop()  # nothing may change between the backup and the counting
    with open_folder() as folder:
        backup = folder / "one.backup"
        made = portal(house.folder, "backup", backup)
        assert made.returncode == 0, made.stderr
        before = everything(house.folder)
        other = copy_tree(folder / "other")
        begun = time.monotonic()
        restored = portal(other, "restore", backup)
        took = time.monotonic() - begun
        after = everything(other)
        readable = subprocess.run(["strings", backup], capture_output=True, text=True).stdout
        damaged = bytearray(backup.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        (folder / "bad.backup").write_bytes(damaged)
        refused = portal(other, "restore", folder / "bad.backup", "--replace")
        key = portal(other, "manage", "new_recovery_key").stderr.split()[-1]
        wrong = portal(other, "restore", backup, "--replace", RECOVERY_KEY=key)
    house.start()
    say(f"{made.stdout.strip()} Restored in {took:.0f} s: {len(before)} tables and files, "
        f"{len(set(before) ^ set(after))} differ. {refused.stderr.strip()} {wrong.stderr.strip()}")  # fmt: skip

    assert restored.returncode == 0, restored.stderr
    assert before == after
    assert "PGDMP" not in readable and CANARY not in readable
    assert "damaged" in refused.stderr and "does not open" in wrong.stderr


def test_f39_who_was_erased_since_last_months_backup_is_erased_again(house, say):
    reference = house.send(house.slip(), CANARY).secret[0]
    with open_folder() as folder:
        backup = folder / "last-month.backup"
        assert portal(house.folder, "backup", backup).returncode == 0
        erase = (
            "from legalaid import erasure; from legalaid.models import Intake; "
            f"print(erasure.erase(Intake.objects.get(reference='{reference}')))"
        )
        erased = portal(house.folder, "manage", "shell", "-c", erase, PORTAL_AS_OWNER="1")
        assert erased.returncode == 0, erased.stderr
        shutil.copy(house.folder / "var" / "erased.list", folder / "erased.list")
        other = copy_tree(folder / "other")
        restored = portal(other, "restore", backup)
        look = (
            "from legalaid.models import Intake; from legalaid import erased_list; "
            f"row = Intake.objects.get(reference='{reference}'); "
            "print(bool(row.erased_at), row.story == '', erased_list.troubles())"
        )
        found = portal(other, "manage", "shell", "-v", "0", "-c", look)
    say(f"{restored.stdout.splitlines()[-1]} Then: {found.stdout.strip()}")

    assert "Erased again: 1." in restored.stdout
    assert found.stdout.strip() == "True True []"


def test_f27_keys_that_go_while_it_serves_stop_it_and_come_back(house, say):
    keys, aside = house.folder / "var" / "keys", house.folder / "var" / "keys-aside"
    before = house.count("legalaid_intake")
    slip = house.slip()
    said = []
    for spoil in ["missing", "empty", "other"]:
        shutil.copytree(keys, aside)
        key = keys / "data-1.key"
        if spoil == "missing":
            key.unlink()
        else:
            # As somebody puts another file there.
            new = keys / "new"
            new.write_text("" if spoil == "empty" else "A" * 43 + "=\n")
            os.replace(new, key)
        page = house.send(slip, f"без ключа {spoil}")
        said.append((spoil, house.get("/readyz").status, page.status, bool(page.secret)))
        shutil.rmtree(keys)
        aside.rename(keys)
    within(10, lambda: house.get("/readyz").status == 200)
    say(
        f"(key, /readyz, request for help, reference shown): {said}; rows {house.count('legalaid_intake') - before}"
    )

    assert [(ready, status, shown) for _spoil, ready, status, shown in said] == [
        (503, 503, False)
    ] * 3
    assert house.count("legalaid_intake") == before
    assert house.send(house.slip(), "с ключом").secret


def test_f29_a_mail_server_that_rests_stops_nothing_and_gets_each_letter_once(house, say):
    house.stop()
    house.start(EMAIL_URL="smtp://127.0.0.1:1")
    begun = time.monotonic()
    asked = house.send(house.slip(), "почта молчит")
    took = time.monotonic() - begun
    account = house.rows("SELECT id FROM shared_user LIMIT 1")[0][0]
    house.rows("UPDATE shared_user SET email = 'a@example.org' WHERE id = %s", account)
    house.rows("INSERT INTO shared_accountletter (account_id, made_at) VALUES (%s, now())", account)
    once = {"EMAIL_URL": "smtp://127.0.0.1:1", "PORTAL_DEMO": "1"}
    work = [sys.executable, "manage.py", "work", "--once"]
    subprocess.run(work, cwd=house.folder, env=clean_environment(**once), capture_output=True)
    waiting = house.count("shared_accountletter", "sent_at IS NULL")
    house.rows("UPDATE shared_accountletter SET tried_at = NULL WHERE sent_at IS NULL")
    outbox = house.folder / "var" / "outbox"
    outbox.mkdir(exist_ok=True)
    for _twice in range(2):
        mailing = clean_environment(PORTAL_DEMO="1", EMAIL_URL=f"filemail:///{outbox}")
        subprocess.run(work, cwd=house.folder, env=mailing, capture_output=True)
    letters = [path.read_text() for path in outbox.iterdir()]
    number = sum(letter.count("To: a@example.org") for letter in letters)
    house.stop()
    house.start()
    say(f"a request while mail rests: {asked.status} in {took:.1f} s; {waiting} letter waited, "
        f"then {number} was sent")  # fmt: skip

    assert asked.secret and took < 5
    assert waiting >= 1 and number == waiting


MOMENTS = {
    "tomorrow": ["-f", "+1d"],
    "an hour ago": ["-f", "-1h"],
    "new year": ["2026-12-31 23:59:50"],
    "the day of UTC+5": ["2024-03-01 00:30:00"],
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_f26_another_clock_breaks_nothing(house, say, moment):
    faketime = shutil.which("faketime")
    if not faketime:
        pytest.skip("no faketime here (apt-get install faketime)")
    look = (
        "from django.test import Client; from django.utils import timezone; "
        "print(timezone.localtime().isoformat(), "
        "[Client(headers={'host': 'localhost'}).get(p).status_code for p in "
        "('/ru/', '/ru/hotline/', '/ru/library/', '/ru/help/', '/ru/migrants-day/', '/readyz')])"
    )
    told = subprocess.run(
        [faketime, *MOMENTS[moment], sys.executable, "manage.py", "shell", "-v", "0", "-c", look],
        cwd=house.folder,
        env=clean_environment(PORTAL_DEMO="1", TZ="Asia/Almaty", NO_FAKE_STAT="1"),
        capture_output=True,
        text=True,
        timeout=120,
    )
    say(told.stdout.strip() or told.stderr[-300:])

    assert "[200, 200, 200, 200, 200, 200]" in told.stdout
