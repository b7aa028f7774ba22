"""What a form carries with it, hidden: sealed, so that nobody reads or changes it, and dated.

A draft that waits in the browser and who is on their own page go this way: not into a session, an
address or the browser's storage.

A slip is also how we know that a form is ours. There is no cookie to prove that with, so that
nothing stays on the phone; and where there is none, a strange page has nothing of the visitor's to
send along. What it could do is fetch a slip for itself: therefore every browser that says where a
form was sent from must name us.
"""

import base64
import binascii
import json
import time
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied

from sanasezim.shared import protected

FIELD = "slip"


def seal(purpose, **content):
    """The content (what JSON can say) as text for a hidden field, good for this purpose only."""
    plain = json.dumps({"at": time.time()} | content).encode()
    sealed = base64.urlsafe_b64encode(protected.seal_bytes(plain, _place(purpose)))
    return sealed.decode().rstrip("=")  # a cookie has no room for it


def opened(purpose, text, seconds=None):
    """What was sealed, with `at`, the moment of it; None if it is not ours or older than that."""
    try:
        stored = base64.urlsafe_b64decode(text.encode() + b"==")
        content = json.loads(protected.open_bytes(stored, _place(purpose)))
    except (protected.Damaged, binascii.Error, ValueError):
        return None
    if seconds is not None and time.time() - content["at"] > seconds:
        return None
    return content


def of(request, purpose, seconds=None):
    """The slip of a form that was sent, or None."""
    refuse_strangers(request)
    return opened(purpose, request.POST.get(FIELD, ""), seconds)


def refuse_strangers(request):
    """PermissionDenied for a form that was sent from another site. Every browser of today says so."""
    if fetched := request.headers.get("Sec-Fetch-Site"):
        ours = fetched in ("same-origin", "none")
    else:
        sender = request.headers.get("Origin") or request.headers.get("Referer")
        # The host only: behind the proxy we are spoken to in plain HTTP.
        ours = not sender or urlsplit(sender).netloc.lower() == request.get_host().lower()
    if not ours:
        raise PermissionDenied


def _place(purpose):
    return f"legalaid slip: {purpose}".encode()
