import os

import pytest

from sanasezim import embedded_pg


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return  # under xdist the controller prepares for all of its workers
    if embedded_pg.is_wanted():
        embedded_pg.acquire()
        embedded_pg.drop_left_behind_test_databases()

    from sanasezim import build
    from sanasezim.shared import keys

    build.build()
    keys.make_missing()


@pytest.fixture(autouse=True, scope="session")
def _keys():
    """The keys of the tests, taken for proved: most tests of them have no database."""
    from django.conf import settings

    from sanasezim.shared import keys

    keys._ring = keys.KeyRing(settings.KEYS_DIR)
    return keys._ring


@pytest.fixture(autouse=True)
def _proofs_are_there(request, django_db_blocker):
    """Every database test finds the proofs: a test with transactions of its own empties all tables."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        from sanasezim.shared import key_proofs
        from sanasezim.shared.models import KeyProof

        with django_db_blocker.unblock():
            if not KeyProof.objects.exists():
                key_proofs.record_missing()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """What set-up does after migrating, once for all tests: roles of the staff, proofs of the keys, rights."""
    from django.core.management import call_command

    from sanasezim import database_roles
    from sanasezim.shared import key_proofs

    with django_db_blocker.unblock():
        call_command("sync_roles", verbosity=0)
        key_proofs.record_missing()
        database_roles.grant()


@pytest.fixture(autouse=True)
def _nothing_remembered(settings, tmp_path):
    """Each test looks at the database itself, and writes its files into a folder of its own."""
    settings.CONTENT_STAMP_SECONDS = 0
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SEALED_ROOT = tmp_path / "sealed"
    settings.ERASED_LIST = tmp_path / "erased.list"
    settings.LAST_BACKUP = tmp_path / "last-backup.json"
    from sanasezim.shared import content_stamp

    for forget in content_stamp.forgets:
        forget()


@pytest.fixture
def coordinator(db):
    from tests import make

    return make.user("coordinator")


@pytest.fixture
def operator(db):
    from tests import make

    return make.user("operator")


@pytest.fixture(scope="session")
def demo_rows(tmp_path_factory):
    from tests.demo_rows import DemoRows

    folder = tmp_path_factory.getbasetemp()
    return DemoRows(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, demo_rows):
    """The demonstration content without its PDFs, for the tests of one module: each takes back its own."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        demo_rows.load()
        yield
        transaction.set_rollback(True)
    ContentType.objects.clear_cache()


@pytest.fixture
def staff_client(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def administrator(db):
    from tests import make

    return make.user("administrator")


@pytest.fixture
def director(db):
    from tests import make

    return make.user("director")


@pytest.fixture
def lawyer(db):
    from tests import make

    return make.user("lawyer")


@pytest.fixture
def specialist(db):
    from tests import make

    return make.user("specialist")


@pytest.fixture
def superuser(db):
    from tests import make

    return make.user(is_superuser=True)


@pytest.fixture
def serving_role(db):
    """A function that makes the rest of a transaction run as the role that serves, with its rights."""
    from django.conf import settings

    return lambda cursor: cursor.execute(f"SET LOCAL ROLE {settings.DATABASE_WEB_ROLE}")
