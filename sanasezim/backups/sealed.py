"""A stream that is sealed while it is written: nothing of it touches the disk in clear.

    "SSBK" · form · 8 bytes: which recovery key · 32 bytes: the public half of this file's own pair
    pieces of 256 KiB, the last one shorter or empty, each with 16 bytes of tag

The key of the file is made of its own pair and the recovery key (X25519, HKDF-SHA256); the writer
forgets it. Every piece is authenticated with the head, with its number and with whether it is the last:
a file that was cut, changed or put together anew does not open.
"""

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sanasezim.backups import BackupTrouble, recovery_key

MAGIC, FORM = b"SSBK", 1
HEAD = struct.Struct(">4sB8s32s")
PIECE = 256 * 1024
TAG = 16
NONCE_BYTES = 12


class Writer:
    """Seals what is written into an open file. `close` writes the end, and must come."""

    def __init__(self, file, public):
        self.file, self.number, self.waiting = file, 0, bytearray()
        own = X25519PrivateKey.generate()
        own_public = recovery_key.public_bytes(own)
        self.head = HEAD.pack(MAGIC, FORM, recovery_key.id_of(public), own_public)
        # Kept until the file was read back, for nobody else.
        self.cipher = _cipher(own.exchange(public), self.head, recovery_key.public_bytes(public))
        file.write(self.head)

    def write(self, some):
        self.waiting += some
        while len(self.waiting) > PIECE:
            self._seal(bytes(self.waiting[:PIECE]), is_last=False)
            del self.waiting[:PIECE]

    def close(self):
        self._seal(bytes(self.waiting), is_last=True)

    def _seal(self, piece, *, is_last):
        self.file.write(self.cipher.encrypt(_nonce(self.number, is_last), piece, self.head))
        self.number += 1


class Reader:
    """Opens a file from its beginning. BackupTrouble where it was cut or changed."""

    def __init__(self, file, *, secret=None, cipher=None):
        self.file, self.open, self.ended = file, bytearray(), False
        self.left = os.fstat(file.fileno()).st_size - HEAD.size
        self.head = file.read(HEAD.size)
        self.cipher = cipher or self._cipher_of(secret)
        self.number = 0

    def read(self, size):
        """Exactly so many bytes."""
        while len(self.open) < size:
            if self.ended:
                raise BackupTrouble("The backup ends too early.")
            self._next()
        some = bytes(self.open[:size])
        del self.open[:size]
        return some

    def _cipher_of(self, secret):
        if len(self.head) < HEAD.size or self.head[:4] != MAGIC:
            raise BackupTrouble("This is not a backup of the portal.")
        _magic, form, wanted, own_public = HEAD.unpack(self.head)
        if form > FORM:
            raise BackupTrouble(
                "This backup was made by a newer version of the portal. Restore it with that version."
            )
        if wanted != recovery_key.id_of(secret):
            raise BackupTrouble(
                "This recovery key does not open this backup. It was sealed for another one."
            )
        shared = secret.exchange(X25519PublicKey.from_public_bytes(own_public))
        return _cipher(shared, self.head, recovery_key.public_bytes(secret))

    def _next(self):
        stored = self.file.read(PIECE + TAG)
        self.left -= len(stored)
        is_last = self.left <= 0
        try:
            self.open += self.cipher.decrypt(_nonce(self.number, is_last), stored, self.head)
        except (InvalidTag, ValueError):
            raise BackupTrouble(
                "The backup is damaged: it was cut or changed. Take another one, or copy it again."
            ) from None
        self.number += 1
        self.ended = is_last


def _cipher(shared, head, public):
    key = HKDF(SHA256(), 32, salt=head + public, info=b"sana sezim backup").derive(shared)
    return AESGCM(key)


def _nonce(number, is_last):
    # The key is this file's alone, so its pieces may be counted.
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([is_last])
