"""18 December for readers: the right edition, each year at its address, and what goes with it."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import calendar, share_picture, showing
from events.models import Event
from sanasezim.shared.dates import month
from sanasezim.shared.languages import CODES
from sanasezim.shared.page_cache import keep_page
from sanasezim.shared.ranged import file_response

SECONDS_A_SLIDE = 12
A_SLIDE = 4  # items of the programme
MOST_ON_POSTER = 10


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
    """The edition that is right today: a count-down, the day itself, or what came of it."""
    archive = _archive()
    found = showing.current(archive)
    if found is None:
        return render(request, "events/none.html", {"archive": archive})
    return _page(request, Event.objects.for_readers().get(pk=found.pk), archive)


@require_safe
@keep_page
def event(request, year):
    return _event(request, year=year, kind=Event.Kind.MAIN)


@require_safe
@keep_page
def side_event(request, year, slug):
    return _event(request, year=year, slug=slug, kind=Event.Kind.SIDE)


def _event(request, **address):
    event = Event.objects.filter(**address).published().for_readers().first()
    if event is not None:
        return _page(request, event, _archive())
    # What was public and was taken away says so, and why.
    was_public = Event.objects.withdrawn().filter(publish_at__lte=timezone.now())
    gone = get_object_or_404(was_public.with_public_texts(), **address)
    context = {"event": gone, "text": gone.text, "archive": _archive()}
    return render(request, "events/withdrawn.html", context, status=410)


def preview(request, link):
    """An unpublished event, as its page will look."""
    return _page(request, Event.objects.for_preview().get(pk=link.target.pk), _archive(), link)


@require_safe
@keep_page
def archive(request):
    """Every year, with what came of it."""
    events = [event for event in Event.objects.main().published().for_readers() if event.text]
    return render(request, "events/archive.html", {"events": events})


@require_safe
@keep_page
def poster(request, year, slug=""):
    """One page for a door, with the way to the portal as a QR code."""
    context = _context(_public(year, slug))
    number, days = 0, []
    for day, items in context["programme"]:
        shown = items[: MOST_ON_POSTER - number]
        number += len(shown)
        days += [(day, shown)] if shown else []
    context |= {
        "is_long": number > MOST_ON_POSTER // 2,
        "is_cut": days != context["programme"],
        "programme": days,
    }
    return render(request, "events/poster.html", context)


@require_safe
@keep_page
def screen(request, year, slug=""):
    """Slides for the screen of a hall. They turn by themselves, without a script."""
    context = _context(_public(year, slug))
    slides = _slides(context)
    try:
        number = int(request.GET.get("slide", 1)) - 1
    except ValueError:
        number = 0
    number = number % len(slides)
    address = reverse("events:screen", args=[year, *filter(None, [slug])])
    context |= {
        "slide": slides[number],
        "number": number + 1,
        "slides": len(slides),
        "next": f"{address}?slide={(number + 1) % len(slides) + 1}",
        "before": f"{address}?slide={(number - 1) % len(slides) + 1}",
        "is_paused": "pause" in request.GET,
        "seconds": SECONDS_A_SLIDE,
    }
    return render(request, "events/screen.html", context)


def _slides(context):
    """[(kind, what it shows)]: the title between everything else, so that nobody waits for it."""
    shown = [("title", None)]
    for day, items in context["programme"]:
        shown += [
            ("programme", (day, items[first : first + A_SLIDE]))
            for first in range(0, len(items), A_SLIDE)
        ]
    shown += [("photo", photo) for photo in context["photos"]]
    shown += [("story", story) for story in context["stories"]]
    if context["numbers"]:
        shown.append(("numbers", context["numbers"]))
    shown.append(("hotline", None))
    return shown


@require_safe
def calendar_file(request, year, slug="", item=None):
    """The whole programme for a calendar, or one item of it."""
    event = _public(year, slug)
    items = None
    if item is not None:
        items = [one for one in event.programme.all() if one.pk == item and one.text]
        if not items:
            raise Http404
    return calendar.answer([event], f"sana-sezim-{year}", items)


@require_safe
def whole_calendar(request):
    """All events of this year and later, to subscribe to. ?lang= chooses the language."""
    first_year = timezone.localdate().year - 1
    events = Event.objects.published().filter(year__gte=first_year).for_readers()
    return calendar.answer([event for event in events if event.text], "sana-sezim")


@require_safe
def share_image(request, year, slug=""):
    """The picture of an edition for messengers, in the page's language."""
    event = _public(year, slug)
    data = share_picture.draw(
        event.starts_on.day,
        month(event.starts_on),
        str(event.year),
        event.text.title,
        _("International Migrants Day"),
    )
    response = HttpResponse(data, content_type="image/png")
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _public(year, slug):
    kind = Event.Kind.SIDE if slug else Event.Kind.MAIN
    events = Event.objects.published().for_readers()
    return get_object_or_404(events, year=year, slug=slug, kind=kind)


def _page(request, event, archive, preview=None):
    context = _context(event) | {"preview": preview, "archive": archive, "side": _side_events()}
    if not preview:
        context["json_ld"] = showing.json_ld(
            event, event.text, context["page_url"], context["picture_url"]
        )
    return render(request, "events/event_detail.html", context)


def _context(event):
    of_event = [event.year, *filter(None, [event.slug])]
    language = event.text.language if event.text else get_language()
    path = event.get_absolute_url().partition("/migrants-day/")[2]
    return showing.page_of(event) | {
        # A link that is forwarded leads to the language that is read here, if it is there.
        "event_path": path,
        "page_url": f"{settings.SITE_ORIGIN}/{language}/migrants-day/{path}",
        "picture_url": f"{settings.SITE_ORIGIN}{reverse('events:share_image', args=of_event)}",
        "calendar_url": reverse("events:calendar", args=of_event),
        "poster_url": reverse("events:poster", args=of_event),
        "screen_url": reverse("events:screen", args=of_event),
        "event_languages": [code for code in CODES if code in event.languages],
    }


def _archive():
    return [event for event in Event.objects.main().published().with_public_texts() if event.text]


def _side_events():
    """Those of this season: past ones stand in the archive of their year."""
    since = timezone.localdate() - showing.SEASON_AFTER
    events = Event.objects.side().published().filter(ends_on__gte=since).with_public_texts()
    return [event for event in events.order_by("starts_on") if event.text]
