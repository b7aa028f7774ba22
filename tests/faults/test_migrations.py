"""F23: every step of the database back and there again, on a copy of the demonstration."""

import subprocess
import sys

from sanasezim import embedded_pg
from tests.faults.conftest import FULL
from tests.test_setup import clean_environment

THERE_AND_BACK = """
import hashlib, os, subprocess, time
os.environ["DJANGO_SETTINGS_MODULE"] = "sanasezim.settings"
import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

OURS = {"shared", "resources", "events", "legalaid", "hotline", "reports"}


def schema():
    settings = connection.settings_dict
    told = subprocess.run(
        [os.environ["PG_DUMP"], "-sx", "-h", settings["HOST"], "-U", settings["USER"], settings["NAME"]],
        capture_output=True, text=True, check=True).stdout
    # A column that was taken away and came back stands last: order is not what we compare.
    # Nor are the rights, which set_up gives.
    lines = (line.strip().rstrip(",") for line in told.splitlines())
    return sorted(line for line in lines if not line.startswith(("--", "\\\\")))


def rows():
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table == "django_migrations":
                continue  # it tells when each was applied
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            told = sorted(row for (row,) in cursor.fetchall())
            found[table] = hashlib.sha256("\\n".join(told).encode()).hexdigest()
    return found


def columns():
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, array_agg(column_name::text ORDER BY column_name) "
                       "FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1")
        return dict(cursor.fetchall())


executor = MigrationExecutor(connection)
plan = [m for m, _back in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)]
ours = [m for m in plan if m.app_label in OURS]
whole, kept = schema(), rows()
print(len(ours), "steps,", sum(1 for _ in kept), "tables")


def go(*targets):
    begun = time.monotonic()
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())
    return time.monotonic() - begun


parents = {
    m: name for m in ours for app, name in m.dependencies if app == m.app_label
}
newest = {m.app_label: (m.app_label, parents[m]) for m in ours if m in parents}
turns = [[(m.app_label, parents[m])] for m in reversed(ours) if m in parents]
for targets in turns if os.environ.get("FAULTS_FULL") == "1" else [list(newest.values())]:
    back, earlier = go(*targets), columns()
    there = go()
    changed = sorted(set(schema()) ^ set(whole))
    now, today = rows(), columns()
    lost = sorted(table for table in kept if kept[table] != now.get(table))
    # A table or column that goes takes what stood in it along.
    unlike = [table for table in lost if earlier.get(table) == today[table]]
    print(f"back to {targets} in {back:.1f} s, there in {there:.1f} s: {len(changed)} lines of the schema "
          f"differ, {len(lost)} tables that had gone have other rows {lost}", *changed[:6], sep="\\n   ")
    assert not changed and not unlike, unlike
    kept = now
"""


def test_f23_the_newest_steps_of_the_database_go_back_and_there_again(house, say):
    """With FAULTS_FULL=1 each step by itself, which takes half an hour."""
    as_owner = ["-h", house.socket, "-U", "portal"]
    dump = house.data.parent / "f23.dump"
    house.postgres("dropdb", *as_owner, "--if-exists", "f23")
    house.postgres("createdb", *as_owner, "-T", "template0", "f23")
    house.postgres("pg_dump", "-Fc", *as_owner, "-f", dump, "portal")
    house.postgres("pg_restore", *as_owner, "-d", "f23", dump)
    dump.unlink()
    told = subprocess.run(
        [sys.executable, "-c", THERE_AND_BACK],
        cwd=house.folder,
        env=clean_environment(
            PORTAL_DEMO="1",
            PORTAL_AS_OWNER="1",
            FAULTS_FULL="1" if FULL else "",
            DATABASE_URL=f"postgres://portal@{house.socket.replace('/', '%2F')}/f23",
            PG_DUMP=str(embedded_pg._find_programs() / "pg_dump"),
        ),
        capture_output=True,
        text=True,
    )
    house.postgres("dropdb", *as_owner, "f23")
    say(told.stdout + told.stderr[-2000:])

    assert told.returncode == 0
