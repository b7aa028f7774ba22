"""People are found by names and numbers that the database does not know."""

import pytest

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


def test_a_search_keys_field_is_carried_by_migrations():
    field = SearchKeysField(names=["name"], phones=["phones"])
    _name, path, args, kwargs = field.deconstruct()
    assert path == "sanasezim.shared.search_keys.SearchKeysField"
    assert (args, kwargs) == ([], {"names": ["name"], "phones": ["phones"]})
    assert field.clone().sources == field.sources
