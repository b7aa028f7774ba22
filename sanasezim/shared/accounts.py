"""The steps of signing in and out. Each leaves a row in the record of looks."""

import ipaddress

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.hashers import check_password, get_hasher, make_password
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property

from sanasezim.shared import access_log, keys, limits, network, notices
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import (
    AccountLetter,
    Authenticator,
    KnownPlace,
    StaffSession,
    User,
)

BACKEND = "django.contrib.auth.backends.ModelBackend"
BY_FACTOR = "by_factor"  # in the session: whether the second step was asked for and taken

# The first that is found in the browser's name is meant: most claim to be several.
BROWSERS = {
    **{"YaBrowser": "Yandex", "SamsungBrowser": "Samsung Internet", "MiuiBrowser": "Mi Browser"},
    **{"OPR": "Opera", "Opera": "Opera", "UCBrowser": "UC Browser", "Edg": "Edge"},
    **{"FxiOS": "Firefox", "Firefox": "Firefox", "CriOS": "Chrome", "Chrome": "Chrome"},
    "Safari": "Safari",
}
SYSTEMS = {
    **{"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "CrOS": "ChromeOS"},
    **{"Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux"},
}


def find(name):
    """The account of this name with its roles, in one query whether there is one or not."""
    account = (
        User.objects.filter(username=name)
        .annotate(role_names=ArrayAgg("groups__name", filter=Q(groups__isnull=False)))
        .first()
    )
    if account:
        account.role_codes = sorted(account.role_names or [])
    return account


def password_is_right(account, password):
    """Whether this person may go on. Takes one hash, also for nobody, so that the time tells nothing."""
    known = account is not None and account.has_usable_password()
    right = check_password(password, account.password if known else nobody.password)
    return right and known and account.is_active and account.is_staff


def renew_hash(account, password):
    """Hash it as it is done today, where that was another way when the password was set."""
    if get_hasher().must_update(account.password):
        account.set_password(password)
        account.save(update_fields=["password"])


class _Nobody:
    @cached_property
    def password(self):
        return make_password(get_random_string(40))


nobody = _Nobody()


def refused(account, *, request):
    access_log.record(Action.SIGN_IN_REFUSED, by=account, request=request, what=account)


def sign_in(request, account, *, by_factor):
    """Both steps are taken: a new session under a new key."""
    request.session.flush()
    is_first = account.last_login is None
    auth.login(request, account, backend=BACKEND)
    device = device_name(request)
    request.session[BY_FACTOR] = by_factor
    request.session.describe(device=device, network=network.network_code(request))
    access_log.record(Action.SIGN_IN, by=account, request=request, what=account)
    code = place_code(account, device, network.client_address(request))
    _remember_place(account, code, device, is_news=not is_first)
    limits.forget_old()
    request.session.clear_expired()


def sign_out(request):
    access_log.record(Action.SIGN_OUT, by=request.user, request=request, what=request.user)
    auth.logout(request)


def end_sessions(account=None, *, but=None):
    """End everybody's sessions, or one account's, or all of them but one row. Returns how many."""
    sessions = StaffSession.objects.all()
    if account is not None:
        sessions = sessions.filter(account=account)
    if but is not None:
        sessions = sessions.exclude(pk=but.pk)
    return sessions.delete()[0]


def passed_both_steps(request):
    """Whether this session may open staff pages, as far as the second factor goes."""
    return not settings.SECOND_FACTOR_REQUIRED or bool(request.session.get(BY_FACTOR))


def _remember_place(account, code, device, *, is_news):
    """Notice a sign-in from a device in a network that is new to this account."""
    now = timezone.now()
    KnownPlace.objects.old().filter(account=account).delete()
    place, is_new = KnownPlace.objects.get_or_create(
        account=account, code=code, defaults={"device": device, "is_news": is_news}
    )
    if not is_new:
        place.last_seen = now
        place.save(update_fields=["last_seen"])
    elif is_news:
        notices.account_news(account)


def forget_old():
    """Remove places nobody came from for a month, letters of then, and apps never taken into use."""
    month_ago = timezone.now() - KnownPlace.KEPT
    return sum(
        old.delete()[0]
        for old in [
            KnownPlace.objects.old(),
            AccountLetter.objects.filter(sent_at__lt=month_ago),
            Authenticator.objects.filter(confirmed=False, made_at__lt=month_ago),
        ]
    )


def place_code(account, device, address):
    return keys.code_of(
        keys.PEPPER, "place", f"{account.pk}\n{device}\n{network_prefix(address)}"
    ).hex()


def network_prefix(address):
    """The part of an address that stays while a provider hands out others.

    >>> network_prefix("192.0.2.77")
    '192.0.2.0/24'
    """
    if not address:
        return ""
    bits = 24 if ipaddress.ip_address(address).version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def device_name(request):
    """What people call their browser and device: "Firefox, Windows". "" where it says neither."""
    user_agent = request.META.get("HTTP_USER_AGENT", "")
    found = [
        next((name for sign, name in names.items() if sign in user_agent), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found))
