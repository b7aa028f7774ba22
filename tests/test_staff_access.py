"""Every address of the staff pages, as anybody: what roles.py does not give is closed."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from hotline.models import Call, HandOver, QualityNote
from legalaid.models import CaseMember, Holiday
from resources.admin import EditionAdmin
from sanasezim import roles_document
from sanasezim.roles import ROLES, permissions_of
from sanasezim.shared.models import ImportBatch, User
from tests import make

pytestmark = pytest.mark.django_db

# Whoever has an account may see these; they show nothing of anybody.
OWN_PAGES = {
    *("index", "login", "logout", "password_change", "jsi18n", "me", "end_session"),
    *("change_language", "factor", "new_recovery_codes", "recovery_codes_saved"),
}
# Whoever comes to them is not signed in yet. The other steps lead to the first.
OPEN_PAGES = {"login", "logout", "start"}
# Files of people: without a session there is nothing there, not even a way to sign in to it.
NOT_THERE = {"legalaid_document_copy", "legalaid_document_original"}
CLOSED = {302, 403, 404}


@pytest.fixture
def objects(coordinator):
    """One object of each model that has staff pages: label → object."""
    edition = make.version(by=coordinator).edition
    someone = make.person(is_caller=True)
    case = make.case(people=[someone])
    made = [
        *[make.intake(), case, someone, make.employer(), make.call(), make.document(case)],
        make.referral(case),
        *[make.hand_over(), make.call_script()],
        *[make.callback(), make.callback_slot(), make.shift(), make.caller_flag()],
        make.quality_note(),
        *[make.look(coordinator, someone), make.disposal()],
        *[edition, edition.publication, make.topic(), make.handout(), make.event(), make.fact()],
        *[make.deadline_rule(), make.letter(), make.service_kind(), make.urgency_rule()],
        Holiday.objects.create(day="2026-12-16", name="Тәуелсіздік күні"),
        *[make.office(), make.project(), make.partner(), make.line(), make.page()],
        *[make.outreach(), ImportBatch.objects.create(what="calls", file_name="old.csv")],
        *[make.preview_link(edition), make.user("operator")],
    ]
    found = {thing._meta.label_lower: thing for thing in made}
    assert set(found) == {model._meta.label_lower for model in admin.site._registry}
    return found


def staff_patterns():
    """(name, pattern as text) of every address below /staff/."""
    staff = next(found for found in get_resolver().url_patterns if str(found.pattern) == "staff/")
    return list(patterns_below(staff.url_patterns, ""))


def patterns_below(patterns, start):
    for found in patterns:
        where = start + str(found.pattern)
        if isinstance(found, URLPattern):
            yield found.name, where
        else:
            yield from patterns_below(found.url_patterns, where)


def staff_addresses(objects):
    """(name, address) of every address below /staff/, filled in with objects that are there."""
    for name, pattern in staff_patterns():
        app_and_model = pattern.split("/")[:2]
        thing = objects.get(".".join(app_and_model))
        number = str(thing.pk) if thing else "1"
        if name == "app_list":
            for app in {label.partition(".")[0] for label in objects}:
                yield name, f"/staff/{app}/"
        elif "<str:step>" in pattern:
            for step in EditionAdmin.STEPS:
                yield name, f"/staff/resources/edition/{number}/step/{step}/"
        elif pattern == "(?P<url>.*)$":
            yield name, "/staff/nowhere/"
        elif name is None and "<path:object_id>" in pattern:
            yield name, f"/staff/{pattern.replace('<path:object_id>', number)}"
        else:
            pattern = pattern.replace("<str:label>", "legalaid.case")
            for slot in ["<path:object_id>", "<int:pk>", "<int:number>", "<id>"]:
                pattern = pattern.replace(slot, number)
            yield name, f"/staff/{pattern}"


def test_every_staff_address_is_closed_to_visitors(client, objects):
    addresses = dict(map(reversed, staff_addresses(objects)))
    assert len(addresses) > 60
    assert not [address for address in addresses if "<" in address or "(" in address]

    for address, name in addresses.items():
        for ask in [client.get, client.post]:
            response = ask(address)
            if name in NOT_THERE:
                assert response.status_code == 404, address
            elif name not in OPEN_PAGES:
                assert response.status_code == 302, address
                assert response["Location"].startswith("/staff/login/"), address


def test_every_staff_address_is_closed_to_staff_without_a_role(client, objects):
    client.force_login(make.user())

    for name, address in staff_addresses(objects):
        if name not in OWN_PAGES | OPEN_PAGES | {"login_code"}:
            for ask in [client.get, client.post]:
                status = ask(address).status_code
                assert status in CLOSED | {405}, f"{address}: {status}"


def test_the_first_page_tells_staff_without_a_role_nothing(client, objects):
    client.force_login(make.user(language="en"))

    page = client.get("/staff/").content.decode()

    assert "no role yet" in page
    assert objects["resources.edition"].title not in page
    assert "Waiting for review" not in page


def on_every_case(user, objects):
    """What roles.py opens is still only one's own: put them on the team, let the call be theirs."""
    CaseMember.objects.create(case=objects["legalaid.case"], user=user)
    HandOver.objects.update(to=user)
    Call.objects.update(answered_by=user)
    QualityNote.objects.update(looked_at=timezone.now(), looked_by=user, mark="good")
    return user


def somebody_with_every_permission():
    everything = Group.objects.create(name="everything")
    everything.permissions.set(Permission.objects.all())
    user = make.user()
    user.groups.add(everything)
    return user


def opens(client, address):
    return client.get(address).status_code == 200


def model_pages(thing):
    """address → what somebody must be allowed to do with the model to open it."""
    pages = f"/staff/{thing._meta.app_label}/{thing._meta.model_name}/"
    return {
        pages: "view",
        f"{pages}add/": "add",
        f"{pages}{thing.pk}/change/": "view",
        f"{pages}{thing.pk}/history/": "view",
        f"{pages}{thing.pk}/delete/": "delete",
    }


def test_a_role_opens_exactly_what_roles_py_gives_it(client, objects):
    client.force_login(somebody_with_every_permission())
    # Some models have no page for adding or deleting at all.
    possible = {
        page for thing in objects.values() for page in model_pages(thing) if opens(client, page)
    }

    for role in ROLES:
        given = permissions_of(role)
        client.force_login(on_every_case(make.user(role), objects))
        for thing in objects.values():
            for page, action in model_pages(thing).items():
                allowed = f"{thing._meta.app_label}.{action}_{thing._meta.model_name}" in given
                assert opens(client, page) == (allowed and page in possible), f"{role} {page}"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_the_further_pages_it_needs(client, objects, role):
    given = permissions_of(role)
    edition = objects["resources.edition"]
    client.force_login(make.user(role))

    sees_library = "resources.view_publication" in given
    assert opens(client, reverse("admin:resources_translations")) == sees_library
    assert opens(client, reverse("admin:resources_taken")) == sees_library
    assert opens(client, reverse("admin:new_starts")) == (
        "shared.change_user" in given or "shared.confirm_reset" in given
    )
    for step, (_form, permission, _label, _words) in EditionAdmin.STEPS.items():
        address = reverse("admin:resources_edition_step", args=[edition.pk, step])
        assert opens(client, address) == (f"resources.{permission}_edition" in given), address
    for thing, change in [
        (edition, "resources.change_edition"),
        (objects["events.event"], "events.change_event"),
    ]:
        address = reverse(
            f"admin:{thing._meta.label_lower.replace('.', '_')}_preview", args=[thing.pk]
        )
        answer = client.post(address)
        assert (answer.status_code == 302) == (change in given), address


@pytest.mark.parametrize("role", [None, *ROLES])
def test_searching_for_related_rows_follows_the_role(client, objects, role):
    given = permissions_of(role) if role else set()
    client.force_login(make.user(role))

    for app, model, field, seen in [
        ("resources", "handout", "publication", "resources.view_publication"),
        ("resources", "edition", "publication", "resources.view_publication"),
        ("events", "event", "handouts", "resources.view_handout"),
    ]:
        asked = {"app_label": app, "model_name": model, "field_name": field, "term": "K"}
        answer = client.get("/staff/autocomplete/", asked)
        assert (answer.status_code == 200) == (seen in given), f"{role} {model}.{field}"


@pytest.mark.parametrize("role", ROLES)
def test_the_first_page_lists_only_what_the_role_may_open(client, objects, role):
    given = permissions_of(role)
    client.force_login(make.user(role))

    page = client.get("/staff/")

    listed = {
        f"{app['app_label']}.{model['object_name'].lower()}"
        for app in page.context["app_list"]
        for model in app["models"]
    }
    assert listed == {
        label for label in objects if f"{label.split('.')[0]}.view_{label.split('.')[1]}" in given
    }


def test_only_the_administrator_role_changes_accounts():
    changing = {role for role in ROLES if "shared.change_user" in permissions_of(role)}

    assert changing == {"administrator"}
    for role in ROLES:
        assert not {name for name in permissions_of(role) if name.startswith("auth.")}


def account(user, **changes):
    """What the account form sends for this person."""
    return {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "language": user.language,
        "is_active": "on",
        "is_staff": "on",
        "groups": [group.pk for group in user.groups.all()],
    } | changes


def test_a_coordinator_cannot_change_accounts(client, coordinator, administrator):
    role = administrator.groups.get()
    client.force_login(coordinator)

    for target in [coordinator, administrator]:
        address = reverse("admin:shared_user_change", args=[target.pk])
        answer = client.post(address, account(target, groups=[role.pk], is_superuser="on"))
        assert answer.status_code == 403

    assert role not in coordinator.groups.all()


def test_an_administrator_gives_a_role_but_makes_no_superuser(client, administrator, coordinator):
    newcomer = make.user()
    role = coordinator.groups.get()
    make.sign_in(client, administrator)

    address = reverse("admin:shared_user_change", args=[newcomer.pk])
    sent = account(newcomer, groups=[role.pk], is_superuser="on", user_permissions=["1"])
    answer = client.post(address, sent)

    assert answer.status_code == 302
    newcomer.refresh_from_db()
    assert newcomer.groups.get() == role
    assert not newcomer.is_superuser
    assert not newcomer.user_permissions.exists()


def test_an_administrator_cannot_give_themselves_a_role(client, administrator, coordinator):
    make.sign_in(client, administrator)

    address = reverse("admin:shared_user_change", args=[administrator.pk])
    sent = account(administrator, groups=[coordinator.groups.get().pk], first_name="Айгүл")
    answer = client.post(address, sent)

    assert answer.status_code == 302
    administrator.refresh_from_db()
    assert administrator.first_name == "Айгүл"
    assert administrator.groups.get().name == "administrator"


def test_an_administrator_cannot_take_over_a_superuser(client, administrator, superuser):
    make.sign_in(client, administrator)

    change = client.post(
        reverse("admin:shared_user_change", args=[superuser.pk]),
        account(superuser, username="mine"),
    )
    start = client.post(
        reverse("admin:ask_new_start"), {"account": superuser.pk, "what": "password"}
    )

    assert change.status_code == start.status_code == 403
    superuser.refresh_from_db()
    assert superuser.check_password("long-enough-1")


def test_a_new_account_is_made_with_its_role_at_once(client, administrator, coordinator):
    make.sign_in(client, administrator)

    answer = client.post(
        reverse("admin:shared_user_add"),
        {
            "username": "newcomer",
            "language": "kk",
            "is_staff": "on",
            "groups": [coordinator.groups.get().pk],
        },
    )

    assert answer.status_code == 302
    newcomer = User.objects.get(username="newcomer")
    assert newcomer.is_staff
    assert not newcomer.has_usable_password()
    assert newcomer.language == "kk"
    assert newcomer.groups.get().name == "coordinator"


def test_the_document_of_the_roles_is_what_roles_py_says():
    assert roles_document.PATH.read_text(encoding="utf-8") == roles_document.document()
