"""The case: the screen on which it is worked, and the steps that begin there."""

import functools

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from legalaid import casework
from legalaid.admin import case_screen, documents, pack, referrals
from legalaid.admin.case_acts import CaseActs
from legalaid.admin.case_list import CaseList
from legalaid.admin.case_pages import is_number
from legalaid.admin.case_people import CasePeople
from legalaid.admin.case_steps import STEPS, CaseSteps
from legalaid.admin.case_work import CaseWork
from legalaid.admin.pack import CasePack
from legalaid.admin.referrals import CaseReferrals
from legalaid.admin.workload import Workload
from legalaid.casework_forms import (
    ActForm,
    ClaimForm,
    DeadlineForm,
    FactsForm,
    OutcomeForm,
    ServiceForm,
    TaskForm,
    TeamForm,
)
from legalaid.models import Case
from sanasezim.shared.access_log import Action, Reason
from sanasezim.shared.guarded_admin import GuardedAdmin


@admin.register(Case)
class CaseAdmin(
    CaseList,
    CaseActs,
    CaseWork,
    CasePeople,
    CaseSteps,
    CaseReferrals,
    CasePack,
    Workload,
    GuardedAdmin,
):
    fields = ["opened_on", "lawyer", "topics", ("office", "project")]
    filter_horizontal = ["topics"]

    def case_of(self, row):
        return row if isinstance(row, Case) else row.case

    # A new case

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "lawyer":
            kwargs["queryset"] = casework.lawyers()
            kwargs.setdefault("initial", request.user.pk)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        obj.reference = casework.new_reference(Case, "C")
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        if self.seen_or_none(request, obj.pk) is None:
            return super().response_add(request, obj, post_url_continue)
        return redirect(self.page_of(obj, "change"))

    # Its screen

    def seen_or_none(self, request, pk):
        return case_screen.cases(request.user).filter(pk=pk).first()

    def screen_of(self, request, case):
        people_page = request.GET.get("people", "")
        return case_screen.Screen(
            case,
            request.user,
            kind=request.GET.get("show", ""),
            everything="all" in request.GET,
            people_page=max(1, int(people_page)) if people_page.isdecimal() else 1,
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        number = unquote(object_id)
        case = self.seen_or_none(request, int(number)) if is_number(number) else None
        if case is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        screen = self.screen_of(request, case)
        if request.method == "POST":
            return self.save_facts(request, screen)
        self.record(request, Action.VIEW, case)
        return self.show(request, screen)

    def show(self, request, screen, *, status=200, **forms):
        """The page. `forms` are those that were sent and are not right yet."""
        case = screen.case
        context = self.admin_site.each_context(request) | {
            "is_nav_sidebar_enabled": False,  # the screen needs the whole width
            "title": _("Case %(reference)s") % {"reference": case.reference},
            "opts": self.opts,
            "original": case,
            "case": case,
            "screen": screen,
            "kinds": case_screen.timeline.KINDS.items(),
            "steps": self.steps_for(screen),
            "others": self.colleagues_inside(screen),
            "reasons": Reason.choices,
            "keep_url": self.keep_url(screen),
            "may_see_employer": request.user.has_perm("legalaid.view_employer"),
            **self.forms_of(screen, forms),
            **documents.beside(screen.case, request.user),
            **referrals.beside(screen),
            **pack.beside(screen),
        }
        return TemplateResponse(request, "admin/legalaid/case_change.html", context, status=status)

    def keep_url(self, screen):
        """Where whoever leads the case says until when it is kept (retention.py)."""
        may = screen.leads and not screen.is_erased
        return self.page_of(screen.case, "keep") if may else ""

    def forms_of(self, screen, sent):
        if not screen.works:
            return {}
        forms = {
            "act": ActForm,
            "task": TaskForm,
            "deadline": DeadlineForm,
            "service": ServiceForm,
            "outcome": OutcomeForm,
            "claim": ClaimForm,
            "team": TeamForm,
            "facts": FactsForm,
        }
        return {
            f"{name}_form": sent.get(name) or form(prefix=name, screen=screen)
            for name, form in forms.items()
        }

    def colleagues_inside(self, screen):
        now = timezone.now()
        return [
            (
                screen.names.of_staff(row.user_id),
                row.seen_at,
                now - row.seen_at < case_screen.OPEN_NOW,
            )
            for row in casework.look_in(screen.case, by=screen.user)
        ]

    def get_urls(self):
        def page(address, view, name):
            return path(address, self.admin_site.admin_view(view), name=f"legalaid_case_{name}")

        pages = [
            *["act", "read", "unread", "task", "deadline", "finish", "take_up", "move"],
            *["service", "outcome", "claim", "recovery", "strike", "team_add", "team_remove"],
            *["people", "person_add", "person_remove", "open"],
            *["refer", "pack", "pack_decide", "print"],
        ]
        return [
            page("workload/", self.workload_view, "workload"),
            page("hand_over/", self.hand_over_view, "hand_over"),
            *(page(f"<int:pk>/{name}/", getattr(self, f"{name}_view"), name) for name in pages),
            *(
                page(f"<int:pk>/{name}/", functools.partial(self.step_view, name), name)
                for name in STEPS
            ),
            *super().get_urls(),
        ]

    # Facts

    def save_facts(self, request, screen):
        if not screen.works:
            raise PermissionDenied
        form = FactsForm(request.POST, prefix="facts", screen=screen)

        def do(typed):
            facts = {
                name: typed[name]
                for name in (
                    *("topics", "new_employer", "employer", "opened_on", "office"),
                    *("project", "exploitation", "place_of_exploitation", "referred_in"),
                )
                if name in typed
            }
            try:
                casework.change_facts(screen.case, by=request.user, seen=typed["seen"], **facts)
            except casework.ChangedMeanwhile:
                case = self.seen_or_none(request, screen.case.pk) or screen.case
                form.data = form.data.copy()
                form.data["facts-seen"] = casework.stamp_of_facts(case)
                raise
            self.note_down(request, screen, Action.CHANGE)

        return self.attempt(
            request, screen, "facts", form, do, where="#facts", said=_("The facts are saved.")
        )

    # Who else has it open

    def open_view(self, request, pk):
        """A sign of life of an open page; answers who else has it open and whether there is news."""
        case = self.seen_or_none(request, pk)
        if case is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        screen = self.screen_of(request, case)
        casework.forget_who_looked()
        others = [name for name, _at, is_now in self.colleagues_inside(screen) if is_now]
        words = ""
        if others:
            words = _("Also open at: %(who)s") % {"who": ", ".join(others)}
        return JsonResponse(
            {
                "others": words,
                "stamp": case_screen.stamp_of_page(case),
            }
        )
