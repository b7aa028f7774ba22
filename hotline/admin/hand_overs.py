"""Calls that were handed over: who they wait for, and who took them."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline import taking
from hotline.models import HandOver
from sanasezim.shared import masks
from sanasezim.shared.access_log import Action
from sanasezim.shared.guarded_admin import GuardedAdmin
from sanasezim.shared.long_lists import Tab


@admin.register(HandOver)
class HandOverAdmin(GuardedAdmin):
    list_display = ["colleague", "given_at", "is_urgent", "given_by", "accepted_by"]
    list_select_related = ["given_by", "accepted_by"]
    masked = {"caller_name": masks.initials, "phone": masks.last_two}
    change_form_template = "admin/hotline/hand_over_change.html"

    def get_tabs(self, request):
        return [
            Tab("waiting", gettext_lazy("Wait to be taken"), Q(accepted_at=None)),
            Tab("mine", gettext_lazy("Taken by me"), Q(accepted_by=request.user)),
            Tab("all", gettext_lazy("All")),
        ]

    # It is made from a call, and changed by taking it.

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        accept = self.admin_site.admin_view(self.accept_view)
        return [
            path("<int:pk>/accept/", accept, name="hotline_handover_accept"),
            *super().get_urls(),
        ]

    # Whose call it is, they learn who took it, and those of the line.

    def sees_call(self, request, given):
        return given.accepted_by_id == request.user.pk or request.user.has_perm("hotline.view_call")

    def identity_of(self, row):
        return row.call

    def may_reveal(self, request, row):
        return self.sees_call(request, row)

    def identity_context(self, request, row):
        if not self.sees_call(request, row):
            return {"masked": []}
        return super().identity_context(request, row)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        sees = obj is not None and self.sees_call(request, obj)
        context |= {"given": obj, "call": obj.call if sees else None}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def accept_view(self, request, pk):
        """Take it. From then on the call is theirs to see."""
        if not request.user.has_perm("hotline.change_handover"):
            raise PermissionDenied
        given = self.visible_or_none(request, pk)
        if given is None:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            taking.accept(given, by=request.user)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), "ERROR")
            return redirect("admin:hotline_handover_changelist")
        self.record(request, Action.CHANGE, given)
        self.message_user(request, _("The call is yours now. Ring the person as was agreed."))
        return redirect(self.page_of(given, "change"))
