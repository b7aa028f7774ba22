"""Whether anything public has changed: one number, raised by the database itself.

A statement trigger on every public table raises `content_stamp.number` (see `watch`), so no way of
writing can be forgotten. A planned moment, such as a booklet scheduled for Monday, changes what is
public without any writing: it is a row of PlannedMoment. Each process looks at most twice a second.
Midnight in Almaty changes what "today" is: the day is part of the stamp. Both are told by the clock of
the process, as the pages are: were the database a second ahead, a page would be kept too early.
"""

import functools
import threading
import time

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, migrations
from django.utils import timezone

MOST_ANSWERS = 1000


class ContentStamp:
    """Called: a value that is equal as long as nothing public has changed."""

    def __init__(self):
        self.looked_at = self.failed_at = float("-inf")
        self.value = None
        self.lock = threading.Lock()

    def __call__(self):
        if time.monotonic() - self.looked_at >= settings.CONTENT_STAMP_SECONDS:
            with self.lock:
                now = time.monotonic()
                if now - self.failed_at < settings.CONTENT_STAMP_SECONDS:
                    # Whoever waited here meanwhile need not wait for the same database again.
                    raise OperationalError("The database did not answer just now.")
                if now - self.looked_at >= settings.CONTENT_STAMP_SECONDS:
                    try:
                        self.value = self.read()
                    except DatabaseError:
                        self.failed_at = time.monotonic()
                        raise
                    self.looked_at = time.monotonic()
        return self.value

    @staticmethod
    def read():
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT number, (SELECT max(at) FROM shared_plannedmoment WHERE at <= %s)"
                " FROM content_stamp",
                [now],
            )
            return *cursor.fetchone(), timezone.localdate(now)


content_stamp = ContentStamp()
forgets = []  # one function per `kept` one; for tests, where a rollback takes the number back


def kept(function):
    """Remember the answers of a function of hashable arguments until something public changes."""
    answers = {}
    made_at = None

    @functools.wraps(function)
    def ask(*args):
        nonlocal made_at
        stamp = content_stamp()
        if made_at != stamp or len(answers) > MOST_ANSWERS:
            answers.clear()
            made_at = stamp
        if args not in answers:
            answers[args] = function(*args)
        return answers[args]

    forgets.append(answers.clear)
    return ask


def watch(*tables):
    """A migration step: writing to these tables changes the content stamp."""
    return migrations.RunSQL(
        [
            f"CREATE TRIGGER content_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION raise_content_stamp()"
            for table in tables
        ],
        [f"DROP TRIGGER content_stamp ON {table}" for table in tables],
    )
