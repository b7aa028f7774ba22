"""Old records that were brought in from spreadsheets: which file, which rows, what its words mean."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.protected import ProtectedRow, ProtectedTextField
from sanasezim.shared.sealed_files import SealedFileField


class ImportBatch(ProtectedRow):
    """One file of old records: laid before us, read, and brought in as a whole or not at all."""

    class What(models.TextChoices):
        CALLS = "calls", _("calls")
        CASES = "cases", _("cases")

    what = models.CharField(_("what it holds"), max_length=10, choices=What)
    file_name = models.CharField(_("name of the file"), max_length=200)
    file = SealedFileField()
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )
    create_missing = models.BooleanField(
        _("create what is missing"),
        default=False,
        help_text=_(
            "Offices, projects, topics and services that the file names for the first time."
        ),
    )
    is_wanted = models.BooleanField(default=False, editable=False)  # brought in, once it is read
    progress = models.PositiveIntegerField(_("rows done"), default=0, editable=False)
    rows = models.PositiveIntegerField(_("rows"), default=0, editable=False)
    first_day = models.DateField(_("first day"), null=True, blank=True, editable=False)
    last_day = models.DateField(_("last day"), null=True, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    # What the reading found, as JSON: a bad cell may hold anything.
    findings = ProtectedTextField(_("findings"))
    checked_at = models.DateTimeField(_("read at"), null=True, blank=True, editable=False)
    done_at = models.DateTimeField(_("brought in at"), null=True, blank=True, editable=False)
    undone_at = models.DateTimeField(_("taken out again at"), null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("taken out by"),
    )

    class Meta:
        verbose_name = _("import of old records")
        verbose_name_plural = _("imports of old records")
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=Q(done_at__isnull=False, undone_at=None),
                name="import_of_the_same_rows_once",
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class ImportedRow(models.Model):
    """A record that an import made: what its undoing takes out again."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="imported_rows")
    what = models.CharField(max_length=60)
    row_id = models.BigIntegerField()

    class Meta:
        verbose_name = "imported row"
        verbose_name_plural = "imported rows"
        default_permissions = ()

    def __str__(self):
        return f"{self.what} {self.row_id}"


class ImportMeaning(models.Model):
    """What a heading or a word of the NGO's spreadsheets means: said once, and remembered."""

    what = models.CharField(max_length=10, choices=ImportBatch.What)
    column = models.CharField(max_length=40, blank=True)  # empty: of a heading
    word = models.CharField(max_length=200)
    meaning = models.CharField(max_length=60, blank=True)  # empty: left out

    class Meta:
        verbose_name = "meaning of a word"
        verbose_name_plural = "meanings of words"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["what", "column", "word"], name="import_meaning_once_per_word"
            )
        ]

    def __str__(self):
        return self.word
