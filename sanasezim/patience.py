"""How long a request waits for a database that has stopped answering, and no longer.

The database itself ends what takes too long (statement_timeout). One that hangs, or a network that
swallows what it is sent, ends nothing: without this a request would wait for minutes, and soon every
thread. Only in the process that serves; nights and set-ups may take their time.
"""

import select
import time

import psycopg2
from psycopg2 import extensions

SECONDS = 7
# Once it has hung, nobody else waits for so long, until it answers anybody or some time has passed.
THEN_SECONDS, REMEMBERED = 1, 15

_hung_at = None


def begin():
    extensions.set_wait_callback(wait)


def wait(connection):
    """psycopg2 calls this whenever it would block."""
    global _hung_at
    patience = _patience()
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            _hung_at = None
            return
        waiting = select.poll()
        waiting.register(
            connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
        )
        if not waiting.poll(patience * 1000):
            _hung_at = time.monotonic()
            raise psycopg2.OperationalError("The database does not answer.")


def _patience():
    hung_at = _hung_at
    hangs = hung_at is not None and time.monotonic() - hung_at < REMEMBERED
    return THEN_SECONDS if hangs else SECONDS
