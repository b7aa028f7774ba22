"""What happens when, for the calendars of telephones (iCalendar, RFC 5545). Times are in UTC."""

import datetime

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.showing import place_of

LINE = 75  # bytes, the line break not counted
ALL_DAY = datetime.timedelta(days=1)
GUESSED = datetime.timedelta(hours=1)  # where nobody said until when


def answer(events, name, items=None):
    """A calendar of these events and all of their programme, or of some items of it."""
    title = _("Sana Sezim: 18 December")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sana Sezim//Portal//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(title)}",
    ]
    for event in events:
        if items is None:
            lines += _whole(event)
        for item in event.programme.all():
            if item.text and (items is None or item in items):
                lines += _item(event, item)
    lines.append("END:VCALENDAR")
    body = "".join(f"{_folded(line)}\r\n" for line in lines)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _whole(event):
    return [
        *_begin(event, f"day-{event.pk}", event.text),
        f"DTSTART;VALUE=DATE:{event.starts_on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.ends_on + ALL_DAY:%Y%m%d}",
        f"SUMMARY:{_text(event.text.title)}",
        *([f"DESCRIPTION:{_text(event.text.summary)}"] if event.text.summary else []),
        f"URL:{_address(event)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _item(event, item):
    place = place_of(item)
    if item.starts_at:
        times = [
            f"DTSTART:{_utc(item.starts_at)}",
            f"DTEND:{_utc(item.ends_at or item.starts_at + GUESSED)}",
        ]
    else:
        times = [
            f"DTSTART;VALUE=DATE:{item.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{item.day + ALL_DAY:%Y%m%d}",
        ]
    return [
        *_begin(event, f"item-{item.pk}", item.text),
        *times,
        f"SUMMARY:{_text(item.text.title)}",
        *([f"LOCATION:{_text(place)}"] if place else []),
        *([f"DESCRIPTION:{_text(item.text.about)}"] if item.text.about else []),
        f"URL:{_address(event)}",
        "END:VEVENT",
    ]


def _begin(event, identifier, text):
    # The same thing keeps its name in every calendar, so that a change is no second entry.
    domain = settings.SITE_ORIGIN.partition("//")[2] or "localhost"
    return [
        "BEGIN:VEVENT",
        f"UID:{identifier}@{domain}",
        f"DTSTAMP:{_utc(event.publish_at or timezone.now())}",
        f"CATEGORIES:{text.language.upper()}",
    ]


def _address(event):
    return f"{settings.SITE_ORIGIN}{event.get_absolute_url()}"


def _utc(moment):
    return f"{moment.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}"


def _text(text):
    """RFC 5545, 3.3.11."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line):
    """A long line in pieces of 75 bytes; no letter is cut."""
    pieces, piece, room = [], "", LINE
    for letter in line:
        if len((piece + letter).encode()) > room:
            pieces.append(piece)
            piece, room = "", LINE - 1  # a space goes before
        piece += letter
    return "\r\n ".join([*pieces, piece])
