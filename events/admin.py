"""Where coordinators make the page of 18 December."""

from django.contrib import admin

from events.models import Event, EventText
from sanasezim.shared.admin import TextInline, TextsAdmin


class EventTextInline(TextInline):
    model = EventText


@admin.register(Event)
class EventAdmin(TextsAdmin):
    list_display = ["year", "starts_on", "ends_on", "publish_at"]
    fields = ["year", "starts_on", "ends_on", "publish_at", "materials", "handouts"]
    filter_horizontal = ["materials"]
    autocomplete_fields = ["handouts"]
    inlines = [EventTextInline]

    def has_delete_permission(self, request, obj=None):
        return False
