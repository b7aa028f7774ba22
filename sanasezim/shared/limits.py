"""How often something may be tried. In PostgreSQL, so that every process and machine counts the same.

    number = limits.count("ask for help", network.client_address(request), 3600)
    if number > 60: ...

The key is whatever is limited: an address, a reference, a name with an address. It is stored only as
an HMAC under the pepper, apart for every purpose; the table is unlogged and no backup holds it.
Call outside of a transaction: inside one, others wait for its end, and a rollback forgets the try.
"""

import datetime

from django.db import connection
from django.db.models import F
from django.utils import timezone

from sanasezim.shared import keys
from sanasezim.shared.models import Counter

# The window opens with the first try. With `most` it begins anew with each try that is allowed, so
# that nobody gets twice as many around its edge.
COUNT = """
INSERT INTO shared_counter AS held (code, number, ends_at) VALUES (%(code)s, 1, %(ends_at)s)
ON CONFLICT (code) DO UPDATE SET
    number = CASE WHEN held.ends_at <= %(now)s THEN 1 ELSE held.number + 1 END,
    ends_at = CASE WHEN held.ends_at <= %(now)s OR held.number < %(most)s
                   THEN %(ends_at)s ELSE held.ends_at END
RETURNING number
"""


# The row holds when everything would be there again: one more is possible as long as that is less
# than `most` times `every` away.
SPEND = """
INSERT INTO shared_counter AS held (code, number, ends_at) VALUES (%(code)s, 1, %(now)s + %(every)s)
ON CONFLICT (code) DO UPDATE SET
    number = held.number + 1,
    ends_at = greatest(held.ends_at, %(now)s) + %(every)s
WHERE greatest(held.ends_at, %(now)s) + %(every)s <= %(now)s + %(every)s * %(most)s
RETURNING number
"""


def spend(purpose, key, most, every):
    """Whether one more is possible: `most` at once, and another one `every` so many seconds.

    In any time there are at most `most` and what that time adds; whoever was refused is not made to
    wait for longer by trying. give_back() if it should not count after all.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            SPEND,
            {
                "code": _code(purpose, key),
                "now": timezone.now(),
                "every": datetime.timedelta(seconds=every),
                "most": most,
            },
        )
        return cursor.fetchone() is not None


def give_back(purpose, key, every):
    """What was spent last is there again."""
    Counter.objects.filter(code=_code(purpose, key)).update(
        ends_at=F("ends_at") - datetime.timedelta(seconds=every)
    )


def count(purpose, key, seconds, *, most=0):
    """One more of this. Returns how many there were in the window, this one included.

    Without `most` the window is `seconds` from the first. With it, whoever has had `most` waits for
    `seconds` from the last of those: count before the try, and forget() when it was a good one.
    """
    now = timezone.now()
    values = {
        "code": _code(purpose, key),
        "now": now,
        "ends_at": now + datetime.timedelta(seconds=seconds),
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        return cursor.fetchone()[0]


def count_of(purpose, key):
    """How many there were in the window that is open; 0 where none is."""
    held = _open(purpose, key)
    return held.number if held else 0


def seconds_left(purpose, key):
    """How long the window is still open; 0 where none is."""
    held = _open(purpose, key)
    return max(1, round((held.ends_at - timezone.now()).total_seconds())) if held else 0


def forget(purpose, key):
    """It was a good one: nothing is counted any more."""
    Counter.objects.filter(code=_code(purpose, key)).delete()


def forget_old():
    """Remove every window that has closed. Returns how many."""
    return Counter.objects.filter(ends_at__lte=timezone.now()).delete()[0]


def _open(purpose, key):
    return Counter.objects.filter(code=_code(purpose, key), ends_at__gt=timezone.now()).first()


def _code(purpose, key):
    return keys.code_of(keys.PEPPER, f"limit: {purpose}", key).hex()
