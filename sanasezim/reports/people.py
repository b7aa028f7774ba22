"""The persons helped, counted once each, however often they called, however many their cases.

A person counts in a period if they called (or somebody called about them), if an intake about them
was accepted, answered or referred, or if a case of theirs was opened in it. Witnesses do not count.

The database puts what is known of each person into one number, bit by bit, and counts equal ones.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from legalaid.models import Case, CasePerson, Intake, Person
from legalaid.models.people import YesNo
from sanasezim.reports.asked import bands_of
from sanasezim.reports.calls import narrowed
from sanasezim.reports.months import kept_and_not

EXPLOITATION = {code: 1 << place for place, code in enumerate(Case.Exploitation.values)}
RETURN_HOME, VULNERABLE, SOMETHING = (1 << place for place in (8, 9, 10))
PLACE = {code: 1 << 12 + place for place, code in enumerate(Case.PlaceOfExploitation.values)}
SENT_BY = {code: 1 << 16 + place for place, code in enumerate(Case.SentBy.values)}
# What was said in calls of sex and of being under 18, in case the Person does not say
SEX = {code: 1 << 25 + place for place, code in enumerate(Person.Sex.values)}
MINOR = {code: 1 << 28 + place for place, code in enumerate(YesNo.values)}
COUNTED = (1 << 25) - 1

# What makes an appeal one for the way home, or one of somebody in a vulnerable situation: codes of
# topics and of kinds of services that begin like this
HOME = {"topic": "^(return|repatriat)", "service": "^(return|repatriat|ticket|escort|convoy)"}
IN_NEED = {
    "topic": "^(vulnerab|violence|children|health)",
    "service": "^(vulnerab|humanitar|shelter|hostel|food|psychological|social|medical|home.visit)",
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


def _said(column, bits):
    """The code of the last of these bits that is set in the mask."""
    each = " ".join(
        f"WHEN {column} & {bit} > 0 THEN '{code}'" for code, bit in reversed(bits.items())
    )
    return f"CASE {each} ELSE '' END"


NOTHING = "'', NULL::int"

# One row for each person and month, so that a year need not read each call and its topics again
OF_CALLS = f"""
    SELECT {{apart}}person_id, min(at) AS at, bit_or(mask) AS mask,
        max(citizenship) AS citizenship, max(age) AS age
    FROM (
        SELECT {{apart}}person_id, started_at AS at,
            {_bits("exploitation", EXPLOITATION)} | {_bits_of_list("referred_in", SENT_BY)}
            | {_bits("sex", SEX)} | {_bits("minor", MINOR)}
            | CASE outcome WHEN 'returned_home' THEN {RETURN_HOME} ELSE 0 END AS mask,
            citizenship, age
        FROM hotline_call call WHERE {{where}} AND person_id IS NOT NULL AND kind = 'data'
        UNION ALL
        SELECT {{apart}}person_id, started_at, topic.mask, {NOTHING}
        FROM hotline_call call
            JOIN hotline_call_topics of_call ON of_call.call_id = call.id
            JOIN (SELECT id, {_bits_of_code("code", "topic")} AS mask FROM resources_topic OFFSET 0)
                topic ON topic.id = of_call.topic_id
        WHERE {{where}} AND person_id IS NOT NULL AND kind = 'data'
    ) said GROUP BY {{apart}}person_id
"""  # noqa: S608 (nothing of it was typed by anybody)
KEPT = """
    SELECT person_id, at, mask, citizenship, age
    FROM reports_persontally tally WHERE month = ANY(%(months)s)
"""

CASES_AND_INTAKES = f"""
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
            WHERE t.intake_id = intake.id), 0)
        | CASE intake.minor WHEN 'yes' THEN {MINOR["yes"]} ELSE 0 END,
        {NOTHING}
    FROM legalaid_intake intake
    WHERE intake.person_id IS NOT NULL AND intake.decision = ANY(%(helped)s)
        AND intake.received_at >= %(since)s AND intake.received_at < %(until)s {{narrowed_intake}}
"""  # noqa: S608

# What we know of the person beyond this period comes first; then what was said in it.
EVERYBODY = f"""
    WITH seen (person_id, at, mask, citizenship, age) AS ({{rows}}), person AS (
        SELECT person_id, min(at) AS at, bit_or(mask) AS mask,
            max(citizenship) AS citizenship, max(age) AS age
        FROM seen GROUP BY person_id
    ), facts AS (
        SELECT coalesce(nullif(known.sex, ''), {_said("mask", SEX)}) AS sex,
            coalesce(nullif(known.minor, ''), {_said("mask", MINOR)}) AS minor,
            coalesce(nullif(known.citizenship, ''), person.citizenship) AS citizenship,
            CASE WHEN known.birth_year IS NOT NULL
                    THEN extract(year FROM at AT TIME ZONE %(zone)s)::int - known.birth_year
                WHEN known.age IS NOT NULL
                    THEN known.age + floor(
                        ((at AT TIME ZONE %(zone)s)::date - known.age_on) / 365.0)::int
                ELSE person.age END AS age,
            mask & {COUNTED} AS mask
        FROM person JOIN legalaid_person known ON known.id = person.person_id
    )
    SELECT CASE WHEN minor = 'yes' OR (minor = '' AND age < 18) THEN 'minor'
            WHEN sex = '' THEN 'not_stated' ELSE sex END,
        sex, width_bucket(greatest(age, 0), %(bands)s::int[]), citizenship, mask, count(*)
    FROM facts GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608


def of_calls(where, apart=()):
    """SQL that gives what the calls for which `where` holds say of each person."""
    return OF_CALLS.format(where=where, apart="".join(f"{name}, " for name in apart))


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
    codes = bands_of(asked.bands)
    groups = defaultdict(int)
    with connection.cursor() as cursor:
        months, stretches = kept_and_not(cursor, asked)
        parts = []
        if months:
            values["months"] = months
            parts.append(KEPT + narrowed(asked, "tally")[0])
        for place, (since, until) in enumerate(stretches):
            values |= {f"since{place}": since, f"until{place}": until}
            period = f"started_at >= %(since{place})s AND started_at < %(until{place})s"
            parts.append(of_calls(period + narrowed(asked)[0]))
        if not asked.line:  # a case and an intake came by no line
            conditions = {f"narrowed_{row}": narrowed(asked, row)[0] for row in ("legal", "intake")}
            parts.append(CASES_AND_INTAKES.format(**conditions))
        if not parts:
            return People(groups)
        values |= narrowed(asked)[1]
        # Far more people than the planner expects: looking each up alone takes ten times as long.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(
            EVERYBODY.format(rows=" UNION ALL ".join(f"({part})" for part in parts)), values
        )
        found = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop = on")
    for who, sex, band, citizenship, mask, number in found:
        code = codes[band - 1] if band else ""
        groups[Group(who, sex, code, citizenship, mask)] += number
    return People(groups)
