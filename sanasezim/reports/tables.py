"""Every table of the report, defined once: what it counts, by what, and how its rows are called.

JSON, CSV, XLSX, print and the staff page show what `make` gives; none of them counts anything.
"""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from django.db import connection, transaction
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.models import Call
from legalaid.models import Case, Intake, Outcome, ServiceKind
from legalaid.models.intakes import Relation
from resources.models import Edition, Publication, Topic
from sanasezim.reports import people, work
from sanasezim.reports.asked import Asked, band_of, bands_of
from sanasezim.reports.calls import count_calls
from sanasezim.reports.people import count_people, kind_of
from sanasezim.shared.countries import CITIZENSHIPS
from sanasezim.shared.languages import LANGUAGES, best
from sanasezim.shared.models import Office, Outreach, Partner

NOT_STATED = "not_stated"
WHO = ["male", "female", "other", "minor", NOT_STATED]


class Unit:
    CALLS, APPEALS, PERSONS, CASES = "calls", "appeals", "persons", "cases"
    COPIES, DOWNLOADS, ACTIONS = "copies", "downloads", "actions"


UNITS = {
    Unit.CALLS: gettext_lazy("calls"),
    Unit.APPEALS: gettext_lazy("appeals"),
    Unit.PERSONS: gettext_lazy("persons"),
    Unit.CASES: gettext_lazy("cases"),
    Unit.COPIES: gettext_lazy("paper copies"),
    Unit.DOWNLOADS: gettext_lazy("downloads"),
    Unit.ACTIONS: gettext_lazy("actions"),
}
COLUMNS = {
    "male": gettext_lazy("men"),
    "female": gettext_lazy("women"),
    "other": gettext_lazy("other sex"),
    "minor": gettext_lazy("children"),
    NOT_STATED: gettext_lazy("sex not stated"),
}


@dataclass
class Row:
    key: str
    label: str
    count: int
    share: float | None = None  # per cent of the table's total
    who: dict = field(default_factory=dict)  # man, woman, child … → how many of them
    more: dict = field(default_factory=dict)  # further figures, by code
    year_before: int | None = None
    parts: tuple = ()  # of a subtotal: the keys of its rows


@dataclass
class Table:
    id: str
    title: str
    unit: str
    several_answers: bool
    rows: list
    total: int | None
    has_who: bool = False
    has_order: bool = False  # its rows follow each other: months, ages
    subtotals: list = field(default_factory=list)
    more: dict = field(default_factory=dict)  # code of a further figure → its heading
    total_who: dict = field(default_factory=dict)
    year_before: int | None = None
    is_cut_before: bool = False  # some row of the year before has none here

    @property
    def is_of_months(self):
        return self.id.endswith("_by_month")

    def row(self, key):
        return next((row for row in self.rows if row.key == key), None)


class Counted:
    """What was counted for a report, each thing when it is first wanted."""

    def __init__(self, asked):
        self.asked = asked

    @cached_property
    def calls(self):
        return count_calls(self.asked)

    @cached_property
    def number_of_calls(self):
        return self.calls["kind"].total()

    @cached_property
    def intakes(self):
        return work.count_intakes(self.asked)

    @cached_property
    def number_of_appeals(self):
        return self.appeals("relation").total()

    def appeals(self, what):
        return self.calls[f"appeal_{what}"] + self.intakes[f"appeal_{what}"]

    @cached_property
    def people(self):
        return count_people(self.asked)

    @cached_property
    def number_of_cases(self):
        return work.count_cases(self.asked)

    def who_of_calls(self):
        return _who_of(self.calls["kind"])

    def who_of_appeals(self):
        return _who_of(self.appeals("relation"))

    def who_of_people(self):
        return _who_of(self.people.by(lambda _group: [""]))


def _who_of(cells):
    found = Counter()
    for (_key, who), number in cells.items():
        found[who] += number
    return found


# How keys are called, and their order. Each gives key → label, of the keys that were found.


def of_choices(choices):
    return lambda keys, asked: {str(key): str(label) for key, label in choices}


def of_bands(keys, asked):
    labels = {}
    for code in bands_of(asked.bands):
        labels[code] = (
            code.replace("-", "–")
            if "-" in code
            else _("%(age)s and older") % {"age": code.rstrip("+")}
        )
    return labels


def of_months(keys, asked):
    return {
        month.isoformat()[:7]: dateformat.format(month, "F Y").lower() for month in asked.months
    }


def of_texts(model):
    """Rows with texts in several languages."""

    def labels(keys, asked):
        rows = model.objects.filter(pk__in=[key for key in keys if key]).prefetch_related("texts")
        named = {}
        for row in rows:
            text = best(row.texts.all())
            named[str(row.pk)] = (row.code, text.name if text else row.code)
        return named

    return labels


def of_publications(keys, asked):
    found = Publication.objects.filter(pk__in=[key for key in keys if key])
    editions = {}
    for edition in Edition.objects.filter(publication__in=found).only(
        "publication", "language", "title"
    ):
        editions.setdefault(edition.publication_id, []).append(edition)
    return {
        str(each.pk): (
            each.code,
            " ".join([each.code, *(e.title for e in [best(editions.get(each.pk, []))] if e)]),
        )
        for each in found
    }


def of_service_kinds(keys, asked):
    rows = ServiceKind.objects.filter(pk__in=[key for key in keys if key])
    return {str(row.pk): (row.code, str(row)) for row in rows.prefetch_related("texts")}


SEX = [
    ("male", gettext_lazy("men")),
    ("female", gettext_lazy("women")),
    ("other", gettext_lazy("other sex")),
]
SEX_AND_MINOR = [*SEX, ("minor", gettext_lazy("children under 18"))]
KINDS = [
    ("forced_labour", gettext_lazy("forced labour")),
    ("sexual", gettext_lazy("sexual exploitation")),
    ("debt_bondage", gettext_lazy("debt bondage")),
    ("mixed", gettext_lazy("labour and sexual exploitation")),
    ("return_home", gettext_lazy("return to the home country")),
    ("vulnerable", gettext_lazy("in a vulnerable situation")),
    ("other", gettext_lazy("something else")),
]
LANGUAGES_SPOKEN = [*LANGUAGES, ("other", gettext_lazy("another language"))]


@dataclass(frozen=True)
class Definition:
    """One table: what of Counted it shows."""

    id: str
    title: str
    unit: str
    cells: object  # Counted → Counter of (key, who)
    labels: object  # (keys, Asked) → {key: label, or (code, label)}
    total: object = None  # Counted → the number of what is counted; else the sum of the rows
    who: object = None  # Counted → Counter of who, of all that is counted
    several_answers: bool = False
    has_order: bool = False  # rows stand in the order of the labels, those with nothing too
    has_who: bool = True

    def make(self, counted):
        cells = self.cells(counted)
        counts, by_who = Counter(), {}
        for (key, who), number in cells.items():
            counts[key] += number
            if self.has_who:
                by_who.setdefault(key, Counter())[who] += number
        labels = self.labels(set(counts), counted.asked)
        total = self.total(counted) if self.total else counts.total()
        rows = []
        for key in self._in_order(counts, labels):
            label = labels.get(key, key)
            code, label = label if isinstance(label, tuple) else (key, label)
            rows.append(Row(code, str(label), counts[key], who=dict(by_who.get(key, {}))))
        if counts[""]:
            rows.append(Row(NOT_STATED, _("not stated"), counts[""], who=dict(by_who.get("", {}))))
        for row in rows:
            row.share = share(row.count, total)
        table = Table(
            *(self.id, str(self.title), self.unit, self.several_answers, rows, total),
            has_who=self.has_who,
            has_order=self.has_order,
        )
        if self.has_who:
            table.total_who = dict(self.who(counted) if self.who else _who_of(cells))
        return table

    def _in_order(self, counts, labels):
        if self.has_order:
            return labels
        known = [key for key in labels if counts[key]]
        known += [key for key in counts if key and key not in labels]
        return sorted(known, key=lambda key: -counts[key])


def share(count, total):
    return round(100 * count / total, 1) if total else None


def calls_by(code, title, dimension, labels, **options):
    if options.get("several_answers"):
        options["total"] = lambda counted: counted.number_of_calls
        options["who"] = Counted.who_of_calls
    return Definition(
        f"calls_by_{code}", title, Unit.CALLS, lambda counted: counted.calls[dimension], labels,
        **options,
    )  # fmt: skip


def appeals_by(code, title, labels, **options):
    return Definition(
        f"appeals_by_{code}", title, Unit.APPEALS, lambda counted: counted.appeals(code), labels,
        **options,
    )  # fmt: skip


def persons_by(code, title, keys, labels, **options):
    return Definition(
        f"persons_by_{code}" if code else "persons_helped",
        title,
        Unit.PERSONS,
        lambda counted: counted.people.by(keys),
        labels,
        total=lambda counted: counted.people.total,
        who=Counted.who_of_people,
        **options,
    )


def without_who(counts):
    return Counter({(key, ""): number for key, number in counts.items()})


def _ages(counted):
    found = Counter()
    for (age, who), number in counted.calls["age"].items():
        found[band_of(int(age), counted.asked.bands) if age else "", who] += number
    return found


def _codes(bits):
    return lambda group: [code for code, bit in bits.items() if group.mask & bit] or [""]


def _place_of(group):
    return _codes(people.PLACE)(group)[:1]


@dataclass(frozen=True)
class Special:
    """A table with figures of its own: a function makes its rows, and says what else it has."""

    id: str
    title: str
    unit: str
    rows: object  # Counted → (rows, total)
    more: dict = field(default_factory=dict)
    several_answers: bool = False
    has_order: bool = False
    has_who = False

    def make(self, counted):
        rows, total = self.rows(counted)
        return Table(
            *(self.id, str(self.title), self.unit, self.several_answers, rows, total),
            has_order=self.has_order,
            more={code: str(label) for code, label in self.more.items()},
        )


def _services(counted):
    found = work.services(counted.asked)
    labels = of_service_kinds(set(found), counted.asked)
    total = sum(number for number, _persons in found.values())
    rows = [
        Row(*labels[key], number, share(number, total), more={"persons": persons})
        for key, (number, persons) in sorted(found.items(), key=lambda item: -item[1][0])
    ]
    return rows, total


def _money(counted):
    found = work.money(counted.asked)
    total = work.cases_with_claims(counted.asked)
    rows = [
        Row(code, code, number, share(number, total), more={"owed": owed, "recovered": recovered})
        for code, (number, owed, recovered) in sorted(found.items())
    ]
    return rows, total


def _outreach(counted):
    found = work.outreach(counted.asked)
    total = sum(times for times, _people, _copies in found.values())
    rows = []
    for code, label in Outreach.Kind.choices:
        times, reached, copies = found.get(code, (0, 0, 0))
        more = {"people": reached, "copies": copies}
        rows.append(Row(code, str(label), times, share(times, total), more=more))
    return rows, total


def _targets(counted):
    rows = []
    for target in work.targets(counted.asked):
        reached, so_far = work.reached(target, counted)
        code = target.measure
        label = str(target.get_measure_display())
        if not counted.asked.project:
            code, label = f"{target.project.code}:{code}", f"{target.project}: {label}"
        more = {"so_far": so_far, "target": target.number, "percent": share(so_far, target.number)}
        rows.append(Row(code, label, reached, more=more))
    return rows, None


DEFINITIONS = [
    calls_by("sex", gettext_lazy("Calls by sex"), "sex", of_choices(SEX)),
    Definition(
        "calls_by_age", gettext_lazy("Calls by age"), Unit.CALLS, _ages, of_bands, has_order=True
    ),  # fmt: skip
    calls_by(
        "relation", gettext_lazy("Calls by who calls"), "relation", of_choices(Relation.choices)
    ),  # fmt: skip
    calls_by(
        "group",
        gettext_lazy("Calls by group of callers"),
        "caller_group",
        of_choices(Call.Group.choices),
    ),  # fmt: skip
    calls_by(
        "citizenship", gettext_lazy("Calls by citizenship"), "citizenship", of_choices(CITIZENSHIPS)
    ),  # fmt: skip
    calls_by(
        "topic", gettext_lazy("Calls by topic"), "topic", of_texts(Topic), several_answers=True
    ),  # fmt: skip
    calls_by("month", gettext_lazy("Calls by month"), "month", of_months, has_order=True),
    calls_by("office", gettext_lazy("Calls by office"), "office", of_texts(Office)),
    calls_by(
        "heard_from",
        gettext_lazy("Calls by how people heard of us"),
        "heard_from",
        of_choices(Call.Heard.choices),
    ),  # fmt: skip
    calls_by(
        "outcome",
        gettext_lazy("Calls by what came of them"),
        "outcome",
        of_choices(Call.Outcome.choices),
    ),  # fmt: skip
    calls_by("kind", gettext_lazy("Calls by kind"), "kind", of_choices(Call.Kind.choices)),
    calls_by(
        "channel", gettext_lazy("Calls by channel"), "channel", of_choices(Intake.Channel.choices)
    ),  # fmt: skip
    calls_by(
        "language", gettext_lazy("Calls by language"), "language", of_choices(LANGUAGES_SPOKEN)
    ),  # fmt: skip
    calls_by(
        "direction",
        gettext_lazy("Calls by direction of migration"),
        "direction",
        of_choices(Call.Direction.choices),
    ),  # fmt: skip
    calls_by(
        "exploitation",
        gettext_lazy("Calls by exploitation"),
        "exploitation",
        of_choices(Call.Exploitation.choices),
    ),  # fmt: skip
    calls_by(
        "referred_in",
        gettext_lazy("Calls by who sent the people to us"),
        "referred_in",
        of_choices(Call.SentBy.choices),
        several_answers=True,
    ),  # fmt: skip
    calls_by(
        "referred_out",
        gettext_lazy("Calls by where we sent the people"),
        "referred_out",
        of_choices(Call.SentTo.choices),
        several_answers=True,
    ),  # fmt: skip
    calls_by(
        "forwarded_to",
        gettext_lazy("Calls by who of us took them on"),
        "forwarded_to",
        of_choices(Call.Colleague.choices),
        several_answers=True,
    ),  # fmt: skip
    appeals_by("relation", gettext_lazy("Appeals by who speaks"), of_choices(Relation.choices)),
    appeals_by("office", gettext_lazy("Appeals by office"), of_texts(Office)),
    appeals_by("channel", gettext_lazy("Appeals by channel"), of_choices(Intake.Channel.choices)),
    appeals_by("month", gettext_lazy("Appeals by month"), of_months, has_order=True),
    persons_by(
        "",
        gettext_lazy("Persons helped"),
        lambda group: ["persons"],
        of_choices([("persons", gettext_lazy("persons helped"))]),
    ),  # fmt: skip
    persons_by(
        "sex_and_minor",
        gettext_lazy("Persons: men, women and children"),
        lambda group: ["" if group.who == NOT_STATED else group.who],
        of_choices(SEX_AND_MINOR),
        has_who=False,
    ),  # fmt: skip
    persons_by(
        "age", gettext_lazy("Persons by age"), lambda group: [group.band], of_bands, has_order=True
    ),  # fmt: skip
    persons_by(
        "kind",
        gettext_lazy("Persons by kind of appeal"),
        lambda group: [kind_of(group.mask)],
        of_choices(KINDS),
    ),  # fmt: skip
    persons_by(
        "exploitation",
        gettext_lazy("Persons by exploitation"),
        _codes(people.EXPLOITATION),
        of_choices(Case.Exploitation.choices),
        several_answers=True,
    ),  # fmt: skip
    persons_by(
        "citizenship",
        gettext_lazy("Persons by citizenship"),
        lambda group: [group.citizenship],
        of_choices(CITIZENSHIPS),
    ),  # fmt: skip
    persons_by(
        "place",
        gettext_lazy("Persons by place of exploitation"),
        _place_of,
        of_choices(Case.PlaceOfExploitation.choices),
    ),  # fmt: skip
    persons_by(
        "referral_channel",
        gettext_lazy("Persons by who sent them to us"),
        _codes(people.SENT_BY),
        of_choices(Case.SentBy.choices),
        several_answers=True,
    ),  # fmt: skip
    Definition(
        "cases_by_outcome",
        gettext_lazy("Cases opened, by what they reached"),
        Unit.CASES,
        lambda counted: without_who(work.cases_by(counted.asked, "outcomes__kind")),
        of_choices(Outcome.Kind.choices),
        total=lambda counted: counted.number_of_cases,
        several_answers=True,
        has_who=False,
    ),  # fmt: skip
    Definition(
        "cases_by_topic",
        gettext_lazy("Cases opened, by topic"),
        Unit.CASES,
        lambda counted: without_who(work.cases_by(counted.asked, "topics")),
        of_texts(Topic),
        total=lambda counted: counted.number_of_cases,
        several_answers=True,
        has_who=False,
    ),  # fmt: skip
    Special(
        "services",
        gettext_lazy("Services given"),
        Unit.ACTIONS,
        _services,
        more={"persons": gettext_lazy("persons who got it")},
    ),  # fmt: skip
    Special(
        "money_claimed",
        gettext_lazy("Cases with a claim for money, by currency"),
        Unit.CASES,
        _money,
        several_answers=True,
        more={"owed": gettext_lazy("claimed"), "recovered": gettext_lazy("recovered")},
    ),  # fmt: skip
    Definition(
        "outcomes_reached",
        gettext_lazy("What cases reached in this time"),
        Unit.ACTIONS,
        lambda counted: without_who(work.outcomes_reached(counted.asked)),
        of_choices(Outcome.Kind.choices),
        has_who=False,
    ),  # fmt: skip
    Definition(
        "referrals_out",
        gettext_lazy("Referrals to partners"),
        Unit.ACTIONS,
        lambda counted: without_who(work.referrals_out(counted.asked)),
        of_texts(Partner),
        has_who=False,
    ),  # fmt: skip
    Definition(
        "handouts",
        gettext_lazy("Booklets handed out"),
        Unit.COPIES,
        lambda counted: without_who(work.handouts(counted.asked)),
        of_publications,
        has_who=False,
    ),  # fmt: skip
    Definition(
        "downloads",
        gettext_lazy("Booklets downloaded"),
        Unit.DOWNLOADS,
        lambda counted: without_who(work.downloads(counted.asked)),
        of_publications,
        has_who=False,
    ),  # fmt: skip
    Special(
        "outreach",
        gettext_lazy("Work outside of our rooms"),
        Unit.ACTIONS,
        _outreach,
        has_order=True,
        more={
            "people": gettext_lazy("people reached"),
            "copies": gettext_lazy("copies given out or printed"),
        },
    ),  # fmt: skip
    Special(
        "project_targets",
        gettext_lazy("Targets of projects"),
        Unit.ACTIONS,
        _targets,
        several_answers=True,
        has_order=True,
        more={
            "so_far": gettext_lazy("since the project began"),
            "target": gettext_lazy("target"),
            "percent": gettext_lazy("reached, in per cent"),
        },
    ),  # fmt: skip
]
BY_ID = {definition.id: definition for definition in DEFINITIONS}


@dataclass
class Report:
    asked: Asked
    tables: list
    is_suppressed: bool = False

    def table(self, code):
        return next((table for table in self.tables if table.id == code), None)


def make(asked, ids=None, *, compared=False):
    """The report: all tables, or those of `ids` in their order. `compared`: with the year before.

    What cannot be narrowed as it is asked for is left out, rather than shown as nothing.
    """
    definitions = [BY_ID[code] for code in ids] if ids else DEFINITIONS
    definitions = [each for each in definitions if not _cannot_be_narrowed(each, asked)]
    with one_moment():
        tables = _make_all(definitions, asked)
        if compared:
            before = {table.id: table for table in _make_all(definitions, asked.year_before)}
            for table in tables:
                _compare(table, before[table.id])
    return Report(asked, tables)


def _make_all(definitions, asked):
    counted = Counted(asked)
    tables = [definition.make(counted) for definition in definitions]
    for table in tables:
        if table.id == "persons_by_kind":
            number = sum(row.count for row in table.rows if row.key in people.KINDS_OF_TRAFFICKING)
            label = _("of these, human trafficking")
            parts = tuple(people.KINDS_OF_TRAFFICKING)
            table.subtotals = [
                Row("trafficking", label, number, share(number, table.total), parts=parts)
            ]
    return tables


def _cannot_be_narrowed(definition, asked):
    if definition.id == "downloads":
        return asked.is_narrowed
    by_call = definition.unit in (Unit.CALLS, Unit.APPEALS, Unit.PERSONS)
    return bool(asked.line) and not by_call and definition.id != "referrals_out"


def _compare(table, before):
    """Put the figures of the year before beside these. Months are compared by their place."""
    if table.is_of_months:
        pairs = zip(table.rows, before.rows, strict=False)
        for row, earlier in pairs:
            row.year_before = earlier.count
    else:
        earlier = {row.key: row.count for row in before.rows}
        for row in table.rows:
            row.year_before = earlier.pop(row.key, 0)
        table.is_cut_before = any(earlier.values())
    table.year_before = before.total


@contextmanager
def one_moment():
    """Everything inside is counted at the same moment, whoever writes meanwhile."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        yield
