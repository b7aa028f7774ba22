"""F5: the disk is full where files go, where backups go. Nothing is half there, reading goes on."""

import contextlib
import os
import shutil
import subprocess
import sys

import pytest

from tests.faults.conftest import picture
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
