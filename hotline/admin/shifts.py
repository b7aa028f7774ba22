"""The rota, and handing a shift over to the next."""

import datetime

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hotline import ringing_back, rota
from hotline.admin.callbacks import safe_words, span, with_attempts
from hotline.models import Callback, Shift
from sanasezim.shared import access_log, masks
from sanasezim.shared.access_log import Action
from sanasezim.shared.guarded_admin import GuardedAdmin
from sanasezim.shared.long_lists import Tab
from sanasezim.shared.models import staff_who_may


class HandOverNoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("For the next shift"),
        help_text=gettext_lazy("Numbers of callbacks and requests, never names or phones."),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
    )


@admin.register(Shift)
class ShiftAdmin(GuardedAdmin):
    list_display = ["__str__", "ends_at", "who_shown", "line"]
    list_select_related = ["who", "line"]
    fields = ["who", "line", "starts_at", "ends_at"]
    change_list_template = "admin/hotline/shift_list.html"

    def get_tabs(self, request):
        now = timezone.now()
        return [
            Tab("coming", _("now and later"), Q(ends_at__gt=now), ("starts_at", "pk")),
            Tab("over", _("over"), Q(ends_at__lte=now), ("-starts_at", "-pk")),
        ]

    def get_ordering(self, request):
        asked = request.GET.get("which")
        return ("-starts_at", "-pk") if asked == "over" else ("starts_at", "pk")

    @admin.display(description=gettext_lazy("who"))
    def who_shown(self, shift):
        return name_of(shift.who)

    def has_delete_permission(self, request, obj=None):
        # A shift that was only planned tells nothing of anybody.
        is_planned = obj is None or obj.starts_at > timezone.now()
        return is_planned and admin.ModelAdmin.has_delete_permission(self, request, obj)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "who":
            kwargs["queryset"] = staff_who_may("hotline.add_call").order_by(
                "first_name", "username"
            )
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "who":
            field.label_from_instance = name_of
        return field

    def get_changeform_initial_data(self, request):
        day = parse_date_or_none(request.GET.get("day"))
        line = request.GET.get("line", "")
        if day is None or not line.isdecimal():
            return {}
        begins = rota.midnight(day) + datetime.timedelta(hours=9)
        return {"line": line, "starts_at": begins, "ends_at": begins + 9 * rota.HOUR}

    def get_urls(self):
        def page(address, view, name):
            return path(address, self.admin_site.admin_view(view), name=f"hotline_shift_{name}")

        return [
            page("weeks/", self.weeks_view, "weeks"),
            page("weeks/repeat/", self.repeat_view, "repeat"),
            page("hand-over/", self.hand_over_view, "hand_over"),
            page("hand-over/sheet/", self.sheet_view, "sheet"),
            *super().get_urls(),
        ]

    # The rota

    def weeks_view(self, request):
        """Two weeks of every line: who answers, and when nobody does."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = parse_date_or_none(request.GET.get("from")) or timezone.localdate()
        monday = rota.monday_of(asked)
        context = self.admin_site.each_context(request) | {
            "title": _("Rota"),
            "opts": self.opts,
            "is_nav_sidebar_enabled": False,  # the page needs the whole width
            "monday": monday,
            "before": monday - rota.WEEK,
            "after": monday + rota.WEEK,
            "today": timezone.localdate(),
            "lines": rota.weeks(monday),
            "may_plan": self.has_add_permission(request),
        }
        return TemplateResponse(request, "admin/hotline/shift_weeks.html", context)

    def repeat_view(self, request):
        """The shifts of the week before once more."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        monday = rota.monday_of(
            parse_date_or_none(request.POST.get("from")) or timezone.localdate()
        )
        made = rota.repeat(monday)
        self.record(request, Action.ADD, rows=made)
        said = ngettext("%(number)d shift is planned.", "%(number)d shifts are planned.", made)
        self.message_user(request, said % {"number": made})
        return redirect(f"{reverse('admin:hotline_shift_weeks')}?from={monday.isoformat()}")

    # Handing over

    def sheet_context(self, request):
        sheet = rota.sheet()
        rows = [*sheet.overdue, *sheet.due, *sheet.later, *sheet.unsafe]
        with_attempts(rows)
        for shift in sheet.notes:
            shift.note_shown = shift.shown("hand_over")
        for each in rows:
            each.who_shown = each.shown("caller_name", masks.initials)
            each.phone_shown = each.shown("phone", masks.last_two)
            each.safe_words, each.when = safe_words(each), span(each.ring_from, each.ring_by)
        access_log.record(
            Action.VIEW, by=request.user, request=request, what=Callback, rows=len(rows)
        )
        return self.admin_site.each_context(request) | {
            "opts": self.opts,
            "is_nav_sidebar_enabled": False,  # the page needs the whole width
            "sheet": sheet,
            "now": timezone.now(),
            "tries": ringing_back.TRIES,
        }

    def may_hand_over(self, request):
        return self.has_view_permission(request) and request.user.has_perm("hotline.view_callback")

    def hand_over_view(self, request):
        """What the next shift must know, and a note to it."""
        if not self.may_hand_over(request):
            raise PermissionDenied
        shift = rota.own_shift(request.user)
        form = HandOverNoteForm(
            request.POST or None, initial={"note": shift.shown("hand_over") if shift else ""}
        )
        if request.method == "POST" and shift and form.is_valid():
            rota.hand_over(shift, note=form.cleaned_data["note"])
            self.record(request, Action.CHANGE, shift)
            self.message_user(request, _("Your note is there for the next shift."))
            return redirect("admin:hotline_shift_hand_over")
        context = self.sheet_context(request) | {
            "title": _("Hand the shift over"),
            "shift": shift,
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/hotline/shift_hand_over.html", context, status=status
        )

    def sheet_view(self, request):
        """The same on one printed page."""
        if not self.may_hand_over(request):
            raise PermissionDenied
        context = self.sheet_context(request) | {"title": _("Hand-over sheet")}
        return TemplateResponse(request, "admin/hotline/shift_sheet.html", context)


def name_of(user):
    return user.get_full_name() or user.username


def parse_date_or_none(text):
    """A day of this century; None for anything else."""
    try:
        day = parse_date(text or "")
    except ValueError:
        return None
    return day if day and 2000 <= day.year < 2100 else None
