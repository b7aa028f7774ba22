"""Two web machines behind one nginx, each in its own folder: one database, one set of files."""

import http.client
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from urllib.parse import quote, urlencode

import psycopg2
import pytest
from django.conf import settings

from tests.faults.conftest import FULL, House, at_once, picture, within
from tests.test_setup import clean_environment, copy_tree, free_port, open_folder

# Not the first page after a start: each process makes its own, and the test asks all of them.
PAGES = ["/ru/", "/ru/hotline/", "/ru/library/", "/kk/", "/en/about/"]
PAGE = "/ru/about/"


class WebMachine(House):
    """Only gunicorn: whatever must be kept is kept elsewhere."""

    def __init__(self, house, folder, **variables):
        super().__init__(copy_tree(folder / "portal"))
        shared, database = house.folder / "var", house.socket.replace("/", "%2F")
        usual = {
            "PORTAL_DEMO": "1",
            "BEHIND_PROXY": "True",
            "PORTAL_BIND": f"127.0.0.1:{self.port}",
            "DATABASE_URL": f"postgres://portal_web@{database}/portal",
            "DATABASE_OWNER_URL": f"postgres://portal@{database}/portal",
            "KEYS_DIR": str(shared / "keys"),
            "MEDIA_ROOT": str(shared / "media"),
            "SEALED_ROOT": str(shared / "sealed"),
            "ERASED_LIST": str(shared / "erased.list"),
            "WEB_THREADS": "16",
            "DJANGO_SETTINGS_MODULE": "sanasezim.settings",
        }
        self.variables = clean_environment(**usual | variables)
        self.run("-c", "import django; django.setup(); from sanasezim import build; build.build()")

    def run(self, *arguments):
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout

    def start(self):
        with open(self.output, "a") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn"],
                cwd=self.folder,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait()


@pytest.fixture(scope="module")
def two(house, tmp_path_factory):
    # One sends files itself, the other lets nginx do it: nobody may see a difference.
    machines = [
        WebMachine(house, tmp_path_factory.mktemp(name), FILES_BY_NGINX=by_nginx)
        for name, by_nginx in [("one", "False"), ("other", "True")]
    ]
    try:
        for machine in machines:
            machine.start()
        yield machines
    finally:
        for machine in machines:
            if machine.process:
                machine.stop()


@pytest.fixture(scope="module")
def front(two, nginx):
    """nginx with two more `server` lines, which is all that a second machine needs there."""
    # As www-data may on a server, it may read what is public.
    var = nginx.house.folder / "var"
    var.chmod(0o755)
    for path in (var / "media", *(var / "media").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    told = nginx.folder / "portal.conf"
    before = told.read_text()
    lines = re.findall(rf".*server 127\.0\.0\.1:{nginx.house.port}.*\n", before)
    assert len(lines) == 2
    after = before.replace(lines[0], "").replace(lines[1], "SERVERS")
    both = "".join(
        line.replace(f":{nginx.house.port}", f":{machine.port}")
        for machine in two
        for line in lines
    )
    told.write_text(after.replace("SERVERS", both))
    reload = ["kill", "-HUP", (nginx.folder / "pid").read_text().strip()]
    subprocess.run(reload, check=True)
    time.sleep(1)
    yield nginx
    told.write_text(before)
    subprocess.run(reload, check=True)
    time.sleep(1)


def cookies(answer):
    return "; ".join(told.split(";")[0] for told in answer.headers.get_all("Set-Cookie", []))


def signed_in_at(house, role, one, other):
    """The name of an account and its cookie. The form of one machine is sent to the other."""
    accounts = (house.folder / "var" / "demo-accounts.txt").read_text()
    name, password = re.search(rf"^{role}\t(\S+)\t(\S+)", accounts, re.M).groups()
    form = one.get("/staff/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)[1]
    typed = {"username": name, "password": password, "csrfmiddlewaretoken": token}
    headers = {"Cookie": cookies(form), "Content-Type": "application/x-www-form-urlencoded"}
    entered = other.ask("POST", "/staff/login/", urlencode(typed), headers)
    assert entered.status == 302, entered.text[:500]
    return name, {"Cookie": cookies(entered)}


def test_a_session_of_one_is_one_of_the_other_until_it_ends(house, two, say):
    name, signed_in = signed_in_at(house, "lawyer", *two)
    before = [machine.get("/staff/", headers=signed_in).status for machine in two]
    house.rows("UPDATE shared_user SET is_active = false WHERE username = %s", name)
    after = [machine.get("/staff/", headers=signed_in).status for machine in two]
    house.rows("UPDATE shared_user SET is_active = true WHERE username = %s", name)
    say(f"signed in at one of two: {before}; after the account was closed: {after}")

    assert before == [200, 200]
    assert after == [302, 302]


def test_a_limit_counts_at_both(house, two, say):
    slip = two[0].slip()
    time.sleep(5)  # as long as a person needs, or they are held for that
    for number, machine in zip(range(12), itertools.cycle(two)):  # noqa: B905 (one has no end)
        sender = {"X-Forwarded-For": "203.0.113.77"}
        assert machine.send(slip, story=f"двое {number}", headers=sender).secret
    rows = house.rows(
        "SELECT held_because, count(*) FROM (SELECT held_because FROM legalaid_intake "
        "ORDER BY id DESC LIMIT 12) newest GROUP BY 1"
    )
    say(f"12 requests of one address, 6 to each: {dict(rows)}")

    assert sum(number for why, number in rows if why) == 6


def test_the_form_of_one_sent_to_both_is_one_request(house, two, say):
    before, slip = house.count("legalaid_intake"), two[0].slip()
    secrets = {machine.send(slip, story="одна просьба").secret for machine in (*two, *two)}
    made = house.count("legalaid_intake") - before
    say(f"one form sent to both, twice: {made} row, {len(secrets)} reference")

    assert None not in secrets
    assert made == len(secrets) == 1


def test_a_change_is_right_in_every_process_and_through_nginx_within_a_second(
    house, two, front, say
):
    """Every process of both keeps the page; nginx keeps it, too."""
    ask = [one.get for one in two] + [front.get]
    took = []
    for turn in range(5):
        for get in ask * 10:
            assert get(PAGE).status == 200
        new = f"Двое-{turn}-{time.monotonic_ns()}"
        house.rows(
            "UPDATE shared_pagetext SET title = %s WHERE language = 'ru' AND page_id = "
            "(SELECT id FROM shared_page WHERE slug = 'about')",
            new,
        )
        begun = last_old = time.monotonic()
        # Which process answers is chance: none may give out the old page any more.
        while time.monotonic() < begun + 2.5:
            for get in ask:
                asked = time.monotonic()
                if new not in get(PAGE).text:
                    last_old = asked
        took.append(last_old - begun)
    say(f"5 changes: the last old page was asked for {max(took):.2f} s after at most")

    # Each process looks twice a second whether something changed.
    assert max(took) < 1


def test_a_file_of_one_is_read_at_the_other_and_through_nginx(house, two, front, say):
    library = two[0].get("/ru/library/").text
    files = set(re.findall(r'src="(/files/[^"?]+)"', library))
    booklet = two[0].get("/ru/library/they-did-not-pay-me/").text
    files |= set(re.findall(r'(?:src|href)="(/files/[^"?#]+)"', booklet))
    one, other = two
    for path in files:
        whole = one.get(path)
        assert whole.status == 200
        assert other.get(path).headers["X-Accel-Redirect"].startswith("/portal-files/")
        for _by_chance_of_this_or_that in range(4):
            assert front.get(path).body == whole.body
            part = front.get(path, headers={"Range": "bytes=10-99"})
            assert (part.status, part.body) == (206, whole.body[10:100])
            again = front.get(path, headers={"If-None-Match": whole.headers["ETag"]})
            assert again.status == 304
    straight = front.get("/portal-files/" + next(iter(files)).removeprefix("/files/")).status
    # And one that is sealed: taken in by one machine, opened by the other.
    reference = two[0].send(two[0].slip(), "с фото", picture()).secret[0]
    look = (
        "from legalaid.models import Document as D; from django.db import connection; "
        f"d = D.objects.get(intake__reference='{reference}'); "
        "print(len(b''.join(d.original.chunks())))"
    )
    opened = int(two[1].run("manage.py", "shell", "-v", "0", "-c", look))
    say(
        f"{len(files)} public files: the same whole, in part and known, sent by either or nginx; "
        f"past the portal: {straight}; a sealed one: {opened} bytes opened"
    )

    assert len(files) > 5
    assert straight == 404
    assert opened > 10_000


def test_two_machines_share_the_jobs(house, two, say):
    which = "task = 'sanasezim.work.every_hour' AND due_at < now() - interval '2 days'"
    house.rows("CREATE TABLE IF NOT EXISTS done_by (job bigint, by int)")
    house.rows(
        "CREATE OR REPLACE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN INSERT INTO done_by VALUES (NEW.id, pg_backend_pid()); RETURN NEW; END'"
    )
    house.rows(
        "CREATE TRIGGER tell AFTER UPDATE OF done_at ON shared_job FOR EACH ROW "
        "WHEN (NEW.done_at IS NOT NULL) EXECUTE FUNCTION tell()"
    )
    house.rows(
        "INSERT INTO shared_job (task, of, due_at, next_at, failures, trouble) "
        "SELECT 'sanasezim.work.every_hour', 0, now() - n * interval '1 second', now(), 0, '' "
        "FROM generate_series(200000, 200199) n"
    )
    workers = [
        subprocess.Popen(
            [sys.executable, "manage.py", "work", "--once"],
            cwd=machine.folder,
            env=machine.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for machine in two
    ]
    told = [worker.communicate(timeout=120)[1] for worker in workers]
    within(60, lambda: house.count("shared_job", f"done_at IS NULL AND {which}") == 0)
    failed = house.count("shared_job", f"failures > 0 AND {which}")
    shares = [
        number
        for (number,) in house.rows(
            f"SELECT count(*) FROM done_by JOIN shared_job ON id = job WHERE {which} GROUP BY by"  # noqa: S608
        )
    ]
    twice = house.rows(
        "SELECT count(*) FROM (SELECT 1 FROM done_by GROUP BY job HAVING count(*) > 1) x"
    )[0][0]
    house.rows("DROP TRIGGER tell ON shared_job")
    house.rows("DROP TABLE done_by")
    say(f"200 jobs, done by {shares} (each a process), {twice} twice, {failed} failed")

    assert [worker.returncode for worker in workers] == [0, 0], told
    assert sum(shares) == 200 and len(shares) >= 2
    assert twice == failed == 0


def test_a_rolling_restart_fails_nobody(house, two, front, say):
    """Each machine in turn is stopped and started, or reloaded, under readers and senders."""
    number, failed, done, references = (5000 if FULL else 1000), [], [], []
    before = house.count("legalaid_intake")
    slip = front.slip()

    def ask(which):
        for turn in range(number // 10):
            try:
                if turn % 5 == 4:
                    sender = f"двое {which}-{turn}"
                    page = front.send(slip, story=sender, timeout=40)
                    references.append(page.secret)
                    good = page.secret is not None
                elif turn % 5 == 3:
                    good = front.get(PAGES[turn % 4], timeout=40).status == 200
                else:
                    page = front.get(f"/ru/library/?q=r{which}-{turn}", timeout=40)
                    good = page.status == 200
                if not good:
                    failed.append(page.status)
            except (OSError, http.client.HTTPException) as error:
                failed.append(repr(error))
            done.append(1)

    asking = [threading.Thread(target=ask, args=[which]) for which in range(10)]
    for one in asking:
        one.start()
    said = []
    for machine, kind in itertools.cycle(itertools.product(two, ("restart", "reload"))):
        if not any(one.is_alive() for one in asking):
            break
        said.append(kind)
        if kind == "reload":
            machine.process.send_signal(signal.SIGHUP)
            time.sleep(3)
        else:
            machine.process.send_signal(signal.SIGTERM)
            machine.process.wait(timeout=40)
            machine.start()
            # As the runbook has it: the next one only when this one is taken up again.
            time.sleep(1)
    for one in asking:
        one.join()
    kept = house.count("legalaid_intake") - before
    turns = f"{said.count('restart')} restarts, {said.count('reload')} reloads"
    say(
        f"{len(done)} requests, {len(references)} of them forms; {turns}: "
        f"{len(failed)} failed {failed[:3]}, {kept} rows"
    )

    assert len(said) >= 2
    assert failed == []
    assert kept == len(references) == len({secret[0] for secret in references})


def test_pages_stay_at_both_while_the_database_is_down(house, two, front, say):
    assert all(front.get(path).status == 200 for path in PAGES)
    house.postgres("pg_ctl", "stop", "-D", house.data, "-m", "immediate", "-w")
    time.sleep(1.5)
    statuses = [front.get(path).status for path in PAGES * 4]
    private = ["/ru/help/", "/ru/help/status/", "/ru/hotline/callback/"]
    closed = {path: front.get(path).status for path in private}
    kept = [path.read_bytes() for path in (front.folder / "cache").rglob("*") if path.is_file()]
    forms = sum(b'name="slip"' in page or b"csrfmiddlewaretoken" in page for page in kept)
    house.start_postgres()
    back = max(
        within(20, lambda one=one: one.get("/ru/help/", timeout=15).status == 200) for one in two
    )
    say(f"database down: {statuses.count(200)} of 20 pages, {closed}; {len(kept)} pages kept by "
        f"nginx, {forms} with a form of a person; both work after {back:.1f} s")  # fmt: skip

    assert statuses == [200] * 20
    assert set(closed.values()) == {503}
    assert kept and forms == 0
    assert not any(b"?q=" in page[:2000] for page in kept)  # where nginx writes the address


def test_one_machine_that_is_gone_is_not_missed(two, front, say):
    one, _other = two
    one.kill()
    got = [front.get(f"/ru/library/?q=gone{turn}").status for turn in range(40)]
    got += [front.get(path).status for path in PAGES]
    one.start()
    say(f"one of two killed: {got.count(200)} of {len(got)} pages")

    assert got == [200] * 45


STEP = """
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("shared", "{after}")]
    operations = [migrations.RunSQL("ALTER TABLE shared_pagetext ADD COLUMN trial int")]
"""


def test_a_step_of_the_database_that_has_to_wait_holds_up_no_reader(house, two, say):
    folder = two[0].folder / "sanasezim" / "shared" / "migrations"
    last = max(path.stem for path in folder.glob("0*.py"))
    (folder / "9999_trial.py").write_text(STEP.format(after=last))
    holder = psycopg2.connect(host=house.socket, user="portal", dbname="portal")
    holder.cursor().execute("SELECT FROM shared_pagetext")  # and stays: a long report, say
    setting_up = threading.Thread(target=two[0].run, args=["manage.py", "set_up"])
    setting_up.start()
    try:
        blocked = "wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE shared_pagetext%'"
        within(60, lambda: house.count("pg_stat_activity", blocked), pause=0.02)
        waits, until = [], time.monotonic() + 8
        while time.monotonic() < until:
            begun = time.monotonic()
            house.count("shared_pagetext")
            waits.append(time.monotonic() - begun)
        was_there = house.count("information_schema.columns", "column_name = 'trial'")
    finally:
        holder.close()
        setting_up.join()
    is_there = house.count("information_schema.columns", "column_name = 'trial'")
    house.rows("ALTER TABLE shared_pagetext DROP COLUMN IF EXISTS trial")
    house.rows("DELETE FROM django_migrations WHERE name = '9999_trial'")
    (folder / "9999_trial.py").unlink()
    say(f"a step waited 8 s: {len(waits)} reads meanwhile, the slowest {max(waits):.1f} s")

    assert (was_there, is_there) == (0, 1)
    assert max(waits) < 3.5


@pytest.fixture
def pooled(house, two, tmp_path):
    """A portal behind deploy/pgbouncer.ini, with fewer connections than it has threads."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if not program:
        pytest.skip("no PgBouncer here (apt-get install pgbouncer)")
    port, owner = free_port(), (house.folder / "var" / "pg").stat()
    with open_folder() as folder:
        told = (settings.BASE_DIR / "deploy" / "pgbouncer.ini").read_text()
        for old, new in [
            ("host=127.0.0.1 port=5432", f"host={house.socket} port=5432"),
            ("listen_port = 6432", f"listen_port = {port}"),
            ("auth_type = scram-sha-256", "auth_type = trust"),
            ("/etc/pgbouncer/", f"{folder}/"),
            ("/var/log/postgresql/", f"{folder}/"),
            ("/var/run/postgresql/", f"{folder}/"),
            ("default_pool_size = 20", "default_pool_size = 4"),
        ]:
            assert old in told, old
            told = told.replace(old, new)
        (folder / "pgbouncer.ini").write_text(told)
        (folder / "userlist.txt").write_text('"portal_web" ""\n')
        os.chown(folder, owner.st_uid, owner.st_gid)
        account = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
        pool = subprocess.Popen(
            [program, "-q", folder / "pgbouncer.ini"],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **(account if os.geteuid() == 0 else {}),
        )
        machine = WebMachine(
            house,
            tmp_path,
            DATABASE_URL=f"postgres://portal_web@127.0.0.1:{port}/portal"
            "?DISABLE_SERVER_SIDE_CURSORS=True",
        )
        try:
            machine.start()
            yield machine
        finally:
            if machine.process:
                machine.stop()
            pool.terminate()
            pool.wait(timeout=20)


def test_a_pool_of_connections_changes_nothing(house, two, pooled, say):
    """In transaction mode: each transaction may be on another connection."""
    _name, signed_in = signed_in_at(house, "director", two[0], pooled)
    before = house.count("legalaid_intake")
    slips = [pooled.slip() for _one in range(10)]
    staff = ["/staff/", "/staff/legalaid/intake/", "/staff/legalaid/case/", "/staff/hotline/call/",
             "/staff/resources/publication/", "/staff/shared/user/"]  # fmt: skip

    def errand(which):
        word = quote(["зарплата", "паспорт", "ish haqi"][which % 3])
        return [
            pooled.get(f"/ru/library/?q={word}{which // 3}", timeout=40).status,
            pooled.send(slips[which % 10], f"через пул {which}", timeout=40).status,
            pooled.get(staff[which % len(staff)], headers=signed_in, timeout=40).status,
        ]

    got = at_once(40, errand)
    kept = house.count("legalaid_intake") - before
    right = got.count([200, 200, 200])
    say(f"120 requests, 40 at once: {right} of 40 errands right, {kept} rows")

    assert got == [[200, 200, 200]] * 40
    assert kept == 40
