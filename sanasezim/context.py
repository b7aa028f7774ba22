"""What every page shows: the hotline button, the language links, where we are."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from sanasezim.shared.house import main_line
from sanasezim.shared.languages import LANGUAGES, html_lang
from sanasezim.shared.page_cache import saves_data


def portal(request):
    language = get_language()
    path = request.get_full_path()
    match = request.resolver_match
    return {
        "language": language,
        "html_lang": html_lang(language),
        "languages": [
            {
                "code": code,
                "name": name,
                "html_lang": html_lang(code),
                "url": in_language(path, language, code),
                "current": code == language,
            }
            for code, name in LANGUAGES
        ],
        "main_line": SimpleLazyObject(main_line),
        "canonical_url": settings.SITE_ORIGIN + request.path,
        "site_origin": settings.SITE_ORIGIN,
        "demo": settings.DEMO,
        "lite": saves_data(request),
        "section": (match.app_name or match.url_name) if match else "",
    }


def in_language(path, current, wanted):
    """The same page and query in another language: every public address begins with its language.

    >>> in_language("/ru/library/?q=visa", "ru", "tg")
    '/tg/library/?q=visa'
    """
    prefix = f"/{current}/"
    return f"/{wanted}/{path[len(prefix) :]}" if path.startswith(prefix) else f"/{wanted}/"
