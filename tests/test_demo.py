"""The demonstration's people: invented, alike for the same seed, and something in every corner."""

import datetime
import hashlib
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F, Min
from django.urls import reverse
from django.utils import timezone

from hotline.models import Call
from legalaid import casework, papers
from legalaid.models import (
    Case,
    CasePerson,
    Claim,
    Employer,
    Identity,
    Intake,
    Message,
    Note,
    Outcome,
    Person,
    Referral,
    Service,
    Task,
)
from sanasezim import demo_people
from sanasezim.demo_people import bulk, crowd, telling
from sanasezim.demo_people.plan import plan
from sanasezim.shared.models import User
from tests import make

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2027, 3, 17, 9, 20, tzinfo=datetime.UTC)
FICTITIOUS = ("+7700000", "+99890000", "+996700000", "+99290000")
WRITTEN_OTHERWISE = {phone for row in crowd.PEOPLE["called_again"] for phone in row["phones"]}


@pytest.fixture(scope="module")
def people(demo, django_db_blocker):
    """What a visitor of the demonstration finds, but for the files, which take long to look at."""
    with django_db_blocker.unblock():
        return demo_people.load(with_files=False)


def share(numbers, key):
    return numbers[key] / sum(number for kind, number in numbers.items() if kind)


def user(name):
    return User.objects.get(username=name)


# The plan


def test_the_same_seed_and_hour_make_the_same_plan():
    assert plan(5, NOW) == plan(5, NOW)
    assert plan(5, NOW) != plan(6, NOW)


@pytest.mark.parametrize("hour", [0, 9, 23])
@pytest.mark.parametrize("day", [15, 20, 21])
def test_nothing_happens_before_what_it_answers_or_after_now(day, hour):
    now = NOW.replace(day=day, hour=hour)

    told = plan(1, now)

    for appeal in told.appeals:
        moments = [step.at for step in appeal.steps]
        assert moments == sorted(set(moments))
        assert moments[-1] < now
    assert max(row["at"] for row in told.calls) < now


# What is there


def test_there_is_something_in_every_state(people):
    today = timezone.localdate()
    intakes, cases = Intake.objects.all(), Case.objects.all()
    waiting = intakes.waiting()

    assert set(intakes.values_list("decision", flat=True)) == {"", *Intake.Decision.values}
    assert set(waiting.values_list("held_because", flat=True)) == {"", *Intake.Held.values}
    assert 15 <= waiting.count() <= 20
    assert waiting.filter(urgency__gte=100).exists() and waiting.filter(is_anonymous=True).exists()
    assert intakes.exclude(erasure_wished_at=None).exists()
    assert set(Case.objects.open().values_list("turn", flat=True)) == set(Case.Turn.values)
    assert set(Outcome.objects.values_list("kind", flat=True)) == set(Outcome.Kind.values)
    assert cases.filter(closed_on=None, outcomes__isnull=False).exists()  # reopened
    assert cases.exclude(transfer_to=None).exists() and cases.filter(is_held=True).exists()
    assert set(Referral.objects.values_list("answer", flat=True)) == {"", "accepted", "declined"}
    assert Referral.objects.exclude(reported_at=None).exists()
    due = Task.objects.open().filter(case__closed_on=None)
    assert due.filter(due_on=today).exists() and due.filter(due_on__lt=today).exists()
    assert Task.objects.exclude(rule=None).exclude(done_at=None).exists()
    assert due.exclude(rule=None).filter(due_on__gte=today).exists()
    assert Claim.objects.filter(recovered__gt=0, recovered__lt=F("owed")).exists()
    assert Note.objects.filter(is_private=True).exists() and Service.objects.exists()


def test_one_case_is_of_many_workers_and_one_firm_is_known_for_seven(people):
    biggest = Case.objects.annotate(workers=Count("people")).order_by("-workers").first()
    firms = Employer.objects.standing().annotate(complaints=Count("cases"))

    assert biggest.workers == 24
    assert firms.filter(complaints=7).exists()
    assert Employer.objects.exclude(merged_into=None).count() == 1


def test_cases_are_in_the_proportions_of_the_field(people):
    asked = Person.objects.filter(pk__in=Intake.objects.exclude(case=None).values("person"))
    exploited = Counter(CasePerson.objects.values_list("case__exploitation", flat=True))
    speakers = Counter(Intake.objects.values_list("relation", flat=True))
    countries = Counter(asked.values_list("citizenship", flat=True))
    this_year = timezone.localdate().year
    ages = [this_year - person.birth_year if person.birth_year else person.age for person in asked]

    assert Case.objects.count() == asked.count() == 60
    assert share(countries, "UZ") == pytest.approx(0.51, abs=0.03)
    assert share(countries, "TJ") == pytest.approx(0.15, abs=0.03)
    assert share(countries, "KG") == pytest.approx(0.10, abs=0.03)
    men = share(Counter(asked.values_list("sex", flat=True)), "male")
    assert men == pytest.approx(0.72, abs=0.03)
    assert sum(25 <= age <= 44 for age in ages) / len(ages) == pytest.approx(0.68, abs=0.06)
    assert share(exploited, "forced_labour") == pytest.approx(130 / 150, abs=0.06)
    assert 1 - share(speakers, "self") == pytest.approx(0.15, abs=0.03)
    assert len(set(Intake.objects.values_list("language", flat=True))) == 6


def test_calls_are_in_the_proportions_of_the_hotline(people):
    calls = Call.objects.filter(kind="data")
    sexes = Counter(calls.values_list("person__sex", flat=True))
    relations = Counter(calls.values_list("relation", flat=True))

    assert Call.objects.count() == 400
    assert 1 - calls.count() / 400 == pytest.approx(0.08, abs=0.01)
    assert share(sexes, "male") == pytest.approx(1459 / 3023, abs=0.06)
    assert share(relations, "self") == pytest.approx(0.85, abs=0.03)
    assert calls.exclude(intake=None).count() > 10
    assert calls.filter(intake=None, outcome="intake").count() == 0


def test_a_caller_is_found_under_every_spelling_and_number(people):
    for row in crowd.PEOPLE["called_again"]:
        for text in [*row["names"], *row["phones"]]:
            found = Call.objects.matching(text)
            assert {call.caller_name for call in found} >= set(row["names"]), text


def test_everybody_is_invented_and_says_so(people):
    families = crowd.families()
    names = [row.name for row in Identity.objects.all()]
    names += [row.speaker_name for row in Intake.objects.all()]
    names += [row.caller_name for row in Call.objects.all()]
    phones = [row.phones for row in Identity.objects.all()]
    phones += [row.phone for row in Call.objects.all()]
    texts = [row.story for row in Intake.objects.all()] + [
        row.text for row in Message.objects.all()
    ]
    texts += [row.notes for row in Call.objects.filter(kind="data")]
    texts += [row.text for row in Note.objects.all()] + [
        row.what for row in Task.objects.filter(rule=None)
    ]
    marks = {"(демонстрация", "(namoyish)", "(намойиш)", "(намоиш)"}

    assert {name.split()[0] for name in names if name} <= families
    for phone in filter(None, phones):
        is_known = phone in WRITTEN_OTHERWISE
        assert is_known or phone.replace(" ", "").startswith(FICTITIOUS), phone
    for text in texts:
        assert any(mark in text for mark in marks), text


def test_two_years_are_behind_it_in_the_history_too(people):
    now, long_ago = timezone.now(), timezone.now() - datetime.timedelta(days=700)
    for model in [Case, Intake, Message, Task, Person, Identity, Call]:
        history = model.pgh_event_model.objects
        assert not history.filter(pgh_created_at__gt=now).exists(), model
        assert history.aggregate(first=Min("pgh_created_at"))["first"] < long_ago, model
    for case in Case.objects.all():
        rows = Case.pgh_event_model.objects.filter(pgh_obj_id=case.pk).order_by("pgh_id")
        moments = list(rows.values_list("pgh_created_at", flat=True))
        assert moments == sorted(moments)
        assert timezone.localdate(moments[0]) == case.opened_on
        assert set(rows.values_list("opened_on", flat=True)) == {case.opened_on}
    for message in Message.objects.exclude(intake__case=None).select_related("intake__case"):
        assert message.written_at > message.intake.received_at


@pytest.mark.parametrize("name", ["director", "lawyer", "lawyer2", "psychologist", "social_worker"])
def test_whoever_works_on_cases_has_something_to_do(client, people, name):
    someone = user(name)
    make.sign_in(client, someone)
    case = Case.objects.visible_to(someone).open().first()

    assert casework.tasks_due(someone).exists()
    for address in [
        reverse("admin:index"),
        reverse("admin:legalaid_intake_changelist"),
        reverse("admin:legalaid_case_changelist"),
        reverse("admin:legalaid_case_change", args=[case.pk]),
        reverse("admin:legalaid_employer_changelist"),
    ]:
        assert client.get(address).status_code == 200


def test_operators_have_calls_of_today(client, people):
    make.sign_in(client, user("operator"))

    page = client.get(reverse("admin:index"))

    assert page.status_code == 200
    assert page.context["calls_today"] or timezone.localtime().hour < 4


def test_the_codes_that_are_written_down_open_their_requests(people):
    reference, code, language, _how = people[0]
    intake = Intake.objects.get(reference=reference)

    assert intake.language == language
    assert telling.taking_in.is_code_of(intake, code)


@pytest.mark.parametrize(("name", "kind"), [("photo", "photo"), ("ruling", "pdf")])
def test_its_papers_pass_the_check(name, kind):
    document = papers.take_in_file(telling.paper(name), intake=make.intake())

    assert document.kind == kind


# Rows for measuring


def made_by(seed):
    """What a small load of rows says, without what is drawn anew for every row."""
    with transaction.atomic():
        bulk.load_cases(30, seed, workers=1)
        bulk.load_calls(40, seed, workers=1)
        told = hashlib.sha256()
        for row in Intake.objects.filter(speaker_name__isnull=False).order_by("reference"):
            told.update(f"{row.reference} {row.story} {row.speaker_name} {row.decision}".encode())
        for row in Case.objects.order_by("reference"):
            told.update(f"{row} {row.opened_on} {row.closed_on} {row.turn}".encode())
        for row in Call.objects.order_by("started_at", "notes", "pk"):
            told.update(f"{row.started_at} {row.caller_name} {row.phone} {row.notes}".encode())
        transaction.set_rollback(True)
    return told.hexdigest()


def test_rows_for_measuring_are_the_same_for_the_same_seed(demo):
    assert made_by(3) == made_by(3)
    assert made_by(3) != made_by(4)


def test_rows_for_measuring_are_like_those_of_people(demo, capsys):
    last_case = Case.objects.order_by("pk").last()
    last_call = Call.objects.order_by("pk").last()

    call_command("loaddemo", cases=60, calls=50, seed=7)

    cases = Case.objects.filter(pk__gt=last_case.pk if last_case else 0)
    calls = Call.objects.filter(pk__gt=last_call.pk if last_call else 0)
    assert cases.count() == 60 and calls.count() == 50
    assert "Synthetic calls: 50" in capsys.readouterr().out
    call = next(call for call in calls if call.phone)
    assert call in Call.objects.matching(call.phone)
    assert not cases.exclude(closed_on=None).filter(outcomes=None).exists()
    history = Case.pgh_event_model.objects.filter(pgh_obj_id__in=cases)
    assert history.count() == 60
    assert cases.filter(intakes__messages__isnull=False, people__identity__isnull=False).exists()
