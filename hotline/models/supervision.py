"""Looking after the line: callers who abuse it, and calls that are listened to once more."""

import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.models.calls import Call
from sanasezim.shared.history import tracked
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField
from sanasezim.shared.search_keys import SearchKeysField, keys_of_phones


def in_two_weeks():
    return timezone.now() + datetime.timedelta(days=14)


class CallerFlagQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("hotline.view_callerflag") else self.none()

    def standing(self, now=None):
        return self.filter(expires_at__gt=now or timezone.now())

    def of_number(self, phone):
        """Those of this phone number, however it is written."""
        found = keys_of_phones(phone)
        return self.filter(search_keys__overlap=sorted(found)) if found else self.none()


@tracked(exclude=["search_keys"])
class CallerFlag(ProtectedRow):
    """A warning about a number, for a time. It blocks nobody: whoever answers reads it and decides."""

    class Reason(models.TextChoices):
        ABUSE = "abuse", _("insults or obscene calls")
        THREATS = "threats", _("threatens staff or a client")
        SEEKS = "seeks", _("tries to find out where somebody is")
        FLOOD = "flood", _("rings again and again without a word")

    phone = ProtectedTextField(_("number"), max_length=200, blank=False)
    reason = models.CharField(_("what happens"), max_length=20, choices=Reason)
    advice = ProtectedTextField(_("what to do when it rings"), max_length=1000)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("set by"),
    )
    set_at = models.DateTimeField(_("set at"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("holds until"), default=in_two_weeks)
    search_keys = SearchKeysField(phones=["phone"])

    LONGEST = datetime.timedelta(days=90)

    objects = CallerFlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning about a number")
        verbose_name_plural = _("warnings about numbers")
        ordering = ["-set_at", "-pk"]
        indexes = [GinIndex(fields=["search_keys"], name="caller_flag_search_keys")]
        constraints = [
            models.CheckConstraint(
                name="caller_flag_expires",
                condition=Q(expires_at__lte=F("set_at") + datetime.timedelta(days=91)),
                violation_error_message=_("A warning holds for 90 days at most."),
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    def clean(self):
        if self.expires_at and self.expires_at > self.set_at + self.LONGEST:
            raise ValidationError({"expires_at": _("A warning holds for 90 days at most.")})

    @property
    def stands(self):
        return self.expires_at > timezone.now()


class QualityNoteQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever looks after the line sees all; an operator what was said about their own calls."""
        if user.has_perm("hotline.supervise"):
            return self
        if user.has_perm("hotline.view_call"):
            return self.filter(call__answered_by=user, looked_at__isnull=False)
        return self.none()


@tracked()
class QualityNote(ProtectedRow):
    """A call that was drawn by lot, to be looked at once more, and what was found."""

    class Mark(models.TextChoices):
        GOOD = "good", _("well done")
        BETTER = "better", _("good, with something to learn")
        TALK = "talk", _("to be talked about")

    call = models.OneToOneField(
        Call, models.PROTECT, related_name="quality_note", verbose_name=_("call")
    )
    drawn_at = models.DateTimeField(_("drawn at"), default=timezone.now, editable=False)
    looked_at = models.DateTimeField(_("looked at"), null=True, editable=False)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("looked at by"),
    )
    mark = models.CharField(_("how it was"), max_length=10, choices=Mark, blank=True)
    note = ProtectedTextField(_("what was good, what can be learned"), max_length=4000)

    objects = QualityNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("quality note")
        verbose_name_plural = _("quality notes")
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="quality_note_has_a_mark",
                condition=Q(looked_at=None, looked_by=None)
                | Q(looked_at__isnull=False, looked_by__isnull=False) & ~Q(mark=""),
                violation_error_message=_("Say how the call was."),
            )
        ]
        permissions = [("supervise", "Can look after the line")]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
