"""All cases: how much everybody has to do, and a colleague who leaves."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from legalaid import casework
from legalaid.admin.case_pages import number_of, refuse
from legalaid.casework_forms import HandOverForm
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import User


class Workload:
    """Pages of CaseAdmin for whoever answers for all cases."""

    def may_see_everybody(self, request):
        return request.user.has_perm("legalaid.view_every_case") and self.has_change_permission(
            request
        )

    def workload_view(self, request):
        """How many open cases each colleague has, and which of them wait."""
        if not self.may_see_everybody(request):
            raise PermissionDenied
        loads = casework.workload()
        self.record(request, Action.VIEW, rows=sum(load.led for load in loads))
        context = self.admin_site.each_context(request) | {
            "title": _("Who has how much to do"),
            "opts": self.opts,
            "loads": loads,
            "most": max([load.led for load in loads], default=0) or 1,
        }
        return TemplateResponse(request, "admin/legalaid/case_workload.html", context)

    def hand_over_view(self, request):
        """All open cases of a colleague who leaves, to others."""
        if not self.may_see_everybody(request):
            raise PermissionDenied
        with_cases = [load.user.pk for load in casework.workload() if load.led or load.on_teams]
        form = HandOverForm(
            request.POST or None,
            people=User.objects.filter(pk__in=with_cases).order_by("first_name", "username"),
            lawyers=casework.lawyers().order_by("first_name", "username"),
            initial={"leaving": number_of(request.GET.get("who"))},
        )
        if form.is_valid():
            try:
                cases = casework.hand_over(
                    form.cleaned_data["leaving"], by=request.user, to=form.cleaned_data["to"]
                )
            except ValidationError as refusal:
                refuse(form, refusal)
            else:
                for case in cases:
                    self.record(request, Action.CHANGE, case)
                self.message_user(
                    request,
                    ngettext(
                        "%(number)d case is handed over.",
                        "%(number)d cases are handed over.",
                        len(cases),
                    )
                    % {"number": len(cases)},
                )
                return redirect(reverse("admin:legalaid_case_workload"))
        context = self.admin_site.each_context(request) | {
            "title": _("A colleague leaves"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(
            request,
            "admin/legalaid/case_hand_over.html",
            context,
            status=422 if form.is_bound else 200,
        )
