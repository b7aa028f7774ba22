"""How staff come in, stay in, and are shut out. Each test says one rule; security.md C5 to C7 are behind them."""

import base64
import datetime
import hashlib
import re
import threading
import time

import pytest
from aiosmtpd.controller import Controller
from django.contrib import admin
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from django_otp.oath import totp

from sanasezim.forms import NewPasswordForm
from sanasezim.shared import (
    accounts,
    codes,
    confirmed,
    limits,
    notices,
    resets,
    second_factor,
)
from sanasezim.shared.models import (
    AccessEntry,
    AccountLetter,
    Authenticator,
    Counter,
    KnownPlace,
    ResetRequest,
    StaffSession,
    User,
)
from sanasezim.shared.second_factor import Answer
from tests import make
from tests.test_staff_access import NOT_THERE, staff_addresses

pytestmark = pytest.mark.django_db

PASSWORD = "long-enough-1"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36"
)
Action = AccessEntry.Action


def send_password(client, account, password=PASSWORD, **more):
    name = account if isinstance(account, str) else account.username
    return client.post("/staff/login/", {"username": name, "password": password}, **more)


def send_code(client, code, **more):
    return client.post("/staff/login/code/", {"code": code}, **more)


def is_in(client, **more):
    return client.get("/staff/me/", **more).status_code == 200


def enrol(account):
    """Give the account an authenticator app that has made no code yet."""
    Authenticator.objects.create(user=account, name="", confirmed=True)


def enrol_with_recovery_codes(account):
    enrol(account)
    return second_factor.new_recovery_codes(account, request=RequestFactory().get("/"))


def code_of(account, step=0):
    """What the app shows now, or some half minutes later."""
    return f"{totp(base64.b32decode(second_factor.of(account).secret), drift=step):06}"


def wrong_code(account):
    good = {code_of(account, step) for step in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in good)


@pytest.fixture
def later(monkeypatch):
    """A function that moves the clock of the portal on."""
    now, moved = timezone.now, datetime.timedelta()

    def move(**by):
        nonlocal moved
        moved += datetime.timedelta(**by)

    monkeypatch.setattr(timezone, "now", lambda: now() + moved)
    return move


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture(autouse=True)
def _prompt_refusals_in_english(monkeypatch):
    monkeypatch.setattr("sanasezim.sign_in.REFUSAL_SECONDS", 0)
    with translation.override("en"):
        yield


@pytest.fixture
def mailbox(settings):
    """A real SMTP server; the letters it was given, as text."""

    class Box:
        letters = []

        async def handle_DATA(self, server, session, envelope):
            self.letters.append(envelope.content.decode())
            return "250 OK"

    box = Box()
    box.letters = []
    server = Controller(box, hostname="127.0.0.1", port=0)
    # The controller asks the port it was given whether it answers; 0 is any that is free.
    server.port = free_port()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield box.letters
    server.stop()


def free_port():
    import socket

    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


# The first step


def test_the_password_leads_in_where_no_second_factor_is_asked_for(client, lawyer):
    answer = send_password(client, lawyer)

    assert answer.status_code == 302
    assert answer["Location"] == "/staff/"
    assert is_in(client)


def test_a_password_is_hashed_as_owasp_says():
    account = make.user()

    assert account.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_hashed_another_way_is_hashed_anew_as_somebody_signs_in(client):
    account = make.user()
    account.password = Argon2PasswordHasher().encode(PASSWORD, "salt-of-twenty-two-xx")
    account.save()

    send_password(client, account)

    account.refresh_from_db()
    assert "m=19456,t=2,p=1" in account.password
    assert is_in(client)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_every_page_of_the_way_in_opens_in_the_languages_of_the_staff(client, lawyer, language):
    accepted = {"HTTP_ACCEPT_LANGUAGE": language}
    enrol(lawyer)

    for address in ["/staff/login/", "/staff/start/"]:
        page = client.get(address, **accepted)
        assert page.status_code == 200
        assert f'lang="{language}"' in page.content.decode()
    send_password(client, lawyer, **accepted)
    page = client.get("/staff/login/code/", **accepted)

    assert page.status_code == 200
    assert 'autocomplete="one-time-code"' in page.content.decode()


def test_the_form_helps_password_managers_and_phones(client):
    page = client.get("/staff/login/").content.decode()

    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert 'autocapitalize="none"' in page


def page_for(client, name, password):
    """What a refusal looks like, but for the token against forged requests, which is new each time."""
    answer = send_password(client, name, password)
    body = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode())
    # The page is of this moment; everything else must be equal.
    del answer.headers["Expires"]
    return answer.status_code, body, sorted(answer.headers.items())


def test_unknown_known_inactive_and_passwordless_names_get_the_same_bytes(client, lawyer):
    make.user(is_active=False)
    inactive = User.objects.get(is_active=False)
    passwordless = make.user()
    passwordless.set_unusable_password()
    passwordless.save()
    outsider = make.user()
    User.objects.filter(pk=outsider.pk).update(is_staff=False)
    first = page_for(Client(), "nobody-of-this-name", "not-the-password")

    assert first[0] == 200
    for name, password in [
        (lawyer.username, "not-the-password"),
        (inactive.username, PASSWORD),
        (inactive.username, "not-the-password"),
        (passwordless.username, PASSWORD),
        (outsider.username, PASSWORD),
        ("x" * 150, "not-the-password"),
    ]:
        assert page_for(Client(), name, password) == first, name


def test_unknown_and_known_names_ask_the_database_the_same(client, lawyer):
    from django.test.utils import CaptureQueriesContext

    def statements(name):
        with CaptureQueriesContext(connection) as asked:
            send_password(Client(), name, "not-the-password")
        return [re.sub(r"'[^']*'|\b\d+\b|NULL", "?", query["sql"]) for query in asked]

    statements("to-warm-up")

    assert statements(lawyer.username) == statements("nobody-of-this-name")


def test_a_name_that_is_too_long_or_holds_a_nul_is_refused_without_a_fault(client):
    assert send_password(client, "x" * 5000, "y").status_code == 200
    assert send_password(client, "a\0b", "y").status_code == 200
    assert (
        send_password(client, "имя\ud83d".encode("utf-8", "replace").decode(), "y").status_code
        == 200
    )


NEXT = [
    *(
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
    ),
    *("\\/evil.example", "https://evil.example", "https:evil.example", "https:/evil.example"),
    *(
        "http:///evil.example",
        "HTTPS://evil.example",
        "//evil.example/staff/",
        "javascript:alert(1)",
    ),
    *(
        "data:text/html,x",
        "/%09/evil.example",
        "/\t/evil.example",
        "/%5cevil.example",
        "%2f%2fevil",
    ),
    *("/%2f/evil.example", "/staff//evil.example", "/staff/..//evil.example", "/staff/../../evil"),
    *("/staff/%2e%2e//evil.example", "/staff/%2e%2e%2f%2fevil.example", "/staff/\\evil.example"),
    *("/staff/%5c%5cevil.example", "/staff@evil.example", "/staff.evil.example", " //evil.example"),
    *("\n//evil.example", "//evil.example%00", "/staff/\r\nSet-Cookie: a=b", "/staff/%0d%0aX: y"),
    *("//user@evil.example", "//[::1]/", "ftp://evil.example", "https://127.0.0.1@evil.example"),
    *("/ru/library/", "/k/K-12", "staff/", "", "?next=//evil.example", "/staff/./../x", "／／evil"),
    *("https://testserver.evil.example/staff/", "/staff/\x7f", "/staff/login/?next=//evil.example"),
]


def test_nothing_in_next_leaves_the_staff_pages(client, lawyer):
    assert len(set(NEXT)) >= 40
    send_password(client, lawyer)

    for address in NEXT:
        assert client.get("/staff/login/", {"next": address})["Location"] == "/staff/", address
    for address in ["//evil.example", "https:evil.example", "/staff/..//evil.example"]:
        sent = {"username": lawyer.username, "password": PASSWORD, "next": address}
        assert client.post("/staff/login/", sent)["Location"] == "/staff/"


def test_next_leads_on_to_a_staff_page_also_over_the_second_step(client, lawyer):
    enrol(lawyer)
    onward = "/staff/resources/edition/?q=%D0%B8%D0%BC%D1%8F&p=1"

    client.post(
        "/staff/login/", {"username": lawyer.username, "password": PASSWORD, "next": onward}
    )
    answer = send_code(client, code_of(lawyer))

    assert answer["Location"] == onward


# Limits


def test_five_wrong_tries_of_a_name_from_an_address_and_then_a_wait(client, lawyer, later):
    for _try in range(5):
        assert send_password(client, lawyer, "wrong").status_code == 200
    refused = send_password(client, lawyer, PASSWORD)

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) in range(14 * 60, 15 * 60 + 1)
    assert "15" in refused.content.decode()
    assert not is_in(client)
    later(minutes=14)
    assert send_password(client, lawyer).status_code == 429
    later(minutes=2)
    assert send_password(client, lawyer).status_code == 302


def test_another_address_and_another_name_still_get_in(client, lawyer, operator):
    for _try in range(6):
        send_password(client, lawyer, "wrong", REMOTE_ADDR="192.0.2.1")

    assert send_password(Client(), operator, REMOTE_ADDR="192.0.2.1").status_code == 302
    assert send_password(Client(), lawyer, REMOTE_ADDR="192.0.2.2").status_code == 302
    assert send_password(Client(), lawyer, REMOTE_ADDR="192.0.2.1").status_code == 429


def test_getting_in_clears_the_count(client, lawyer):
    for _round in range(3):
        for _try in range(4):
            send_password(client, lawyer, "wrong")
        assert send_password(client, lawyer).status_code == 302


def test_a_name_nobody_has_is_held_back_alike(client, lawyer):
    answers = []
    for name in [lawyer.username, "nobody-of-this-name"]:
        for _try in range(6):
            answer = send_password(client, name, "wrong")
        body = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
        answers.append((answer.status_code, body))

    assert answers[0] == answers[1]
    assert answers[0][0] == 429


def test_capital_letters_and_gaps_make_no_other_name(client, lawyer):
    for name in [lawyer.username, lawyer.username.upper(), f" {lawyer.username}"] * 2:
        answer = send_password(client, name, "wrong")

    assert answer.status_code == 429


@pytest.mark.parametrize("behind_proxy", [False, True])
def test_a_forged_header_does_not_lift_the_limit(client, lawyer, settings, behind_proxy):
    settings.BEHIND_PROXY = behind_proxy
    for number in range(6):
        forged = f"10.0.0.{number}, 198.51.100.{number}"
        # The last entry is what our proxy heard from.
        header = f"{forged}, 203.0.113.9" if behind_proxy else forged
        answer = send_password(client, lawyer, "wrong", HTTP_X_FORWARDED_FOR=header)

    assert answer.status_code == 429


def test_a_limit_counts_in_its_window_and_forgets(later):
    assert [limits.count("test", "192.0.2.1", 60) for _try in range(3)] == [1, 2, 3]
    assert limits.count("test", "192.0.2.2", 60) == 1
    assert limits.count("another", "192.0.2.1", 60) == 1
    later(seconds=30)
    assert limits.count("test", "192.0.2.1", 60) == 4
    assert limits.seconds_left("test", "192.0.2.1") == 30
    later(seconds=31)
    assert limits.count_of("test", "192.0.2.1") == 0
    assert limits.count("test", "192.0.2.1", 60) == 1
    limits.forget("test", "192.0.2.1")
    assert limits.count_of("test", "192.0.2.1") == 0


def test_with_a_most_nobody_gets_twice_as_many_around_the_edge(later):
    limits.count("test", "key", 60, most=2)
    later(seconds=59)
    limits.count("test", "key", 60, most=2)
    later(seconds=2)

    assert limits.count("test", "key", 60, most=2) == 3
    later(seconds=58)
    assert limits.count("test", "key", 60, most=2) == 1


def test_closed_windows_are_removed_and_nothing_tells_what_was_counted(later):
    limits.count("test", "192.0.2.1", 60)
    limits.count("test", "lawyer\n192.0.2.1", 3600)
    rows = str(list(Counter.objects.values_list()))

    assert "192.0.2" not in rows and "lawyer" not in rows
    later(seconds=61)
    assert limits.forget_old() == 1
    assert Counter.objects.count() == 1


def test_the_table_of_limits_is_in_no_write_ahead_log():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'shared_counter'")
        assert cursor.fetchone()[0] == "u"


def at_once(number, act):
    """Run it in as many threads at the same time; what each returned."""
    returned, start = [], threading.Barrier(number)

    def run():
        start.wait()
        try:
            returned.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _thread in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return returned


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_exactly():
    numbers = at_once(4, lambda: [limits.count("test", "key", 60) for _try in range(25)])

    assert sorted(sum(numbers, [])) == list(range(1, 101))


# Sessions


def cookie(client):
    return client.cookies["staff"].value


def test_a_session_begins_under_a_new_key_and_one_that_was_planted_is_dead(client, lawyer):
    planted = "a" * 32
    client.cookies["staff"] = planted

    send_password(client, lawyer)

    assert cookie(client) != planted
    thief = Client()
    thief.cookies["staff"] = planted
    assert not is_in(thief)


def test_a_key_from_between_the_two_steps_is_not_that_of_the_session(client, lawyer):
    enrol(lawyer)
    send_password(client, lawyer)
    half = cookie(client)

    send_code(client, code_of(lawyer))

    assert cookie(client) != half
    thief = Client()
    thief.cookies["staff"] = half
    assert not is_in(thief)


def test_signing_in_once_more_gives_another_key_and_ends_the_first(client, lawyer):
    send_password(client, lawyer)
    first = cookie(client)

    send_password(client, lawyer)

    assert cookie(client) != first
    assert StaffSession.objects.filter(account=lawyer).count() == 1


def test_the_database_has_no_key_in_clear_and_nothing_about_the_person(client, lawyer):
    User.objects.filter(pk=lawyer.pk).update(first_name="Гульнара", email="g@example.kz")
    send_password(client, lawyer, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.77")
    client.get("/staff/", HTTP_USER_AGENT=FIREFOX)
    row = StaffSession.objects.get(account=lawyer)
    text = str(list(StaffSession.objects.values_list())) + str(row.get_decoded())

    assert row.session_key == hashlib.sha256(cookie(client).encode()).hexdigest()
    assert row.device == "Firefox, Windows"
    for told in [cookie(client), lawyer.username, "Гульнара", "g@example.kz", "192.0.2", "Gecko"]:
        assert told not in text


def test_a_cookie_carried_to_another_browser_is_dead_for_both(client, lawyer):
    send_password(client, lawyer, HTTP_USER_AGENT=FIREFOX)
    assert is_in(client, HTTP_USER_AGENT=FIREFOX)
    thief = Client()
    thief.cookies["staff"] = cookie(client)

    assert not is_in(thief, HTTP_USER_AGENT=CHROME)
    assert not is_in(client, HTTP_USER_AGENT=FIREFOX)


def test_a_session_ends_after_half_an_hour_without_a_click(client, lawyer, later):
    send_password(client, lawyer)
    for _click in range(3):
        later(minutes=29)
        assert is_in(client)
    later(minutes=31)

    assert not is_in(client)


def test_an_open_page_that_asks_by_itself_keeps_no_session_alive(client, lawyer, later):
    send_password(client, lawyer)
    for _time in range(3):
        later(minutes=9)
        assert is_in(client, HTTP_X_BY_ITSELF="1")
    later(minutes=4)

    assert not is_in(client)


def test_a_session_ends_after_ten_hours_in_any_case(client, lawyer, later):
    send_password(client, lawyer)
    for _click in range(23):
        later(minutes=26)
        assert is_in(client)
    later(minutes=3)

    assert not is_in(client)


def test_a_click_within_the_minute_writes_nothing(client, lawyer, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    send_password(client, lawyer)
    client.get("/staff/password_change/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/staff/password_change/")

    assert not [query for query in asked if not query["sql"].startswith("SELECT")]


def test_signing_out_is_final(client, lawyer):
    send_password(client, lawyer)
    held = cookie(client)

    assert client.get("/staff/logout/").status_code == 405
    answer = client.post("/staff/logout/")

    assert answer["Location"] == "/staff/login/?note=out"
    assert '"cache"' in answer["Clear-Site-Data"] and '"cookies"' in answer["Clear-Site-Data"]
    assert "storage" not in answer["Clear-Site-Data"]
    assert answer["Cache-Control"] == "no-store"
    client.cookies["staff"] = held
    assert not is_in(client)
    assert not StaffSession.objects.filter(account=lawyer).exists()


def test_no_staff_page_stays_in_the_browser(client, superuser):
    make.sign_in(client, superuser)

    for name, address in staff_addresses({}):
        if name != "logout":
            assert client.get(address).headers["Cache-Control"] == "no-store", address
    assert Client().get("/staff/login/")["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "change",
    [
        lambda account: User.objects.filter(pk=account.pk).update(is_active=False),
        lambda account: User.objects.filter(pk=account.pk).update(is_staff=False),
        lambda account: User.objects.filter(pk=account.pk).update(is_superuser=True),
        lambda account: User.objects.filter(pk=account.pk).update(password="!gone"),
        lambda account: resets.change_password(account, "another-long-word-8"),
        lambda account: account.groups.clear(),
        lambda account: account.groups.add(make.user("operator").groups.get()),
        lambda account: accounts.end_sessions(),
        lambda account: call_command("end_sessions", verbosity=0),
        lambda account: call_command("end_sessions", user=account.username),
    ],
    ids=["inactive", "no staff", "superuser", "password", "reset", "fewer roles", "more roles"]
    + ["all", "command", "command for one"],
)
def test_the_next_request_is_out_after(client, lawyer, change):
    send_password(client, lawyer)
    assert is_in(client)

    change(lawyer)

    assert not is_in(client)


def test_what_does_not_concern_an_account_leaves_its_session(client, lawyer, operator):
    send_password(client, lawyer)

    User.objects.filter(pk=lawyer.pk).update(
        first_name="А", language="kk", last_login=timezone.now()
    )
    operator.groups.clear()
    call_command("end_sessions", user=operator.username)
    call_command("sync_roles", verbosity=0)

    assert is_in(client)


def test_the_command_says_when_there_is_no_such_account():
    from django.core.management import CommandError

    with pytest.raises(CommandError, match="no account"):
        call_command("end_sessions", user="nobody-of-this-name")


def test_a_session_outlives_the_exchange_of_the_secret_key_and_not_its_ten_hours(
    client, lawyer, settings, later
):
    send_password(client, lawyer)
    begun = StaffSession.objects.get(account=lawyer).started_at
    later(minutes=20)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-" + "y" * 40

    assert is_in(client)
    assert is_in(client)
    assert StaffSession.objects.get(account=lawyer).started_at == begun


def test_a_session_that_was_ended_meanwhile_is_not_written_back(client, lawyer):
    from django.contrib.sessions.backends.base import UpdateError

    client.force_login(lawyer)
    held = client.session
    held["something"] = 1
    accounts.end_sessions(lawyer)

    with pytest.raises(UpdateError):
        held.save()


def test_a_reading_page_sets_no_cookie(client, lawyer):
    send_password(client, lawyer)

    for address in ["/ru/", "/ru/help/", "/healthz"]:
        assert not client.get(address).cookies


def test_old_sessions_are_removed_as_somebody_signs_in(client, lawyer, operator, later):
    send_password(client, operator)
    later(hours=11)

    send_password(Client(), lawyer)

    assert not StaffSession.objects.filter(account=operator).exists()


# The second factor


@pytest.mark.parametrize("has_factor", [True, False])
@pytest.mark.parametrize("who", ["administrator", "superuser"])
def test_with_the_password_alone_no_staff_address_opens(client, required, request, who, has_factor):
    account = request.getfixturevalue(who)
    if has_factor:
        enrol(account)
    answer = send_password(client, account)
    second_step = "/staff/login/code/" if has_factor else "/staff/factor/"
    assert answer["Location"] == second_step

    for name, address in staff_addresses({}):
        for ask in [client.get, client.post]:
            found = ask(address)
            if name in {"login", "start", "logout", "login_code" if has_factor else "factor"}:
                continue
            if name in NOT_THERE:
                assert found.status_code == 404, address
                continue
            assert found.status_code == 302, address
            assert found["Location"].startswith(("/staff/login/", second_step)), address
    assert not StaffSession.objects.exclude(account=None).exists()


def test_a_session_without_a_second_factor_opens_nothing_once_it_is_required(
    client, lawyer, settings
):
    send_password(client, lawyer)
    assert is_in(client)

    settings.SECOND_FACTOR_REQUIRED = True

    assert not is_in(client)
    assert client.get("/staff/")["Location"].startswith("/staff/login/")
    assert client.get("/staff/login/").status_code == 200


def test_who_has_a_second_factor_is_asked_for_it_also_where_it_is_not_required(client, lawyer):
    enrol(lawyer)

    send_password(client, lawyer)

    assert not is_in(client)
    assert send_code(client, code_of(lawyer))["Location"] == "/staff/"
    assert is_in(client)


def test_a_code_is_good_once(client, lawyer):
    enrol(lawyer)
    code = code_of(lawyer)
    send_password(client, lawyer)
    send_code(client, code)
    thief = Client()
    send_password(thief, lawyer)

    page = send_code(thief, code)

    assert page.status_code == 200
    assert "app shows the next" in str(second_factor_words(page))
    assert not is_in(thief)


def second_factor_words(page):
    """The refusal in English, whatever language the page is in."""
    with translation.override("en"):
        return [
            str(error)
            for errors in page.context["form"].errors.as_data().values()
            for error in errors
        ]


@pytest.mark.django_db(transaction=True)
def test_the_same_code_sent_twice_at_once_is_taken_once():
    account = make.user()
    app = Authenticator.objects.create(user=account, name="", confirmed=True)
    code = f"{totp(base64.b32decode(app.secret)):06}"

    answers = at_once(4, lambda: second_factor.use(account, code))

    assert answers.count(Answer.RIGHT) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_recovery_code_sent_twice_at_once_is_taken_once():
    account = make.user()
    code = enrol_with_recovery_codes(account)[0]

    answers = at_once(4, lambda: second_factor.use(account, code))

    assert answers.count(Answer.RECOVERY) == 1


@pytest.mark.parametrize(
    ("step", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_half_a_minute_off(lawyer, step, is_right):
    enrol(lawyer)
    while time.time() % 30 > 28:
        time.sleep(0.1)

    assert second_factor.use(lawyer, code_of(lawyer, step)).is_right == is_right


def test_an_earlier_code_is_not_good_after_a_later_one(lawyer):
    enrol(lawyer)

    assert second_factor.use(lawyer, code_of(lawyer, 1)) is Answer.RIGHT
    assert second_factor.use(lawyer, code_of(lawyer, 0)) is Answer.USED


def test_a_code_may_be_typed_with_gaps(lawyer):
    given = enrol_with_recovery_codes(lawyer)
    code = code_of(lawyer)

    assert second_factor.use(lawyer, f" {code[:3]} {code[3:]} ") is Answer.RIGHT
    assert second_factor.use(lawyer, codes.in_groups(given[0])) is Answer.RECOVERY
    assert (
        second_factor.use(lawyer, "-".join(given[1][i : i + 4] for i in range(0, 20, 4)))
        is Answer.RECOVERY
    )


def test_what_is_no_code_is_wrong(lawyer):
    enrol(lawyer)

    for text in ["", "12345", "1234567", "abcdef", "１２３４５６", "0" * 19, "x" * 20, "-1 234"]:
        assert second_factor.use(lawyer, text) is Answer.WRONG, text


def test_a_recovery_code_lets_in_once(client, lawyer):
    given = enrol_with_recovery_codes(lawyer)
    send_password(client, lawyer)
    send_code(client, given[3])
    assert is_in(client)
    again = Client()
    send_password(again, lawyer)

    send_code(again, given[3])

    assert not is_in(again)
    assert lawyer.recovery_codes.unused().count() == 9
    send_code(again, given[4])
    assert is_in(again)


def test_recovery_codes_are_of_one_account(lawyer, operator):
    given = enrol_with_recovery_codes(lawyer)
    enrol(operator)

    assert second_factor.use(operator, given[0]) is Answer.WRONG


def test_the_database_tells_neither_the_secret_nor_a_recovery_code(lawyer):
    given = enrol_with_recovery_codes(lawyer)
    secret = second_factor.of(lawyer).secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM shared_authenticator")
        stored = bytes(cursor.fetchone()[0])
        cursor.execute("SELECT digest, salt FROM shared_recoverycode")
        rows = [bytes(digest) + bytes(salt) for digest, salt in cursor.fetchall()]

    assert secret.encode() not in stored and base64.b32decode(secret) not in stored
    assert len(set(rows)) == 10
    assert not [code for code in given for row in rows if code.encode() in row]


def test_the_second_step_must_come_within_five_minutes(client, lawyer, monkeypatch):
    enrol(lawyer)
    send_password(client, lawyer)
    now = time.time
    monkeypatch.setattr("django.core.signing.time.time", lambda: now() + 301)

    answer = send_code(client, code_of(lawyer))

    assert answer["Location"] == "/staff/login/?note=late"
    assert not is_in(client)


def test_the_first_step_is_worth_nothing_after_the_password_changed(client, lawyer):
    enrol(lawyer)
    send_password(client, lawyer)
    lawyer.set_password("another-long-word-8")
    lawyer.save()

    assert send_code(client, code_of(lawyer))["Location"] == "/staff/login/?note=late"


def test_the_first_step_is_worth_nothing_for_who_was_made_inactive(client, lawyer):
    enrol(lawyer)
    send_password(client, lawyer)
    User.objects.filter(pk=lawyer.pk).update(is_active=False)

    assert send_code(client, code_of(lawyer))["Location"] == "/staff/login/?note=late"


def test_five_wrong_codes_and_then_a_wait_and_a_letter(
    client, lawyer, django_capture_on_commit_callbacks, mailbox
):
    User.objects.filter(pk=lawyer.pk).update(email="lawyer@example.kz")
    given = enrol_with_recovery_codes(lawyer)
    AccountLetter.objects.all().delete()
    send_password(client, lawyer)

    with django_capture_on_commit_callbacks(execute=True):
        statuses = [send_code(client, wrong_code(lawyer)).status_code for _try in range(6)]

    assert statuses == [200] * 5 + [429]
    assert send_code(client, given[0]).status_code == 429
    assert len(mailbox) == 1
    elsewhere = Client()
    send_password(elsewhere, lawyer, REMOTE_ADDR="192.0.2.8")
    assert send_code(elsewhere, given[0], REMOTE_ADDR="192.0.2.8").status_code == 302


def test_wrong_codes_make_the_app_wait_longer_but_not_for_ever(lawyer, later):
    enrol(lawyer)
    for _try in range(3):
        assert second_factor.use(lawyer, wrong_code(lawyer)) is Answer.WRONG
    assert second_factor.use(lawyer, code_of(lawyer)) is Answer.WAIT
    for _try in range(20):
        later(seconds=513)
        assert second_factor.use(lawyer, wrong_code(lawyer)) is Answer.WRONG
    later(seconds=500)
    assert second_factor.use(lawyer, code_of(lawyer)) is Answer.WAIT
    later(seconds=13)
    assert second_factor.use(lawyer, code_of(lawyer)) is Answer.RIGHT
    assert second_factor.of(lawyer).throttling_failure_count == 0


def test_a_recovery_code_is_taken_while_the_app_waits(lawyer):
    given = enrol_with_recovery_codes(lawyer)
    for _try in range(4):
        second_factor.use(lawyer, wrong_code(lawyer))

    assert second_factor.use(lawyer, code_of(lawyer)) is Answer.WAIT
    assert second_factor.use(lawyer, given[0]) is Answer.RECOVERY


# Setting it up


def secret_on(page):
    return re.search(r'factor-secret"[^>]*>([A-Z2-7 ]+)<', page.content.decode())[1].replace(
        " ", ""
    )


def code_for(secret, step=0):
    return f"{totp(base64.b32decode(secret), drift=step):06}"


def test_who_has_no_second_factor_sets_it_up_after_the_password(client, lawyer, required):
    send_password(client, lawyer)
    page = client.get("/staff/factor/")
    secret = secret_on(page)
    assert secret_on(client.get("/staff/factor/")) == secret, "a reload keeps it"

    wrong = client.post("/staff/factor/", {"code": code_for(secret, 9)})
    assert wrong.status_code == 200 and not is_in(client)
    shown = client.post("/staff/factor/", {"code": code_for(secret)})

    given = re.findall(r"<code>(\d{4}(?: \d{4}){4})</code>", shown.content.decode())
    assert len(set(given)) == 10
    assert is_in(client)
    assert second_factor.of(lawyer).secret == secret
    assert not re.search(r"\d{4} \d{4} \d{4}", client.get("/staff/me/").content.decode())
    answer = client.post("/staff/factor/saved/", {"saved": "on", "next": "/staff/"})
    assert answer["Location"] == "/staff/"
    assert not lawyer.recovery_codes.filter(saved_at=None).exists()
    assert second_factor.use(lawyer, given[0]) is Answer.RECOVERY


def test_the_picture_of_the_secret_fits_the_strict_policy(client, lawyer, required):
    send_password(client, lawyer)
    page = client.get("/staff/factor/")
    body = page.content.decode()

    assert "<svg" in body
    assert "data:" not in body and " style=" not in body and "<style" not in body
    assert "onload" not in body
    assert page["Content-Security-Policy"].startswith("default-src 'none'")
    assert page["Cache-Control"] == "no-store"
    assert "otpauth://totp/Sana%20Sezim" in body


def test_the_code_that_set_it_up_does_not_sign_in(client, lawyer, required):
    send_password(client, lawyer)
    secret = secret_on(client.get("/staff/factor/"))
    code = code_for(secret)
    client.post("/staff/factor/", {"code": code})
    thief = Client()
    send_password(thief, lawyer)

    send_code(thief, code)

    assert not is_in(thief)


def test_the_password_alone_replaces_no_second_factor(client, lawyer, required):
    enrol(lawyer)
    send_password(client, lawyer)

    assert client.get("/staff/factor/")["Location"] == "/staff/login/code/"
    assert client.post("/staff/factor/", {"code": "123456"})["Location"] == "/staff/login/code/"


def test_another_who_has_the_password_sees_another_secret(client, lawyer, required):
    send_password(client, lawyer)
    first = secret_on(client.get("/staff/factor/"))
    other = Client()
    send_password(other, lawyer)

    assert secret_on(other.get("/staff/factor/")) != first
    client.post("/staff/factor/", {"code": code_for(first)})
    assert not is_in(client), "the first secret is good no more"


def test_another_app_asks_for_password_and_code_and_ends_the_other_sessions(client, lawyer):
    enrol(lawyer)
    old = second_factor.of(lawyer).secret
    other = Client()
    for somebody, step in [(other, -1), (client, 0)]:
        send_password(somebody, lawyer)
        send_code(somebody, code_of(lawyer, step))
    asked = client.get("/staff/factor/")
    assert "again-password" in asked.content.decode() and "again-code" in asked.content.decode()
    assert "factor-secret" not in asked.content.decode()

    proof = {"again-then": "get", "again-password": PASSWORD, "again-code": code_of(lawyer, 1)}
    assert client.post("/staff/factor/", proof).status_code == 302
    secret = secret_on(client.get("/staff/factor/"))
    client.post("/staff/factor/", {"code": code_for(secret)})

    assert second_factor.of(lawyer).secret == secret != old
    assert is_in(client) and not is_in(other)


def test_new_recovery_codes_ask_for_both_and_replace_the_old(client, lawyer):
    old = enrol_with_recovery_codes(lawyer)
    send_password(client, lawyer)
    send_code(client, code_of(lawyer))
    assert "again-password" in client.get("/staff/factor/codes/").content.decode()
    assert "again-password" in client.post("/staff/factor/codes/").content.decode()
    proof = {"again-then": "post", "again-password": PASSWORD, "again-code": code_of(lawyer, 1)}

    shown = client.post("/staff/factor/codes/", proof)

    assert len(re.findall(r"<code>\d{4} ", shown.content.decode())) == 10
    assert second_factor.use(lawyer, old[0]) is Answer.WRONG


def test_an_account_has_one_app(lawyer):
    enrol(lawyer)

    with pytest.raises(IntegrityError), transaction.atomic():
        Authenticator.objects.create(user=lawyer, name="", confirmed=True)


# Asking again


@pytest.fixture
def asking(client, lawyer):
    """A request of somebody signed in, as a view gets it."""
    client.force_login(lawyer)

    def request(method="get", **posted):
        made = getattr(RequestFactory(), method)("/staff/x/?page=2", posted)
        made.session, made.user, made.resolver_match = client.session, lawyer, None
        return made

    return request


def test_a_code_is_asked_for_again_and_then_the_view_runs(asking, lawyer):
    enrol(lawyer)

    @confirmed.ask_again
    def view(request):
        return HttpResponse(request.POST.urlencode())

    page = view(asking("post", reason="Отчёт", rows=["1", "2"]))
    assert 'name="again-code"' in page.content.decode()
    assert 'name="reason" value="Отчёт"' in page.content.decode()
    assert page.content.decode().count('name="rows"') == 2
    request = asking("post", **{"reason": "x", "again-then": "post", "again-code": code_of(lawyer)})

    answer = view(request)

    assert answer.content == b"reason=x"
    assert confirmed.is_confirmed(request)
    assert not confirmed.is_confirmed(request, both=True)


def test_a_page_that_was_opened_is_opened_after_the_question(asking):
    @confirmed.ask_again
    def view(request):
        raise AssertionError("not by POST")

    page = view(asking())
    assert 'name="again-then" value="get"' in page.content.decode()
    answer = view(asking("post", **{"again-then": "get", "again-password": PASSWORD}))

    assert answer.status_code == 302
    assert answer["Location"] == "/staff/x/?page=2"


def test_it_holds_for_ten_minutes_and_only_in_this_session(asking, later):
    request = asking("post", **{"again-then": "post", "again-password": PASSWORD})
    assert confirmed.ask(request) is None
    assert confirmed.ask(request) is None
    later(minutes=9)
    assert confirmed.ask(request) is None
    later(minutes=2)

    assert confirmed.ask(request).status_code == 200
    assert confirmed.ask(asking()).status_code == 200


def test_signing_in_is_not_being_asked_again(client, lawyer):
    send_password(client, lawyer)

    assert confirmed.CONFIRMED not in client.session


def test_five_wrong_answers_and_then_a_wait(asking):
    wrong = {"again-then": "post", "again-password": "wrong"}
    statuses = [confirmed.ask(asking("post", **wrong)).status_code for _try in range(6)]
    right = confirmed.ask(asking("post", **wrong | {"again-password": PASSWORD}))

    assert statuses == [422] * 5 + [429]
    assert right.status_code == 429


def test_a_wrong_password_does_not_use_up_the_code(asking, lawyer):
    enrol(lawyer)
    code = code_of(lawyer)
    posted = {"again-then": "post", "again-code": code}

    assert confirmed.ask(asking("post", **posted | {"again-password": "wrong"}), both=True)
    request = asking("post", **posted | {"again-password": PASSWORD})
    assert confirmed.ask(request, both=True) is None


def test_giving_a_role_asks_again_and_ends_the_sessions_of_the_colleague(
    client, administrator, lawyer, operator
):
    send_password(client, administrator)
    theirs = Client()
    send_password(theirs, lawyer)
    address = reverse("admin:shared_user_change", args=[lawyer.pk])
    sent = {
        **{"username": lawyer.username, "language": "ru", "is_active": "on", "is_staff": "on"},
        "groups": [group.pk for group in operator.groups.all()],
    }

    page = client.post(address, sent)
    assert 'name="again-password"' in page.content.decode()
    assert lawyer.groups.get().name == "lawyer"
    assert is_in(theirs)
    answer = client.post(address, sent | {"again-then": "post", "again-password": PASSWORD})

    assert answer.status_code == 302
    assert lawyer.groups.get().name == "operator"
    assert not is_in(theirs)
    assert (
        AccessEntry.objects.filter(who=administrator, action=Action.ACCOUNT).about(lawyer).exists()
    )


# One's own account


def test_my_page_shows_my_sessions_and_ends_them(client, lawyer):
    send_password(client, lawyer, HTTP_USER_AGENT=FIREFOX)
    other, third = Client(), Client()
    send_password(other, lawyer, HTTP_USER_AGENT=CHROME)
    send_password(third, lawyer)
    page = client.get("/staff/me/", HTTP_USER_AGENT=FIREFOX).content.decode()
    assert "Firefox, Windows" in page and "Chrome, Android" in page
    number = StaffSession.objects.get(device="Chrome, Android").pk

    client.post("/staff/me/end/", {"which": number}, HTTP_USER_AGENT=FIREFOX)
    assert not is_in(other, HTTP_USER_AGENT=CHROME) and is_in(third)
    client.post("/staff/me/end/", {"which": "others"}, HTTP_USER_AGENT=FIREFOX)

    assert not is_in(third) and is_in(client, HTTP_USER_AGENT=FIREFOX)


def test_nobody_ends_a_session_of_somebody_else(client, lawyer, operator):
    send_password(client, lawyer)
    theirs = Client()
    send_password(theirs, operator)

    client.post("/staff/me/end/", {"which": StaffSession.objects.get(account=operator).pk})

    assert is_in(theirs)


def test_ending_the_session_one_is_in_signs_out(client, lawyer):
    send_password(client, lawyer)

    answer = client.post("/staff/me/end/", {"which": client.session.row.pk or current(lawyer)})

    assert answer["Location"] == "/staff/login/?note=out"
    assert not is_in(client)


def current(account):
    return StaffSession.objects.get(account=account).pk


def test_my_page_shows_refused_tries(client, lawyer):
    send_password(Client(), lawyer, "wrong")
    send_password(client, lawyer)

    page = client.get("/staff/me/").content.decode()

    assert page.count('class="refused"') == 1


def test_the_language_of_the_pages_is_ones_own_choice(client, lawyer):
    send_password(client, lawyer)

    client.post("/staff/me/language/", {"language": "kk"})
    client.post("/staff/me/language/", {"language": "tg"})

    lawyer.refresh_from_db()
    assert lawyer.language == "kk"


def new_password(**changes):
    word = "кедр-лампа-Тараз-9"
    return {"old_password": PASSWORD, "new_password": word, "repeated": word} | changes


def test_changing_the_password_ends_every_session(client, lawyer):
    send_password(client, lawyer)
    other = Client()
    send_password(other, lawyer)

    answer = client.post("/staff/password_change/", new_password())

    assert answer["Location"] == "/staff/login/?note=changed"
    assert not is_in(client) and not is_in(other)
    assert send_password(client, lawyer, "кедр-лампа-Тараз-9").status_code == 302


def test_changing_the_password_needs_the_old_one_and_the_code(client, lawyer):
    enrol(lawyer)
    send_password(client, lawyer)
    send_code(client, code_of(lawyer))

    for wrong in [
        {"code": code_of(lawyer, 1), "old_password": "wrong"},
        {"code": code_of(lawyer)},
        {"code": ""},
        {"code": code_of(lawyer, 1), "repeated": "something-else-9"},
    ]:
        assert client.post("/staff/password_change/", new_password(**wrong)).status_code == 200, (
            wrong
        )
    answer = client.post("/staff/password_change/", new_password(code=code_of(lawyer, 1)))

    assert answer.status_code == 302


WEAK = [
    *("short-words", "sanasezim2026", "Сана Сезім 2026!", "aaaaaaaaaaaaaaaa", "121212121212"),
    *("qwertyqwerty12", "passwordpassword", "Шымкент2026шымкент"),
]


def test_a_password_that_is_guessed_easily_is_refused(lawyer):
    for word in WEAK:
        form = NewPasswordForm({"new_password": word, "repeated": word}, account=lawyer)
        assert list(form.errors) == ["new_password"], word
    lawyer.username = "gulnara.akhmetova"
    own = NewPasswordForm(
        dict.fromkeys(["new_password", "repeated"], "gulnara-akhmetova"), account=lawyer
    )
    assert list(own.errors) == ["new_password"]


def test_no_kind_of_sign_is_required(lawyer):
    for word in ["four plain words together", "все слова малы и просты", "999999428175306"]:
        form = NewPasswordForm({"new_password": word, "repeated": word}, account=lawyer)
        assert form.is_valid(), word


def test_every_step_leaves_a_row_in_the_record_of_looks(client, lawyer):
    send_password(client, lawyer, "wrong")
    send_password(client, "nobody-of-this-name", "wrong")
    send_password(client, lawyer)
    secret = None
    client.post("/staff/factor/", {"again-then": "get", "again-password": PASSWORD})
    secret = secret_on(client.get("/staff/factor/"))
    client.post("/staff/factor/", {"code": code_for(secret)})
    client.post("/staff/logout/")
    send_password(client, lawyer)
    send_code(client, code_for(secret, 1))
    client.post("/staff/password_change/", new_password(code=second_factor_recovery(lawyer)))

    rows = list(AccessEntry.objects.order_by("pk").values_list("action", "who"))
    assert rows == [
        ("sign_in_refused", lawyer.pk),
        ("sign_in_refused", None),
        ("sign_in", lawyer.pk),
        ("factor", lawyer.pk),
        ("sign_out", lawyer.pk),
        ("sign_in", lawyer.pk),
        ("factor", lawyer.pk),
        ("password", lawyer.pk),
    ]


def second_factor_recovery(account):
    return second_factor.new_recovery_codes(account, request=RequestFactory().get("/"))[0]


# A new place


def test_a_sign_in_from_a_new_place_is_told_on_the_first_page_and_by_mail(
    client, lawyer, mailbox, django_capture_on_commit_callbacks
):
    User.objects.filter(pk=lawyer.pk).update(
        email="aigerim.lawyer@example.kz", first_name="Айгерім", last_name="Сейтова", language="en"
    )
    with django_capture_on_commit_callbacks(execute=True):
        send_password(client, lawyer, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.1")
    assert not mailbox, "the first of all is no news"
    with django_capture_on_commit_callbacks(execute=True):
        send_password(client, lawyer, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.200")
    assert not mailbox, "the same network"
    thief = Client()
    with django_capture_on_commit_callbacks(execute=True):
        send_password(thief, lawyer, HTTP_USER_AGENT=CHROME, REMOTE_ADDR="203.0.113.5")

    assert len(mailbox) == 1
    letter = mailbox[0]
    assert "/staff/me/" in letter
    head, _gap, body = letter.partition("\r\n\r\n")
    for told in ["Айгерім", "Сейтова", lawyer.username, "203.0.113", "Chrome", "Android", "lawyer"]:
        assert told not in body
        assert told not in re.sub(r"(?m)^(To|X-\w+): .*$", "", head)
    page = client.get("/staff/", HTTP_USER_AGENT=FIREFOX).content.decode()
    assert "Chrome, Android" in page


def test_it_was_me_is_said_once(client, lawyer):
    send_password(Client(), lawyer)
    send_password(client, lawyer, HTTP_USER_AGENT=CHROME)
    place = KnownPlace.objects.unanswered().get()
    browser = {"HTTP_USER_AGENT": CHROME}
    assert "new-place" in client.get("/staff/", **browser).content.decode()

    client.post(f"/staff/me/place/{place.pk}/", {"mine": "yes"}, **browser)

    assert "new-place" not in client.get("/staff/", **browser).content.decode()
    send_password(client, lawyer, HTTP_USER_AGENT=CHROME)
    assert "new-place" not in client.get("/staff/", **browser).content.decode()


def test_it_was_not_me_ends_every_session_and_says_what_to_do(client, lawyer):
    send_password(client, lawyer)
    thief = Client()
    send_password(thief, lawyer, HTTP_USER_AGENT=CHROME)
    place = KnownPlace.objects.unanswered().get()

    answer = client.post(f"/staff/me/place/{place.pk}/", {"mine": "no"})

    assert not is_in(client) and not is_in(thief, HTTP_USER_AGENT=CHROME)
    page = client.get(answer["Location"])
    assert 'class="door-note"' in page.content.decode()
    answer = client.post(
        "/staff/login/",
        {"username": lawyer.username, "password": PASSWORD, "next": page.context["next"]},
    )
    assert answer["Location"] == "/staff/password_change/"


def test_nobody_answers_for_the_place_of_somebody_else(client, lawyer, operator):
    send_password(Client(), operator)
    send_password(Client(), operator, HTTP_USER_AGENT=CHROME)
    send_password(client, lawyer)

    place = KnownPlace.objects.unanswered().get()
    assert client.post(f"/staff/me/place/{place.pk}/", {"mine": "yes"}).status_code == 404


def test_a_place_is_forgotten_after_thirty_days_and_tells_no_address(client, lawyer, later):
    send_password(client, lawyer, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.1")
    rows = str(list(KnownPlace.objects.values_list()))
    assert "192.0.2" not in rows and "Gecko" not in rows
    later(days=31)

    send_password(client, lawyer, HTTP_USER_AGENT=CHROME, REMOTE_ADDR="192.0.2.1")

    assert KnownPlace.objects.get().device == "Chrome, Android"
    assert KnownPlace.objects.get().is_news


def test_the_night_forgets_the_places_of_whoever_came_no_more(client, lawyer, later):
    send_password(client, lawyer)
    later(days=29)
    assert accounts.forget_old() == 0
    later(days=2)

    assert accounts.forget_old() == 1
    assert not KnownPlace.objects.exists()


def test_two_accounts_in_one_room_have_different_codes(lawyer, operator):
    codes_of = {
        accounts.place_code(account, "Firefox", "192.0.2.1") for account in [lawyer, operator]
    }

    assert len(codes_of) == 2
    assert accounts.network_prefix("192.0.2.77") == "192.0.2.0/24"
    assert accounts.network_prefix("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert accounts.network_prefix("") == ""


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        (CHROME, "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge, macOS"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 YaBrowser/24.1 Safari/537.36", "Yandex, Windows"),
        ("curl/8.5.0", ""),
        ("<script>Firefox</script>", "Firefox"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_device_is_named_by_a_few_words(user_agent, name):
    assert accounts.device_name(RequestFactory().get("/", HTTP_USER_AGENT=user_agent)) == name


@pytest.mark.django_db(transaction=True)
def test_a_letter_waits_for_a_mail_server_that_rests_and_is_sent_once(mailbox, settings, later):
    account = make.user(email="somebody@example.kz")
    port = settings.EMAIL_PORT
    settings.EMAIL_PORT = free_port()

    notices.account_news(account)
    notices.account_news(account)
    assert AccountLetter.objects.get().sent_at is None
    settings.EMAIL_PORT = port
    later(minutes=2)
    notices.send_waiting()
    notices.send_waiting()

    assert len(mailbox) == 1
    assert AccountLetter.objects.get().sent_at


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_rests_keeps_nobody_out(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    account = make.user(email="somebody@example.kz", last_login=timezone.now())

    assert send_password(client, account).status_code == 302
    assert is_in(client)


def test_who_has_no_address_gets_no_letter(lawyer):
    notices.account_news(lawyer)

    assert not AccountLetter.objects.exists()


# A new start


@pytest.fixture
def asked(administrator, lawyer):
    return resets.ask(lawyer, resets.What.PASSWORD, by=administrator)


def test_a_new_password_takes_two_others_and_nobody_learns_it(
    client, administrator, director, lawyer
):
    theirs = Client()
    send_password(theirs, lawyer)
    make.sign_in(client, administrator)
    client.post("/staff/starts/ask/", {"account": lawyer.pk, "what": "password"})
    start = ResetRequest.objects.get()
    assert client.post(f"/staff/starts/{start.pk}/", {"decision": "confirm"}).status_code == 302
    start.refresh_from_db()
    assert start.confirmed_at is None, "the one who asked does not confirm"
    second = Client()
    make.sign_in(second, director)
    assert f"/staff/starts/{start.pk}/" in second.get("/staff/starts/").content.decode()

    shown = second.post(f"/staff/starts/{start.pk}/", {"decision": "confirm"}).content.decode()
    code = re.search(r"<code>(\d{4}(?: \d{4}){4})</code>", shown)[1]
    assert f"/staff/start/#{code.replace(' ', '')}" in shown
    word = "кедр-лампа-Тараз-9"
    sent = {"code": code, "username": lawyer.username, "new_password": word, "repeated": word}
    answer = Client().post("/staff/start/", sent)

    assert answer["Location"] == "/staff/login/?note=started"
    assert not is_in(theirs)
    lawyer.refresh_from_db()
    assert lawyer.check_password(word)
    assert Client().post("/staff/start/", sent).status_code == 200, "once"
    entries = AccessEntry.objects.about(lawyer).order_by("pk")
    assert list(entries.values_list("action", "who"))[-4:] == [
        ("account", administrator.pk),
        ("account", director.pk),
        ("password", lawyer.pk),
        ("sign_in_refused", lawyer.pk),
    ]


def test_a_lost_factor_is_removed_by_two_others(client, administrator, director, lawyer):
    enrol_with_recovery_codes(lawyer)
    theirs = Client()
    send_password(theirs, lawyer)
    send_code(theirs, code_of(lawyer))
    start = resets.ask(lawyer, resets.What.FACTOR, by=administrator)
    assert second_factor.of(lawyer)

    make.sign_in(client, director)
    client.post(f"/staff/starts/{start.pk}/", {"decision": "confirm"})

    assert second_factor.of(lawyer) is None
    assert not lawyer.recovery_codes.exists()
    assert not is_in(theirs)
    assert AccessEntry.objects.filter(action=Action.FACTOR, who=director).about(lawyer).exists()


@pytest.mark.django_db(transaction=True)
def test_the_colleague_is_told_of_a_new_start_by_mail(mailbox):
    administrator, director = make.user("administrator"), make.user("director")
    colleague = make.user("lawyer", email="somebody@example.kz")
    start = resets.ask(colleague, resets.What.FACTOR, by=administrator)

    resets.confirm(start, by=director)

    assert len(mailbox) == 1
    assert colleague.username not in mailbox[0]


def test_confirming_asks_again_who_one_is(client, director, asked):
    send_password(client, director)

    page = client.post(f"/staff/starts/{asked.pk}/", {"decision": "confirm"})

    assert 'name="again-password"' in page.content.decode()
    asked.refresh_from_db()
    assert asked.confirmed_at is None


@pytest.mark.parametrize("role", ["coordinator", "lawyer", "specialist", "operator"])
def test_other_roles_neither_ask_nor_confirm(client, asked, role):
    make.sign_in(client, make.user(role))

    assert client.get("/staff/starts/").status_code == 403
    assert (
        client.post(
            "/staff/starts/ask/", {"account": asked.account.pk, "what": "factor"}
        ).status_code
        == 403
    )
    assert client.post(f"/staff/starts/{asked.pk}/", {"decision": "confirm"}).status_code == 403


def test_the_director_confirms_and_does_not_ask(client, director, lawyer):
    make.sign_in(client, director)

    sent = {"account": lawyer.pk, "what": "password"}
    assert client.post("/staff/starts/ask/", sent).status_code == 403
    assert client.get("/staff/starts/").status_code == 200


@pytest.mark.parametrize("who", ["administrator", "lawyer"])
def test_neither_who_asked_nor_the_colleague_confirms(asked, request, who):
    with pytest.raises(ValidationError, match="Another person"):
        resets.confirm(asked, by=request.getfixturevalue(who))


def test_nobody_asks_for_themselves(administrator):
    with pytest.raises(ValidationError, match="Somebody else"):
        resets.ask(administrator, resets.What.FACTOR, by=administrator)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("reset_not_for_oneself", lambda row: {"asked_by": row.account}),
        ("reset_confirmed_by_another", lambda row: {"confirmed_by": row.asked_by, "confirmed_at": timezone.now()}),
        ("reset_confirmed_by_another", lambda row: {"confirmed_by": row.account, "confirmed_at": timezone.now()}),
        ("reset_confirmed_by_and_at", lambda row: {"confirmed_at": timezone.now()}),
        ("reset_refused_by_and_at", lambda row: {"refused_by": row.asked_by}),
        ("reset_used_after_confirmed", lambda row: {"used_at": timezone.now()}),
        ("reset_ends_after_it_begins", lambda row: {"expires_at": row.asked_at}),
    ],
)  # fmt: skip
def test_the_database_holds_to_two_people(asked, constraint, change):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ResetRequest.objects.filter(pk=asked.pk).update(**change(asked))


def test_only_one_new_start_of_a_kind_waits(asked, administrator, lawyer):
    with pytest.raises(IntegrityError, match="reset_one_at_a_time"), transaction.atomic():
        ResetRequest.objects.create(
            account=lawyer, what="password", asked_by=administrator,
            expires_at=timezone.now() + ResetRequest.LASTS,
        )  # fmt: skip
    again = resets.ask(lawyer, resets.What.PASSWORD, by=administrator)

    assert list(ResetRequest.objects.waiting()) == [again]


def test_a_new_start_works_for_a_day(asked, director, later):
    later(hours=25)

    with pytest.raises(ValidationError, match="too old"):
        resets.confirm(asked, by=director)


def test_a_start_code_works_for_a_day(asked, director, lawyer, later):
    code = resets.confirm(asked, by=director)
    assert resets.find_started(lawyer, code)
    later(hours=25)

    assert not resets.find_started(lawyer, code)


def test_a_refused_new_start_is_over(asked, director):
    resets.refuse(asked, by=director)

    with pytest.raises(ValidationError, match="decided"):
        resets.confirm(asked, by=director)


def test_a_start_code_is_of_one_account_and_is_kept_as_a_hash(asked, director, lawyer, operator):
    code = resets.confirm(asked, by=director)
    asked.refresh_from_db()

    assert resets.find_started(operator, code) is None
    assert resets.find_started(None, code) is None
    assert resets.find_started(lawyer, codes.new_code(20)) is None
    assert code.encode() not in bytes(asked.digest)
    assert resets.find_started(lawyer, codes.in_groups(code)) == asked


def test_start_codes_are_tried_five_times(client, asked, director, lawyer):
    code = resets.confirm(asked, by=director)
    word = "кедр-лампа-Тараз-9"
    sent = {"username": lawyer.username, "new_password": word, "repeated": word}
    statuses = [
        client.post("/staff/start/", sent | {"code": "0" * 20}).status_code for _try in range(6)
    ]

    assert statuses == [200] * 5 + [429]
    assert client.post("/staff/start/", sent | {"code": code}).status_code == 429


def test_a_weak_password_does_not_use_up_the_start_code(client, asked, director, lawyer):
    code = resets.confirm(asked, by=director)
    sent = {"username": lawyer.username, "code": code}
    weak = {"new_password": "sanasezim2026", "repeated": "sanasezim2026"}
    assert client.post("/staff/start/", sent | weak).status_code == 200
    word = {"new_password": "кедр-лампа-Тараз-9", "repeated": "кедр-лампа-Тараз-9"}

    assert client.post("/staff/start/", sent | word).status_code == 302


def test_a_new_account_starts_with_a_code_that_another_confirms(client, administrator, director):
    make.sign_in(client, administrator)
    client.post(
        reverse("admin:shared_user_add"),
        {"username": "newcomer", "language": "kk", "is_staff": "on"},
    )
    newcomer = User.objects.get(username="newcomer")
    assert not newcomer.has_usable_password()
    start = ResetRequest.objects.get(account=newcomer)
    assert start.asked_by == administrator

    code = resets.confirm(start, by=director)
    word = "кедр-лампа-Тараз-9"
    sent = {"username": "newcomer", "code": code, "new_password": word, "repeated": word}
    Client().post("/staff/start/", sent)

    assert send_password(Client(), newcomer, word).status_code == 302


def test_no_page_sets_the_password_of_somebody_else(client, administrator, lawyer):
    make.sign_in(client, administrator)

    assert client.get(f"/staff/shared/user/{lawyer.pk}/password/").status_code in (302, 404)
    page = client.get(reverse("admin:shared_user_change", args=[lawyer.pk])).content.decode()
    assert "argon2" not in page and 'name="password' not in page
    sent = {"username": lawyer.username, "language": "ru", "is_active": "on", "is_staff": "on"}
    client.post(
        reverse("admin:shared_user_change", args=[lawyer.pk]),
        sent | {"password": "x", "password1": "x"},
    )
    lawyer.refresh_from_db()
    assert lawyer.check_password(PASSWORD)


def test_the_second_person_sees_on_the_first_page_that_something_waits(
    client, asked, director, operator
):
    send_password(client, director)
    assert reverse("admin:new_starts") in client.get("/staff/").content.decode()
    client.post("/staff/logout/")

    send_password(client, operator)
    assert reverse("admin:new_starts") not in client.get("/staff/").content.decode()


def test_the_server_removes_a_factor_when_nobody_is_left_to_confirm(lawyer):
    enrol(lawyer)

    call_command("remove_factor", lawyer.username)

    assert second_factor.of(lawyer) is None
    assert AccessEntry.objects.filter(action=Action.FACTOR, who=None).about(lawyer).exists()


# Every form


@pytest.mark.parametrize(
    "address",
    [
        *(
            "/staff/login/",
            "/staff/login/code/",
            "/staff/factor/",
            "/staff/start/",
            "/staff/logout/",
        ),
        *("/staff/me/end/", "/staff/me/language/", "/staff/me/place/1/", "/staff/factor/codes/"),
        *(
            "/staff/factor/saved/",
            "/staff/starts/ask/",
            "/staff/starts/1/",
            "/staff/password_change/",
        ),
    ],
)
def test_a_forged_form_is_refused(superuser, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(superuser)

    assert client.post(address, {"code": "1"}).status_code == 403


def test_the_admin_has_no_other_way_to_a_password():
    names = {getattr(found, "name", "") for found in admin.site.get_urls()}

    assert not names & {"password_change_done", "auth_user_password_change"}
