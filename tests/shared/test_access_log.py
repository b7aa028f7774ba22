"""The record of looks is only added to, and its chain tells of every row that was taken away."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from sanasezim.shared import access_chain
from sanasezim.shared.models import AccessEntry, AccessLink
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def entries():
    user = make.user("lawyer")
    made = [make.look(user, user) for _time in range(5)]
    assert AccessLink.objects.count() == 5
    return made


def as_administrator_of_the_database(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_whole_record_says_so_and_prints_its_last_link(entries, capsys):
    call_command("check_access_log")
    said = capsys.readouterr().out

    assert "whole" in said
    call_command("check_access_log", digest=said.splitlines()[-1])


@pytest.mark.parametrize(
    ("statement", "trouble"),
    [
        ("DELETE FROM shared_accessentry WHERE id = {}", "was removed"),
        ("UPDATE shared_accessentry SET action = 'search' WHERE id = {}", "was changed"),
        (
            "DELETE FROM shared_accesslink WHERE entry_id = {0};"
            "DELETE FROM shared_accessentry WHERE id = {0}",
            "the link before it was removed",
        ),
        ("DELETE FROM shared_accesslink WHERE entry_id = {}", "slipped in"),
    ],
)
def test_what_was_done_to_a_row_is_found(entries, statement, trouble, capsys):
    as_administrator_of_the_database(statement.format(entries[2].pk))

    with pytest.raises(CommandError, match="not whole"):
        call_command("check_access_log")

    assert trouble in capsys.readouterr().err


def test_a_tail_that_was_cut_off_is_found_by_the_link_kept_elsewhere(entries):
    said = access_chain.last_link()
    as_administrator_of_the_database(
        f"DELETE FROM shared_accesslink WHERE entry_id = {entries[4].pk};"
        f"DELETE FROM shared_accessentry WHERE id = {entries[4].pk}"
    )

    assert not access_chain.troubles()
    assert access_chain.troubles_with(said)


def test_entries_of_one_transaction_are_linked_in_their_order():
    user = make.user("lawyer")

    with transaction.atomic():
        first, second = make.look(user, user), make.look(user, user)

    assert list(AccessLink.objects.order_by("number").values_list("entry_id", flat=True)) == [
        first.pk,
        second.pk,
    ]
    assert not access_chain.troubles()


def test_an_act_that_was_taken_back_leaves_no_row():
    user = make.user("lawyer")

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make.look(user, user)
        raise ZeroDivisionError

    assert not AccessEntry.objects.exists()
    assert not AccessLink.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE shared_accessentry SET why = ''",
        "DELETE FROM shared_accessentry",
        "TRUNCATE shared_accessentry CASCADE",
        "DELETE FROM shared_accesslink",
        "INSERT INTO shared_accesslink VALUES (99, '2026-01-01', 1, '')",
        "UPDATE legalaid_personevent SET sex = 'male'",
        "DELETE FROM legalaid_personevent",
        "TRUNCATE legalaid_personevent",
        "ALTER TABLE shared_accessentry DISABLE TRIGGER ALL",
        "DROP TABLE shared_accessentry",
        "CREATE TABLE mine (a int)",
        "CREATE TEMPORARY TABLE mine (a int)",
        "UPDATE shared_keyproof SET proof = ''",
    ],
)
def test_the_role_that_serves_cannot_touch_what_is_only_added_to(entries, serving_role, statement):
    with transaction.atomic(), connection.cursor() as cursor:
        serving_role(cursor)
        with pytest.raises(DatabaseError, match="permission denied|must be owner"):
            cursor.execute(statement)
        transaction.set_rollback(True)

    assert AccessEntry.objects.count() == 5


def test_the_role_that_serves_adds_and_the_chain_goes_on(entries, serving_role):
    with transaction.atomic():
        with connection.cursor() as cursor:
            serving_role(cursor)
        make.look(entries[0].who, entries[0].who)

    assert AccessLink.objects.count() == 6
    assert not access_chain.troubles()
