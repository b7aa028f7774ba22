"""F5: the disk is full where files go, backups, the database. Nothing is half there, reading goes on."""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys

import pytest

from tests.faults.conftest import CANARY, picture, within
from tests.test_setup import clean_environment


@contextlib.contextmanager
def small_disk(folder, megabytes):
    """A file system of so many megabytes over a folder, with what was in it."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder.mkdir(exist_ok=True)
    owner = folder.stat()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,uid={owner.st_uid},gid={owner.st_gid}",
         "tmpfs", folder],
        capture_output=True,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_f5_a_full_disk_costs_the_file_and_not_the_request(house, say):
    sealed = house.folder / "var" / "sealed"
    before = house.count("legalaid_document")
    with small_disk(sealed, 8):
        (sealed / "filler").write_bytes(bytes(7_900_000))
        photo = picture(900)
        pages = [house.send(house.slip(), f"полный диск {turn}", photo) for turn in range(3)]
        left = [path.name for path in sealed.iterdir() if path.name != "filler"]
        rows = house.count("legalaid_document") - before
        reading = house.get("/ru/library/").status
        (sealed / "filler").unlink()
        healed = house.send(house.slip(), "снова место", photo)
        kept = house.count("legalaid_document") - before
        left_then = [path.name for path in sealed.iterdir()]
    house.rows("DELETE FROM legalaid_document WHERE id > "
               "(SELECT coalesce(max(id), 0) - %s FROM legalaid_document)", kept)  # fmt: skip
    say(f"3 requests with a photo of {len(photo)} bytes on a full disk: statuses "
        f"{[page.status for page in pages]}, references {[bool(page.secret) for page in pages]}; half "
        f"files {len(left)}, rows {rows}; then {kept} kept in {len(left_then)} files")  # fmt: skip

    assert all(page.status < 500 and page.secret for page in pages)
    assert left == [] and rows == 0
    assert reading == 200
    assert healed.secret and kept == 1 and len(left_then) >= 1


def test_f5_a_backup_that_does_not_fit_leaves_nothing(house, tmp_path, say):
    with small_disk(tmp_path / "backups", 2) as folder:
        tried = subprocess.run(
            [sys.executable, "manage.py", "backup", str(folder / "one.backup")],
            cwd=house.folder,
            env=clean_environment(PORTAL_DEMO="1"),
            capture_output=True,
            text=True,
        )
        left = list(folder.iterdir())
    say(tried.stderr.strip())

    assert tried.returncode == 1 and "The disk is full" in tried.stderr
    assert "Traceback" not in tried.stderr
    assert left == []
    shutil.rmtree(folder)


def test_f5_a_full_disk_of_the_database_is_told_and_nothing_promised_is_lost(house, nginx, say):
    """First no table can grow, then the write-ahead log can not, and PostgreSQL stops by itself."""
    data = house.data
    house.stop()
    aside = data.with_name("data-aside")
    used = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    data.rename(aside)
    data.mkdir()
    shutil.copystat(aside, data)
    os.chown(data, aside.stat().st_uid, aside.stat().st_gid)
    with small_disk(data, used // 1_000_000 + 60):
        subprocess.run(["cp", "-a", f"{aside}/.", data], check=True)
        data.chmod(0o700)
        house.start()
        pages = ["/ru/", "/ru/hotline/", "/ru/library/"]
        assert [nginx.get(page).status for page in pages] == [200] * 3
        known, told, others = [], [], set()

        def ask(turns):
            for _turn in range(turns):
                page = house.send(house.slip(), CANARY + secrets.token_hex(9000))
                if page.secret:
                    known.append(page.secret[0])
                elif page.status == 503:
                    told.append(page)
                else:
                    others.add(page.status)

        ask(2)
        filler = data / "filler"
        with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
            while True:
                file.write(bytes(65536))
        slip = house.slip()
        with contextlib.suppress(AssertionError):
            ask(12)
        reading = [nginx.get(page).status for page in pages]
        told_of_tables = len(told)
        # A log that cannot grow: PostgreSQL stops rather than promise what it cannot keep.
        with contextlib.suppress(Exception):
            for _megabyte in range(200):
                house.rows("SELECT pg_logical_emit_message(true, 'f5', repeat('x', 1000000))")
        stopped = house.postgres("pg_ctl", "status", "-D", data, check=False).returncode != 0
        with contextlib.suppress(OSError):
            told.append(house.send(slip, CANARY))
        reading += [nginx.get(page).status for page in pages]

        filler.unlink()
        if house.postgres("pg_ctl", "status", "-D", data, check=False).returncode:
            house.start_postgres()
        healed = within(20, lambda: house.send(house.slip(), CANARY).secret)
        stored = {row[0] for row in house.rows("SELECT reference FROM legalaid_intake")}
        house.stop()
        subprocess.run(["cp", "-a", f"{data}/.", aside], check=True)
    data.rmdir()
    aside.rename(data)
    house.start()
    say(f"no room for tables: {told_of_tables} were told so, {len(known)} got a reference, others "
        f"{others}; no room for the log: PostgreSQL stopped {stopped}; public pages {reading}; "
        f"without a row: {len(set(known) - stored)}; works {healed:.1f} s after there was room, "
        "the portal was not started anew")  # fmt: skip

    assert told and others == set()
    assert all("tel:" in page.text for page in told if page.status == 503)
    assert set(known) <= stored
    assert reading == [200] * 6
