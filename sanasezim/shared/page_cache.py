"""Finished public pages, kept in each process and correct within a second of publishing.

A page is the same for every reader of its address: no cookie, no name on it. So it is made once,
compressed once, and given out until something public changes (shared/content_stamp.py).
"""

import functools
import gzip
import hashlib
import threading
import time
from collections import OrderedDict

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from sanasezim.shared.content_stamp import content_stamp

MOST_PAGES = 500
LARGEST_PAGE = 400_000  # bytes
# "Open now" and "today" stand on pages, so none is kept for longer than this.
SECONDS_TO_KEEP = 30

KEEP = "X-Keep-Page"  # between a view and the middleware only; never leaves the house


def keep_page(view):
    """Mark a view whose page is the same for everybody."""

    @functools.wraps(view)
    def kept_view(request, *args, **kwargs):
        # Taken before the page is made: what changes meanwhile makes the page old, never the other way round.
        request.content_stamp = content_stamp()
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            response.headers[KEEP] = "yes"
            # Compressed once, by us: GZipMiddleware leaves a response alone that names its encoding.
            response.headers["Content-Encoding"] = "identity"
        return response

    return kept_view


def saves_data(request):
    """Whether the reader's browser asks for little: then no pictures and no script are sent."""
    return request.META.get("HTTP_SAVE_DATA", "").lower() == "on"


class PageCache:
    """Outermost middleware: gives out what it has, remembers what may be kept."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.pages = OrderedDict()
        self.lock = threading.Lock()

    def __call__(self, request):
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        key = (
            request.META.get("HTTP_HOST"),
            request.scheme,
            request.get_full_path(),
            saves_data(request),
        )
        if page := self.pages.get(key):
            if page.made_at + SECONDS_TO_KEEP > time.monotonic() and page.stamp == content_stamp():
                return page.answer(request)
        response = self.get_response(request)
        if not response.headers.pop(KEEP, None):
            return response
        del response.headers["Content-Encoding"]
        page = Page(response, request.content_stamp)
        if len(page.plain) <= LARGEST_PAGE:
            with self.lock:
                self.pages[key] = page
                if len(self.pages) > MOST_PAGES:
                    self.pages.popitem(last=False)
        return page.answer(request)


class Page:
    """A finished page, plain and compressed, with its headers and its ETag."""

    def __init__(self, response, stamp):
        patch_vary_headers(response, ["Accept-Encoding", "Save-Data"])
        response.headers.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
        self.stamp = stamp
        self.made_at = time.monotonic()
        self.plain = response.content
        self.packed = gzip.compress(self.plain, 6, mtime=0)
        self.etag = hashlib.sha256(self.plain).hexdigest()[:20]
        self.headers = dict(response.headers)
        self.headers.pop("Content-Length", None)
        if settings.BEHIND_PROXY:
            # For nginx: keep it for bad times, but ask each time. With a lifetime there, however short,
            # an old page would be given out for a second or two after ours is new.
            self.headers["X-Accel-Expires"] = "@1"

    def answer(self, request):
        packed = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
        # The two encodings are different bytes, so their strong ETags differ.
        etag = f'"{self.etag}-gz"' if packed else f'"{self.etag}"'
        headers = self.headers | {"ETag": etag}
        if etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
            headers.pop("Content-Type")
            response = HttpResponse(status=304, headers=headers)
            response.headers.pop("Content-Type")
            return response
        if packed:
            headers["Content-Encoding"] = "gzip"
        body = self.packed if packed else self.plain
        return HttpResponse(body, headers=headers | {"Content-Length": str(len(body))})
