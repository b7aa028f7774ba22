"""Photos, films and logos on their way in: looked at in a process of their own (picture_child.py), kept
without what tells place, camera and author. Of a photo three sizes are made there, too."""

import base64
import contextlib
import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from events.models import Photo, Video
from resources import files

CHILD = Path(__file__).with_name("picture_child.py")
ANSWER_BYTES = 1024 * 1024
LOGO = (240, 8_000)  # longest side, bytes

REFUSALS = {
    "empty": files.REFUSALS["empty"],
    "too_large": files.REFUSALS["too_large"],
    "too_many_pixels": files.REFUSALS["too_many_pixels"],
    "too_heavy": files.REFUSALS["too_heavy"],
    "broken": files.REFUSALS["broken"],
    "wrong_kind": _(
        "This is neither a JPEG nor a PNG picture. Save it as JPEG and choose it again."
    ),
    "wrong_film": _("This is not an MP4 film. Save it as MP4 and choose it again."),
    "unusual_film": _(
        "Phones and computers may not be able to play this film. "
        "Save it as MP4 with H.264 and AAC and choose it again."
    ),
}


def refusal(code, **facts):
    return ValidationError(REFUSALS[code], code=code, params=facts)


@dataclass
class Checked:
    """A photo or film that may be kept. Nothing of it is on a disk under a name yet."""

    kind: str
    content: BinaryIO = field(repr=False)
    facts: dict = field(repr=False)

    def __del__(self):
        self.content.close()


def check(upload, *, film=False, sizes=()):
    """Look at an upload (any Django File). A ValidationError says what to do if it cannot be taken."""
    if not upload.size:
        raise refusal("empty")
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise refusal(
            "too_large",
            size=filesizeformat(upload.size),
            limit=filesizeformat(settings.UPLOAD_MAX_BYTES),
        )
    with files.nameless_copy(upload) as uploaded:
        start = uploaded.read(12)
        kind = "mp4" if start[4:8] == b"ftyp" else files.kind_of(start)
        if kind not in (["mp4"] if film else ["jpg", "png"]):
            raise refusal("wrong_film" if film else "wrong_kind")
        return _ask_child(kind, uploaded, sizes)


def _ask_child(kind, uploaded, sizes):
    limits = {
        "seconds": settings.UPLOAD_CHECK_SECONDS,
        "memory": settings.UPLOAD_CHECK_MEMORY,
        "pixels": settings.UPLOAD_MAX_PIXELS,
        "answer_bytes": ANSWER_BYTES,
        "content_bytes": 2 * settings.UPLOAD_MAX_BYTES,
        "sizes": sizes,
    }
    content = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115, given on
    try:
        with tempfile.TemporaryFile() as answered:
            # The child reads the descriptor: a seek within Python's buffer would not move that.
            uploaded.flush()
            os.lseek(uploaded.fileno(), 0, os.SEEK_SET)
            arguments = [kind, json.dumps(limits), str(content.fileno())]
            in_time = files.run_child(arguments, uploaded, answered, content, child=CHILD)
            answered.seek(0)
            facts = _read(answered.read(ANSWER_BYTES), sizes) if in_time else None
        if facts is None:
            raise refusal("too_heavy")
        if code := facts.get("refused"):
            raise refusal(code, limit=settings.UPLOAD_MAX_PIXELS // 1_000_000)
        content.seek(0)
        return Checked(kind, content, facts)
    except BaseException:
        content.close()
        raise


def _read(answer, sizes):
    """The facts, or None. Whoever took the child over writes here too, so each is looked at."""
    try:
        said = json.loads(answer)
        if "refused" in said:
            return {"refused": said["refused"]} if said["refused"] in REFUSALS else None
        facts = {name: int(said[name]) for name in ["width", "height", "seconds"] if name in said}
        facts["pictures"] = [
            _webp(encoded, most)
            for encoded, (_side, most) in zip(said.get("pictures", []), sizes, strict=True)
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return facts


def _webp(encoded, most):
    picture = base64.b64decode(encoded, validate=True)
    # Noise may not shrink to what was asked for.
    if picture[:4] != b"RIFF" or picture[8:12] != b"WEBP" or len(picture) > 3 * most:
        raise ValueError("not a small WebP picture")
    return picture


def size_within(checked, side):
    """(width, height) of the picture that was made to fit into a square of this side."""
    width, height = checked.facts["width"], checked.facts["height"]
    scale = min(side / max(width, height), 1)
    return max(round(width * scale), 1), max(round(height * scale), 1)


@contextlib.contextmanager
def written():
    """Files written inside go again if the transaction does."""
    stored = files.WrittenFiles(default_storage)
    try:
        yield stored
        transaction.on_commit(stored.stay)
    except BaseException:
        stored.remove()
        raise


@transaction.atomic
def keep_photo(event, checked, **fields):
    """A new photo of the event, with its three sizes."""
    photo = Photo(
        event=event, width=checked.facts["width"], height=checked.facts["height"], **fields
    )
    with checked.content, written() as stored:
        photo.original = stored.write("events", checked.kind, checked.content)
        for name, picture in zip(Photo.SIZES, checked.facts["pictures"], strict=True):
            setattr(photo, name, stored.write("events", "webp", ContentFile(picture)))
        photo.save()
    return photo


@transaction.atomic
def keep_film(event, checked, **fields):
    video = Video(event=event, seconds=checked.facts["seconds"], **fields)
    with checked.content, written() as stored:
        checked.content.seek(0, os.SEEK_END)
        video.size = checked.content.tell()
        checked.content.seek(0)
        video.file = stored.write("events", "mp4", checked.content)
        video.save()
    return video


class PictureField(files.LibraryFileField):
    """A photo or film to put in. Cleaned, it is a Checked, or None if there is none."""

    def __init__(self, *, film=False, sizes=(), **options):
        self.film, self.sizes = film, list(sizes)
        super().__init__(**options)

    def widget_attrs(self, widget):
        accept = ".mp4,video/mp4" if self.film else ".jpg,.jpeg,.png,image/jpeg,image/png"
        return forms.FileField.widget_attrs(self, widget) | {"accept": accept}

    def to_python(self, data):
        if data in self.empty_values:
            return None
        return check(data, film=self.film, sizes=self.sizes)


class SeveralFilesInput(files.LibraryFileInput):
    allow_multiple_selected = True


class PicturesField(PictureField):
    """Photos to put in, several at once. Cleaned, a list of Checked.

    One that cannot be taken does not keep the others out: `refused` says of each why not.
    """

    widget = SeveralFilesInput
    MOST = 10

    def __init__(self, **options):
        super().__init__(**options)
        self.widget.attrs["data-text-too-large"] = format_lazy(
            _("Together they are larger than {limit} MB. Choose fewer at once."),
            limit=settings.UPLOAD_MAX_BYTES // 1024**2,
        )

    def clean(self, data, initial=None):
        self.refused = []
        uploads = [one for one in data or [] if one]
        if len(uploads) > self.MOST:
            raise ValidationError(
                _("Choose at most %(most)d photos at once."), params={"most": self.MOST}
            )
        taken = []
        for upload in uploads:
            try:
                taken.append(super().clean(upload))
            except ValidationError as refusal:
                self.refused.append(f"{upload.name}: {' '.join(refusal.messages)}")
        if self.refused and not taken:
            raise ValidationError(self.refused)
        return taken or super().clean(None)
