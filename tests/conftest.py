import os

from sanasezim import embedded_pg


def pytest_configure(config):
    # Under xdist the controller holds the server for all of its workers.
    if not os.environ.get("DATABASE_URL") and not hasattr(config, "workerinput"):
        embedded_pg.acquire()
        embedded_pg.drop_left_behind_test_databases()
