"""What is said and written in a case: messages with the person, files, notes among colleagues."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from legalaid.models.cases import Case
from legalaid.models.intakes import Intake
from sanasezim.shared.history import tracked
from sanasezim.shared.languages import LANGUAGES
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField
from sanasezim.shared.sealed_files import SealedFileField


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(intake__in=Intake.objects.visible_to(user))

    def from_applicant(self):
        return self.filter(written_by=None)


@tracked()
class Message(ProtectedRow):
    """One message between us and whoever asked for help. Written once, never changed."""

    intake = models.ForeignKey(Intake, models.PROTECT, related_name="messages")
    text = ProtectedTextField(_("message"), max_length=10_000)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES, blank=True)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
        help_text=_("Nobody: the person who asked for help wrote it."),
    )
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        triggers = [
            pgtrigger.ReadOnly(
                name="written_once",
                fields=["intake", "seal", "text", "language", "written_at", "written_by"],
            )
        ]
        ordering = ["written_at", "pk"]
        indexes = [
            models.Index(
                fields=["intake", "written_at"],
                condition=Q(written_by=None, read_at=None),
                name="message_unread",
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_ours(self):
        return self.written_by_id is not None


class DocumentQuerySet(models.QuerySet):
    def of_case(self, case):
        """Those of a case and of the appeals that are in it, in the order in which they came."""
        return self.filter(Q(case=case) | Q(intake__case=case)).order_by("added_at", "pk")

    def visible_to(self, user):
        cases, intakes = Case.objects.visible_to(user), Intake.objects.visible_to(user)
        return self.filter(Q(case__in=cases) | Q(intake__in=intakes))


@tracked()
class Document(ProtectedRow):
    """A file of a case or an intake, encrypted at rest: the original as evidence, and a copy to open.

    The copy has lost what a camera or a program wrote into it (place, device, author).
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("photo")
        PDF = "pdf", "PDF"
        SOUND = "sound", _("voice message")

    intake = models.ForeignKey(
        Intake, models.PROTECT, null=True, blank=True, related_name="documents"
    )
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="documents")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = ProtectedTextField(_("what it is"), max_length=200)
    original = SealedFileField()
    original_size = models.PositiveIntegerField(editable=False)
    original_sha256 = models.CharField(max_length=64, editable=False)
    copy = SealedFileField()
    copy_size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True, editable=False)
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
        help_text=_("Nobody: it came from the person who asked for help."),
    )
    is_for_applicant = models.BooleanField(_("the person may open it on the portal"), default=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="document_belongs_somewhere",
                condition=Q(intake__isnull=False) | Q(case__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class NoteQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Notes of a case one works on; those for oneself only by who wrote them."""
        return self.filter(case__in=Case.objects.visible_to(user)).filter(
            Q(is_private=False) | Q(written_by=user)
        )


@tracked()
class Note(ProtectedRow):
    """What colleagues write for each other. The person never sees it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    text = ProtectedTextField(_("note"), max_length=10_000)
    is_private = models.BooleanField(_("only for me"), default=False)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["written_at", "pk"]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
