"""People's data: each colleague sees their own, masked, and every look leaves a row."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from legalaid import casework
from legalaid.models import Case, Identity, Intake
from sanasezim.roles import ROLES
from sanasezim.shared import accounts, confirmed
from sanasezim.shared.access_log import Action
from sanasezim.shared.guarded_admin import GuardedAdmin
from sanasezim.shared.models import AccessEntry, Authenticator
from tests import make
from tests.test_staff_access import staff_addresses

pytestmark = pytest.mark.django_db

NAME, PHONE, STORY = "Канарейкин Тест", "+77015550142", "Тайная история канарейки"
DIGITS = "7015550142"
WORK = {"message": "Письмо канарейки", "note": "Заметка о канарейке", "task": "Накормить канарейку"}


@pytest.fixture
def canary(lawyer):
    """A case of one lawyer in which every text is a canary."""
    person = make.person(
        name=NAME,
        phones=PHONE,
        messengers="@canary-bird",
        address="улица Канареек",
        documents="AC1234567",
    )
    case = make.case(lawyer=lawyer, people=[person])
    intake = make.intake(story=STORY, speaker_name=NAME, contact=PHONE, person=person)
    Intake.objects.filter(pk=intake.pk).update(
        decided_at=timezone.now(), decided_by=lawyer, decision="accepted", case=case
    )
    make.message(intake, text=WORK["message"])
    make.note(case, text=WORK["note"])
    make.task(case, what=WORK["task"])
    return {"case": case, "person": person, "intake": intake}


def secrets_of(canary):
    return [
        *[NAME, "Канарейкин", PHONE, DIGITS, STORY, "canary-bird", "улица Канареек", "AC1234567"],
        *[canary["case"].reference, canary["intake"].reference],
        *WORK.values(),
    ]


def leaks(response, secrets):
    body = response.content.decode(errors="replace") if not response.streaming else ""
    headers = str(response.headers)
    return [secret for secret in secrets if secret in body + headers]


def objects_of(canary):
    return {
        "legalaid.case": canary["case"],
        "legalaid.person": canary["person"],
        "legalaid.intake": canary["intake"],
    }


def somebody_else(role):
    return make.user(None if role == "nobody" else role, language="en")


@pytest.mark.parametrize("role", ["nobody", *(role for role in ROLES if role != "director")])
def test_nobody_else_learns_anything_of_a_lawyers_case(client, canary, role):
    client.force_login(somebody_else(role))
    secrets = secrets_of(canary)

    for _name, address in staff_addresses(objects_of(canary)):
        for ask in [client.get, client.post]:
            if ask == client.post and "logout" in address:
                continue
            response = ask(address, {"why": "contact"} if ask == client.post else {})
            assert not leaks(response, secrets), f"{role}: {address}"
            assert response.status_code != 500, address


@pytest.mark.parametrize("role", ["lawyer", "specialist", "operator"])
def test_a_search_does_not_tell_of_another_lawyers_case(client, canary, role):
    client.force_login(somebody_else(role))

    words = [NAME, "Kanareykin", PHONE, "8 701 555 01 42", canary["case"].reference]
    answers = [client.post("/staff/find/", {"words": text}) for text in words]
    nothing = client.post("/staff/find/", {"words": "Nobodyatall"})

    for text, answer in zip(words, answers, strict=True):
        assert answer.status_code == 200
        assert not answer.context["found"]
        # But for the words themselves the page is the one that finds nothing.
        assert _without(answer, text) == _without(nothing, "Nobodyatall")


def _without(answer, words):
    page = answer.content.decode().replace(words.replace("+", "&#x2B;"), "").replace(words, "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def guarded_models():
    return [model for model, page in admin.site._registry.items() if isinstance(page, GuardedAdmin)]


def test_a_filter_in_the_address_answers_no_question(client, canary):
    client.force_login(make.user("lawyer"))

    for model, lookups in {
        Case: ["people__identity__name", "lawyer__password__startswith", "intakes__story", "people__sex"],
        Intake: ["case__reference__startswith", "person__identity__seal", "speaker_name__contains"],
    }.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for lookup in lookups:
            assert client.get(address, {lookup: "К"}).status_code in {302, 400}, lookup


def test_words_in_the_address_of_a_list_are_not_looked_for(client, canary, lawyer):
    client.force_login(lawyer)

    page = client.get(reverse("admin:legalaid_case_changelist"), {"q": "nothing like it"})

    assert canary["case"].reference in page.content.decode()


def test_not_yours_is_answered_like_not_there(client, canary):
    client.force_login(make.user("lawyer"))

    for thing in [canary["case"], canary["person"], canary["intake"]]:
        for what in ["change", "history", "delete"]:
            name = f"admin:{thing._meta.app_label}_{thing._meta.model_name}_{what}"
            theirs = client.get(reverse(name, args=[thing.pk]))
            nowhere = client.get(reverse(name, args=[987654]))
            assert theirs.status_code == nowhere.status_code
            assert theirs.get("Location") == nowhere.get("Location")


def test_a_choice_offers_only_what_one_may_see(client, canary):
    other = make.user("lawyer")
    mine, theirs = make.person(name="Мой Клиент", added_by=other), canary["person"]
    case = make.case(lawyer=other)
    client.force_login(other)

    page = client.post(reverse("admin:legalaid_case_people", args=[case.pk]), {"words": "Клиент"})
    secret = client.post(reverse("admin:legalaid_case_people", args=[case.pk]), {"words": NAME})
    put_in = reverse("admin:legalaid_case_person_add", args=[case.pk])
    client.post(put_in, {"person": theirs.pk, "part": "client"})
    client.post(put_in, {"person": mine.pk, "part": "client"})

    assert [person for person, *_ in page.context["found"]] == [mine]
    assert not secret.context["found"]
    assert list(case.people.all()) == [mine]


def test_the_director_sees_every_case_and_the_administrator_none(client, canary, director):
    client.force_login(director)
    assert canary["case"].reference in client.get("/staff/legalaid/case/").content.decode()

    for account in [make.user("administrator"), make.user(is_superuser=True)]:
        client.force_login(account)
        assert client.get("/staff/legalaid/case/").status_code == 403
        assert client.get(f"/staff/legalaid/case/{canary['case'].pk}/change/").status_code == 403


def test_a_colleague_on_the_team_sees_the_case_and_its_people(canary):
    colleague = make.user("specialist")
    make.CaseMember.objects.create(case=canary["case"], user=colleague)

    assert canary["case"] in Case.objects.visible_to(colleague)
    assert Identity.objects.visible_to(colleague).get().name == NAME
    assert canary["intake"] in Intake.objects.visible_to(colleague)


def test_who_it_is_stands_masked_until_it_is_revealed(client, canary, lawyer):
    client.force_login(lawyer)
    page = reverse("admin:legalaid_person_change", args=[canary["person"].pk])

    masked = client.get(page)
    assert "К. Т." in masked.content.decode()
    assert "•••42" in masked.content.decode()
    assert not leaks(masked, [NAME, PHONE, DIGITS, "AC1234567", "улица"])

    reveal = reverse("admin:legalaid_person_reveal", args=[canary["person"].pk])
    assert client.post(reveal, {"why": ""}).status_code == 302
    assert not AccessEntry.objects.filter(action=Action.REVEAL).exists()
    shown = client.post(reveal, {"why": "contact"})

    assert NAME in shown.content.decode()
    assert shown.headers["Refresh"].startswith("60; url=/staff/")
    assert "no-store" in shown.headers["Cache-Control"]
    entry = AccessEntry.objects.get(action=Action.REVEAL)
    assert (entry.who, entry.what, entry.why) == (lawyer, "legalaid.identity", "contact")
    assert (entry.within, entry.within_id) == ("legalaid.person", canary["person"].pk)


def test_a_session_left_open_does_not_tell_who_people_are(client, canary, lawyer, settings):
    Authenticator.objects.create(user=lawyer, name="", confirmed=True)
    settings.SECOND_FACTOR_REQUIRED = True
    reveal = reverse("admin:legalaid_person_reveal", args=[canary["person"].pk])
    client.force_login(lawyer)
    session = client.session
    session[accounts.BY_FACTOR] = True
    session.save()

    asked = client.post(reveal, {"why": "contact"})

    assert "again-code" in asked.content.decode()
    assert not leaks(asked, [NAME, DIGITS])
    assert not AccessEntry.objects.filter(action=Action.REVEAL).exists()
    confirmed.confirm(session)
    session.save()
    assert NAME in client.post(reveal, {"why": "contact"}).content.decode()


def test_who_it_is_is_changed_only_where_it_was_revealed(client, canary, lawyer):
    client.force_login(lawyer)
    address = reverse("admin:legalaid_person_identity", args=[canary["person"].pk])
    identity = canary["person"].identity

    answer = client.post(address, {"name": "Новое Имя", "phones": PHONE})

    assert answer.status_code == 302
    identity.refresh_from_db()
    assert identity.name == "Новое Имя"
    assert Identity.objects.matching("Novoe Imya").get() == identity
    assert AccessEntry.objects.filter(action=Action.CHANGE, what="legalaid.identity").count() == 1


def test_every_look_leaves_a_row(client, canary, lawyer):
    client.force_login(lawyer)
    case, person = canary["case"], canary["person"]
    before = AccessEntry.objects.count()

    client.get("/staff/legalaid/case/")
    client.get(f"/staff/legalaid/case/{case.pk}/change/")
    client.get(f"/staff/legalaid/case/{case.pk}/history/")
    client.get(f"/staff/legalaid/person/{person.pk}/change/")
    client.post("/staff/find/", {"words": NAME})

    rows = AccessEntry.objects.order_by("pk").values_list("action", "what", "what_id", "rows")[before:]
    assert list(rows) == [
        ("view", "legalaid.case", None, 1),
        ("view", "legalaid.case", case.pk, None),
        ("view", "legalaid.case", case.pk, None),
        ("view", "legalaid.person", person.pk, None),
        ("search", "", None, 3),
    ]
    assert set(AccessEntry.objects.values_list("who", "roles")) == {(lawyer.pk, "lawyer")}


def test_an_operator_finds_a_caller_however_the_name_was_written(client, operator):
    person = make.person(name="Axmedov Shuhrat", phones="+998901112233", is_caller=True)
    client.force_login(operator)

    for words in ["Ахмедов", "Akhmedov", "шухрат ахмедов", "998 90 111-22-33", "90 111 22 33"]:
        found = client.post("/staff/find/", {"words": words}).context["found"]
        assert [hit.address for kind in found for hit in kind.hits] == [
            f"/staff/legalaid/person/{person.pk}/change/"
        ], words


def test_two_who_accept_at_once_make_one_case(lawyer):
    intake = make.intake()
    casework.accept(intake, lawyer=lawyer)

    with pytest.raises(casework.ValidationError, match="already decided|решение"):
        casework.accept(intake, lawyer=lawyer)

    assert Case.objects.count() == 1
