"""How long a request waits for a database that has stopped answering, and no longer.

The database itself ends what takes too long (statement_timeout). One that hangs, or a network that
swallows what it is sent, ends nothing: without this a request would wait for minutes, and soon every
thread. Only in the process that serves; nights and set-ups may take their time.
"""

import select
import threading
import time

import psycopg2
from psycopg2 import extensions

SECONDS = 8
# When the database has hung so often in so many seconds, nobody waits for it for long until it answers.
HUNG_OFTEN, WITHIN, THEN_SECONDS = 3, 10, 1

_hung = []
_lock = threading.Lock()


def begin():
    extensions.set_wait_callback(wait)


def wait(connection):
    """psycopg2 calls this whenever it would block."""
    patience = _patience()
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        waiting = select.poll()
        waiting.register(
            connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
        )
        if not waiting.poll(patience * 1000):
            with _lock:
                _hung.append(time.monotonic())
                del _hung[:-HUNG_OFTEN]
            raise psycopg2.OperationalError("The database does not answer.")


def _patience():
    with _lock:
        hangs = len(_hung) == HUNG_OFTEN and time.monotonic() - _hung[0] < WITHIN
    return THEN_SECONDS if hangs else SECONDS
