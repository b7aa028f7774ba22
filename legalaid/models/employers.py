"""Who the complaints are about: a register that all cases share."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sanasezim.shared.history import tracked
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField
from sanasezim.shared.search_keys import FindablePeople, SearchKeysField


class EmployerQuerySet(FindablePeople):
    def standing(self):
        """Without the rows that turned out to be another one."""
        return self.filter(merged_into=None)

    def visible_to(self, user):
        """The register belongs to everybody who works on cases; the cases in it do not."""
        return self.standing() if user.has_perm("legalaid.view_employer") else self.none()


@tracked(exclude=["search_keys"])
class Employer(ProtectedRow):
    """A firm, a farm, a household or a middleman. One row, whatever names it goes by."""

    name = ProtectedTextField(pgettext_lazy("employer", "name"), max_length=200, blank=False)
    other_names = ProtectedTextField(
        _("other names"),
        max_length=1000,
        help_text=_("One a line: spellings, earlier names, what workers call it."),
    )
    number = ProtectedTextField(
        _("BIN or IIN"), max_length=40, help_text=_("Twelve digits, if they are known.")
    )
    phones = ProtectedTextField(_("phone numbers"), max_length=400, help_text=_("One a line."))
    place = ProtectedTextField(_("place"), max_length=400)
    sector = models.CharField(_("kind of work"), max_length=80, blank=True)
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_rows",
        verbose_name=_("is the same as"),
    )
    merged_at = models.DateTimeField(_("merged at"), null=True, blank=True, editable=False)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("merged by"),
    )
    search_keys = SearchKeysField(
        names=["name", "other_names"], phones=["phones"], documents=["number"]
    )

    objects = EmployerQuerySet.as_manager()

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering = ["pk"]
        indexes = [GinIndex(fields=["search_keys"], name="employer_search_keys")]
        constraints = [
            models.CheckConstraint(
                name="employer_merged_by_somebody",
                condition=Q(merged_into=None, merged_at=None, merged_by=None)
                | Q(merged_into__isnull=False, merged_at__isnull=False, merged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="employer_is_not_merged_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                violation_error_message=_("This is the same row."),
            ),
        ]

    def __str__(self):
        # It may be a private person.
        return f"{self._meta.verbose_name} {self.pk}"
