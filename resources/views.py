"""The library's public pages."""

import re

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from resources import counting, library, search
from resources.models import DownloadCount, EditionVersion, Publication
from sanasezim.shared.languages import CODES
from sanasezim.shared.page_cache import keep_page, saves_data
from sanasezim.shared.ranged import file_response, is_first_bytes
from sanasezim.shared.text import render as render_markdown
from sanasezim.shared.text import with_facts

FILE_NAME = re.compile(
    rf"(?P<slug>[-a-z0-9]+)-(?P<language>{'|'.join(CODES)})-v(?P<number>[0-9]{{1,4}})"
    r"\.(?P<kind>[a-z0-9]{1,5})\Z"
)
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
}
# Looks like the Latin letter, sits on the same place of a Russian keyboard's owner's mind.
CYRILLIC_K = str.maketrans("Кк", "Kk")


@require_safe
@keep_page
def publication_list(request):
    """Browse and search."""
    language = get_language()
    filters = library.filters_from(request.GET, language)
    query = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    sort = request.GET.get("sort") if request.GET.get("sort") in library.SORTS else library.SORTS[0]
    if query:
        found = search.search(
            query,
            language=language,
            filters=filters,
            limit=library.CARDS_ON_A_PAGE,
            offset=library.CARDS_ON_A_PAGE * (library.page_number(request.GET) - 1),
        )
        shelf = library.found_cards(found, query)
        total, did_you_mean = found.total, found.did_you_mean
    else:
        total, did_you_mean = library.count(filters), ""
        shelf = library.finished_cards(
            library.shelf(filters, sort, library.page_number(request.GET)), saves_data(request)
        )
    page = Paginator(range(total), library.CARDS_ON_A_PAGE).get_page(
        library.page_number(request.GET)
    )
    return render(
        request,
        "resources/publication_list.html",
        {
            "query": query,
            "filters": filters,
            "sort": sort,
            "cards": shelf,
            "total": total,
            "did_you_mean": did_you_mean,
            "page": page,
            "page_links": library.page_links(request.GET, page),
            "filter_fields": library.filter_fields(filters, language),
            "chosen": library.chosen(filters, request.GET, language),
            "topics": library.topics(language),
        },
    )


@require_safe
@keep_page
def publication(request, slug):
    """The publication to read as a page, with its files in every language."""
    return render(request, "resources/publication_detail.html", _reading(slug))


@require_safe
@keep_page
def print_view(request, slug):
    return render(request, "resources/publication_print.html", _reading(slug))


@require_safe
def share(request, slug):
    """One file to forward in a messenger: opens without a network, asks for nothing."""
    context = _reading(slug)
    version = context["version"]
    if not version:
        raise Http404
    context["css"] = _share_css()
    response = render(request, "resources/publication_share.html", context)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{slug}-{version.language}-v{version.number}.html"'
    )
    if request.method == "GET":
        counting.count_download(version.edition_id, DownloadCount.What.SHARE)
    return response


def _reading(slug):
    publication = get_object_or_404(Publication.objects.select_related("replaced_by"), slug=slug)
    reading = library.reading(publication, get_language())
    version = reading.version
    if not version and not reading.withdrawn:
        raise Http404
    return {
        "publication": publication,
        "icon": library.icons().get(publication.pk, ""),
        "reading": reading,
        "version": version,
        "contents": version.contents if version else [],
        "minutes": version.reading_minutes if version else 0,
        "body": with_facts(version.html, version.language) if version else "",
        "fell_back": bool(version) and version.language != get_language(),
        "page_url": settings.SITE_ORIGIN + publication.get_absolute_url(),
        "code_url": _code_url(publication),
    }


def _code_url(publication):
    return settings.SITE_ORIGIN + reverse("code", args=[publication.code])


def _share_css():
    with staticfiles_storage.open("css/share.css") as css:
        return css.read().decode()


@require_safe
def code(request, code):
    """A code on paper, such as K-12, leads to the publication in the reader's language."""
    number = re.fullmatch(r"[Kk][-\s]?([0-9]{1,4})", code.translate(CYRILLIC_K))
    publication = get_object_or_404(
        Publication, code__in=[f"K-{number[1]}", f"K-{int(number[1]):02}"] if number else []
    )
    response = redirect(publication)
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def library_file(request, name):
    """A file with byte ranges and a size known beforehand. A version's file never changes."""
    parts = FILE_NAME.fullmatch(name)
    if not parts:
        raise Http404
    version = get_object_or_404(
        EditionVersion.objects.public_once().select_related("edition", "file", "audio"),
        edition__publication__slug=parts["slug"],
        edition__language=parts["language"],
        number=int(parts["number"]),
    )
    stored = next((f for f in (version.file, version.audio) if f and f.kind == parts["kind"]), None)
    if not stored:
        raise Http404
    if version.edition.withdrawn_at:
        return render(
            request, "resources/file_withdrawn.html", {"edition": version.edition}, status=410
        )
    if request.method == "GET" and is_first_bytes(request):
        what = DownloadCount.What.AUDIO if stored.is_audio else DownloadCount.What.FILE
        counting.count_download(version.edition_id, what)
    return file_response(
        request,
        stored.content,
        etag=stored.sha256[:32],
        content_type=CONTENT_TYPES[stored.kind],
        filename=name,
        attachment=False,
        max_age=24 * 3600,
    )


@require_safe
def cover(request, name):
    """A cover picture. Its random name never comes again, so it may be kept for ever."""
    return file_response(
        request,
        settings.MEDIA_ROOT / "covers" / name,
        etag=name.partition(".")[0],
        content_type="image/webp",
        attachment=False,
        max_age=365 * 24 * 3600,
        immutable=True,
    )


class LibraryFeed(Feed):
    """New publications, newest first, in the language of the address."""

    feed_type = Atom1Feed

    def title(self):
        return _("New in the library of Sana Sezim")

    def link(self):
        return settings.SITE_ORIGIN + reverse("resources:list")

    def feed_url(self):
        return settings.SITE_ORIGIN + reverse("resources:feed")

    def items(self):
        return library.finished_cards(library.shelf(library.Filters(), "new", 1, most=30))

    def item_title(self, card):
        return card.version.title

    def item_description(self, card):
        return card.version.summary

    def item_link(self, card):
        return settings.SITE_ORIGIN + card.publication.get_absolute_url()

    def item_guid(self, card):
        return f"{settings.SITE_ORIGIN}/k/{card.publication.code}"

    def item_pubdate(self, card):
        return card.publication.added_at

    def item_updateddate(self, card):
        return card.version.publish_at


def preview(request, link):
    """An edition as staff have it now, unpublished, as its page will look."""
    edition = link.target
    html, contents, minutes = render_markdown(edition.body)
    return render(
        request,
        "resources/publication_detail.html",
        {
            "publication": edition.publication,
            "icon": library.icons().get(edition.publication_id, ""),
            "version": edition,
            "contents": contents,
            "minutes": minutes,
            "body": with_facts(html, edition.language),
            "code_url": _code_url(edition.publication),
            "preview": link,
        },
    )
