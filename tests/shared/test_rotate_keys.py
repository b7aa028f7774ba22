"""Data keys are exchanged while the portal serves; nothing is lost, and nothing is left behind."""

import os
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import isolate_apps

from legalaid.models import Identity, Person
from sanasezim.shared import key_proofs, key_rotation, keys, sealed_files
from sanasezim.shared.keys import KeyTrouble
from sanasezim.shared.models import KeyProof
from sanasezim.shared.protected import ProtectedRow, Sealed
from sanasezim.shared.sealed_files import SealedFileField
from tests import make

IN_TRANSACTIONS_OF_ITS_OWN = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path, settings):
    """A folder of keys of this test; `recorded` writes its proofs into the database."""
    before = keys._ring
    settings.KEYS_DIR = tmp_path / "keys"
    keys.make_missing()
    yield settings.KEYS_DIR
    keys._ring = before


@pytest.fixture
def recorded(folder, db):
    KeyProof.objects.all().delete()
    key_proofs.record_missing()
    return folder


@pytest.fixture
def said():
    return []


def identity(**texts):
    return Identity.objects.create(person=Person.objects.create(), **texts)


def stored(row, name="name"):
    return type(row)._base_manager.values_list(name, flat=True).get(pk=row.pk)


def events(row):
    return list(row.pgh_event_model.objects.filter(pgh_obj_id=row.pk).order_by("pgh_id"))


def rotate(said=None):
    key_rotation.rotate((said if said is not None else []).append)


def test_everything_is_brought_under_the_next_key(recorded, said):
    row = identity(name="Karim", phones="123", address="")
    row.name = "Rustam"
    row.save()
    intake = make.intake(story="Не заплатили.")
    before = events(row)

    rotate(said)

    row.refresh_from_db()
    assert (row.name, row.phones, row.address) == ("Rustam", "123", "")
    assert type(intake).objects.get(pk=intake.pk).story == "Не заплатили."
    assert {stored(row, name).key_id for name in ["name", "phones"]} == {2}
    assert stored(intake, "story").key_id == 2
    assert [event.name for event in events(row)] == ["Karim", "Rustam"]
    assert {event.__dict__["name"].key_id for event in events(row)} == {2}
    assert len(events(row)) == len(before)
    assert any("legalaid.Identity: 1" in line for line in said)
    assert key_rotation.uses(1) == 0
    assert key_proofs.troubles() == []


def test_what_was_equal_in_a_history_stays_equal(recorded):
    """Else every exchange of keys would look like a change of every text."""
    row = identity(name="Karim", phones="123")
    row.name = "Rustam"
    row.save()

    rotate()

    first, second = events(row)
    assert first.__dict__["phones"] == second.__dict__["phones"] == stored(row, "phones")
    assert first.__dict__["name"] != second.__dict__["name"] == stored(row)


def test_each_run_makes_one_key(recorded, said):
    row = identity(name="Karim")
    rotate()
    rotate()

    assert stored(row).key_id == 3
    assert Identity.objects.get().name == "Karim"
    assert sorted(key_proofs.recorded()) == ["data-1", "data-2", "data-3", "index", "pepper"]


def test_a_run_that_was_killed_is_taken_up_again(recorded, said, monkeypatch):
    rows = [identity(name=f"Karim {number}") for number in range(6)]
    monkeypatch.setattr(key_rotation, "BATCH", 2)
    update, done = key_rotation._update, []

    def update_and_die(*arguments):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(update(*arguments))

    monkeypatch.setattr(key_rotation, "_update", update_and_die)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    assert {stored(row).key_id for row in rows} == {1, 2}
    assert [row.name for row in Identity.objects.order_by("pk")] == [row.name for row in rows]

    monkeypatch.setattr(key_rotation, "_update", update)
    rotate(said)

    assert {stored(row).key_id for row in rows} == {2}
    assert "An earlier change of keys is finished now" in said[-1]
    assert not (recorded / "data-3.key").exists()


@pytest.mark.parametrize("was_recorded", [False, True])
def test_a_key_that_was_left_on_its_way_is_no_trouble(recorded, was_recorded):
    row, key = identity(name="Karim"), keys.new_key()
    keys.announce(2, key)
    if was_recorded:
        key_proofs.record({"data-2": key})

    rotate()

    assert stored(row).key_id == 2
    assert Identity.objects.get().name == "Karim"
    assert sorted(path.name for path in recorded.iterdir()) == [
        *("data-1.key", "data-2.key", "index.key", "pepper.key")
    ]
    assert key_proofs.troubles() == []


def test_damage_is_left_as_it_is_and_said(recorded, said, caplog):
    good, bad = identity(name="Karim", phones="1"), identity(name="Canary", phones="2")
    Identity.objects.filter(pk=bad.pk).update(name=stored(good))

    rotate(said)

    assert stored(good).key_id == stored(bad, "phones").key_id == 2
    assert stored(bad).key_id == 1
    assert any("damaged, left as they are: 2 rows" in line for line in said)
    assert f"legalaid.Identity {bad.pk}" in caplog.text
    assert "Canary" not in caplog.text + str(said)


def test_a_row_that_is_saved_comes_under_the_newest_key_by_itself(recorded):
    row = identity(name="Karim", phones="123")
    key_rotation.next_key()

    row.name = "Rustam"
    row.save()

    assert stored(row).key_id == stored(row, "phones").key_id == 2
    assert Identity.objects.get().phones == "123"


def test_a_row_that_was_read_before_may_be_saved_after(recorded):
    row = identity(name="Karim")
    held = Identity.objects.get()
    rotate()
    held.save()

    assert stored(row).key_id == 2
    assert Identity.objects.get().name == "Karim"


# Files


@pytest.fixture
def Letter(db, monkeypatch):  # noqa: N802 (a model)
    with isolate_apps("legalaid"):

        class Letter(ProtectedRow):
            scan = SealedFileField()

            class Meta:
                app_label = "legalaid"

    with connection.schema_editor() as editor:
        editor.create_model(Letter)
    monkeypatch.setattr(
        sealed_files, "fields_with_files", lambda: [(Letter, Letter._meta.get_field("scan"))]
    )
    return Letter


def test_files_are_brought_along_and_are_read_meanwhile(recorded, said, Letter):  # noqa: N803
    plain = os.urandom(200_000)
    letter = Letter()
    letter.scan.write(plain)
    letter.save()
    reading = letter.scan.chunks()
    beginning = next(reading)

    rotate(said)

    assert sealed_files.key_id(letter.scan.name) == 2
    assert b"".join(letter.scan) == plain
    assert beginning + b"".join(reading) == plain
    assert "  files: 1" in said
    assert key_rotation.uses(1) == 0


def test_a_key_with_a_file_under_it_stays(recorded, Letter):  # noqa: N803
    letter = Letter()
    letter.scan.write(b"here")
    letter.save()
    key_rotation.next_key()

    with pytest.raises(KeyTrouble, match="still protects 1 rows and files"):
        key_rotation.retire(1)


# Taking a key out of use


def test_an_old_key_goes_when_nothing_needs_it(recorded, said):
    identity(name="Karim")
    key_rotation.next_key()
    with pytest.raises(KeyTrouble, match="still protects 2 rows"):
        key_rotation.retire(1)
    rotate()

    key_rotation.retire(1, said.append)

    assert not (recorded / "data-1.key").exists()
    assert str(recorded / "retired-data-1.key") in said[0]
    assert Identity.objects.get().name == "Karim"
    assert key_proofs.troubles() == []
    rotate()
    assert (recorded / "data-3.key").exists()


@pytest.mark.parametrize(("number", "words"), [(1, "writes"), (7, "There is no")])
def test_the_newest_key_and_none_at_all_are_not_taken_out_of_use(recorded, number, words):
    with pytest.raises(KeyTrouble, match=words):
        key_rotation.retire(number)


def test_there_are_255_data_keys_and_no_more(recorded):
    (recorded / "data-1.key").rename(recorded / "data-255.key")
    KeyProof.objects.all().delete()
    key_proofs.record_missing()

    with pytest.raises(KeyTrouble, match="All 255"):
        key_rotation.next_key()


# Beside others


@IN_TRANSACTIONS_OF_ITS_OWN
def test_a_row_that_is_held_is_waited_for(recorded, monkeypatch):
    row = identity(name="Karim")
    held, free = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Identity.objects.select_for_update().get(pk=row.pk)
            held.set()
            free.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(20)
    monkeypatch.setattr(key_rotation, "PATIENCE", 0.5)
    with pytest.raises(KeyTrouble, match="held by somebody else"):
        rotate()
    assert stored(row).key_id == 1

    threading.Timer(0.5, free.set).start()
    monkeypatch.setattr(key_rotation, "PATIENCE", 20)
    rotate()
    holder.join()

    assert stored(row).key_id == 2


@IN_TRANSACTIONS_OF_ITS_OWN
def test_others_read_and_write_meanwhile(recorded, monkeypatch):
    monkeypatch.setattr(key_rotation, "BATCH", 5)
    rows = [identity(name=f"{number} 0") for number in range(40)]
    over, failures, written = (
        threading.Event(),
        [],
        {row.pk: f"{place} 0" for place, row in enumerate(rows)},
    )

    def work(mine):
        turn = 0
        try:
            while not over.is_set():
                turn += 1
                for place, row in mine:
                    found = Identity.objects.get(pk=row.pk)
                    if found.name != written[row.pk]:
                        failures.append((found.name, written[row.pk]))
                    found.name = written[row.pk] = f"{place} {turn}"
                    found.save()
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    numbered = list(enumerate(rows))
    workers = [threading.Thread(target=work, args=[numbered[part::3]]) for part in range(3)]
    for worker in workers:
        worker.start()
    for _time in range(3):
        rotate()
    over.set()
    for worker in workers:
        worker.join()

    assert failures == []
    assert {row.pk: row.name for row in Identity.objects.all()} == written
    assert key_rotation.uses(1) == key_rotation.uses(2) == 0


# The command


@IN_TRANSACTIONS_OF_ITS_OWN
def test_the_command_makes_rotates_and_retires(folder, capsys):
    KeyProof.objects.all().delete()
    (folder / "index.key").unlink()
    call_command("rotate_keys", "--make")
    assert "Made: index." in capsys.readouterr().out
    call_command("rotate_keys", "--make")
    assert "All are there already." in capsys.readouterr().out

    key_proofs.record_missing()
    row = identity(name="Karim")
    call_command("rotate_keys")
    assert "data-2.key writes from now on." in capsys.readouterr().out
    call_command("rotate_keys", "--retire", "1")

    assert stored(row).key_id == 2
    assert isinstance(stored(row), Sealed)
    with pytest.raises(CommandError, match="There is no data-1.key"):
        call_command("rotate_keys", "--retire", "1")
    (folder / "pepper.key").unlink()
    with pytest.raises(CommandError, match="pepper.key is missing"):
        call_command("rotate_keys", "--make")
