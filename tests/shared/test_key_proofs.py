"""With a missing, empty, old or foreign key nothing is shown, nothing is written, and it is said."""

import base64
import os
import shutil
import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from legalaid.models import Identity, Person
from sanasezim.set_up import set_up
from sanasezim.shared import key_proofs, keys
from sanasezim.shared.keys import KeyTrouble
from sanasezim.shared.models import KeyProof

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings):
    """A folder of keys of this test, recorded in its database."""
    before = keys._ring
    settings.KEYS_DIR = tmp_path / "keys"
    keys.make_missing()
    KeyProof.objects.all().delete()
    key_proofs.record_missing()
    yield settings.KEYS_DIR
    keys._ring = before


def identity(**texts):
    return Identity.objects.create(person=Person.objects.create(), **texts)


def touch(folder):
    """The folder's own time must tell that something in it changed."""
    later = folder.stat().st_mtime_ns + 1_000_000
    os.utime(folder, ns=(later, later))


def another_key(path):
    path.unlink()
    path.write_text(base64.b64encode(os.urandom(32)).decode())


SPOILED = {
    "missing": (lambda path: path.unlink(), "is missing|no data key|cannot be read"),
    "empty": (lambda path: path.write_text(""), "is spoiled: it has 0 bytes"),
    "cut": (lambda path: path.write_text(path.read_text()[:20]), "cannot be read|is spoiled"),
    "no base64": (lambda path: path.write_text("ключ"), "cannot be read"),
    "another": (another_key, "is not the key this database was written with"),
}


@pytest.fixture(params=SPOILED)
def spoil(request):
    return SPOILED[request.param]


@pytest.mark.parametrize("name", ["data-1", "index", "pepper"])
def test_a_spoiled_key_stops_reading_and_writing(folder, spoil, name):
    spoil_it, sentence = spoil
    row, person = identity(name="Canary"), Person.objects.create()
    spoil_it(folder / f"{name}.key")
    touch(folder)

    with pytest.raises(KeyTrouble, match=sentence):
        _ = Identity.objects.get().name
    with pytest.raises(KeyTrouble, match=sentence):
        row.name = "Rustam"
    with CaptureQueriesContext(connection) as queries, pytest.raises(KeyTrouble, match=sentence):
        with transaction.atomic():
            Identity.objects.create(person=person, name="Rustam")
    assert not any("INSERT" in query["sql"] for query in queries)


@pytest.mark.parametrize("name", ["data-1", "index", "pepper"])
def test_a_spoiled_key_is_said_to_whoever_runs_the_portal(folder, spoil, name, client, caplog):
    spoil_it, _sentence = spoil
    before = client.get("/readyz").json()
    assert before["database"] and before["keys"] and before["erased"]
    spoil_it(folder / f"{name}.key")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["database"], answer.json()["keys"]) == (
        503,
        True,
        False,
    )
    assert str(folder) in caplog.text
    assert str(folder) not in answer.content.decode()
    assert {error.id for error in run_checks(tags=["database"], databases=["default"])} == {
        "sanasezim.E005"
    }
    with pytest.raises(KeyTrouble):
        set_up()


def test_gunicorn_does_not_start_with_other_keys(tmp_path, settings):
    """As in production: the proofs are those that this test run recorded."""
    settings.KEYS_DIR = tmp_path / "foreign"
    keys.make_missing()
    database = connection.settings_dict
    started = subprocess.run(
        [sys.executable, "-m", "gunicorn"],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "PORTAL_BIND": "127.0.0.1:0",
            "SECRET_KEY": "x" * 60,
            "ALLOWED_HOSTS": "portal.example.kz",
            "KEYS_DIR": str(tmp_path / "foreign"),
            "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@/"
            f"{database['NAME']}?host={database['HOST']}&port={database['PORT']}",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert started.returncode == 4, started.stderr
    assert "The portal cannot start. " in started.stderr
    assert "is not the key this database was written with" in started.stderr
    assert "Booting worker" not in started.stderr
    assert "Traceback" not in started.stderr


def test_without_the_folder_nothing_works(folder, client):
    identity(name="Canary")
    shutil.rmtree(folder)

    with pytest.raises(KeyTrouble, match="cannot be read"):
        _ = Identity.objects.get().name
    assert client.get("/readyz").status_code == 503


def test_an_old_folder_that_lacks_the_newest_key_is_refused(folder, client, tmp_path):
    shutil.copytree(folder, tmp_path / "old")
    key = keys.new_key()
    keys.announce(2, key)
    key_proofs.record({"data-2": key})
    keys.bring_into_use(2)
    row = identity(name="Canary")
    assert row.__dict__["name"].key_id == 2

    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "old", folder)
    touch(folder)

    with pytest.raises(KeyTrouble, match="data-2.key is missing"):
        _ = Identity.objects.get().name
    assert client.get("/readyz").status_code == 503


def test_a_key_that_nobody_recorded_may_not_write(folder, client):
    (folder / "data-2.key").write_text(base64.b64encode(os.urandom(32)).decode())
    touch(folder)

    assert identity(name="Karim").__dict__["name"].key_id == 1
    assert client.get("/readyz").status_code == 503
    assert "never recorded" in key_proofs.troubles()[0]

    key_proofs.record_missing()
    touch(folder)
    assert client.get("/readyz").status_code == 200
    assert identity(name="Karim").__dict__["name"].key_id == 2


def test_a_key_on_its_way_opens_but_does_not_write(folder, client):
    key = keys.new_key()
    keys.announce(2, key)
    assert identity(name="Karim").__dict__["name"].key_id == 1

    key_proofs.record({"data-2": key})
    touch(folder)
    assert identity(name="Karim").__dict__["name"].key_id == 1
    assert client.get("/readyz").status_code == 200

    keys.bring_into_use(2)
    assert identity(name="Karim").__dict__["name"].key_id == 2
    assert client.get("/readyz").status_code == 200


def test_a_database_without_proofs_is_not_used(folder, client):
    KeyProof.objects.all().delete()
    touch(folder)

    with pytest.raises(KeyTrouble, match="does not know its keys"):
        identity(name="Karim")
    assert client.get("/readyz").status_code == 503


def test_a_key_that_was_in_use_is_never_made_anew(folder):
    (folder / "index.key").unlink()

    with pytest.raises(KeyTrouble, match="index.key is missing. Bring it back"):
        keys.make_missing(known=key_proofs.recorded())
    assert not (folder / "index.key").exists()


def test_keys_are_made_once_and_for_their_owner_only(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    assert keys.make_missing() == []
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert sorted(before) == ["data-1.key", "index.key", "pepper.key"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_folder_that_is_open_to_everybody_is_said(folder):
    folder.chmod(0o755)

    assert "chmod 700" in key_proofs.troubles()[0]


def test_a_proof_tells_nothing_about_another_key(folder):
    key = keys.new_key()

    assert key_proofs.proof_of("index", key) != key_proofs.proof_of("pepper", key)


def test_codes_differ_by_key_and_purpose(folder):
    codes = {
        keys.code_of(name, purpose, "text")
        for name in [keys.INDEX, keys.PEPPER]
        for purpose in ["name", "phone"]
    }

    assert len(codes) == 4
