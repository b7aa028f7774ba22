"""The event itself: its days, its languages, when it is public, its figures."""

import datetime

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.words import Words, released
from resources.models import Handout, Publication
from sanasezim.shared.languages import CODES, LANGUAGES, best
from sanasezim.shared.models import Partner
from sanasezim.shared.models.content import text_once_per_language

# How long after its last day a page counts as current: results, photos and press come in.
SEASON_AFTER = datetime.timedelta(days=45)


class EventQuerySet(models.QuerySet):
    def main(self):
        """The 18 December of each year."""
        return self.filter(kind=Event.Kind.MAIN)

    def side(self):
        return self.filter(kind=Event.Kind.SIDE)

    def published(self, at=None):
        """What readers see at a moment (now, if none is given): its moment has come, at least one
        language is public, and it is not withdrawn."""
        at = at or timezone.now()
        texts = EventText.objects.filter(event=models.OuterRef("pk"), publish_at__lte=at)
        return self.filter(models.Exists(texts), publish_at__lte=at, withdrawn_at=None)

    def withdrawn(self):
        """Was public, or planned, and was taken away: its page stays and says why."""
        return self.exclude(withdrawn_at=None)

    def with_public_texts(self, at=None):
        """Only the texts: for lists, feeds and the sitemap."""
        return self.prefetch_related(
            Prefetch(
                "texts", queryset=EventText.objects.filter(publish_at__lte=at or timezone.now())
            )
        )

    def for_readers(self, at=None):
        """All parts, as far as they are public. See events/models/__init__.py."""
        return self.with_public_texts(at)._with_parts(
            lambda texts, path: texts.filter(released(path, at))
        )

    def for_preview(self):
        """All parts with all texts, public or not; still nothing without consent."""
        return self.prefetch_related("texts")._with_parts(lambda texts, path: texts)

    def _with_parts(self, narrow):
        from events.models import parts

        def texts_of(model, path):
            return Prefetch("texts", queryset=narrow(model.objects.all(), path))

        items = parts.ProgrammeItem.objects.select_related("office").prefetch_related(
            "office__texts"
        )
        return self.prefetch_related(
            Prefetch(
                "programme",
                queryset=items.prefetch_related(texts_of(parts.ProgrammeText, "item__event")),
            ),
            *(
                Prefetch(
                    name, queryset=model.objects.public().prefetch_related(texts_of(text, path))
                )
                for name, model, text, path in [
                    ("stories", parts.Story, parts.StoryText, "story__event"),
                    ("photos", parts.Photo, parts.PhotoText, "photo__event"),
                    ("videos", parts.Video, parts.VideoText, "video__event"),
                ]
            ),
            "press",
            "figures",
            "handouts",
            Prefetch("partners", queryset=Partner.objects.public().prefetch_related("texts")),
        )


class Event(models.Model):
    """The 18 December of a year, or a side event on a day of its own.

    Its state is told from moments and is nowhere stored: no `publish_at`: a draft, in review while
    `submitted_at` stands; with one: scheduled, live, and archived when its season is over.
    """

    class Kind(models.TextChoices):
        MAIN = "main", _("18 December")
        SIDE = "side", _("side event")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        SCHEDULED = "scheduled", _("scheduled")
        LIVE = "published", _("published")
        ARCHIVED = "archived", _("in the archive")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind = models.CharField(_("kind"), max_length=4, choices=Kind, default=Kind.MAIN)
    year = models.PositiveSmallIntegerField(_("year"))
    slug = models.SlugField(
        _("address"),
        max_length=60,
        blank=True,
        validators=[RegexValidator(r"[^0-9-]", _("The address needs at least one letter."))],
        help_text=_("For a side event only: small Latin letters and hyphens."),
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    source_language = models.CharField(
        _("written in"),
        max_length=10,
        choices=LANGUAGES,
        default="ru",
        help_text=_("The other languages are translated from this one."),
    )
    publish_at = models.DateTimeField(
        _("public from"), null=True, blank=True, help_text=_("Almaty time. Empty means a draft.")
    )
    submitted_at = models.DateTimeField(_("sent for review at"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("sent for review by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_reason = models.CharField(
        _("why it was withdrawn"),
        max_length=250,
        blank=True,
        help_text=_("Readers see it, in the language the page is written in."),
    )
    begun_from = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("begun as a copy of"),
    )
    partners = models.ManyToManyField(
        Partner, verbose_name=_("partners of the day"), blank=True, related_name="+"
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
        ordering = ["-starts_on", "-pk"]
        permissions = [("publish_event", _("Can publish and withdraw events"))]
        constraints = [
            models.CheckConstraint(
                name="event_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day cannot be before the first."),
            ),
            models.CheckConstraint(
                name="event_year_is_that_of_its_first_day",
                condition=Q(starts_on__year=F("year")),
                violation_error_message=_("The first day must be in the year of the page."),
            ),
            models.CheckConstraint(
                name="event_address_by_its_kind",
                condition=Q(kind="main", slug="") | Q(kind="side") & ~Q(slug=""),
                violation_error_message=_("A side event needs an address of its own."),
            ),
            models.UniqueConstraint(
                fields=["year", "slug"],
                name="event_address_once_a_year",
                violation_error_message=_("This year already has a page with this address."),
            ),
            models.CheckConstraint(
                name="event_withdrawn_with_reason",
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""),
                violation_error_message=_("Say why it is withdrawn: readers will see it."),
            ),
        ]

    def __str__(self):
        return f"{self.year} {self.slug}".strip()

    def get_absolute_url(self):
        if self.kind == self.Kind.SIDE:
            return reverse("events:side_event", args=[self.year, self.slug])
        return reverse("events:event", args=[self.year])

    @property
    def text(self):
        """For the reader's language, of the texts that were prefetched: see for_readers()."""
        return best(self.texts.all())

    @property
    def languages(self):
        """The codes of the texts that were prefetched, in the portal's order."""
        written = {text.language for text in self.texts.all()}
        return [code for code in CODES if code in written]

    def state_at(self, moment):
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        if self.publish_at is None:
            return self.State.IN_REVIEW if self.submitted_at else self.State.DRAFT
        if self.publish_at > moment:
            return self.State.SCHEDULED
        over = timezone.localdate(moment) > self.ends_on + SEASON_AFTER
        return self.State.ARCHIVED if over else self.State.LIVE

    @property
    def state(self):
        return self.state_at(timezone.now())

    @property
    def is_public(self):
        return self.state in (self.State.LIVE, self.State.ARCHIVED)

    @property
    def copies(self):
        """Paper copies handed out, from the records of the library."""
        return sum(handout.copies for handout in self.handouts.all())

    @property
    def numbers(self):
        """The figures of the day to show: [(label, value, source)]. Copies come from the records of
        the library unless somebody typed them."""
        shown = {figure.kind: figure for figure in self.figures.all()}
        rows = []
        for kind in Number.Kind:
            if kind in shown:
                rows.append((kind.label, shown[kind].value, shown[kind].source))
            elif kind == Number.Kind.COPIES and self.copies:
                rows.append((kind.label, self.copies, ""))
        return rows


class EventText(Words):
    """The page in one language. Readers see it from `publish_at` on, if the event is public."""

    FIELDS = ["title", "summary", "theme", "body"]
    OWNER = "event"

    event = models.ForeignKey(Event, models.CASCADE, related_name="texts", verbose_name=_("event"))
    title = models.CharField(_("title"), max_length=120)
    theme = models.CharField(_("theme of the year"), max_length=200, blank=True)
    summary = models.CharField(_("summary"), max_length=250, blank=True)
    body = models.TextField(
        _("text"), blank=True, help_text=_("Markdown. Quote a fact as [[its-code]].")
    )
    publish_at = models.DateTimeField(
        _("this language is public from"), null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("event text")
        verbose_name_plural = _("event texts")
        constraints = [text_once_per_language("event")]


class Number(models.Model):
    """A figure of the day: counted in the records on a day, or typed with its source."""

    class Kind(models.TextChoices):
        ADVISED = "advised", _("people advised")
        COPIES = "copies", _("copies handed out")
        CALLS = "calls", _("calls answered")
        GUESTS = "guests", _("people who came")

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="figures", verbose_name=_("event")
    )
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    value = models.PositiveIntegerField(_("how many"))
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("Who counted, and how.")
    )
    counted_at = models.DateTimeField(_("counted in the records at"), null=True, blank=True)

    class Meta:
        verbose_name = _("figure of the day")
        verbose_name_plural = _("figures of the day")
        ordering = ["event", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["event", "kind"], name="number_once_per_event"),
            models.CheckConstraint(
                name="number_from_records_or_with_source",
                condition=Q(counted_at__isnull=False) | ~Q(source=""),
                violation_error_message=_("Say where the figure comes from."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.value}"
