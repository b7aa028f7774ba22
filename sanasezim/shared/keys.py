"""The keys that protect what a stolen dump must not tell. They live in files, never in the database.

One folder (settings.KEYS_DIR, 0700) holds

    data-1.key, data-2.key, …   32 bytes each, in base64: they encrypt. The newest one writes.
    index.key                   makes search keys of names and phone numbers (HMAC, cannot be undone)
    pepper.key                  is mixed into secret codes before they are hashed

Every file is proved against the database (key_proofs.py): another key under the same name, or an
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
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
NEWEST_ID = 255  # the id is one byte of every cipher text
INDEX, PEPPER = "index", "pepper"
DATA_FILE = re.compile(r"data-([1-9]\d{0,2})\.key")
COMING_FILE = re.compile(r"data-([1-9]\d{0,2})\.key\.new")


class KeyTrouble(ImproperlyConfigured):
    """A key file is missing or spoiled, in a sentence for the person who runs the portal."""


class KeyRing:
    """What the folder held when it was read."""

    def __init__(self, folder):
        self.read_at = _changed_at(folder)
        self.data = _data_keys(folder, DATA_FILE)
        if not self.data:
            raise KeyTrouble(
                f"{folder} holds no data key. Bring the keys back, or for a new portal make them: "
                "manage rotate_keys --make"
            )
        self.newest = max(self.data)
        if self.newest > NEWEST_ID:
            raise KeyTrouble(f"{folder}: a data key may be numbered 1 to {NEWEST_ID}.")
        # Before a key may write, it is recorded; until then it can only open.
        self.coming = _data_keys(folder, COMING_FILE)
        self.named = {name: _read(folder / f"{name}.key") for name in (INDEX, PEPPER)}
        self.ciphers = {number: AESGCM(key) for number, key in (self.coming | self.data).items()}

    def by_name(self):
        """Every key that is in use: {"data-1": 32 bytes, "index": …}."""
        return self.named | {data_name(number): key for number, key in self.data.items()}


def _data_keys(folder, pattern):
    found = {
        int(match[1]): path for path in folder.iterdir() if (match := pattern.fullmatch(path.name))
    }
    return {number: _read(path) for number, path in found.items()}


def data_name(number):
    return f"data-{number}"


_ring = None
_lock = threading.Lock()


def ring():
    """The keys as the folder holds them now: a key that was just added is used at once.

    A folder that changed is held against the database before anything of it is used. KeyTrouble if
    it is not the one this database was written with.
    """
    global _ring
    held = _ring
    if held is None or held.read_at != _changed_at(settings.KEYS_DIR):
        from sanasezim.shared import key_proofs  # it reads keys, too

        with _lock:
            held = KeyRing(Path(settings.KEYS_DIR))
            try:
                key_proofs.prove(held)
            except KeyTrouble:
                # A key may have come, and been recorded, after the folder was read: look once more.
                held = KeyRing(Path(settings.KEYS_DIR))
                key_proofs.prove(held)
            _ring = held
    return held


def _changed_at(folder):
    try:
        return str(folder), os.stat(folder).st_mtime_ns
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


def make_missing(known=()):
    """Make the folder and every key that has never been there; the names of those made.

    `known` are names of keys that were in use: another key in their place would open nothing.
    """
    folder = Path(settings.KEYS_DIR)
    wanted = [INDEX, PEPPER]
    if not (folder.is_dir() and _data_keys(folder, DATA_FILE)):
        wanted.append(data_name(1))
    missing = [name for name in wanted if not (folder / f"{name}.key").exists()]
    if lost := [name for name in missing if name in known]:
        raise KeyTrouble(
            f"{folder / lost[0]}.key is missing. Bring it back from where the keys are kept: "
            "without it nothing that was protected with it can be read."
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [name for name in missing if _write(folder / f"{name}.key", new_key())]


def new_key():
    return secrets.token_bytes(KEY_BYTES)


def announce(number, key):
    """Put a new data key where it can open, but does not write yet."""
    _write(Path(settings.KEYS_DIR) / f"{data_name(number)}.key.new", key)


def bring_into_use(number):
    """From now on this data key writes."""
    folder = Path(settings.KEYS_DIR)
    os.replace(folder / f"{data_name(number)}.key.new", folder / f"{data_name(number)}.key")


def withdraw(number):
    """Forget a data key that never came into use."""
    (Path(settings.KEYS_DIR) / f"{data_name(number)}.key.new").unlink(missing_ok=True)


def set_aside(number):
    """Take a data key out of use; the file that is left, for the safe."""
    folder = Path(settings.KEYS_DIR)
    aside = folder / f"retired-{data_name(number)}.key"
    os.replace(folder / f"{data_name(number)}.key", aside)
    return aside


def _write(path, key):
    """Whole or not at all, and never over a key that is there."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        give_to_owner_of(path.parent, file)
        file.write(base64.b64encode(key).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return False
    finally:
        unfinished.unlink()
    return True


def give_to_owner_of(folder, file):
    """What root writes, the portal's own account must read."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(file.fileno(), owner.st_uid, owner.st_gid)


def code_of(name, purpose, text):
    """HMAC-SHA256 of a text under a named key, apart for every purpose. 32 bytes."""
    return hmac.digest(_purpose_key(ring().named[name], purpose), text.encode(), "sha256")


@lru_cache(maxsize=1000)
def _purpose_key(key, purpose):
    return hmac.digest(key, purpose.encode(), "sha256")
