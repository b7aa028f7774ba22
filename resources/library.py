"""What readers see of the library: cards, counts, the page of a publication. Reads, never writes."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Case,
    Count,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language

from resources import search
from resources.models import EditionVersion, Publication, Topic
from sanasezim.shared.content_stamp import kept
from sanasezim.shared.languages import CODES, LANGUAGES, best, fallback_chain

CARDS_ON_A_PAGE = 9  # with a picture each, and twelve requests a page in all
MOST_FINISHED_CARDS = 5000
SORTS = ["new", "title", "taken"]

# PostgreSQL's C.UTF-8 sorts by code point; this is the order of the alphabets that our readers share.
ALPHABET = "аәбвгғдеёжзиӣйкқлмнңоөпрстуўӯұүфхҳһцчҷшщъыіьэюя"
IN_ORDER = "".join(chr(0xE000 + place) for place in range(len(ALPHABET)))

CARD_FIELDS = [
    "number", "language", "title", "summary", "publish_at", "reading_minutes",
    "edition__publication_id", "file__kind", "file__size", "file__pages", "file__thumbnail",
]  # fmt: skip
READING_FIELDS = [
    *CARD_FIELDS, "change_note", "law_as_of", "reviewed_on", "reviewed_by", "edition__review_due",
    "file__cover", "file__cover_width", "file__cover_height", "audio__kind", "audio__size",
    "audio__seconds",
]  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What a reader chose. Empty means everything; a publication for everybody passes each."""

    topic: str = ""
    kind: str = ""
    citizenship: str = ""
    stage: str = ""
    language: str = ""

    def without(self, name):
        return Filters(**{**self.__dict__, name: ""})

    def __bool__(self):
        return any(self.__dict__.values())

    def narrow(self, publications):
        """Keep the publications that pass."""
        if self.topic:
            publications = publications.filter(topics__code=self.topic)
        if self.kind:
            publications = publications.filter(kind=self.kind)
        if self.citizenship:
            publications = publications.filter(
                Q(citizenships__contains=[self.citizenship]) | Q(citizenships=[])
            )
        if self.stage:
            publications = publications.filter(Q(stages__contains=[self.stage]) | Q(stages=[]))
        if self.language:
            live = EditionVersion.objects.live().filter(language=self.language)
            publications = publications.filter(pk__in=live.values("edition__publication"))
        return publications


@dataclass
class Card:
    """A publication in a list, in the language its reader reads best."""

    publication: Publication
    version: EditionVersion
    languages: list
    html: str = ""  # as a list shows it, where it is the same for everybody
    title: str = ""  # of a search, as HTML with the words that were asked for marked
    snippet: str = ""

    @property
    def fell_back(self):
        return self.version.language != get_language()

    @property
    def icon(self):
        return icons().get(self.publication.pk, "")


def cards(publications, *more_fields):
    """Cards for some publications, in their order: one query for the version to show of each."""
    publications = list(publications)
    versions = (
        EditionVersion.objects.live()
        .filter(edition__publication__in=publications)
        .annotate(languages=Window(ArrayAgg("language"), partition_by="edition__publication_id"))
        .order_by("edition__publication_id", best_first(get_language()))
        .distinct("edition__publication_id")
        .select_related("edition", "file")
        .only(*CARD_FIELDS, *more_fields)
    )
    by_publication = {version.edition.publication_id: version for version in versions}
    found = []
    for publication in publications:
        if shown := by_publication.get(publication.pk):
            shown.edition.publication = publication
            found.append(Card(publication, shown, shown.languages))
    return found


def best_first(language):
    """An order of texts: the one first that a reader of this language reads best."""
    chain = fallback_chain(language)
    return Case(*[When(language=code, then=rank) for rank, code in enumerate(chain)])


@kept
def _finished_cards(language, lite):
    """publication → its finished card: an empty box that is filled until something public changes."""
    return {}


def finished_cards(wanted, lite=False):
    """Cards of publications, named by their keys, with HTML that is made once for everybody."""
    made = _finished_cards(get_language(), lite)
    if missing := [pk for pk in wanted if pk not in made]:
        if len(made) > MOST_FINISHED_CARDS:
            made.clear()
            missing = wanted
        for card in cards(Publication.objects.filter(pk__in=missing)):
            card.html = render_to_string("includes/card.html", {"card": card, "lite": lite})
            made[card.publication.pk] = card
    return [made[pk] for pk in wanted if pk in made]


def shelf(filters, sort, page, most=CARDS_ON_A_PAGE):
    """The keys of the publications on one page of the library, sorted."""
    look = _shelf if sort == "taken" else _kept_shelf
    return look(filters, sort, page, most, get_language())


def _shelf(filters, sort, page, most, language):
    publications = filters.narrow(Publication.objects.listed())
    if sort == "title":
        title = (
            EditionVersion.objects.live()
            .filter(edition__publication=OuterRef("pk"))
            .order_by(best_first(language))
            .values("title")[:1]
        )
        by_alphabet = Func(
            Lower(Subquery(title)), Value(ALPHABET), Value(IN_ORDER), function="translate"
        )
        publications = publications.order_by(by_alphabet, "pk")
    elif sort == "taken":
        taken = Sum(
            "editions__downloads__count",
            filter=Q(editions__downloads__day__gte=timezone.localdate() - timedelta(days=90)),
            default=0,
        )
        publications = publications.annotate(taken=taken).order_by("-taken", "-added_at", "pk")
    else:
        publications = publications.order_by("-added_at", "pk")
    return list(publications.values_list("pk", flat=True)[(page - 1) * most : page * most])


_kept_shelf = kept(_shelf)  # downloads are no content: who takes what changes nothing that is kept


def found_cards(found, query):
    """Cards for what a search found, best first, with the matched words marked."""
    publications = Publication.objects.in_bulk([hit.publication_id for hit in found.hits])
    shown = cards((publications[hit.publication_id] for hit in found.hits), "html")
    for card in shown:
        card.title = _marked(search.mark(card.version.title, query))
        card.snippet = _marked(search.snippet(card.version, query))
    return shown


def _marked(pieces):
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", piece) if wanted else piece,) for piece, wanted in pieces),
    )


def page_number(query):
    """The page a reader asked for: a number from 1 on, whatever they typed."""
    number = query.get("page", "")
    return min(max(int(number), 1), 10_000) if number.isdecimal() and len(number) < 6 else 1


def filters_from(query, language):
    """The filters in an address; what we do not know is left out."""
    known = {
        "topic": {topic.code for topic in topics(language)},
        "kind": set(Publication.Kind.values),
        "citizenship": set(Publication.Citizenship.values),
        "stage": set(Publication.Stage.values),
        "language": set(CODES),
    }
    return Filters(
        **{name: query[name] for name, values in known.items() if query.get(name) in values}
    )


@kept
def count(filters):
    return filters.narrow(Publication.objects.listed()).count()


@kept
def topics(language):
    """All topics with their texts in a language, in the order of the home page."""
    found = list(Topic.objects.prefetch_related("texts"))
    for topic in found:
        topic.shown = best(topic.texts.all(), language)
    return found


@kept
def icons():
    """The key of each publication → the picture of its first topic."""
    pictures = Topic.objects.exclude(publications=None).order_by("-order", "-code")
    return dict(pictures.values_list("publications", "icon"))


@kept
def counts(filters):
    """How many publications each choice would leave: {"topic": {"wages": 3, …}, "kind": …, …}.

    A choice is counted under all the other choices, so that no link leads to an empty page.
    """
    everything = Publication.objects.listed()
    found = {}
    of_topic = filters.without("topic").narrow(everything)
    found["topic"] = dict(
        Topic.objects.filter(publications__in=of_topic)
        .annotate(n=Count("publications", filter=Q(publications__in=of_topic), distinct=True))
        .values_list("code", "n")
    )
    found["kind"] = dict(
        filters.without("kind")
        .narrow(everything)
        .order_by()
        .values_list("kind")
        .annotate(Count("pk"))
    )
    for name, column, choices in [
        ("citizenship", "citizenships", Publication.Citizenship.values),
        ("stage", "stages", Publication.Stage.values),
    ]:
        left = filters.without(name).narrow(everything)
        found[name] = left.aggregate(
            **{
                f"n_{choice}": Count(
                    "pk", filter=Q(**{f"{column}__contains": [choice]}) | Q(**{column: []})
                )
                for choice in choices
            }
        )
        found[name] = {key.removeprefix("n_"): n for key, n in found[name].items()}
    found["language"] = dict(
        EditionVersion.objects.live()
        .filter(edition__publication__in=filters.without("language").narrow(everything))
        .order_by()
        .values_list("language")
        .annotate(Count("edition__publication", distinct=True))
    )
    return found


@dataclass
class Choice:
    """One value of a filter."""

    name: str
    value: str
    label: str
    number: int = 0  # of publications it leaves
    is_chosen: bool = False
    url: str = ""  # the same page with this choice taken back


@kept
def filter_fields(filters, language):
    """The lists to choose from, as HTML."""
    return render_to_string("includes/filter_fields.html", {"facets": _facets(filters, language)})


def _facets(filters, language):
    """name of a filter → its choices with how many publications each leaves; empty ones are left out."""
    numbers = counts(filters)
    found = {}
    for name, labels in _labels(language).items():
        chosen = getattr(filters, name)
        found[name] = [
            Choice(name, value, label, numbers[name].get(value, 0), value == chosen)
            for value, label in labels.items()
            if numbers[name].get(value) or value == chosen
        ]
    return found


def chosen(filters, query, language):
    """The choices that are made, each with the link that takes it back."""
    labels = _labels(language)
    return [
        Choice(name, value, labels[name][value], url=_address(query, **{name: "", "page": ""}))
        for name, value in vars(filters).items()
        if value
    ]


def page_links(query, page):
    """The numbers under a list: (number or None for a gap, link, is this page)."""
    return [
        (None, "", False)
        if number == page.paginator.ELLIPSIS
        else (number, _address(query, page=number if number > 1 else ""), number == page.number)
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]


def _labels(language):
    return {
        "topic": {topic.code: topic.shown.name for topic in topics(language) if topic.shown},
        "kind": dict(Publication.Kind.choices),
        "citizenship": dict(Publication.Citizenship.choices),
        "stage": dict(Publication.Stage.choices),
        "language": dict(LANGUAGES),
    }


def _address(query, **changes):
    """This page's query with some of it changed; what is empty is left out."""
    changed = {name: query[name] for name in ("q", "sort", *Filters().__dict__) if query.get(name)}
    changed |= {name: str(value) for name, value in changes.items()}
    return "?" + urlencode({name: value for name, value in changed.items() if value})


@dataclass
class Reading:
    """A publication as its page shows it."""

    publication: Publication
    version: EditionVersion | None  # what is read now; None when nothing is live
    versions: list  # the live version of every language, in the portal's order
    withdrawn: EditionVersion | None  # what was read last, when everything is taken away

    @property
    def earlier(self):
        """What was public of this edition before, newest first. The first version asks nothing."""
        if self.version.number == 1:
            return []
        return (
            self.version.edition.versions.public_once()
            .filter(number__lt=self.version.number, superseded_at__gt=F("publish_at"))
            .only("edition", "number", "publish_at", "superseded_at", "change_note")
        )


def reading(publication, language):
    """The page of a publication in a language, or in the best there is."""
    of_publication = EditionVersion.objects.filter(edition__publication=publication)
    versions = sorted(
        of_publication.live()
        .order_by()
        .select_related("edition", "file", "audio")
        .only(*READING_FIELDS),
        key=lambda version: CODES.index(version.language),
    )
    for version in versions:
        version.edition.publication = publication
    shown = best(versions, language)
    if shown:
        # The texts of the other languages stay where they are.
        text = EditionVersion.objects.values_list("html", "contents")
        shown.html, shown.contents = text.get(pk=shown.pk)
        return Reading(publication, shown, versions, None)
    last_public = of_publication.public_once().order_by("edition_id", "-number")
    withdrawn = last_public.exclude(edition__withdrawn_at=None).distinct("edition_id")
    return Reading(publication, None, [], best(withdrawn.select_related("edition"), language))
