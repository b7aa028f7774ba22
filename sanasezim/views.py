"""The pages that belong to no service: home, standing pages, previews, and what machines ask for."""

import hashlib
import json
import logging
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import showing
from events import views as events
from events.models import Event
from hotline.lines import status_of
from legalaid import visits
from resources import library
from resources import views as resources
from resources.models import Edition
from sanasezim import watching
from sanasezim.shared.house import main_line
from sanasezim.shared.languages import CODES
from sanasezim.shared.models import Partner, PreviewLink
from sanasezim.shared.page_cache import keep_page, saves_data
from sanasezim.shared.pages import page_context

logger = logging.getLogger(__name__)

PREVIEWS = {Edition: resources.preview, Event: events.preview}
MANIFEST_ICONS = [
    ("icon.svg", "any", "image/svg+xml", "any"),
    ("icon-192.png", "192x192", "image/png", "any"),
    ("icon-512.png", "512x512", "image/png", "any"),
    ("icon-maskable.png", "512x512", "image/png", "maskable"),
]


@require_safe
def root(request):
    response = redirect("home")
    response.headers["Location"] = f"/{get_language_from_request(request)}/"
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
@keep_page
def home(request):
    language = get_language()
    numbers = library.counts(library.Filters())["topic"]
    return render(
        request,
        "home.html",
        {
            "line_status": status_of(main_line()),
            "topics": [t for t in library.topics(language) if numbers.get(t.code)],
            "newest": library.finished_cards(
                library.shelf(library.Filters(), "new", 1, most=3), saves_data(request)
            ),
            "event": (event := showing.current()),
            "in_season": showing.in_season(event),
            "days_left": event and (event.starts_on - timezone.localdate()).days,
            "partners": Partner.objects.public().prefetch_related("texts"),
        },
    )


@require_safe
@keep_page
def page(request, slug):
    """About, partners, privacy, accessibility: written by staff."""
    context = page_context(slug)
    if slug == "partners":
        context["partners"] = Partner.objects.public().prefetch_related("texts")
    return render(
        request, f"pages/{slug}.html" if slug == "partners" else "pages/page.html", context
    )


@require_safe
@keep_page
def offline(request):
    """What the service worker shows for a page that was not read before."""
    return render(request, "offline.html")


@require_safe
def calendar(request):
    """18 December for a calendar that subscribes: ?lang= says in which language."""
    wanted = request.GET.get("lang")
    language = wanted if wanted in CODES else get_language_from_request(request)
    with translation.override(language):
        response = events.whole_calendar(request)
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def preview(request, token):
    """Something unpublished, for somebody without an account, until the link ends."""
    link = PreviewLink.objects.by_token(token).select_related("target_type").first()
    if not link or not link.target:
        raise Http404
    response = PREVIEWS[type(link.target)](request, link)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def exit_quickly(request):
    """Leave at once: what this browser kept of us is wiped on the way out."""
    response = visits.end(request, redirect(settings.EXIT_URL))
    response.status_code = 303
    response.headers["Clear-Site-Data"] = '"cache", "storage", "prefetchCache"'
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def healthz(request):
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request):
    """Whether this process may answer (503 if not), and what else must be looked at ("well").

    It may when the database is there, the code and the keys fit it, and nobody who was erased is back.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM content_stamp")
        troubles, state = watching.what_stops_us(), watching.state()
    except Exception:  # whatever it is, we are not ready
        return JsonResponse({"database": False}, status=503)
    for trouble in sum(troubles.values(), []):
        logger.error(trouble)  # not for whoever asks: it names folders
    answer = {"database": True} | {what: not found for what, found in troubles.items()}
    may_answer = all(answer.values())
    answer |= {part: getattr(state, part) for part in ("disk", "queue", "letters", "backup")}
    answer["backup_age_hours"] = state.backup_age and round(
        state.backup_age.total_seconds() / 3600, 1
    )
    answer["well"] = may_answer and state.is_well
    return JsonResponse(answer, status=200 if may_answer else 503)


@require_safe
def robots(request):
    lines = [
        "User-agent: *",
        "Disallow: /staff/",
        "Disallow: /preview/",
        "Disallow: /partner/",
        *(f"Disallow: /{code}/help/s" for code, _name in settings.LANGUAGES),
        f"Sitemap: {settings.SITE_ORIGIN}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
def manifest(request):
    response = HttpResponse(
        json.dumps(
            {
                "name": _("Sana Sezim: help for migrants"),
                "short_name": "Sana Sezim",
                "start_url": "/",
                "scope": "/",
                "display": "browser",
                # --paper and --deep of portal.css
                "background_color": "#fdf8ef",
                "theme_color": "#0b4a52",
                "icons": [
                    {
                        "src": staticfiles_storage.url(f"icons/{name}"),
                        "sizes": sizes,
                        "type": kind,
                        "purpose": purpose,
                    }
                    for name, sizes, kind, purpose in MANIFEST_ICONS
                ],
            },
            ensure_ascii=False,
        ),
        content_type="application/manifest+json",
    )
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
def service_worker(request):
    """Served from the root, so that it may look after the whole portal."""
    script = Path(finders.find("js/sw.js")).read_text(encoding="utf-8")
    css = staticfiles_storage.url("css/portal.css")
    # The stylesheet's fingerprint is the version: a new look must not meet an old one in the cache.
    version = (
        hashlib.sha256((script + css).encode()).hexdigest()[:8] if settings.OFFLINE_READING else ""
    )
    response = HttpResponse(
        script.replace("{{css}}", css).replace("{{version}}", version),
        content_type="text/javascript",
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def favicon(request):
    return redirect(staticfiles_storage.url("icons/icon.svg"), permanent=False)
