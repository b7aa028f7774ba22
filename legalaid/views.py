"""Legal aid's public page."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from sanasezim.shared.models import Office
from sanasezim.shared.page_cache import keep_page
from sanasezim.shared.pages import page_context


@require_safe
@keep_page
def help_page(request):
    """What we help with and how to reach us: the phone and the offices."""
    offices = Office.objects.filter(is_public=True).prefetch_related("texts")
    return render(request, "legalaid/help.html", page_context("help") | {"offices": offices})
