"""How staff come in: their sessions, second factor, known places, and new starts that two people give."""

import base64
import datetime
import secrets
import time
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from sanasezim.shared.protected import ProtectedRow, ProtectedTextField


class StaffSessionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(expire_date__gt=timezone.now())


class StaffSession(AbstractBaseSession):
    """One browser in which somebody is signed in, or has given the password and not yet the code."""

    # Not the key but its SHA-256: who reads the table enters nowhere.
    session_key = models.CharField(_("SHA-256 of the key"), max_length=64, unique=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="sessions",
        verbose_name=_("account"),
    )
    started_at = models.DateTimeField(_("since"))
    last_seen = models.DateTimeField(_("last seen"))
    device = models.CharField(_("device"), max_length=40, blank=True)
    browser = models.CharField(_("code of the browser"), max_length=64, blank=True)
    network = models.CharField(_("code of the network, for that day"), max_length=16, blank=True)

    objects = StaffSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        default_permissions = ()

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    @classmethod
    def get_session_store_class(cls):
        from sanasezim.shared.sessions import SessionStore

        return SessionStore


def new_secret():
    """160 bits for an authenticator app, as it takes them: base32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


class Authenticator(ThrottlingMixin, ProtectedRow, Device):
    """The app that makes somebody's codes. Unconfirmed until its first code was right."""

    TOLERANCE = 1  # steps of 30 seconds that a phone's clock may be early or late
    FREE_TRIES = 3
    # From there each wrong code makes the next wait twice as long, up to 2 ** (10 - 1) seconds.
    MOST_FAILURES = 10

    secret = ProtectedTextField(_("secret"), default=new_secret)
    # A code is good once: after it only a later step's is.
    last_t = models.BigIntegerField(default=-1)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(confirmed=True), name="authenticator_one_per_account"
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    def get_throttle_factor(self):
        return 1

    def verify_is_allowed(self):
        if self.throttling_failure_count < self.FREE_TRIES:
            return True, None
        return super().verify_is_allowed()

    def throttle_increment(self, commit=True):
        super().throttle_increment(commit=False)
        # The wait ends: whoever knows the password must not shut the owner out for years.
        self.throttling_failure_count = min(self.throttling_failure_count, self.MOST_FAILURES)
        if commit:
            self.save()

    def verify_token(self, token):
        """Whether these six digits are right now, and were not used. The row must be locked."""
        allowed, _why = self.verify_is_allowed()
        if not allowed:
            return False
        totp = self._totp()
        if totp.verify(int(token), self.TOLERANCE, self.last_t + 1):
            self.last_t = totp.t()
            self.throttle_reset()
            return True
        self.throttle_increment()
        return False

    def was_used(self, token):
        """Whether these digits are right, but good no more."""
        return self._totp().verify(int(token), self.TOLERANCE)

    def _totp(self):
        totp = TOTP(base64.b32decode(self.secret))
        totp.time = time.time()
        return totp

    def address(self):
        """What the QR code says to the app."""
        label = quote(f"Sana Sezim:{self.user.get_username()}")
        return f"otpauth://totp/{label}?" + urlencode(
            {"secret": self.secret, "issuer": "Sana Sezim"}, quote_via=quote
        )


class RecoveryCodeQuerySet(models.QuerySet):
    def unused(self):
        return self.filter(used_at=None)


class RecoveryCode(models.Model):
    """Lets somebody in once without their phone. The ten of a set are hashed with one salt."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="recovery_codes",
        verbose_name=_("account"),
    )
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    saved_at = models.DateTimeField(_("said to be saved at"), null=True, blank=True)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        default_permissions = ()

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class KnownPlaceQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(is_news=True, answered_at=None)

    def old(self):
        return self.filter(last_seen__lt=timezone.now() - KnownPlace.KEPT)


class KnownPlace(models.Model):
    """A browser in a network from which somebody signed in, to notice when the next is another.

    Nothing of the address is kept but `code`: HMAC, under the pepper, of the account, the device's
    name and the network's first 24 bits (48 of IPv6). So the code outlives the day, which the other
    codes do not; it is coarse, two accounts in one room have different ones, a stolen dump tells
    nothing without the key file, and it goes 30 days after the last sign-in.
    """

    KEPT = datetime.timedelta(days=30)

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="known_places",
        verbose_name=_("account"),
    )
    code = models.CharField(_("code"), max_length=64)
    device = models.CharField(_("device"), max_length=40, blank=True)
    first_seen = models.DateTimeField(_("first seen"), default=timezone.now)
    last_seen = models.DateTimeField(_("last seen"), default=timezone.now)
    is_news = models.BooleanField(_("to be told of"), default=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = KnownPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("known place")
        verbose_name_plural = _("known places")
        ordering = ["-first_seen"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["account", "code"], name="known_place_once")]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class AccountLetter(models.Model):
    """A mail that says something is new in an account, and nothing of what. Kept until it is sent."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("account")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    tried_at = models.DateTimeField(_("tried at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(sent_at=None), name="account_letter_one_waits"
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class ResetRequestQuerySet(models.QuerySet):
    def open(self):
        """Neither done nor refused, and not too old."""
        return self.filter(used_at=None, refused_at=None, expires_at__gt=timezone.now())

    def waiting(self):
        return self.open().filter(confirmed_at=None)


class ResetRequest(models.Model):
    """A new start for a colleague: one person asks, another confirms, neither is the colleague."""

    LASTS = datetime.timedelta(hours=24)

    class What(models.TextChoices):
        PASSWORD = "password", _("a new password")  # noqa: S105 (no password)
        FACTOR = "factor", _("a new second factor")

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="reset_requests",
        verbose_name=_("for whom"),
    )
    what = models.CharField(_("what"), max_length=10, choices=What)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("works until"))
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("refused by"),
    )
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    # Of the start code, which only the colleague has.
    salt = models.BinaryField(max_length=16, default=bytes)
    digest = models.BinaryField(max_length=32, default=bytes)

    objects = ResetRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("new start")
        verbose_name_plural = _("new starts")
        ordering = ["-asked_at"]
        default_permissions = ()
        permissions = [("confirm_reset", _("Can confirm a colleague's new password or factor"))]
        constraints = [
            models.CheckConstraint(
                name="reset_not_for_oneself",
                condition=~Q(asked_by=F("account")),
                violation_error_message=_("Somebody else must ask for your new start."),
            ),
            models.CheckConstraint(
                name="reset_confirmed_by_another",
                condition=Q(confirmed_by=None)
                | ~Q(confirmed_by=F("asked_by")) & ~Q(confirmed_by=F("account")),
                violation_error_message=_(
                    "Another person must confirm: not the one who asked, and not the colleague."
                ),
            ),
            models.CheckConstraint(
                name="reset_confirmed_by_and_at",
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                violation_error_message=_("Who confirmed and when belong together."),
            ),
            models.CheckConstraint(
                name="reset_refused_by_and_at",
                condition=Q(refused_by=None, refused_at=None)
                | Q(refused_by__isnull=False, refused_at__isnull=False),
                violation_error_message=_("Who refused and when belong together."),
            ),
            models.CheckConstraint(
                name="reset_used_after_confirmed",
                condition=Q(used_at=None) | Q(confirmed_at__isnull=False, refused_at=None),
                violation_error_message=_("A new start is used only after it was confirmed."),
            ),
            models.CheckConstraint(
                name="reset_ends_after_it_begins",
                condition=Q(expires_at__gt=F("asked_at")),
                violation_error_message=_("A new start must work until a later moment."),
            ),
            models.UniqueConstraint(
                fields=["account", "what"],
                condition=Q(used_at=None, refused_at=None),
                name="reset_one_at_a_time",
                violation_error_message=_("This new start is already asked for."),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class Counter(models.Model):
    """How often something was tried within a time (limits.py). The table is unlogged: a crash forgets it."""

    code = models.CharField(max_length=64, primary_key=True)
    number = models.IntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "counter"
        verbose_name_plural = "counters"
        default_permissions = ()

    def __str__(self):
        return self.code[:8]
