"""The log of calls, counted: how many calls gave which answer to each question.

One statement counts a stretch of the log for all questions at once. Beside each answer stands
`who`: a man, a woman, somebody else, a child (whatever its sex), or not stated. Months that are
over are counted once and kept (tally.py), until a call of that month is written again.
"""

from collections import Counter, defaultdict

from django.db import connection
from django.utils import timezone

from sanasezim.reports.months import kept_and_not

# Children are a column of their own, beside men and women.
WHO = """CASE WHEN {0}.minor = 'yes' OR ({0}.minor = '' AND {0}.age < 18) THEN 'minor'
    WHEN {0}.sex = '' THEN 'not_stated' ELSE {0}.sex END"""

# question → the column with its answer. What is counted together has few combinations.
TOGETHER = [
    {"kind": "kind", "relation": "relation", "channel": "channel", "office": "office_id"},
    {"sex": "sex", "caller_group": '"group"', "outcome": "outcome"},
    {"citizenship": "citizenship", "heard_from": "heard_from"},
    {"language": "language", "direction": "direction", "exploitation": "exploitation"},
    {"age": "age"},
]
ANSWERS = {name: column for group in TOGETHER for name, column in group.items()}
# The same of appeals only: calls that asked for something, not silent, wrong or joking ones
OF_APPEALS = {"appeal_relation": "relation", "appeal_channel": "channel", "appeal_office": "office"}
SEVERAL = ["referred_in", "referred_out", "forwarded_to"]

# What the tally keeps apart, so that a report can be narrowed to it
APART = ["project_id", "office_id", "line_id"]


def counting(where, apart=()):
    """SQL for rows (*apart, dimension, key, who, number) of the calls for which `where` holds."""
    apart = "".join(f"{name}, " for name in apart)
    columns = ", ".join(f"{column} AS {name}" for name, column in ANSWERS.items())
    sets = ", ".join(f"({apart}who, {', '.join(group)})" for group in TOGETHER)
    # Which group a row is of: the one whose first column is not rolled up
    place = " ".join(
        f"WHEN grouping({next(iter(group))}) = 0 THEN {place}"
        for place, group in enumerate(TOGETHER)
    )
    answers = [
        f"({place}, '{name}', coalesce({name}::text, ''))"
        for place, group in enumerate(TOGETHER)
        for name in group
    ]
    answers += [
        f"(0, '{name}', CASE kind WHEN 'data' THEN coalesce({answer}::text, '') END)"
        for name, answer in OF_APPEALS.items()
    ]
    several = [  # nothing of it was typed by anybody
        f"""
        UNION ALL
        SELECT {apart}'{name}', coalesce(one, ''), who, sum(number)::bigint
        FROM (SELECT {apart}{name}, who, count(*) AS number FROM chosen
            GROUP BY {apart}{name}, who) combined
            LEFT JOIN unnest({name}) AS one ON true
        GROUP BY {apart}one, who"""  # noqa: S608
        for name in SEVERAL
    ]
    return f"""
        WITH chosen AS MATERIALIZED (
            SELECT id, {apart}{columns}, {", ".join(SEVERAL)}, {WHO.format("call")} AS who
            FROM hotline_call call WHERE {where}
        ), grouped AS (
            SELECT {apart}who, {", ".join(ANSWERS)}, CASE {place} END AS place, count(*) AS number
            FROM chosen GROUP BY GROUPING SETS ({sets})
        )
        SELECT {apart}dimension, key, who, sum(number)::bigint
        FROM grouped JOIN LATERAL (VALUES {", ".join(answers)}) AS answer (at, dimension, key)
            ON at = place AND key IS NOT NULL
        GROUP BY {apart}dimension, key, who
        UNION ALL
        SELECT {apart}'topic', coalesce(topic_id::text, ''), who, count(*)
        FROM chosen LEFT JOIN hotline_call_topics topic ON topic.call_id = chosen.id
            -- Numbers grow with time: a month reads its part of the index, not the whole table.
            AND topic.call_id BETWEEN (SELECT min(id) FROM chosen) AND (SELECT max(id) FROM chosen)
        GROUP BY {apart}topic_id, who
        {"".join(several)}"""  # noqa: S608 (nothing of it was typed by anybody)


KEPT = """
    SELECT month, dimension, key, who, sum(number)::bigint
    FROM reports_calltally tally WHERE month = ANY(%(months)s) {conditions}
    GROUP BY month, dimension, key, who
"""


def narrowed(asked, row="call"):
    """Conditions on the rows of a table, and their values."""
    chosen = {"project_id": asked.project, "office_id": asked.office, "line_id": asked.line}
    chosen = {column: thing.pk for column, thing in chosen.items() if thing}
    return "".join(f" AND {row}.{column} = %({column})s" for column in chosen), chosen


def count_calls(asked):
    """dimension → Counter of (key, who). `month` is one of them; "" means not stated."""
    found = defaultdict(Counter)
    with connection.cursor() as cursor:
        months, stretches = kept_and_not(cursor, asked)
        if months:
            conditions, values = narrowed(asked, "tally")
            cursor.execute(KEPT.format(conditions=conditions), values | {"months": months})
            for row in cursor.fetchall():
                _add(found, *row)
        conditions, values = narrowed(asked)
        for since, until in stretches:
            cursor.execute(
                counting(f"started_at >= %(since)s AND started_at < %(until)s {conditions}"),
                values | {"since": since, "until": until},
            )
            month = timezone.localdate(since)
            for row in cursor.fetchall():
                _add(found, month, *row)
    return found


def _add(found, month, dimension, key, who, number):
    found[dimension][key, who] += number
    if dimension == "kind":
        found["month"][month.isoformat()[:7], who] += number
        if key == "data":
            found["appeal_month"][month.isoformat()[:7], who] += number
