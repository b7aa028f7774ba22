"""A file is taken only where a view takes files, and a kill leaves nothing of it on the disk."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from sanasezim import urls
from sanasezim.shared.uploads import takes_files
from tests import make

CANARY = b"Canary-9f2e"
FIVE_MB = 5 * 1024 * 1024


def answer(request):
    """What arrived: the size of each file, and its beginning."""
    files = [f"{upload.size} {upload.read(11)!r}" for upload in request.FILES.values()]
    return HttpResponse(f"{sorted(request.POST)} {files}")


@csrf_exempt
@takes_files(20 * 1024 * 1024)
def taking(request):
    return answer(request)


@csrf_exempt
@takes_files(20 * 1024 * 1024, staff_only=True)
def taking_of_staff(request):
    return answer(request)


@csrf_exempt
def closed(request):
    return answer(request)


urlpatterns = [
    path("taking", taking),
    path("of-staff", taking_of_staff),
    path("closed", closed),
    *urls.urlpatterns,
]
handler400 = "sanasezim.errors.bad_request"


@pytest.fixture
def views(settings):
    settings.ROOT_URLCONF = "tests.shared.test_uploads"


def upload(size=20):
    return SimpleUploadedFile("passport.jpg", (CANARY * (size // len(CANARY) + 1))[:size])


@pytest.mark.django_db
@pytest.mark.parametrize("size", [20, FIVE_MB])
def test_a_view_that_takes_files_gets_them(views, client, size):
    answered = client.post("/taking", {"file": upload(size), "name": "x"})

    assert answered.content.decode() == f"['name'] [\"{size} b'Canary-9f2e'\"]"


@pytest.mark.django_db
@pytest.mark.parametrize("size", [20, FIVE_MB])
def test_any_other_view_refuses_a_form_with_a_file(views, client, size):
    answered = client.post("/closed", {"name": "x", "file": upload(size)})

    assert answered.status_code == 400
    assert client.post("/closed", {"name": "x"}).content.decode() == "['name'] []"


@pytest.mark.django_db
def test_more_than_a_view_takes_is_refused(views, client):
    answered = client.post("/taking", {"file": upload(20 * 1024 * 1024)})

    assert answered.status_code == 413


@pytest.mark.django_db
def test_a_view_of_the_staff_takes_no_files_of_strangers(views, client):
    assert client.post("/of-staff", {"file": upload()}).status_code == 400
    assert client.post("/of-staff", {"file": upload(FIVE_MB)}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/staff/login/", "/staff/", "/ru/", "/ru/library/", "/healthz", "/staff/logout/"]
)
def test_no_public_page_takes_a_file(address):
    assert stranger_sends(address, {"file": upload(FIVE_MB)}).status_code == 400


def stranger_sends(address, form):
    """As anybody can who has a form's cookie."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrf"] = "a" * 32
    return client.post(address, form | {"csrfmiddlewaretoken": "a" * 32})


@pytest.mark.django_db
def test_the_staff_take_files_where_booklets_are_written_only(staff_client):
    edition = make.edition()
    page = f"/staff/resources/edition/{edition.pk}/change/"

    assert staff_client.post(page, {"new_file": upload()}).status_code == 200
    assert staff_client.post(
        f"/staff/resources/publication/{edition.publication.pk}/change/", {"new_file": upload()}
    ).status_code == 400  # fmt: skip
    assert stranger_sends(page, {"new_file": upload()}).status_code == 400


# A kill in the middle

APPLICATION = """
    import os
    from django.conf import settings

    settings.configure(
        SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"],
        FILE_UPLOAD_TEMP_DIR=os.environ["UPLOADS"],
        FILE_UPLOAD_HANDLERS=os.environ["HANDLERS"].split(),
    )
    import django
    django.setup()
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path
    from sanasezim.shared.uploads import takes_files

    @takes_files(50_000_000)
    def take(request):
        return HttpResponse(str([upload.size for upload in request.FILES.values()]))

    urlpatterns = [path("", take)]
    application = get_wsgi_application()
"""
DJANGOS_OWN = "django.core.files.uploadhandler.TemporaryFileUploadHandler"


@contextlib.contextmanager
def served(folder, handlers):
    """A real gunicorn; yields its port and its process."""
    (folder / "taking.py").write_text(textwrap.dedent(APPLICATION))
    (folder / "uploads").mkdir()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-c", os.devnull),
            *("-k", "gthread", "--threads", "2", "--chdir", str(folder), "taking:application"),
        ],
        env={
            **os.environ,
            "PYTHONPATH": f"{folder}:{project.BASE_DIR}",
            "TMPDIR": str(folder / "uploads"),
            "UPLOADS": str(folder / "uploads"),
            "HANDLERS": " ".join(handlers),
        },
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield port, process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def send_half(port):
    """Five megabytes of a file of twenty; returns when the server has taken them."""
    head = (
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="passport.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n"
    )
    sender = socket.create_connection(("127.0.0.1", port))
    sender.sendall(
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B\r\n"
        b"Content-Length: %d\r\n\r\n" % (4 * FIVE_MB) + head + CANARY * (FIVE_MB // len(CANARY))
    )
    return sender


def open_upload(process):
    """How many bytes the server's children hold in a file of the uploads, named or not."""
    found = 0
    for child in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            if os.getpgid(int(child.name)) != process.pid:
                continue
            for descriptor in (child / "fd").iterdir():
                if "uploads" in os.readlink(descriptor) and "wgunicorn" not in os.readlink(
                    descriptor
                ):
                    found = max(found, descriptor.stat().st_size)
    return found


def on_the_disk(folder):
    return sum(
        file.read_bytes().count(CANARY)
        for file in (folder / "uploads").rglob("*")
        if file.is_file()
    )


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
@pytest.mark.parametrize(
    "handlers", [project.FILE_UPLOAD_HANDLERS, [DJANGOS_OWN]], ids=["ours", "Django's"]
)
def test_a_kill_amid_an_upload_leaves_nothing_of_it(tmp_path, handlers):
    with served(tmp_path, handlers) as (port, process):
        with send_half(port):
            deadline = time.monotonic() + 30
            while open_upload(process) < FIVE_MB // 2 and time.monotonic() < deadline:
                time.sleep(0.05)
            assert open_upload(process) >= FIVE_MB // 2
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    if handlers == [DJANGOS_OWN]:
        assert on_the_disk(tmp_path)  # so this test would see it
    else:
        assert on_the_disk(tmp_path) == 0
