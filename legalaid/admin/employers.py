"""The register of employers."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from legalaid.models import Employer
from sanasezim.shared.guarded_admin import GuardedAdmin


@admin.register(Employer)
class EmployerAdmin(GuardedAdmin):
    list_display = ["__str__", "shown_name", "sector", "number_of_cases"]
    fields = ["name", "other_names", "place", "sector"]

    @admin.display(description=_("name"))
    def shown_name(self, employer):
        return employer.shown("name")

    @admin.display(description=_("cases"))
    def number_of_cases(self, employer):
        return employer.cases.count()
