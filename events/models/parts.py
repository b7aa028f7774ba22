"""What an event consists of besides its text. All of it is optional."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.event import Event
from events.models.words import Words
from sanasezim.shared.languages import LANGUAGES, best
from sanasezim.shared.models import Office
from sanasezim.shared.models.content import text_once_per_language


def address_of(stored):
    """Where a stored picture or film is, or "". Its random name never comes again."""
    if not stored:
        return ""
    return reverse("event_file", args=[stored.name.rpartition("/")[2]])


class Part(models.Model):
    """Something in a fixed place on the page, with its words in `texts`."""

    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def text(self):
        """For the reader's language, of the texts that were prefetched."""
        return best(self.texts.all())


class ProgrammeItem(models.Model):
    """What happens where and when. Everything but the day and a title is optional."""

    class Kind(models.TextChoices):
        INFORMATION = "information", _("information and education")
        HELP = "help", _("help on the spot")
        HOTLINE = "hotline", _("the hotline on this day")
        OTHER = "other", _("something else")

    class Subject(models.TextChoices):
        LEGAL = "legal", _("law")
        SOCIAL = "social", _("social services")
        MEDICAL = "medical", _("medical services")
        SCHOOL = "school", _("schools")

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="programme", verbose_name=_("event")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INFORMATION)
    subjects = ArrayField(
        models.CharField(max_length=8, choices=Subject),
        verbose_name=_("about"),
        default=list,
        blank=True,
    )
    day = models.DateField(_("day"))
    starts = models.TimeField(_("from"), null=True, blank=True)
    ends = models.TimeField(_("until"), null=True, blank=True)
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office")
    )
    languages = ArrayField(
        models.CharField(max_length=10, choices=LANGUAGES),
        verbose_name=_("languages spoken"),
        default=list,
        blank=True,
    )
    capacity = models.PositiveIntegerField(_("places for how many people"), null=True, blank=True)

    class Meta:
        verbose_name = _("programme item")
        verbose_name_plural = _("programme")
        ordering = ["day", F("starts").asc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                name="programme_item_ends_after_it_starts",
                condition=Q(ends=None) | Q(starts__isnull=False, ends__gt=F("starts")),
                violation_error_message=_("The end must come after the beginning of the same day."),
            )
        ]

    def __str__(self):
        return f"{self.day} {self.starts or ''}".strip()

    @property
    def text(self):
        """For the reader's language, of the texts that were prefetched."""
        return best(self.texts.all())

    @property
    def starts_at(self):
        """A moment of Almaty time; None for something that lasts all day."""
        return self._moment(self.starts)

    @property
    def ends_at(self):
        return self._moment(self.ends)

    def _moment(self, time):
        if time is None:
            return None
        return datetime.datetime.combine(self.day, time, timezone.get_default_timezone())

    @property
    def subject_labels(self):
        return [self.Subject(code).label for code in self.subjects]


class ProgrammeText(Words):
    FIELDS = ["title", "place", "about"]
    OWNER = "item"

    item = models.ForeignKey(
        ProgrammeItem, models.CASCADE, related_name="texts", verbose_name=_("programme item")
    )
    title = models.CharField(_("what happens"), max_length=150)
    place = models.CharField(
        _("place"),
        max_length=200,
        blank=True,
        help_text=_("Street and house, or how to find it. Leave it empty for an office."),
    )
    about = models.TextField(_("more about it"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("words of a programme item")
        verbose_name_plural = _("words of programme items")
        constraints = [text_once_per_language("item")]


class StoryQuerySet(models.QuerySet):
    def public(self):
        return self.exclude(consent_on=None)


class Story(Part):
    """What somebody lived through, told with their consent. Without it nobody outside sees it."""

    class How(models.TextChoices):
        WRITTEN = "written", _("in writing")
        SPOKEN = "spoken", _("spoken, before a witness")
        INVENTED = "invented", _("nobody's: the story is invented as an example")

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="stories", verbose_name=_("event")
    )
    consent_on = models.DateField(
        _("consent given on"),
        null=True,
        blank=True,
        help_text=_("Until this day is filled in, readers do not see the story."),
    )
    consent_how = models.CharField(_("how"), max_length=8, choices=How, blank=True)
    name_changed = models.BooleanField(_("the name is changed"), default=True)

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="story_consent_says_how",
                condition=Q(consent_on=None, consent_how="")
                | Q(consent_on__isnull=False) & ~Q(consent_how=""),
                violation_error_message=_("Consent needs its day and how it was given."),
            )
        ]


class StoryText(Words):
    FIELDS = ["title", "name", "body"]
    OWNER = "story"

    story = models.ForeignKey(Story, models.CASCADE, related_name="texts", verbose_name=_("story"))
    title = models.CharField(_("title"), max_length=150)
    name = models.CharField(
        _("who tells it"),
        max_length=120,
        blank=True,
        help_text=_("A first name, changed if the person wishes."),
    )
    body = models.TextField(_("story"), help_text=_("Markdown."))

    class Meta:
        verbose_name = _("words of a story")
        verbose_name_plural = _("words of stories")
        constraints = [text_once_per_language("story")]


class ShownQuerySet(models.QuerySet):
    def public(self):
        return self.exclude(consent="")


class Shown(Part):
    """A picture or film, on which there may be people who were asked."""

    class Consent(models.TextChoices):
        GIVEN = "given", _("everybody who can be recognised agreed")
        NOBODY = "nobody", _("nobody can be recognised")

    consent = models.CharField(
        _("people on it"),
        max_length=6,
        choices=Consent,
        blank=True,
        help_text=_("Until this is answered, readers do not see it. For a child, a parent agrees."),
    )
    credit = models.CharField(_("made by"), max_length=120, blank=True)

    objects = ShownQuerySet.as_manager()

    class Meta:
        abstract = True


class PhotoQuerySet(ShownQuerySet):
    def undescribed(self, language):
        """Those without words in this language, or without an answer about their people."""
        described = self.filter(texts__language=language).exclude(consent="")
        return self.exclude(pk__in=described.values("pk"))


class Photo(Shown):
    """A photo in three sizes, all made without place, camera and author, and so is its original.

    `thumbnail` (at most 320 px and 8 KB) for galleries, `medium` (800 px, 60 KB) for reading,
    `large` (1920 px, 200 KB) for a hall's screen. `medium_url` is its address and
    `medium_size` its (width, height); likewise for the others.
    """

    SIZES = {"thumbnail": (320, 8_000), "medium": (800, 60_000), "large": (1920, 200_000)}

    event = models.ForeignKey(Event, models.CASCADE, related_name="photos", verbose_name=_("event"))
    original = models.FileField(_("original"), upload_to="events/")
    thumbnail = models.FileField(_("small"), upload_to="events/")
    medium = models.FileField(_("for reading"), upload_to="events/")
    large = models.FileField(_("for a large screen"), upload_to="events/")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["order", "pk"]

    @property
    def thumbnail_url(self):
        return address_of(self.thumbnail)

    @property
    def medium_url(self):
        return address_of(self.medium)

    @property
    def large_url(self):
        return address_of(self.large)

    @property
    def original_url(self):
        return address_of(self.original)

    @property
    def thumbnail_size(self):
        return self._size("thumbnail")

    @property
    def medium_size(self):
        return self._size("medium")

    @property
    def large_size(self):
        return self._size("large")

    def _size(self, name):
        scale = min(self.SIZES[name][0] / max(self.width, self.height), 1)
        return max(round(self.width * scale), 1), max(round(self.height * scale), 1)


class PhotoText(Words):
    FIELDS = ["alt", "caption"]
    OWNER = "photo"

    photo = models.ForeignKey(Photo, models.CASCADE, related_name="texts", verbose_name=_("photo"))
    alt = models.CharField(
        _("what can be seen"),
        max_length=250,
        help_text=_("For people who cannot see the photo, and where pictures are switched off."),
    )
    caption = models.CharField(_("words under it"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("words of a photo")
        verbose_name_plural = _("words of photos")
        constraints = [text_once_per_language("photo")]


class Video(Shown):
    """A film: a file of ours, or a link that leads away. Nothing of others stands in our page."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="videos", verbose_name=_("event"))
    file = models.FileField(_("file"), upload_to="events/", blank=True)
    size = models.PositiveIntegerField(_("size in bytes"), null=True, blank=True, editable=False)
    seconds = models.PositiveIntegerField(
        _("length in seconds"), null=True, blank=True, editable=False
    )
    link = models.URLField(_("link"), blank=True)

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="video_is_a_file_or_a_link",
                condition=Q(file="") & ~Q(link="") | ~Q(file="") & Q(link=""),
                violation_error_message=_("Choose a file or write a link, one of the two."),
            )
        ]

    @property
    def file_url(self):
        return address_of(self.file)


class VideoText(Words):
    FIELDS = ["title", "transcript"]
    OWNER = "video"

    video = models.ForeignKey(Video, models.CASCADE, related_name="texts", verbose_name=_("video"))
    title = models.CharField(_("title"), max_length=150)
    transcript = models.TextField(
        _("what is said and shown"),
        blank=True,
        help_text=_("For people who cannot hear or play it. Markdown."),
    )

    class Meta:
        verbose_name = _("words of a video")
        verbose_name_plural = _("words of videos")
        constraints = [text_once_per_language("video")]


class PressItem(models.Model):
    """What a paper wrote about the day, in the paper's own language."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="press", verbose_name=_("event"))
    title = models.CharField(_("title of the article"), max_length=250)
    paper = models.CharField(_("paper"), max_length=150)
    issue = models.CharField(_("issue"), max_length=60, blank=True)
    published_on = models.DateField(_("date"), null=True, blank=True)
    author = models.CharField(_("author"), max_length=120, blank=True)
    link = models.URLField(_("link"), blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=[*LANGUAGES, ("other", _("another one"))]
    )

    class Meta:
        verbose_name = _("press item")
        verbose_name_plural = _("press")
        ordering = ["published_on", "pk"]

    def __str__(self):
        return f"{self.paper}: {self.title}"
