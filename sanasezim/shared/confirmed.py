"""Asking again who somebody is, before what could do the most harm: an export, an erasure, a role.

    @ask_again
    def export(request): …

or, where only some requests need it, and in methods of an admin:

    if answer := confirmed.ask(request):
        return answer

Look at the permission before: the page that asks is for somebody who may.

Whoever has a second factor gives a code, others their password; that holds for ten minutes in this
session. Signing in does not count: a session left open is what this is about. The page that asks
carries along what was posted, so nothing has to be typed twice. It cannot carry files.
"""

import functools

from django import forms
from django.conf import settings
from django.contrib import admin
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanasezim.shared import access_log, accounts, limits, network, second_factor
from sanasezim.shared.access_log import Action

# In the session: when, and whether both were given
CONFIRMED = "confirmed"
PREFIX = "again"
PURPOSE = "confirm again"


class AgainForm(forms.Form):
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code from your app, or a recovery code"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args, asked, **kwargs):
        super().__init__(*args, prefix=PREFIX, **kwargs)
        for name in list(self.fields):
            if name not in asked:
                del self.fields[name]
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True


def ask_again(view):
    """Decorator: the view runs only for somebody who has just proved again who they are."""

    @functools.wraps(view)
    def asking_view(request, *args, **kwargs):
        return ask(request) or view(request, *args, **kwargs)

    return asking_view


def ask(request, *, both=False):
    """None when this person may go on; else the page that asks. `both`: password and code."""
    answers = request.method == "POST" and f"{PREFIX}-then" in request.POST
    if is_confirmed(request, both=both):
        return _go_on(request) if answers else None
    asked = _asked(request, both)
    if not answers:
        return _page(request, AgainForm(asked=asked), 200)
    form = AgainForm(request.POST, asked=asked)
    if form.is_valid() and _prove(request, form):
        confirm(request.session, both=both)
        return _go_on(request)
    blocked = limits.count_of(PURPOSE, _key(request)) > settings.SIGN_IN_TRIES
    return _page(request, form, 429 if blocked else 422)


def is_confirmed(request, *, both=False):
    """Whether somebody gave a code, or a password, again within the last minutes."""
    held = request.session.get(CONFIRMED)
    if not held or both and not held["both"]:
        return False
    return 0 <= timezone.now().timestamp() - held["at"] < settings.CONFIRMED_SECONDS


def confirm(session, *, both=False):
    """Remember that it was proved, from now on."""
    session[CONFIRMED] = {"at": timezone.now().timestamp(), "both": both}


def _asked(request, both):
    has_factor = second_factor.of(request.user) is not None
    if both and has_factor:
        return ["password", "code"]
    return ["code"] if has_factor else ["password"]


def _prove(request, form):
    number = limits.count(
        PURPOSE, _key(request), settings.SIGN_IN_WINDOW, most=settings.SIGN_IN_TRIES
    )
    if number > settings.SIGN_IN_TRIES:
        form.add_error(None, _("Too many tries. Wait a quarter of an hour, then try again."))
        return False
    typed = form.cleaned_data
    # The password first: a code is not used up for nothing.
    if "password" in typed and not accounts.password_is_right(request.user, typed["password"]):
        form.add_error("password", _("This is not right."))
    elif "code" in typed:
        answer = second_factor.use(request.user, typed["code"])
        if not answer.is_right:
            form.add_error("code", REFUSALS[answer])
    if form.errors:
        access_log.record(
            Action.SIGN_IN_REFUSED, by=request.user, request=request, what=request.user
        )
        return False
    limits.forget(PURPOSE, _key(request))
    return True


REFUSALS = {
    second_factor.Answer.WRONG: _("This code is not right."),
    second_factor.Answer.USED: _("This code was used already. Wait until your app shows the next."),
    second_factor.Answer.WAIT: _(
        "There were too many wrong codes. Wait some minutes, or use a recovery code."
    ),
}


def _key(request):
    return f"{request.user.pk}\n{network.client_address(request)}"


def _go_on(request):
    if request.POST[f"{PREFIX}-then"] == "get":
        return redirect(request.get_full_path())
    # The view sees what was posted to it, and nothing of ours.
    request.POST = _without_ours(request.POST)
    return None


def _without_ours(posted):
    kept = posted.copy()
    for name in posted:
        if name.startswith(f"{PREFIX}-"):
            del kept[name]
    return kept


def _page(request, form, status):
    carried = _without_ours(request.POST)
    carried.pop("csrfmiddlewaretoken", None)
    then = request.POST.get(f"{PREFIX}-then", "post" if request.method == "POST" else "get")
    response = render(
        request,
        "admin/sign_in/again.html",
        admin.site.each_context(request)
        | {
            "title": _("Once more, to be sure"),
            "form": form,
            "then": then,
            "carried": [(name, value) for name in carried for value in carried.getlist(name)],
            "address": request.get_full_path(),
        },
        status=status,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
