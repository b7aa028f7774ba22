"""What the telephone exchange says is believed when it is signed, fresh and new."""

import datetime
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as portal_settings
from django.urls import reverse
from django.utils import timezone

from hotline import ringing
from hotline.models import Ringing
from tests import make

SECRET = "only-for-tests-" + "x" * 32
ASTERISK = shutil.which("asterisk") or os.environ.get("ASTERISK")
MODULES = [
    Path(place)
    for place in [
        os.environ.get("ASTERISK_MODULES", "/nowhere"),
        "/usr/lib/asterisk/modules",
        "/usr/lib/x86_64-linux-gnu/asterisk/modules",
        "/usr/lib64/asterisk/modules",
    ]
]
DEPLOY = Path(portal_settings.BASE_DIR) / "deploy" / "asterisk"


@pytest.fixture
def exchange(settings):
    settings.PBX_SECRET = SECRET


def say(client, body, *, at=None, signed=None, **headers):
    timestamp = str(int(at if at is not None else time.time()))
    signed = signed or ringing.signature(timestamp, body.encode())
    return client.post(
        "/hotline/ring/",
        body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Timestamp": timestamp, "X-Signature": signed} | headers,
    )


RINGS = "call=1700000000.12&from=%2B998901234567&to=%2B77270000000"


@pytest.mark.django_db
def test_a_signed_ring_is_kept_protected_and_once(client, exchange):
    line = make.line("+77270000000")

    answer = say(client, RINGS)
    again = say(client, RINGS + "&tries=2")

    assert (answer.status_code, again.status_code) == (204, 204)
    assert answer.content == b""
    assert not answer.cookies
    rings = Ringing.objects.get()
    assert (rings.phone, rings.line) == ("+998901234567", line)
    stored = bytes(Ringing.objects.values_list("phone", flat=True)[0])
    assert b"901234567" not in stored


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"signed": "0" * 64}, 403),
        ({"signed": "нет"}, 403),
        ({"at": 0}, 403),
        ({"at": time.time() - 600}, 403),
        ({"at": time.time() + 600}, 403),
    ],
)
def test_what_our_exchange_did_not_sign_just_now_is_refused(client, exchange, more, status):
    signed = more.get("signed", "").encode().decode("latin-1") if "signed" in more else None

    answer = say(client, RINGS, **more | ({"signed": signed} if signed else {}))

    assert answer.status_code == status
    assert not Ringing.objects.exists()


@pytest.mark.django_db
def test_the_same_message_counts_once(client, exchange):
    now = time.time()
    assert say(client, RINGS, at=now).status_code == 204
    Ringing.objects.all().delete()

    assert say(client, RINGS, at=now).status_code == 409
    assert not Ringing.objects.exists()


@pytest.mark.django_db
def test_a_body_that_was_changed_is_refused(client, exchange):
    timestamp = str(int(time.time()))
    signed = ringing.signature(timestamp, RINGS.encode())

    assert say(client, RINGS.replace("998", "996"), signed=signed).status_code == 403


@pytest.mark.django_db
def test_without_a_secret_there_is_no_such_place(client, settings):
    settings.PBX_SECRET = ""

    assert say(client, RINGS).status_code == 404
    assert client.get("/hotline/ring/").status_code == 405


@pytest.mark.django_db
def test_one_operator_takes_it_and_the_others_see_only_its_end(client, exchange, operator):
    line = make.line("+77270000000")
    call = make.call(phone="90 123 45 67")
    say(client, RINGS)
    client.force_login(operator)

    offered = client.post(reverse("admin:hotline_call_ringing"))
    [ring] = offered.json()["rings"]
    assert ring["number"] == "•••67"
    assert "1234567" not in offered.content.decode()
    taken = client.post(reverse("admin:hotline_call_take"), {"ring": ring["id"]}).json()

    assert (taken["phone"], taken["line"]) == ("+998901234567", line.pk)
    assert f"/{call.pk}/change/" in taken["known"]
    client.force_login(make.user("operator"))
    assert client.post(reverse("admin:hotline_call_ringing")).json() == {"rings": []}
    assert "gone" in client.post(reverse("admin:hotline_call_take"), {"ring": ring["id"]}).json()


@pytest.mark.django_db
def test_a_number_is_forgotten_after_minutes_and_when_it_rings_no_more(client, exchange):
    say(client, RINGS)
    say(client, "call=1700000000.12&ended=1")
    assert not Ringing.objects.exists()

    say(client, "call=2&from=87011234567")
    Ringing.objects.update(rang_at=timezone.now() - datetime.timedelta(minutes=6))
    assert not Ringing.objects.now().exists()
    assert ringing.forget_old() == 1


@pytest.mark.django_db
def test_a_hidden_number_is_offered_too(client, exchange, operator):
    say(client, "call=3&from=anonymous")
    client.force_login(operator)

    [ring] = client.post(reverse("admin:hotline_call_ringing")).json()["rings"]

    assert re.search("hidden|скрыт", ring["number"])


# With the program that the exchange runs, and with an exchange


@pytest.fixture
def conf(served, exchange, tmp_path):
    """Where the exchange's program finds the portal and the secret."""
    (tmp_path / "secret").write_text(SECRET)
    path = tmp_path / "portal-ring.conf"
    path.write_text(f"url={served}\nsecret_file={tmp_path / 'secret'}\n")
    return path


def test_the_program_of_the_exchange_tells_the_portal(conf):
    def run(*words):
        environment = os.environ | {"PORTAL_RING_CONF": str(conf)}
        program = [sys.executable, str(DEPLOY / "portal-ring")]
        return subprocess.run([*program, *words], env=environment, capture_output=True)  # noqa: S603

    assert run("ring", "17.5", "+998901234567", "+77270000000").returncode == 0
    assert Ringing.objects.get().phone == "+998901234567"
    assert run("ended", "17.5").returncode == 0
    assert not Ringing.objects.exists()
    conf.with_name("secret").write_text("another")
    wrong = run("ring", "17.6", "+998901234567")
    assert wrong.returncode == 1
    assert b"9012345" not in wrong.stderr + wrong.stdout


ETC = {
    "modules.conf": "[modules]\nautoload=no\n"
    + "".join(
        f"load = {name}.so\n"
        for name in ["pbx_config", "pbx_spool", "app_system", "func_callerid", "func_strings"]
    ),
    "logger.conf": "[general]\n[logfiles]\n",
}


@pytest.fixture
def asterisk(conf, tmp_path):
    """A running Asterisk with our dial plan: a function that lets somebody call it."""
    for folder in ["etc", "var", "spool/outgoing", "spool/tmp"]:
        (tmp_path / folder).mkdir(parents=True)
    places = {"astetcdir": "etc", "astspooldir": "spool"} | dict.fromkeys(
        ["astvarlibdir", "astdbdir", "astkeydir", "astrundir", "astlogdir"], "var"
    )
    lines = [f"{name} => {tmp_path / folder}" for name, folder in places.items()]
    lines.append(f"astmoddir => {next(found for found in MODULES if found.is_dir())}")
    lines.append(f"astdatadir => {os.environ.get('ASTERISK_DATA', '/usr/share/asterisk')}")
    plan = (DEPLOY / "extensions.conf").read_text()
    # No phones hang on it: it waits as it would while they ring.
    plan = plan.replace("Dial(PJSIP/operators,60)", "Wait(4)")
    plan = plan.replace("/usr/local/bin/portal-ring", f"{sys.executable} {DEPLOY / 'portal-ring'}")
    etc = ETC | {
        "asterisk.conf": "\n".join(["[directories]", *lines, "[options]", ""]),
        "extensions.conf": f"[general]\n[globals]\n{plan}",
    }
    for name, text in etc.items():
        (tmp_path / "etc" / name).write_text(text)
    running = subprocess.Popen(  # noqa: S603
        [ASTERISK, "-f", "-C", str(tmp_path / "etc" / "asterisk.conf")],
        env=os.environ | {"PORTAL_RING_CONF": str(conf)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def call(caller, ours):
        file = tmp_path / "spool" / "tmp" / "call"
        file.write_text(
            f"Channel: Local/{ours}@hotline\nCallerID: <{caller}>\nApplication: Wait\nData: 5\n"
        )
        file.rename(tmp_path / "spool" / "outgoing" / "call")

    yield call
    running.terminate()
    running.wait(timeout=20)


def until(found, seconds=30):
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "the exchange did not say it"
        time.sleep(0.2)


@pytest.mark.skipif(not ASTERISK, reason="no Asterisk on this machine")
def test_an_asterisk_tells_who_rings_and_when_it_has_ended(asterisk):
    asterisk("+998901234567", "+77270000000")

    until(Ringing.objects.exists)
    assert Ringing.objects.get().phone == "+998901234567"
    until(lambda: not Ringing.objects.exists())
