"""What people told us reaches no log, no session, no admin log and no mail, also when saving fails."""

import io
import json
import logging

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils.module_loading import import_string

from sanasezim.private_log import JsonFormatter, PrivateFormatter
from sanasezim.shared.models import AccessEntry
from tests import make

NAME, PHONE, STORY = "Канарейкин Тихон", "+77015550177", "Тихая история канарейки"
CANARIES = [NAME, "Канарейкин", PHONE, "7015550177", STORY, "Тихая"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def log():
    """Everything that is logged, as the portal writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(PrivateFormatter("{asctime} {levelname} {name} {message}", style="{"))
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def call_form(**more):
    return {
        "started_at_0": "24.11.2026",
        "started_at_1": "10:00",
        "kind": "data",
        "caller_name": NAME,
        "phone": PHONE,
        "notes": STORY,
    } | more


def anywhere(texts):
    return [canary for canary in CANARIES for text in texts if canary in str(text)]


def test_a_call_that_was_saved_leaves_no_word_elsewhere(client, operator, log):
    client.force_login(operator)

    answer = client.post(reverse("admin:hotline_call_add"), call_form())
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    client.get(answer.headers["Location"])
    client.post("/staff/find/", {"words": NAME})

    assert not anywhere([log.getvalue(), answer.headers])
    assert not anywhere(LogEntry.objects.values_list("object_repr", "change_message"))
    assert not anywhere(AccessEntry.objects.values())
    assert not anywhere([message.message() for message in mail.outbox])
    assert not anywhere(stored_rows())


def stored_rows():
    """Every row of every table, as a stolen dump would show it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(table)} t")  # noqa: S608
            for (row,) in cursor.fetchall():
                yield f"{row} {_hex_as_text(row)}"


def _hex_as_text(row):
    """A bytea is shown as hex: the letters in it are looked at as well."""
    return b"".join(
        bytes.fromhex(part[: len(part) // 2 * 2])
        for part in (
            piece.split('"')[0].split(",")[0].rstrip(")") for piece in row.split("\\\\x")[1:]
        )
        if part and all(letter in "0123456789abcdef" for letter in part)
    ).decode(errors="replace")


REFUSALS = {
    "the database quotes the row": "RAISE EXCEPTION 'row: %%', NEW",
    "a value in the words of the error": "RAISE EXCEPTION '{canary}' USING DETAIL = '{canary}'",
    "a constraint": "RAISE unique_violation USING DETAIL = 'Key (name)=({canary}) already exists.'",
    "too long": "PERFORM pg_sleep(20)",
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_call_that_could_not_be_saved_is_told_without_its_words(client, operator, log, refusal):
    client.force_login(operator)
    client.raise_request_exception = False
    body = REFUSALS[refusal].replace("{canary}", f"{NAME} {PHONE} {STORY}")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '500ms'")
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body.replace('%%', '%')}; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON hotline_call"
            " FOR EACH ROW EXECUTE FUNCTION refuse()"
        )

    answer = client.post(reverse("admin:hotline_call_add"), call_form())

    assert answer.status_code in (500, 503)
    assert "Error" in log.getvalue() or "canceled" in log.getvalue(), "it was logged at all"
    assert not anywhere([log.getvalue(), answer.content.decode()])


def test_no_handler_of_the_settings_writes_an_errors_words():
    for formatter in settings.LOGGING["formatters"].values():
        assert issubclass(import_string(formatter["()"]), PrivateFormatter)
    assert not settings.ADMINS


def test_the_words_of_an_error_and_of_its_causes_are_not_written(log):
    try:
        try:
            raise ValueError(NAME)
        except ValueError as first:
            raise KeyError(STORY) from first
    except KeyError:
        logging.getLogger("anything").exception("it broke")

    assert "builtins.ValueError" in log.getvalue()
    assert "builtins.KeyError" in log.getvalue()
    assert not anywhere([log.getvalue()])


def test_a_person_in_the_database_is_no_name(client):
    make.person(name=NAME, phones=PHONE, address="улица Тихая")
    make.intake(story=STORY, speaker_name=NAME, contact=PHONE, is_anonymous=True)

    assert not anywhere(stored_rows())


def test_a_line_of_json_says_where_it_broke_and_not_with_which_words():
    try:
        int(STORY)
    except ValueError as error:
        record = logging.LogRecord(
            "x",
            logging.ERROR,
            "x.py",
            1,
            "it %s",
            ("broke",),
            (ValueError, error, error.__traceback__),
        )
        line = JsonFormatter().format(record)

    told = json.loads(line)
    assert (told["level"], told["message"]) == ("ERROR", "it broke")
    assert "ValueError" in told["trace"][-1] and "\n" not in line
    assert not anywhere([line])
