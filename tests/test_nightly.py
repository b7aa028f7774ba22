"""Once a night what has had its day is forgotten, and the record of looks is held against its chain."""

import datetime

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from legalaid import erasure
from legalaid.models import DisposalBatch, Intake
from sanasezim import nightly
from sanasezim.shared import access_chain, network
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import AccessEntry, AccessLink, Job, NetworkDay
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_a_night_goes_through_every_step(settings, capsys):
    settings.ACCESS_DIGEST_TO = ["director@example.org"]
    make.look(make.user("lawyer"), make.person())

    call_command("nightly")

    assert "check_the_record_of_looks: whole" in capsys.readouterr().out
    assert mail.outbox[0].subject == "Record of looks"


def test_yesterdays_network_secret_is_gone_with_the_first_reader_of_today():
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    NetworkDay.objects.create(day=yesterday)
    network._day_key.cache_clear()

    code = network.code_for("203.0.113.7")

    assert code == network.code_for("203.0.113.7")
    assert list(NetworkDay.objects.values_list("day", flat=True)) == [timezone.localdate()]
    network._day_key.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_a_night_tells_of_a_record_that_is_not_whole(settings):
    settings.ACCESS_DIGEST_TO = ["director@example.org"]
    user = make.user("lawyer")
    for _time in range(3):
        make.look(user, user)
    AccessEntry.objects.filter(pk=AccessEntry.objects.last().pk).delete()

    with pytest.raises(CommandError, match="check_the_record_of_looks"):
        call_command("nightly")

    assert "NOT whole" in mail.outbox[0].subject


def look_of(days_ago):
    """A look of that many days ago, as the database would have chained it then."""
    user = make.user("lawyer")
    look = make.look(user, user)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    day = timezone.localdate() - datetime.timedelta(days=days_ago)
    AccessLink.objects.filter(entry_id=look.pk).update(day=day, number=1)
    return look


def test_looks_are_kept_for_two_years_and_how_many_went_is_written_down():
    old, new = look_of(731), look_of(729)

    assert nightly.forget_looks() == "1 looks"

    left = AccessEntry.objects.filter(pk__in=[old.pk, new.pk])
    assert list(left) == [new]
    entry = AccessEntry.objects.get(action=Action.ERASE)
    assert (entry.who, entry.what, entry.what_id, entry.rows) == (
        None,
        "shared.accessentry",
        None,
        1,
    )
    assert AccessLink.objects.filter(entry_id=old.pk).exists()
    assert nightly.forget_looks() == "0 looks"


@pytest.mark.django_db(transaction=True)
def test_the_chain_stays_whole_when_old_looks_have_gone(settings, capsys):
    user = make.user("lawyer")
    for _time in range(3):
        make.look(user, user)
    settings.KEEP_LOOKS = datetime.timedelta(days=-1)

    assert nightly.forget_looks() == "3 looks"

    assert access_chain.troubles(kept_since=nightly.kept_since()) == []
    assert len(access_chain.troubles()) == 3
    call_command("check_access_log")
    assert "is whole" in capsys.readouterr().out


def test_a_night_lists_what_has_had_its_time_and_plans_the_letters(director):
    intake = make.intake()
    long_ago = timezone.now() - datetime.timedelta(days=100)
    Intake.objects.filter(pk=intake.pk).update(
        decision="answered", decided_at=long_ago, decided_by=director
    )
    director.email = "director@example.org"
    director.save()

    assert nightly.find_what_has_had_its_time() == "1 declined"
    assert nightly.find_what_has_had_its_time() == "nothing new"
    assert nightly.plan_the_letters_of_the_day() == "1 letters"

    assert DisposalBatch.objects.count() == Job.objects.count() == 1


def test_jobs_that_go_on_failing_make_the_night_fail():
    assert nightly.forget_jobs() == "0 jobs"
    now = timezone.now()
    Job.objects.create(task="legalaid.retention.erase_item", of=7, next_at=now, failures=12)

    with pytest.raises(AssertionError, match="erase_item 7"):
        nightly.forget_jobs()


@pytest.mark.django_db(transaction=True)
def test_the_space_of_what_was_erased_is_cleared():
    assert nightly.clear_the_space_of_what_was_erased() == "nothing was erased"
    call = make.call(notes="Канарейка" * 100)
    erasure.erase(call)

    assert nightly.clear_the_space_of_what_was_erased().endswith("tables")

    with connection.cursor() as cursor:
        cursor.execute("SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'hotline_call'")
        assert cursor.fetchone()[0] == 0
