"""Two roles share the database: one owns the tables and migrates, the other serves readers and staff.

The one that serves owns nothing and makes nothing. What is only ever added to, the record of looks
and every history, it may read and add to; it cannot change or remove a row of it, whatever happens
to the portal's code.
"""

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

# Nothing in these is written by hand: triggers that run as the owner fill them, or migrations do.
READ_ONLY = {"shared_accesslink", "shared_keyproof", "django_migrations"}


def grant():
    """Give the serving role what it needs, and nothing more. Run as the owner, after every migration."""
    web = settings.DATABASE_WEB_ROLE
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == web:
            return False  # one role for both: a small machine, or a trial
        role, database = map(connection.ops.quote_name, (web, connection.settings_dict["NAME"]))
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        tables = {name for (name,) in cursor.fetchall()}
        for statement in [
            f"REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}",
            f"GRANT CONNECT ON DATABASE {database} TO {role}",
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
            *(
                f"GRANT {_rights(name)} ON {connection.ops.quote_name(name)} TO {role}"
                for name in sorted(tables)
            ),
        ]:
            cursor.execute(statement)
    return True


def _rights(table):
    if table in READ_ONLY:
        return "SELECT"
    if table in append_only_tables():
        return "SELECT, INSERT"
    return "SELECT, INSERT, UPDATE, DELETE"


def append_only_tables():
    """The tables of the record of looks and of every history."""
    return {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if getattr(model, "append_only", False) or hasattr(model, "pgh_tracked_model")
    }
