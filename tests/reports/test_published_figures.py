"""Figures the NGO published itself, made again from rows, to the last person."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from hotline.models import Call
from legalaid.models import Case, CasePerson, Person, Service
from sanasezim.reports import tables
from sanasezim.reports.asked import Asked
from sanasezim.shared.models import Outreach, ProjectTarget
from tests import make

pytestmark = pytest.mark.django_db


def at(text):
    return timezone.make_aware(datetime.datetime.fromisoformat(text))


def calls(number, **fields):
    """So many calls in one go, half an hour apart."""
    first, by = at(fields.pop("at")), fields.pop("by")
    Call.objects.bulk_create(
        Call(answered_by=by, started_at=first + datetime.timedelta(minutes=30 * place), **fields)
        for place in range(number)
    )


def persons_in_cases(number, by, *, opened_on, facts=None, services=(), outcomes=(), **case):
    people = Person.objects.bulk_create(Person(**(facts or {})) for _place in range(number))
    for person in people:
        made = make.case(lawyer=by, opened_on=opened_on, people=[person], **case)
        for kind in services:
            Service.objects.create(case=made, kind=kind, given_on=opened_on, given_by=by)
        for kind in outcomes:
            make.outcome(made, kind, reached_on=opened_on)


def report(capsys, start, end, **options):
    call_command("report", "--from", start, "--to", end, language="en", **options)
    made = json.loads(capsys.readouterr().out)
    return {table["id"]: table for table in made["tables"]}


def counts(table):
    return {row["key"]: row["count"] for row in table["rows"]}


def test_the_line_of_2007_had_3023_calls_of_a_target_of_3000(operator, capsys):
    """R1: both days of the period belong to it, in the time of Almaty."""
    project = make.project(code="stop-trafficking", starts_on="2007-03-15", ends_on="2008-03-15")
    ProjectTarget.objects.create(project=project, measure="calls", number=3000)
    given = {"by": operator, "project": project}
    calls(1459, sex="male", group="preparing_to_leave", at="2007-03-15T00:00", **given)
    calls(1171, sex="female", group="preparing_to_leave", at="2007-06-01T00:00", **given)
    calls(392, sex="female", group="returned", at="2007-09-01T00:00", **given)
    calls(1, sex="female", at="2008-03-15T23:59", **given)
    calls(1, sex="male", at="2007-03-14T23:59", **given)
    calls(1, sex="male", at="2008-03-16T00:00", **given)
    calls(5, sex="male", at="2007-07-01T00:00", by=operator)

    made = report(capsys, "2007-03-15", "2008-03-15", project="stop-trafficking")

    assert counts(made["calls_by_sex"]) == {"female": 1564, "male": 1459}
    assert made["calls_by_sex"]["total"] == 3023
    groups = {row["key"]: row for row in made["calls_by_group"]["rows"]}
    assert (groups["preparing_to_leave"]["count"], groups["preparing_to_leave"]["share"]) == (
        2630, 87.0,
    )  # fmt: skip
    assert groups["not_stated"]["count"] == 1
    [target] = made["project_targets"]["rows"]
    assert (target["key"], target["count"], target["target"], target["percent"]) == (
        "calls", 3023, 3000, 100.8,
    )  # fmt: skip
    assert sum(counts(made["calls_by_month"]).values()) == 3023


def test_the_district_centres_of_2009_had_570_appeals(operator, capsys):
    """R2: 485 of the migrants themselves, 85 of others."""
    offices = [make.office(code="sairam"), make.office(code="saryagash")]
    others = {
        "relative": 40, "friend": 20, "employer": 10, "law_enforcement": 8, "partner_ngo": 7,
    }  # fmt: skip
    for place, (relation, number) in enumerate({"self": 485, **others}.items()):
        office = offices[place % 2]
        calls(number, relation=relation, office=office, channel="district_centre", by=operator,
              at="2008-11-01T00:00")  # fmt: skip
    calls(9, kind="silent", office=offices[0], by=operator, at="2008-12-01T00:00")

    made = report(capsys, "2008-11-01", "2009-05-31")

    assert made["appeals_by_relation"]["total"] == 570
    assert counts(made["appeals_by_relation"]) == {"self": 485} | others
    assert sum(counts(made["appeals_by_office"]).values()) == 570
    assert counts(made["calls_by_office"])["sairam"] == 485 + 20 + 8 + 9


def test_198_persons_were_helped_in_2024(lawyer, capsys):
    """R5: 150 of trafficking, 29 on the way home, 19 in a vulnerable situation."""
    given = {"by": lawyer, "opened_on": datetime.date(2024, 12, 31)}
    kinds = {"forced_labour": 130, "sexual": 7, "debt_bondage": 12, "mixed": 1}
    for kind, number in kinds.items():
        persons_in_cases(number, exploitation=kind, **given)
    ticket, shelter = make.service_kind("ticket-home"), make.service_kind("shelter")
    persons_in_cases(20, services=[ticket], **given)
    persons_in_cases(9, outcomes=["returned_home"], **given)
    persons_in_cases(19, services=[shelter], exploitation="none", **given)
    # Who comes back in the same year is the same person.
    again = CasePerson.objects.first().person
    make.case(lawyer=lawyer, people=[again], opened_on="2024-01-01", exploitation="forced_labour")
    persons_in_cases(3, by=lawyer, opened_on=datetime.date(2025, 1, 1), exploitation="sexual")

    made = report(capsys, "2024-01-01", "2024-12-31")

    assert made["persons_by_kind"]["total"] == 198
    assert counts(made["persons_by_kind"]) == kinds | {"return_home": 29, "vulnerable": 19}
    [trafficking] = made["persons_by_kind"]["subtotals"]
    assert (trafficking["key"], trafficking["count"]) == ("trafficking", 150)
    assert counts(made["persons_helped"]) == {"persons": 198}
    assert made["cases_by_outcome"]["total"] == 199


def test_42_persons_turned_to_us_in_2012(lawyer, capsys):
    """R6: 34 foreigners here, 6 citizens abroad, 2 inside the country."""
    given = {"by": lawyer, "opened_on": datetime.date(2012, 5, 1), "exploitation": "forced_labour"}
    for place, country, number in [("here", "UZ", 34), ("abroad", "KZ", 6),
                                   ("inside_own_country", "KZ", 2)]:  # fmt: skip
        persons_in_cases(
            number, place_of_exploitation=place, facts={"citizenship": country}, **given
        )

    made = report(capsys, "2012-01-01", "2012-12-31")

    assert counts(made["persons_by_place"]) == {"here": 34, "abroad": 6, "inside_own_country": 2}
    assert counts(made["persons_by_citizenship"]) == {"UZ": 34, "KZ": 8}
    assert made["persons_by_place"]["total"] == 42


def test_a_person_sent_by_two_is_counted_once(lawyer, capsys):
    """2018: 122 persons came by 145 ways; 25 of 171 were children, whatever their sex."""
    given = {"by": lawyer, "opened_on": datetime.date(2018, 3, 3)}
    for facts, sent, number in [
        ({"sex": "male"}, ["police", "ngo"], 23),
        ({"sex": "male"}, ["ngo"], 71),
        ({"sex": "female"}, ["self"], 52),
        ({"sex": "male", "minor": "yes"}, [], 20),
        ({"sex": "female", "age": 17, "age_on": "2018-03-03"}, [], 5),
    ]:
        persons_in_cases(number, facts=facts, referred_in=sent, **given)

    made = report(capsys, "2018-01-01", "2018-06-30")

    assert made["persons_by_referral_channel"]["several_answers"] is True
    assert made["persons_by_referral_channel"]["total"] == 171
    assert counts(made["persons_by_referral_channel"]) == {
        "police": 23, "ngo": 94, "self": 52, "not_stated": 25,
    }  # fmt: skip
    assert counts(made["persons_by_sex_and_minor"]) == {"male": 94, "female": 52, "minor": 25}


def test_three_figures_of_half_a_year_are_three(lawyer, operator, capsys):
    """R8: persons counselled, mobile consultations, information actions."""
    project = make.project()
    people = Person.objects.bulk_create(Person() for _place in range(4831))
    given = {"answered_by": operator, "started_at": at("2014-02-02T10:00"), "project": project}
    Call.objects.bulk_create(Call(person=person, **given) for person in [*people, *people[:9]])
    for kind, number in [("mobile_consultation", 127), ("information_action", 13_339)]:
        Outreach.objects.create(
            kind=kind, done_on="2014-06-30", times=number, place="Сарыағаш", recorded_by=operator
        )

    made = report(capsys, "2014-01-01", "2014-06-30")

    assert made["persons_helped"]["total"] == 4831
    assert counts(made["outreach"])["mobile_consultation"] == 127
    assert counts(made["outreach"])["information_action"] == 13_339


def test_every_table_of_the_contract_is_there():
    wanted = """calls_by_sex calls_by_age calls_by_relation calls_by_group calls_by_citizenship
        calls_by_topic calls_by_month calls_by_office calls_by_heard_from calls_by_outcome
        appeals_by_relation appeals_by_office persons_helped persons_by_sex_and_minor
        persons_by_kind persons_by_citizenship persons_by_place persons_by_referral_channel
        cases_by_outcome services money_claimed handouts downloads outreach project_targets"""
    made = tables.make(Asked(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)))

    assert set(wanted.split()) <= {table.id for table in made.tables}
    assert {table.unit for table in made.tables} <= set(tables.UNITS)
    assert Case.objects.count() == 0
