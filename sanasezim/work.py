"""What `manage work` does: jobs as they become due, and what comes round every minute, hour and night.

Several workers may run at once. Each may be killed at any moment: what it was at is done by the next.
"""

import datetime
import logging
import time

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from hotline import ringing
from legalaid import erased_list
from sanasezim import nightly
from sanasezim.backups import making
from sanasezim.shared import jobs, limits, notices

logger = logging.getLogger(__name__)

IDLE = 1  # seconds between two looks for work
DATABASE_PAUSE = 5
NIGHT = datetime.time(3, 30)
# Where no timer starts the night's work, it is also done this long after the start.
FIRST_NIGHT_AFTER = datetime.timedelta(minutes=2)


@jobs.task
def every_hour():
    limits.forget_old()
    making.copy_erased_list()


def every_minute():
    # Not a job: it has a mail server to wait for, and rows of its own that say what was sent.
    notices.send_waiting()
    ringing.forget_old()
    every_hour.enqueue(at=timezone.now().replace(minute=0, second=0, microsecond=0))


def until(ends, wait, *, nights=False):
    """Work until `ends()` says so. `wait(seconds)` is cut short by whatever makes it say so."""
    minute, is_new = 0, True
    night = timezone.now() + FIRST_NIGHT_AFTER
    while not ends():
        try:
            connection.close_if_unusable_or_obsolete()
            if time.monotonic() >= minute:
                minute = time.monotonic() + 60
                is_new = is_new and not catch_up()
                every_minute()
            if nights and timezone.now() >= night:
                night = next_night(timezone.localtime())
                do_the_night()
            if not jobs.run_one():
                wait(IDLE)
        except (DatabaseError, InterfaceError) as trouble:
            # Its own words may carry values.
            logger.error("The database does not answer: %s", type(trouble).__name__)
            connection.close()
            wait(DATABASE_PAUSE)


def catch_up():
    """Whoever was here before may have been killed before this. Whether it was possible."""
    try:
        erased_list.copy()
    except OSError as trouble:
        logger.error("The list of what was erased cannot be written: %s", type(trouble).__name__)
        return False
    return True


def do_the_night():
    with connection.cursor() as cursor:
        # The limit is for requests: the whole library is indexed here.
        cursor.execute("SET statement_timeout = '10min'")
    nightly.run()
    connection.close()


def once():
    """Do all that is due now."""
    every_minute()
    while jobs.run_one():
        pass


def next_night(after):
    tonight = after.replace(hour=NIGHT.hour, minute=NIGHT.minute, second=0, microsecond=0)
    return tonight if tonight > after else tonight + datetime.timedelta(days=1)
