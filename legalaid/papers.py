"""Files about people: photos, papers and voice messages. Checked in a process of their own, then kept
encrypted: the original as evidence, and a copy to open that has lost where and with what it was made.

`take_in_file` does it all. `set_down` and `attach` are its halves, for a form that comes back with a
mistake: its files wait, sealed, without a row. Nothing here ever writes a byte in clear to a disk.
"""

import contextlib
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unicodedata
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from legalaid import holding
from legalaid.models import Case, Document, Intake
from resources import files
from sanasezim.shared.folding import safe

CHILD = Path(__file__).with_name("paper_child.py")
ANSWER_BYTES = 4096
# Two at once in a process: pages for visitors come first.
CHILDREN = threading.BoundedSemaphore(2)
SECONDS_TO_WAIT = 30

KINDS = {
    "pdf": Document.Kind.PDF,
    "jpg": Document.Kind.PHOTO,
    "png": Document.Kind.PHOTO,
    "webp": Document.Kind.PHOTO,
    "mp3": Document.Kind.SOUND,
    "opus": Document.Kind.SOUND,
    "m4a": Document.Kind.SOUND,
    "amr": Document.Kind.SOUND,
}
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "m4a": "audio/mp4",
    "amr": "audio/amr",
}
# What the chooser of a phone offers. A picture of an iPhone comes as JPEG where HEIC is not named.
ACCEPTED = (
    "image/jpeg,image/png,image/webp,application/pdf,audio/*"
    ",.jpg,.jpeg,.png,.webp,.pdf,.mp3,.m4a,.ogg,.opus,.oga,.amr,.3gp"
)

REFUSALS = {
    "empty": _("The file is empty."),
    "wrong_kind": _("Only photos (JPEG, PNG), PDF and voice messages are possible."),
    "too_large": _("The file is larger than %(limit)s."),
    "too_many": _("More than %(number)s files at once. Send it afterwards."),
    "too_many_here": _("So many files have come that no more are possible now. Ring us."),
    "erased": _("What this belongs to was erased. Nothing more is kept here."),
    "too_many_pixels": _("The picture is too large. Make it smaller."),
    "too_many_pages": _("The PDF has more than %(number)s pages. Send it in parts."),
    "protected": _("The PDF has a password. Save it without one, or take photos of it."),
    "program": _("The PDF contains a program. Take photos of it instead."),
    "attachment": _("Another file is hidden in the PDF. Take photos of it instead."),
    "unusual": _("A part of the PDF cannot be checked. Take photos of it instead."),
    "unusual_sound": _("This kind of recording cannot be checked. Record it with another program."),
    "something_before": _("The file is damaged. Make it anew."),
    "something_behind": _("The file is damaged. Make it anew."),
    "something_inside": _("The file is damaged. Make it anew."),
    "broken": _("The file is damaged. Make it anew."),
    "too_heavy": _("Opening the file takes too long. Take photos of it instead."),
    "no_room": _("We cannot keep files at this moment. Send it later."),
}


def refusal(code):
    number = {
        "too_many": settings.PAPERS_AT_ONCE,
        "too_many_pages": settings.PAPER_MAX_PAGES,
    }.get(code)
    limit = filesizeformat(settings.PAPER_MAX_BYTES)
    return ValidationError(REFUSALS[code], code=code, params={"number": number, "limit": limit})


def take_in_file(upload, *, intake=None, case=None, by=None):
    """Check a file (any Django File) and keep it with an intake or a case. Returns the Document.

    A ValidationError says in plain words why not; then nothing of it is left. The same file again is
    the same Document. `by` is the member of staff who adds it, or None for the person themselves.
    """
    document = set_down(upload)
    try:
        return attach(document, intake=intake, case=case, by=by)
    except BaseException:
        put_away(document)
        raise


def keep_each(request, uploads, keep):
    """Call `keep` with each of these files. Returns [(name, why not)] of those that were refused."""
    refused = []
    for upload in uploads:
        try:
            if not holding.may_send_file(request):
                raise refusal("too_many_here")
            keep(upload)
        except ValidationError as why:
            refused.append((clean_name(upload.name), why.messages[0]))
    return refused


def in_words(left_out):
    """The note of arriving.receive(), in the form of keep_each()."""
    return [(clean_name(name), refusal(why).messages[0]) for name, why in left_out]


def set_down(upload):
    """Check a file and write it, sealed. Returns an unsaved Document that belongs nowhere yet."""
    if not upload.size:
        raise refusal("empty")
    if upload.size > settings.PAPER_MAX_BYTES:
        raise refusal("too_large")
    with memory_file() as original, memory_file() as copy:
        digest = _fill(original, upload)
        kind = kind_of(original.read(1024))
        if kind is None:
            raise refusal("wrong_kind")
        facts = _look_into(kind, original, copy)
        document = Document(
            kind=KINDS[kind],
            title=clean_name(upload.name),
            original_size=upload.size,
            original_sha256=digest,
            copy_size=copy.seek(0, os.SEEK_END),
            pages=facts.get("pages"),
        )
        try:
            document.original.write(_pieces(original))
            document.copy.write(_pieces(copy))
        except OSError:  # the disk is full
            put_away(document)
            raise refusal("no_room") from None
    return document


def attach(document, *, intake=None, case=None, by=None):
    """Save a Document that was set down. The row comes after its files: a kill in between leaves only
    files that nobody names, which the night removes."""
    document.intake, document.case, document.added_by = intake, case, by
    owner = intake or case
    try:
        with transaction.atomic():
            # Of two that send the same at once, the second waits here and finds it.
            model = Intake if intake else Case
            held = model.objects.select_for_update().only("erased_at").get(pk=owner.pk)
            if held.erased_at:
                raise refusal("erased")
            there = owner.documents.filter(original_sha256=document.original_sha256).first()
            if there is None:
                if not by and intake and _is_full(intake):
                    raise refusal("too_many_here")
                document.save(force_insert=True)
                return document
    except IntegrityError:
        raise refusal("broken") from None  # set down for another intake
    if there.seal != document.seal:
        put_away(document)
    return there


def _is_full(intake):
    """The person has sent so much that no more is taken; colleagues may still add something."""
    return intake.documents.filter(added_by=None).count() >= settings.PAPERS_OF_INTAKE


def put_away(document):
    """Remove the files of a Document that was never saved."""
    if not Document.objects.filter(seal=document.seal).exists():
        for file in (document.original, document.copy):
            file.delete()


def content_type(start):
    """What a file is sent as, by its first bytes (the first piece of `document.copy`)."""
    return CONTENT_TYPES.get(kind_of(start), "application/octet-stream")


def ending(start):
    """The end of a file's name, by its first bytes: "jpg"."""
    return kind_of(start) or "bin"


def kind_of(start):
    """The kind that a file's first bytes promise. Its name and the browser's word for it say nothing."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[4:8] == b"ftyp":
        return "m4a"
    if start.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return "amr"
    found = files.kind_of(start)
    return str(found) if found else None


_BEFORE_NAME = re.compile(r"^.*[/\\]", re.DOTALL)


def clean_name(name):
    """What a file is called, as it may be shown: one line, no path, nothing that turns the text round."""
    name = _BEFORE_NAME.sub("", safe(name or ""))
    name = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in name)
    return " ".join(name.split())[:120].strip(". ")


# The child


@contextlib.contextmanager
def memory_file():
    """A file in memory, without a name anywhere. (Where there is no such thing, off Linux: nameless.)"""
    if hasattr(os, "memfd_create"):
        opened = open(os.memfd_create("paper"), "w+b", buffering=0)  # noqa: SIM115
    else:
        opened = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
    with opened as file:
        yield file


def _fill(file, upload):
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
        file.write(piece)
    file.seek(0)
    return digest.hexdigest()


def _pieces(file):
    file.seek(0)
    while piece := file.read(64 * 1024):
        yield piece


def _look_into(kind, original, copy):
    """Have paper_child.py open the file and write the copy. Returns its facts, or refuses."""
    if not CHILDREN.acquire(timeout=SECONDS_TO_WAIT):
        raise refusal("too_heavy")
    try:
        with memory_file() as answered:
            original.seek(0)
            in_time = _run_child(kind, original, answered, copy)
            answered.seek(0)
            answer = _read_answer(answered.read(ANSWER_BYTES)) if in_time else None
    finally:
        CHILDREN.release()
    if answer is None:
        raise refusal("too_heavy")
    if "refused" in answer:
        raise refusal(answer["refused"])
    return answer


def _run_child(kind, original, answered, copy):
    """Whether the child ended by itself and well, within its time."""
    limits = {
        "seconds": settings.UPLOAD_CHECK_SECONDS,
        "memory": settings.UPLOAD_CHECK_MEMORY,
        "pixels": settings.UPLOAD_MAX_PIXELS,
        "pages": settings.PAPER_MAX_PAGES,
        "answer_bytes": ANSWER_BYTES,
        "content_bytes": 4 * settings.PAPER_MAX_BYTES,
    }
    child = subprocess.Popen(
        [sys.executable, "-I", str(CHILD), kind, json.dumps(limits), str(copy.fileno())],
        stdin=original,
        stdout=answered,
        stderr=subprocess.DEVNULL,
        pass_fds=[copy.fileno()],
        cwd="/",
        # No secret of ours is in there. Some Pythons find their own library by the one name.
        env={name: os.environ[name] for name in ["LD_LIBRARY_PATH"] if name in os.environ},
        start_new_session=True,
    )
    try:
        return child.wait(timeout=settings.UPLOAD_CHECK_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _read_answer(answer):
    """The facts, or None. Whoever took the child over writes here too, so each is looked at."""
    try:
        said = json.loads(answer)
        if "refused" in said:
            return {"refused": said["refused"]} if said["refused"] in REFUSALS else None
        return {"pages": int(said["pages"])} if "pages" in said else {}
    except (ValueError, TypeError, KeyError):
        return None
