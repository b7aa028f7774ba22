"""Making a backup: written sealed, read back from the disk, and only then given its name."""

import contextlib
import datetime
import errno
import json
import os
import re
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from sanasezim.backups import BackupTrouble, database, parts, recovery_key, sealed
from sanasezim.shared import file_stores, keys

NAME = "sana-sezim-{:%Y-%m-%d-%H%M}.backup"
OURS = re.compile(r"sana-sezim-(\d{4}-\d\d-\d\d)-\d{4}\.backup")
UNFINISHED = ".unfinished"
ERASED_LIST = "erased.list"
PIECE = 256 * 1024


def roots():
    """Where files lie, by the name they have in a backup."""
    return {"media": file_stores.public(), "sealed": file_stores.sealed()}


def make(path):
    """Make a backup under this name, which must be free. What is in it, in numbers."""
    path = Path(path).absolute()
    public = recovery_key.public()
    started = time.monotonic()
    unfinished = path.with_name(f".{path.name}{UNFINISHED}")
    try:
        if path.exists():
            raise FileExistsError
        with open(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            writer = sealed.Writer(file, public)
            written = _write(writer)
            writer.close()
            file.flush()
            os.fsync(file.fileno())
            _read_back(file, writer, written)
        _name(unfinished, path)
    except FileExistsError:
        raise BackupTrouble(
            f"{path} is there already. A backup is never written over: choose another name."
        ) from None
    except OSError as error:
        raise BackupTrouble(_no_room(path, error)) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    written |= {"size": path.stat().st_size, "seconds": round(time.monotonic() - started, 1)}
    _record(written)
    return written


def _write(writer):
    """The database first: a file whose row is in it was there before, and only erasing removes one."""
    made_at = timezone.now()
    parts.write(
        writer,
        part="about",
        made_at=made_at.isoformat(),
        server=database.server_version(),
        migrations=database.applied_migrations(),
    )
    rows = parts.write(writer, database.dump(), part="database")
    files = gone = 0
    for root, store in roots().items():
        for name in store.names():
            try:
                at, file = store.changed_at(name), store.open(name)
            except FileNotFoundError:
                gone += 1  # erased since its row was read
                continue
            with file:
                parts.write(writer, _pieces(file), part="file", root=root, name=name, at=at)
                files += 1
    # Last: a key that came meanwhile may have written a file.
    held = sorted(path for path in Path(settings.KEYS_DIR).iterdir() if path.suffix == ".key")
    for path in held:
        parts.write(writer, [path.read_bytes()], part="key", name=path.name)
    parts.write(writer, part="end", files=files, keys=len(held))
    return {
        "made_at": made_at.isoformat(),
        "files": files,
        "gone": gone,
        "keys": len(held),
        "database": rows,
    }


def _pieces(file):
    while piece := file.read(PIECE):
        yield piece


def _read_back(file, writer, written):
    """What lies on the disk is what was written, and PostgreSQL can read its part of it."""
    # From the disk, not from what the machine remembers of it.
    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    file.seek(0)
    look_through(sealed.Reader(file, cipher=writer.cipher), written)


def look_through(reader, wanted=None):
    """Read a backup to its end; the keys in it. BackupTrouble where anything is amiss."""
    files, held = 0, {}
    for head, pieces in parts.read(reader):
        if head["part"] == "database":
            database.check(pieces)
        elif head["part"] == "file":
            files += 1
        elif head["part"] == "key":
            held[head["name"]] = b"".join(pieces)
        elif head["part"] == "end":
            wanted = wanted or head
    if (files, len(held)) != (wanted["files"], wanted["keys"]):
        raise BackupTrouble("The backup is damaged: parts of it are missing.")
    return held


# The old ones, and the newest


def make_for_the_night():
    """Tonight's backup among the others, and those that have had their time gone. A line about it."""
    folder = Path(settings.BACKUP_DIR)
    made = make(folder / NAME.format(timezone.localtime()))
    copy_erased_list()
    return f"{made['size'] / 1e6:.1f} MB, {forget_old(folder)} old ones are gone"


def forget_old(folder):
    """Remove what is older than is promised, but never the newest one. How many."""
    ours = sorted(path for path in folder.iterdir() if OURS.fullmatch(path.name))
    last_day = f"{timezone.localdate() - settings.KEEP_BACKUPS:%Y-%m-%d}"
    old = [path for path in ours[:-1] if OURS.fullmatch(path.name)[1] < last_day]
    for path in old:
        path.unlink()
    for left in folder.glob(f".sana-sezim-*{UNFINISHED}"):  # of one that was killed
        left.unlink(missing_ok=True)
    return len(old)


def copy_erased_list():
    """The newest list of what was erased lies beside the backups: a restore looks for it there."""
    listed = Path(settings.ERASED_LIST)
    if not settings.BACKUP_DIR or not listed.exists():
        return
    target = Path(settings.BACKUP_DIR) / ERASED_LIST
    if target.exists() and target.stat().st_size >= listed.stat().st_size:
        return  # it only ever grows
    unfinished = target.with_name(f".{target.name}{UNFINISHED}")
    shutil.copyfile(listed, unfinished)
    unfinished.chmod(0o600)
    os.replace(unfinished, target)


def last():
    """When the last good backup was made, and what was in it; None before the first."""
    try:
        told = json.loads(Path(settings.LAST_BACKUP).read_text())
        return told | {"made_at": datetime.datetime.fromisoformat(told["made_at"])}
    except (OSError, ValueError, KeyError):
        return None


def age():
    """How old the last good backup is; None before the first."""
    made = last()
    return timezone.now() - made["made_at"] if made else None


def is_too_old():
    """Whether no good backup was made in the time in which one must have been."""
    return (age() or datetime.timedelta.max) > settings.BACKUP_AGE_MOST


def _record(made):
    """Outside of the database, which a restore would set back."""
    path = Path(settings.LAST_BACKUP)
    unfinished = path.with_name(f".{path.name}{UNFINISHED}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "w") as file:
        keys.give_to_owner_of(path.parent, file)
        json.dump(made, file)
    os.replace(unfinished, path)


def _name(unfinished, path):
    """Another one of the same name may have been made meanwhile: it stays."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise
    except OSError:  # a stick that knows no second name for a file
        os.rename(unfinished, path)
    _sync(path.parent)


def _no_room(path, error):
    if error.errno == errno.ENOSPC:
        return (
            f"The disk is full: the backup did not fit into {path.parent}. Nothing of it is left."
        )
    return f"The backup cannot be written to {path}: {error.strerror}."


def _sync(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
