"""Random rows, counted once more in plain Python: every table agrees, and nothing small leaks."""

import csv
import datetime
import io
import random
import zipfile
from collections import Counter

import pytest
from django.utils import timezone, translation

from hotline.models import Call
from legalaid import erasure
from legalaid.models import Person
from sanasezim.reports import formats, left_before, tables, tally
from sanasezim.reports.asked import Asked, band_of, bands_of
from sanasezim.reports.models import CallTally, ReportExport, StaleMonth
from sanasezim.reports.suppression import numbers_of, suppress
from tests import make

pytestmark = pytest.mark.django_db

START, END = datetime.date(2025, 1, 15), datetime.date(2025, 4, 20)
CHOICES = {
    "kind": ["data", "data", "data", "silent", "joke"],
    "channel": ["phone", "visit", "outreach"],
    "relation": ["self", "relative", "employer", ""],
    "group": ["preparing_to_leave", "returned", ""],
    "sex": ["male", "female", "other", ""],
    "age": [None, 3, 17, 18, 24, 25, 34, 61, 99],
    "minor": ["", "", "yes", "no"],
    "citizenship": ["UZ", "TJ", "stateless", ""],
    "language": ["uz", "ru", "other", ""],
    "direction": ["returned", ""],
    "exploitation": ["forced_labour", "none", ""],
    "heard_from": ["relatives", "stand", ""],
    "outcome": ["informed", "returned_home", ""],
    "referred_in": [[], ["police"], ["police", "ngo"]],
    "referred_out": [[], ["embassy", "ngo"]],
    "forwarded_to": [[], ["lawyer"]],
}


@pytest.fixture
def calls(operator):
    """Random calls around the period, a third of them about one of twenty people."""
    chance = random.Random(4)  # noqa: S311 (no secret)
    offices = [make.office(code="sairam"), make.office(code="border"), None]
    projects = [make.project(code="one"), make.project(code="two"), None]
    lines = [make.line(), make.line("+77012223344"), None]
    topics = [make.topic(code) for code in ("wages", "return-home", "violence")]
    people = Person.objects.bulk_create(
        Person(sex=chance.choice(["male", "female", ""]), citizenship=chance.choice(["UZ", ""]))
        for _place in range(20)
    )
    first = timezone.make_aware(datetime.datetime(2024, 12, 31, 20))
    rows = Call.objects.bulk_create(
        Call(
            answered_by=operator,
            started_at=first + datetime.timedelta(minutes=chance.randrange(200_000)),
            office=chance.choice(offices),
            project=chance.choice(projects),
            line=chance.choice(lines),
            person=chance.choice(people) if chance.random() < 0.3 else None,
            **{name: chance.choice(values) for name, values in CHOICES.items()},
        )
        for _place in range(400)
    )
    for row in rows:
        row.topics.set(chance.sample(topics, chance.choice([0, 1, 1, 2])))
    return rows


def in_python(calls, asked):
    """The same tables, counted one call after another: id → Counter of keys."""
    found = {}
    for call in calls:
        day = timezone.localdate(call.started_at)
        if not asked.start <= day <= asked.end or asked.project and call.project != asked.project:
            continue
        answers = {
            "sex": [call.sex], "relation": [call.relation], "group": [call.group],
            "citizenship": [call.citizenship], "heard_from": [call.heard_from],
            "outcome": [call.outcome], "kind": [call.kind], "channel": [call.channel],
            "language": [call.language], "direction": [call.direction],
            "exploitation": [call.exploitation], "month": [f"{day:%Y-%m}"],
            "office": [call.office.code if call.office else ""],
            "age": [band_of(call.age, asked.bands) if call.age is not None else ""],
            "topic": [topic.code for topic in call.topics.all()] or [""],
            "referred_in": call.referred_in or [""],
            "referred_out": call.referred_out or [""],
            "forwarded_to": call.forwarded_to or [""],
        }  # fmt: skip
        appeal = {"relation", "office", "channel", "month"} if call.kind == "data" else ()
        for name, keys in answers.items():
            for key in keys:
                found.setdefault(f"calls_by_{name}", Counter())[key or "not_stated"] += 1
                if name in appeal:
                    found.setdefault(f"appeals_by_{name}", Counter())[key or "not_stated"] += 1
        found.setdefault("total", Counter())["calls"] += 1
        if call.kind == "data" and call.person_id:
            found.setdefault("people", {})[call.person_id] = call.person
    return found


def agrees(made, wanted):
    for table in made.tables:
        if table.id.startswith(("calls_by", "appeals_by")):
            counted = {row.key: row.count for row in table.rows if row.count}
            assert counted == dict(wanted.get(table.id, {})), table.id
            for row in table.rows:
                assert sum(row.who.values()) == row.count
            if not table.several_answers:
                assert sum(counted.values()) == table.total
            if table.unit == "calls":
                assert table.total == wanted["total"]["calls"]
                assert sum(table.total_who.values()) == table.total
    assert made.table("persons_helped").total == len(wanted.get("people", {}))
    for table in made.tables:
        if table.unit == "persons" and not table.several_answers:
            assert sum(row.count for row in table.rows) == table.total, table.id


def test_every_table_agrees_with_a_count_in_plain_python(calls):
    for asked in [
        Asked(START, END),
        Asked(START, END, project=calls[0].project, bands=(25,)),
        Asked(datetime.date(2024, 1, 1), datetime.date(2026, 1, 1)),
    ]:
        agrees(tables.make(asked), in_python(calls, asked))


def test_what_is_kept_of_a_month_is_left_aside_once_a_call_of_it_is_written(calls):
    asked = Asked(START, END)
    assert tally.refresh(asked.whole_months) == 2
    assert not StaleMonth.objects.filter(month="2025-02-01").exists()
    agrees(tables.make(asked), in_python(calls, asked))

    moved = next(c for c in calls if timezone.localdate(c.started_at).month == 2)
    moved.started_at += datetime.timedelta(days=28)
    moved.sex = "other"
    moved.save()
    moved.topics.clear()
    calls.remove(gone := next(c for c in calls if timezone.localdate(c.started_at).month == 3))
    gone.delete()

    agrees(tables.make(asked), in_python(calls, asked))
    assert tally.refresh(asked.whole_months) == 2
    assert CallTally.objects.filter(month="2025-03-01").exists()
    agrees(tables.make(asked), in_python(calls, asked))
    assert tally.refresh(asked.whole_months) == 0


def test_a_month_that_is_not_over_is_not_kept(operator):
    make.call(operator)
    today = timezone.localdate()

    assert tally.refresh(Asked(today.replace(day=1), today).months) == 0


def test_ages_lie_in_the_bands_that_were_asked_for():
    assert bands_of((18, 35)) == ["0-17", "18-34", "35+"]
    assert [band_of(age, (18, 35)) for age in (0, 17, 18, 34, 35, 99)] == [
        "0-17", "0-17", "18-34", "18-34", "35+", "35+",
    ]  # fmt: skip


# What leaves the house


def sums_that_hold(made):
    """(whole, parts) as anybody may add up who reads the file."""
    whole = {}
    for table in made["tables"]:
        name, rows = table["id"], table["rows"]
        unit = table["unit"]
        who = sorted(
            {w for row in rows for w in row.get("who", {})} | set(table.get("total_who", {}))
        )
        if not table["several_answers"]:
            yield table["total"], [row["count"] for row in rows], (name, "total")
        for row in rows:
            if who and row.get("who"):
                yield row["count"], [row["who"].get(w, 0) for w in who], (name, row["key"])
        if who and not table["several_answers"]:
            for w in who:
                yield (
                    table["total_who"].get(w, 0),
                    [row.get("who", {}).get(w, 0) for row in rows],
                    (name, w),
                )  # fmt: skip
        known = whole.setdefault((unit, "total"), table["total"])
        if unit in ("calls", "appeals", "persons"):
            assert known == table["total"]


def test_no_small_number_can_be_subtracted_from_what_leaves(calls):
    asked = Asked(START, END)
    full = formats.as_json(tables.make(asked))
    safe = formats.as_json(suppress(tables.make(asked)))

    shown = hidden = 0
    for before, after in zip(sums_that_hold(full), sums_that_hold(safe), strict=True):
        values, told = [before[0], *before[1]], [after[0], *after[1]]
        for value, number in zip(values, told, strict=True):
            assert number in (value, None)
            assert number is None or number == 0 or number >= 5, after[2]
            shown += number is not None
        unknown = [value for value, number in zip(values, told, strict=True) if number is None]
        hidden += len(unknown)
        assert len(unknown) != 1, after[2]
        if told[0] is not None and unknown and min(unknown) < 5:
            # What is left may be shared out in several ways: nobody learns which.
            assert sum(unknown) >= 2, after[2]
    assert hidden and shown > hidden


def test_a_zero_that_is_hidden_is_not_told(operator):
    """One girl among the women: the row of the men must not give her away by its zeros."""
    at = timezone.make_aware(datetime.datetime(2025, 2, 2, 9))
    given = {"answered_by": operator, "started_at": at}
    Call.objects.bulk_create(
        [Call(sex="female", **given) for _place in range(20)]
        + [Call(sex="female", minor="yes", **given)]
        + [Call(sex="male", **given) for _place in range(15)]
        + [Call(**given) for _place in range(6)]
    )

    safe = formats.as_json(suppress(tables.make(Asked(START, END), ["calls_by_sex"])))

    for whole, parts, where in sums_that_hold(safe):
        assert [whole, *parts].count(None) != 1, where


def test_reports_laid_side_by_side_tell_no_small_number(calls, coordinator):
    """Two months and both; one office and all; a part of a period and the whole."""
    ids = ["calls_by_citizenship", "calls_by_sex", "calls_by_outcome", "persons_by_citizenship"]
    first, last = datetime.date(2025, 2, 1), datetime.date(2025, 3, 31)
    parts = [
        (Asked(first, datetime.date(2025, 2, 28)), Asked(datetime.date(2025, 3, 1), last)),
        (Asked(first, datetime.date(2025, 3, 30)),),
        (Asked(first, last, office=next(call.office for call in calls if call.office)),),
    ]
    asked = Asked(first, last)
    found = []
    for of_part in [part for some in parts for part in some]:
        told = left_before.told(of_part, ids)
        found.append((of_part, numbers_of(suppress(tables.make(of_part, ids), told))))
        ReportExport.objects.create(
            start=of_part.start, end=of_part.end, office=of_part.office, tables=ids,
            bands=[18], how="csv", why="press", lines=1, digest="x", by=coordinator,
        )  # fmt: skip
    alone = numbers_of(suppress(tables.make(asked, ids)))
    beside = numbers_of(suppress(tables.make(asked, ids), left_before.told(asked, ids)))

    def leaks(whole):
        for name, number in whole.items():
            before = [numbers.get(name) for _asked, numbers in found]
            sums = [n for n in before if n is not None]
            if None not in before[:2] and not name[0].startswith("persons"):
                sums.append(sum(before[:2]))
            if any(0 < abs(number - told) < 5 for told in sums):
                yield name

    assert len(left_before.beside(asked, ids)) == 4
    assert list(leaks(alone)) and not list(leaks(beside))
    assert len(beside) > len(alone) / 3


def test_a_combination_of_sums_tells_nothing_either():
    """Rows and columns that hide one cell each give another by adding and taking away."""
    from sanasezim.reports.suppression import System

    system = System()
    cells = {"a": (2, 30, 40), "b": (20, 9, 50), "c": (60, 70, 80)}
    for row, values in cells.items():
        for place, value in enumerate(values):
            system.number((row, place), value)
        system.add(system.number(row, sum(values)), [(row, place) for place in range(3)])
    for place in range(3):
        total = system.number(place, sum(values[place] for values in cells.values()))
        system.add(total, [(row, place) for row in cells])
    system.protect()

    assert ("a", 0) in system.hidden
    for whole, parts in system.sums:
        assert len({whole, *parts} & system.hidden) != 1
    assert system._determined([("a", 0)]) == []


def test_no_cell_of_a_file_is_a_formula(calls):
    bad = "=HYPERLINK(1)"
    office = calls[0].office or calls[1].office or calls[2].office
    for place, sign in enumerate(["=1+1", "+1", "-1", "@a", "\t=1", "|cmd"]):
        make.topic(f"bad{place}", en=f"{sign}")
        calls[place].topics.set([type(calls[0].topics.first() or make.topic("x")).objects.get(
            code=f"bad{place}")])  # fmt: skip
    office.texts.create(language="en", name=bad)
    asked = Asked(datetime.date(2024, 12, 1), datetime.date(2025, 12, 1))
    with translation.override("en"):
        made = tables.make(asked)
        written = formats.as_csv(made).decode("utf-8-sig")
        book = formats.as_xlsx(made)

    cells = [cell for row in csv.reader(io.StringIO(written)) for cell in row]
    assert f"'{bad}" in cells
    assert not [cell for cell in cells if cell[:1] in "=+@\t|" and cell]
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"hyperlink" not in sheet.lower()


def test_erasing_what_people_told_us_changes_no_figure(lawyer, operator):
    person = make.person(sex="female", citizenship="TJ", age=17, age_on="2025-02-02")
    case = make.case(lawyer=lawyer, people=[person], opened_on="2025-02-02", closed_on=None,
                     exploitation="sexual", referred_in=["police"])  # fmt: skip
    make.service(case, given_on="2025-02-03")
    make.claim(case, claimed_on="2025-02-03")
    make.outcome(case, "sheltered", reached_on="2025-03-01")
    make.taken(case, person=person, received_at=timezone.make_aware(datetime.datetime(2025, 2, 1)))
    call = make.call(operator, person=person, sex="female",
                     started_at=timezone.make_aware(datetime.datetime(2025, 2, 2, 9)))  # fmt: skip
    asked = Asked(START, END)
    tally.refresh(asked.whole_months)
    before = formats.as_json(tables.make(asked))

    erasure.erase(case)
    erasure.erase(call)

    assert formats.as_json(tables.make(asked)) == before
    assert tally.refresh(asked.whole_months)
    assert formats.as_json(tables.make(asked)) == before
    made = tables.make(asked)
    assert made.table("persons_by_sex_and_minor").row("minor").count == 1
    assert made.table("appeals_by_relation").total == 2
