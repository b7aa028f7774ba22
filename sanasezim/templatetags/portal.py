"""What every template may use: icons and covers; sizes, phones and days as readers write them."""

import base64
import hashlib
from functools import cache, lru_cache

import segno
from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.defaultfilters import stringfilter
from django.template.loader import render_to_string
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, ngettext

from sanasezim.shared import dates, languages, phones
from sanasezim.shared.content_stamp import kept
from sanasezim.shared.house import main_line

register = template.Library()

NBSP = "\u00a0"

# Strokes on a 24 by 24 grid.
ICONS = {
    # Topics of the library
    "wages": "M3 6h18v11H3zM12 14.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM6 9.5v4M18 9.5v4M5 20.5h14",
    "registration": "M9 4H5.5v17H12M15 4h3.5v6M9 2.5h6v3H9zM9 10h5M9 14h2.5"
    "M17.5 21.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM17.5 15.5v2l1.5 1",
    "documents": "M5 2.5h12A2 2 0 0 1 19 4.5v15a2 2 0 0 1-2 2H5zM12 14a3.5 3.5 0 1 0 0-7"
    " 3.5 3.5 0 0 0 0 7zM8.5 10.5h7M12 7c-1.5 2-1.5 5 0 7M12 7c1.5 2 1.5 5 0 7M9.5 18h5",
    "health": "M12 20.5c-6-4-9-7-9-11A4.7 4.7 0 0 1 12 7a4.7 4.7 0 0 1 9 2.5c0 4-3 7-9 11z"
    "M3.5 12H8l1.5-3 2.5 6 1.5-3h2.5",
    "children": "M8 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 21v-5a5 5 0 0 1 9.5-2"
    "M17 15a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM13 21v-.5a4 4 0 0 1 8 0v.5",
    "trafficking": "M8 11l-3 3a3.5 3.5 0 0 0 5 5l3-3M11 8l3-3a3.5 3.5 0 0 1 5 5l-3 3"
    "M4 4l2 2M20 20l-2-2M8.5 2.5v2M2.5 8.5h2M15.5 21.5v-2M21.5 15.5h-2",
    "work-permit": "M3 8h18v12H3zM8.5 8V4.5h7V8M8.5 14l2.5 2.5 4.5-5",
    "violence": "M12 2.5l8 3v6c0 5-3.5 8.5-8 10-4.5-1.5-8-5-8-10v-6zM12 8v5M12 16.2v.3",
    "removal": "M12 3v17.5M7 20.5h10M4 6.5h16M5 6.5l-3 7a3.2 3.2 0 0 0 6 0z"
    "M19 6.5l-3 7a3.2 3.2 0 0 0 6 0z",
    "return-home": "M3 11.5L12 4l9 7.5M5.5 10v10.5h13V10M15.5 15h-6M12 12l-3 3 3 3",
    "rights": "M12 6.5c-2-1.5-5-2-9-2v14c4 0 7 .5 9 2 2-1.5 5-2 9-2v-14c-4 0-7 .5-9 2zM12 6.5v14",
    "job-adverts": "M4 10v4h3l9 5V5l-9 5zM19 9.5a3.5 3.5 0 0 1 0 5M8 14.5L9.5 20H12l-1.3-4.5",
    # What one can do
    "phone": "M6.5 3h3L11 8 8.8 9.6a12 12 0 0 0 5.6 5.6L16 13l5 1.5v3a3.5 3.5 0 0 1-3.5 3.5"
    "C9.5 21 3 14.5 3 6.5A3.5 3.5 0 0 1 6.5 3z",
    "exit": "M13 4H4.5v16H13M10 12h11M17 8l4 4-4 4",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21",
    "download": "M12 3v12M7 10.5l5 5 5-5M4 20.5h16",
    "print": "M7 8V3h10v5M7 17H3.5V8h17v9H17M7 13.5h10V21H7z",
    "share": "M8.5 13.3l7 4M15.5 6.7l-7 4M18 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 18 8z"
    "M6 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6z"
    "M18 21.6a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6z",
    "whatsapp": "M3.5 20.5l1.3-4A8.7 8.7 0 1 1 8 19.3z"
    "M9 8c-.6 2.5 3.6 7 6.5 6.8l.6-1.8-2.2-1.1-1 .9a6 6 0 0 1-2-2l.9-1-1-2.2z",
    "telegram": "M21.5 4l-19 7.3 6 2.2L18 7l-7 8 7 5.5zM8.5 13.5L10 20l2.5-3",
    "audio": "M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
    "calendar": "M4 5.5h16v15H4zM4 10h16M8.5 3v4M15.5 3v4",
    "globe": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18",
    "warning": "M12 3.5l9.5 17h-19zM12 10v4.5M12 17.3v.2",
    "check": "M4 12.5L9.5 18 20 7",
    "arrow": "M5 12h14M13 6l6 6-6 6",
    "back": "M19 12H5M11 6l-6 6 6 6",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.5l3.5 2",
    "close": "M6 6l12 12M18 6L6 18",
    "file": "M6 2.5h8l4.5 4.5v14.5H6zM14 2.5V7h4.5M9 12h6M9 16h6",
    "help": "M4 4h16v12.5h-9L6.5 21v-4.5H4zM10 8.5a2 2 0 1 1 2.8 1.8c-.6.3-.8.7-.8 1.4M12 13.8v.2",
    "home": "M3 11.5L12 4l9 7.5M5.5 10v10.5h13V10M10 20.5v-6h4v6",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "people": "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20.5v-1a6.5 6.5 0 0 1 13 0v1"
    "M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14a6.5 6.5 0 0 1 3.5 5.5v1",
    "pin": "M12 21.5c-5-5.5-7-8.5-7-12a7 7 0 0 1 14 0c0 3.5-2 6.5-7 12z"
    "M12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
}


@register.simple_tag
@cache
def integrity(name):
    """The hash of one of our scripts: a browser runs it only as it left us."""
    with staticfiles_storage.open(staticfiles_storage.stored_name(name)) as script:
        return f"sha256-{base64.b64encode(hashlib.sha256(script.read()).digest()).decode()}"


@register.simple_tag
@cache
def icon(name):
    """A picture beside words, never instead of them: screen readers skip it."""
    return format_html(
        '<svg class="icon" width="24" height="24" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="1.8" stroke-linecap="round" '
        'stroke-linejoin="round" aria-hidden="true"><path d="{}"/></svg>',
        ICONS.get(name, ICONS["file"]),
    )


# The bend of a ram's horn, qoshqar muyiz: on felt, on suzani and on the gates of the region.
_HORNS = (
    "M24 15V8.5C24 4.5 20 2 16 2s-6.5 2.5-6.5 5.5S12 12 14 12s3.5-1.3 3.5-3"
    "M24 8.5C24 4.5 28 2 32 2s6.5 2.5 6.5 5.5S36 12 34 12s-3.5-1.3-3.5-3"
    "M0 8l3.5 3.5L0 15M48 8l-3.5 3.5L48 15"
)


@register.simple_tag
def ornament(key):
    """The border under the header and over the footer. The key keeps ids apart on one page."""
    return format_html(
        '<svg class="ornament" width="100%" height="18" aria-hidden="true"><defs><pattern id="{0}" '
        'width="48" height="18" patternUnits="userSpaceOnUse"><path d="{1}" fill="none" '
        'stroke="currentColor" stroke-width="2" stroke-linecap="round"/></pattern></defs>'
        '<rect width="100%" height="18" fill="url(#{0})"/></svg>',
        f"ornament-{key}",
        mark_safe(_HORNS),  # noqa: S308 our own constant
    )


@register.filter
def tone(code):
    """One of six colours, always the same for the same publication."""
    return sum(map(ord, code)) % 6


@register.simple_tag
def drawn_cover(name, code="", kind=""):
    """The cover of what has no picture: the topic's icon, the code, one of six colours."""
    return format_html(
        '<span class="cover cover-{}" aria-hidden="true">{}<span class="cover-kind">{}</span>'
        '<span class="cover-code">{}</span></span>',
        tone(code),
        icon(name or "rights"),
        kind,
        code,
    )


_POINT = {"en": "."}
_UNITS = {"en": ("kB", "MB"), "uz": ("KB", "MB"), "ru": ("кБ", "МБ")}


def _number(value, places=0):
    return f"{value:.{places}f}".replace(".", _POINT.get(get_language(), ","))


@register.filter
def filesize(size):
    """Bytes as people compare them before they tap: 840 kB, 1.2 MB."""
    kilo, mega = _UNITS.get(get_language(), ("КБ", "МБ"))
    size = int(size or 0)
    if size < 950_000:
        return f"{max(1, round(size / 1000))}{NBSP}{kilo}"
    return f"{_number(size / 1_000_000, 1 if size < 9_950_000 else 0)}{NBSP}{mega}"


@register.filter
@stringfilter
def phone(number):
    return phones.in_groups(number)


@register.filter
def html_lang(code):
    return languages.html_lang(code)


@register.filter
def language_name(code):
    return languages.OWN_NAMES.get(code, code)


register.filter("day", dates.day, expects_localtime=True)
register.filter("month", dates.month)


@register.filter
def minutes(count):
    """How long reading takes."""
    return ngettext("%(count)d minute to read", "%(count)d minutes to read", count) % {
        "count": count
    }


@register.filter
def duration(seconds):
    """How long a recording plays: 3:20."""
    return f"{int(seconds or 0) // 60}:{int(seconds or 0) % 60:02d}"


@register.filter
def pages(count):
    return ngettext("%(count)d page", "%(count)d pages", count) % {"count": count}


@register.filter
def in_words(code):
    """The language a text is in, in the reader's language: "in Russian", for "shown in Russian"."""
    return {
        "kk": gettext("in Kazakh"),
        "ru": gettext("in Russian"),
        "uz": gettext("in Uzbek"),
        "uz-cyrl": gettext("in Uzbek (Cyrillic)"),
        "ky": gettext("in Kyrgyz"),
        "tg": gettext("in Tajik"),
        "en": gettext("in English"),
    }.get(code, code)


@register.filter
def weekday(number):
    """0 is Monday. Django's own words: complete in every language through our catalogs."""
    return WEEKDAYS[number]


@register.simple_tag
@lru_cache(maxsize=1000)
def qr(address):
    """A QR code as inline SVG, black on white, with the quiet border that scanners need."""
    # Looking for the best of the eight masks takes five times as long; the first is 6 % worse.
    code = segno.make(address, error="m", micro=False, mask=0)
    # segno writes nothing of the address into the picture but its squares.
    return mark_safe(  # noqa: S308
        code.svg_inline(
            scale=4,
            border=3,
            svgclass=None,
            lineclass=None,
            dark="#000",
            light="#fff",
            omitsize=True,
        )
    )


@register.simple_tag
def include_style(css):
    """Only for the one file that people forward: it has to carry its look with it."""
    return format_html("<style>{}</style>", mark_safe(css))  # noqa: S308 our own static/css/share.css


@register.simple_tag
def footer():
    """The foot of every page: the same on all pages of a language, so it is made once."""
    return _footer(get_language())


@kept
def _footer(language):
    return render_to_string("includes/footer.html", {"main_line": main_line()})
