#!/usr/bin/env python3
"""Django's commands, with the embedded database running while one works."""

import os
import sys

# These change tables, or what the role that serves may not touch.
AS_OWNER = {
    *("backup", "erase_again", "flush", "makemigrations", "migrate", "nightly", "restore"),
    *("rotate_keys", "set_up", "sqlflush", "test", "work"),
}
# These do not look into the database.
WITHOUT_DATABASE = {
    *("catalogs", "collectstatic", "compilemessages", "help", "makemessages", "new_recovery_key"),
}


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanasezim.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    from sanasezim import embedded_pg

    command = (sys.argv[1:2] or ["help"])[0]
    if command in AS_OWNER:
        os.environ["PORTAL_AS_OWNER"] = "1"
    try:
        if (
            embedded_pg.is_wanted()
            and command not in WITHOUT_DATABASE
            and not command.startswith("-")
        ):
            embedded_pg.acquire()
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, embedded_pg.EmbeddedPostgresError) as refusal:
        sys.exit(f"The portal cannot start. {refusal}")
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None):
            raise  # the database is there, and refused something
        sys.exit(f"The database does not answer. {str(error).splitlines()[0]}")


if __name__ == "__main__":
    main()
