"""The queue: what is urgent, whom we know, what was decided, and that it was decided once."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from legalaid.models import Intake
from tests import make

pytestmark = pytest.mark.django_db


def decided(by, decision="junk", **more):
    intake = make.intake()
    Intake.objects.filter(pk=intake.pk).update(
        decided_at=timezone.now(), decided_by=by, decision=decision, **more
    )
    return intake


def raw(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


# The database's own guard


@pytest.mark.parametrize(
    "change",
    [
        "decision = 'answered'",
        "decision = 'declined', decline_reason = 'not_ours'",
        "decided_by_id = (SELECT id FROM shared_user WHERE id <> decided_by_id LIMIT 1)",
    ],
)
def test_the_database_lets_nobody_decide_over_a_decision(lawyer, director, change):
    intake = decided(lawyer)

    with pytest.raises(DatabaseError, match="decide_once|Cannot update"):
        raw(f"UPDATE legalaid_intake SET {change} WHERE id = %s", intake.pk)


def test_the_database_keeps_an_accepted_intake_accepted(lawyer):
    intake = decided(lawyer, "accepted", case=make.case(lawyer=lawyer))

    with pytest.raises(DatabaseError, match="decide_once|Cannot update"):
        raw(
            "UPDATE legalaid_intake SET decision = '', decided_at = NULL, decided_by_id = NULL,"
            " case_id = NULL WHERE id = %s",
            intake.pk,
        )


def test_the_database_lets_a_decision_be_taken_back(lawyer):
    intake = decided(lawyer)

    raw(
        "UPDATE legalaid_intake SET decision = '', decided_at = NULL, decided_by_id = NULL"
        " WHERE id = %s",
        intake.pk,
    )

    assert Intake.objects.waiting().get() == intake
