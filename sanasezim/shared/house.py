"""Small public things that stand on many pages, kept until something public changes."""

from sanasezim.shared.content_stamp import kept
from sanasezim.shared.languages import best
from sanasezim.shared.models import Fact, Line


@kept
def lines():
    """All phone lines with their texts and hours."""
    return list(Line.objects.prefetch_related("texts", "hours"))


def main_line():
    """The line whose number stands on every page, or None before one is set."""
    return next((line for line in lines() if line.is_main), None)


@kept
def facts(language):
    """code → Fact, each with its `value` in this language or the best there is."""
    found = {}
    for fact in Fact.objects.with_texts():
        text = best(fact.texts.all(), language)
        fact.shown = text.value if text else ""
        found[fact.code] = fact
    return found
