"""What staff see of the library as a whole. Reads, never writes."""

from dataclasses import dataclass

from django.db.models import F, Sum

from resources import publishing
from resources.models import DownloadCount, Edition, Handout, Publication
from sanasezim.shared.languages import CODES, OWN_NAMES


@dataclass
class Cell:
    """One publication in one language."""

    language: str
    edition: Edition | None
    is_stale: bool

    @property
    def own_name(self):
        return OWN_NAMES[self.language]

    @property
    def state(self):
        return self.edition.state if self.edition else ""


@dataclass
class TranslationRow:
    publication: Publication
    title: str
    taken: int
    cells: list


def translations(*publication_ids):
    """Publications (all, if none is named) × seven languages, those taken along most first."""
    publications = Publication.objects.all()
    if publication_ids:
        publications = publications.filter(pk__in=publication_ids)
    taken = dict(
        DownloadCount.objects.values_list("edition__publication").annotate(Sum("count")).order_by()
    )
    editions = {}
    found = Edition.objects.with_state().filter(publication__in=publications)
    for edition in found.select_related("publication"):
        editions.setdefault(edition.publication_id, {})[edition.language] = edition
    rows = []
    for publication in publications:
        own = editions.get(publication.pk, {})
        source = own.get(publication.source_language)
        hashes = {code: publishing.content_hash(edition) for code, edition in own.items()}
        rows.append(
            TranslationRow(
                publication,
                source.title if source else publication.slug,
                taken.get(publication.pk, 0),
                [
                    Cell(code, own.get(code), _is_stale(own, hashes, publication, code))
                    for code in CODES
                ],
            )
        )
    return sorted(rows, key=lambda row: (-row.taken, row.publication.code))


def _is_stale(editions, hashes, publication, language):
    """Made from another text than the source is now: told by the hash, never by dates."""
    source = publishing.source_language(publication, language)
    if source == language or language not in editions or source not in editions:
        return False
    return editions[language].source_hash != hashes[source]


def stale():
    """Editions whose source has changed since then, those taken along most first."""
    return [cell.edition for row in translations() for cell in row.cells if cell.is_stale]


@dataclass
class TakenRow:
    publication: Publication
    title: str
    downloads: int
    copies: int


def taken(start, end):
    """Per publication: downloads and paper copies from `start` to `end`, both days included."""
    downloads = dict(
        DownloadCount.objects.filter(day__range=(start, end))
        .order_by()
        .values_list("edition__publication")
        .annotate(Sum("count"))
    )
    copies = dict(
        Handout.objects.filter(handed_on__range=(start, end))
        .order_by()
        .values_list("publication")
        .annotate(Sum("copies"))
    )
    titles = dict(
        Edition.objects.filter(language=F("publication__source_language"))
        .order_by()
        .values_list("publication", "title")
    )
    rows = [
        TakenRow(
            publication,
            titles.get(publication.pk, publication.slug),
            downloads.get(publication.pk, 0),
            copies.get(publication.pk, 0),
        )
        for publication in Publication.objects.all()
    ]
    return sorted(rows, key=lambda row: (-row.downloads - row.copies, row.publication.code))
