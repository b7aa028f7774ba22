"""How the portal is served, in the demonstration and in production (there behind nginx)."""

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

from gunicorn.glogging import Logger

from sanasezim import embedded_pg

wsgi_app = "sanasezim.wsgi"
bind = os.environ.get("PORTAL_BIND", "127.0.0.1:8000")

# Threads wait for the database and for slow readers of files; processes use the cores.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Without nginx each slow reader of a file holds a thread: with 8, thirty of them shut everybody out.
threads = int(os.environ.get("WEB_THREADS", "64"))
# One loading is quicker than a worker's each, and nobody reloads a demonstration.
preload_app = embedded_pg.is_demo()
timeout = 60
graceful_timeout = 30
keepalive = 5
# The sign of life is written often: not on a disk, where it could wait.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True

limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

# No access log: an address holds what people searched for. nginx counts requests without it.
accesslog = None
loglevel = "info" if not embedded_pg.is_demo() else "warning"


class _NoReaderInLog(logging.Filter):
    """gunicorn's own errors carry the address asked for and the reader's IP."""

    def filter(self, record):
        if str(record.msg).startswith("Error handling request"):
            record.msg, record.args = "Error handling a request", ()
        record.msg = re.sub(r" from ip=\S*?:(?= )", ":", str(record.msg))
        return True


class PrivateLogger(Logger):
    def setup(self, cfg):
        super().setup(cfg)
        self.error_log.addFilter(_NoReaderInLog())


logger_class = PrivateLogger

beside = None  # the worker of the demonstration (manage work)
SECONDS_TO_END = 10


def on_starting(server):
    # A portal that cannot start says so once. In a process of its own: after a reload the workers
    # must read the settings afresh.
    if not embedded_pg.is_demo():
        start = "from sanasezim import wsgi; wsgi.refuse_what_does_not_fit()"
        tried = subprocess.run([sys.executable, "-c", start])
        if tried.returncode:
            sys.exit(tried.returncode)
    if embedded_pg.is_wanted():
        try:
            embedded_pg.acquire()
        except embedded_pg.EmbeddedPostgresError as refusal:
            sys.exit(f"The portal cannot start. {refusal}")


def when_ready(server):
    global beside
    if embedded_pg.is_demo():
        print(f"The portal is open: http://{bind}/ (Ctrl-C stops it)")
        print("Names and passwords of the demonstration staff: var/demo-accounts.txt", flush=True)
        # In production the worker is a service of its own, and a timer starts the nights.
        command = [sys.executable, "manage.py", "work", "--nights", "--beside", str(os.getpid())]
        beside = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def on_exit(server):
    if beside is not None:
        beside.terminate()
        try:
            beside.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            beside.kill()  # what it was at, the next one takes up
            beside.wait()
