"""The list of what was erased, kept outside of the database: settings.ERASED_LIST.

A restored backup brings back people who were erased after it was made, and has forgotten that they
were. This list has not: a line for every row, "mark day", where the mark is an HMAC of the row's
seal. It tells nothing of anybody, and only ever grows.

The database is first: its marks are committed with the erasing, and copied here right after. A kill
between the two is made up for by `copy`, which each worker runs as it starts, and the night.
"""

import fcntl
import os
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from legalaid.models import ErasedRow
from sanasezim.shared import keys

MARK_LETTERS = 64
LINE_BYTES = MARK_LETTERS + len(" 2026-11-24\n")
# So many lines at its end tell whether the database has gone back: two workers write in any order.
LOOKED_AT = 500


def mark_of(seal):
    return keys.code_of(keys.PEPPER, "erased row", str(seal)).hex()


def marks():
    """Every mark of the list."""
    try:
        with open(settings.ERASED_LIST, encoding="ascii") as file:
            return {line[:MARK_LETTERS] for line in file if _is_whole(line)}
    except FileNotFoundError:
        return set()


def known(some):
    """Those of these marks that the database has."""
    return set(ErasedRow.objects.filter(mark__in=some).values_list("mark", flat=True))


def append(new):
    """Add these marks, and have them on the disk before this returns."""
    day = timezone.localdate()
    _write("".join(f"{mark} {day}\n" for mark in new))


def copy():
    """Add what the database has and the list lacks. Returns how many."""
    known = marks()
    missing = [row for row in ErasedRow.objects.order_by("erased_on") if row.mark not in known]
    _write("".join(f"{row.mark} {row.erased_on}\n" for row in missing))
    return len(missing)


def take_back():
    """Tell the database what the list has and it lacks. Returns how many."""
    known = set(ErasedRow.objects.values_list("mark", flat=True))
    missing = sorted(marks() - known)
    ErasedRow.objects.bulk_create(
        (ErasedRow(mark=mark) for mark in missing), batch_size=1000, ignore_conflicts=True
    )
    return len(missing)


def is_missing():
    """Whether something was erased, but the list is not here."""
    return not _newest() and ErasedRow.objects.exists()


def has_gone_back():
    """Whether the database is older than the list."""
    newest = _newest()
    return bool(newest - known(newest))


def troubles():
    """Why the portal must not open yet, in a sentence for whoever runs it; empty if all is well."""
    if is_missing():
        return [
            f"{settings.ERASED_LIST} is missing, the list of what was erased. Bring back its newest "
            "copy, then run manage erase_again. Only if there is none: manage erase_again --without-list"
        ]
    if has_gone_back():
        return [
            "An older copy of the database was restored, and with it came people who were erased "
            "since. Run manage erase_again"
        ]
    return []


def _newest():
    """The marks at the end of the list."""
    try:
        with open(settings.ERASED_LIST, "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LOOKED_AT * LINE_BYTES))
            lines = file.read().decode("ascii", "replace").splitlines(keepends=True)
    except FileNotFoundError:
        return set()
    return {line[:MARK_LETTERS] for line in lines if _is_whole(line)}


def _is_whole(line):
    """A power cut may leave a part of one."""
    return len(line) == LINE_BYTES and line.endswith("\n")


def _write(lines):
    if not lines:
        return
    path = Path(settings.ERASED_LIST)
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        keys.give_to_owner_of(path.parent, file)
        size = file.seek(0, os.SEEK_END)
        torn = size and os.pread(file.fileno(), 1, size - 1) != b"\n"
        file.write((b"\n" if torn else b"") + lines.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
