"""What all pages below a case share: who comes in, what is written down, where it leads back to."""

import functools

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from legalaid import casework
from sanasezim.shared import access_log
from sanasezim.shared.access_log import Action

# What is typed about people stands in no report of an error.
typed_words = method_decorator(sensitive_post_parameters())


def of_a_case(*, works=True):
    """A page below one case: for whoever sees it, and where it writes, for whoever works on it."""

    def wrap(view):
        @functools.wraps(view)
        def guarded(self, request, pk):
            case = self.seen_or_none(request, pk)
            if case is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
            if works and request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            screen = self.screen_of(request, case)
            if works and screen.is_erased:
                return self.is_erased(request, screen)
            if works and not screen.works:
                raise PermissionDenied
            return view(self, request, screen)

        return guarded

    return wrap


class CasePages:
    """Pages of CaseAdmin, each below one case."""

    def note_down(self, request, screen, action, row=None, **more):
        """A line in the record of looks: about a row of the case, or about the case itself."""
        access_log.record(
            action,
            by=request.user,
            request=request,
            what=row or screen.case,
            within=screen.case,
            **more,
        )

    def is_erased(self, request, screen):
        """Whoever had its page open still is told why nothing happens."""
        try:
            casework.refuse_erased(screen.case)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), "ERROR")
        return self.back(screen)

    def back(self, screen, where=""):
        return redirect(self.page_of(screen.case, "change") + where)

    def attempt(self, request, screen, name, form, do, *, where, said=""):
        """Save what a form of the screen brought, or show the screen with what was refused."""
        if form.is_valid():
            try:
                do(form.cleaned_data)
            except ValidationError as refusal:
                refuse(form, refusal)
            else:
                if said:
                    self.message_user(request, said)
                return self.back(screen, where)
        return self.show_again(request, screen, name, form)

    def show_again(self, request, screen, name, form):
        """As it is now in the database, with the form as it was typed."""
        case = self.seen_or_none(request, screen.case.pk)
        if case is None:  # given away meanwhile
            self.message_user(request, _("This case is no longer with you."), "ERROR")
            return redirect("admin:legalaid_case_changelist")
        return self.show(request, self.screen_of(request, case), status=422, **{name: form})

    def change(self, request, screen, do, row, **more):
        """A small change of one row: done, or refused in a message above the page."""
        try:
            do(row, by=request.user, **more)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), "ERROR")
        else:
            self.note_down(request, screen, Action.CHANGE, row)


def refuse(form, refusal):
    """What a step refused, in the form: beside a field of the same name, or above it."""
    if hasattr(refusal, "error_dict"):
        for name, errors in refusal.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, refusal)


def is_number(text):
    return text.isdecimal() and len(text) < 19


def number_of(text):
    """A row's number as a form sends it; 0, which is nobody's, for anything else."""
    text = text or ""
    return int(text) if is_number(text) else 0
