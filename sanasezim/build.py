"""What is made from the tree and not kept in it: compiled catalogs, fingerprinted static files."""

import fcntl
import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from sanasezim import catalogs

VAR_DIR = settings.BASE_DIR / "var"


def build():
    """Make anew what has changed since the last time. Two at once wait for each other."""
    VAR_DIR.mkdir(exist_ok=True)
    with open(VAR_DIR / "build.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        catalogs.build()
        _collect_static_files()


def _collect_static_files():
    stamp = VAR_DIR / "static.made-from"
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    fingerprint = _fingerprint(_static_sources())
    if manifest.exists() and stamp.exists() and stamp.read_text() == fingerprint:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint)


def _static_sources():
    """Our own files, and the pins: with them come the files of the installed packages."""
    yield settings.BASE_DIR / "requirements.txt"
    for folder in settings.STATICFILES_DIRS:
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _fingerprint(paths):
    """Names, sizes and times: the contents would take longer to read than to compare."""
    lines = (f"{path} {(stat := path.stat()).st_size} {stat.st_mtime_ns}" for path in paths)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
