"""What reports keep: templates, what was published, what is open to all, sums of past months."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.languages import OWN_NAMES, STAFF_LANGUAGES, best
from sanasezim.shared.models import Line, Office, Project


class Narrowed(models.Model):
    """What a report is narrowed to, its tables, its columns and its ages."""

    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office")
    )
    line = models.ForeignKey(
        Line, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("line")
    )
    tables = ArrayField(models.CharField(max_length=40), verbose_name=_("tables"), default=list)
    columns = ArrayField(
        models.CharField(max_length=20), verbose_name=_("columns"), default=list, blank=True
    )
    bands = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("ages"), default=list)

    class Meta:
        abstract = True


class SavedReport(Narrowed):
    """A donor's report as it is wanted each time: made again for the next period with one click."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("saved report")
        verbose_name_plural = _("saved reports")
        ordering = ["name"]
        permissions = [("see_full_figures", _("Can see and take out small numbers, too"))]

    def __str__(self):
        return self.name

    @property
    def text(self):
        return best(self.texts.all())


class SavedReportText(models.Model):
    """The donor's own wording, in one language: the title, an introduction, headings of tables."""

    report = models.ForeignKey(SavedReport, models.CASCADE, related_name="texts")
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=[(code, OWN_NAMES[code]) for code in STAFF_LANGUAGES],
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    introduction = models.TextField(_("introduction"), max_length=4000, blank=True)
    headings = models.JSONField(
        _("headings"), default=dict, blank=True, help_text="Table's id → how the donor calls it."
    )

    class Meta:
        verbose_name = _("wording of a report")
        verbose_name_plural = _("wordings of a report")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "language"], name="saved_report_text_once_per_language"
            )
        ]

    def __str__(self):
        return OWN_NAMES[self.language]


class FrozenReport(Narrowed):
    """Figures as they were given out on a day. What is counted today may differ."""

    append_only = True

    name = models.CharField(_("where it was published"), max_length=200)
    start = models.DateField(_("from"))
    end = models.DateField(_("to"))
    content = models.JSONField(_("figures"), help_text="As formats.as_json gives them, in full.")
    digest = models.CharField(_("SHA-256"), max_length=64)
    frozen_at = models.DateTimeField(_("frozen at"), default=timezone.now)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("frozen by")
    )

    class Meta:
        verbose_name = _("published report")
        verbose_name_plural = _("published reports")
        ordering = ["-frozen_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="frozen_report_ends_after_it_starts", condition=Q(end__gte=F("start"))
            )
        ]

    def __str__(self):
        return self.name


class Explanation(models.Model):
    """Why a figure is another one today than the one that was published. The newest one counts."""

    append_only = True

    frozen = models.ForeignKey(FrozenReport, models.PROTECT, related_name="explanations")
    table = models.CharField(max_length=40)
    key = models.CharField(max_length=100, help_text="Of the row; empty for the total.", blank=True)
    words = models.CharField(_("why it differs"), max_length=300)
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("explanation of a difference")
        verbose_name_plural = _("explanations of differences")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.table} {self.key}"


class ReportExport(Narrowed):
    """A report that left: what of it, for whom, and the hash of the file."""

    append_only = True

    class Reason(models.TextChoices):
        DONOR = "donor", _("for a donor")
        STATE = "state", _("for a state body")
        PARTNER = "partner", _("for a partner")
        PRESS = "press", _("for the press or the public")
        RESEARCH = "research", _("for research")
        OWN = "own", _("for our own work")

    start = models.DateField(_("from"))
    end = models.DateField(_("to"))
    how = models.CharField(_("format"), max_length=10)
    is_full = models.BooleanField(_("with small numbers, too"), default=False)
    why = models.CharField(_("why it leaves"), max_length=10, choices=Reason)
    lines = models.PositiveIntegerField(_("how many lines"))
    digest = models.CharField(_("SHA-256 of what left"), max_length=64)
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who")
    )

    class Meta:
        verbose_name = _("report that left")
        verbose_name_plural = _("reports that left")
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class OpenFigureQuerySet(models.QuerySet):
    def public(self):
        return self.filter(withdrawn_at=None)


class OpenFigure(models.Model):
    """One table of a year, released to everybody: rows that tell nothing about anybody."""

    year = models.PositiveSmallIntegerField(_("year"))
    table = models.CharField(_("table"), max_length=40)
    rows = models.JSONField(
        _("figures"), help_text="[key, number], null where it is too small to be shown."
    )
    total = models.PositiveIntegerField(_("in all"), null=True)
    released_at = models.DateTimeField(_("released at"), default=timezone.now)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("released by")
    )
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = OpenFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("open figure")
        verbose_name_plural = _("open figures")
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "table"],
                condition=Q(withdrawn_at=None),
                name="open_figure_once_per_year",
            )
        ]

    def __str__(self):
        return f"{self.year} {self.table}"


class CallTally(models.Model):
    """How many calls of a month had one answer to one question. Made by tally.py, never by hand."""

    month = models.DateField()
    project_id = models.BigIntegerField(null=True)
    office_id = models.BigIntegerField(null=True)
    line_id = models.BigIntegerField(null=True)
    dimension = models.CharField(max_length=20)
    key = models.CharField(max_length=40)
    who = models.CharField(max_length=10)
    number = models.IntegerField()

    class Meta:
        verbose_name = "tally of calls"
        verbose_name_plural = "tallies of calls"
        default_permissions = ()
        indexes = [models.Index(fields=["month"], name="call_tally_month")]

    def __str__(self):
        return f"{self.month} {self.dimension} {self.key}"


class PersonTally(models.Model):
    """A person in the calls of a month, with all that these calls said: one row instead of many."""

    month = models.DateField()
    project_id = models.BigIntegerField(null=True)
    office_id = models.BigIntegerField(null=True)
    line_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField()
    at = models.DateTimeField()
    mask = models.IntegerField(help_text="The bits of people.py.")
    citizenship = models.CharField(max_length=12)
    age = models.IntegerField(null=True)

    class Meta:
        verbose_name = "tally of persons"
        verbose_name_plural = "tallies of persons"
        default_permissions = ()
        indexes = [models.Index(fields=["month"], name="person_tally_month")]

    def __str__(self):
        return f"{self.month} {self.person_id}"


class StaleMonth(models.Model):
    """A month of which a call was written since its tally was made. A trigger adds these.

    Only ever added, never found first: so two who write at once do not wait for each other.
    """

    month = models.DateField()

    class Meta:
        verbose_name = "month to tally again"
        verbose_name_plural = "months to tally again"
        default_permissions = ()
        indexes = [models.Index(fields=["month"], name="stale_month")]

    def __str__(self):
        return str(self.month)
