"""Text that is encrypted before it reaches the database: names, phones, stories, notes.

AES-256-GCM. What is stored is

    1 (format) · key id · 12 bytes of nonce · cipher text · 16 bytes of tag

and what is authenticated beside it says where it belongs: model, field, and the row's own `seal`,
a random UUID fixed before the row is inserted. So bytes that were changed, or moved to another
row or field, do not open; that is an error for the log and never a text for the screen.

A protected field is written only through its row: `update()` and `bulk_update()` do not know the
row's seal and refuse. (`bulk_create(update_conflicts=True)` does not know it either, and nothing can
stop that: never use it on a ProtectedRow.) The same text keeps its bytes, so that a save which changes
nothing is none.
"""

import contextlib
import hmac
import logging
import os
import uuid
from contextvars import ContextVar

from cryptography.exceptions import InvalidTag
from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanasezim.shared import keys
from sanasezim.shared.search_keys import SearchKeysField

logger = logging.getLogger(__name__)

FORMAT = 1
NONCE_BYTES = 12

# What may be asked of the stored bytes; df and ndf are how a trigger asks whether they changed.
LOOKUPS = {"exact", "isnull", "df", "ndf"}


class Damaged(Exception):
    """Protected bytes do not open: they were changed, moved here, or their key is gone."""


def seal_bytes(plain, place, nonce=None):
    """The bytes to store for these bytes; `place` (bytes) says where they belong."""
    ring = keys.ring()
    nonce = nonce or os.urandom(NONCE_BYTES)
    sealed = ring.ciphers[ring.newest].encrypt(nonce, plain, place)
    return bytes([FORMAT, ring.newest]) + nonce + sealed


def re_seal_bytes(stored, place):
    """The same under the newest key. The same bytes become the same, so that a row and its history
    agree about what changed: the nonce is made of the old bytes, and theirs was random."""
    plain = open_bytes(stored, place)
    ring = keys.ring()
    nonce = hmac.digest(ring.data[ring.newest], b"nonce:" + place + stored, "sha256")
    return seal_bytes(plain, place, nonce[:NONCE_BYTES])


def open_bytes(stored, place):
    """What `seal_bytes` was given, or Damaged."""
    if len(stored) < 2 + NONCE_BYTES + 16 or stored[0] != FORMAT:
        raise Damaged("not in the form of protected bytes")
    cipher = keys.ring().ciphers.get(stored[1])
    if cipher is None:
        raise Damaged(f"data key {stored[1]} is not here")
    try:
        return cipher.decrypt(stored[2 : 2 + NONCE_BYTES], stored[2 + NONCE_BYTES :], place)
    except InvalidTag:
        raise Damaged("the bytes were changed, or belong to another place") from None


class Sealed(bytes):
    """Stored bytes that nobody has opened yet. Says nothing when it is printed."""

    def __str__(self):
        return "(protected)"

    __repr__ = __str__

    @property
    def key_id(self):
        return self[1] if len(self) > 1 else None


class ProtectedRow(models.Model):
    """A row with protected fields."""

    seal = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)

    class Meta:
        abstract = True

    def shown(self, name, mask=str):
        """The field as a list shows it: masked, or that its bytes are damaged. "" where it is empty."""
        try:
            text = getattr(self, name)
        except Damaged:
            return _("damaged: tell the administrator")
        return mask(text) if text else ""

    def refresh_from_db(self, *args, **options):
        with _as_stored():
            super().refresh_from_db(*args, **options)

    def save_base(self, *args, update_fields=None, **options):
        # Search keys that lag behind a name would lose the person: they are saved with it.
        if update_fields is not None:
            lagging = {
                field.name
                for field in self._meta.fields
                if isinstance(field, SearchKeysField) and field.depends_on(update_fields)
            }
            update_fields = frozenset(update_fields) | lagging
        super().save_base(*args, update_fields=update_fields, **options)


_copying = ContextVar("copying", default=False)


@contextlib.contextmanager
def _as_stored():
    """Django copies a row by reading it: without this it would lose the bytes and keep the text."""
    token = _copying.set(True)
    try:
        yield
    finally:
        _copying.reset(token)


class _Opened:
    """The field on a row: opens on reading, remembers the bytes when the same text is set again."""

    def __init__(self, field):
        self.field = field

    def __get__(self, row, owner=None):
        if row is None:
            return self
        if self.field.attname not in row.__dict__:
            with _as_stored():
                row.refresh_from_db(fields=[self.field.attname])
        held = row.__dict__[self.field.attname]
        if not isinstance(held, Sealed) or _copying.get():
            return held
        return self.field.open(row, held)

    def __set__(self, row, value):
        if not isinstance(value, (str, Promise, Sealed, type(None))):
            raise TypeError(f"{self.field} is a text, not {type(value).__name__}.")
        held = row.__dict__.get(self.field.attname)
        if isinstance(held, Sealed) and isinstance(value, str):
            try:
                if self.field.open(row, held) == value:
                    return
            except Damaged:
                pass  # a new text over a damaged one
        row.__dict__[self.field.attname] = value


class ProtectedTextField(models.Field):
    """Text of a ProtectedRow.

    `sealed_as` is the place that is authenticated, "app.model.field" unless given. Migrations keep it:
    so it outlives the renaming of a model, and a row's history opens like the row.
    """

    def __init__(self, *args, sealed_as=None, **kwargs):
        self.sealed_as = sealed_as
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        if self.sealed_as:
            kwargs["sealed_as"] = self.sealed_as
        return name, path, args, kwargs

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        if not self.sealed_as and not cls._meta.abstract:
            self.sealed_as = f"{cls._meta.label_lower}.{name}"
        setattr(cls, self.attname, _Opened(self))

    def place(self, row):
        return self.place_of(row.seal)

    def place_of(self, seal):
        return f"{self.sealed_as}:{seal}".encode()

    def open(self, row, stored):
        """The text of these stored bytes of this row, or Damaged, which is also logged."""
        if not stored:
            return ""
        try:
            return open_bytes(stored, self.place(row)).decode()
        except Damaged as damage:
            logger.error("%s of %s %s: %s", self, row._meta.label, row.pk, damage)
            raise Damaged(f"{self}: {damage}") from None

    def pre_save(self, row, add):
        held = row.__dict__[self.attname] if self.attname in row.__dict__ else self.get_default()
        if not isinstance(held, Sealed):
            held = self._sealed(row, self.to_python(held))
        elif held and add:
            self.open(row, held)  # a copy under another seal could never be read again
        row.__dict__[self.attname] = held = self.re_encrypted(row, held) or held
        return held

    def _sealed(self, row, text):
        try:
            plain = text.encode()
        except UnicodeEncodeError:
            # Not its own words: they carry the text.
            raise ValueError(f"{self} holds half a character, which cannot be stored.") from None
        return Sealed(seal_bytes(plain, self.place(row)) if plain else b"")

    def re_encrypted(self, row, stored):
        """The row's bytes under the newest key, or None where they are so already or do not open."""
        if not stored or stored.key_id == keys.ring().newest:
            return None
        with contextlib.suppress(Damaged):
            return self.re_sealed(stored, row.seal)

    def re_sealed(self, stored, seal):
        """These bytes of a row with this seal, under the newest key; or Damaged."""
        return Sealed(re_seal_bytes(stored, self.place_of(seal)))

    # Between the database and the row

    def get_internal_type(self):
        return "BinaryField"

    def from_db_value(self, value, expression, connection):
        return None if value is None else Sealed(value)

    def get_prep_value(self, value):
        if value is None or isinstance(value, Sealed):
            return value
        if value == "":
            return Sealed(b"")
        raise FieldError(f"{self} is protected: save it through its row.")

    def get_db_prep_value(self, value, connection, prepared=False):
        value = self.get_prep_value(value)
        return value if value is None else connection.Database.Binary(value)

    def get_lookup(self, lookup_name):
        # Asking for a text would send it to the server in clear.
        return super().get_lookup(lookup_name) if lookup_name in LOOKUPS else None

    def get_transform(self, lookup_name):
        return None

    # Between the row and a person

    def to_python(self, value):
        return "" if value is None else str(value)

    def validate(self, value, row):
        super().validate(value, row)
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ValidationError(_("This text has a sign in it that cannot be stored."))

    def value_to_string(self, row):
        raise FieldError(f"{self} is protected: it is not written to files.")

    def formfield(self, **kwargs):
        defaults = {"form_class": forms.CharField, "max_length": self.max_length}
        if self.max_length is None:
            defaults["widget"] = forms.Textarea
        return super().formfield(**defaults | kwargs)
