"""Old records from spreadsheets: read as people write them, all or nothing, and out again."""

import csv
import io
from pathlib import Path

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command

from hotline.models import Call
from legalaid.models import Case, CasePerson, Claim, Identity, Outcome, Person, Service
from resources.models import Topic
from sanasezim.importing import checking, files, meanings, words, writing
from sanasezim.shared.models import ImportBatch, ImportedRow, Office, Project
from tests import make

pytestmark = pytest.mark.django_db

CALLS = [
    ["started_at", "office", "sex", "age", "topics", "person_key", "caller_group"],
    ["2007-04-02 09:30", "sairam", "male", "24", "wages;registration", "A1", "preparing_to_leave"],
    ["03.04.2007", "sairam", "ж", "около 30", "", "A1", ""],
    ["4 сәуір 2007", "", "", "", "wages", "", "in_kazakhstan"],
]
CASES = [
    ["opened_on", "closed_on", "persons", "sex", "citizenship", "exploitation", "services",
     "outcomes", "claim_owed", "claim_recovered", "currency"],
    ["01.02.2012", "2012-05-30", "P1;P2", "male;female", "UZ", "forced_labour", "advice",
     "wages_paid;returned_home", "150 000,50", "100000", ""],
    ["2012-03-01", "", "P1", "male", "UZ", "", "", "", "", "", ""],
    ["2012-03-02", "", "", "female", "TJ", "sexual", "", "", "", "", ""],
]  # fmt: skip


def as_csv(rows, encoding="utf-8", separator=","):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows):
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return data.getvalue()


def bring_in(data, what="calls", create_missing=True):
    checked = check(data, what, create_missing)
    assert [str(problem) for problem in checked.problems] == []
    batch = ImportBatch.objects.create(what=what, file_name="old.csv")
    return writing.bring_in(batch, checked)


def check(data, what="calls", create_missing=True):
    return checking.check(files.read(data), what, create_missing=create_missing)


def problems(row, what="calls"):
    """(heading, suggestion) of what is wrong with a row beside its day."""
    day = "started_at" if what == "calls" else "opened_on"
    headings, cells = [day, *row], ["2020-01-01", *row.values()]
    found = check(as_csv([headings, cells]), what).problems
    return [(problem.heading, problem.suggestion) for problem in found]


def test_calls_come_in_with_all_that_they_say():
    bring_in(as_csv(CALLS))

    first, second, third = Call.objects.order_by("started_at")
    # Almaty was at UTC+6 then.
    assert f"{first.started_at:%Y-%m-%d %H:%M %z}" == "2007-04-02 03:30 +0000"
    assert first.office.code == "sairam"
    assert {topic.code for topic in first.topics.all()} == {"wages", "registration"}
    assert (first.sex, first.age, first.group) == ("male", 24, "preparing_to_leave")
    assert (second.sex, second.age, second.age_is_about) == ("female", 30, True)
    assert (third.office, third.sex, third.age) == (None, "", None)
    assert first.person == second.person
    assert Person.objects.count() == 1
    assert first.pgh_event_model.objects.filter(pgh_obj_id=first.pk).count() == 1


def test_cases_come_in_with_their_people_services_outcomes_and_money():
    bring_in(as_csv(CASES), "cases")

    first, second, third = Case.objects.order_by("opened_on")
    assert [link.person.sex for link in first.case_people.order_by("pk")] == ["male", "female"]
    assert CasePerson.objects.count() == 4
    assert Person.objects.count() == 3
    assert {outcome.kind for outcome in first.outcomes.all()} == {"wages_paid", "returned_home"}
    assert first.services.get().kind.code == "advice"
    claim = first.claims.get()
    assert (str(claim.owed), str(claim.recovered), claim.currency) == (
        "150000.50",
        "100000.00",
        "KZT",
    )
    assert first.closed_on.isoformat() == "2012-05-30"
    assert second.closed_on is None
    assert third.exploitation == "sexual"
    assert len({case.reference for case in (first, second, third)}) == 3


@pytest.mark.parametrize(
    "data",
    [
        as_csv(CALLS, "utf-8-sig"),
        as_csv(CALLS, separator=";"),
        as_csv(CALLS, "utf-16", "\t"),
        as_xlsx(CALLS),
        as_csv([[*CALLS[0], ""], [], *CALLS[1:], ["", "", ""]]),
    ],
    ids=["with a mark", "semicolons", "UTF-16 and tabs", "XLSX", "empty rows and columns"],
)  # fmt: skip
def test_a_file_is_read_however_excel_wrote_it(data):
    bring_in(data)

    assert Call.objects.count() == 3


def test_a_russian_spreadsheet_of_windows_is_read():
    rows = [
        ["Дата звонка", "Пол", "Возраст", "Гражданство"],
        ["05.06.2010", "Муж.", "41", "Узбекистан"],
    ]
    bring_in(as_csv(rows, "cp1251", ";"))

    call = Call.objects.get()
    assert (call.sex, call.age, call.citizenship) == ("male", 41, "UZ")


def test_a_spreadsheet_of_an_old_excel_is_read_and_a_damaged_one_refused():
    old = (Path(__file__).parent / "before_2007.xls").read_bytes()
    bring_in(old)

    assert list(Call.objects.order_by("started_at").values_list("sex", "age", "citizenship")) == [
        ("male", 41, "UZ"), ("female", None, "TJ"),
    ]  # fmt: skip
    with pytest.raises(files.NotATable):
        files.read(old[:1000])


def test_kazakh_headings_are_known():
    bring_in(as_csv([["Күні", "Жынысы", "Азаматтығы"], ["2010 ж. 5 маусым", "әйел", "TJ"]]))

    call = Call.objects.get()
    assert (call.started_at.date().isoformat(), call.sex) == ("2010-06-05", "female")


def test_a_heading_is_explained_once_and_remembered():
    rows = [["Число", "Кто звонил", "started_at"], ["x", "муж", "2010-06-05"]]
    assert [problem.heading for problem in check(as_csv(rows)).problems] == ["Число", "Кто звонил"]

    meanings.remember_heading("calls", "Число", "")
    meanings.remember_heading("calls", "кто  Звонил:", "sex")
    checked = checking.check(files.read(as_csv(rows)), "calls", headings=meanings.headings("calls"))

    assert checked.problems == []
    assert checked.rows[0]["sex"] == "male"


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"sex": "mail"}, [("sex", "male")]),
        ({"sex": "1985"}, [("sex", "")]),
        ({"age": "150"}, [("age", "")]),
        ({"age": "1985"}, [("age", "")]),
        ({"age": "-5"}, [("age", "")]),
        ({"age": "мало"}, [("age", "")]),
        ({"minor": "maybe"}, [("minor", "")]),
        ({"minor": "yes", "age": "40"}, [("minor", "")]),
        ({"citizenship": "Uzbekistn"}, [("citizenship", "UZ")]),
        ({"relation": "self;friend"}, [("relation", "friend")]),
        ({"referred_in": "police;martians"}, [("referred_in", "")]),
        ({"outcome": "infrmed"}, [("outcome", "informed")]),
        ({"language": "Klingon"}, [("language", "")]),
        ({"started": "x"}, [("started", "started_at")]),
    ],
)
def test_a_bad_cell_is_named_with_what_was_probably_meant(row, wrong):
    assert problems(row) == wrong


@pytest.mark.parametrize(
    "text",
    ["", "31.02.2010", "2010-13-01", "today", "01.01.1899", "2999-01-01", "2010-01-01 25:00",
     "2010-01-01 10:00+99:00", "12"],
)  # fmt: skip
def test_what_is_no_day_is_refused(text):
    found = check(as_csv([["started_at", "sex"], [text, "male"]])).problems

    assert [(problem.line, problem.heading) for problem in found] == [(2, "started_at")]


@pytest.mark.parametrize(
    ("row", "heading"),
    [
        ({"closed_on": "2019-01-01"}, "closed_on"),
        ({"claim_recovered": "10"}, "claim_recovered"),
        ({"claim_owed": "-5"}, "claim_owed"),
        ({"claim_owed": "much"}, "claim_owed"),
        ({"persons": "A;B;C", "sex": "male;female"}, "sex"),
        ({"age": "12", "minor": "no"}, "minor"),
        ({"currency": "EUR"}, "currency"),
    ],
)
def test_what_does_not_go_together_is_refused(row, heading):
    assert [found for found, _suggestion in problems(row, "cases")] == [heading]


def test_two_rows_that_say_otherwise_of_a_person_are_refused():
    rows = [
        ["opened_on", "persons", "sex"],
        ["2020-01-01", "A", "male"],
        ["2020-01-02", "a ", "female"],
    ]
    found = check(as_csv(rows), "cases").problems

    assert [(problem.line, problem.heading) for problem in found] == [(3, "sex")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n ,\n",
        b"\x00\x01\x02 nothing",
        b"PK\x03\x04 no archive",
        b"started_at,sex\n",
        b"%PDF-1.4",
        b'started_at,notes\n2020-01-01,"' + b"x" * 30_000,
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(data):
    try:
        checked = check(data)
    except files.NotATable as refusal:
        assert str(refusal)
    else:
        assert checked.problems


def test_a_cell_far_away_takes_no_memory():
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "started_at")
        sheet.write(1_048_575, 16_383, "x")

    with pytest.raises(files.NotATable):
        files.read(data.getvalue())


def test_one_bad_row_keeps_all_out(tmp_path, capsys):
    file = tmp_path / "calls.csv"
    file.write_bytes(as_csv([*CALLS, ["2007-04-05", "", "martian", "", "", "", ""]]))

    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("import_history", "calls", str(file), "--create-missing")

    assert "martian" in capsys.readouterr().err
    assert not Call.objects.exists()
    assert not Office.objects.filter(code="sairam").exists()


def test_what_is_named_for_the_first_time_is_proposed_and_made_when_asked(tmp_path, capsys):
    file = tmp_path / "calls.csv"
    file.write_bytes(
        as_csv([["started_at", "project", "topics"], ["2007-04-05", "Стоп торговля", "new_topic"]])
    )

    with pytest.raises(CommandError):
        call_command("import_history", "calls", str(file))
    assert "stop-torgovlya" in capsys.readouterr().err

    call_command("import_history", "calls", str(file), "--create-missing")
    assert Project.objects.get(code="stop-torgovlya").name == "Стоп торговля"
    assert Topic.objects.get(code="new_topic").calls.count() == 1


def test_the_same_rows_come_in_once_whatever_the_file(tmp_path, capsys):
    for name, data in [
        ("a.csv", as_csv(CALLS)),
        ("b.csv", as_csv(CALLS, "utf-8-sig", "\t")),
        ("c.xlsx", as_xlsx(CALLS)),
    ]:
        (tmp_path / name).write_bytes(data)
        call_command("import_history", "calls", str(tmp_path / name), "--create-missing")

    assert Call.objects.count() == 3
    assert capsys.readouterr().out.count("in already") == 2


def test_a_dry_run_writes_nothing(tmp_path):
    file = tmp_path / "calls.csv"
    file.write_bytes(as_csv(CALLS))
    call_command("import_history", "calls", str(file), "--create-missing", "--dry-run")

    assert not Call.objects.exists()
    assert not ImportBatch.objects.exists()
    assert not Office.objects.filter(code="sairam").exists()


def test_an_import_is_taken_out_as_a_whole_and_may_come_in_again():
    there = make.case()
    people = Person.objects.count()
    batch = bring_in(as_csv(CASES), "cases")
    other = bring_in(as_csv([*CALLS[:1], ["2007-05-01", "", "", "", "", "P1", ""]]))

    assert writing.take_out(batch, None) == 11

    assert list(Case.objects.all()) == [there]
    assert not (Claim.objects.exists() or Outcome.objects.exists() or Service.objects.exists())
    assert Person.objects.count() == people + 1  # P1, whom a call is about
    writing.take_out(other, None)
    assert Person.objects.count() == people
    assert not ImportedRow.objects.exists()
    bring_in(as_csv(CASES), "cases")
    assert Case.objects.count() == 4


def test_what_somebody_has_worked_on_since_is_not_taken_out():
    batch = bring_in(as_csv(CASES), "cases")
    make.note(case=Case.objects.filter(lawyer__username="before-the-portal").first())

    with pytest.raises(writing.Refused):
        writing.take_out(batch, None)
    assert Case.objects.count() == 3


def test_identity_is_protected_as_if_it_was_typed():
    rows = [["opened_on", "name", "phones"], ["2012-02-01", "Юлдашев Канарей", "+998 90 123 45 67"]]
    bring_in(as_csv(rows), "cases")

    identity = Identity.objects.get()
    assert identity.name == "Юлдашев Канарей"
    assert Identity.objects.matching("Yo‘ldoshev").get() == identity
    assert Identity.objects.matching("901234567").get() == identity
    stored = Identity.objects.values_list("name", "phones")[0]
    assert all("Канарей".encode() not in bytes(value) for value in stored)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2007-03-15", "2007-03-15"),
        ("15.03.2007", "2007-03-15"),
        ("15/3/07", "2007-03-15"),
        ("15-03-2007 г.", "2007-03-15"),
        ("15 марта 2007 г.", "2007-03-15"),
        ("15 наурыз 2007", "2007-03-15"),
        ("2007 жылы 15 наурыз", "2007-03-15"),
        ("39156", "2007-03-15"),
        ("15.03.2007 9:05", "2007-03-15"),
        ("2007-03-15T09:05:00+05:00", "2007-03-15"),
    ],
)
def test_days_are_read_as_people_write_them(text, day):
    assert words.day(text).isoformat() == day


@pytest.mark.parametrize(
    ("text", "sum"),
    [
        ("150 000", "150000.00"),
        ("150\u00a0000,5 тг", "150000.50"),
        ("150.000.000", "150000000.00"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("$ 20", "20.00"),
    ],
)
def test_sums_are_read_as_people_write_them(text, sum):
    assert str(words.money(text)) == sum
