"""What must be true of the database before the portal may use it."""

import importlib.util

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import DatabaseError, NotSupportedError, connections, transaction
from django.db.utils import OperationalError

from sanasezim.shared import key_proofs


@register(Tags.database)
def only_psycopg2_is_installed(databases=(), **kwargs):
    """With both drivers installed Django takes psycopg 3 without a word; we measure and test 2."""
    if not importlib.util.find_spec("psycopg"):
        return []
    return [
        Error(
            "psycopg 3 is installed, and Django would use it instead of psycopg2.",
            hint="Find what pulled it in with pip, and remove both: pip uninstall psycopg",
            id="sanasezim.E001",
        )
    ]


@register(Tags.database)
def database_is_new_enough_and_finds_cyrillic(databases=(), **kwargs):
    errors = []
    for alias in databases or ():
        try:
            # Django itself asks once in a process, wherever it first connects.
            connections[alias].check_database_version_supported()
            errors += _trigram_errors(connections[alias])
        except NotSupportedError as refusal:
            errors.append(
                Error(
                    f"The database server is too old: {refusal}",
                    hint="Use PostgreSQL 14 or newer.",
                    id="sanasezim.E002",
                )
            )
    return errors


@register(Tags.database)
def keys_are_those_of_the_database(databases=(), **kwargs):
    """Before the first set-up there is nothing to hold them against."""
    if not databases or not key_proofs.recorded():
        return []
    return [Error(trouble, id="sanasezim.E005") for trouble in key_proofs.troubles()]


@register(Tags.database)
def consent_names_who_keeps_the_data(databases=(), **kwargs):
    """The first wording is made at the set-up: nobody may agree to one that names a placeholder."""
    told = {"OPERATOR_NAME": settings.OPERATOR_NAME, "OPERATOR_BIN": settings.OPERATOR_BIN}
    missing = [name for name, value in told.items() if "[" in value]
    if settings.DEMO or not missing:
        return []
    return [
        Error(
            f"{' and '.join(missing)} is not set: the consent has to name who keeps the data.",
            hint="Set the full legal name of the NGO and its BIN of 12 digits.",
            id="sanasezim.E006",
        )
    ]


def _trigram_errors(connection):
    """Whether search finds Cyrillic here: under the C locale it silently finds nothing."""
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            # Before the first migration the extension is not there: lend it and take it back.
            cursor.execute("create extension if not exists pg_trgm")
            cursor.execute("select show_trgm('қазақ')")
            trigrams = cursor.fetchone()[0]
            transaction.set_rollback(True, using=connection.alias)
    except (NotSupportedError, OperationalError):
        raise
    except DatabaseError as refusal:
        return [
            Error(
                f"The extension pg_trgm is missing, and this account may not make it: {refusal}",
                hint="Run as the database's owner: CREATE EXTENSION pg_trgm;",
                id="sanasezim.E003",
            )
        ]
    if trigrams:
        return []
    name = connection.settings_dict["NAME"]
    return [
        Error(
            f"The locale of the database {name} does not know Cyrillic, so search finds nothing.",
            hint=(
                "Make the database anew: "
                "CREATE DATABASE portal TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';"
            ),
            id="sanasezim.E004",
        )
    ]
