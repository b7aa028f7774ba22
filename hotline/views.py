"""The hotline's public page."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from hotline.lines import status_of
from sanasezim.shared.house import lines
from sanasezim.shared.page_cache import keep_page
from sanasezim.shared.pages import page_context


@require_safe
@keep_page
def hotline(request):
    """The numbers, what each is for and costs, open now or when next, and what happens when you call."""
    return render(
        request,
        "hotline/hotline.html",
        page_context("hotline") | {"lines": [status_of(line) for line in lines()]},
    )
