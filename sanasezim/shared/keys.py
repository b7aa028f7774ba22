"""The keys that protect what a stolen dump must not tell. They live in files, never in the database.

One folder (settings.KEYS_DIR, 0700) holds

    data-1.key, data-2.key, …   32 bytes each, in base64: they encrypt. The newest one writes.
    index.key                   makes search keys of names and phone numbers (HMAC, cannot be undone)
    pepper.key                  is mixed into secret codes before they are hashed

Every file is proved against the database (models/proofs.py): another key under the same name, or an
old folder, stops the portal before it shows or writes anything.
"""

import base64
import binascii
import hmac
import os
import re
import secrets
import threading
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_BYTES = 32
NEWEST_ID = 255  # the id is one byte of every cipher text
INDEX, PEPPER = "index", "pepper"
DATA_FILE = re.compile(r"data-([1-9]\d{0,2})\.key")


class KeyTrouble(Exception):
    """A key file is missing or spoiled, in a sentence for the person who runs the portal."""


class KeyRing:
    """What the folder held when it was read."""

    def __init__(self, folder):
        self.read_at = _changed_at(folder)
        self.data = {
            int(DATA_FILE.fullmatch(path.name)[1]): _read(path)
            for path in folder.glob("data-*.key")
            if DATA_FILE.fullmatch(path.name)
        }
        if not self.data:
            raise KeyTrouble(
                f"{folder} holds no data key. Make the keys: manage rotate_keys --make"
            )
        if max(self.data) > NEWEST_ID:
            raise KeyTrouble(f"{folder}: a data key may be numbered 1 to {NEWEST_ID}.")
        self.named = {name: _read(folder / f"{name}.key") for name in (INDEX, PEPPER)}
        self.ciphers = {number: AESGCM(key) for number, key in self.data.items()}
        self.newest = max(self.data)


_ring = None
_lock = threading.Lock()


def ring():
    """The keys as the folder holds them now: a key that was just added is used at once."""
    global _ring
    folder = Path(settings.KEYS_DIR)
    held = _ring
    if held is None or held.read_at != _changed_at(folder):
        with _lock:
            held = _ring = KeyRing(folder)
    return held


def _changed_at(folder):
    try:
        return str(folder), folder.stat().st_mtime_ns
    except OSError as error:
        raise KeyTrouble(
            f"The folder of the keys, {folder}, cannot be read: {error.strerror}."
        ) from error


def _read(path):
    try:
        key = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except (OSError, ValueError, binascii.Error) as error:
        raise KeyTrouble(f"The key {path} cannot be read: {type(error).__name__}.") from error
    if len(key) != KEY_BYTES:
        raise KeyTrouble(f"The key {path} is spoiled: it has {len(key)} bytes, not {KEY_BYTES}.")
    return key


def make_missing():
    """Make the folder and every key that has never been there; the names of those made."""
    folder = Path(settings.KEYS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = [f"{INDEX}.key", f"{PEPPER}.key"]
    if not any(folder.glob("data-*.key")):
        wanted.append("data-1.key")
    return [name for name in wanted if not (folder / name).exists() and _write(folder / name)]


def make_next():
    """A new data key, which writes from now on. Its number."""
    number = ring().newest + 1
    if number > NEWEST_ID:
        raise KeyTrouble("All 255 numbers of data keys are used.")
    _write(Path(settings.KEYS_DIR) / f"data-{number}.key")
    return number


def _write(path):
    """Whole or not at all, and never over a key that is there."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return False
    finally:
        unfinished.unlink()
    return True


def code_of(name, purpose, text):
    """HMAC-SHA256 of a text under a named key, apart for every purpose. 32 bytes."""
    return hmac.digest(_purpose_key(ring().named[name], purpose), text.encode(), "sha256")


@lru_cache(maxsize=1000)
def _purpose_key(key, purpose):
    return hmac.digest(key, purpose.encode(), "sha256")
