"""The library: what a booklet is, in which languages it exists, and what was public when."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.languages import LANGUAGES, best
from sanasezim.shared.models import Office, Project, Text
from sanasezim.shared.models.content import code_validator, text_once_per_language


class Topic(models.Model):
    """What people need: unpaid wages, registration, documents, …"""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    icon = models.CharField(_("picture"), max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["order", "code"]

    def __str__(self):
        return self.code

    @property
    def text(self):
        return best(self.texts.all())


class TopicText(Text):
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="texts", verbose_name=_("topic"))
    name = models.CharField(_("name"), max_length=60)
    question = models.CharField(_("in a person's own words"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("topic text")
        verbose_name_plural = _("topic texts")
        constraints = [text_once_per_language("topic")]


class LibraryFile(models.Model):
    """A checked file: never changed, never overwritten. A new upload is a new row."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        JPEG = "jpg", "JPEG"
        PNG = "png", "PNG"
        MP3 = "mp3", "MP3"
        OPUS = "opus", "Opus"

    kind = models.CharField(_("format"), max_length=5, choices=Kind)
    content = models.FileField(_("file"), upload_to="library/")
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64, db_index=True)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    seconds = models.PositiveIntegerField(_("length in seconds"), null=True, blank=True)
    text = models.TextField(_("text inside"), blank=True)
    cover = models.FileField(_("cover"), upload_to="covers/", blank=True)
    cover_width = models.PositiveSmallIntegerField(null=True, blank=True)
    cover_height = models.PositiveSmallIntegerField(null=True, blank=True)
    thumbnail = models.FileField(_("small cover"), upload_to="covers/", blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("uploaded by"),
    )

    class Meta:
        verbose_name = _("library file")
        verbose_name_plural = _("library files")

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_audio(self):
        return self.kind in (self.Kind.MP3, self.Kind.OPUS)

    @property
    def cover_url(self):
        return self._picture_url(self.cover)

    @property
    def thumbnail_url(self):
        return self._picture_url(self.thumbnail)

    @staticmethod
    def _picture_url(picture):
        return reverse("cover", args=[picture.name.rpartition("/")[2]]) if picture else ""


class PublicationQuerySet(models.QuerySet):
    def listed(self):
        """Publications a visitor can browse: something of them is live, and nothing has replaced them."""
        return self.public().filter(replaced_by=None)

    def public(self):
        """Publications of which something is live."""
        live = EditionVersion.objects.live().filter(edition__publication=models.OuterRef("pk"))
        return self.filter(models.Exists(live))


class Publication(models.Model):
    """A booklet or sheet, whatever languages it exists in."""

    class Kind(models.TextChoices):
        BOOKLET = "booklet", _("Booklet")
        INFO_SHEET = "info_sheet", _("Information sheet")
        STAND = "stand", _("Stand")
        POSTER = "poster", _("Poster")
        AUDIO = "audio", _("Recording")

    class Citizenship(models.TextChoices):
        UZBEKISTAN = "UZ", _("Uzbekistan")
        KYRGYZSTAN = "KG", _("Kyrgyzstan")
        TAJIKISTAN = "TJ", _("Tajikistan")
        TURKMENISTAN = "TM", _("Turkmenistan")
        KAZAKHSTAN = "KZ", _("Kazakhstan")
        RUSSIA = "RU", _("Russia")
        STATELESS = "stateless", _("No citizenship")

    class Stage(models.TextChoices):
        BEFORE = "before", _("Before leaving")
        HERE = "here", _("In Kazakhstan")
        HOME = "home", _("Going home")

    class Audience(models.TextChoices):
        MIGRANT = "migrant", _("Migrant worker")
        EMPLOYER = "employer", _("Employer")
        FAMILY = "family", _("Family")
        OFFICIAL = "official", _("Official")

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    code = models.CharField(
        _("sayable code"),
        max_length=8,
        unique=True,
        validators=[RegexValidator(r"^K-[0-9]{2,4}\Z", _("Write the code like K-12."))],
        help_text=_("Printed on paper and said on the phone, such as K-12."),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.BOOKLET)
    topics = models.ManyToManyField(
        Topic, related_name="publications", verbose_name=_("topics"), blank=True
    )
    citizenships = ArrayField(
        models.CharField(max_length=10, choices=Citizenship),
        verbose_name=_("for citizens of"),
        default=list,
        blank=True,
        help_text=_("Nothing chosen means everybody."),
    )
    stages = ArrayField(
        models.CharField(max_length=10, choices=Stage),
        verbose_name=_("stage"),
        default=list,
        blank=True,
        help_text=_("Nothing chosen means every stage."),
    )
    audiences = ArrayField(
        models.CharField(max_length=10, choices=Audience),
        verbose_name=_("audience"),
        default=list,
        blank=True,
    )
    source_language = models.CharField(
        _("written in"),
        max_length=10,
        choices=LANGUAGES,
        default="ru",
        help_text=_("The other languages are translated from this one."),
    )
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="replaces",
        null=True,
        blank=True,
        verbose_name=_("replaced by"),
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["code"]
        indexes = [models.Index(fields=["-added_at", "id"])]
        constraints = [
            models.CheckConstraint(
                name="publication_not_replaced_by_itself",
                condition=Q(replaced_by=None) | ~Q(replaced_by=F("id")),
                violation_error_message=_("A publication cannot replace itself."),
            )
        ]

    def __str__(self):
        return f"{self.code} {self.slug}"

    def get_absolute_url(self):
        return reverse("resources:publication", args=[self.slug])

    @property
    def citizenship_labels(self):
        return [self.Citizenship(code).label for code in self.citizenships]

    @property
    def stage_labels(self):
        return [self.Stage(code).label for code in self.stages]

    @property
    def audience_labels(self):
        return [self.Audience(code).label for code in self.audiences]


class EditionContent(Text):
    """What a reader gets in one language. The working copy and every public version have these fields."""

    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(
        _("summary"),
        max_length=250,
        blank=True,
        help_text=_("One sentence: what the reader will be able to do."),
    )
    body = models.TextField(
        _("text"),
        blank=True,
        help_text=_("Markdown. Quote a fact as [[its-code]]; [[hotline]] is our own number."),
    )
    file = models.ForeignKey(
        LibraryFile,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("file"),
    )
    audio = models.ForeignKey(
        LibraryFile,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("recording"),
    )
    law_as_of = models.DateField(_("law as of"), null=True, blank=True)
    reviewed_on = models.DateField(_("checked by the lawyer on"), null=True, blank=True)
    reviewed_by = models.CharField(_("name of the lawyer"), max_length=120, blank=True)

    class Meta:
        abstract = True


# What publishing.content_hash does, in SQL that is allowed in a generated column: bytes are made
# of a text in UTF-8 by `decode`, for which a backslash has to be doubled.
CONTENT_HASH = models.Func(
    "title",
    "summary",
    "body",
    arg_joiner=" || chr(31) || ",
    template=r"encode(sha256(decode(replace(%(expressions)s, '\', '\\'), 'escape')), 'hex')",
)


class EditionQuerySet(models.QuerySet):
    def withdrawn(self):
        return self.exclude(withdrawn_at=None)

    def with_state(self):
        """Adds `live_version` and `next_version` (numbers or None), from which `state` is told."""
        versions = EditionVersion.objects.filter(edition=models.OuterRef("pk")).order_by("-number")
        now = timezone.now()
        return self.annotate(
            live_version=models.Subquery(versions.filter(publish_at__lte=now).values("number")[:1]),
            next_version=models.Subquery(versions.filter(publish_at__gt=now).values("number")[:1]),
        )

    def with_staleness(self):
        """Adds `is_stale`, which says of all what publishing.is_stale says of one."""
        source = Edition.objects.filter(
            publication=models.OuterRef("publication"), language=models.OuterRef("made_from")
        ).exclude(pk=models.OuterRef("pk"))
        made_from = models.Case(
            models.When(language="uz-cyrl", then=models.Value("uz")),
            default=F("publication__source_language"),
        )
        return self.annotate(made_from=made_from).annotate(
            is_stale=models.Exists(source.exclude(content_hash=models.OuterRef("source_hash")))
        )

    def review_due(self, on):
        return self.filter(review_due__lte=on, withdrawn_at=None)


class Edition(EditionContent):
    """A publication in one language, as staff work on it. Readers see its live version."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        SCHEDULED = "scheduled", _("scheduled")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    publication = models.ForeignKey(
        Publication, models.PROTECT, related_name="editions", verbose_name=_("publication")
    )
    review_due = models.DateField(_("check again by"), null=True, blank=True)
    source_hash = models.CharField(
        _("made from"),
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("The hash of the text this translation was made from."),
    )
    content_hash = models.GeneratedField(
        expression=CONTENT_HASH, output_field=models.CharField(max_length=64), db_persist=True
    )
    submitted_at = models.DateTimeField(
        _("sent for review at"), null=True, blank=True, editable=False
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("sent for review by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawn_reason = models.CharField(
        _("why it was withdrawn"), max_length=250, blank=True, editable=False
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["publication", "language"]
        permissions = [("publish_edition", _("Can publish and withdraw editions"))]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "language"],
                name="edition_once_per_language",
                violation_error_message=_(
                    "This publication already has an edition in this language."
                ),
            ),
            models.CheckConstraint(
                name="edition_withdrawn_with_reason",
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""),
                violation_error_message=_("Say why it is withdrawn: readers will see it."),
            ),
        ]

    def __str__(self):
        return f"{self.publication.code} · {self.get_language_display()}"

    @property
    def is_generated(self):
        """Uzbek in Cyrillic is made from Uzbek in Latin, so that the two cannot drift apart."""
        return self.language == "uz-cyrl"

    @property
    def state(self):
        """Needs with_state()."""
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        if self.next_version:
            return self.State.SCHEDULED
        if self.submitted_at:
            return self.State.IN_REVIEW
        if self.live_version:
            return self.State.PUBLISHED
        return self.State.DRAFT


class EditionVersionQuerySet(models.QuerySet):
    def live(self, at=None):
        """What is public at a moment (now, if none is given): at most one version of an edition."""
        at = at or timezone.now()
        return self.filter(
            Q(superseded_at=None) | Q(superseded_at__gt=at),
            publish_at__lte=at,
            edition__withdrawn_at=None,
        )

    def public_once(self):
        """What is or has been public: old files stay where links point to."""
        return self.filter(publish_at__lte=timezone.now())


class EditionVersion(EditionContent):
    """What was public, from when to when. Never edited: a correction is a new version."""

    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="versions", verbose_name=_("edition")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    change_note = models.CharField(_("what changed"), max_length=250, blank=True)
    publish_at = models.DateTimeField(_("public from"))
    superseded_at = models.DateTimeField(_("public until"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("published by"),
    )
    content_hash = models.CharField(max_length=64, editable=False)
    html = models.TextField(editable=False, help_text="Sanitised HTML; facts are still [[codes]].")
    contents = models.JSONField(
        default=list, editable=False, help_text="Headings: a list of [level, anchor, text]."
    )
    reading_minutes = models.PositiveSmallIntegerField(default=1, editable=False)

    objects = EditionVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["edition", "-number"]
        indexes = [models.Index(fields=["-publish_at"])]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["edition"], condition=Q(superseded_at=None), name="version_newest_is_one"
            ),
            models.CheckConstraint(
                name="version_superseded_after_publishing",
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("publish_at")),
            ),
        ]

    def __str__(self):
        return f"{self.edition} v{self.number}"

    @property
    def file_url(self):
        return self._address_of(self.file)

    @property
    def audio_url(self):
        return self._address_of(self.audio)

    def _address_of(self, stored):
        name = f"{self.edition.publication.slug}-{self.language}-v{self.number}.{stored.kind}"
        return reverse("library_file", args=[name])


class DownloadCount(models.Model):
    """How often an edition was taken along on a day. Nothing about who took it."""

    class What(models.TextChoices):
        FILE = "file", _("file")
        AUDIO = "audio", _("recording")
        SHARE = "share", _("page to forward")

    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="downloads", verbose_name=_("edition")
    )
    day = models.DateField(_("day"))
    what = models.CharField(_("what"), max_length=5, choices=What)
    count = models.PositiveIntegerField(_("how many"), default=0)

    class Meta:
        verbose_name = _("downloads of a day")
        verbose_name_plural = _("downloads by day")
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "day", "what"], name="download_count_once_per_day"
            )
        ]

    def __str__(self):
        return f"{self.edition} {self.day}"


class Handout(models.Model):
    """Paper copies given to people: when, where, how many."""

    publication = models.ForeignKey(
        Publication, models.PROTECT, related_name="handouts", verbose_name=_("publication")
    )
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    copies = models.PositiveIntegerField(_("copies"), validators=[MinValueValidator(1)])
    handed_on = models.DateField(_("handed out on"), default=timezone.localdate)
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office")
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("recorded by"),
    )

    class Meta:
        verbose_name = _("handout")
        verbose_name_plural = _("handouts")
        ordering = ["-handed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="handout_of_one_copy_or_more",
                condition=Q(copies__gte=1),
                violation_error_message=_("At least one copy must be handed out."),
            ),
            models.CheckConstraint(
                name="handout_has_office_or_place",
                condition=Q(office__isnull=False) | ~Q(place=""),
                violation_error_message=_("Say where: choose an office or write a place."),
            ),
        ]

    def __str__(self):
        return f"{self.publication.code} × {self.copies}, {self.handed_on}"


class SearchEntry(models.Model):
    """The words of a version as search reads them: skeletons (shared/folding.py), by place."""

    version = models.OneToOneField(EditionVersion, models.CASCADE, related_name="search_entry")
    vector = SearchVectorField(
        help_text="Each word as t:word, by the PLACES of resources/search.py."
    )

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        # Sorted in as it is written: else every search reads a list of what is not sorted in yet,
        # and only the owner of the index may empty that list, who does not serve.
        indexes = [GinIndex(fields=["vector"], name="search_entry_vector", fastupdate=False)]

    def __str__(self):
        return str(self.version)


class SearchWord(models.Model):
    """A word that some version contains: what a typed word is compared with."""

    word = models.CharField(max_length=60, primary_key=True)
    shown = models.CharField(max_length=60, help_text="The word as somebody wrote it.")
    entries = models.PositiveIntegerField(default=1, help_text="How many versions contain it.")

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")
        indexes = [
            GinIndex(
                OpClass("word", name="gin_trgm_ops"), name="search_word_trigrams", fastupdate=False
            ),
            models.Index(OpClass("word", name="text_pattern_ops"), name="search_word_prefix"),
        ]

    def __str__(self):
        return self.word
