"""The database of a backup: PostgreSQL's own programs, fed and read through pipes."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.db import connection

from sanasezim import embedded_pg
from sanasezim.backups import BackupTrouble
from sanasezim.backups.parts import PIECE_BYTES

DUMP = ("--format=custom", "--no-owner", "--no-privileges", "--no-comments")
# Whatever is ours in the schema. What an extension made belongs to it and stays.
OURS = """
    SELECT format('DROP TABLE IF EXISTS %I.%I CASCADE', schemaname, tablename)
    FROM pg_tables WHERE schemaname = 'public'
    UNION ALL
    SELECT format('DROP SEQUENCE IF EXISTS public.%I CASCADE', sequencename)
    FROM pg_sequences WHERE schemaname = 'public'
    UNION ALL
    SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure)
    FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


def server_version():
    """The major version of the server."""
    with connection.cursor():  # have a connection
        return connection.pg_version // 10000


def is_empty():
    return not connection.introspection.table_names()


def applied_migrations():
    """{app: the names of its migrations that are applied}; empty before the first set-up."""
    if "django_migrations" not in connection.introspection.table_names():
        return {}
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        for app, name in cursor.fetchall():
            found.setdefault(app, []).append(name)
    return found


def dump():
    """The database as it is at one moment, in pieces."""
    with _running("pg_dump", *DUMP, stdout=subprocess.PIPE) as dumping:
        while piece := dumping.stdout.read(PIECE_BYTES):
            yield piece


def check(pieces):
    """Have a dump read from its first to its last row, without a database."""
    with open(os.devnull, "wb") as nowhere:
        with _running(
            "pg_restore", "--file=-", stdin=subprocess.PIPE, stdout=nowhere, connects=False
        ) as reading:
            _feed(reading, pieces)


def load(pieces, *, replace):
    """Bring a dump into the database: all of it, or nothing is changed."""
    first = [
        "SET statement_timeout = 0",
        "SET lock_timeout = '30s'",
        "SET idle_in_transaction_session_timeout = 0",
    ]
    removed = []
    if replace:
        with connection.cursor() as cursor:
            cursor.execute(OURS)
            removed = [statement for (statement,) in cursor.fetchall()]
    connection.close()
    quiet = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1")
    with _running("psql", *quiet, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as writing:
        _say(writing, *first, "BEGIN", *removed)
        with _running(
            *("pg_restore", "--file=-", "--no-owner", "--no-privileges"),
            stdin=subprocess.PIPE,
            stdout=writing.stdin,
            connects=False,
        ) as reading:
            _feed(reading, pieces)
        # Without it nothing has happened: the end of the input alone takes all of it back.
        _say(writing, "COMMIT")


def _say(program, *statements):
    with contextlib.suppress(BrokenPipeError):  # it says why itself
        program.stdin.write("".join(f"{statement};\n" for statement in statements).encode())
        program.stdin.flush()


def _feed(program, pieces):
    with contextlib.suppress(BrokenPipeError):  # it says why itself
        for piece in pieces:
            program.stdin.write(piece)
    with contextlib.suppress(BrokenPipeError):
        program.stdin.close()


@contextlib.contextmanager
def _running(program, *arguments, connects=True, **pipes):
    """A program while it runs. BackupTrouble, with its first word of complaint, if it fails."""
    command, environment = [_path_of(program), *arguments], {}
    if connects:
        told, secrets = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
        command += told[1:]
        environment = secrets or {}
    blamed = None
    # A file: a pipe that nobody reads would stop a program that complains much.
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen(
            command, stderr=said, env=os.environ | {"LC_ALL": "C.UTF-8"} | environment, **pipes
        )
        try:
            yield running
        except BackupTrouble as trouble:
            # One that fed us ended because we had ended: then ours is the reason.
            if not _ended_badly(running):
                running.kill()
                running.wait()
                raise
            blamed = trouble
        except BaseException:
            running.kill()
            raise
        finally:
            for pipe in (running.stdin, running.stdout):
                if pipe:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()
            failed = running.wait()
        if failed:
            said.seek(0)
            raise BackupTrouble(
                f"{program} failed: {_complaint(said.read(100_000).decode())}"
            ) from blamed


def _ended_badly(running):
    """Whether a program ends by itself within a moment, and not well."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        return running.wait(timeout=1) != 0
    return False


def _complaint(said):
    """The first line that says what is wrong; the details after it quote rows."""
    for line in said.splitlines():
        if found := re.search(r"(?:error|ERROR|FATAL):\s*(.+)", line):
            return found[1]
    return "it did not say why"


def _path_of(program):
    """The program whose version fits the server best: the same, else a newer one."""
    wanted = server_version()
    found = {}
    for folder in _folders():
        path = shutil.which(program, path=str(folder))
        if path and (version := _version(path)):
            found.setdefault(version, path)
    for version in sorted(found):
        if version >= wanted:
            return found[version]
    raise BackupTrouble(
        f"{program} of PostgreSQL {wanted} or newer is not here. On Debian and Ubuntu: "
        f"apt-get install postgresql-client"
    )


def _folders():
    if embedded_pg.is_wanted():
        return [embedded_pg._find_programs()]
    # Debian's /usr/bin has a wrapper that chooses by itself; the programs stand here.
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, os.get_exec_path())]
    with contextlib.suppress(embedded_pg.EmbeddedPostgresError):
        folders.append(embedded_pg._find_programs())
    return folders


def _version(path):
    answer = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
    match = re.search(r"\) (\d+)", answer)
    return int(match[1]) if match else None
