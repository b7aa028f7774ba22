"""People are found by names and numbers that the database does not know."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from legalaid.models import Identity, Person
from sanasezim.shared.search_keys import (
    SearchKeysField,
    keys_for_query,
    keys_of_documents,
    keys_of_names,
    keys_of_phones,
)

MAKERS = {"names": keys_of_names, "phones": keys_of_phones, "documents": keys_of_documents}


def finds(typed, **held):
    """Whether a row with these texts is found; a blank search finds nobody."""
    row_keys = set().union(*(MAKERS[kind](text) for kind, text in held.items()))
    asked = keys_for_query(typed)
    return bool(asked) and all(word.keys & row_keys for word in asked)


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("Axmedov", "Ахмедов Карим"),
        ("karim akhmedov", "Ахмедов Карим"),
        ("Ахмедова", "Ahmadov"),
        ("Abdul Aziz", "Абдулазиз Каримов"),
        ("Абдулазиз Каримов", "Abdul Aziz Karimov"),
        ("Алиев Каримович", "Aliyev Karim oʻgʻli"),
        ("Алиев Карим оглы", "Алиев Каримович"),
        ("Ахмедов А.", "Ахмедов"),
    ],
)
def test_a_name_is_found_however_it_is_spelled(typed, held):
    assert finds(typed, names=held)


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("Karim", "Каримов"),
        ("Ахмедов Рустам", "Ахмедов Карим"),
        ("Каримов", "Рахимов"),
        ("", "Каримов"),
        ("  .,", "Каримов"),
        ("\x00\ud800", "Каримов"),
    ],
)
def test_another_name_is_not_found(typed, held):
    assert not finds(typed, names=held)


@pytest.mark.parametrize(
    "typed",
    ["+7 701 123 45 67", "87011234567", "8-701-123-45-67", "701 123 45 67", "Карим 8 701 1234567"],
)
@pytest.mark.parametrize(
    "held", ["+77011234567", "8 701 123 45 67", "жена: 8 (701) 123-45-67; 8 702 000 11 22"]
)
def test_a_phone_is_found_however_it_is_written(typed, held):
    assert finds(typed, names="Каримов Карим", phones=held)


@pytest.mark.parametrize("typed", ["+998901234567", "998 90 123 45 67", "90 123 45 67"])
@pytest.mark.parametrize("held", ["+998 90 123-45-67", "00998901234567", "90-123-45-67"])
def test_a_phone_without_a_country_is_found_in_each(typed, held):
    assert finds(typed, phones=held)


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("+992901234567", "+998901234567"),
        ("+7 901 123 45 67", "+7 701 123 45 67"),
        ("8 701 123 45 68", "+77011234567"),
        ("701 123 45 67", "+996701123456"),
    ],
)
def test_another_number_is_not_found(typed, held):
    assert not finds(typed, phones=held)


def test_a_number_whose_prefix_is_new_is_found_without_its_country():
    assert finds("14 123 45 67", phones="+998 14 123 45 67")
    assert finds("+998 14 123 45 67", phones="14 123 45 67")


def test_a_number_of_no_country_is_found_as_it_was_dialled():
    assert finds("12-34-56", phones="123456")
    assert not finds("12-34-57", phones="123456")


@pytest.mark.parametrize(
    "typed", ["AC 1234567", "ас1234567", "Ас № 1234567", "1234567", "AC-123 4567"]
)
@pytest.mark.parametrize("held", ["AC1234567", "паспорт АС 1234567, ИИН 900101300123"])
def test_a_document_is_found_by_its_number(typed, held):
    assert finds(typed, documents=held)


def test_twelve_digits_are_looked_for_as_a_document_too():
    assert finds("900101 300123", documents="ИИН 900101300123")


def test_a_document_is_not_a_phone():
    assert not finds("87011234567", documents="AC1234567")
    assert keys_of_phones("87011234567").isdisjoint(keys_of_documents("87011234567"))


@given(st.text(), st.text())
def test_any_text_may_be_held_and_asked_for(held, typed):
    finds(typed, names=held, phones=held, documents=held)


# The field


def test_a_search_keys_field_is_carried_by_migrations():
    field = SearchKeysField(names=["name"], phones=["phones"])
    _name, path, args, kwargs = field.deconstruct()
    assert path == "sanasezim.shared.search_keys.SearchKeysField"
    assert (args, kwargs) == ([], {"names": ["name"], "phones": ["phones"]})
    assert field.clone().sources == field.sources


def identity(**texts):
    return Identity.objects.create(person=Person.objects.create(), **texts)


def found(text):
    return list(Identity.objects.matching(text))


@pytest.mark.django_db
def test_those_spelled_as_typed_come_first():
    loosely = identity(name="Ахмадов Карим")
    exactly = identity(name="Akhmedov Karim")
    later = identity(name="Ахмадов Карим")
    identity(name="Ахмедов Рустам")

    assert found("Ахмедов Карим") == [exactly, later, loosely]


@pytest.mark.django_db
def test_nothing_that_was_typed_reaches_the_database():
    with CaptureQueriesContext(connection) as queries:
        found("Ахмедов 8 701 123 45 67 AC1234567")

    said = str(queries.captured_queries).lower()
    assert queries.captured_queries
    assert not any(word in said for word in ("ахмедов", "hmedov", "7011234567", "1234567", "akmt"))


@pytest.mark.django_db
def test_a_search_for_nothing_finds_nobody():
    identity(name="Каримов")

    assert found("") == found("  ") == found("\x00") == []


@pytest.mark.django_db
def test_keys_follow_the_row_however_it_is_saved():
    row = identity(name="Каримов", phones="87011234567")

    row.name = "Рахимов"
    row.save(update_fields=["name"])
    assert (found("Каримов"), found("Рахимов"), found("+77011234567")) == ([], [row], [row])

    row = Identity.objects.only("phones").get(pk=row.pk)
    row.phones = "87022222222"
    row.save()
    assert (found("87011234567"), found("Рахимов 87022222222")) == ([], [row])

    Identity.objects.update_or_create(pk=row.pk, defaults={"name": "Салимов"})
    assert (found("Рахимов"), found("Салимов")) == ([], [row])


@pytest.mark.django_db
def test_keys_are_made_in_bulk_too():
    people = Person.objects.bulk_create([Person(), Person()])
    Identity.objects.bulk_create(
        [Identity(person=people[0], name="Каримов"), Identity(person=people[1], name="Рахимов")]
    )

    assert [row.person for row in found("karimov")] == [people[0]]


@pytest.mark.django_db
def test_the_index_answers():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Identity.objects.matching("Ахмедов Карим").explain()

    assert "identity_search_keys" in plan


@pytest.mark.django_db
def test_keys_are_made_anew_when_the_rules_change(capsys):
    row, other = identity(name="Каримов"), identity(name="Рахимов")
    Identity.objects.filter(pk=row.pk).update(search_keys=[])
    assert found("Каримов") == []

    call_command("rebuild_search_keys")

    assert (found("Каримов"), found("Рахимов")) == ([row], [other])
    assert "legalaid.Identity: 1 changed" in capsys.readouterr().out
    assert row.pgh_event_model.objects.filter(pgh_obj_id=row.pk).count() == 1
