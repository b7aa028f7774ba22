"""What is shown when something is wrong: in the reader's language, with the hotline number."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from legalaid import slips
from sanasezim.shared.house import main_line
from sanasezim.shared.keys import KeyTrouble
from sanasezim.shared.languages import LANGUAGES, html_lang
from sanasezim.shared.protected import Damaged
from sanasezim.shared.uploads import FormTooLarge

FORM = "application/x-www-form-urlencoded"


def error_page(request, status, **more):
    """Stands alone: it must come even when the database, the session or the language is what broke."""
    language = translation.get_language_from_path(request.path_info) or (
        translation.get_language_from_request(request)
    )
    try:
        line = main_line()
    except Exception:  # the page is about something being broken: it goes out without the number
        line = None
    with translation.override(language):
        body = render_to_string(
            f"errors/{status}.html",
            {
                "status": status,
                "language": language,
                "html_lang": html_lang(language),
                "languages": [
                    {"code": code, "name": name, "html_lang": html_lang(code), "url": f"/{code}/"}
                    for code, name in LANGUAGES
                ],
                "main_line": line,
                "demo": settings.DEMO,
                "request_path": request.path,
                **more,
            },
        )
    return HttpResponse(
        body,
        status=status,
        headers={"Cache-Control": "no-store", "Content-Language": html_lang(language)},
    )


def bad_request(request, exception=None):
    too_large = isinstance(exception, (FormTooLarge, RequestDataTooBig))
    return error_page(request, 413 if too_large else 400)


def forbidden(request, exception=None):
    return error_page(request, 403)


def csrf_failure(request, reason=""):
    return error_page(request, 403)


def not_found(request, exception=None):
    return error_page(request, 404)


class Damage:
    """A record whose protected bytes do not open is a page of its own: what it is, and whom to tell."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, Damaged):
            return HttpResponse(
                render_to_string("errors/damaged.html", {}, request),
                status=409,
                headers={"Cache-Control": "no-store"},
            )
        return None


def server_error(request):
    """A database that does not answer is a rest, not a mistake: readers are told to come back.

    So are keys that are not there: until they are, nothing about a person is shown or taken.
    """
    resting = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError, KeyTrouble))
    return error_page(request, 503 if resting else 500, typed=typed(request))


def typed(request):
    """What somebody typed into a public form, to be sent once more from the page that says it failed.

    Only what came from our own page, and what is read already: a file must not be read here. Not a
    secret code, which is quickly typed again.
    """
    is_read = hasattr(request, "_post") or request.content_type == FORM
    if request.method != "POST" or request.path_info.startswith("/staff/") or not is_read:
        return []
    try:
        slips.refuse_strangers(request)
        said = [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # the page about something being broken goes out in any case
        return []
    return [] if any(name == "code" for name, _value in said) else said
