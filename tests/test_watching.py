"""How the portal is: said to machines, to the administrator, and once a week to the director, without a name."""

import datetime
import json

import pytest
from django.core import mail
from django.utils import timezone

from sanasezim import watching, weekly
from sanasezim.shared import jobs
from sanasezim.shared.models import AccountLetter, Job
from tests import make

pytestmark = pytest.mark.django_db


def a_backup_is_there(settings, hours=3):
    made_at = timezone.now() - datetime.timedelta(hours=hours)
    settings.LAST_BACKUP.write_text(json.dumps({"made_at": made_at.isoformat()}))


def test_all_is_well(client, settings):
    a_backup_is_there(settings)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["well"]) == (200, True)
    assert answer.json()["backup_age_hours"] == 3.0


@pytest.mark.parametrize("trouble", ["disk", "queue", "failing", "letters", "backup"])
def test_what_must_be_looked_at_is_said_and_shuts_nobody_out(
    client, settings, trouble, lawyer, monkeypatch
):
    a_backup_is_there(settings, hours=27 if trouble == "backup" else 3)
    long_ago = timezone.now() - datetime.timedelta(hours=2)
    if trouble == "disk":
        monkeypatch.setattr(watching, "DISK_FREE_LEAST", 10**18)
    elif trouble == "queue":
        Job.objects.create(task="x", next_at=long_ago)
    elif trouble == "failing":
        trouble = "queue"
        Job.objects.create(task="x", next_at=timezone.now() + jobs.LONGEST_PAUSE, failures=10)
    elif trouble == "letters":
        letter = AccountLetter.objects.create(account=lawyer)
        AccountLetter.objects.filter(pk=letter.pk).update(made_at=long_ago)

    answer = client.get("/readyz")

    said = answer.json()
    assert (answer.status_code, said["well"], said[trouble]) == (200, False, False)
    others = {"disk", "queue", "letters", "backup"} - {trouble}
    assert all(said[other] for other in others)


def test_the_administrator_sees_it_and_others_do_not(client, administrator, lawyer, settings):
    a_backup_is_there(settings, hours=30)
    client.force_login(administrator)
    page = client.get("/staff/")
    assert page.context["portal_state"].backup is False
    assert page.content.decode().count('class="stale"') >= 1

    client.force_login(lawyer)
    assert "portal_state" not in client.get("/staff/").context


def test_the_director_gets_the_numbers_of_the_week_once(director, lawyer, settings):
    director.email, lawyer.email = "director@example.org", "lawyer@example.org"
    director.language = "en"
    director.save()
    lawyer.save()
    a_backup_is_there(settings)
    last_week = timezone.make_aware(
        datetime.datetime.combine(weekly.this_monday(), datetime.time(0, 0))
    ) - datetime.timedelta(minutes=1)
    make.call(started_at=last_week, caller_name="Канарейкина", notes="Тихая история")
    make.intake(received_at=last_week - datetime.timedelta(days=7), story="Тихая история")
    make.case(opened_on=weekly.this_monday(), lawyer=lawyer)

    for _night in range(3):
        assert weekly.plan() == 1
    Job.objects.update(next_at=timezone.now())
    while jobs.run_one():
        pass

    assert [message.to for message in mail.outbox] == [["director@example.org"]]
    body = mail.outbox[0].body
    assert "Calls: 1 (0)" in body
    assert "Requests for help: 0 (1)" in body
    assert "Cases opened: 0 (0)" in body
    assert "Open cases now: 1" in body
    assert "Something is wrong" not in body
    assert not any(word in body for word in ["Канарейк", "история", "lawyer"])
