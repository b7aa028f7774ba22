"""The portal's own settings in demo mode, with one database per test process."""

import os

os.environ.setdefault("PORTAL_DEMO", "1")
os.environ["PORTAL_AS_OWNER"] = "1"  # makes the test database

from sanasezim.settings import *  # noqa: E402, F403
from sanasezim.settings import BASE_DIR, DATABASES  # noqa: E402

# Two runs at once on one server must not drop each other's tables.
DATABASES["default"]["TEST"] = {"NAME": f"test_portal_{os.getpid()}"}

# Not the demonstration's keys, which are proved against its own database.
KEYS_DIR = BASE_DIR / "var" / "test-keys"

# The limit protects readers from a slow question. A test on a busy machine only loses its answer.
DATABASES["default"]["OPTIONS"]["options"] = "-c statement_timeout=60s -c lock_timeout=30s"
