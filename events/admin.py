"""Where coordinators make the page of 18 December."""

from django import forms
from django.contrib import admin
from django.db import models
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from events import publishing
from events.models import Event, EventText
from sanasezim.shared.admin import PreviewedAdmin, TextInline, TextsAdmin
from sanasezim.shared.languages import CODES


class EventTextInline(TextInline):
    model = EventText


@admin.register(Event)
class EventAdmin(PreviewedAdmin, TextsAdmin):
    list_display = ["year", "title", "starts_on", "state", "publish_at", "languages"]
    fieldsets = [
        (None, {"fields": ["year", "starts_on", "ends_on", "publish_at"]}),
        (_("Handed out"), {"fields": ["materials", "handouts"]}),
    ]
    autocomplete_fields = ["materials", "handouts"]
    formfield_overrides = {
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "label": _("Public from, Almaty time (UTC+5)"),
            "help_text": _("Empty means a draft."),
            "widget": forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
        }
    }
    inlines = [EventTextInline]
    view_on_site = False  # a draft has no public page; the template links to it when there is one
    change_form_template = "admin/events/event_change.html"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("texts")

    @admin.display(description=_("title"))
    def title(self, event):
        return event.text.title if event.text else ""

    @admin.display(description=_("state"))
    def state(self, event):
        name, label = state_of(event)
        return format_html('<span class="state state-{}">{}</span>', name, label)

    @admin.display(description=_("languages"))
    def languages(self, event):
        written = {text.language for text in event.texts.all()}
        return ", ".join(code for code in CODES if code in written)

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {}
        event = self.get_object(request, object_id)
        if event and self.has_view_permission(request, event):
            name, label = state_of(event)
            context = {
                "event_state": name,
                "event_state_label": label,
                "may_preview": self.may_preview(request),
                "preview_links": self.preview_links(request, event),
            }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        publishing.plan(form.instance)


def state_of(event):
    if event.publish_at is None:
        return "draft", _("draft")
    if event.publish_at > timezone.now():
        return "scheduled", _("scheduled")
    return "published", _("published")
