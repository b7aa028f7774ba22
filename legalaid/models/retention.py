"""How long what people told us is kept, and the proof that it was erased."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.history import tracked


class DisposalBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A list of numbers and references: whoever may check it sees it, but no reference of others' cases."""
        return self if user.has_perm("legalaid.view_disposalbatch") else self.none()

    def waiting_for(self, user):
        """Lists that this person may check, or approve as the second one."""
        return self.visible_to(user).filter(approved_by=None).exclude(checked_by=user)

    def unfinished(self):
        return self.filter(erased_at=None)


@tracked()
class DisposalBatch(models.Model):
    """What some nights found to have reached its term. Erased when a second person has approved it."""

    class Kind(models.TextChoices):
        JUNK = "junk", _("junk intakes")
        DECLINED = "declined", _("declined and answered intakes")
        CASES = "cases", _("closed cases")
        CALLS = "calls", _("calls without a case")
        PEOPLE = "people", _("people without any record")
        WISHED = "wished", _("erasure that a person asked for")

    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    found_at = models.DateTimeField(_("found at"), auto_now_add=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = DisposalBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("disposal")
        verbose_name_plural = _("disposals")
        ordering = ["-found_at"]
        permissions = [("approve_disposal", _("Can check and approve a disposal"))]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(checked_by=None),
                name="disposal_unchecked_once_per_kind",
            ),
            models.CheckConstraint(
                name="disposal_approved_by_a_second_person",
                condition=Q(approved_by=None)
                | Q(checked_by__isnull=False) & ~Q(approved_by=F("checked_by")),
                violation_error_message=_("Somebody else must approve it."),
            ),
            models.CheckConstraint(
                name="disposal_erased_after_approval",
                condition=Q(erased_at=None) | Q(approved_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_checked(self):
        return self.checked_by_id is not None

    @property
    def is_approved(self):
        return self.approved_by_id is not None


class DisposalItemQuerySet(models.QuerySet):
    def waiting(self):
        """Neither erased nor left out."""
        return self.filter(erased_at=None, left_out_at=None)


class DisposalItem(models.Model):
    """One record of a batch, by its kind and number only: the number outlives the record."""

    class Because(models.TextChoices):
        """Why it is left out. It comes up again after a while."""

        NEEDED = "needed", _("a court, an authority or a claim still needs it")
        ASKED = "asked", _("the person asks us to keep it")
        UNSURE = "unsure", _("it has to be looked at first")
        NOT_DUE = "not_due", _("meanwhile held, opened again or written to")

    batch = models.ForeignKey(DisposalBatch, models.CASCADE, related_name="items")
    what = models.CharField(max_length=40)
    what_id = models.BigIntegerField()
    left_out_at = models.DateTimeField(null=True, blank=True)
    left_out_because = models.CharField(
        _("why it is left out"), max_length=10, choices=Because, blank=True
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = DisposalItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("record to dispose of")
        verbose_name_plural = _("records to dispose of")
        default_permissions = ()
        ordering = ["pk"]
        indexes = [models.Index(fields=["what", "what_id"], name="disposal_item_by_record")]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "what", "what_id"], name="disposal_item_once_per_batch"
            ),
            models.CheckConstraint(
                name="disposal_item_left_out_for_a_reason",
                condition=Q(left_out_at=None, left_out_because="")
                | Q(left_out_at__isnull=False) & ~Q(left_out_because=""),
                violation_error_message=_("Say why it is left out."),
            ),
            models.CheckConstraint(
                name="disposal_item_erased_or_left_out",
                condition=Q(erased_at=None) | Q(left_out_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.what} {self.what_id}"


class ErasedRow(models.Model):
    """A row that was erased, as an HMAC of its seal: a restored backup is searched for these again."""

    mark = models.CharField(max_length=64, primary_key=True)
    erased_on = models.DateField(auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = "mark of an erased row"
        verbose_name_plural = "marks of erased rows"

    def __str__(self):
        return self.mark[:8]
