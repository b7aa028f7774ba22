"""A backup comes back row by row and file by file, tells nothing without its key, and says what is wrong."""

import contextlib
import datetime
import hashlib
import json
import os
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from legalaid import erased_list, erasure
from legalaid.models import Identity, Intake
from sanasezim import watching
from sanasezim.backups import BackupTrouble, making, parts, recovery_key, restoring, sealed
from sanasezim.shared import keys
from tests import make

NAME, STORY = "Канарейкина Тамара", "Стёртая история канарейки"
IN_TRANSACTIONS_OF_ITS_OWN = pytest.mark.django_db(transaction=True)


@contextlib.contextmanager
def empty_machine(settings, folder):
    """An empty database, and no file of the portal in its places."""
    usual, name = connection.settings_dict["NAME"], f"test_portal_{os.getpid()}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    held, places = keys._ring, {}
    for place in ("MEDIA_ROOT", "SEALED_ROOT", "ERASED_LIST", "KEYS_DIR", "LAST_BACKUP"):
        places[place] = getattr(settings, place)
        setattr(settings, place, folder / Path(places[place]).name)
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        keys._ring = held
        for place, path in places.items():
            setattr(settings, place, path)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def machine(settings, tmp_path):
    with contextlib.ExitStack() as stack:

        def begin():
            stack.enter_context(empty_machine(settings, tmp_path / "machine"))

        yield begin


def all_rows():
    """{table: (number of rows, hash of them in order)}."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows = sorted(row for (row,) in cursor.fetchall())
            found[table] = len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def all_files(settings):
    return {
        (root, path.relative_to(folder).as_posix()): path.read_bytes()
        for root, folder in [
            ("media", settings.MEDIA_ROOT),
            ("sealed", settings.SEALED_ROOT),
            ("keys", settings.KEYS_DIR),
        ]
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


@IN_TRANSACTIONS_OF_ITS_OWN
def test_an_empty_machine_gets_every_row_and_every_file_back(settings, tmp_path, machine, capsys):
    person = make.person(name=NAME)
    paper = make.document(make.intake(person=person, story=STORY), content=make.photo("#113355"))
    make.version()
    rows, files = all_rows(), all_files(settings)
    backup = tmp_path / "one.backup"

    call_command("backup", str(backup))

    assert capsys.readouterr().out.startswith("Backup written and read back: ")
    assert backup.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob(".*unfinished")) == []
    bytes_of_it = backup.read_bytes()
    for told in (NAME, STORY, "PGDMP", "legalaid", "data-1"):
        assert told.encode() not in bytes_of_it
    assert watching.state().backup and json.loads(settings.LAST_BACKUP.read_text())["files"] >= 1

    machine()
    call_command("restore", str(backup))

    assert all_rows() == rows
    assert all_files(settings) == files
    assert Identity.objects.get().name == NAME
    assert b"".join(type(paper).objects.get(pk=paper.pk).original.chunks())

    with pytest.raises(SystemExit, match="is not empty, and nothing of it was touched"):
        call_command("restore", str(backup))
    assert all_rows() == rows


@IN_TRANSACTIONS_OF_ITS_OWN
def test_who_was_erased_since_is_erased_again_before_it_opens(
    settings, tmp_path, machine, client, capsys, director
):
    """The list lies beside the backups; the machine itself is new."""
    settings.BACKUP_DIR = str(tmp_path / "backups")
    os.mkdir(settings.BACKUP_DIR)
    living = make.intake(story=STORY)
    erased = make.intake(story=STORY, person=make.person(name=NAME))
    backup = Path(settings.BACKUP_DIR) / "old.backup"
    making.make(backup)
    erasure.erase(erased)
    making.copy_erased_list()

    machine()
    call_command("restore", str(backup))

    assert "Erased again: 1." in capsys.readouterr().out
    assert Intake.objects.get(pk=erased.pk).erased_at
    assert not Identity.objects.exists()
    assert Intake.objects.get(pk=living.pk).story == STORY
    assert erased_list.troubles() == []
    assert client.get("/readyz").status_code == 200


@IN_TRANSACTIONS_OF_ITS_OWN
def test_a_backup_takes_the_place_of_what_is_there_only_when_told_so(settings, tmp_path, machine):
    make.user("lawyer")  # with the roles
    rows = all_rows()
    making.make(tmp_path / "one.backup")

    machine()
    restoring.restore(tmp_path / "one.backup", say=str)
    make.office(code="taraz")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE newer (id int)")
    # As after another start: it made keys of its own.
    other = settings.KEYS_DIR / "index.key"
    other.write_text("A" * 43 + "=\n")

    restoring.restore(tmp_path / "one.backup", replace=True, say=str)

    assert all_rows() == rows
    aside = list(settings.KEYS_DIR.glob("before-*/index.key"))
    assert aside and aside[0].read_text() == "A" * 43 + "=\n"
    assert other.read_text() != "A" * 43 + "=\n"


@IN_TRANSACTIONS_OF_ITS_OWN
def test_a_backup_that_cannot_be_brought_in_changes_nothing(tmp_path, machine, monkeypatch):
    making.make(tmp_path / "one.backup")
    machine()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE mine AS SELECT 7 AS number")
    # Found out in the middle: the dump refers to what an extension of ours would have had to make.
    really_load = restoring.database.load

    def load_half(pieces, *, replace):
        really_load(cut_off(pieces), replace=replace)

    def cut_off(pieces):
        yield next(pieces)[:50_000]

    monkeypatch.setattr(restoring.database, "load", load_half)

    with pytest.raises(BackupTrouble, match="pg_restore failed"):
        restoring.restore(tmp_path / "one.backup", replace=True, say=str)

    assert connection.introspection.table_names() == ["mine"]


# A small one, without a database


def small(folder, *, public=None, about=None, name="small.backup"):
    path = folder / name
    with open(path, "wb") as file:
        writer = sealed.Writer(file, public or recovery_key.public())
        parts.write(writer, part="about", **(about or {"migrations": {}, "server": 14}))
        pieces = [os.urandom(100_000) for _piece in range(12)]
        parts.write(writer, pieces, part="file", root="media", name="a", at=1)
        parts.write(writer, part="end", files=1, keys=0)
        writer.close()
    return path


def look(path):
    with open(path, "rb") as file:
        return making.look_through(sealed.Reader(file, secret=recovery_key.secret()))


def test_a_whole_one_is_read_to_its_end(tmp_path):
    assert look(small(tmp_path)) == {}


@pytest.mark.parametrize("length", [0, 3, 44, 45, 46, 60, 262_144 + 61, 800_000, -1])
def test_one_that_was_cut_is_told_as_such(tmp_path, length):
    path = small(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:length])

    with pytest.raises(BackupTrouble, match="damaged|not a backup"):
        look(path)


@pytest.mark.parametrize("place", [6, 20, 44, 45, 300_000, -1])
def test_one_that_was_changed_is_told_as_such(tmp_path, place):
    path = small(tmp_path)
    changed = bytearray(path.read_bytes())
    changed[place] ^= 1
    path.write_bytes(changed)

    with pytest.raises(BackupTrouble):
        look(path)


def test_pieces_in_another_order_are_told(tmp_path):
    path = small(tmp_path)
    whole, piece = path.read_bytes(), sealed.PIECE + sealed.TAG
    head, first, second = whole[:45], whole[45 : 45 + piece], whole[45 + piece : 45 + 2 * piece]
    path.write_bytes(head + second + first + whole[45 + 2 * piece :])

    with pytest.raises(BackupTrouble, match="damaged"):
        look(path)


def test_each_trouble_is_one_sentence(tmp_path, settings, db, capsys):
    settings.RECOVERY_KEY = ""
    newer = small(tmp_path, about={"migrations": {"legalaid": ["9999_later"]}, "server": 14})
    later_server = small(tmp_path, about={"migrations": {}, "server": 99}, name="b")
    newer_form = small(tmp_path, name="c")
    newer_form.write_bytes(b"SSBK\x02" + newer_form.read_bytes()[5:])
    other = tmp_path / "other"
    other.write_bytes(b"%PDF-1.7 " * 100)
    for path, sentence in [
        (newer, "made by a newer version of the portal, which has the step 9999_later"),
        (later_server, "is of PostgreSQL 99"),
        (newer_form, "made by a newer version"),
        (other, "is not a backup of the portal"),
        (tmp_path / "nothing", "is not there"),
        (tmp_path, "is a folder"),
    ]:
        with pytest.raises(SystemExit, match=sentence) as refused:
            call_command("restore", str(path), "--replace")
        assert "\n" not in str(refused.value)


def test_another_recovery_key_is_told_and_opens_nothing(tmp_path, settings):
    settings.BACKUP_KEY, first = recovery_key.new()
    path = small(tmp_path)
    settings.RECOVERY_KEY = recovery_key.new()[1]

    with pytest.raises(BackupTrouble, match="does not open this backup"):
        look(path)

    settings.RECOVERY_KEY = first
    assert look(path) == {}
    # As somebody copies it from paper
    settings.RECOVERY_KEY = f" {first.upper()}\n"
    assert look(path) == {}
    settings.RECOVERY_KEY = first[:-1] + ("a" if first[-1] != "a" else "b")
    with pytest.raises(BackupTrouble, match="copied wrongly"):
        look(path)


def test_production_seals_nothing_to_a_key_that_everybody_knows(settings, tmp_path):
    settings.DEMO = False

    with pytest.raises(BackupTrouble, match="BACKUP_KEY is not set"):
        making.make(tmp_path / "one.backup")
    with pytest.raises(BackupTrouble, match="RECOVERY_KEY is not set"):
        recovery_key.secret()
    assert list(tmp_path.glob("*backup*")) == []


def test_the_half_for_the_safe_is_written_only_where_it_was_told(tmp_path, capsys):
    call_command("new_recovery_key", "--into", str(tmp_path / "key"))

    said = capsys.readouterr()
    assert said.out.startswith("BACKUP_KEY=public-")
    secret = (tmp_path / "key").read_text().strip()
    assert secret.startswith("recovery-") and secret not in said.out + said.err
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_backup_is_never_written_over(tmp_path, db):
    (tmp_path / "one.backup").write_text("the one from yesterday")

    with pytest.raises(BackupTrouble, match="there already"):
        making.make(tmp_path / "one.backup")

    assert (tmp_path / "one.backup").read_text() == "the one from yesterday"


def test_files_of_others_cannot_be_slipped_in(tmp_path, settings):
    for name in ("../outside", "/etc/x", "a/../../x"):
        with pytest.raises(BackupTrouble, match="does not belong"):
            restoring._write_file({"root": "media", "name": name, "at": 1}, [b"x"])
    with pytest.raises(BackupTrouble, match="does not belong"):
        restoring._key_path("../x.key")


# At night


def test_backups_end_after_35_days_and_the_newest_stays(tmp_path):
    today = timezone.localdate()

    def of(days_ago):
        day = today - datetime.timedelta(days=days_ago)
        path = tmp_path / f"sana-sezim-{day}-0330.backup"
        path.touch()
        return path

    kept, gone = [of(35), of(1)], [of(36), of(400)]
    other = tmp_path / "before-the-move.backup"
    other.touch()
    left = tmp_path / ".sana-sezim-2026-01-01-0330.backup.unfinished"
    left.touch()

    assert making.forget_old(tmp_path) == 2
    assert all(path.exists() for path in [*kept, other])
    assert not any(path.exists() for path in [*gone, left])

    for path in kept:
        path.unlink()
    alone = of(90)
    assert making.forget_old(tmp_path) == 0 and alone.exists()


def test_a_backup_that_is_too_old_is_said_and_stops_nobody(client, settings, db):
    made = {"made_at": (timezone.now() - datetime.timedelta(hours=30)).isoformat()}
    settings.LAST_BACKUP.write_text(json.dumps(made))

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert (answer.json()["backup"], answer.json()["backup_age_hours"]) == (False, 30.0)
    assert answer.json()["well"] is False
