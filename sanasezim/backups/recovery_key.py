"""The pair of keys of all backups: X25519, each half written so that it can be copied from paper.

    public-mfzx-…     stands in the environment, BACKUP_KEY: whoever has it can only seal
    recovery-k5qw-…   lies in two safes, and is brought for a restore: RECOVERY_KEY

So whoever takes the machine, or a backup, does not open the backups; losing the second half loses them.
"""

import base64
import binascii
import hashlib
import os

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from django.conf import settings

from sanasezim.backups import BackupTrouble

PUBLIC, RECOVERY = "public", "recovery"
KEY_BYTES = 32
CHECK_BYTES = 3  # a letter that was copied wrongly is found at once
RAW = serialization.Encoding.Raw


def new():
    """(text of the public half, text of the half for the safe)."""
    secret = os.urandom(KEY_BYTES)
    return _text(PUBLIC, public_bytes(X25519PrivateKey.from_private_bytes(secret))), _text(
        RECOVERY, secret
    )


def public():
    """The half that seals."""
    if settings.BACKUP_KEY:
        return X25519PublicKey.from_public_bytes(_bytes(PUBLIC, settings.BACKUP_KEY))
    if settings.DEMO:
        return _of_demonstration().public_key()
    raise BackupTrouble(
        "BACKUP_KEY is not set, so nothing can be sealed. Make a pair: manage new_recovery_key"
    )


def secret():
    """The half that opens."""
    if settings.RECOVERY_KEY:
        return X25519PrivateKey.from_private_bytes(_bytes(RECOVERY, settings.RECOVERY_KEY))
    if settings.DEMO:
        return _of_demonstration()
    raise BackupTrouble(
        "RECOVERY_KEY is not set. Bring the recovery key from the safe: RECOVERY_KEY_FILE=/path/of/it"
    )


def public_bytes(key):
    public = key.public_key() if isinstance(key, X25519PrivateKey) else key
    return public.public_bytes(RAW, serialization.PublicFormat.Raw)


def id_of(key):
    """Eight bytes by which a backup tells which key it is for."""
    return hashlib.sha256(public_bytes(key)).digest()[:8]


def _of_demonstration():
    """Known to everybody, as the demonstration's SECRET_KEY is: it holds nothing but inventions."""
    return X25519PrivateKey.from_private_bytes(hashlib.sha256(b"demonstration only").digest())


def _text(kind, key):
    letters = base64.b32encode(key + _check(kind, key)).decode().lower()
    return "-".join([kind, *(letters[at : at + 4] for at in range(0, len(letters), 4))])


def _bytes(kind, text):
    words = "".join(text.split()).lower().split("-")
    if words[0] != kind:
        raise BackupTrouble(f"This is not the key that is wanted: it begins with “{kind}-”.")
    try:
        found = base64.b32decode("".join(words[1:]).upper())
    except binascii.Error:
        found = b""
    key, check = found[:KEY_BYTES], found[KEY_BYTES:]
    if len(key) != KEY_BYTES or check != _check(kind, key):
        raise BackupTrouble(
            f"The {kind} key was copied wrongly: a letter is missing or another one."
        )
    return key


def _check(kind, key):
    return hashlib.sha256(kind.encode() + key).digest()[:CHECK_BYTES]
