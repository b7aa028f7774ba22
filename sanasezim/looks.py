"""The record of looks, for the director: all of it, by record, and whom an account touched."""

import datetime

from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min, Sum
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanasezim.shared import access_log
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import AccessEntry, User

MOST_TOUCHED = 5000


def record_name(label, number):
    """ "case C-A7K-3FM": what a record of looks means by a kind and a number."""
    if not label:
        return "–"
    try:
        model = apps.get_model(label)
    except LookupError:
        return f"{label} {number or ''}"
    if number is None:
        return model._meta.verbose_name_plural
    row = model._base_manager.filter(pk=number).first() if hasattr(model, "reference") else None
    return f"{model._meta.verbose_name} {row.reference if row else number}"


class TouchedForm(forms.Form):
    """Whose looks, and when."""

    account = forms.ModelChoiceField(User.objects.order_by("username"), label=_("account"))
    since = forms.DateTimeField(
        label=_("from"), widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )
    until = forms.DateTimeField(
        label=_("to"), widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] > cleaned["until"]:
            self.add_error("until", _("The end is before the beginning."))
        return cleaned


@admin.register(AccessEntry)
class AccessEntryAdmin(admin.ModelAdmin):
    list_display = ["at", "who", "roles", "action", "record", "inside", "why", "rows"]
    list_display_links = None
    list_select_related = ["who"]
    list_filter = ["at", "action", "why", "who"]
    list_per_page = 100
    show_full_result_count = False
    actions = None
    change_list_template = "admin/shared/looks.html"

    @admin.display(description=_("record"))
    def record(self, entry):
        return record_name(entry.what, entry.what_id)

    @admin.display(description=_("inside"))
    def inside(self, entry):
        return record_name(entry.within, entry.within_id)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        return [
            path("touched/", self.admin_site.admin_view(self.touched), name="looks_touched"),
            path(
                "of/<str:label>/<int:number>/",
                self.admin_site.admin_view(self.of_record),
                name="looks_of",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            access_log.record(
                Action.VIEW,
                by=request.user,
                request=request,
                what=AccessEntry,
                rows=len(shown["cl"].result_list),
            )
        return response

    def touched(self, request):
        """Whom an account touched between two moments: what must be told after a breach."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.localtime()
        asked = "account" in request.GET
        initial = {"since": now - datetime.timedelta(days=1), "until": now}
        form = TouchedForm(request.GET if asked else None, initial=initial)
        touched, entries = [], AccessEntry.objects.none()
        if asked and form.is_valid():
            entries = AccessEntry.objects.filter(
                who=form.cleaned_data["account"],
                at__gte=form.cleaned_data["since"],
                at__lte=form.cleaned_data["until"],
            )
            touched = touched_by(entries)
            access_log.record(
                Action.VIEW,
                by=request.user,
                request=request,
                what=form.cleaned_data["account"],
                rows=len(touched),
            )
        context = self.admin_site.each_context(request) | {
            "title": _("Whom an account touched"),
            "opts": self.opts,
            "form": form,
            "asked": asked and form.is_valid(),
            "touched": touched,
            "exported": entries.filter(action=Action.EXPORT).aggregate(rows=Sum("rows"))["rows"],
        }
        return render(request, "admin/shared/touched.html", context)

    def of_record(self, request, label, number):
        """Everybody who looked at one record, or at anything inside it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):
            raise Http404 from None
        entries = AccessEntry.objects.about(model(pk=number)).select_related("who")
        context = self.admin_site.each_context(request) | {
            "title": _("Who looked"),
            "opts": self.opts,
            "name": record_name(label, number),
            "entries": [(entry, record_name(entry.what, entry.what_id)) for entry in entries[:500]],
            "people": entries.order_by()
            .values("who__username", "roles")
            .annotate(times=Count("pk"), first=Min("at"), last=Max("at"))
            .order_by("-last"),
        }
        access_log.record(
            Action.VIEW,
            by=request.user,
            request=request,
            what=model(pk=number),
            rows=len(entries[:500]),
        )
        return render(request, "admin/shared/looks_of.html", context)


def touched_by(entries):
    """The records among these entries: a list of (name, actions, first, last)."""
    rows = (
        entries.exclude(what_id=None)
        .order_by()
        .values("what", "what_id")
        .annotate(times=Count("pk"), first=Min("at"), last=Max("at"))
        .order_by("-last")[:MOST_TOUCHED]
    )
    actions = {}
    for what, number, action in entries.values_list("what", "what_id", "action").distinct():
        actions.setdefault((what, number), []).append(Action(action).label)
    return [
        {
            **row,
            "name": record_name(row["what"], row["what_id"]),
            "actions": actions[row["what"], row["what_id"]],
        }
        for row in rows
    ]
