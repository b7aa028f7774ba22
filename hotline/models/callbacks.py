"""Who was promised a call: when it is safe to ring, what was tried, how it ended."""

import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.models.calls import Call
from legalaid.models.people import YesNo
from sanasezim.shared.history import tracked
from sanasezim.shared.languages import LANGUAGES
from sanasezim.shared.models import LineHours
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField
from sanasezim.shared.search_keys import FindablePeople, SearchKeysField

# Whoever took a callback and then went away without a word: after this it is offered again.
CLAIM_HOLDS = datetime.timedelta(minutes=30)


class CallbackSlot(models.Model):
    """A time of the day in which we ring back, and how many fit in it. Several may hold on one day."""

    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=LineHours.Weekday),
        verbose_name=_("days of the week"),
    )
    begins = models.TimeField(_("begins"))
    ends = models.TimeField(_("ends"), help_text=_("00:00 is midnight at the end of the day."))
    capacity = models.PositiveSmallIntegerField(
        _("how many people fit"),
        help_text=_("0: nobody is promised a call then, for example on a holiday."),
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("time for calling back")
        verbose_name_plural = _("times for calling back")
        ordering = ["-valid_from", "begins"]
        constraints = [
            models.CheckConstraint(
                name="callback_slot_valid_to_after_from",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The last day cannot be before the first."),
            )
        ]

    def __str__(self):
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"

    def clean(self):
        if not self.weekdays:
            raise ValidationError({"weekdays": _("Choose at least one day.")})

    def holds_on(self, day):
        return (
            self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
            and day.weekday() in self.weekdays
        )


def safe_at(moment):
    """What holds of a callback when the phone may ring. Hours and days are Almaty time."""
    local = timezone.localtime(moment)
    return (Q(safe_hours=[]) | Q(safe_hours__contains=[local.hour])) & (
        Q(safe_days=[]) | Q(safe_days__contains=[local.weekday()])
    )


def free_at(moment):
    """What holds of a callback when nobody has it in hand."""
    return Q(claimed_at=None) | Q(claimed_at__lte=moment - CLAIM_HOLDS)


class CallbackQuerySet(FindablePeople):
    def visible_to(self, user):
        """Callbacks belong to those who answer the line."""
        return self if user.has_perm("hotline.view_callback") else self.none()

    def open(self):
        return self.filter(ended_at=None)

    def waiting(self):
        """Open, and not held for a look."""
        return self.open().filter(held_because="")

    def free(self, now):
        """Nobody has it in hand."""
        return self.filter(free_at(now))

    def safe(self, now):
        """The phone may ring now."""
        return self.filter(safe_at(now))

    def due(self, now):
        """Whom to ring now, the most urgent first, then by what was promised."""
        return self.waiting().filter(ring_from__lte=now).safe(now).free(now).in_order()

    def overdue(self, now):
        return self.waiting().filter(ring_by__lt=now)

    def in_order(self):
        return self.order_by("-urgency", F("ring_by").asc(nulls_last=True), "asked_at", "pk")


@tracked(exclude=["search_keys", "form_token"])
class Callback(ProtectedRow):
    """Somebody asked to be called back, or was promised it."""

    class Source(models.TextChoices):
        WEB = "web", _("asked on the portal")
        CALL = "call", _("promised in a call")
        OPERATOR = "operator", _("written down by a colleague")

    class Urgency(models.IntegerChoices):
        ORDINARY = 0, _("ordinary")
        SOON = 1, _("soon")
        URGENT = 2, _("urgent")

    class Held(models.TextChoices):
        TRAP = "trap", _("a program filled in the form")
        TOO_FAST = "too_fast", _("sent faster than one can write")
        TOO_MANY = "too_many", _("one of too many from the same place")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("we spoke")
        NOT_REACHED = "not_reached", _("not reached after several tries")
        NOT_NEEDED = "not_needed", _("not needed any more")
        WRONG = "wrong", _("wrong number")
        SAME = "same", _("the same person asked twice")
        JUNK = "junk", _("junk")

    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    source = models.CharField(_("where it came from"), max_length=10, choices=Source)
    call = models.ForeignKey(
        Call,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="promised_callbacks",
        verbose_name=_("promised in"),
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("written down by"),
    )
    phone = ProtectedTextField(_("number to ring"), max_length=200)
    caller_name = ProtectedTextField(_("whom to ask for"), max_length=200)
    remark = ProtectedTextField(_("what the colleague who rings should know"), max_length=1000)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=[*LANGUAGES, ("other", _("another language"))],
        blank=True,
    )
    safe_hours = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(23)]),
        verbose_name=_("hours in which it is safe to ring"),
        default=list,
        blank=True,
        help_text=_("None: at any hour."),
    )
    safe_days = ArrayField(
        models.PositiveSmallIntegerField(choices=LineHours.Weekday),
        verbose_name=_("days on which it is safe to ring"),
        default=list,
        blank=True,
        help_text=_("None: on any day."),
    )
    may_say_who = models.CharField(
        _("may we say who we are"), max_length=3, choices=YesNo, default=YesNo.NO
    )
    urgency = models.PositiveSmallIntegerField(
        _("urgency"), choices=Urgency, default=Urgency.ORDINARY
    )
    held_because = models.CharField(_("held because"), max_length=10, choices=Held, blank=True)
    # What was promised; a slot is full when as many have its beginning here.
    slot_at = models.DateTimeField(null=True, editable=False)
    promised_from = models.DateTimeField(_("promised from"), null=True, editable=False)
    promised_by = models.DateTimeField(_("promised by"), null=True, editable=False)
    # When to ring next: first as promised, then as the last try says.
    ring_from = models.DateTimeField(_("ring from"), default=timezone.now, editable=False)
    ring_by = models.DateTimeField(_("ring by"), null=True, editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("in the hands of"),
    )
    claimed_at = models.DateTimeField(_("taken at"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("ended by"),
    )
    outcome = models.CharField(
        _("outcome"), max_length=20, choices=Outcome, blank=True, editable=False
    )
    form_token = models.UUIDField(null=True, editable=False, unique=True)
    search_keys = SearchKeysField(names=["caller_name"], phones=["phone"])

    objects = CallbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(
                fields=["-urgency", "ring_by"],
                name="callback_open",
                condition=Q(ended_at=None),
            ),
            models.Index(
                fields=["slot_at"], name="callback_slot", condition=Q(slot_at__isnull=False)
            ),
            models.Index(fields=["-asked_at", "-id"], name="callback_newest_first"),
            models.Index(
                fields=["-ended_at", "-id"],
                name="callback_ended",
                condition=Q(ended_at__isnull=False),
            ),
            GinIndex(fields=["search_keys"], name="callback_search_keys"),
        ]
        constraints = [
            models.CheckConstraint(
                name="callback_ended_with_outcome",
                condition=Q(ended_at=None, ended_by=None, outcome="")
                | Q(ended_at__isnull=False) & ~Q(outcome=""),
                violation_error_message=_("A callback that ended says how."),
            ),
            models.CheckConstraint(
                name="callback_in_hand_since",
                condition=Q(claimed_by=None, claimed_at=None)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                violation_error_message=_("Somebody has it in hand since a moment."),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_open(self):
        return self.ended_at is None

    def is_overdue(self, now=None):
        return bool(
            self.is_open
            and not self.held_because
            and self.ring_by
            and self.ring_by < (now or timezone.now())
        )

    def is_safe_at(self, moment):
        local = timezone.localtime(moment)
        return (not self.safe_hours or local.hour in self.safe_hours) and (
            not self.safe_days or local.weekday() in self.safe_days
        )

    def next_safe(self, moment):
        """The first moment from this one on at which the phone may ring; None within two weeks."""
        if self.is_safe_at(moment):
            return moment
        hour = timezone.localtime(moment).replace(minute=0, second=0, microsecond=0)
        for hours in range(1, 14 * 24 + 1):
            if self.is_safe_at(later := hour + datetime.timedelta(hours=hours)):
                return later
        return None

    def in_hand(self, now=None):
        """Who has it in hand now; None if nobody has."""
        now = now or timezone.now()
        if self.claimed_at is None or self.claimed_at <= now - CLAIM_HOLDS:
            return None
        return self.claimed_by


class CallbackAttempt(ProtectedRow):
    """One try to ring somebody back."""

    class Result(models.TextChoices):
        REACHED = "reached", _("we spoke")
        NO_ANSWER = "no_answer", _("no answer")
        BUSY = "busy", _("busy, or switched off")
        SOMEBODY_ELSE = "somebody_else", _("somebody else answered")
        NOT_SAFE = "not_safe", _("they could not speak")

    callback = models.ForeignKey(
        Callback, models.CASCADE, related_name="attempts", verbose_name=_("callback")
    )
    made_at = models.DateTimeField(_("when"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who")
    )
    result = models.CharField(_("result"), max_length=20, choices=Result)
    note = ProtectedTextField(_("what the next colleague should know"), max_length=1000)
    # The form of the call in which it was written down (Call.form_token), if they spoke
    call_token = models.UUIDField(null=True, editable=False)

    class Meta:
        verbose_name = _("try to call back")
        verbose_name_plural = _("tries to call back")
        ordering = ["made_at", "pk"]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
