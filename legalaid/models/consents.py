"""What people agreed to: the exact words, in their language, and when they took it back."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.history import tracked
from sanasezim.shared.languages import CODES, LANGUAGES


class ConsentTextQuerySet(models.QuerySet):
    def current(self, language):
        """The newest wording in this language; None where it was never written."""
        return self.filter(language=language).order_by("-version").first()


class ConsentText(models.Model):
    """One wording of the consent. A new wording is a new version: what somebody agreed to never changes."""

    version = models.PositiveSmallIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    body = models.TextField(_("text"))
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        ordering = ["-version", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "language"],
                name="consent_text_once_per_language",
                violation_error_message=_("This version exists in this language already."),
            ),
            models.CheckConstraint(
                name="consent_text_in_one_of_our_languages", condition=Q(language__in=CODES)
            ),
        ]

    def __str__(self):
        return f"{self.version}, {self.get_language_display()}"


@tracked()
class Consent(models.Model):
    """Somebody agreed to a wording, and perhaps took it back."""

    class How(models.TextChoices):
        TICKED = "ticked", _("ticked on the portal")
        SPOKEN = "spoken", _("said, after it was read out")
        SIGNED = "signed", _("signed on paper")

    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="consents")
    how = models.CharField(_("how"), max_length=10, choices=How)
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=models.F("given_at")),
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
