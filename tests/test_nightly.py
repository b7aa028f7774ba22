"""Once a night what has had its day is forgotten, and the record of looks is held against its chain."""

import datetime

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from sanasezim.shared import network
from sanasezim.shared.models import AccessEntry, NetworkDay
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
