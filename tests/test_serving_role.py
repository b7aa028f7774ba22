"""What readers and staff do works with the rights of the role that serves, which owns nothing."""

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from legalaid import casework
from tests import make
from tests.test_staff_access import staff_addresses

pytestmark = pytest.mark.django_db


@pytest.fixture
def served(serving_role):
    """Call it when the preparations are done: the rest of the test has the serving role's rights."""

    def begin():
        with connection.cursor() as cursor:
            serving_role(cursor)
            cursor.execute("SELECT current_user")
            assert cursor.fetchone()[0] == settings.DATABASE_WEB_ROLE

    return begin


def test_readers_are_served(client, demo, served):
    served()

    for address in ["/ru/", "/kk/library/", "/uz/library/?q=ish+haqi", "/ru/help/", "/tg/hotline/",
                    "/ky/migrants-day/", "/en/about/", "/ru/library/they-did-not-pay-me/",
                    "/sitemap.xml", "/readyz"]:  # fmt: skip
        assert client.get(address).status_code == 200, address


def test_staff_are_served_every_page(client, director, served):
    person = make.person()
    objects = {
        thing._meta.label_lower: thing
        for thing in [
            make.case(people=[person]),
            person,
            make.intake(),
            make.call(),
            make.employer(),
            make.version().edition,
            make.event(),
            make.office(),
            make.fact(code="served-days"),
        ]  # fmt: skip
    }
    client.force_login(director)
    served()

    for _name, address in staff_addresses(objects):
        if "logout" not in address:
            assert client.get(address).status_code < 500, address


def test_a_call_and_a_case_are_written_down(client, director, served):
    intake = make.intake()
    client.force_login(director)
    served()

    answer = client.post(
        reverse("admin:hotline_call_add"),
        {
            "started_at_0": "2026-11-24",
            "started_at_1": "10:00",
            "kind": "data",
            "caller_name": "Гуля",
            "phone": "87011234567",
        },
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    case = casework.accept(intake, lawyer=director)
    page = reverse("admin:legalaid_case_change", args=[case.pk])
    assert client.get(page).status_code == 200
    assert client.get(page.replace("change", "history")).status_code == 200
