"""The case: the screen on which it is worked."""

from django.contrib import admin

from legalaid import casework
from legalaid.models import Case, CaseMember, CasePerson
from sanasezim.shared.guarded_admin import GuardedAdmin, GuardedTabularInline


class CasePersonInline(GuardedTabularInline):
    model = CasePerson


class CaseMemberInline(GuardedTabularInline):
    model = CaseMember

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "user":
            kwargs["queryset"] = casework.colleagues()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Case)
class CaseAdmin(GuardedAdmin):
    list_display = ["reference", "opened_on", "lawyer", "office", "project", "closed_on"]
    list_select_related = ["lawyer", "office", "project"]
    list_filter = ["opened_on", "closed_on", "lawyer", "office", "project", "topics"]
    fields = [("opened_on", "closed_on"), "lawyer", "employer", "topics", ("office", "project")]
    filter_horizontal = ["topics"]
    inlines = [CasePersonInline, CaseMemberInline]

    def case_of(self, row):
        return row

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "lawyer":
            kwargs["queryset"] = casework.lawyers()
            kwargs.setdefault("initial", request.user.pk)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.reference = casework.new_reference(Case, "C")
        super().save_model(request, obj, form, change)
