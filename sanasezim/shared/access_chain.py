"""Whether the record of looks is whole: its chain, computed again.

The database makes a link for every entry as it is committed (migration 0003). Whoever removes or
changes an entry, even as the tables' owner, breaks its link; whoever removes links too leaves a gap
in the day's numbers, or a digest that was sent away and is no longer found.
"""

from django.db import connection

from sanasezim.shared.models import AccessLink

MOST_TROUBLES = 100

# Every entry beside its link, with the digest it should have and the link that comes before.
_CHECK = """
WITH chain AS (
    SELECT l.*, lag(l.digest) OVER w AS before, lag(l.day) OVER w AS day_before,
           lag(l.number) OVER w AS number_before
    FROM shared_accesslink l
    WINDOW w AS (ORDER BY l.day, l.number)
)
SELECT coalesce(c.entry_id, e.id), c.day, c.number,
    CASE
        WHEN c.entry_id IS NULL THEN 'has no link: it was slipped in'
        WHEN e.id IS NULL AND c.day >= %(kept_since)s THEN 'was removed'
        WHEN e.id IS NOT NULL AND c.digest <> encode(sha256(convert_to(concat_ws('|',
            coalesce(c.before, ''), e.id,
            to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),
            coalesce(e.who_id::text, ''), e.roles, e.action,
            e.what, coalesce(e.what_id::text, ''),
            e.within, coalesce(e.within_id::text, ''),
            e.why, coalesce(e.rows::text, ''), e.digest, e.network
        ), 'UTF8')), 'hex') THEN 'was changed, or the link before it was removed'
        WHEN c.number <> CASE WHEN c.day_before = c.day THEN c.number_before + 1 ELSE 1 END
            THEN 'follows a gap: links before it were removed'
    END AS trouble
FROM chain c FULL JOIN shared_accessentry e ON e.id = c.entry_id
"""


def troubles(kept_since="-infinity"):
    """What is wrong, a sentence each, at most 100. Entries from before `kept_since` may be gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({_CHECK}) found WHERE trouble IS NOT NULL"  # noqa: S608 (no value in it)
            " ORDER BY 2, 3, 1 LIMIT %(most)s",
            {"kept_since": kept_since, "most": MOST_TROUBLES},
        )
        return [
            f"{day or 'no day'}, number {number or '–'}: entry {entry} {trouble}."
            for entry, day, number, trouble in cursor.fetchall()
        ]


def last_link():
    """The newest link as "day number digest"; "" before the first entry."""
    link = AccessLink.objects.order_by("-day", "-number").first()
    return f"{link.day} {link.number} {link.digest}" if link else ""


def troubles_with(said):
    """Whether a link that was printed earlier is still there. `said` is "day number digest"."""
    day, number, digest = said.split()
    if AccessLink.objects.filter(day=day, number=number, digest=digest).exists():
        return []
    return [f"{day}, number {number}: the link that was kept elsewhere is not there."]
