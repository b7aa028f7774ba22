"""The steps of a case that ask once more before they are taken."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from legalaid import casework
from legalaid.admin.case_pages import CasePages, refuse
from legalaid.casework_forms import (
    AssignForm,
    CloseForm,
    OfferForm,
    StepForm,
    TakeOverForm,
    WhyForm,
)
from sanasezim.shared.access_log import Action

# step → its form, who may, the button, and what will have happened
STEPS = {
    "take_over": (
        TakeOverForm,
        "offered",
        gettext_lazy("Take the case over"),
        gettext_lazy("You then lead it. Your colleague sees that you said yes."),
    ),
    "decline": (
        WhyForm,
        "offered",
        gettext_lazy("Do not take it over"),
        gettext_lazy("It stays with your colleague, who sees why. You no longer see the case."),
    ),
    "offer": (
        OfferForm,
        "lead",
        gettext_lazy("Offer to a colleague"),
        gettext_lazy("Your colleague sees the case and says yes or no. Until then it is yours."),
    ),
    "take_back": (
        StepForm,
        "lead",
        gettext_lazy("Take the offer back"),
        gettext_lazy("It is offered to nobody any longer."),
    ),
    "assign": (
        AssignForm,
        "assign",
        gettext_lazy("Give to another lawyer"),
        gettext_lazy("They lead the case from now on, without being asked."),
    ),
    "leave": (
        StepForm,
        "leave",
        gettext_lazy("Leave the team"),
        gettext_lazy("You no longer see the case. Your open tasks fall to its lawyer."),
    ),
    "close": (
        CloseForm,
        "lead",
        gettext_lazy("Close the case"),
        gettext_lazy("It ends with what came of it. It can be reopened."),
    ),
    "reopen": (
        WhyForm,
        "reopen",
        gettext_lazy("Reopen the case"),
        gettext_lazy("It goes on, and it is our turn. The outcomes stay."),
    ),
}


class CaseSteps(CasePages):
    def steps_for(self, screen):
        """What may be done with the case now, by this person: [(name, label, address)]."""
        case = screen.case
        offered = bool(case.transfer_to_id)
        possible = {
            "take_over": case.is_open,
            "decline": case.is_open,
            "offer": case.is_open and not offered,
            "take_back": case.is_open and offered,
            "assign": case.is_open,
            "leave": case.is_open,
            "close": case.is_open,
            "reopen": not case.is_open,
        }
        if screen.is_erased:
            return []
        return [
            (name, label, self.page_of(case, name))
            for name, (_form, who, label, _words) in STEPS.items()
            if possible[name] and self.may(screen, who)
        ]

    def may(self, screen, who):
        return {
            "offered": screen.is_offered,
            "lead": screen.leads,
            "reopen": screen.leads,
            "assign": screen.works and screen.user.has_perm("legalaid.view_every_case"),
            "leave": screen.works and screen.user.pk in screen.case.member_ids,
        }[who]

    def step_view(self, name, request, pk):
        """A step on the case: what it does, what it asks, and its button."""
        form_class, who, label, words = STEPS[name]
        case = self.seen_or_none(request, pk)
        if case is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        screen = self.screen_of(request, case)
        if screen.is_erased:
            return self.is_erased(request, screen)
        if not self.may(screen, who):
            return self.step_not_theirs(request, screen, name)
        form = form_class(request.POST if request.method == "POST" else None, screen=screen)
        if form.is_valid():
            try:
                self.take(name, screen, form.cleaned_data)
            except ValidationError as refusal:
                refuse(form, refusal)
            else:
                self.note_down(request, screen, Action.CHANGE)
                self.message_user(request, _("Done: %(step)s.") % {"step": label})
                if self.seen_or_none(request, pk) is None:
                    return redirect("admin:legalaid_case_changelist")
                return self.back(screen)
        return self.ask(
            request,
            screen,
            form,
            title=label,
            words=words,
            step=name,
            status=422 if form.is_bound else 200,
        )

    def step_not_theirs(self, request, screen, name):
        """An offer that was answered or taken back meanwhile is no forbidden page: they are told."""
        if name in ("take_over", "decline"):
            self.message_user(request, _("The case is no longer offered to you."), "ERROR")
            return self.back(screen)
        raise PermissionDenied

    def take(self, name, screen, typed):
        case, by = screen.case, screen.user
        steps = {
            "take_over": casework.take_over,
            "decline": casework.decline_offer,
            "offer": casework.offer,
            "take_back": casework.withdraw_offer,
            "assign": casework.assign,
            "close": casework.close,
            "reopen": casework.reopen,
        }
        if name == "leave":
            casework.take_off_team(case, by=by, colleague=by)
        else:
            steps[name](case, by=by, **typed)

    def ask(self, request, screen, form, *, title, words, status, step="", quoted=None, carried=()):
        context = self.admin_site.each_context(request) | {
            "title": title,
            "words": words,
            "opts": self.opts,
            "case": screen.case,
            "screen": screen,
            "form": form,
            "step": step,
            "quoted": quoted,
            "carried": carried,
        }
        return TemplateResponse(request, "admin/legalaid/case_step.html", context, status=status)
