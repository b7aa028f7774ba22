"""A table, cell by cell: what can be written, what is new, and what is wrong with the rest."""

import datetime
import hashlib
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sanasezim.importing import columns, words
from sanasezim.importing.words import Unreadable, key

MOST_PROBLEMS = 5000  # of a hopeless file; the count goes on
PROGRESS_EVERY = 5000


@dataclass
class Problem:
    line: int  # of the file; 1 is the headings
    heading: str
    value: str
    reason: str
    suggestion: str = ""
    column: str = ""  # where a word may be explained: one that has codes

    def __str__(self):
        said = _("Line %(line)s, %(heading)s: %(reason)s") % self.__dict__
        if self.value:
            said += f" [{self.value}]"
        if self.suggestion:
            said += " " + _("Did you mean %(suggestion)s?") % self.__dict__
        return said


@dataclass
class Proposed:
    """An office, project, topic or service that the records name and that is not there yet."""

    model: type
    code: str
    name: str
    first_line: int
    rows: int = 0


@dataclass
class Checked:
    what: str  # "calls" or "cases"
    columns: list  # of (heading, the column's name, or "" for one left out)
    rows: list = field(default_factory=list)  # of {column: value}; empty cells are not there
    problems: list = field(default_factory=list)
    problems_in_all: int = 0
    proposed: dict = field(default_factory=dict)  # (model, code) → Proposed

    @property
    def digest(self):
        """What the rows say, whatever the file looked like: a CSV and an XLSX may be the same."""
        said = hashlib.sha256(self.what.encode())
        for row in self.rows:
            said.update(repr(sorted(row.items())).encode())
        return said.hexdigest()

    def add(self, problem):
        self.problems_in_all += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def check(table, what, *, create_missing=False, headings=None, meanings=None, progress=None):
    """Read every cell.

    headings: {key(heading): a column's name, or "" to leave it out}, beside those known anyway.
    meanings: {(column, key(text)): the text to read instead}.
    progress: told now and then how many rows were read.
    """
    checked = Checked(what, _columns(table.headings, what, headings or {}))
    _check_headings(checked)
    if checked.problems:
        return checked
    reader = _Reader(checked, meanings or {})
    for number, (line, cells) in enumerate(table.rows, 1):
        reader.row(line, cells)
        if progress and number % PROGRESS_EVERY == 0:
            progress(number)
    if not create_missing:
        for new in checked.proposed.values():
            checked.add(
                Problem(
                    new.first_line, str(new.model._meta.verbose_name), new.name,
                    _("This is not known yet. It would be created with the code “%(code)s”.")
                    % {"code": new.code},
                )
            )  # fmt: skip
    return checked


def _columns(headings, what, mapped):
    known = columns.by_heading(what) | mapped
    return [(heading, known.get(key(heading))) for heading in headings]


def _check_headings(checked):
    by_name = {column.name: column for column in columns.COLUMNS[checked.what]}
    seen = set()
    for heading, name in checked.columns:
        if name is None and heading:
            suggestion = words.Codes([(name, name) for name in by_name]).near(heading)
            reason = _("This column is not known.")
            checked.add(Problem(1, heading, "", reason, suggestion))
        elif name in seen:
            checked.add(Problem(1, heading, "", _("This column is there twice.")))
        seen.add(name or None)
        seen.discard(None)
    for column in by_name.values():
        if column.is_required and column.name not in seen:
            checked.add(Problem(1, column.name, "", _("This column is missing.")))


class _Reader:
    def __init__(self, checked, meanings):
        self.checked, self.meanings = checked, meanings
        by_name = {column.name: column for column in columns.COLUMNS[checked.what]}
        self.by_name = by_name
        self.columns = [(heading, by_name.get(name)) for heading, name in checked.columns]
        self.headings = {column.name: heading for heading, column in self.columns if column}
        self.required = [column for column in by_name.values() if column.is_required]
        self.read_before = {}  # (column, text) → value, or Unreadable: most cells repeat
        self.known = {
            column.names: _rows_by_name(column.names) for column in by_name.values() if column.names
        }
        self.sex_of = {}  # key of a person → (sex, line)

    def row(self, line, cells):
        self.line, before = line, self.checked.problems_in_all
        if len(cells) > len(self.columns) and any(cells[len(self.columns) :]):
            self.wrong("", _("This row has more cells than there are headings."))
        row = {}
        for (_heading, column), text in zip(self.columns, cells, strict=False):
            if column is None or not text:
                continue
            value = self.cell(column, text)
            if value is not None:
                row[column.name] = value
        for column in self.required:
            if column.name not in row and self.checked.problems_in_all == before:
                self.wrong(column.name, _("This cell is empty."))
        if self.checked.problems_in_all == before:
            self.together(row)
        if self.checked.problems_in_all == before:
            self.checked.rows.append(row)

    def wrong(self, name, reason, value="", suggestion=""):
        heading = self.headings.get(name, name)
        column = name if value and self.by_name[name].choices else ""
        self.checked.add(Problem(self.line, heading, value[:200], reason, suggestion, column))

    def cell(self, column, text):
        """The value, or None where it cannot be read: that is noted."""
        text = self.meanings.get((column.name, key(text)), text)
        if words.is_nothing(text):
            return None
        if column.names:
            return self.names(column, text)
        remembered = (column.name, text)
        if remembered not in self.read_before:
            try:
                self.read_before[remembered] = self.of_each(column, text)
            except Unreadable as refusal:
                self.read_before[remembered] = refusal
        value = self.read_before[remembered]
        if isinstance(value, Unreadable):
            self.wrong(column.name, value.reason, text, value.suggestion)
            return None
        return value

    def of_each(self, column, text):
        if self.checked.what != "cases" or column.name not in columns.OF_EACH_PERSON:
            return column.read(text)
        parts = [part.strip() for part in text.split(";")]
        return [None if words.is_nothing(part) else column.read(part) for part in parts]

    def names(self, column, text):
        """The codes of the rows that are named; of those not there yet, what they would be."""
        parts = [part.strip() for part in text.split(";")] if column.is_listed else [text]
        found = []
        for part in filter(None, parts):
            code = self.known[column.names].get(key(part)) or self.propose(column, part)
            if code is None:
                return None
            if code not in found:
                found.append(code)
        return found if column.is_listed else found[0]

    def propose(self, column, name):
        code = words.code_from(name)
        if not code:
            self.wrong(column.name, _("No code can be made of this word."), name)
            return None
        new = self.checked.proposed.setdefault(
            (column.names, code), Proposed(column.names, code, name, self.line)
        )
        new.rows += 1
        return code

    def together(self, row):
        """What each cell allows, and the row does not."""
        if self.checked.what == "calls":
            if row.get("minor") == "no" and "age" in row and row["age"][0] < 18:
                self.wrong("minor", _("The age says that this is a child."))
            if row.get("minor") == "yes" and "age" in row and row["age"][0] >= 18:
                self.wrong("minor", _("The age says that this is no child."))
            return
        if "closed_on" in row and row["closed_on"] < row["opened_on"]:
            self.wrong("closed_on", _("The case was closed before it was opened."))
        if "claim_recovered" in row and "claim_owed" not in row:
            self.wrong("claim_recovered", _("It is not said how much was owed."))
        persons = row.get("persons", [""])
        for name in columns.OF_EACH_PERSON & set(row):
            if len(row[name]) not in (1, len(persons)):
                self.wrong(name, _("Give one value for all people, or one for each."))
                return
        for place, person in enumerate(persons):
            self.person(row, place, person)

    def person(self, row, place, person):
        sex, years = of_person(row, "sex", place), of_person(row, "age", place)
        minor = of_person(row, "minor", place)
        if minor and years and (years[0] < 18) != (minor == "yes"):
            self.wrong("minor", _("The age and “under 18” do not agree."))
        if sex and person:
            before, line = self.sex_of.setdefault(key(person), (sex, self.line))
            if before != sex:
                self.wrong(
                    "sex", _("Line %(line)s says otherwise of this person.") % {"line": line}
                )


def of_person(row, name, place):
    """What a row of cases says of one of its people."""
    values = row.get(name)
    if not values:
        return None
    return values[place] if len(values) > 1 else values[0]


def _rows_by_name(model):
    """key(code or name in any language) → code."""
    found = {}
    with_texts = hasattr(model, "texts")
    rows = model.objects.prefetch_related("texts") if with_texts else model.objects.all()
    for row in rows:
        names = [text.name for text in row.texts.all()] if with_texts else [row.name]
        for name in names:
            found.setdefault(key(name), row.code)
    # A code wins over a name.
    return found | {key(row.code): row.code for row in rows}


def period_of(rows, what):
    """The first and the last day of the records, or None for no rows."""
    name = "started_at" if what == "calls" else "opened_on"
    days = [row[name] for row in rows]
    if not days:
        return None
    return tuple(
        moment.date() if isinstance(moment, datetime.datetime) else moment
        for moment in (min(days), max(days))
    )
