"""Which page is the right one today, and what readers get of it. Reads, never writes."""

import datetime
import json

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from events.models import Event
from events.models.event import SEASON_AFTER
from resources import library
from sanasezim.shared.languages import best, html_lang
from sanasezim.shared.text import render as render_markdown
from sanasezim.shared.text import with_facts

# So long before the day it is the season: the home page leads to it.
SEASON_BEFORE = datetime.timedelta(days=60)

# What JSON in a page may not hold as it is, as Django's json_script has it.
ESCAPED = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def current(events=None, today=None):
    """The 18 December to show now, or None: in its season the last one, then the coming one.

    `events` are the public ones, and `today` is a day of Almaty.
    """
    today = today or timezone.localdate()
    if events is None:
        events = Event.objects.main().published().with_public_texts()
    events = sorted(events, key=lambda event: event.starts_on)
    past = [event for event in events if event.ends_on < today]
    coming = [event for event in events if event.ends_on >= today]
    is_near = coming and coming[0].starts_on - today <= SEASON_BEFORE
    if past and past[-1].ends_on + SEASON_AFTER >= today and not is_near:
        return past[-1]
    return coming[0] if coming else (past or [None])[-1]


def in_season(event, today=None):
    today = today or timezone.localdate()
    return (
        event is not None
        and event.starts_on - SEASON_BEFORE <= today <= event.ends_on + SEASON_AFTER
    )


def phase_of(event, today=None):
    """before, today or after"""
    today = today or timezone.localdate()
    if today < event.starts_on:
        return "before"
    return "today" if today <= event.ends_on else "after"


def page_of(event):
    """The context of an event's page."""
    today = timezone.localdate()
    text = event.text
    contents = render_markdown(text.body)[1]
    return {
        "event": event,
        "text": text,
        "body": _html_of(text) if text.body else "",
        "contents": contents,
        "fell_back": text.language != get_language(),
        "phase": phase_of(event, today),
        "days_left": (event.starts_on - today).days,
        "programme": days_of(event.programme.all()),
        "stories": [
            (story, story.text, _html_of(story.text)) for story in event.stories.all() if story.text
        ],
        "photos": [photo for photo in event.photos.all() if photo.text],
        "videos": [video for video in event.videos.all() if video.text],
        "press": event.press.all(),
        "numbers": event.numbers,
        "partners": [partner for partner in event.partners.all() if partner.text],
        "materials": library.cards(event.materials.all()),
    }


def _html_of(text):
    html, _contents, _minutes = render_markdown(text.body)
    return with_facts(html, text.language)


def days_of(programme):
    """[(day, its items)], those without words in any public language left out."""
    days = {}
    for item in programme:
        if item.text:
            days.setdefault(item.day, []).append(item)
    return list(days.items())


def place_of(item):
    """Where something of the programme is, in words; "" if nobody said."""
    if item.text.place:
        return item.text.place
    text = item.office and best(item.office.texts.all())
    return ", ".join(filter(None, [text.name, text.address])) if text else ""


def json_ld(event, text, address, picture):
    """The event as machines read it (schema.org), as a script that no browser runs."""
    begins = [item.starts_at for item in event.programme.all() if item.starts_at]
    items = [item for item in event.programme.all() if item.text]
    facts = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": text.title,
        "description": text.summary or text.theme,
        "inLanguage": html_lang(text.language),
        "startDate": min(begins, default=event.starts_on).isoformat(),
        "endDate": event.ends_on.isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "url": address,
        "image": picture,
        "isAccessibleForFree": True,
        "organizer": {"@type": "NGO", "name": "Sana Sezim"},
        "location": {
            "@type": "Place",
            "name": next(filter(None, map(place_of, items)), "Шымкент"),
            "address": {
                "@type": "PostalAddress",
                "addressLocality": "Шымкент",
                "addressCountry": "KZ",
            },
        },
        "subEvent": [
            {
                "@type": "Event",
                "name": item.text.title,
                "startDate": (item.starts_at or item.day).isoformat(),
                **({"endDate": item.ends_at.isoformat()} if item.ends_at else {}),
                "location": {"@type": "Place", "name": place_of(item) or "Шымкент"},
            }
            for item in items
        ],
    }
    # What could end the script is escaped: nothing of it is read as HTML.
    written = json.dumps(facts, ensure_ascii=False).translate(ESCAPED)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(written))  # noqa: S308
