"""18 December for readers: the current edition, each year at its address, all of them in the archive."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from events.models import Event
from resources import library
from sanasezim.shared.page_cache import keep_page
from sanasezim.shared.text import render as render_markdown
from sanasezim.shared.text import with_facts


def current():
    """The edition to show now: the newest that is public, or None."""
    return Event.objects.published().prefetch_related("texts").first()


@require_safe
@keep_page
def current_event(request):
    return render(request, "events/event_detail.html", _context(current()))


@require_safe
@keep_page
def event(request, year):
    found = get_object_or_404(Event.objects.published().prefetch_related("texts"), year=year)
    return render(request, "events/event_detail.html", _context(found))


def preview(request, link):
    """An unpublished event, as its page will look."""
    return render(request, "events/event_detail.html", _context(link.target) | {"preview": link})


def _context(found):
    context = {
        "event": found,
        "archive": Event.objects.published().prefetch_related("texts"),
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
