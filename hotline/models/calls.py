"""The call log: who called, about whom, what for, what was done."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from legalaid.models import Intake, Person
from legalaid.models.intakes import Relation
from resources.models import Topic
from sanasezim.shared.history import tracked
from sanasezim.shared.languages import LANGUAGES
from sanasezim.shared.models import Line, Office, Project
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField
from sanasezim.shared.search_keys import FindablePeople, SearchKeysField


class CallQuerySet(FindablePeople):
    def visible_to(self, user):
        """The log belongs to those who answer the line."""
        return self if user.has_perm("hotline.view_call") else self.none()


@tracked(exclude=["search_keys"])
class Call(ProtectedRow):
    """One call, or one visit noted at the same desk."""

    class Kind(models.TextChoices):
        DATA = "data", _("a call about something")
        SILENT = "silent", _("nobody spoke")
        WRONG = "wrong", _("wrong number")
        JOKE = "joke", _("a joke or abuse")

    class Group(models.TextChoices):
        PREPARING = "preparing_to_leave", _("preparing to leave Kazakhstan")
        HERE = "in_kazakhstan", _("in Kazakhstan")
        RETURNED = "returned", _("came back")
        RELATIVE = "relative_abroad", _("has a relative abroad")
        OTHER = "other", _("other")

    class Outcome(models.TextChoices):
        INFORMED = "informed", _("information given")
        PASSED_ON = "passed_on", _("passed on to a colleague")
        INTAKE = "intake", _("asked for legal aid")
        REFERRED = "referred", _("referred elsewhere")
        CUT_OFF = "cut_off", _("the line broke off")

    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    kind = models.CharField(_("kind of call"), max_length=10, choices=Kind, default=Kind.DATA)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="calls",
        editable=False,
        verbose_name=_("answered by"),
    )
    line = models.ForeignKey(
        Line, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("line")
    )
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    relation = models.CharField(_("who calls"), max_length=20, choices=Relation, blank=True)
    group = models.CharField(_("group"), max_length=20, choices=Group, blank=True)
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="calls",
        verbose_name=_("about whom"),
    )
    topics = models.ManyToManyField(
        Topic, related_name="calls", blank=True, verbose_name=_("topics")
    )
    caller_name = ProtectedTextField(_("name of the caller"), max_length=200)
    phone = ProtectedTextField(_("number to call back"), max_length=200)
    notes = ProtectedTextField(_("what was said"), max_length=10_000)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=[*LANGUAGES, ("other", _("another language"))],
        blank=True,
    )
    heard_from = models.CharField(_("how they heard of us"), max_length=40, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=20, choices=Outcome, blank=True)
    intake = models.OneToOneField(
        Intake,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="call",
        verbose_name=_("intake"),
    )
    search_keys = SearchKeysField(names=["caller_name"], phones=["phone"])

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="call_newest_first"),
            GinIndex(fields=["search_keys"], name="call_search_keys"),
        ]
        constraints = [
            models.CheckConstraint(
                name="call_with_an_intake_says_so",
                condition=Q(intake=None) | Q(outcome="intake"),
                violation_error_message=_("A call that became an intake has that as its outcome."),
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
