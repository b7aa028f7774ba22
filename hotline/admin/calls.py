"""Where the operators write down the calls."""

from django.contrib import admin

from hotline.models import Call
from sanasezim.shared import masks
from sanasezim.shared.guarded_admin import GuardedAdmin


@admin.register(Call)
class CallAdmin(GuardedAdmin):
    list_display = [
        "__str__",
        "started_at",
        "kind",
        "relation",
        "language",
        "outcome",
        "answered_by",
    ]
    list_select_related = ["answered_by"]
    list_filter = ["started_at", "kind", "relation", "language", "outcome", "office", "project"]
    date_hierarchy = None
    filter_horizontal = ["topics"]
    fields = [
        *[("started_at", "kind"), ("line", "office", "project")],
        *[("relation", "group", "language"), "caller_name", "phone", "topics", "notes"],
        *["person", "heard_from", "outcome"],
    ]
    raw_id_fields = ["person"]
    masked = {"caller_name": masks.initials, "phone": masks.last_two}

    def case_of(self, row):
        return row.intake.case if row.intake else None

    def save_model(self, request, obj, form, change):
        if not change:
            obj.answered_by = request.user
        super().save_model(request, obj, form, change)
