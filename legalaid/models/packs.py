"""Packs of a case that carry the identities of many people: a second colleague says yes first."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from legalaid.models.cases import Case
from sanasezim.shared.history import tracked
from sanasezim.shared.models import AccessEntry


class PackRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(case__in=Case.objects.visible_to(user))

    def waiting(self):
        return self.filter(decided_at=None)


@tracked()
class PackRequest(models.Model):
    """Somebody wants to take out who many people of a case are; somebody else decides."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="pack_requests")
    preset = models.CharField(_("for whom"), max_length=20)
    number_of_people = models.PositiveIntegerField(_("how many people"))
    why = models.CharField(_("why"), max_length=20, choices=AccessEntry.Reason)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    is_approved = models.BooleanField(_("approved"), default=False)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    objects = PackRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a pack")
        verbose_name_plural = _("requests for packs")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="pack_request_decided_by_another",
                condition=Q(decided_by=None, decided_at=None, is_approved=False)
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("asked_by")),
                violation_error_message=_("Somebody else has to decide this."),
            ),
            models.CheckConstraint(
                name="pack_request_used_once_approved",
                condition=Q(used_at=None) | Q(is_approved=True),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
