"""Files are encrypted at rest, bound to their row, and written whole or not at all."""

import datetime
import os
import resource
import shutil
import subprocess
import sys
import textwrap
import uuid

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test.utils import isolate_apps
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanasezim.shared import sealed_files
from sanasezim.shared.protected import Damaged, ProtectedRow
from sanasezim.shared.sealed_files import HEADER, PIECE, TAG, SealedFileField

PLACE = b"legalaid.letter.scan:1"
CANARY = b"Canary-9f2e"


def content(name, place=PLACE):
    return b"".join(sealed_files.read(name, place))


def path_of(name):
    return project.SEALED_ROOT / name


def files():
    return [path for path in project.SEALED_ROOT.rglob("*") if path.is_file()]


# Bytes


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7])
def test_what_was_written_is_read(size):
    plain = os.urandom(size)
    name = sealed_files.write(plain, PLACE)

    assert content(name) == plain
    assert sealed_files.size(name) == size
    assert path_of(name).stat().st_size == size + HEADER.size + TAG * max(1, -(-size // PIECE))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.binary(max_size=200_000), max_size=5))
def test_a_source_may_come_in_pieces_of_any_size(pieces):
    assert content(sealed_files.write(pieces, PLACE)) == b"".join(pieces)


def test_an_upload_is_a_source():
    upload = SimpleUploadedFile("passport.jpg", CANARY * 20_000)

    assert content(sealed_files.write(upload, PLACE)) == CANARY * 20_000


def test_nothing_in_clear_is_on_the_disk():
    name = sealed_files.write(CANARY * 20_000, PLACE)

    assert CANARY not in path_of(name).read_bytes()
    assert path_of(name).stat().st_mode & 0o777 == 0o600
    assert project.SEALED_ROOT.stat().st_mode & 0o777 == 0o700
    assert len(name) == 32


def changed(stored, at):
    return stored[:at] + bytes([stored[at] ^ 1]) + stored[at + 1 :]


SEALED_PIECE = PIECE + TAG
DAMAGES = {
    "changed": lambda stored: changed(stored, HEADER.size + 5),
    "changed later": lambda stored: changed(stored, HEADER.size + SEALED_PIECE + 5),
    "another salt": lambda stored: changed(stored, 10),
    "another key": lambda stored: changed(stored, 4),
    "another form": lambda stored: changed(stored, 0),
    "cut": lambda stored: stored[:-1],
    "cut between pieces": lambda stored: stored[: HEADER.size + SEALED_PIECE],
    "cut to the header": lambda stored: stored[: HEADER.size],
    "empty": lambda stored: b"",
    "longer": lambda stored: stored + b"1",
    "last piece twice": lambda stored: stored + stored[-(10 + TAG) :],
    "pieces exchanged": lambda stored: (
        stored[: HEADER.size]
        + stored[HEADER.size + SEALED_PIECE : HEADER.size + 2 * SEALED_PIECE]
        + stored[HEADER.size : HEADER.size + SEALED_PIECE]
        + stored[HEADER.size + 2 * SEALED_PIECE :]
    ),
    "a piece missing": lambda stored: stored[: HEADER.size] + stored[HEADER.size + SEALED_PIECE :],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_does_not_open(damage):
    plain = os.urandom(2 * PIECE + 10)
    name = sealed_files.write(plain, PLACE)
    path_of(name).write_bytes(DAMAGES[damage](path_of(name).read_bytes()))

    with pytest.raises(Damaged):
        content(name)


@pytest.mark.parametrize("damage", ["cut", "cut between pieces", "longer", "a piece missing"])
def test_a_file_that_was_cut_gives_not_even_its_beginning(damage):
    name = sealed_files.write(os.urandom(2 * PIECE + 10), PLACE)
    path_of(name).write_bytes(DAMAGES[damage](path_of(name).read_bytes()))

    with pytest.raises(Damaged):
        next(sealed_files.read(name, PLACE))


def test_a_file_belongs_to_its_place_and_name():
    one, other = sealed_files.write(b"one", PLACE), sealed_files.write(b"other", PLACE)
    shutil.copy(path_of(one), path_of(other))

    with pytest.raises(Damaged):
        content(other)
    with pytest.raises(Damaged):
        content(one, PLACE + b"2")


@pytest.mark.parametrize(
    "name", ["", ".", "../" + "a" * 29, "a" * 31, "a" * 33, "a" * 31 + "/", "é" * 32]
)
def test_a_name_leads_nowhere_else(name):
    with pytest.raises(ValueError, match="not the name"):
        sealed_files.read(name, PLACE).__next__()


# Whole or not at all


def test_a_source_that_breaks_off_leaves_nothing():
    def breaks_off():
        yield bytes(3 * PIECE)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        sealed_files.write(breaks_off(), PLACE)
    assert files() == []


def test_a_full_disk_leaves_nothing():
    kept = sealed_files.write(b"kept", PLACE)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * PIECE, before[1]))
    try:
        with pytest.raises(OSError):  # noqa: PT011 (as a full disk does)
            sealed_files.write(bytes(10 * PIECE), PLACE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert [path.name for path in files()] == [kept]
    assert content(sealed_files.write(b"again", PLACE)) == b"again"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_small_disk_that_is_full_leaves_nothing(tmp_path, settings):
    settings.SEALED_ROOT = tmp_path / "small"
    settings.SEALED_ROOT.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(settings.SEALED_ROOT)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        with pytest.raises(OSError, match="No space left"):
            sealed_files.write(bytes(2 * 1024 * 1024), PLACE)
        assert files() == []
        assert content(sealed_files.write(b"again", PLACE)) == b"again"
    finally:
        subprocess.run(["umount", str(settings.SEALED_ROOT)], check=True)


WRITE_AND_WAIT = """
    import os, time
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    django.setup()
    from django.conf import settings
    from pathlib import Path
    from sanasezim.shared import keys, sealed_files
    keys._ring = keys.KeyRing(settings.KEYS_DIR)
    settings.SEALED_ROOT = Path(os.environ["ROOT"])

    def source():
        for _ in range(40):
            yield b"Canary-9f2e" * 6000
        print("written", flush=True)
        time.sleep(60)

    sealed_files.write(source(), b"place")
"""


def test_a_kill_while_writing_leaves_only_cipher_text_for_the_night(tmp_path):
    writer = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITE_AND_WAIT)],
        cwd=project.BASE_DIR,
        env={**os.environ, "ROOT": str(project.SEALED_ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout.readline() == "written\n"
    writer.kill()
    writer.wait()
    writer.stdout.close()

    left = files()
    assert [path.suffix for path in left] == [".unfinished"]
    assert left[0].stat().st_size > PIECE
    assert CANARY not in left[0].read_bytes()


# On a row


@pytest.fixture
def Letter(db, monkeypatch):  # noqa: N802 (a model)
    with isolate_apps("legalaid"):

        class Letter(ProtectedRow):
            scan = SealedFileField()

            class Meta:
                app_label = "legalaid"

    with connection.schema_editor() as editor:
        editor.create_model(Letter)
    monkeypatch.setattr(
        sealed_files, "fields_with_files", lambda: [(Letter, Letter._meta.get_field("scan"))]
    )
    return Letter


def letter_with(Letter, plain):  # noqa: N803
    letter = Letter()
    letter.scan.write(plain)
    letter.save()
    return letter


def test_a_row_keeps_its_file(Letter):  # noqa: N803
    letter = Letter.objects.get(pk=letter_with(Letter, CANARY).pk)

    assert b"".join(letter.scan) == CANARY
    assert letter.scan.size == len(CANARY)
    assert letter.scan
    assert not Letter().scan
    letter.refresh_from_db()
    letter.save()
    assert b"".join(Letter.objects.defer("scan").get().scan) == CANARY


def test_a_file_does_not_open_in_another_row(Letter):  # noqa: N803
    one, other = letter_with(Letter, CANARY), letter_with(Letter, b"other")
    Letter.objects.filter(pk=other.pk).update(scan=one.scan.name)

    with pytest.raises(Damaged):
        b"".join(Letter.objects.get(pk=other.pk).scan)


def test_a_new_file_takes_the_place_of_the_earlier_one(Letter):  # noqa: N803
    letter = letter_with(Letter, b"earlier")
    earlier = letter.scan.name

    letter.scan.write(b"later")
    letter.save()
    sealed_files.delete(earlier)

    assert b"".join(Letter.objects.get().scan) == b"later"
    assert len(files()) == 1


def test_a_deleted_file_is_gone(Letter):  # noqa: N803
    letter = letter_with(Letter, b"here")
    letter.scan.delete()
    letter.scan.delete()

    assert files() == []


def test_strays_go_when_they_are_old(Letter):  # noqa: N803
    kept = letter_with(Letter, b"kept")
    stray = sealed_files.write(b"stray", PLACE)
    unfinished = project.SEALED_ROOT / f".{uuid.uuid4().hex}.unfinished"
    unfinished.write_bytes(b"x")
    now = timezone.now()

    assert sealed_files.remove_strays(now - datetime.timedelta(hours=1)) == 0
    assert path_of(stray).exists()
    assert sealed_files.remove_strays(now + datetime.timedelta(hours=1)) == 2
    assert [path.name for path in files()] == [kept.scan.name]


def test_a_field_is_carried_by_migrations():
    field = SealedFileField(sealed_as="legalaid.letter.scan")

    assert field.deconstruct()[1:] == (
        "sanasezim.shared.sealed_files.SealedFileField",
        [],
        {"sealed_as": "legalaid.letter.scan"},
    )
    assert isinstance(field.clone(), models.CharField)
