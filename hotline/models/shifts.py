"""Who answers which line when, and what they hand over."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.history import tracked
from sanasezim.shared.models import Line
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField


class ShiftQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Everybody on the line sees the rota."""
        return self if user.has_perm("hotline.view_shift") else self.none()

    def between(self, begins, ends):
        """Those of which any part lies between two moments."""
        return self.filter(starts_at__lt=ends, ends_at__gt=begins)

    def at(self, moment):
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)


@tracked()
class Shift(ProtectedRow):
    """Somebody answers a line, from one moment to another."""

    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="shifts", verbose_name=_("who")
    )
    line = models.ForeignKey(
        Line, models.PROTECT, related_name="shifts", verbose_name=_("which line")
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    hand_over = ProtectedTextField(
        _("hand-over note"),
        max_length=4000,
        help_text=_("For the next colleague. Write numbers of callbacks, not names."),
    )
    handed_over_at = models.DateTimeField(_("handed over at"), null=True, editable=False)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["starts_at", "ends_at"], name="shift_by_time")]
        constraints = [
            models.CheckConstraint(
                name="shift_ends_after_it_begins",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("A shift ends after it begins."),
            ),
            models.UniqueConstraint(
                fields=["who", "starts_at"],
                name="shift_of_one_person_begins_once",
                violation_error_message=_("This colleague already has a shift that begins then."),
            ),
        ]

    def __str__(self):
        return f"{timezone.localtime(self.starts_at):%d.%m. %H:%M}"

    def clean(self):
        if not (self.who_id and self.starts_at and self.ends_at):
            return
        others = Shift.objects.filter(who=self.who_id).exclude(pk=self.pk)
        if self.ends_at > self.starts_at and others.between(self.starts_at, self.ends_at).exists():
            raise ValidationError(_("This colleague already has a shift at that time."))
