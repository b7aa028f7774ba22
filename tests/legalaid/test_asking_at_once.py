"""Many at once, and a kill in between: what only real transactions show."""

import threading

import pytest
from django.db import connection
from django.test import Client

from legalaid import coming_back, taking_in
from legalaid.models import Consent, Document, Intake, Message
from sanasezim import starting_content
from sanasezim.shared import references
from tests import make
from tests.legalaid.test_asking import open_form, photo, send, shown

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


@pytest.fixture(autouse=True)
def house(settings, transactional_db):
    settings.INTAKE_FASTEST_SECONDS = 0
    starting_content.load()


def all_at_once(work):
    """What each of several threads got, all begun at one moment."""
    got, start = [], threading.Barrier(AT_ONCE)

    def one(number):
        start.wait()
        try:
            got.append(work(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == AT_ONCE
    return got


def test_one_form_sent_by_many_at_once_is_one_request(client):
    slip = open_form(client)
    got = all_at_once(
        lambda _number: shown(send(Client(), slip=slip, consent="agreed", files=[photo()]))
    )

    assert len(set(got)) == 1 and got[0]
    assert [model.objects.count() for model in (Intake, Document, Consent)] == [1, 1, 1]


def test_many_forms_at_once_with_few_references_left_get_one_each(client, monkeypatch):
    monkeypatch.setattr(references, "LETTERS", "AC")
    slips = [open_form(client) for _one in range(AT_ONCE)]
    got = all_at_once(lambda number: shown(send(Client(), slip=slips[number], story=f"{number}")))

    assert len({reference for reference, _code in got}) == Intake.objects.count() == AT_ONCE


def test_a_kill_between_saving_and_answering_doubles_nothing(client):
    """The row is there, the answer was never seen; the form comes again."""
    slip = open_form(client)
    for kill in range(20):
        send(Client(), slip=slip)  # its answer is thrown away with the process
        assert Intake.objects.count() == 1, kill

    reference, code = shown(send(client, slip=slip))
    intake = Intake.objects.get()
    assert reference == intake.reference and taking_in.is_code_of(intake, code.replace(" ", ""))


def test_a_message_sent_by_many_at_once_is_one_message():
    intake = make.intake()
    all_at_once(lambda _number: coming_back.write(intake, "Когда ответ?", "ru", "form 1"))

    assert Message.objects.count() == 1


def test_a_file_sent_by_many_at_once_is_kept_once():
    from legalaid import papers

    intake = make.intake()
    kept = all_at_once(lambda _number: papers.take_in_file(photo(), intake=intake).pk)

    assert len(set(kept)) == 1 and Document.objects.count() == 1
