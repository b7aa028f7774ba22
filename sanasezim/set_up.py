"""Making the database ready for this version of the portal: `manage set_up`, and the start of ./portal up."""

import contextlib
import time

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from psycopg2.errors import LockNotAvailable

from legalaid import erased_list, erasure
from sanasezim import database_roles
from sanasezim.shared import key_proofs, keys

LOCK = 1812  # any number, the same in every process
STEP_WAITS, STEP_TRIES = "2s", 60


def set_up():
    """Tables, roles of the staff, rights of the role that serves. As the owner; safe to run again.

    Where an older copy of the database was restored, who was erased since is erased again. Returns how
    many records that were.

    KeyTrouble before anything is touched, if the keys are not those of this database.
    """
    if settings.DEMO:
        keys.make_missing(known=key_proofs.recorded())
    key_proofs.refuse_wrong_keys()
    migrate()
    call_command("sync_roles", verbosity=0)
    key_proofs.record_missing()
    database_roles.grant()
    return erasure.again() if erased_list.has_gone_back() else 0


def migrate():
    """Every step that is missing, while others serve.

    A step that waits for a table holds up whoever comes after it. So it waits for a moment only, gives
    way, and comes again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        usual = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [STEP_WAITS])
    for more in reversed(range(STEP_TRIES)):
        try:
            call_command("migrate", interactive=False, verbosity=0, skip_checks=False)
            break
        except OperationalError as error:
            if not (more and isinstance(error.__cause__, LockNotAvailable)):
                raise
            time.sleep(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [usual])


@contextlib.contextmanager
def alone_in_the_database():
    """Two that migrate at once would both make the same tables: the second waits for the first."""
    with connection.cursor() as cursor:
        # The limits are for requests: a slow machine may take its time over a step.
        for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SET {limit} = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        connection.close()
