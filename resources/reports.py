"""What staff see of the library as a whole. Reads, never writes."""

from dataclasses import dataclass

from django.db.models import F, Sum

from resources.models import DownloadCount, Edition, Handout, Publication
from sanasezim.shared.languages import CODES, OWN_NAMES


@dataclass
class Cell:
    """One publication in one language."""

    language: str
    edition: Edition | None

    @property
    def own_name(self):
        return OWN_NAMES[self.language]

    @property
    def state(self):
        return self.edition.state if self.edition else ""

    @property
    def is_stale(self):
        return bool(self.edition) and self.edition.is_stale


@dataclass
class TranslationRow:
    publication: Publication
    title: str
    taken: int
    cells: list


def translations(publication_ids):
    """Some publications, in this order, × seven languages."""
    publications = Publication.objects.in_bulk(publication_ids)
    editions = Edition.objects.with_state().with_staleness().defer("summary", "body")
    found = {}
    for edition in editions.filter(publication__in=publication_ids):
        found.setdefault(edition.publication_id, {})[edition.language] = edition
    times = _times_taken()
    rows = []
    for publication in map(publications.get, publication_ids):
        own = found.get(publication.pk, {})
        source = own.get(publication.source_language)
        title = source.title if source else publication.slug
        cells = [Cell(code, own.get(code)) for code in CODES]
        rows.append(TranslationRow(publication, title, times.get(publication.pk, 0), cells))
    return rows


def most_taken():
    """Keys of all publications, those taken along most first."""
    times = _times_taken()
    found = Publication.objects.values_list("pk", "code")
    return [pk for pk, code in sorted(found, key=lambda row: (-times.get(row[0], 0), row[1]))]


def stale(most):
    """How many editions are made from an older text than their source has now, and the first of
    them: of those taken along most."""
    order = {pk: place for place, pk in enumerate(most_taken())}
    found = Edition.objects.with_staleness().filter(is_stale=True)
    found = sorted(
        found.values_list("publication", "language", "pk").order_by(),
        key=lambda row: (order[row[0]], row[1]),
    )
    keys = [pk for _publication, _language, pk in found[:most]]
    shown = Edition.objects.select_related("publication").defer("summary", "body").in_bulk(keys)
    return len(found), [shown[pk] for pk in keys]


def _times_taken():
    counted = DownloadCount.objects.values_list("edition__publication").annotate(Sum("count"))
    return dict(counted.order_by())


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
