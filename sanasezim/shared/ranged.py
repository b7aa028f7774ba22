"""Files sent so that a cut line costs nothing: ranges, a strong ETag, the size known beforehand.

Django's FileResponse has no ranges and WhiteNoise knows only files that were there at its start.
RFC 9110, sections 13 and 14.
"""

import os
import re
from email.utils import formatdate
from io import UnsupportedOperation
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connections
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import parse_http_date_safe

from sanasezim.shared import file_stores

PIECE = 64 * 1024  # bytes read at a time
LONG = 256 * 1024  # what is shorter is with the kernel before a reader is found to be slow
STALLED_SECONDS = 60
# No file has a size of twenty digits, and Python refuses to read a number of thousands.
RANGE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*\Z", re.IGNORECASE)


def file_response(
    request,
    stored,
    *,
    etag,
    content_type,
    filename=None,
    attachment=False,
    max_age=0,
    immutable=False,
):
    """Send a stored file (a path or a FieldFile), whole or the part that was asked for.

    `etag` is bare, without quotes, and must name these very bytes. A range that cannot be read, or
    of several parts, is answered with the whole file, as the RFC allows; one beyond it with 416.
    Call it last: for a large file it gives the database connection back.
    """
    try:
        file, size, changed_at = _opened(stored)
    except FileNotFoundError as missing:
        raise Http404 from missing
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{etag}"',
        "Last-Modified": formatdate(changed_at, usegmt=True),
        "Cache-Control": f"public, max-age={max_age}" + (", immutable" if immutable else ""),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": _disposition(filename, attachment),
        # GZipMiddleware leaves an answer alone that names its encoding: a range must stay a range.
        "Content-Encoding": "identity",
    }
    if _is_another(request, etag, changed_at):
        file.close()
        return HttpResponse(status=412)
    if _is_known(request, etag, changed_at):
        file.close()
        answer = HttpResponse(status=304, headers=headers)
        del answer.headers["Content-Type"]
        return answer
    if settings.FILES_BY_NGINX and (inner := _inner_address(file.name)):
        file.close()
        del headers["Content-Encoding"]
        # nginx looks at the range itself, and a reader who is slow holds no thread of ours.
        return HttpResponse(
            headers=headers | {"X-Accel-Redirect": inner}, content_type=content_type
        )
    start, end = 0, size - 1
    part = _wanted(request, size, etag, changed_at)
    if part == "none":
        file.close()
        return HttpResponse(
            status=416, headers={"Accept-Ranges": "bytes", "Content-Range": f"bytes */{size}"}
        )
    if part:
        start, end = part
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    length = end - start + 1
    headers["Content-Length"] = str(length)
    status = 206 if part else 200
    if request.method == "HEAD":
        file.close()
        return HttpResponse(status=status, headers=headers, content_type=content_type)
    file.seek(start)
    if length > LONG:
        _expect_a_slow_reader(request)
    answer = FileResponse(_Part(file, length), status=status, content_type=content_type)
    answer.block_size = PIECE
    for name, value in headers.items():
        answer.headers[name] = value
    return answer


def is_first_bytes(request):
    """Whether this request begins a download.

    It does not if it asks for the rest of one, whether the file changed, or, as players do at
    first, for two bytes to see whether ranges are understood.
    """
    if "If-None-Match" in request.headers or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return False
    wanted = RANGE.match(request.headers.get("Range", ""))
    if not wanted:
        return True
    return wanted[1] != "" and int(wanted[1]) == 0 and wanted[2] not in ("0", "1")


def _opened(stored):
    """(file, its size, the second in which it changed)"""
    if settings.S3_BUCKET:
        in_storage = isinstance(stored, FieldFile)
        name = (
            stored.name if in_storage else Path(stored).relative_to(settings.MEDIA_ROOT).as_posix()
        )
        store = file_stores.public()
        return store.open(name), store.size(name), store.changed_at(name) // 10**9
    file = open(getattr(stored, "path", stored), "rb", buffering=0)  # noqa: SIM115, sent later
    facts = os.fstat(file.fileno())
    return file, facts.st_size, int(facts.st_mtime)


class _Part:
    """A stretch of an open file: for sendfile by its number, else piece by piece."""

    def __init__(self, file, length):
        self.file, self.left = file, length

    def fileno(self):
        if settings.S3_BUCKET:
            raise UnsupportedOperation  # what was fetched has its place in memory, not on the disk
        return self.file.fileno()

    def read(self, size=PIECE):
        piece = self.file.read(min(size, self.left))
        self.left -= len(piece)
        return piece

    def close(self):
        self.file.close()


def _inner_address(path):
    """Where nginx finds a file of ours, for itself only; None for what is not among them."""
    try:
        name = Path(path).relative_to(settings.MEDIA_ROOT)
    except ValueError:
        return None
    return f"/portal-files/{quote(name.as_posix())}"


def _expect_a_slow_reader(request):
    """A reader on a thin line keeps this thread for minutes: let it hold nothing else."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
    # One who takes nothing at all any more gives the thread back.
    if socket := request.META.get("gunicorn.socket"):
        socket.settimeout(STALLED_SECONDS)


def _is_another(request, etag, changed_at):
    """Whether the reader wants to go on only with another state of the file than this one."""
    if wanted := request.headers.get("If-Match"):
        return wanted.strip() != "*" and f'"{etag}"' not in re.findall(r'(?:W/)?"[^"]*"', wanted)
    since = parse_http_date_safe(request.headers.get("If-Unmodified-Since", ""))
    return since is not None and changed_at > since


def _is_known(request, etag, changed_at):
    if known := request.headers.get("If-None-Match"):
        return known.strip() == "*" or etag in re.findall(r'"([^"]*)"', known)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and changed_at <= since


def _wanted(request, size, etag, changed_at):
    """(first, last) byte, None for the whole file, "none" for a range the file does not have."""
    match = RANGE.match(request.headers.get("Range", ""))
    if request.method != "GET" or not match or match[1] == match[2] == "":
        return None
    if condition := request.headers.get("If-Range"):
        if condition.startswith('"'):
            if condition != f'"{etag}"':
                return None
        elif parse_http_date_safe(condition) != changed_at:
            return None
    first, last = match[1], match[2]
    if not first:  # the last so many bytes
        if int(last) == 0 or size == 0:
            return "none"
        return max(0, size - int(last)), size - 1
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    return (start, end) if start < size else "none"


def _disposition(filename, attachment):
    kind = "attachment" if attachment else "inline"
    if not filename:
        return kind
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", filename)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
