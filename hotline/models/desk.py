"""What lies on the operator's desk: unfinished calls, a phone that rings, what to ask first."""

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.languages import best
from sanasezim.shared.models import Line
from sanasezim.shared.models.content import Text, code_validator, text_once_per_language
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField

RINGS_FOR = datetime.timedelta(minutes=5)
DRAFTS_KEPT = datetime.timedelta(days=3)


class CallDraftQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(user=user, touched_at__gt=timezone.now() - DRAFTS_KEPT)

    def old(self):
        return self.filter(touched_at__lte=timezone.now() - DRAFTS_KEPT)


class CallDraft(ProtectedRow):
    """A call that is being written down: kept every few seconds, gone when the call is saved."""

    token = models.UUIDField(default=uuid.uuid4, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="call_drafts")
    answers = ProtectedTextField(max_length=40_000)
    began_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)

    objects = CallDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("unfinished call")
        verbose_name_plural = _("unfinished calls")
        ordering = ["-touched_at"]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class RingingQuerySet(models.QuerySet):
    def now(self):
        return self.filter(taken_by=None, rang_at__gt=timezone.now() - RINGS_FOR)

    def old(self):
        return self.filter(rang_at__lte=timezone.now() - RINGS_FOR)


class Ringing(ProtectedRow):
    """A phone of ours rings, as the telephone exchange says. Forgotten after minutes."""

    # An HMAC of the exchange's own name for the call: it is offered once, however often it is told.
    call_code = models.BinaryField(unique=True)
    phone = ProtectedTextField(_("number"), max_length=40)
    line = models.ForeignKey(Line, models.CASCADE, null=True, related_name="+")
    rang_at = models.DateTimeField(default=timezone.now, db_index=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )

    objects = RingingQuerySet.as_manager()

    class Meta:
        verbose_name = _("ringing phone")
        verbose_name_plural = _("ringing phones")
        ordering = ["rang_at", "pk"]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class CallScript(models.Model):
    """What an operator says first, when something is so: words in the caller's language."""

    class When(models.TextChoices):
        ALWAYS = "always", _("in every call")
        DANGER = "in_danger", _("somebody is in danger")
        HELD = "is_held", _("somebody cannot leave")
        CANNOT_SPEAK = "can_speak", _("they cannot speak freely")
        MINOR = "minor", _("a child is concerned")
        RELATIVE = "relative", _("somebody else calls for them")

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    when = models.CharField(_("said when"), max_length=20, choices=When, default=When.ALWAYS)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("words for a call")
        verbose_name_plural = _("words for calls")
        ordering = ["order", "code"]

    def __str__(self):
        text = best(self.texts.all())
        return text.title if text else self.code


class CallScriptText(Text):
    script = models.ForeignKey(CallScript, models.CASCADE, related_name="texts")
    title = models.CharField(_("heading"), max_length=80)
    body = models.TextField(_("what to say"), help_text=_("One sentence a line."))

    class Meta:
        verbose_name = _("words in a language")
        verbose_name_plural = _("words in languages")
        constraints = [text_once_per_language("script")]
