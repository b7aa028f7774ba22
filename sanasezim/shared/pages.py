"""Standing pages that staff write: about, privacy, help, hotline, …"""

from django.shortcuts import get_object_or_404
from django.utils.translation import get_language

from sanasezim.shared.languages import best
from sanasezim.shared.models import Page
from sanasezim.shared.text import render, with_facts


def page_context(slug):
    """What a template needs of a standing page, in the reader's language or the best there is."""
    page = get_object_or_404(Page.objects.prefetch_related("texts"), slug=slug)
    text = best(page.texts.all())
    html, contents, _minutes = render(text.body)
    return {
        "page": page,
        "text": text,
        "contents": contents,
        "body": with_facts(html, text.language),
        "fell_back": text.language != get_language(),
    }
