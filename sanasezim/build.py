"""What is made from the tree and not kept in it: compiled catalogs, fingerprinted static files."""

import fcntl
import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

VAR_DIR = settings.BASE_DIR / "var"


def build():
    """Make both anew where what they are made from has changed since the last time."""
    VAR_DIR.mkdir(exist_ok=True)
    with open(VAR_DIR / "build.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make("catalogs", _catalogs(), made=[path.with_suffix(".mo") for path in _catalogs()])
        _make(
            "collectstatic",
            [*_static_files(), settings.BASE_DIR / "requirements.txt"],
            made=[Path(settings.STATIC_ROOT) / "staticfiles.json"],
            interactive=False,
        )


def _make(command, sources, *, made, **options):
    stamp = VAR_DIR / f"{command}.made-from"
    fingerprint = _fingerprint(sources)
    if stamp.exists() and stamp.read_text() == fingerprint and all(path.exists() for path in made):
        return
    call_command(command, verbosity=0, **options)
    stamp.write_text(fingerprint)


def _fingerprint(paths):
    """Names, sizes and times: the contents would take longer to read than to compare."""
    lines = (f"{path} {(stat := path.stat()).st_size} {stat.st_mtime_ns}" for path in paths)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _catalogs():
    return sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/*.po"))


def _static_files():
    return sorted(
        path for folder in settings.STATICFILES_DIRS for path in folder.rglob("*") if path.is_file()
    )
