"""Bringing a backup back: looked through to its end first, then the database, files and keys."""

import base64
import contextlib
import shutil
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from legalaid import erased_list, erasure
from sanasezim.backups import BackupTrouble, database, making, parts, recovery_key, sealed
from sanasezim.set_up import alone_in_the_database, set_up
from sanasezim.shared import file_stores, keys


def restore(path, *, replace=False, say=print):
    """Bring back what a backup holds. What is here goes only if `replace` says so."""
    path = Path(path)
    secret = recovery_key.secret()
    about = _about(path, secret)
    if not replace and not database.is_empty():
        raise BackupTrouble(
            f"The database {connection.settings_dict['NAME']} is not empty, and nothing of it was "
            "touched. To put the backup in its place: --replace"
        )
    refuse_what_does_not_fit(about)
    with _opened(path, secret) as reader:
        held = making.look_through(reader)
    if not replace:
        refuse_other_keys(held)
    say("The backup is whole. Bringing it back.")
    with _opened(path, secret) as reader:
        files = _bring_back(reader, replace)
    _write_keys(held)
    marks = _gather_marks(path)
    if not marks:
        say(
            "No list of what was erased is here. If anybody was erased since "
            f"{about['made_at'][:10]}, bring the newest one to {settings.ERASED_LIST} and run "
            "manage erase_again."
        )
    keys._ring = None
    with alone_in_the_database():
        erased = set_up()
        if marks - erased_list.known(marks):
            erased += erasure.again()
        erased_list.copy()
    return {"files": files, "keys": len(held), "erased": erased}


def _about(path, secret):
    with _opened(path, secret) as reader:
        head, _pieces = next(parts.read(reader))
    if head["part"] != "about":
        raise BackupTrouble("The backup is damaged: its parts do not follow each other.")
    return head


@contextlib.contextmanager
def _opened(path, secret):
    try:
        with open(path, "rb") as file:
            yield sealed.Reader(file, secret=secret)
    except FileNotFoundError:
        raise BackupTrouble(f"{path} is not there.") from None
    except IsADirectoryError:
        raise BackupTrouble(f"{path} is a folder, not a backup.") from None
    except PermissionError:
        raise BackupTrouble(f"{path} may not be read by this account.") from None


def refuse_what_does_not_fit(about):
    here = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    # One that was made of many stands for each of them.
    known = {*here, *(old for migration in here.values() for old in migration.replaces)}
    for app, names in about["migrations"].items():
        for name in names:
            if (app, name) not in known:
                raise BackupTrouble(
                    "This backup was made by a newer version of the portal, which has the step "
                    f"{name} of {app}. Bring this one up to that version first."
                )
    if (here := database.server_version()) < about["server"]:
        raise BackupTrouble(
            f"This backup is of PostgreSQL {about['server']}, and the database server here is "
            f"{here}. Restore it into PostgreSQL {about['server']} or newer."
        )


def refuse_other_keys(held):
    for name, key in held.items():
        here = _key_path(name)
        if here.exists() and here.read_bytes() != key:
            raise BackupTrouble(
                f"{here} is another key than the one in the backup. Move the folder {here.parent} "
                "away first, or name another: KEYS_DIR=…"
            )


def _bring_back(reader, replace):
    """The database and the files; how many files."""
    files = 0
    for head, pieces in parts.read(reader):
        if head["part"] == "database":
            database.load(pieces, replace=replace)
        elif head["part"] == "file":
            _write_file(head, pieces)
            files += 1
    return files


def _write_file(head, pieces):
    store = making.roots().get(head["root"])
    name = PurePosixPath(head["name"])
    if store is None or name.is_absolute() or ".." in name.parts:
        raise BackupTrouble("The backup names a file that does not belong to the portal.")
    store.write(name.as_posix(), pieces, at=head["at"])


def _write_keys(held):
    """The keys of the backup, and no others: what stood in their place is set aside."""
    folder = Path(settings.KEYS_DIR)
    file_stores.make_folder(folder)
    aside = folder / f"before-{timezone.now():%Y-%m-%d-%H%M%S}"
    for path in folder.glob("*.key*"):
        if held.get(path.name) != path.read_bytes() and not path.name.startswith("retired-"):
            file_stores.make_folder(aside)
            shutil.move(path, aside / path.name)
    for name, key in held.items():
        keys._write(_key_path(name), base64.b64decode(key))


def _key_path(name):
    if Path(name).name != name or not name.endswith(".key"):
        raise BackupTrouble("The backup names a key that does not belong to the portal.")
    return Path(settings.KEYS_DIR) / name


def _gather_marks(path):
    """Every list of what was erased that is here becomes one: the machine's, and that beside the backup."""
    beside = path.parent / making.ERASED_LIST
    known = erased_list.marks()
    if beside.exists() and not _is_same(beside, Path(settings.ERASED_LIST)):
        with open(beside, encoding="ascii", errors="replace") as file:
            new = [line for line in file if erased_list._is_whole(line)]
        erased_list._write(
            "".join(line for line in new if line[: erased_list.MARK_LETTERS] not in known)
        )
    return erased_list.marks()


def _is_same(one, other):
    return other.exists() and one.samefile(other)
