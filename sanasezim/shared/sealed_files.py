"""Files that are encrypted on the disk: papers and pictures of the people we help.

    "SSF1" · key id · 32 bytes of salt
    pieces of 64 KiB, the last one shorter or empty, each with 16 bytes of tag

Every file has its own key, made of a data key and the salt. A piece is authenticated with its number,
with whether it is the last, and with the place the file belongs to: model, field, the row's `seal` and
the file's name. So a file that was cut, extended, put together anew or moved to another row does not
open. The disk never sees a byte in clear, not while it is written either.
"""

import contextlib
import hmac
import os
import struct
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.db import models

from sanasezim.shared import file_stores, keys
from sanasezim.shared.protected import Damaged

MAGIC = b"SSF1"
HEADER = struct.Struct(">4sB32s")
PIECE = 64 * 1024
TAG = 16
NONCE_BYTES = 12


def write(source, place, name=None):
    """Store a source's bytes (bytes, a Django File, or an iterable of bytes); the name of the file."""
    name = _checked(name or uuid.uuid4().hex)
    file_stores.sealed().write(name, _sealed(source, place, name))
    return name


def read(name, place):
    """The bytes of a file, piece by piece. Damaged, before the first piece if the file was cut."""
    with file_stores.sealed().open(_checked(name)) as file:
        opener, last = _opener(file, name, place)
        opener(last)
        for number in range(last + 1):
            yield opener(number)


def size(name):
    """How many bytes the file has in clear."""
    stored = file_stores.sealed().size(_checked(name)) - HEADER.size
    return stored - TAG * (_last_piece(stored) + 1)


def delete(name):
    file_stores.sealed().delete(_checked(name))


def key_id(name):
    """The number of the data key a file is under."""
    with file_stores.sealed().open(_checked(name)) as file:
        return _header(file)[0]


def _checked(name):
    if len(name) != 32 or not name.isalnum() or not name.isascii():
        raise ValueError("not the name of a sealed file")
    return name


def _sealed(source, place, name):
    number, salt = keys.ring().newest, os.urandom(32)
    cipher = _cipher(number, salt)
    yield HEADER.pack(MAGIC, number, salt)
    for count, (piece, is_last) in enumerate(_pieces(source)):
        yield cipher.encrypt(_nonce(count, is_last), piece, _bound(place, name))


def _pieces(source):
    """The source in pieces of 64 KiB: (bytes, whether it is the last). At least one."""
    waiting = bytearray()
    for some in _chunks(source):
        waiting += some
        while len(waiting) > PIECE:
            yield bytes(waiting[:PIECE]), False
            del waiting[:PIECE]
    yield bytes(waiting), True


def _chunks(source):
    if isinstance(source, bytes):
        return [source]
    return source.chunks(PIECE) if hasattr(source, "chunks") else source


def _opener(file, name, place):
    """A function that gives the piece of a number, and the number of the last one."""
    number, salt = _header(file)
    cipher = _cipher(number, salt)
    last = _last_piece(file.seek(0, os.SEEK_END) - HEADER.size)

    def open_piece(count):
        file.seek(HEADER.size + count * (PIECE + TAG))
        try:
            return cipher.decrypt(
                _nonce(count, count == last), file.read(PIECE + TAG), _bound(place, name)
            )
        except InvalidTag:
            raise Damaged(
                f"file {name}, piece {count}: it was changed, or belongs to another place"
            ) from None

    return open_piece, last


def _last_piece(stored):
    if stored < TAG:
        raise Damaged("the file was cut")
    return (stored - 1) // (PIECE + TAG)


def _header(file):
    try:
        magic, number, salt = HEADER.unpack(file.read(HEADER.size))
    except struct.error:
        raise Damaged("the file was cut") from None
    if magic != MAGIC:
        raise Damaged("not in the form of a sealed file")
    return number, salt


def _cipher(number, salt):
    ring = keys.ring()
    key = (ring.coming | ring.data).get(number)
    if key is None:
        raise Damaged(f"data key {number} is not here")
    return AESGCM(hmac.digest(key, b"file:" + salt, "sha256"))


def _nonce(count, is_last):
    # The key is this file's alone, so its pieces may be counted.
    return count.to_bytes(NONCE_BYTES - 1, "big") + bytes([is_last])


def _bound(place, name):
    return place + b":" + name.encode()


# On a row


class SealedFile:
    """The file of one row's field; False where there is none."""

    def __init__(self, field, row):
        self.field, self.row = field, row

    def __str__(self):
        return self.name

    def __bool__(self):
        return bool(self.name)

    def __eq__(self, other):
        return str(self) == str(other)

    __hash__ = None

    @property
    def name(self):
        return self.row.__dict__[self.field.attname]

    @property
    def place(self):
        return f"{self.field.sealed_as}:{self.row.seal}".encode()

    @property
    def size(self):
        return size(self.name)

    def write(self, source):
        """Store a new file for the row. Save the row after it, delete the earlier file after that."""
        self.row.__dict__[self.field.attname] = write(source, self.place)

    def chunks(self):
        return read(self.name, self.place)

    __iter__ = chunks

    def delete(self):
        """Remove the file from the disk: on commit, when the row that names it is gone."""
        if self.name:
            delete(self.name)


class _OnRow:
    def __init__(self, field):
        self.field = field

    def __get__(self, row, owner=None):
        if row is None:
            return self
        if self.field.attname not in row.__dict__:
            row.refresh_from_db(fields=[self.field.attname])
        return SealedFile(self.field, row)

    def __set__(self, row, name):
        row.__dict__[self.field.attname] = str(name)


class SealedFileField(models.CharField):
    """A sealed file of a ProtectedRow; the column holds its random name.

        letter.scan.write(upload); letter.save()
        StreamingHttpResponse(letter.scan.chunks(), …)

    `sealed_as` as for a ProtectedTextField. A file whose row was never saved, or is gone, is removed
    by `remove_strays`.
    """

    def __init__(self, *args, sealed_as=None, **kwargs):
        self.sealed_as = sealed_as
        kwargs |= {"max_length": 32, "blank": True, "default": "", "editable": False}
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for given in ("max_length", "blank", "default", "editable"):
            kwargs.pop(given, None)
        if self.sealed_as:
            kwargs["sealed_as"] = self.sealed_as
        return name, path, args, kwargs

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        if not self.sealed_as and not cls._meta.abstract:
            self.sealed_as = f"{cls._meta.label_lower}.{name}"
        setattr(cls, self.attname, _OnRow(self))

    def pre_save(self, row, add):
        return str(getattr(row, self.attname))

    def to_python(self, value):
        return super().to_python(str(value) if isinstance(value, SealedFile) else value)


# All of them


def fields_with_files():
    """Every (model, field) that names sealed files; a history only repeats the names."""
    for model in apps.get_models():
        if not hasattr(model, "pgh_tracked_model"):
            for field in model._meta.local_concrete_fields:
                if isinstance(field, SealedFileField):
                    yield model, field


def remove_strays(older_than):
    """Remove files that no row names and that were written before this moment; how many.

    A kill between file and row leaves such, and a kill while writing an unfinished one.
    """
    store = file_stores.sealed()
    # The listing first: a file whose row is saved in between must be found in the rows.
    found = set(store.names(unfinished=True))
    for model, field in fields_with_files():
        found.difference_update(model._base_manager.values_list(field.attname, flat=True))
    removed = 0
    for name in found:
        with contextlib.suppress(FileNotFoundError):  # gone meanwhile
            if store.changed_at(name) < older_than.timestamp() * 1e9:
                store.delete(name)
                removed += 1
    return removed


def re_encrypt_all():
    """Bring every file under the newest data key: (how many were brought, how many are damaged)."""
    brought = damaged = 0
    for model, field in fields_with_files():
        rows = model._base_manager.exclude(**{field.attname: ""}).only("seal", field.attname)
        for row in rows.iterator():
            try:
                brought += re_encrypt(getattr(row, field.attname))
            except Damaged:
                damaged += 1
            except FileNotFoundError:
                pass  # deleted meanwhile
    return brought, damaged


def count_under(number):
    """How many files are under this data key."""
    found = 0
    for model, field in fields_with_files():
        names = model._base_manager.exclude(**{field.attname: ""}).values_list(
            field.attname, flat=True
        )
        for name in names.iterator():
            try:
                found += key_id(name) == number
            except (Damaged, FileNotFoundError):
                continue
    return found


def re_encrypt(file):
    """Whether the file had to be written anew. Whoever reads it just now goes on with the old one."""
    if key_id(file.name) == keys.ring().newest:
        return False
    write(file.chunks(), file.place, name=file.name)
    return True
