"""The first page of staff: what waits for whom in legal aid, and calm where nothing does."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from legalaid import casework, retention
from legalaid.models import Case, Intake
from tests import make

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def lawyer(db):
    return make.user("lawyer", language="en", first_name="Aigul")


def first_page(client, user):
    client.force_login(user)
    html = client.get(reverse("admin:index")).content.decode()
    return html, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_lawyer_finds_what_is_offered_due_unanswered_and_left_alone(client, lawyer):
    colleague = make.user("lawyer", language="en", first_name="Timur")
    offered, own = make.case(lawyer=colleague), make.case(lawyer=lawyer)
    casework.offer(offered, by=colleague, to=lawyer)
    make.task(own, by=lawyer, what="Позвонить инспектору", due_on=timezone.localdate() - DAY)
    make.taken(own, unanswered_since=timezone.now())
    Case.objects.filter(pk=own.pk).update(touched_at=timezone.now() - 15 * DAY)
    others = make.case(lawyer=colleague)
    make.task(others, by=colleague, what="Чужое дело", due_on=timezone.localdate())

    html, words = first_page(client, lawyer)

    assert f"{offered.reference} Timur asks you to take it over." in words
    assert re.search(rf"{own.reference} Позвонить инспектору\s+overdue since", words)
    assert "In 1 case somebody waits for our answer" in words
    assert "1 case was not worked on for two weeks" in words
    for address in ("?which=unanswered", "?which=untouched"):
        assert address in html
    assert "Чужое дело" not in words and others.reference not in words


def test_where_nothing_waits_it_says_so_once(client, lawyer):
    _html, words = first_page(client, lawyer)

    assert "Nothing is due in the next 7 days." in words
    for heading in ("Offered to me", "Cases that wait for us", "What has had its time"):
        assert heading not in words


def test_a_list_of_what_has_had_its_time_waits_for_who_may_take_its_next_step(
    client, lawyer, settings
):
    long_ago = timezone.now() - settings.KEEP_JUNK - DAY
    director = make.user("director", language="en")
    make.intake(decision=Intake.Decision.JUNK, decided_at=long_ago, decided_by=lawyer)
    retention.find()
    batch = retention.DisposalBatch.objects.get()

    assert "has to be checked" in first_page(client, lawyer)[1]
    retention.check(batch, by=lawyer, seen=batch.items.get().pk)

    assert "What has had its time" not in first_page(client, lawyer)[1]
    assert "checked, waits for a second person" in first_page(client, director)[1]
    specialist = make.user("specialist", language="en")
    assert "What has had its time" not in first_page(client, specialist)[1]
