"""Where staff work the intakes and cases."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from legalaid import casework
from legalaid.models import Case, CaseMember, CasePerson, Employer, Identity, Intake, Person
from sanasezim.shared import masks
from sanasezim.shared.guarded_admin import GuardedAdmin, GuardedTabularInline


class IdentityForm(forms.ModelForm):
    class Meta:
        model = Identity
        fields = ["name", "other_names", "phones", "messengers", "address", "documents"]
        widgets = {
            name: forms.Textarea({"rows": 2})
            for name in ["other_names", "phones", "messengers", "address", "documents"]
        }


class IdentityInline(admin.StackedInline):
    """Who it is, when a person is added. Later it stands masked on the page."""

    model = Identity
    form = IdentityForm
    can_delete = False
    max_num = 1


@admin.register(Person)
class PersonAdmin(GuardedAdmin):
    list_display = ["__str__", "sex", "citizenship", "language", "minor", "added_at"]
    list_filter = ["sex", "minor", "citizenship", "language"]
    ordering = ["-pk"]
    fields = [
        *[("sex", "minor"), ("birth_year",), ("age", "age_on", "age_is_about")],
        *[("citizenship", "home_region"), "language"],
    ]
    masked = {
        "name": masks.initials,
        "other_names": masks.initials,
        "phones": masks.last_two,
        "messengers": masks.hidden,
        "address": masks.hidden,
        "documents": masks.last_two,
    }

    def get_inlines(self, request, obj):
        return [IdentityInline] if obj is None else []

    def get_fields(self, request, obj=None):
        return self.fields

    def get_exclude(self, request, obj=None):
        return []

    def save_model(self, request, obj, form, change):
        if not change:
            obj.added_by = request.user
            # Whom an operator writes down has called; operators find callers.
            obj.is_caller = not request.user.has_perm("legalaid.view_case")
        super().save_model(request, obj, form, change)

    def identity_of(self, row):
        return Identity.objects.get_or_create(person=row)[0]

    def identity_form_class(self, identity):
        return IdentityForm


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


@admin.register(Intake)
class IntakeAdmin(GuardedAdmin):
    list_display = ["reference", "received_at", "channel", "relation", "in_danger", "decision"]
    list_filter = ["channel", "decision", "in_danger", "language", "office"]
    ordering = ["decided_at", "received_at"]
    filter_horizontal = ["topics"]
    fieldsets = [
        (None, {"fields": [("channel", "received_at"), ("office", "project")]}),
        (_("Who speaks"), {"fields": ["relation", "speaker_name", "language"]}),
        (_("What happened"), {"fields": ["topics", "story", ("country", "place")]}),
        (
            _("How to reach them safely"),
            {
                "fields": [
                    ("contact_by", "contact"),
                    "contact_when",
                    ("may_say_who", "others_answer", "in_danger"),
                ]
            },
        ),
    ]
    masked = {"speaker_name": masks.initials, "contact": masks.last_two}
    actions = ["accept"]

    def get_fieldsets(self, request, obj=None):
        hidden = self.masked if obj is not None else {}
        return [
            (name, options | {"fields": _without(options["fields"], hidden)})
            for name, options in self.fieldsets
        ]

    def case_of(self, row):
        return row.case

    def save_model(self, request, obj, form, change):
        if not change:
            obj.entered_by = request.user
            obj.reference = casework.new_reference(Intake, "R")
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Accept and open a case"), permissions=["accept"])
    def accept(self, request, queryset):
        for intake in queryset:
            try:
                case = casework.accept(intake, lawyer=request.user)
            except forms.ValidationError as refusal:
                self.message_user(request, f"{intake}: {' '.join(refusal.messages)}", "ERROR")
            else:
                self.record(request, "change", intake)
                self.message_user(
                    request,
                    _("%(intake)s is now case %(case)s.") % {"intake": intake, "case": case},
                )

    def has_accept_permission(self, request):
        return request.user.has_perm("legalaid.add_case")


def _without(fields, hidden):
    kept = []
    for field in fields:
        if isinstance(field, tuple):
            field = tuple(name for name in field if name not in hidden)
        if field and field not in hidden:
            kept.append(field)
    return kept


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
