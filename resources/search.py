"""Finding a publication by words in any of the languages, scripts and keyboards of its readers.

Everything is compared as skeletons (shared/folding.py). A typed word is first looked for among the
words that exist, as it is and with other endings; what is found so is read as meant. Only when that
gives too little are words taken that differ by a slip of the finger, and the answer says so. All
languages are searched at once; the answer is publications, shown in the reader's language.
"""

import math
import re
from dataclasses import dataclass
from functools import cache
from os.path import commonprefix

from django.db import connection
from django.db.models import F
from django.utils import timezone, translation
from django.utils.html import strip_tags

from resources.models import EditionVersion, Publication, SearchEntry, SearchWord
from resources.synonyms import GROUPS, STOP
from sanasezim.shared.folding import WORD, fold_word, safe, switch_layout, words
from sanasezim.shared.languages import CODES
from sanasezim.shared.text import with_plain_facts

MOST_WORDS = 12  # of a query; the rest is left out
MOST_FILE_WORDS = 20_000  # different words taken from inside a file
LONGEST_WORD = 60
SNIPPET_LENGTH = 160

# How near a word of a text is to the word that was typed.
SAME, INFLECTED, SYNONYM, SLIP = 1.0, 0.85, 0.6, 0.5

CODE = re.compile(r"\s*[KkКк][-\s–]?0*([0-9]{1,4})\s*\Z")


@dataclass(frozen=True)
class Hit:
    publication_id: int
    score: float


@dataclass(frozen=True)
class Found:
    total: int
    hits: list
    did_you_mean: str  # the words that were taken instead, or nothing


NOTHING = Found(0, [], "")


# Writing the index


def index(version):
    """Make a version findable: from its publishing moment on, as long as it is live."""
    SearchEntry.objects.filter(
        version__edition=version.edition_id, version__superseded_at__lte=timezone.now()
    ).delete()
    SearchEntry.objects.filter(version=version).delete()
    language = version.language
    about = _about(version.edition.publication)
    title = with_plain_facts(version.title, language)
    summary = with_plain_facts(version.summary, language)
    body = with_plain_facts(strip_tags(version.html), language)
    inside = version.file.text if version.file else ""
    inside_words = list(_surface(inside))[:MOST_FILE_WORDS]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO resources_searchentry (version_id, vector) VALUES (%s,"
            " setweight(to_tsvector('simple', %s), 'A') || setweight(to_tsvector('simple', %s), 'B')"
            " || setweight(to_tsvector('simple', %s), 'C')"
            " || setweight(to_tsvector('simple', %s), 'D'))",
            [
                version.pk,
                _skeleton(title),
                _skeleton(f"{summary} {about}"),
                _skeleton(body),
                " ".join(inside_words),
            ],
        )
    shown = _surface(inside) | _surface(f"{title} {about} {summary} {body}")
    SearchWord.objects.filter(word__in=shown).update(entries=F("entries") + 1)
    SearchWord.objects.bulk_create(
        [SearchWord(word=word, shown=surface) for word, surface in shown.items()],
        ignore_conflicts=True,
    )


def _about(publication):
    """Topics, kind and citizenships in all languages, so that a sheet is found by words of each."""
    topics = publication.topics.prefetch_related("texts")
    found = [f"{text.name} {text.question}" for topic in topics for text in topic.texts.all()]
    for language in CODES:
        with translation.override(language):
            found.append(publication.get_kind_display())
            found += map(str, publication.citizenship_labels)
    return " ".join(found)


def unindex(edition):
    """Let search forget an edition."""
    SearchEntry.objects.filter(version__edition=edition).delete()


def reindex():
    """Make the whole index anew. Returns how many versions are in it."""
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    current = EditionVersion.objects.exclude(superseded_at__lte=timezone.now())
    number = 0
    for version in current.select_related("edition__publication", "file").iterator(chunk_size=100):
        index(version)
        number += 1
    return number


def _skeleton(text):
    return " ".join(word for word in words(text) if len(word) <= LONGEST_WORD)


def _surface(text):
    """skeleton → a way in which somebody wrote it."""
    return {
        fold_word(match.group()): match.group().lower()[:LONGEST_WORD]
        for match in WORD.finditer(safe(text))
        if 0 < len(fold_word(match.group())) <= LONGEST_WORD
    }


# Reading a query


@dataclass
class Term:
    """A typed word and the words of the vocabulary that it is taken for: word → nearness."""

    typed: str
    taken_for: dict
    entries: int = 0

    @property
    def nearest(self):
        return max(self.taken_for.values(), default=0)


def search(query, *, language, filters=None, limit=10, offset=0):
    """Publications for a query, best first. `filters` has a narrow(publications) method."""
    publications = Publication.objects.all()
    if filters:
        publications = filters.narrow(publications)
    if code := CODE.match(query):
        return _by_code(code[1], publications)
    terms, did_you_mean = _understand(query)
    if not terms:
        return NOTHING
    return _ranked(terms, did_you_mean, publications, language, limit, offset)


def _by_code(number, publications):
    live = EditionVersion.objects.live().values("edition__publication")
    found = publications.filter(code__in=[f"K-{number}", f"K-{number.zfill(2)}"], pk__in=live)
    hits = [Hit(pk, 1.0) for pk in found.values_list("pk", flat=True)]
    return Found(len(hits), hits, "")


def _understand(query):
    """The terms of a query in the reading that makes most sense, and what was taken for slips."""
    readings = [reading for reading in (words(query), words(switch_layout(query))) if reading]
    readings = [_without_stop_words(reading)[:MOST_WORDS] for reading in readings]
    if not readings:
        return [], ""
    all_words = {word for reading in readings for word in reading}
    vocabulary = _vocabulary(all_words)
    understood = [[_plain_term(word, vocabulary) for word in reading] for reading in readings]
    # As typed, unless the other keyboard layout makes clearly more of it.
    terms = max(understood, key=lambda terms: sum(term.nearest for term in terms) / len(terms))
    unknown = [term for term in terms if not term.taken_for]
    if not unknown:
        return terms, ""
    if len(unknown) == len(terms):
        # Nothing makes sense as it stands, so a slip may be in either layout.
        candidates = [term for reading in understood for term in reading]
    else:
        candidates = unknown
    slips = _slips({term.typed for term in candidates if len(term.typed) > 3})
    for term in candidates:
        term.taken_for = slips.get(term.typed, {})
    if len(unknown) == len(terms):
        terms = max(understood, key=lambda terms: sum(bool(term.taken_for) for term in terms))
    instead = [next(iter(term.taken_for)) for term in terms if term in candidates and term.taken_for]
    shown = dict(SearchWord.objects.filter(word__in=instead).values_list("word", "shown"))
    return [term for term in terms if term.taken_for], " ".join(shown.get(w, w) for w in instead)


def _without_stop_words(reading):
    return [word for word in reading if word not in _stop_words()] or reading


def _vocabulary(typed):
    """Words of the vocabulary that begin like one of these, with how many entries have each."""
    stems = {stem for word in typed for stem in _stems(word)}
    stems |= {synonym for word in typed for synonym in _synonyms(word)}
    if not stems:
        return {}
    patterns = sorted(stem.replace("\\", "").replace("%", "").replace("_", "") for stem in stems)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, entries FROM resources_searchword WHERE "
            + " OR ".join(["word LIKE %s"] * len(patterns)),
            [f"{pattern}%" for pattern in patterns],
        )
        return dict(cursor.fetchall())


def _plain_term(typed, vocabulary):
    taken_for = {}
    for word in vocabulary:
        if word == typed:
            taken_for[word] = SAME
        elif is_inflected(typed, word):
            taken_for[word] = INFLECTED
    plain = bool(taken_for)
    for synonym in _synonyms(typed):
        for word in vocabulary:
            if word not in taken_for and (word == synonym or is_inflected(synonym, word)):
                taken_for[word] = SYNONYM
    nearest = sorted(taken_for, key=lambda word: (-taken_for[word], abs(len(word) - len(typed))))[:60]
    taken_for = {word: taken_for[word] for word in nearest}
    entries = [n for w, n in vocabulary.items() if w in taken_for and (not plain or taken_for[w] >= INFLECTED)]
    return Term(typed, taken_for, max(entries, default=0))


def _slips(typed):
    """typed word → words that differ from it by a slip of the finger, nearest first."""
    if not typed:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT typed, word FROM unnest(%s) AS typed CROSS JOIN LATERAL ("
            " SELECT word FROM resources_searchword WHERE word %% typed"
            " ORDER BY similarity(word, typed) DESC, entries DESC LIMIT 25) AS near",
            [sorted(typed)],
        )
        near = {}
        for word, candidate in cursor.fetchall():
            near.setdefault(word, []).append(candidate)
    found = {}
    for word, candidates in near.items():
        allowed = 1 if len(word) < 6 else 2 if len(word) < 10 else 3
        measured = [(_slip_distance(word, candidate), candidate) for candidate in candidates]
        close = sorted((d, c) for d, c in measured if d <= allowed)
        if close:
            best = close[0][0]
            found[word] = {c: SLIP for d, c in close if d <= best + 0.5}
    return found


def _slip_distance(typed, word):
    """Letters to add, drop, change or swap; the end of the longer word counts half."""
    if len(word) > len(typed):
        whole = _distance(typed, word)
        return min(whole, _distance(typed, word[: len(typed)]) + 0.25 * (len(word) - len(typed)))
    return _distance(typed, word)


def _distance(a, b):
    """Damerau and Levenshtein's, with neighbours swapped."""
    before, previous = None, list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y))
            if before and i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, previous = previous, row
    return previous[-1]


def _stem_length(length):
    """How much of a word must be the same when only its ending differs."""
    if length <= 4:
        return length
    return max(4, length - (1 if length <= 6 else 2 if length <= 7 else 3 if length <= 8 else 4))


def _stems(word):
    stem = word[: _stem_length(len(word))]
    # Turkic k softens to g before a vowel: oylik, oyligim.
    return {stem, *({stem[:-1] + "g"} if stem[-1:] == "k" else {stem[:-1] + "k"} if stem[-1:] == "g" else ())}


def is_inflected(typed, word):
    """Whether two skeletons are the same word with different endings, as far as letters tell."""
    shared = len(commonprefix([typed.replace("g", "k"), word.replace("g", "k")]))
    if len(typed) <= 3:
        return shared == len(typed) and len(word) - shared <= 2
    return shared >= _stem_length(len(typed)) and len(word) - shared <= 6


@cache
def _stop_words():
    return frozenset(fold_word(word) for word in STOP)


@cache
def _groups():
    return [
        frozenset(skeleton for skeleton in words(group.replace("-", " ")) if len(skeleton) > 2)
        for group in GROUPS
    ]


@cache
def _synonyms(typed):
    """Other words for the same thing, as skeletons."""
    return frozenset(
        word
        for group in _groups()
        if any(typed == known or (len(typed) > 3 and is_inflected(typed, known)) or is_inflected(known, typed)
               for known in group)
        for word in group
    )  # fmt: skip


# Ranking


def _ranked(terms, did_you_mean, publications, language, limit, offset):
    now = timezone.now()
    commonest = max((term.entries for term in terms), default=0) + 50
    # A term counts once, by its nearest word that the entry has; its place in the text raises it.
    parts, parameters = [], []
    for term in terms:
        rarity = math.log(1 + commonest / (term.entries + 1))
        choices = []
        for nearness in (SAME, INFLECTED, SYNONYM, SLIP):
            alike = [word for word, near in term.taken_for.items() if near == nearness]
            if alike:
                choices.append(
                    "CASE WHEN vector @@ %s::tsquery THEN %s * (0.12 + ts_rank('{0.05,0.35,0.7,1}', vector, %s::tsquery))"
                    " ELSE 0 END"
                )
                parameters += [_tsquery(alike), rarity * nearness, _tsquery(alike)]
        parts.append(f"greatest({', '.join(choices)})")
    everything = " | ".join(f"({_tsquery(term.taken_for)})" for term in terms)
    ids, id_parameters = publications.values("pk").query.sql_with_params()
    sql = (
        "WITH scored AS ("
        f" SELECT edition.publication_id, ({' + '.join(parts)})"
        "   * CASE WHEN version.language = %s THEN 1.05 ELSE 1 END AS score"
        " FROM resources_searchentry entry"
        " JOIN resources_editionversion version ON version.id = entry.version_id"
        " JOIN resources_edition edition ON edition.id = version.edition_id"
        " JOIN resources_publication publication ON publication.id = edition.publication_id"
        " WHERE vector @@ %s::tsquery AND version.publish_at <= %s"
        " AND (version.superseded_at IS NULL OR version.superseded_at > %s)"
        " AND edition.withdrawn_at IS NULL AND publication.replaced_by_id IS NULL"
        f" AND publication.id IN ({ids})"
        "), best AS (SELECT publication_id, max(score) AS score FROM scored GROUP BY publication_id)"
        " SELECT publication_id, score, count(*) OVER () FROM"
        " (SELECT *, max(score) OVER () AS top FROM best) AS ranked"
        " WHERE score >= top * 0.3 ORDER BY score DESC, publication_id LIMIT %s OFFSET %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql, [*parameters, language, everything, now, now, *id_parameters, limit, offset]
        )
        rows = cursor.fetchall()
    if not rows:
        return Found(0, [], did_you_mean)
    return Found(rows[0][2], [Hit(pk, score) for pk, score, _total in rows], did_you_mean)


def _tsquery(alternatives):
    # Skeletons are letters and digits only; the quotes keep them words whatever they are.
    return " | ".join("'{}'".format(word.replace("'", "").replace("\\", "")) for word in alternatives)


# Showing why


def mark(text, query):
    """A text in pieces: [(piece, whether the query asked for it), …]."""
    typed = _without_stop_words(words(query)) or words(query)
    pieces, end = [], 0
    for match in WORD.finditer(safe(text)):
        word = fold_word(match.group())
        if any(word == one or is_inflected(one, word) for one in typed if len(one) > 1):
            if match.start() > end:
                pieces.append((text[end : match.start()], False))
            pieces.append((match.group(), True))
            end = match.end()
    if end < len(text):
        pieces.append((text[end:], False))
    return pieces


def snippet(version, query):
    """About 160 characters around the first match in the version's text, in pieces as `mark` gives.

    Without a match, as when another language was asked for, the summary stands instead.
    """
    text = " ".join(with_plain_facts(strip_tags(version.html), version.language).split())
    pieces = mark(text, query)
    before = 0
    for piece, is_match in pieces:
        if is_match:
            start = max(0, before - SNIPPET_LENGTH // 3)
            start = text.rfind(" ", 0, start) + 1 if start else 0
            end = text.find(" ", start + SNIPPET_LENGTH)
            cut = text[start:] if end < 0 else text[start:end] + " …"
            return mark(("… " if start else "") + cut, query)
        before += len(piece)
    return [(version.summary, False)] if version.summary else []
