"""Where a request comes from, as a code of that day. The address itself is never stored.

The code is an HMAC under two secrets: one in the keys' folder, one that is random for each day and
deleted after it. A stolen dump tells no address, and yesterday's codes tell nobody anything.
"""

import hmac
import ipaddress
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from sanasezim.shared import keys
from sanasezim.shared.models import NetworkDay

CODE_LENGTH = 16


def client_address(request):
    """The address that connected to us, or to the one proxy we trust. "" where there is none.

    nginx appends whom it heard from to X-Forwarded-For: everything before the last entry is hearsay.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        return ipaddress.ip_address(address).compressed
    except ValueError:
        return ""


def network_code(request):
    """Sixteen hex digits that stand for the client's address today; the same for the whole day."""
    address = client_address(request)
    return code_for(address) if address else ""


def code_for(address):
    today = timezone.localdate()
    return hmac.digest(_day_key(today), address.encode(), "sha256").hex()[:CODE_LENGTH]


def forget_old_days():
    """Delete the secrets of days that are over. How many."""
    return NetworkDay.objects.filter(day__lt=timezone.localdate()).delete()[0]


@lru_cache(maxsize=1)
def _day_key(day):
    row, made = NetworkDay.objects.get_or_create(day=day)
    if made:
        # The promise is kept without waiting for the night.
        forget_old_days()
    return hmac.digest(keys.code_of(keys.PEPPER, "network", ""), bytes(row.secret), "sha256")
