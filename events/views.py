"""18 December for readers: the current edition, each year at its address, all of them in the archive."""

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from events.models import Event
from resources import library
from sanasezim.shared.page_cache import keep_page
from sanasezim.shared.ranged import file_response
from sanasezim.shared.text import render as render_markdown
from sanasezim.shared.text import with_facts


def current():
    """The edition to show now: the newest that is public, or None."""
    return Event.objects.main().published().with_public_texts().first()


@require_safe
def event_file(request, name):
    """A picture or film of an event. Its random name never comes again: it may be kept for ever."""
    ending = name.rpartition(".")[2]
    return file_response(
        request,
        settings.MEDIA_ROOT / "events" / name,
        etag=name.partition(".")[0],
        content_type={
            "webp": "image/webp",
            "jpg": "image/jpeg",
            "png": "image/png",
            "mp4": "video/mp4",
        }[ending],
        max_age=365 * 24 * 3600,
        immutable=True,
    )


@require_safe
@keep_page
def current_event(request):
    return render(request, "events/event_detail.html", _context(current()))


@require_safe
@keep_page
def event(request, year):
    found = get_object_or_404(Event.objects.main().published().with_public_texts(), year=year)
    return render(request, "events/event_detail.html", _context(found))


@require_safe
@keep_page
def side_event(request, year, slug):
    events = Event.objects.side().published().with_public_texts()
    found = get_object_or_404(events, year=year, slug=slug)
    return render(request, "events/event_detail.html", _context(found))


def preview(request, link):
    """An unpublished event, as its page will look."""
    return render(request, "events/event_detail.html", _context(link.target) | {"preview": link})


def _context(found):
    context = {
        "event": found,
        "archive": Event.objects.main().published().with_public_texts(),
        "today": timezone.localdate(),
    }
    if found and (text := found.text):
        html, contents, _minutes = render_markdown(text.body)
        context |= {
            "text": text,
            "contents": contents,
            "body": with_facts(html, text.language),
            "fell_back": text.language != get_language(),
            "materials": library.cards(found.materials.all()),
            "days_left": (found.starts_on - timezone.localdate()).days,
        }
    return context
