"""The pages of reports: who sees what, what leaves, what is kept and what is open to all."""

import csv
import datetime
import hashlib
import io

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from hotline.models import Call
from legalaid.models import Person
from sanasezim.reports.models import FrozenReport, OpenFigure, ReportExport, SavedReport
from sanasezim.shared.models import AccessEntry
from tests import make

pytestmark = pytest.mark.django_db
YEAR = {"start": "2025-01-01", "end": "2025-12-31"}
ASKED = YEAR | {"tables": ["calls_by_sex", "calls_by_month", "persons_by_citizenship"]}
ASKED |= {"columns": ["share", "who", "year_before"], "bands": "18, 30"}


def at(month, day=5):
    return timezone.make_aware(datetime.datetime(2025, month, day, 12))


@pytest.fixture
def calls(operator):
    people = Person.objects.bulk_create(
        Person(citizenship="TJ" if place < 2 else "UZ") for place in range(30)
    )
    return Call.objects.bulk_create(
        Call(
            answered_by=operator, started_at=at(1 + place % 12), entered_at=at(12, 30),
            sex="male" if place else "other", person=people[place % 30],
        )
        for place in range(60)
    )  # fmt: skip


def address(name, *args, **query):
    made = QueryDict(mutable=True)
    for key, value in query.items():
        made.setlist(key, value if isinstance(value, list) else [value])
    return f"{reverse(f'admin:{name}', args=args)}?{made.urlencode()}"


@pytest.mark.parametrize("role", ["lawyer", "specialist", "operator", "administrator"])
def test_reports_are_for_the_director_and_the_coordinator(client, role):
    make.sign_in(client, make.user(role))

    for name in ("report", "explore", "open_figures"):
        assert client.get(reverse(f"admin:{name}")).status_code == 403


def test_the_first_look_is_this_quarter(client, director, calls):
    make.sign_in(client, director)

    page = client.get(reverse("admin:report"))

    assert page.status_code == 200
    start = page.context["report"].asked.start
    assert start.month in (1, 4, 7, 10) and start.day == 1


def test_the_director_sees_all_and_the_coordinator_no_small_number(
    client, director, coordinator, calls
):
    make.sign_in(client, director)
    full = client.get(address("report", **ASKED))
    make.sign_in(client, coordinator)
    safe = client.get(address("report", **ASKED))

    assert full.context["report"].table("persons_by_citizenship").row("TJ").count == 2
    assert safe.context["report"].table("persons_by_citizenship").row("TJ").count is None
    assert safe.context["report"].table("persons_by_citizenship").row("UZ").count is None
    assert "01.01.2025" in safe.content.decode() and "31.12.2025" in safe.content.decode()
    assert b"<svg" in full.content


def test_what_cannot_be_asked_is_said_and_kept(client, director):
    make.sign_in(client, director)

    page = client.get(address("report", **ASKED | {"end": "2024-01-01", "bands": "x"}))

    assert page.status_code == 422
    assert {"end", "bands"} <= set(page.context["form"].errors)
    assert b"2024-01-01" in page.content


@pytest.mark.parametrize("how", ["xlsx", "csv", "print"])
def test_what_leaves_is_written_down_with_its_reason_filter_count_and_hash(
    client, coordinator, calls, how
):
    make.sign_in(client, coordinator)
    typed = {"how": how, "language": "en", "why": "donor", "is_full": "on"}

    answer = client.post(address("report_take_out", **ASKED), typed)

    assert answer.status_code == 200
    left = ReportExport.objects.get()
    assert left.digest == hashlib.sha256(answer.content).hexdigest()
    assert (left.why, left.start, left.lines > 0) == ("donor", datetime.date(2025, 1, 1), True)
    assert left.is_full is False
    entry = AccessEntry.objects.filter(action="print" if how == "print" else "export").get()
    assert (entry.what_id, entry.rows, entry.digest) == (left.pk, left.lines, left.digest)
    if how == "csv":
        rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        found = {(row["table"], row["key"]): row["count"] for row in rows}
        assert found["persons_by_citizenship", "TJ"] == "×"
        assert found["calls_by_sex", "total"] == "60"


def test_nothing_leaves_without_a_reason_or_a_password(client, coordinator, calls):
    make.sign_in(client, coordinator)
    client.post(address("report_take_out", **ASKED), {"how": "csv", "language": "en", "why": ""})
    client.logout()
    client.force_login(coordinator)
    page = client.post(
        address("report_take_out", **ASKED), {"how": "csv", "language": "en", "why": "press"}
    )

    assert "again-password" in page.content.decode()
    assert not ReportExport.objects.exists()


def test_a_report_is_kept_with_the_words_of_its_donor_and_made_again(client, coordinator, calls):
    make.sign_in(client, coordinator)
    client.post(address("report_save", **ASKED), {"name": "For the embassy"})
    saved = SavedReport.objects.get()
    client.post(
        address("saved_report", saved.pk),
        {"en-title": "Quarterly figures", "en-heading-calls_by_sex": "Callers, men and women"},
    )

    page = client.get(reverse("admin:saved_report", args=[saved.pk]))
    [last_year] = [query for _label, query in page.context["periods"]][2:3]
    answer = client.post(
        f"{reverse('admin:report_take_out')}?{last_year}",
        {"how": "csv", "language": "en", "why": "donor"},
    )

    assert saved.bands == [18, 30]
    assert b"Callers, men and women" in answer.content


def test_published_figures_stay_and_later_differences_are_explained(client, director, calls):
    make.sign_in(client, director)
    client.post(address("report_freeze", **ASKED), {"name": "Annual report"})
    frozen = FrozenReport.objects.get()
    make.call(started_at=at(3), sex="female")

    page = client.get(reverse("admin:frozen_report", args=[frozen.pk]))
    found = {(each.table, each.key): each for each in page.context["differences"]}

    assert found["calls_by_sex", "female"].by == 1
    assert (found["calls_by_sex", ""].was, found["calls_by_sex", ""].now) == (60, 61)
    assert ("calls_by_sex", "male") not in found
    client.post(
        reverse("admin:frozen_report", args=[frozen.pk]), {"why-calls_by_sex:female": "Late sheet"}
    )
    assert "Late sheet" in client.get(page.request["PATH_INFO"]).content.decode()
    assert frozen.digest == FrozenReport.objects.get().digest


def test_two_questions_are_crossed_and_only_ones_own_records_are_listed(
    client, director, coordinator, calls
):
    crossed = YEAR | {"rows": "calls-sex", "columns": "calls-month"}
    make.sign_in(client, director)
    page = client.get(address("explore", **crossed))
    rows = client.get(address("explore_rows", **crossed, row="other", column="2025-01"))
    make.sign_in(client, coordinator)
    safe = client.get(address("explore", **crossed)).context["table"]
    refused = client.get(address("explore_rows", **crossed, row="other", column="2025-01"))

    table = page.context["table"]
    assert (table.total, table.row_totals["male"], table.numbers["other", "2025-01"]) == (60, 59, 1)
    assert rows.context["number"] == 1
    assert refused.status_code == 403
    assert safe.numbers["other", "2025-01"] is None and not safe.may_list
    for columns in ("cases-month", "persons-age"):
        wrong = client.get(address("explore", **crossed | {"columns": columns}))
        assert wrong.status_code == 422


@pytest.mark.parametrize(
    "subject",
    [
        *["persons-kind/persons-who", "cases-topic/cases-outcome"],
        *["calls-topic/calls-age", "calls-office/calls-project"],
    ],
)
def test_any_two_questions_can_be_crossed(client, director, calls, subject):
    make.sign_in(client, director)
    rows, columns = subject.split("/")

    page = client.get(address("explore", **YEAR, rows=rows, columns=columns))

    assert page.status_code == 200
    assert sum(page.context["table"].row_totals.values()) == page.context["table"].total


def test_open_figures_are_released_by_the_director_and_seen_by_all(client, director, calls):
    make.sign_in(client, director)
    assert client.get(reverse("admin:open_figures")).status_code == 200
    client.post(
        reverse("admin:open_figures"),
        {"year": "2025", "table": ["calls_by_month", "persons_by_citizenship"]},
    )
    client.logout()

    page = client.get("/en/figures/")
    rows = list(csv.DictReader(io.StringIO(client.get("/figures.csv").content.decode())))

    assert page.status_code == 200 and "sessionid" not in page.cookies
    assert b'class="chart' in page.content and "2025" in page.content.decode()
    found = {(row["table"], row["key"]): row["count"] for row in rows}
    assert found["calls_by_month", "2025-01"] == "5"
    assert found["persons_by_citizenship", "TJ"] == ""
    assert ("persons_by_kind", "total") not in found
    for language in ("kk", "uz-cyrl", "tg"):
        assert client.get(f"/{language}/figures/").status_code == 200

    make.sign_in(client, director)
    client.post(reverse("admin:open_figures"), {"year": "2025", "table": []})
    assert not OpenFigure.objects.public().exists()
    assert b'class="chart' not in client.get("/en/figures/").content
