"""The demonstration content without its PDFs: loaded once for a whole run of tests, then copied.

Loading goes through every rule of the portal and takes seconds. Most tests only need its rows.
"""

import fcntl
import io
import pickle

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from sanasezim import demo_content

TABLES = """
    SELECT relname,
        EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal)
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
        AND relname <> 'django_migrations'
"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
# Never back: a number is used once, even when its row was taken back.
ADVANCE = "SELECT setval(%s::regclass, GREATEST(%s, pg_sequence_last_value(%s::regclass)))"


class DemoRows:
    """The rows, kept in a file that all workers of one run share."""

    def __init__(self, folder):
        self.kept = folder / "demo-rows"

    @transaction.atomic
    def load(self):
        """The whole content of the database is the demonstration's afterwards."""
        with connection.cursor() as cursor:
            with self.kept.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not self.kept.exists():
                    demo_content.load(with_files=False)
                    self.kept.write_bytes(pickle.dumps(_take(cursor)))
                    return
            _lay_in(cursor, *pickle.loads(self.kept.read_bytes()))  # noqa: S301 our own file
        ContentType.objects.clear_cache()


def _take(cursor):
    _check_now(cursor)
    tables = {}
    for name, _triggers in _tables(cursor):
        rows = io.BytesIO()
        cursor.copy_expert(f'COPY "{name}" TO STDOUT', rows)
        if rows.getvalue():
            tables[name] = rows.getvalue()
    cursor.execute(SEQUENCES)
    return tables, [row for row in cursor.fetchall() if row[1] is not None]


def _lay_in(cursor, tables, sequences):
    _check_now(cursor)
    everything = _tables(cursor)
    for name, triggers in everything:
        # The rows are past the triggers already: histories and indexes are among them.
        if triggers:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608 (a name of our own)
    for name, rows in tables.items():
        cursor.copy_expert(f'COPY "{name}" FROM STDIN', io.BytesIO(rows))
    for name, value in sequences:
        cursor.execute(ADVANCE, [f'"{name}"', value, f'"{name}"'])
    _check_now(cursor)
    for name, triggers in everything:
        if triggers:
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')


def _check_now(cursor):
    """What waits for the end of the transaction."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _tables(cursor):
    cursor.execute(TABLES)
    return cursor.fetchall()
