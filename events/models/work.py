"""How the page came about: who did which step, what it looked like then, what was said about it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.event import Event
from sanasezim.shared.languages import LANGUAGES


def colleague(label, **options):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=label, **options
    )


class Version(models.Model):
    """What the page looked like after it was saved: its words and lists (see versions.py).

    Not append-only: whoever takes their consent back is taken out of old versions, too.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="versions", verbose_name=_("event")
    )
    number = models.PositiveIntegerField(_("version"))
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)
    saved_by = colleague(_("saved by"), null=True, blank=True)
    content = models.JSONField(_("content"))

    class Meta:
        verbose_name = _("version of an event")
        verbose_name_plural = _("versions of events")
        ordering = ["event", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="event_version_number_once")
        ]

    def __str__(self):
        return f"{self.event} v{self.number}"


class Step(models.Model):
    """Who took which step with an event, and when. Only ever added to."""

    append_only = True

    class Kind(models.TextChoices):
        BEGUN = "begun", _("begun")
        COPIED = "copied", _("begun from an earlier year")
        SUBMITTED = "submitted", _("sent for review")
        SENT_BACK = "sent_back", _("given back to the writer")
        SCHEDULED = "scheduled", _("scheduled")
        PUBLISHED = "published", _("published")
        LANGUAGES = "languages", _("languages made public")
        LANGUAGES_HIDDEN = "languages_hidden", _("languages taken away from readers")
        CANCELLED = "cancelled", _("schedule cancelled")
        WITHDRAWN = "withdrawn", _("withdrawn")
        BROUGHT_BACK = "brought_back", _("brought back")
        RESTORED = "restored", _("an earlier version restored")
        FORGOTTEN = "forgotten", _("a story or picture removed for good")

    event = models.ForeignKey(Event, models.CASCADE, related_name="steps", verbose_name=_("event"))
    kind = models.CharField(_("step"), max_length=20, choices=Kind)
    taken_at = models.DateTimeField(_("when"), default=timezone.now)
    taken_by = colleague(_("who"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["-taken_at", "-pk"]

    def __str__(self):
        return f"{self.get_kind_display()} {self.taken_at:%Y-%m-%d %H:%M}"


class CommentQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_at=None)


class Comment(models.Model):
    """What a colleague says about a part of a page that is not right yet."""

    class Part(models.TextChoices):
        WHOLE = "whole", _("the whole page")
        TEXT = "text", _("text")
        PROGRAMME = "programme", _("programme")
        STORIES = "stories", _("stories")
        PHOTOS = "photos", _("photos")
        VIDEOS = "videos", _("videos")
        PRESS = "press", _("press")
        OTHER = "other", _("partners, booklets, figures")

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="comments", verbose_name=_("event")
    )
    part = models.CharField(_("about"), max_length=10, choices=Part, default=Part.WHOLE)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES, blank=True)
    quote = models.CharField(_("the words it is about"), max_length=250, blank=True)
    text = models.TextField(_("comment"), max_length=2000)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    written_by = colleague(_("written by"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = colleague(_("done by"), null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="comment_done_by_somebody",
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
