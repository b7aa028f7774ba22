"""The triage queue: intakes, and what is decided about them."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from legalaid import casework
from legalaid.models import Intake
from sanasezim.shared import masks
from sanasezim.shared.guarded_admin import GuardedAdmin


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
