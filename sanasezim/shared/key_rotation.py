"""The next data key, and everything brought under it, while the portal serves.

The new key is recorded before it writes. Then rows are taken up in small batches, each locked for a
moment; a row that somebody else holds is taken up in the next round. It ends when nothing is left. A
run that was killed left every row whole, under one key or the other: the next run goes on.
"""

import logging
import time

import pgtrigger
from django.apps import apps
from django.db import connection, transaction

from sanasezim.shared import key_proofs, keys, sealed_files
from sanasezim.shared.keys import KeyTrouble
from sanasezim.shared.models import KeyProof
from sanasezim.shared.protected import Damaged, ProtectedTextField, Sealed

logger = logging.getLogger(__name__)

BATCH = 200
PATIENCE = 60  # seconds that a row may be held by somebody else
PAUSE = 0.2


def rotate(say=print):
    """Make the next data key and bring everything under it; or finish what was interrupted.

    Says in sentences what was done. KeyTrouble if something could not be brought along.
    """
    key_proofs.record_missing()
    finish_coming()
    if count := bring_along(say):
        say(f"An earlier change of keys is finished now: {count} rows and files were left.")
        return
    number = next_key()
    say(f"{keys.data_name(number)}.key writes from now on.")
    count = bring_along(say)
    say(f"Everything is under it: {count} rows and files were brought along.")


def next_key():
    """A new data key, recorded and in use. Its number."""
    number = keys.ring().newest + 1
    if number > keys.NEWEST_ID:
        raise KeyTrouble(f"All {keys.NEWEST_ID} numbers of data keys are used.")
    key = keys.new_key()
    keys.announce(number, key)
    key_proofs.record({keys.data_name(number): key})
    keys.bring_into_use(number)
    return number


def finish_coming():
    """A new key that a killed run left behind: in use if it was recorded, else gone."""
    proofs = key_proofs.recorded()
    for number in keys.ring().coming:
        if keys.data_name(number) in proofs:
            keys.bring_into_use(number)
        else:
            keys.withdraw(number)


def bring_along(say=print):
    """Bring every row and file under the newest key; how many there were."""
    brought, deadline = 0, time.monotonic() + PATIENCE
    while True:
        moved = damaged = 0
        for model, fields in protected_models():
            moved_here, damaged_here = _re_encrypt_rows(model, fields)
            if moved_here:
                say(f"  {model._meta.label}: {moved_here}")
            moved, damaged = moved + moved_here, damaged + damaged_here
        files, damaged_files = sealed_files.re_encrypt_all()
        if files:
            say(f"  files: {files}")
        brought += moved + files
        left = sum(_left(model, fields) for model, fields in protected_models()) - damaged
        if left <= 0:
            break
        if time.monotonic() > deadline:
            raise KeyTrouble(f"{left} rows are held by somebody else. Run this again later.")
        time.sleep(PAUSE)
    if damaged or damaged_files:
        say(
            f"  damaged, left as they are: {damaged} rows, {damaged_files} files. The log names them."
        )
    return brought


def protected_models():
    """Every (model, its protected fields), histories among them."""
    for model in apps.get_models():
        fields = [
            field
            for field in model._meta.local_concrete_fields
            if isinstance(field, ProtectedTextField)
        ]
        if fields:
            yield model, fields


def _re_encrypt_rows(model, fields):
    """One round through a table: (rows brought under the newest key, damaged ones)."""
    moved = damaged = 0
    last = 0
    while True:
        # The triggers of histories stay still: nothing changes but the key.
        with transaction.atomic(), pgtrigger.ignore():
            rows = _locked_batch(model, fields, last)
            for pk, seal, *stored in rows:
                changed = _re_encrypted(fields, seal, stored, f"{model._meta.label} {pk}")
                if changed:
                    _update(model, pk, changed)
                    moved += 1
                damaged += len(changed) < sum(_is_old(value) for value in stored)
        if not rows:
            return moved, damaged
        last = rows[-1][0]


def _re_encrypted(fields, seal, stored, named):
    """{field: its new bytes} of those that are under an older key and open."""
    changed = {}
    for field, value in zip(fields, stored, strict=True):
        if _is_old(value):
            try:
                changed[field] = field.re_sealed(value, seal)
            except Damaged as damage:
                logger.error("%s of %s: %s", field, named, damage)
    return changed


def _is_old(value):
    return len(value) > 0 and Sealed(value).key_id != keys.ring().newest


def _locked_batch(model, fields, last):
    """Rows behind `last` that hold bytes under an older key: [(pk, seal, bytes, …)]."""
    columns = ", ".join(_quoted(column) for column in _columns(model, fields))
    pk = _quoted(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {_quoted(model._meta.db_table)} WHERE {pk} > %s AND "  # noqa: S608
            f"({_is_old_in_sql(fields)}) ORDER BY {pk} LIMIT {BATCH} FOR UPDATE SKIP LOCKED",
            [last, *_newest(fields)],
        )
        return [(row[0], row[1], *map(bytes, row[2:])) for row in cursor.fetchall()]


def _left(model, fields):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {_quoted(model._meta.db_table)} "  # noqa: S608
            f"WHERE {_is_old_in_sql(fields)}",
            _newest(fields),
        )
        return cursor.fetchone()[0]


def _is_old_in_sql(fields):
    """The key's number is the second byte."""
    return " OR ".join(
        f"(length({_quoted(field.column)}) > 0"
        f" AND substring({_quoted(field.column)} FROM 2 FOR 1) <> %s)"
        for field in fields
    )


def _newest(fields):
    return [connection.Database.Binary(bytes([keys.ring().newest]))] * len(fields)


def _update(model, pk, changed):
    columns = ", ".join(f"{_quoted(field.column)} = %s" for field in changed)
    values = [connection.Database.Binary(value) for value in changed.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_quoted(model._meta.db_table)} SET {columns} "  # noqa: S608
            f"WHERE {_quoted(model._meta.pk.column)} = %s",
            [*values, pk],
        )


def _columns(model, fields):
    return [model._meta.pk.column, "seal", *(field.column for field in fields)]


def _quoted(name):
    return connection.ops.quote_name(name)


# Taking an old key out of use


def retire(number, say=print):
    """Take a data key out of use that protects nothing any more. KeyTrouble if it still does."""
    ring = keys.ring()
    if number not in ring.data:
        raise KeyTrouble(f"There is no {keys.data_name(number)}.key.")
    if number == ring.newest:
        raise KeyTrouble(f"{keys.data_name(number)}.key writes. First make the next: rotate_keys")
    if found := uses(number):
        raise KeyTrouble(
            f"{keys.data_name(number)}.key still protects {found} rows and files. "
            "First bring them under the newest key: rotate_keys"
        )
    KeyProof.objects.filter(name=keys.data_name(number)).delete()
    aside = keys.set_aside(number)
    say(
        f"Nothing here needs {keys.data_name(number)}.key any more. Older backups do: move {aside} to "
        "where the keys of the backups are kept, and delete it there with the last of them."
    )


def uses(number):
    """How many rows and files are under this data key."""
    found = 0
    for model, fields in protected_models():
        is_under = _is_old_in_sql(fields).replace("<>", "=")
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM {_quoted(model._meta.db_table)} WHERE {is_under}",  # noqa: S608
                [connection.Database.Binary(bytes([number]))] * len(fields),
            )
            found += cursor.fetchone()[0]
    return found + sealed_files.count_under(number)
