"""The page by which a partner answers a referral: by its link, without an account.

There is no cookie, and nothing but the link opens it. What was told is shown only when somebody asks
for it by a button: a messenger that looks at a link beforehand must not read it.
"""

import functools

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from legalaid import referrals
from legalaid.forms import Words, one_of
from legalaid.models import Referral
from sanasezim.shared import access_log
from sanasezim.shared.access_log import Action
from sanasezim.shared.languages import CODES, LANGUAGES, html_lang

Answer, Reached = Referral.Answer, Referral.Reached


class AnswerForm(forms.Form):
    answer = one_of(
        [
            (Answer.ACCEPTED, gettext_lazy("Yes, we take it on")),
            (Answer.DECLINED, gettext_lazy("No, we cannot")),
        ],
        label=gettext_lazy("Can you help?"),
    )
    words = Words(
        rows=3,
        max_length=1000,
        label=gettext_lazy("A word to us, if you like"),
        help_text=gettext_lazy("When they may come, whom to ask for, or why you cannot."),
    )

    def clean_answer(self):
        return self.cleaned_data["answer"] or _missing(_("Choose yes or no."))


class ReportForm(forms.Form):
    reached = one_of(
        [
            (Reached.HELPED, gettext_lazy("They were helped")),
            (Reached.PARTLY, gettext_lazy("They were helped in part")),
            (Reached.NOT_COME, gettext_lazy("They did not come")),
            (Reached.NOT_POSSIBLE, gettext_lazy("Help was not possible")),
        ],
        label=gettext_lazy("What came of it?"),
    )
    result = Words(rows=4, max_length=2000, label=gettext_lazy("In your words, if you like"))

    def clean_reached(self):
        return self.cleaned_data["reached"] or _missing(_("Choose what came of it."))


def _missing(words):
    raise ValidationError(words)


def by_link(view):
    """For whoever has the link, and for nothing that comes after them on the same computer."""

    @functools.wraps(view)
    def guarded(request, token):
        referral = referrals.find(request, token)
        if referral is None:
            raise Http404
        # The language stands beside the link, for there is no cookie to keep it.
        chosen = request.GET.get("lang", "")
        language = chosen if chosen in CODES else referral.language
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = view(request, referral)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
        return response

    # Nothing of the visitor's comes along with a form, so there is nothing a strange page could misuse.
    return csrf_exempt(guarded)


@sensitive_post_parameters()
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def partner(request, referral):
    """What we ask, yes or no, and later what came of it."""
    if request.method != "POST":
        return show(request, referral)
    step = request.POST.get("step", "")
    if step == "answer":
        return take(request, referral, "answer", AnswerForm(request.POST, prefix="answer"))
    if step == "report":
        return take(request, referral, "report", ReportForm(request.POST, prefix="report"))
    referrals.mark_opened(referral)
    note_down(request, referral, Action.VIEW)
    return show(request, referral, is_read=True)


def take(request, referral, step, form):
    done = {"answer": referrals.answer, "report": referrals.report}[step]
    if form.is_valid():
        if not referrals.may_answer(referral):
            form.add_error(None, _("So many answers have come. Wait an hour, or ring us."))
        else:
            try:
                taken = done(referral, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            else:
                if taken is None:
                    raise Http404
                note_down(request, taken, Action.CHANGE)
                return show(request, taken, is_read=True, thanks=step)
    return show(request, referral, is_read=True, status=422, **{step: form})


def note_down(request, referral, action):
    access_log.record(action, by=None, request=request, what=referral, within=referral.case)


def show(request, referral, *, is_read=False, status=200, thanks="", answer=None, report=None):
    """The request, as long as the partner may still need it: not when it has said no."""
    declined = referral.answer == Answer.DECLINED
    accepted = referral.answer == Answer.ACCEPTED
    is_read = is_read and not declined
    context = {
        "languages": [
            {
                "code": code,
                "name": name,
                "html_lang": html_lang(code),
                "url": f"?lang={code}",
                "current": code == request.LANGUAGE_CODE,
            }
            for code, name in LANGUAGES
        ],
        "referral": referral,
        "partner_name": referrals.name_of(referral.partner),
        "is_read": is_read,
        "accepted": accepted,
        "declined": declined,
        "thanks": thanks,
        "answer_form": answer or AnswerForm(prefix="answer"),
        "report_form": report or ReportForm(prefix="report"),
        "form": answer or report,
    }
    return render(request, "legalaid/partner.html", context, status=status)
