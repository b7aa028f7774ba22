"""Page text: Markdown in, safe HTML with a table of contents out, facts put in at reading time."""

import re
import urllib.parse
from html import unescape

import nh3
from django.core.exceptions import ValidationError
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

from sanasezim.shared.house import facts, main_line
from sanasezim.shared.phones import in_groups

TAG = re.compile(r"<[^>]*>")
FACT = re.compile(r"\[\[([a-z0-9-]+)\]\]")
HOTLINE = "hotline"  # the NGO's own number: a setting, not a row of facts
WORDS_A_MINUTE = 130  # a careful reader of a second language on a phone

TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}}

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def _own_link(url):
    """A link may lead to another page of ours or, in full, to the web; `//host` is neither."""
    if url.startswith(("//", "/\\", "\\")):
        return False
    return urllib.parse.urlsplit(url).scheme.lower() in ("", "https", "http", "tel", "mailto")


_markdown.validateLink = _own_link


def render(source):
    """Markdown → (html, contents, minutes).

    The HTML is sanitised and still holds facts as [[codes]]; `contents` lists the headings as
    [level, anchor, text]; minutes is how long a careful reader takes, at least 1.
    """
    tokens = _markdown.parse(source.replace("\x00", ""))
    contents = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=False):
        if token.type == "heading_open":
            # The page has its own h1, so a text begins at h2.
            level = min(max(int(token.tag[1]), 2), 4)
            contents.append([level, f"s{len(contents) + 1}", _plain(following)])
            token.attrSet("id", contents[-1][1])
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{contents[-1][0]}"
    html = nh3.clean(
        _markdown.renderer.render(tokens, _markdown.options, {}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "tel", "mailto"},
        link_rel="noopener noreferrer",
    )
    return html, contents, max(1, round(len(source.split()) / WORDS_A_MINUTE))


def _plain(inline):
    return "".join(child.content for child in inline.children or [])


def plain(html):
    """The words of what `render` made: there, a > outside a tag is always written as &gt;."""
    return unescape(TAG.sub("", html))


def with_facts(html, language):
    """Put today's facts into rendered HTML. A code nobody has written down stays visible to staff."""
    known = facts(language) if "[[" in html else {}
    return SafeString(FACT.sub(lambda match: _fact_html(match[1], known), html))


def with_plain_facts(text, language):
    """The same for plain text: titles, search, mail."""
    known = facts(language)
    return FACT.sub(lambda match: _fact_plain(match[1], known), text)


def fact_codes(source):
    """The codes a text quotes."""
    return set(FACT.findall(source))


def check_facts(source):
    """A text may quote only facts that are written down."""
    unknown = sorted(fact_codes(source) - set(facts("ru")) - {HOTLINE})
    if unknown:
        raise ValidationError(
            _("No fact has this code: %(codes)s."), params={"codes": ", ".join(unknown)}
        )


def _fact_plain(code, known):
    if code == HOTLINE:
        line = main_line()
        return line.phone if line else known["line-111"].shown if "line-111" in known else ""
    return known[code].shown if code in known else f"[[{code}]]"


def _fact_html(code, known):
    value = _fact_plain(code, known)
    if code == HOTLINE or (code in known and known[code].kind == "phone"):
        return format_html('<a href="tel:{}">{}</a>', value.replace(" ", ""), in_groups(value))
    return escape(value)
