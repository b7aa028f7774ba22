import threading
from wsgiref.simple_server import make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections

from tests.test_browser import Server, Silent


class Joined(Server):
    """Its threads have ended, and left the database, when it is closed."""

    daemon_threads = False


@pytest.fixture
def served(transactional_db, monkeypatch):
    """The address of the whole portal on a port of its own, without content."""
    # No thread may hold the test database when it is dropped.
    monkeypatch.setitem(connections.databases["default"], "CONN_MAX_AGE", 0)
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Joined, Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
