"""International Migrants Day: one event a year, and side events on their own days."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resources.models import Handout, Publication
from sanasezim.shared.languages import best
from sanasezim.shared.models import Text
from sanasezim.shared.models.content import text_once_per_language


class EventQuerySet(models.QuerySet):
    def published(self):
        return self.filter(publish_at__lte=timezone.now())


class Event(models.Model):
    """The 18 December of a year."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    publish_at = models.DateTimeField(
        _("public from"), null=True, blank=True, help_text=_("Almaty time. Empty means a draft.")
    )
    materials = models.ManyToManyField(
        Publication, verbose_name=_("materials handed out"), blank=True, related_name="+"
    )
    handouts = models.ManyToManyField(
        Handout, verbose_name=_("paper copies handed out"), blank=True, related_name="events"
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                name="event_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day cannot be before the first."),
            )
        ]

    def __str__(self):
        return str(self.year)

    def get_absolute_url(self):
        return reverse("events:event", args=[self.year])

    @property
    def text(self):
        return best(self.texts.all())


class EventText(Text):
    event = models.ForeignKey(Event, models.CASCADE, related_name="texts", verbose_name=_("event"))
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary"), max_length=250, blank=True)
    body = models.TextField(_("text"), help_text=_("Markdown."))

    class Meta:
        verbose_name = _("event text")
        verbose_name_plural = _("event texts")
        constraints = [text_once_per_language("event")]
