"""The persons helped, counted once each, however often they called and however many cases they have.

A person counts in a period if they called (or somebody called about them), if an intake about them was
accepted, answered or referred, or if a case of theirs was opened in it. Witnesses do not count.

The database puts what is known of each person into one number, bit by bit, and counts equal ones.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from legalaid.models import Case, CasePerson, Intake
from sanasezim.reports.asked import bands_of
from sanasezim.reports.calls import narrowed

EXPLOITATION = {code: 1 << place for place, code in enumerate(Case.Exploitation.values)}
RETURN_HOME, VULNERABLE, SOMETHING = (1 << place for place in (8, 9, 10))
PLACE = {code: 1 << 12 + place for place, code in enumerate(Case.PlaceOfExploitation.values)}
SENT_BY = {code: 1 << 16 + place for place, code in enumerate(Case.SentBy.values)}

# What makes an appeal one for the way home, or one of somebody in a vulnerable situation: codes of
# topics and of kinds of services that begin like this
HOME = {"topic": "^(return|repatriat)", "service": "^(ticket.home|escort)"}
IN_NEED = {
    "topic": "^(vulnerab|violence|children|health)",
    "service": "^(shelter|hostel|food|psychological|social|medical|home.visit)",
}
HELPED = [Intake.Decision.ACCEPTED, Intake.Decision.ANSWERED, Intake.Decision.REFERRED]
KINDS_OF_TRAFFICKING = ["forced_labour", "sexual", "debt_bondage", "mixed"]


def kind_of(mask):
    """The kind of a person's appeal, from all that is known of it; "" where nothing is."""
    is_of = {code for code, bit in EXPLOITATION.items() if mask & bit}
    if "mixed" in is_of or {"forced_labour", "sexual"} <= is_of:
        return "mixed"
    for kind in ("sexual", "forced_labour", "debt_bondage"):
        if kind in is_of:
            return kind
    if is_of & {"begging", "forced_crime"}:
        return "other"
    if mask & RETURN_HOME:
        return "return_home"
    if mask & VULNERABLE:
        return "vulnerable"
    if mask & SOMETHING:
        return "other"
    # Somebody made sure that it is no exploitation, and we helped all the same.
    return "vulnerable" if "none" in is_of else ""


class Group(NamedTuple):
    """Persons of whom the same is known."""

    who: str
    sex: str
    band: str
    citizenship: str
    mask: int


@dataclass
class People:
    """All persons of a period: Group → how many."""

    groups: dict

    @cached_property
    def total(self):
        return sum(self.groups.values())

    def by(self, keys):
        """Counter of (key, who). `keys` gives the keys of a group: one, or several."""
        found = Counter()
        for group, number in self.groups.items():
            for key in keys(group):
                found[key, group.who] += number
        return found


def _bits(column, bits):
    return " | ".join(
        f"CASE {column} WHEN '{code}' THEN {bit} ELSE 0 END" for code, bit in bits.items()
    )


def _bits_of_list(column, bits):
    each = " | ".join(
        f"CASE WHEN '{code}' = ANY({column}) THEN {bit} ELSE 0 END" for code, bit in bits.items()
    )
    return f"CASE WHEN cardinality({column}) = 0 THEN 0 ELSE {each} END"


def _bits_of_code(column, what):
    return (
        f"CASE WHEN {column} ~ '{HOME[what]}' THEN {RETURN_HOME}"
        f" WHEN {column} ~ '{IN_NEED[what]}' THEN {VULNERABLE} ELSE {SOMETHING} END"
    )


NOTHING = "'', '', '', NULL::int"

CALLS = f"""
    SELECT person_id, started_at AS at,
        {_bits("exploitation", EXPLOITATION)} | {_bits_of_list("referred_in", SENT_BY)}
        | CASE outcome WHEN 'returned_home' THEN {RETURN_HOME} ELSE 0 END AS mask,
        sex, minor, citizenship, age
    FROM hotline_call call
    WHERE person_id IS NOT NULL AND kind = 'data'
        AND started_at >= %(since)s AND started_at < %(until)s {{narrowed_call}}
    UNION ALL
    SELECT person_id, started_at, topic.mask, {NOTHING}
    FROM hotline_call call
        JOIN hotline_call_topics of_call ON of_call.call_id = call.id
        JOIN (SELECT id, {_bits_of_code("code", "topic")} AS mask FROM resources_topic OFFSET 0)
            topic ON topic.id = of_call.topic_id
    WHERE person_id IS NOT NULL AND kind = 'data'
        AND started_at >= %(since)s AND started_at < %(until)s {{narrowed_call}}
"""  # noqa: S608 (nothing of it was typed by anybody)

CASES_AND_INTAKES = f"""
    UNION ALL
    SELECT of_case.person_id, (legal.opened_on::timestamp AT TIME ZONE %(zone)s),
        {_bits("legal.exploitation", EXPLOITATION)} | {_bits("legal.place_of_exploitation", PLACE)}
        | {_bits_of_list("legal.referred_in", SENT_BY)}
        | coalesce((SELECT bit_or({_bits_of_code("topic.code", "topic")})
            FROM legalaid_case_topics t JOIN resources_topic topic ON topic.id = t.topic_id
            WHERE t.case_id = legal.id), 0)
        | coalesce((SELECT bit_or({_bits_of_code("kind.code", "service")})
            FROM legalaid_service s JOIN legalaid_servicekind kind ON kind.id = s.kind_id
            WHERE s.case_id = legal.id
                AND (s.person_id IS NULL OR s.person_id = of_case.person_id)), 0)
        | coalesce((SELECT bit_or(CASE o.kind WHEN 'returned_home' THEN {RETURN_HOME}
                WHEN 'sheltered' THEN {VULNERABLE} ELSE {SOMETHING} END)
            FROM legalaid_outcome o WHERE o.case_id = legal.id
                AND (o.person_id IS NULL OR o.person_id = of_case.person_id)), 0),
        {NOTHING}
    FROM legalaid_case legal JOIN legalaid_caseperson of_case ON of_case.case_id = legal.id
    WHERE legal.opened_on BETWEEN %(start)s AND %(end)s
        AND of_case.part <> '{CasePerson.Part.WITNESS}' {{narrowed_legal}}
    UNION ALL
    SELECT intake.person_id, intake.received_at,
        coalesce((SELECT bit_or({_bits_of_code("topic.code", "topic")})
            FROM legalaid_intake_topics t JOIN resources_topic topic ON topic.id = t.topic_id
            WHERE t.intake_id = intake.id), 0),
        '', CASE intake.minor WHEN 'yes' THEN 'yes' ELSE '' END, '', NULL
    FROM legalaid_intake intake
    WHERE intake.person_id IS NOT NULL AND intake.decision = ANY(%(helped)s)
        AND intake.received_at >= %(since)s AND intake.received_at < %(until)s {{narrowed_intake}}
"""  # noqa: S608

# What we know of the person beyond this period comes first; then what was said in it.
EVERYBODY = """
    WITH seen AS ({rows}), person AS (
        SELECT person_id, min(at) AS at, bit_or(mask) AS mask, max(sex) AS sex,
            max(minor) AS minor, max(citizenship) AS citizenship, max(age) AS age
        FROM seen GROUP BY person_id
    ), facts AS (
        SELECT coalesce(nullif(known.sex, ''), person.sex) AS sex,
            coalesce(nullif(known.minor, ''), person.minor) AS minor,
            coalesce(nullif(known.citizenship, ''), person.citizenship) AS citizenship,
            CASE WHEN known.birth_year IS NOT NULL
                    THEN extract(year FROM at AT TIME ZONE %(zone)s)::int - known.birth_year
                WHEN known.age IS NOT NULL
                    THEN known.age + floor(
                        ((at AT TIME ZONE %(zone)s)::date - known.age_on) / 365.0)::int
                ELSE person.age END AS age,
            mask
        FROM person JOIN legalaid_person known ON known.id = person.person_id
    )
    SELECT CASE WHEN minor = 'yes' OR (minor = '' AND age < 18) THEN 'minor'
            WHEN sex = '' THEN 'not_stated' ELSE sex END,
        sex, width_bucket(greatest(age, 0), %(bands)s::int[]), citizenship, mask, count(*)
    FROM facts GROUP BY 1, 2, 3, 4, 5
"""


def count_people(asked):
    """People: everybody whom the period asked for has seen."""
    values = {
        "since": asked.since,
        "until": asked.until,
        "start": asked.start,
        "end": asked.end,
        "zone": settings.TIME_ZONE,
        "bands": sorted({0, *asked.bands}),
        "helped": [str(decision) for decision in HELPED],
    }
    rows = CALLS
    if not asked.line:  # a case and an intake came by no line
        rows += CASES_AND_INTAKES
    conditions = {}
    for table in ("call", "legal", "intake"):
        conditions[f"narrowed_{table}"], chosen = narrowed(asked, table)
        values |= chosen
    groups = defaultdict(int)
    codes = bands_of(asked.bands)
    with connection.cursor() as cursor:
        cursor.execute(EVERYBODY.format(rows=rows.format(**conditions)), values)
        for who, sex, band, citizenship, mask, number in cursor.fetchall():
            code = codes[band - 1] if band else ""
            groups[Group(who, sex, code, citizenship, mask)] += number
    return People(groups)
