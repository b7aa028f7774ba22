"""Protected text: what is stored, what opens, and what is refused."""

import base64
import copy
import json
import logging
import pickle
import threading
import uuid
from pathlib import Path

import pytest
from django import forms
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import override
from hypothesis import example, given, settings
from hypothesis import strategies as st

from legalaid.models import Identity, Intake, Person
from sanasezim.shared import keys
from sanasezim.shared.protected import (
    Damaged,
    ProtectedTextField,
    Sealed,
    open_bytes,
    re_seal_bytes,
    seal_bytes,
)
from sanasezim.shared.search_keys import keys_of_documents, keys_of_names, keys_of_phones
from tests import make

ANSWERS = json.loads(Path(__file__).with_name("known_answers.json").read_text(encoding="utf-8"))
PLACE = b"legalaid.identity.name:00000000-0000-0000-0000-000000000001"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def stored(row, name="name"):
    """The bytes in the database."""
    return bytes(type(row)._base_manager.values_list(name, flat=True).get(pk=row.pk))


def store(row, value, name="name"):
    """Put bytes into the database as somebody would who has it, but not the portal."""
    type(row)._base_manager.filter(pk=row.pk).update(**{name: Sealed(value)})


def identity(**texts):
    return Identity.objects.create(person=Person.objects.create(), **texts)


def fresh(row):
    return type(row)._base_manager.get(pk=row.pk)


# Bytes


@given(st.binary())
@example(b"")
@example(bytes(1024 * 1024))
def test_what_is_sealed_opens_in_its_place_only(plain):
    sealed = seal_bytes(plain, PLACE)

    assert open_bytes(sealed, PLACE) == plain
    assert len(sealed) == len(plain) + 30
    with pytest.raises(Damaged):
        open_bytes(sealed, PLACE + b"2")


@given(st.binary(max_size=40), st.data())
def test_a_changed_byte_does_not_open(plain, data):
    sealed = bytearray(seal_bytes(plain, PLACE))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(Damaged):
        open_bytes(bytes(sealed), PLACE)


@given(st.binary(max_size=40), st.data())
def test_cut_or_longer_bytes_do_not_open(plain, data):
    sealed = seal_bytes(plain, PLACE)
    with pytest.raises(Damaged):
        open_bytes(sealed[: data.draw(st.integers(0, len(sealed) - 1))], PLACE)
    with pytest.raises(Damaged):
        open_bytes(sealed + data.draw(st.binary(min_size=1)), PLACE)


@given(st.binary(max_size=100))
def test_any_bytes_are_damaged_and_nothing_worse(garbage):
    with pytest.raises(Damaged):
        open_bytes(garbage, PLACE)


def test_the_same_text_never_has_the_same_bytes_twice():
    assert len({seal_bytes(b"Karim", PLACE) for _time in range(1000)}) == 1000


# Known answers: whoever changes a format or a rule of folding sees that what is stored no longer fits


@pytest.fixture
def known_keys(tmp_path, settings):
    for name, key in ANSWERS["keys"].items():
        (tmp_path / f"{name}.key").write_text(key)
    settings.KEYS_DIR = tmp_path
    before, keys._ring = keys._ring, keys.KeyRing(tmp_path)
    yield
    keys._ring = before


@pytest.mark.parametrize("answer", ANSWERS["sealed"], ids=lambda answer: answer["plain"][:20])
def test_known_bytes_open_and_are_made_again(known_keys, answer):
    plain, place = answer["plain"].encode(), answer["place"].encode()
    nonce, expected = base64.b64decode(answer["nonce"]), base64.b64decode(answer["stored"])

    assert seal_bytes(plain, place, nonce) == expected
    assert open_bytes(expected, place) == plain


@pytest.mark.parametrize("answer", ANSWERS["search_keys"], ids=lambda answer: answer["text"])
def test_known_search_keys_are_made_again(known_keys, answer):
    makers = {"names": keys_of_names, "phones": keys_of_phones, "documents": keys_of_documents}
    made = sorted(str(key) for key in makers[answer["kind"]](answer["text"]))

    assert made == answer["keys"]


# A row


@pytest.mark.django_db
@settings(max_examples=25, deadline=None)
@given(TEXT)
@example("Кәрім 🙂 \x00 \u202e \r\n")
def test_any_text_comes_back_as_it_was(text):
    row = identity(name=text)

    assert fresh(row).name == text
    assert len(text) < 4 or text.encode() not in stored(row)


@pytest.mark.django_db
def test_a_megabyte_comes_back_as_it_was():
    intake = make.intake(story="اب" * 256 * 1024)

    assert fresh(intake).story == "اب" * 256 * 1024


@pytest.mark.django_db
def test_half_a_character_is_refused_without_the_text():
    row = Identity(person=Person.objects.create(), name="Canary \ud800")

    with override("en"), pytest.raises(ValidationError, match="cannot be stored"):
        row.full_clean()
    with pytest.raises(ValueError, match="half a character") as refusal:
        row.save()
    assert "Canary" not in repr(refusal.value)
    assert refusal.value.__suppress_context__


@pytest.mark.django_db
def test_a_long_text_is_refused_where_a_length_is_set():
    with pytest.raises(ValidationError):
        Identity(person=Person.objects.create(), name="a" * 201).full_clean()


@pytest.mark.parametrize(
    "value", [b"bytes", bytearray(b"bytes"), memoryview(b"bytes"), F("name"), 7]
)
def test_only_text_is_taken(value):
    with pytest.raises(TypeError):
        Identity(name=value)


@pytest.mark.django_db
def test_the_same_text_keeps_its_bytes():
    row = identity(name="Karim", phones="")
    before = stored(row)

    row.name = "Karim"
    row.save()
    again = fresh(row)
    again.name = again.name
    again.save()
    again.refresh_from_db()
    again.save()
    later = Identity.objects.defer("name").get(pk=row.pk)
    assert later.name == "Karim"
    later.save()
    form = forms.modelform_factory(Identity, fields=["name", "phones"])(
        {"name": "Karim", "phones": ""}, instance=fresh(row)
    )
    form.save()

    assert not form.has_changed()
    assert stored(row) == before
    assert row.pgh_event_model.objects.filter(pgh_obj_id=row.pk).count() == 1


@pytest.mark.django_db
def test_another_text_gets_new_bytes_and_the_other_fields_keep_theirs():
    row = identity(name="Karim", phones="1")
    before = stored(row), stored(row, "phones")

    row.name = "Rustam"
    row.save()

    assert stored(row) != before[0]
    assert stored(row, "phones") == before[1]
    assert fresh(row).name == row.name == "Rustam"


@pytest.mark.django_db
def test_refreshing_takes_what_another_saved():
    row = identity(name="Karim")
    other = fresh(row)
    other.name = "Rustam"
    other.save()

    row.refresh_from_db()

    assert row.name == "Rustam"


@pytest.mark.django_db
def test_a_text_that_was_emptied_leaves_no_bytes():
    row = identity(name="Karim")
    row.name = ""
    row.save()

    assert stored(row) == b""
    assert fresh(row).name == ""
    assert list(Identity.objects.filter(name="")) == [row]


@pytest.mark.django_db
def test_rows_made_in_bulk_are_protected():
    people = Person.objects.bulk_create([Person(), Person()])
    rows = Identity.objects.bulk_create(
        [Identity(person=person, name=f"Karim {place}") for place, person in enumerate(people)]
    )

    assert [fresh(row).name for row in rows] == ["Karim 0", "Karim 1"]
    assert b"Karim" not in stored(rows[0])


# What is not opened says nothing


@pytest.mark.django_db
def test_values_are_given_sealed_and_print_nothing():
    identity(name="Canary")
    value = Identity.objects.values_list("name", flat=True).get()

    assert isinstance(value, Sealed)
    assert f"{value} {value!r} %s" % value == "(protected) (protected) (protected)"
    assert Identity.objects.values().get()["name"] == value


@pytest.mark.django_db
def test_only_and_defer_open_what_they_need():
    pk = identity(name="Karim", phones="123").pk

    assert Identity.objects.only("name").get(pk=pk).name == "Karim"
    assert Identity.objects.defer("name").get(pk=pk).name == "Karim"
    assert Identity.objects.only("phones").get(pk=pk).name == "Karim"


@pytest.mark.django_db
def test_copies_of_a_row_hold_the_sealed_bytes():
    row = fresh(identity(name="Canary"))

    for other in [copy.copy(row), copy.deepcopy(row), pickle.loads(pickle.dumps(row))]:  # noqa: S301
        assert other.name == "Canary"
        assert isinstance(other.__dict__["name"], Sealed)
    assert b"Canary" not in pickle.dumps(row)


@pytest.mark.django_db
def test_a_row_is_not_copied_into_another():
    row = fresh(identity(name="Karim"))
    row.pk, row.seal, row.person = None, uuid.uuid4(), Person.objects.create()
    row._state.adding = True

    with pytest.raises(Damaged):
        row.save()


@pytest.mark.django_db
def test_a_text_is_copied_into_another_row_as_a_text():
    one, other = fresh(identity(name="Karim")), identity()

    other.name = one.name
    other.save()

    assert fresh(other).name == "Karim"
    assert stored(other) != stored(one)


# What is refused


@pytest.mark.django_db
def test_a_protected_field_is_written_through_its_row_only():
    row = identity(name="Karim")
    row.name = "Rustam"

    with pytest.raises(FieldError), transaction.atomic():
        Identity.objects.update(name="Rustam")
    with pytest.raises(FieldError), transaction.atomic():
        Identity.objects.update(name=b"Rustam")
    with pytest.raises(FieldError), transaction.atomic():
        Identity.objects.bulk_update([row], ["name"])
    assert fresh(row).name == "Karim"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "question",
    [
        {"name": "Karim"},
        {"name__icontains": "Kar"},
        {"name__startswith": "K"},
        {"name__in": ["Karim"]},
        {"name__gt": "A"},
        {"name__regex": "K"},
        {"name__length": 5},
    ],
)
def test_nothing_is_asked_of_the_database_about_a_text(question):
    with pytest.raises(FieldError):
        Identity.objects.filter(**question).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["json", "xml", "python", "jsonl"])
def test_a_protected_field_is_not_written_to_files(form):
    with pytest.raises(FieldError):
        serializers.serialize(form, [identity(name="Karim")])


# Damage


def opening(row, caplog):
    """What opening says and what it logs."""
    with caplog.at_level(logging.ERROR), pytest.raises(Damaged) as damage:
        _ = fresh(row).name
    assert len(caplog.records) == 1
    return f"{damage.value} {caplog.text}"


@pytest.mark.django_db
def test_bytes_moved_to_another_row_do_not_open(caplog):
    one, other = identity(name="Canary"), identity(name="Rustam")
    store(other, stored(one))

    said = opening(other, caplog)

    assert "belong to another place" in said
    assert f"legalaid.Identity {other.pk}" in said
    assert "Canary" not in said


@pytest.mark.django_db
def test_bytes_moved_to_another_field_do_not_open(caplog):
    row = identity(name="Canary", phones="123")
    store(row, stored(row, "phones"))

    assert "belong to another place" in opening(row, caplog)


@pytest.mark.django_db
def test_a_text_that_somebody_wrote_in_clear_is_not_shown(caplog):
    row = identity(name="Karim")
    store(row, b"Canary in clear, long enough to be anything")

    assert "Canary" not in opening(row, caplog)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "damage", [lambda bytes_: bytes_[:-1], lambda bytes_: bytes_ + b"1", lambda _: b"1"]
)
def test_changed_bytes_do_not_open_and_may_be_written_over(damage, caplog):
    row = identity(name="Karim")
    store(row, damage(stored(row)))
    opening(row, caplog)

    row = fresh(row)
    with override("en"):
        assert row.shown("name") == "damaged: tell the administrator"
    row.address = "here"
    with pytest.raises(Damaged), transaction.atomic():
        row.save()  # its search keys are made of the name
    row.name = "Rustam"
    row.save()

    assert fresh(row).name == "Rustam"


@pytest.mark.django_db
def test_damage_in_one_field_leaves_the_others(caplog):
    intake = make.intake()
    intake.story, intake.place = "Canary", "here"
    intake.save()
    store(intake, b"1", "place")

    intake = Intake.objects.get(pk=intake.pk)
    intake.story = "another"
    intake.save()

    assert fresh(intake).story == "another"
    assert stored(intake, "place") == b"1"


# History


@pytest.mark.django_db
def test_a_history_opens_like_its_row_and_holds_nothing_in_clear():
    row = identity(name="Canary")
    row.name = "Rustam"
    row.save()
    events = list(row.pgh_event_model.objects.filter(pgh_obj_id=row.pk).order_by("pgh_id"))

    assert [event.name for event in events] == ["Canary", "Rustam"]
    assert isinstance(events[0].__dict__["name"], Sealed)


# Keys


def test_the_same_bytes_are_re_sealed_into_the_same():
    """So a row and its history, which hold the same bytes, go on agreeing."""
    sealed = seal_bytes(b"Karim", PLACE)

    assert re_seal_bytes(sealed, PLACE) == re_seal_bytes(sealed, PLACE) != sealed
    assert re_seal_bytes(seal_bytes(b"Karim", PLACE), PLACE) != re_seal_bytes(sealed, PLACE)
    assert open_bytes(re_seal_bytes(sealed, PLACE), PLACE) == b"Karim"


def test_a_field_is_carried_by_migrations_with_its_place():
    field = Identity._meta.get_field("name")
    again = field.clone()

    assert again.sealed_as == "legalaid.identity.name"
    assert again.max_length == 200
    assert ProtectedTextField().deconstruct()[3].get("sealed_as") is None


@pytest.mark.django_db
def test_many_threads_read_and_write_their_own():
    rows = [Identity(seal=uuid.uuid4()) for _number in range(8)]
    wrong = []

    def work(number, row):
        for turn in range(500):
            row.name = f"{number} {turn}"
            field = row._meta.get_field("name")
            row.__dict__["name"] = field._sealed(row, row.name)
            if row.name != f"{number} {turn}":
                wrong.append((number, turn))

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(rows)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
