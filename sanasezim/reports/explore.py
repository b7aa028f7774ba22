"""Two questions crossed. What stands behind a number is listed as far as the reader may see it."""

from collections import Counter
from dataclasses import dataclass, field

from django import forms
from django.db.models import CharField, Count
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.models import Call
from legalaid.models import Case, Intake
from legalaid.models.intakes import Relation
from sanasezim.reports import tables, work
from sanasezim.reports.asked import BANDS, Asked, band_of, bands_of
from sanasezim.reports.forms import PeriodForm
from sanasezim.reports.people import PLACE, count_people, kind_of
from sanasezim.reports.suppression import System
from sanasezim.shared.countries import CITIZENSHIPS
from sanasezim.shared.models import Office, Project

MOST_LISTED = 100


@dataclass(frozen=True)
class Question:
    title: str
    field: object  # of the record; or, of persons, a function of a Group
    labels: object  # (keys, Asked) → key: label
    is_month: bool = False
    is_age: bool = False

    def key(self, value):
        if value is None or value == "":
            return ""
        if self.is_month:
            return value.isoformat()[:7]
        return band_of(value, BANDS) if self.is_age else str(value)


def of_projects(keys, asked):
    rows = Project.objects.filter(pk__in=[key for key in keys if key])
    return {str(row.pk): (row.code, row.name) for row in rows}


def choice(title, field, choices):
    return Question(title, field, tables.of_choices(choices))


CALLS = {
    "sex": choice(gettext_lazy("sex"), "sex", tables.SEX),
    "age": Question(gettext_lazy("age"), "age", tables.of_bands, is_age=True),
    "citizenship": choice(gettext_lazy("citizenship"), "citizenship", CITIZENSHIPS),
    "relation": choice(gettext_lazy("who calls"), "relation", Relation.choices),
    "group": choice(gettext_lazy("group of callers"), "group", Call.Group.choices),
    "topic": Question(gettext_lazy("topic"), "topics", tables.of_texts(tables.Topic)),
    "exploitation": choice(gettext_lazy("exploitation"), "exploitation", Call.Exploitation.choices),
    "outcome": choice(gettext_lazy("what came of it"), "outcome", Call.Outcome.choices),
    "heard_from": choice(gettext_lazy("how people heard of us"), "heard_from", Call.Heard.choices),
    "channel": choice(gettext_lazy("channel"), "channel", Intake.Channel.choices),
    "language": choice(gettext_lazy("language"), "language", tables.LANGUAGES_SPOKEN),
    "kind": choice(gettext_lazy("kind of call"), "kind", Call.Kind.choices),
    "office": Question(gettext_lazy("office"), "office", tables.of_texts(Office)),
    "project": Question(gettext_lazy("project"), "project", of_projects),
    "month": Question(gettext_lazy("month"), "started_at", tables.of_months, is_month=True),
}
CASES = {
    "exploitation": choice(gettext_lazy("exploitation"), "exploitation", Case.Exploitation.choices),
    "place": choice(
        gettext_lazy("place of exploitation"),
        "place_of_exploitation",
        Case.PlaceOfExploitation.choices,
    ),
    "topic": Question(gettext_lazy("topic"), "topics", tables.of_texts(tables.Topic)),
    "outcome": choice(
        gettext_lazy("what it reached"), "outcomes__kind", tables.Outcome.Kind.choices
    ),
    "office": Question(gettext_lazy("office"), "office", tables.of_texts(Office)),
    "project": Question(gettext_lazy("project"), "project", of_projects),
    "month": Question(gettext_lazy("month"), "opened_on", tables.of_months, is_month=True),
}
PERSONS = {
    "who": choice(
        gettext_lazy("men, women and children"),
        lambda group: "" if group.who == tables.NOT_STATED else group.who,
        tables.SEX_AND_MINOR,
    ),
    "age": Question(gettext_lazy("age"), lambda group: group.band, tables.of_bands),
    "citizenship": choice(
        gettext_lazy("citizenship"), lambda group: group.citizenship, CITIZENSHIPS
    ),
    "kind": choice(gettext_lazy("kind of appeal"), lambda group: kind_of(group.mask), tables.KINDS),
    "place": choice(
        gettext_lazy("place of exploitation"),
        lambda group: next((code for code, bit in PLACE.items() if group.mask & bit), ""),
        Case.PlaceOfExploitation.choices,
    ),
}
SUBJECTS = {
    "calls": (gettext_lazy("calls"), CALLS),
    "persons": (gettext_lazy("persons"), PERSONS),
    "cases": (gettext_lazy("cases opened"), CASES),
}
# More than one answer for one record: what stands in the table may be more than there are
SEVERAL = {"topic", "outcome"}


class ExploreForm(PeriodForm):
    rows = forms.ChoiceField(label=gettext_lazy("Down"))
    columns = forms.ChoiceField(label=gettext_lazy("Across"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [
            (title, [(f"{subject}-{code}", f"{title}: {question.title}")
                     for code, question in questions.items()])
            for subject, (title, questions) in SUBJECTS.items()
        ]  # fmt: skip
        self.fields["rows"].choices = self.fields["columns"].choices = choices

    def clean(self):
        cleaned = super().clean()
        rows, columns = cleaned.get("rows", ""), cleaned.get("columns", "")
        if rows and columns:
            if rows == columns:
                self.add_error("columns", _("Choose two different questions."))
            elif rows.split("-")[0] != columns.split("-")[0]:
                self.add_error(
                    "columns", _("Choose two questions about the same: calls, persons or cases.")
                )
        return cleaned

    @classmethod
    def first_values(cls):
        return PeriodForm.first_values() | {
            "rows": "calls-citizenship", "columns": "calls-topic",
        }  # fmt: skip

    @property
    def asked(self):
        typed = self.cleaned_data
        return Asked(typed["start"], typed["end"], typed["project"], typed["office"], typed["line"])


@dataclass
class Cross:
    subject: str
    title: str
    rows: list  # (key, label)
    columns: list
    numbers: dict  # (row, column) → number, None where it may not be told
    row_totals: dict = field(default_factory=dict)
    column_totals: dict = field(default_factory=dict)
    total: int | None = 0
    several: bool = False
    may_list: bool = False
    is_suppressed: bool = False

    def lines(self):
        """((key, label), [(column's key, number)], total) for a template."""
        for key, label in self.rows:
            cells = [(column, self.numbers.get((key, column), 0)) for column, _l in self.columns]
            yield (key, label), cells, self.row_totals[key]

    @property
    def foot(self):
        return [self.column_totals[key] for key, _label in self.columns]

    def suppress(self):
        system = System()
        for key, _label in self.rows:
            names = [
                system.number((key, column), self.numbers.get((key, column), 0))
                for column, _l in self.columns
            ]
            system.add(system.number(("row", key), self.row_totals[key]), names)
        for column, _label in self.columns:
            whole = system.number(("column", column), self.column_totals[column])
            system.add(whole, [(key, column) for key, _l in self.rows])
        whole = system.number("total", self.total)
        system.last.add(whole)
        for which, names in (("row", self.rows), ("column", self.columns)):
            system.add(whole, [(which, key) for key, _l in names], adds_up=not self.several)
        system.protect()
        for name in system.hidden:
            if name == "total":
                self.total = None
            elif name[0] == "row":
                self.row_totals[name[1]] = None
            elif name[0] == "column":
                self.column_totals[name[1]] = None
            else:
                self.numbers[name] = None
        self.is_suppressed = True


def questions_of(typed):
    subject, row = typed["rows"].split("-", 1)
    _subject, column = typed["columns"].split("-", 1)
    questions = SUBJECTS[subject][1]
    return subject, questions[row], questions[column]


def cross(asked, typed, *, user):
    subject, row, column = questions_of(typed)
    several = bool(SEVERAL & {typed["rows"].split("-")[1], typed["columns"].split("-")[1]})
    with tables.one_moment():
        if subject == "persons":
            numbers, total = Counter(), 0
            for group, number in count_people(asked).groups.items():
                numbers[str(row.field(group)), str(column.field(group))] += number
                total += number
        else:
            records = records_of(subject, asked)
            numbers = Counter()
            by = {
                name: TruncMonth(question.field) if question.is_month else question.field
                for name, question in (("row", row), ("column", column))
            }
            by = {f"{name}_key": value for name, value in by.items()}
            plain = {name: value for name, value in by.items() if isinstance(value, str)}
            computed = {name: value for name, value in by.items() if name not in plain}
            wanted = [plain.get(name, name) for name in by]
            found = records.annotate(**computed).values_list(*wanted)
            for first, second, number in found.annotate(number=Count("pk", distinct=True)):
                numbers[row.key(first), column.key(second)] += number
            total = records.count()
    return _table(asked, subject, row, column, numbers, total, several, user)


def _table(asked, subject, row, column, numbers, total, several, user):
    row_keys = {key for key, _column in numbers}
    column_keys = {key for _row, key in numbers}
    made = Cross(
        subject=subject,
        title=f"{row.title} × {column.title}",
        rows=_in_order(row, row_keys, asked),
        columns=_in_order(column, column_keys, asked),
        numbers=dict(numbers),
        total=total,
        several=several,
        may_list=subject != "persons" and user.has_perm(VIEW[subject]),
    )
    made.row_totals = {
        key: sum(n for (r, _c), n in numbers.items() if r == key) for key in row_keys
    }
    made.column_totals = {
        key: sum(n for (_r, c), n in numbers.items() if c == key) for key in column_keys
    }
    return made


# Fields in which nothing stated is an empty text
CODES_OF_MODEL = {
    model: {each.name for each in model._meta.fields if isinstance(each, CharField)}
    for model in (Call, Case)
}
MODELS = {"calls": Call, "cases": Case}
VIEW = {"calls": "hotline.view_call", "cases": "legalaid.view_case"}


def _in_order(question, keys, asked):
    labels = question.labels(keys, asked)
    named = [
        (key, str(label[1] if isinstance(label, tuple) else label))
        for key, label in labels.items()
        if key in keys
    ]
    named += [(key, key) for key in sorted(keys) if key and key not in labels]
    return named + ([("", _("not stated"))] if "" in keys else [])


def records_of(subject, asked):
    if subject == "cases":
        return work.cases(asked) if not asked.line else Case.objects.none()
    calls = Call.objects.filter(started_at__gte=asked.since, started_at__lt=asked.until)
    calls = work.narrow(calls, asked).order_by()
    return calls.filter(line=asked.line) if asked.line else calls


def listed(asked, typed, keys, *, user):
    """The records behind one number that this person may see: (records, how many)."""
    subject, row, column = questions_of(typed)
    records = records_of(subject, asked).visible_to(user)
    for question, key in zip((row, column), keys, strict=True):
        records = _with_answer(records, question, key)
    records = records.distinct()
    return records.order_by("-pk")[:MOST_LISTED], records.count()


def _with_answer(records, question, key):
    if key == "" and question.is_month:
        return records.none()
    if question.is_month:
        year, month = key.split("-")
        return records.filter(
            **{f"{question.field}__year": year, f"{question.field}__month": month}
        )
    if question.is_age and key:
        place = bands_of(BANDS).index(key)
        firsts = [0, *BANDS, 1000]
        return records.filter(age__gte=firsts[place], age__lt=firsts[place + 1])
    if key == "":
        is_text = question.field in CODES_OF_MODEL[records.model]
        nothing = {question.field: ""} if is_text else {f"{question.field}__isnull": True}
        return records.filter(**nothing)
    return records.filter(**{question.field: key})
