from sanasezim import embedded_pg


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return  # under xdist the controller prepares for all of its workers
    if embedded_pg.is_wanted():
        embedded_pg.acquire()
        embedded_pg.drop_left_behind_test_databases()

    from sanasezim import build

    build.build()
