"""Who the complaints are about: a register that all cases share."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.history import tracked
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField
from sanasezim.shared.search_keys import FindablePeople, SearchKeysField


class EmployerQuerySet(FindablePeople):
    def visible_to(self, user):
        """The register belongs to everybody who works on cases; the cases in it do not."""
        return self if user.has_perm("legalaid.view_employer") else self.none()


@tracked(exclude=["search_keys"])
class Employer(ProtectedRow):
    """A firm, a farm, a household or a middleman. One row, whatever names it goes by."""

    name = ProtectedTextField(_("name"), max_length=200, blank=False)
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
    search_keys = SearchKeysField(
        names=["name", "other_names"], phones=["phones"], documents=["number"]
    )

    objects = EmployerQuerySet.as_manager()

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering = ["pk"]
        indexes = [GinIndex(fields=["search_keys"], name="employer_search_keys")]

    def __str__(self):
        # It may be a private person.
        return f"{self._meta.verbose_name} {self.pk}"
