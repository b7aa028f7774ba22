"""Looking after the line: today's board, a month beside the year before, warnings, calls drawn by lot."""

import datetime

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hotline import supervision
from hotline.admin.shifts import parse_date_or_none
from hotline.models import CallerFlag, QualityNote
from sanasezim.shared import masks, phones
from sanasezim.shared.access_log import Action
from sanasezim.shared.guarded_admin import GuardedAdmin
from sanasezim.shared.long_lists import ChoiceFilter, Tab

BOARD_SECONDS = 60


class CallerFlagForm(forms.ModelForm):
    class Meta:
        model = CallerFlag
        fields = ["phone", "reason", "advice", "expires_at"]
        widgets = {"advice": forms.Textarea({"rows": 3})}

    def clean_phone(self):
        typed = self.cleaned_data["phone"]
        if not phones.ways_to_read(typed):
            raise ValidationError(_("This is no phone number. Look whether a digit is missing."))
        return phones.as_e164(typed) or typed


@admin.register(CallerFlag)
class CallerFlagAdmin(GuardedAdmin):
    list_display = ["__str__", "reason", "number", "expires_at"]
    list_filter = [("reason", ChoiceFilter)]
    fields = ["phone", "reason", "advice", "expires_at"]
    form = CallerFlagForm
    masked = {"phone": masks.last_two}

    def get_tabs(self, request):
        now = timezone.now()
        return [
            Tab("standing", _("that hold"), Q(expires_at__gt=now)),
            Tab("over", _("that hold no more"), Q(expires_at__lte=now)),
        ]

    @admin.display(description=gettext_lazy("number"))
    def number(self, flag):
        return flag.shown("phone", masks.last_two)

    def identity_form_class(self, identity):
        return forms.modelform_factory(CallerFlag, form=CallerFlagForm, fields=["phone"])

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_by = request.user
        super().save_model(request, obj, form, change)


class QualityNoteForm(forms.ModelForm):
    class Meta:
        model = QualityNote
        fields = ["mark", "note"]
        widgets = {"mark": forms.RadioSelect, "note": forms.Textarea({"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "mark" in self.fields:
            self.fields["mark"].choices = QualityNote.Mark.choices
            self.fields["mark"].required = True


@admin.register(QualityNote)
class QualityNoteAdmin(GuardedAdmin):
    list_display = ["__str__", "drawn_at", "mark_shown"]
    list_filter = [("mark", ChoiceFilter)]
    fields = ["call_shown", "mark", "note"]
    readonly_fields = ["call_shown"]
    form = QualityNoteForm
    change_list_template = "admin/hotline/quality_list.html"

    def get_tabs(self, request):
        waits = Q(looked_at=None)
        tabs = [
            Tab("waits", _("to be looked at"), waits),
            Tab("done", _("already looked at"), ~waits, ("-looked_at", "-pk")),
        ]
        return tabs if request.user.has_perm("hotline.supervise") else tabs[1:]

    def changelist_view(self, request, extra_context=None):
        may_draw = request.user.has_perm("hotline.supervise")
        return super().changelist_view(
            request, {"may_draw": may_draw, "sample": supervision.SAMPLE} | (extra_context or {})
        )

    @admin.display(description=gettext_lazy("how it was"))
    def mark_shown(self, note):
        return note.get_mark_display() or "–"

    @admin.display(description=gettext_lazy("call"))
    def call_shown(self, note):
        address = reverse("admin:hotline_call_change", args=[note.call_id])
        return format_html('<a href="{}">{}</a>', address, note.call)

    def has_add_permission(self, request):
        return False  # drawn by lot, not chosen

    def save_model(self, request, obj, form, change):
        supervision.judge(obj, by=request.user)

    def has_change_permission(self, request, obj=None):
        mine = obj is not None and obj.call.answered_by_id == request.user.pk
        return super().has_change_permission(request, obj) and not mine

    def get_urls(self):
        return [
            path("draw/", self.admin_site.admin_view(self.draw_view), name="hotline_quality_draw"),
            *super().get_urls(),
        ]

    def draw_view(self, request):
        if not request.user.has_perm("hotline.supervise"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        drawn = supervision.draw(by=request.user)
        self.record(request, Action.ADD, rows=len(drawn))
        said = ngettext("%(number)d call is drawn.", "%(number)d calls are drawn.", len(drawn))
        self.message_user(request, said % {"number": len(drawn)})
        return redirect("admin:hotline_qualitynote_changelist")


class Figures:
    """Pages of CallAdmin: how the line does, never how somebody does."""

    def figures_urls(self):
        def page(address, view, name):
            return path(address, self.admin_site.admin_view(view), name=f"hotline_call_{name}")

        return [
            page("board/", self.board_view, "board"),
            page("month/", self.month_view, "month"),
        ]

    def board_view(self, request):
        """The line today."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": _("The line today"),
            "opts": self.opts,
            "is_nav_sidebar_enabled": False,  # the page needs the whole width
            "board": supervision.board(),
            "seconds": BOARD_SECONDS,
        }
        response = TemplateResponse(request, "admin/hotline/board.html", context)
        response.headers["Refresh"] = str(BOARD_SECONDS)
        return response

    def month_view(self, request):
        """A month beside the same month of the year before."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = parse_date_or_none(f"{request.GET.get('month', '')}-01")
        first = (asked or timezone.localdate()).replace(day=1)
        calls, before, tables = supervision.month(first)
        last_month = (first - datetime.timedelta(days=1)).replace(day=1)
        context = self.admin_site.each_context(request) | {
            "title": _("A month and the year before"),
            "opts": self.opts,
            "is_nav_sidebar_enabled": False,  # the page needs the whole width
            "first": first,
            "year_before": first.replace(year=first.year - 1),
            "previous": last_month,
            "following": (first + datetime.timedelta(days=32)).replace(day=1),
            "calls": calls,
            "calls_before": before,
            "tables": tables,
        }
        return TemplateResponse(request, "admin/hotline/month.html", context)
