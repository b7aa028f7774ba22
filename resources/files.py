"""How a file comes into the library: looked at in a process of its own, then kept, or refused.

`check` looks and keeps nothing; `keep` writes; `take_in` does both. A form uses LibraryFileField,
which checks while the form is cleaned: a refusal stands beside the field like any other mistake.
"""

import base64
import binascii
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.text import format_lazy, get_text_list
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from resources.models import LibraryFile

Kind = LibraryFile.Kind
DOCUMENTS = (Kind.PDF, Kind.JPEG, Kind.PNG)
RECORDINGS = (Kind.MP3, Kind.OPUS)

CONTENT_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.MP3: "audio/mpeg",
    Kind.OPUS: "audio/ogg",
}
# What the file chooser of a phone or a desk offers; what counts is the content.
ENDINGS = {
    Kind.PDF: ".pdf",
    Kind.JPEG: ".jpg,.jpeg",
    Kind.PNG: ".png",
    Kind.MP3: ".mp3",
    Kind.OPUS: ".opus,.ogg,.oga",
}
CHILD = Path(__file__).with_name("file_child.py")
ANSWER_BYTES = 4 * 1024 * 1024

REFUSALS = {
    "empty": _("The file is empty. Choose another file."),
    "wrong_kind": _("This is not a %(kinds)s file. Save it as %(kinds)s and choose it again."),
    "too_large": _(
        "The file has %(size)s. At most %(limit)s is possible. Make it smaller and choose it again."
    ),
    "too_many_pixels": _(
        "The picture is too large: at most %(limit)s million pixels, 20,000 on a side. "
        "Make it smaller and choose it again."
    ),
    "too_many_pages": _(
        "The PDF has %(pages)s pages. At most %(limit)s are possible. Split it into parts."
    ),
    "protected": _(
        "The PDF is protected by a password or against copying. Save it without protection."
    ),
    "program": _(
        "The PDF contains a program or a form that sends data. "
        "Print it to a new PDF and choose that one."
    ),
    "attachment": _(
        "Another file is hidden in the PDF. Save the PDF without attachments and choose it again."
    ),
    "something_before": _(
        "Something stands before the beginning of the PDF. "
        "Save it again from the program it was made with."
    ),
    "something_behind": _(
        "Something stands behind the end of the file. "
        "Save it again from the program it was made with."
    ),
    "something_inside": _(
        "The file is a PDF and something else at once. "
        "Save it again from the program it was made with."
    ),
    "unusual": _("A part of the PDF cannot be checked. Print it to a new PDF and choose that one."),
    "broken": _("The file is broken or cut off. Open it yourself, save it again and choose it."),
    "too_heavy": _(
        "Opening the file takes too much time or memory. "
        "Make it simpler or split it, then choose it again."
    ),
}


def refusal(code, **facts):
    return ValidationError(REFUSALS[code], code=code, params=facts)


@dataclass
class CheckedFile:
    """A file that may be kept. Nothing of it is on a disk under a name yet."""

    kind: str
    content: BinaryIO = field(repr=False)
    size: int
    sha256: str
    pages: int | None = None
    seconds: int | None = None
    text: str = field(default="", repr=False)
    cover: bytes = field(default=b"", repr=False)
    cover_size: tuple[int, int] | tuple[None, None] = (None, None)
    thumbnail: bytes = field(default=b"", repr=False)

    def __del__(self):
        self.content.close()  # a form that was refused for another field never keeps it


def take_in(upload, *, by=None, kinds=tuple(Kind)):
    """Check an upload and keep it. A ValidationError says why not, and nothing is left then."""
    return keep(check(upload, kinds=kinds), by=by)


def check(upload, *, kinds=tuple(Kind)):
    """Look at an upload (any Django File) and return a CheckedFile, or raise a ValidationError."""
    if not upload.size:
        raise refusal("empty")
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise refusal(
            "too_large",
            size=filesizeformat(upload.size),
            limit=filesizeformat(settings.UPLOAD_MAX_BYTES),
        )
    with contextlib.ExitStack() as on_refusal:
        uploaded = on_refusal.enter_context(nameless_copy(upload))
        kind = kind_of(uploaded.read(1024))
        if kind is None or kind not in kinds:
            named = [Kind(kind).label for kind in kinds]
            raise refusal("wrong_kind", kinds=get_text_list(named, now("or")))
        facts, content = ask_child(kind, uploaded)
        if kind == Kind.PDF:
            content.close()
            content = uploaded
            on_refusal.pop_all()
        size, sha256 = measure(content)
    return CheckedFile(kind=kind, content=content, size=size, sha256=sha256, **facts)


def nameless_copy(upload):
    """The upload as a file without a name: a crash at any moment leaves nothing behind."""
    copy = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115, given back
    upload.seek(0)
    shutil.copyfileobj(upload, copy, 1024 * 1024)
    copy.seek(0)
    return copy


def kind_of(start):
    """The kind a file's first bytes promise. Its name and the browser's word for it say nothing."""
    if b"%PDF-" in start:
        return Kind.PDF  # the child refuses what stands before
    if start.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if start.startswith(b"OggS") and start[28:36] == b"OpusHead":
        return Kind.OPUS
    # Layer III: eleven bits of beginning, then a version and the layer.
    if start.startswith(b"ID3") or (
        start[:1] == b"\xff" and start[1:2] and start[1] & 0xE6 == 0xE2
    ):
        return Kind.MP3
    return None


def ask_child(kind, uploaded):
    """Have file_child.py open the file. Returns its facts and the content it wrote."""
    limits = {
        "seconds": settings.UPLOAD_CHECK_SECONDS,
        "memory": settings.UPLOAD_CHECK_MEMORY,
        "pixels": settings.UPLOAD_MAX_PIXELS,
        "pages": settings.UPLOAD_MAX_PAGES,
        "answer_bytes": ANSWER_BYTES,
        "content_bytes": 2 * settings.UPLOAD_MAX_BYTES,
    }
    content = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115, given back
    try:
        with tempfile.TemporaryFile() as answered:
            # The child reads the descriptor: a seek within Python's buffer would not move that.
            uploaded.flush()
            os.lseek(uploaded.fileno(), 0, os.SEEK_SET)
            in_time = run_child(
                [kind, json.dumps(limits), str(content.fileno())], uploaded, answered, content
            )
            answered.seek(0)
            answer = read_answer(answered.read(ANSWER_BYTES)) if in_time else None
        if answer is None:
            raise refusal("too_heavy")
        if "refused" in answer:
            code = answer.pop("refused")
            limit = settings.UPLOAD_MAX_PAGES
            if code == "too_many_pixels":
                limit = settings.UPLOAD_MAX_PIXELS // 1_000_000
            raise refusal(code, limit=limit, **answer)
        return answer, content
    except BaseException:
        content.close()
        raise


def run_child(arguments, uploaded, answered, content, *, child=CHILD):
    """Whether the child ended by itself and well, within its time."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(child), *arguments],
        stdin=uploaded,
        stdout=answered,
        stderr=subprocess.DEVNULL,
        pass_fds=[content.fileno()],
        cwd="/",
        # No secret of ours is in there. Some Pythons find their own library by the one name.
        env={name: os.environ[name] for name in ["LD_LIBRARY_PATH"] if name in os.environ},
        start_new_session=True,
    )
    try:
        return process.wait(timeout=settings.UPLOAD_CHECK_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def read_answer(answer):
    """The facts, or None. Whoever took the child over writes here too, so each is looked at."""
    try:
        said = json.loads(answer)
        if "refused" in said:
            if said["refused"] not in REFUSALS:
                return None
            return {"refused": said["refused"]} | {
                name: int(said[name]) for name in ["pages"] if name in said
            }
        facts = {name: int(said[name]) for name in ["pages", "seconds"] if name in said}
        facts["text"] = str(said.get("text", "")).replace("\x00", "")
        if "cover" in said:
            facts["cover"] = picture(said["cover"])
            facts["thumbnail"] = picture(said["thumbnail"])
            width, height = said["cover_size"]
            facts["cover_size"] = (int(width), int(height))
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error):
        return None
    return facts


def picture(encoded):
    decoded = base64.b64decode(encoded, validate=True)
    if decoded[:4] != b"RIFF" or decoded[8:12] != b"WEBP" or len(decoded) > 40_000:
        raise ValueError("not a small WebP picture")
    return decoded


def measure(content):
    content.seek(0)
    sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    size = content.tell()
    content.seek(0)
    return size, sha256


class WrittenFiles:
    """Files written for a row that is not committed yet. They go when it is given up.

    Django tells about a commit but not about a rollback: then it only drops the callbacks. The last
    reference to this object is such a callback, so that being dropped uncalled means a rollback.
    """

    def __init__(self, storage):
        self.storage = storage
        self.names = []

    def write(self, folder, ending, content):
        name = self.storage.save(f"{folder}/{uuid.uuid4().hex}.{ending}", File(content))
        self.names.append(name)
        return name

    def stay(self):
        self.names = []

    def remove(self):
        while self.names:
            self.storage.delete(self.names.pop())

    def __del__(self):
        self.remove()


def keep(checked, *, by=None):
    """Store a checked file and its row. Content that is here already is not stored twice."""
    with contextlib.closing(checked.content):
        known = LibraryFile.objects.filter(kind=checked.kind, sha256=checked.sha256).first()
        if known and default_storage.exists(known.content.name):
            return known
        written = WrittenFiles(default_storage)
        try:
            with transaction.atomic():
                row = write(checked, written, by)
                transaction.on_commit(written.stay)
        except BaseException:
            written.remove()
            raise
    return row


def write(checked, written, by):
    row = LibraryFile(
        kind=checked.kind,
        size=checked.size,
        sha256=checked.sha256,
        pages=checked.pages,
        seconds=checked.seconds,
        text=checked.text,
        uploaded_by=by,
    )
    row.content = written.write("library", checked.kind, checked.content)
    if checked.cover:
        row.cover = written.write("covers", "webp", ContentFile(checked.cover))
        row.cover_width, row.cover_height = checked.cover_size
        row.thumbnail = written.write("covers", "webp", ContentFile(checked.thumbnail))
    row.save()
    return row


def remove_strays(older_than):
    """Delete old files that no row knows, and count them. A kill while saving leaves such."""
    removed = 0
    for folder, fields in {"library": ["content"], "covers": ["cover", "thumbnail"]}.items():
        if not default_storage.exists(folder):
            continue
        # The listing first: a file whose row is saved in between must be found in the rows.
        found = {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
        for name in fields:
            found.difference_update(LibraryFile.objects.values_list(name, flat=True))
        for name in found:
            if default_storage.get_modified_time(name) < older_than:
                default_storage.delete(name)
                removed += 1
    return removed


class LibraryFileInput(forms.FileInput):
    """A file chooser that shows how far a long upload is (static/js/upload.js)."""

    class Media:
        js = ["js/upload.js"]

    def __init__(self, attrs=None):
        super().__init__(
            {
                "data-upload-progress": "",
                "data-max-bytes": settings.UPLOAD_MAX_BYTES,
                "data-text-too-large": format_lazy(
                    _("The file is larger than {limit} MB. Make it smaller and choose it again."),
                    limit=settings.UPLOAD_MAX_BYTES // 1024**2,
                ),
                "data-text-sending": _(
                    "{percent} sent, {speed} KB per second, about {seconds} seconds left."
                ),
                "data-text-checking": _("Everything is sent. The file is being checked."),
                "data-text-cancel": _("Stop sending"),
                "data-text-cancelled": _(
                    "Stopped. Nothing was saved. What you typed is still here."
                ),
                "data-text-failed": _(
                    "The file did not arrive. What you typed is still here. Try again."
                ),
                **(attrs or {}),
            }
        )


class LibraryFileField(forms.FileField):
    """A file for the library. Cleaned, it is a CheckedFile for `keep`, or None if there is none."""

    widget = LibraryFileInput

    def __init__(self, *, kinds=DOCUMENTS, **options):
        self.kinds = kinds
        super().__init__(**options)

    def widget_attrs(self, widget):
        return {
            **super().widget_attrs(widget),
            "accept": ",".join(f"{ENDINGS[kind]},{CONTENT_TYPES[kind]}" for kind in self.kinds),
        }

    def to_python(self, data):
        # An empty file is refused in our words, by check.
        return None if data in self.empty_values else check(data, kinds=self.kinds)
