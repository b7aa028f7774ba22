"""Files sent so that a cut line costs nothing: byte ranges, a strong ETag, the size known beforehand.

Django's FileResponse has no ranges and WhiteNoise knows only files that were there at its start.
RFC 9110, sections 13 and 14.
"""

import os
import re
from email.utils import formatdate
from urllib.parse import quote

from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import parse_http_date_safe

PIECE = 64 * 1024  # bytes read at a time
RANGE = re.compile(r"bytes=\s*(\d*)-(\d*)\s*\Z")


def file_response(
    request, stored, *, etag, content_type, filename=None, attachment=False, max_age=0, immutable=False
):
    """Send a stored file (a path or a FieldFile), whole or the part that was asked for.

    `etag` is bare, without quotes, and must name these very bytes. A range that cannot be read, or of
    several parts, is answered with the whole file, as the RFC allows; one beyond the end with 416.
    """
    try:
        file = open(getattr(stored, "path", stored), "rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    status = os.fstat(file.fileno())
    size, changed_at = status.st_size, int(status.st_mtime)
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
    if _is_known(request, etag, changed_at):
        file.close()
        answer = HttpResponse(status=304, headers=headers)
        del answer.headers["Content-Type"]
        return answer
    start, end = 0, size - 1
    part = _wanted(request, size, etag, changed_at)
    if part == "none":
        file.close()
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    if part:
        start, end = part
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    headers["Content-Length"] = str(end - start + 1)
    if request.method == "HEAD":
        file.close()
        return HttpResponse(
            status=206 if part else 200, headers=headers, content_type=content_type
        )
    file.seek(start)
    body = _Part(file, end - start + 1) if part else file
    answer = FileResponse(body, status=206 if part else 200, content_type=content_type)
    answer.block_size = PIECE
    for name, value in headers.items():
        answer.headers[name] = value
    return answer


def is_first_bytes(request):
    """Whether this request begins a download: not the rest of one, not a question whether it changed."""
    wanted = RANGE.match(request.headers.get("Range", ""))
    begins = not wanted or wanted[1] == "0"
    return begins and "If-None-Match" not in request.headers


class _Part:
    """A stretch of an open file, for a server that reads piece by piece."""

    def __init__(self, file, length):
        self.file, self.left = file, length

    def read(self, size=PIECE):
        piece = self.file.read(min(size, self.left))
        self.left -= len(piece)
        return piece

    def close(self):
        self.file.close()


def _is_known(request, etag, changed_at):
    if known := request.headers.get("If-None-Match"):
        return known.strip() == "*" or etag in re.findall(r'"([^"]*)"', known)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and changed_at <= since


def _wanted(request, size, etag, changed_at):
    """(first, last) byte, None for the whole file, or "none" for a range that the file does not have."""
    match = RANGE.match(request.headers.get("Range", ""))
    if request.method not in ("GET", "HEAD") or not match or match[1] == match[2] == "":
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
