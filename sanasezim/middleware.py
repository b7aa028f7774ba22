"""What happens around every request: the page cache, the security headers, the language."""

import pghistory
from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from sanasezim.shared.languages import STAFF_LANGUAGES, html_lang
from sanasezim.shared.page_cache import PageCache

__all__ = ["History", "Language", "PageCache", "SecurityHeaders", "Sessions"]


class SecurityHeaders:
    """One strict policy for public pages and the admin alike. A response may ask for a stricter one."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.headers = {
            "Content-Security-Policy": "; ".join(
                f"{directive} {' '.join(sources)}"
                for directive, sources in settings.SECURE_CSP.items()
            ),
            "Permissions-Policy": (
                "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
                "browsing-topics=(), interest-cohort=()"
            ),
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Resource-Policy": "same-origin",
        }

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response


class Sessions(SessionMiddleware):
    """Staff only: a reading page never looks at its session, so it sets no cookie."""

    def process_request(self, request):
        super().process_request(request)
        request.session.user_agent = request.META.get("HTTP_USER_AGENT", "")
        request.session.is_by_itself = "X-By-Itself" in request.headers

    def process_response(self, request, response):
        response = super().process_response(request, response)
        if request.path_info.startswith("/staff/"):
            # Nothing of it stays in a browser: after signing out, Back shows nothing.
            response.headers["Cache-Control"] = "no-store"
        return response


class History:
    """What staff change is kept with who changed it (pghistory). A reading page asks for no account."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method != "POST" or not request.path_info.startswith("/staff/"):
            return self.get_response(request)
        with pghistory.context(user=request.user.pk):
            return self.get_response(request)


class Language(LocaleMiddleware):
    """Readers: the language stands in the address. Staff: the language of their account. No cookie."""

    def process_request(self, request):
        if request.path_info.startswith("/staff/"):
            language = self.staff_language(request)
            translation.activate(language)
            request.LANGUAGE_CODE = language
        else:
            super().process_request(request)

    def staff_language(self, request):
        if request.user.is_authenticated:
            return request.user.language
        wanted = translation.get_language_from_request(request)
        return wanted if wanted in STAFF_LANGUAGES else settings.LANGUAGE_CODE

    def process_response(self, request, response):
        response = super().process_response(request, response)
        response.headers["Content-Language"] = html_lang(translation.get_language())
        if request.path_info.startswith("/staff/"):
            patch_vary_headers(response, ["Cookie"])
        return response
