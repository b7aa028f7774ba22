"""A real portal to be broken: gunicorn, its own PostgreSQL, and nginx in front with the shipped file.

`./portal test -m faults`, one at a time. docs/faults.md says what each of them is about.
"""

import contextlib
import http.client
import io
import os
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import psycopg2
import pytest
from django.conf import settings
from PIL import Image

from sanasezim import embedded_pg
from tests.test_setup import clean_environment, copy_tree, free_port, open_folder

ANY_CERTIFICATE = ssl._create_unverified_context()  # noqa: S323 (we made it ourselves)
CANARY = "Канарейка-7301"
START_SECONDS = 240
FULL = (
    os.environ.get("FAULTS_FULL") == "1"
)  # the numbers of the bar, not those of a quarter of an hour


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)
            # What is killed leaves its pipes behind.
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))


@pytest.fixture
def say(capsys, request):
    """Tell whoever watches what was done and what was counted."""

    def tell(words):
        with capsys.disabled():
            print(f"\n  {request.node.name}: {words}", end="", flush=True)

    return tell


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode(errors="replace")

    @property
    def secret(self):
        """(reference, code) as the page shows them, or None."""
        return tuple(re.findall(r'<dd class="secret">([^<]+)</dd>', self.text)) or None


class House:
    """The portal, served for real from a copy of the tree."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.output = folder.parent / "output.txt"
        self.process = None
        self.environment = {}

    # Starting and stopping

    def start(self, **variables):
        self.environment = variables
        with open(self.output, "a") as output:
            self.process = subprocess.Popen(
                [sys.executable, "portal", "up"],
                cwd=self.folder,
                env=clean_environment(
                    PORTAL_VENV=sys.prefix,
                    PORT=str(self.port),
                    BEHIND_PROXY="True",
                    **variables,
                ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait()

    def wait(self, path="/healthz"):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get(path).status == 200:
                    return
            time.sleep(0.1)
        pytest.fail(f"The portal did not open. It said:\n{self.output.read_text()[-3000:]}")

    def kill(self):
        """As a power cut: every process of the portal, PostgreSQL not among them."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=40)
        if self.process.poll() is None:
            self.kill()

    def workers(self):
        """The processes of gunicorn that answer."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        found = []
        for child in children.split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"gunicorn" in command:
                found.append(int(child))
        return found

    # PostgreSQL

    @property
    def socket(self):
        code = "from sanasezim import embedded_pg; print(embedded_pg.socket_dir())"
        return subprocess.run(
            [sys.executable, "-c", code], cwd=self.folder, capture_output=True, text=True
        ).stdout.strip()

    @property
    def data(self):
        return next((self.folder / "var" / "pg").glob("data??"))

    def postmaster(self):
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def postgres(self, *arguments, check=True):
        """A program of PostgreSQL, as the account that runs it."""
        owner = (self.folder / "var" / "pg").stat()
        account = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
        return subprocess.run(
            [str(embedded_pg._find_programs() / arguments[0]), *map(str, arguments[1:])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.data,
            check=check,
            **(account if os.geteuid() == 0 else {}),
        )

    def start_postgres(self):
        options = embedded_pg.SERVER_OPTIONS | {"unix_socket_directories": f"'{self.socket}'"}
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for left in Path(self.socket).glob(".s.PGSQL.*"):
            left.unlink()
        line = " ".join(f"-c {name}={value}" for name, value in options.items())
        log = self.folder / "var" / "pg" / "server.log"
        self.postgres("pg_ctl", "start", "-D", self.data, "-w", "-s", "-l", log, "-o", line)

    def rows(self, query, *values, role="portal"):
        connection = psycopg2.connect(host=self.socket, user=role, dbname="portal")
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def count(self, table, where="true"):
        return self.rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0]  # noqa: S608

    # Asking

    def ask(self, method, path, body=None, headers=None, *, port=None, tls=False, timeout=20):
        if tls:
            connection = http.client.HTTPSConnection(
                "127.0.0.1", port, timeout=timeout, context=ANY_CERTIFICATE
            )
        else:
            connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=timeout)
        try:
            connection.request(method, path, body, {"Host": "localhost"} | (headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def slip(self, **more):
        page = self.get("/ru/help/", **more)
        found = re.search(r'name="slip" value="([^"]+)"', page.text)
        assert found, f"no form, but {page.status}"
        return found[1]

    def send(self, slip, story=CANARY, photo=None, headers=None, **more):
        """Ask for help, as the form does."""
        answers = {"slip": slip, "story": story, "consent": "anonymous"}
        if photo is None:
            body = urlencode(answers).encode()
            kind = "application/x-www-form-urlencoded"
        else:
            body, kind = multipart(answers, photo), "multipart/form-data; boundary=B"
        headers = {"Content-Type": kind} | (headers or {})
        return self.ask("POST", "/ru/help/sent/", body, headers, **more)


def multipart(answers, content, name="a.jpg"):
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in answers.items()
    ]
    head = (
        b'--B\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n" % name.encode()
    )
    return b"".join(parts) + head + content + b"\r\n--B--\r\n"


def picture(side=400):
    written = io.BytesIO()
    Image.effect_noise((side, side), 80).convert("RGB").save(written, "JPEG", quality=95)
    return written.getvalue()


@pytest.fixture(scope="session")
def house():
    if not embedded_pg.is_wanted():
        pytest.skip("breaks a PostgreSQL of its own: run without DATABASE_URL")
    with open_folder() as folder:
        house = House(copy_tree(folder / "portal"))
        # As in production: what was said to be saved is saved.
        options = folder / "portal" / "sanasezim" / "embedded_pg.py"
        told = options.read_text()
        assert '"synchronous_commit": "off"' in told
        options.write_text(
            told.replace('"synchronous_commit": "off"', '"synchronous_commit": "on"')
        )
        house.start()
        try:
            yield house
        finally:
            house.stop()


@pytest.fixture(autouse=True)
def _is_open(house):
    """Each begins with a portal that works."""
    if house.process.poll() is not None:
        house.start(**house.environment)
    if house.postgres("pg_ctl", "status", "-D", house.data, check=False).returncode:
        house.start_postgres()
    house.wait("/readyz")
    house.rows("DELETE FROM shared_counter")


@pytest.fixture(scope="session")
def nginx(house):
    """The shipped deploy/nginx.conf with other ports, names and folders.

    Its folder is open: nginx works as somebody else, and pytest closes its own with each run.
    """
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not program:
        pytest.skip("no nginx here (apt-get install nginx-light)")
    with open_folder() as folder:
        yield from serve_with_nginx(program, house, folder)


def serve_with_nginx(program, house, folder):
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-keyout", folder / "privkey.pem"),
            *("-out", folder / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )
    port, plain = free_port(), free_port()
    told = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
    for old, new in [
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("/etc/ssl/portal/", f"{folder}/"),
        ("/var/cache/nginx/portal", f"{folder}/cache"),
        ("/dev/shm/portal-bodies", f"{folder}/body"),
        ("/var/log/nginx/portal.log", f"{folder}/error.log"),
        ("portal.example.kz", "localhost"),
        ("server 127.0.0.1:8000", f"server 127.0.0.1:{house.port}"),
        ("/var/lib/sana-sezim/media/", f"{house.folder}/var/media/"),
        ("/srv/portal/deploy/pages/", f"{house.folder}/deploy/pages/"),
    ]:
        assert old in told, old
        told = told.replace(old, new)
    told = re.sub(r"\n\s+listen \[::\].*", "", told)
    # All of these tests come from one address.
    told = told.replace("rate=20r/s", "rate=2000r/s").replace("burst=60", "burst=3000")
    told = re.sub(r"limit_conn connections \d+", "limit_conn connections 2000", told)
    (folder / "portal.conf").write_text(told)
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid; error_log {folder}/start.log; daemon off; worker_processes 1;\n"
        "events { worker_connections 2000; }\n"
        f"http {{ include /etc/nginx/mime.types;\n"
        f"proxy_temp_path {folder}/proxy; include {folder}/portal.conf; }}\n"
    )
    serving = subprocess.Popen(
        [program, "-c", folder / "nginx.conf", "-p", folder], stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            if serving.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"nginx does not start: {serving.stderr.read()}")
            time.sleep(0.1)
        front = Front(house, port, plain, folder)
        yield front
    finally:
        serving.terminate()
        serving.communicate()


class Front:
    """The portal as readers reach it, through nginx."""

    def __init__(self, house, port, plain, folder):
        self.house, self.port, self.plain, self.folder = house, port, plain, folder

    def get(self, path, **more):
        return self.house.ask("GET", path, port=self.port, tls=True, **more)

    def send(self, slip, **more):
        return self.house.send(slip, port=self.port, tls=True, **more)

    def slip(self):
        return self.house.slip(port=self.port, tls=True)


class Visitor:
    """Somebody with a browser that keeps cookies: through nginx, or straight to the portal."""

    def __init__(self, house, front=None, **headers):
        self.house, self.headers, self.cookies = house, headers, {}
        self.way = {"port": front.port, "tls": True} if front else {"port": house.port}
        self.origin = "https://localhost" if front else "http://localhost"

    def ask(self, method, path, body=None, **headers):
        headers = self.headers | headers
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.house.ask(method, path, body, headers, timeout=60, **self.way)
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            if value.strip('"'):
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, fields, page=None):
        """Send the form that stands on a page."""
        page = page or self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, f"no form at {path}, but {page.status}"
        body = urlencode(fields | {"csrfmiddlewaretoken": token[1]}, doseq=True)
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, body, **{"Content-Type": kind, "Origin": self.origin})

    def sign_in(self, role):
        """As the first demonstration account of a role. They come in with their password alone."""
        accounts = (self.house.folder / "var" / "demo-accounts.txt").read_text().splitlines()
        _role, name, password = next(line.split("\t") for line in accounts if line.startswith(role))
        answer = self.post("/staff/login/", {"username": name, "password": password})
        assert answer.status == 302, f"{name} does not get in: {answer.status}"
        return self


def files_written_since(moment, apart_from):
    """Files in the places of temporary ones; not those of a test's own, nor of somebody's database."""
    found = [os.devnull]
    for place in ("/tmp", "/var/tmp", "/dev/shm"):  # noqa: S108 (read, not written)
        for folder, below, names in os.walk(place):
            here = Path(folder)
            below[:] = [
                name
                for name in below
                if not name.startswith(("pytest-", "pg", ".git", ".venv", "node_modules"))
                and here / name not in apart_from
            ]
            for name in names:
                with contextlib.suppress(OSError):
                    status = (here / name).lstat()
                    if stat.S_ISREG(status.st_mode) and moment < status.st_mtime < time.time():
                        found.append(here / name)
    return found


def at_once(number, work):
    """What each of many got; None where something broke. In threads, all begun together."""
    got, start = [None] * number, threading.Barrier(number)

    def one(which):
        start.wait()
        with contextlib.suppress(OSError, http.client.HTTPException):
            got[which] = work(which)

    threads = [threading.Thread(target=one, args=[which]) for which in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def within(seconds, true, pause=0.1):
    """Whether something becomes true in time; how long it took."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
            if true():
                return time.monotonic() - begun
        time.sleep(pause)
    pytest.fail(f"not within {seconds} seconds")
