"""What is written once and read in seven languages: texts, standing pages, facts, preview links."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.languages import LANGUAGES, OWN_NAMES, best

code_validator = RegexValidator(
    r"^[a-z0-9][a-z0-9_-]*\Z", _("Use small Latin letters, digits, - and _ only.")
)


class Text(models.Model):
    """One language of something: a row, so that each language can be there or missing by itself."""

    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)

    class Meta:
        abstract = True

    def __str__(self):
        return OWN_NAMES[self.language]


def text_once_per_language(owner):
    return models.UniqueConstraint(
        fields=[owner, "language"],
        name=f"{owner}_text_once_per_language",
        violation_error_message=_("This language is already there."),
    )


class Page(models.Model):
    """A standing page that staff can edit: about, partners, privacy, accessibility, help, hotline."""

    slug = models.SlugField(_("address"), unique=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["slug"]

    def __str__(self):
        return self.slug


class PageText(Text):
    page = models.ForeignKey(Page, models.CASCADE, related_name="texts", verbose_name=_("page"))
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary"), max_length=250, blank=True)
    body = models.TextField(_("text"), help_text=_("Markdown. Quote a fact as [[its-code]]."))

    class Meta:
        verbose_name = _("page text")
        verbose_name_plural = _("page texts")
        constraints = [text_once_per_language("page")]


class FactQuerySet(models.QuerySet):
    def with_texts(self):
        return self.prefetch_related("texts")


class Fact(models.Model):
    """A phone number, fee, deadline or law article that many booklets quote: changed once, right everywhere."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone number")
        FEE = "fee", _("fee or amount")
        DEADLINE = "deadline", _("deadline or term")
        ARTICLE = "article", _("law article")

    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        validators=[code_validator],
        help_text=_("Booklets quote the fact as [[code]]."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    checked_on = models.DateField(_("checked on"))
    source = models.CharField(_("source"), max_length=250, blank=True)

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        ordering = ["code"]

    def __str__(self):
        return self.code

    @property
    def value(self):
        """The fact in the reader's language, or the best there is."""
        text = best(self.texts.all())
        return text.value if text else ""


class FactText(Text):
    fact = models.ForeignKey(Fact, models.CASCADE, related_name="texts", verbose_name=_("fact"))
    value = models.CharField(_("value"), max_length=250)

    class Meta:
        verbose_name = _("value in a language")
        verbose_name_plural = _("values by language")
        constraints = [text_once_per_language("fact")]


class PreviewLinkQuerySet(models.QuerySet):
    def open(self):
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def by_token(self, token):
        """The open link that this token names, or none."""
        try:
            pk = signing.Signer(salt="preview").unsign(token)
        except signing.BadSignature:
            return self.none()
        return self.open().filter(pk=pk)


class PreviewLink(models.Model):
    """Shows something unpublished to a person without an account, until it expires or is revoked."""

    target_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name=_("kind"))
    target_id = models.PositiveBigIntegerField(_("number"))
    target = GenericForeignKey("target_type", "target_id")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    expires_at = models.DateTimeField(_("works until"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                name="preview_link_ends_after_it_begins",
                condition=Q(expires_at__gt=models.F("made_at")),
                violation_error_message=_("A preview link must work until a later moment."),
            )
        ]
        indexes = [models.Index(fields=["target_type", "target_id"])]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_open(self):
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def token(self):
        """The row number, signed: nobody who reads the database can make one."""
        return signing.Signer(salt="preview").sign(str(self.pk))

    def get_absolute_url(self):
        return reverse("preview", args=[self.token])


class PlannedMoment(models.Model):
    """A moment at which something becomes public without anybody writing anything then."""

    at = models.DateTimeField(_("moment"), db_index=True)

    class Meta:
        verbose_name = _("planned moment")
        verbose_name_plural = _("planned moments")

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}"
