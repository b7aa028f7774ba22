"""The hotline's public pages: the numbers, and asking to be called back.

The page of the numbers is the same for everybody and is kept. Those of the callback are kept nowhere,
neither by the portal nor by a browser, and leave no cookie; how we know a form of ours is in
legalaid/slips.py.
"""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from hotline import asking_back
from hotline.forms import CallbackForm
from hotline.lines import status_of
from legalaid.views import READING, languages_of, private
from sanasezim.shared.content_stamp import kept
from sanasezim.shared.house import lines
from sanasezim.shared.page_cache import keep_page, saves_data
from sanasezim.shared.pages import page_context

PLACE_OF_SLIP = "slip-of-this-page"


@require_safe
@keep_page
def hotline(request):
    """The numbers, what each is for and costs, open now or when next, and what happens when you call."""
    return render(
        request,
        "hotline/hotline.html",
        page_context("hotline") | {"lines": [status_of(line) for line in lines()]},
    )


@private
@require_http_methods([*READING, "POST"])
def callback(request):
    """Ask to be called back. A form that comes here is shown again, in this language."""
    if request.method != "POST":
        response = HttpResponse(_empty_form(request))
        response.headers["X-Robots-Tag"] = "all"  # whoever needs help must find it
        return response
    return _show_again(request, asking_back.slip_of(request))


@private
@require_http_methods([*READING, "POST"])
def callback_sent(request):
    """Save what was asked and say when we call. The answer is the page: nothing of it is in an address."""
    if request.method != "POST":
        return render(request, "hotline/callback_sent.html")
    slip = asking_back.slip_of(request)
    if slip is None:
        return _show_again(request, None)
    form = CallbackForm(request.POST)
    if not form.is_valid():
        return _show_form(request, form, asking_back.same_slip(slip))
    asked = asking_back.send(request, form, slip)
    return render(request, "hotline/callback_sent.html", {"callback": asked})


def _show_again(request, slip):
    """The form with what was typed. One that was none of ours, or open for too long, is answered 403."""
    form = CallbackForm(initial=CallbackForm.typed(request.POST))
    fresh = asking_back.same_slip(slip) if slip else asking_back.new_slip()
    response = _show_form(request, form, fresh, send_again=slip is None)
    response.status_code = 403 if slip is None else 200
    return response


def _show_form(request, form, slip, *, send_again=False):
    context = {
        "form": form,
        "slip": slip,
        "send_again": send_again,
        "keeps_answers": True,
        "languages": languages_of("hotline:callback"),
        "days": settings.KEEP_CALLBACKS.days,
    }
    return render(request, "hotline/callback.html", context)


def _empty_form(request):
    """The page as it is first shown. It differs by its slip only, so the rest is made once."""
    pages = _empty_forms()
    key = get_language(), saves_data(request)
    if key not in pages:
        pages[key] = _show_form(request, CallbackForm(), PLACE_OF_SLIP).content.decode()
    return pages[key].replace(PLACE_OF_SLIP, asking_back.new_slip())


@kept
def _empty_forms():
    return {}
