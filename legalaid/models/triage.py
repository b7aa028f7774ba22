"""What helps to decide and to write: rules of urgency, letters, saved lists, and who has a case open."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from legalaid.models.cases import Case
from resources.models import Topic
from sanasezim.shared.languages import best
from sanasezim.shared.models.content import Text, code_validator, text_once_per_language


# The names of the rules a portal starts with, in the reader's language until somebody gives another.
OWN_RULE_NAMES = {
    "in-danger": _("in danger now"),
    "confined": _("held against their will"),
    "forced-labour": _("forced labour"),
    "violence": _("violence or threats"),
    "child": _("a child"),
    "passport-taken": _("passport taken"),
    "deadline-near": _("a deadline is near"),
}


class UrgencyRule(models.Model):
    """Raises the urgency of an intake that meets any of its conditions. The NGO edits them."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    name = models.CharField(
        _("name"),
        max_length=80,
        blank=True,
        help_text=_("As the queue shows it. The portal's own rules have one in each language."),
    )
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=10, help_text=_("The queue shows the greatest sum first.")
    )
    topics = models.ManyToManyField(
        Topic, blank=True, related_name="+", verbose_name=_("one of these topics")
    )
    words = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("one of these words in the story"),
        default=list,
        blank=True,
        help_text=_(
            "One a line or between commas, in any language; beginnings are enough. "
            "Several words in one, as “забра паспорт”, must stand near each other."
        ),
    )
    in_danger = models.BooleanField(_("in danger now"), default=False)
    minor = models.BooleanField(_("a child is concerned"), default=False)
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("rule of urgency")
        verbose_name_plural = _("rules of urgency")
        ordering = ["-weight", "code"]

    def __str__(self):
        return self.name or str(OWN_RULE_NAMES.get(self.code, self.code))


class LetterTemplate(models.Model):
    """A letter that is written often: one text per language, with {placeholders} to fill."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["order", "code"]

    def __str__(self):
        text = best(self.texts.all())
        return text.title if text else self.code


class LetterTemplateText(Text):
    letter = models.ForeignKey(LetterTemplate, models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(_("text"))

    class Meta:
        verbose_name = _("text of a letter")
        verbose_name_plural = _("texts of a letter")
        constraints = [text_once_per_language("letter")]


class SavedList(models.Model):
    """The filters and order of a list under a name: mine, or everybody's. Holds no words about people."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="saved_lists",
        verbose_name=pgettext_lazy("saved list", "whose"),
    )
    model = models.CharField(max_length=40, editable=False)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500, editable=False)
    is_shared = models.BooleanField(_("for every colleague"), default=False)

    class Meta:
        verbose_name = _("saved list")
        verbose_name_plural = _("saved lists")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "model", "name"],
                name="saved_list_once_per_name",
                violation_error_message=_("You have a list of this name already."),
            )
        ]

    def __str__(self):
        return self.name


class OpenCase(models.Model):
    """Who has a case open at this moment: a row is touched while the page is, and forgotten after."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="open_by")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "open case"
        verbose_name_plural = "open cases"
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="open_case_once_per_user")
        ]

    def __str__(self):
        return f"{self.case_id} {self.user_id}"
