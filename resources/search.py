"""Finding a publication by words in any of the languages, scripts and keyboards of its readers.

Everything is compared as skeletons (shared/folding.py). An entry of the index is the set of words
of one version; each word stands there once per place, as `t:` for the title and so on (see PLACES).
What a text is about is noted beside its words as concepts (`=wage`, from synonyms.py), which are
the same in every language; so a question in one language finds a text in another.

A typed word is first looked for among the words that exist: as it is, with other endings, as the
beginning of a longer one, as a concept. A word that nothing is known of may be a slip of the finger
or of the keyboard layout; then what was taken instead is said in `did_you_mean`.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache, lru_cache
from os.path import commonprefix

from django.db import connection, transaction
from django.utils import timezone, translation
from psycopg2.extras import execute_values

from resources.models import EditionVersion, Publication
from resources.synonyms import CONCEPTS, STOP
from sanasezim.shared.folding import WORD, fold_word, safe, switch_layout
from sanasezim.shared.languages import CODES
from sanasezim.shared.text import plain, with_plain_facts

# Where a word may stand, and how much that says about the text.
PLACES = {"t": 6.0, "s": 3.0, "o": 2.0, "a": 1.6, "b": 1.0, "f": 0.7}
TITLE, SUMMARY, OFTEN, ABOUT, BODY, FILE = PLACES
OFTEN_FROM = 3  # times in the text

# How near a word of a text is to the word that was typed.
SAME, INFLECTED, CONCEPT, BEGUN, SLIP = 1.0, 0.9, 0.75, 0.6, 0.8

MOST_WORDS = 12  # of a query; the rest is left out
MOST_FORMS = 60  # of one typed word
MOST_FILE_WORDS = 20_000  # words taken from inside a file
LONGEST_WORD = 60
SNIPPET_LENGTH = 160
MOST_CANDIDATES = 500  # versions that are looked at closely
MANY_TEXTS = 300  # from here on, common words are looked for only where they say something
WORTH_SHOWING = 0.2  # of the best one's score
ALL_TEXTS = "="  # a word that every entry has, to know how many there are
ONE_AT_A_TIME = 7_301_942  # the advisory lock of whoever writes the index

CODE = re.compile(r"\s*[KkКк][-\s–]?\s*0*([0-9]{1,4})\s*\Z")


@dataclass(frozen=True)
class Hit:
    publication_id: int
    score: float
    language: str  # of the edition that matched best


@dataclass(frozen=True)
class Found:
    total: int
    hits: list
    did_you_mean: str  # the query as it was understood, when that is not what was typed


NOTHING = Found(0, [], "")


# Concepts


def _skeletons(text):
    found = (fold_word(match.group()) for match in WORD.finditer(safe(text)))
    return [word for word in found if 0 < len(word) <= LONGEST_WORD]


@cache
def _phrases():
    """First word of a synonym → its phrases: for whole words, and for words begun so."""
    whole, begun = {}, {}
    for concept, members in CONCEPTS.items():
        for member in members.split():
            parts = [
                (fold_word(part.rstrip("*")), part.endswith("*")) for part in member.split("_")
            ]
            first, is_begun = parts[0]
            (begun if is_begun else whole).setdefault(first, []).append((parts, f"={concept}"))
    return whole, begun


@lru_cache(maxsize=50_000)
def _phrases_from(word):
    """The synonyms whose first word this is, those that say most about it first."""
    whole, begun = _phrases()
    found = list(whole.get(word, []))
    for length in range(len(word), 1, -1):
        found += begun.get(word[:length], [])
    return sorted(found, key=lambda phrase: (-len(phrase[0]), -len(phrase[0][0][0])))


def _concepts_at(skeletons, place):
    """(concepts that begin here, how many words they take): of the longest synonyms only."""
    best, taken, length = set(), 1, 0
    for parts, concept in _phrases_from(skeletons[place]):
        following = skeletons[place : place + len(parts)]
        if len(following) < len(parts) or (
            best and (len(parts), len(parts[0][0])) < (taken, length)
        ):
            continue
        if all(
            word.startswith(part) if is_begun else word == part
            for word, (part, is_begun) in zip(following, parts, strict=True)
        ):
            best.add(concept)
            taken, length = len(parts), len(parts[0][0])
    return best, taken


def _with_concepts(skeletons):
    """How often each word and each concept stands in a text."""
    counted = Counter(skeletons)
    for place in range(len(skeletons)):
        counted.update(_concepts_at(skeletons, place)[0])
    return counted


# Writing the index


def _lexemes(version):
    """The entry of a version, and {word: a way in which somebody wrote it}."""
    language = version.language
    body = with_plain_facts(plain(version.html), language)
    headings = " . ".join(text for _level, _anchor, text in version.contents)
    texts = {
        TITLE: version.title,
        SUMMARY: f"{version.summary} . {headings}",
        ABOUT: _about(version.edition.publication),
        BODY: body,
        FILE: (version.file.text if version.file else "")[: 20 * MOST_FILE_WORDS],
    }
    found, shown = set(), {ALL_TEXTS: ""}
    for place, text in texts.items():
        text = with_plain_facts(text, language) if place in (TITLE, SUMMARY) else text
        counted = _with_concepts(_skeletons(text)[:MOST_FILE_WORDS])
        found |= {f"{place}:{word}" for word in counted}
        if place == BODY:
            found |= {f"{OFTEN}:{word}" for word, times in counted.items() if times >= OFTEN_FROM}
        shown |= {word: "" for word in counted if word.startswith("=")}
        shown |= {fold_word(m.group()): m.group().lower()[:60] for m in WORD.finditer(safe(text))}
    shown = {word: written for word, written in shown.items() if 0 < len(word) <= LONGEST_WORD}
    return sorted(found), shown


def _about(publication):
    """Topics, kind and citizenships in all languages, so that a sheet is found by words of each."""
    found = [
        f"{text.name} . {text.question}"
        for topic in publication.topics.all()
        for text in topic.texts.all()
    ]
    found += [_in_all_languages(publication.Kind(publication.kind).label)]
    found += [
        _in_all_languages(publication.Citizenship(code).label) for code in publication.citizenships
    ]
    return " . ".join(found)


@cache
def _in_all_languages(label):
    found = []
    for language in CODES:
        with translation.override(language):
            found.append(str(label))
    return " . ".join(found)


def index(version):
    """Make a version findable: from its publishing moment on, as long as it is live."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        _forget(
            cursor,
            "version.id = %s OR version.edition_id = %s AND version.superseded_at <= %s",
            [version.pk, version.edition_id, timezone.now()],
        )
        lexemes, shown = _lexemes(version)
        _write_entries(cursor, [(version.pk, lexemes)])
        _write_words(cursor, Counter(shown.keys()), shown)


def unindex(edition):
    """Let search forget an edition."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        _forget(cursor, "version.edition_id = %s", [edition.pk])


@transaction.atomic
def reindex():
    """Make the whole index anew. Returns how many versions are in it."""
    current = (
        EditionVersion.objects.exclude(superseded_at__lte=timezone.now())
        .filter(edition__withdrawn_at=None)
        .select_related("edition__publication", "file")
        .prefetch_related("edition__publication__topics__texts")
    )
    number, counted, shown = 0, Counter(), {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute("DELETE FROM resources_searchentry")
        cursor.execute("DELETE FROM resources_searchword")
        batch = []
        for version in current.iterator(chunk_size=200):
            lexemes, written = _lexemes(version)
            batch.append((version.pk, lexemes))
            counted.update(written.keys())
            shown |= written
            number += 1
            if len(batch) == 200:
                _write_entries(cursor, batch)
                batch = []
        _write_entries(cursor, batch)
        _write_words(cursor, counted, shown)
        cursor.execute("ANALYZE resources_searchentry")
        cursor.execute("ANALYZE resources_searchword")
    return number


def _write_entries(cursor, entries):
    if entries:
        execute_values(
            cursor.cursor,
            "INSERT INTO resources_searchentry (version_id, vector) VALUES %s",
            entries,
            "(%s, array_to_tsvector(%s::text[]))",
        )


def _write_words(cursor, counted, shown):
    execute_values(
        cursor.cursor,
        "INSERT INTO resources_searchword (word, shown, entries) VALUES %s ON CONFLICT (word)"
        " DO UPDATE SET entries = resources_searchword.entries + excluded.entries",
        [(word, shown[word], times) for word, times in sorted(counted.items())],
        page_size=1000,
    )


def _forget(cursor, which, parameters):
    """Take entries out, and their words out of the vocabulary when no other entry has them."""
    cursor.execute(
        "WITH gone AS (DELETE FROM resources_searchentry entry"  # noqa: S608
        " USING resources_editionversion version"
        f" WHERE version.id = entry.version_id AND ({which}) RETURNING entry.id, entry.vector),"
        " word AS (SELECT word, count(*) AS times FROM (SELECT DISTINCT gone.id, substr(lexeme, 3)"
        " AS word FROM gone, unnest(tsvector_to_array(gone.vector)) AS lexeme"
        " UNION ALL SELECT gone.id, %s FROM gone) AS each GROUP BY word)"
        " UPDATE resources_searchword known SET entries = greatest(entries - times, 0)"
        " FROM word WHERE known.word = word.word",
        [*parameters, ALL_TEXTS],
    )
    if cursor.rowcount:
        cursor.execute("DELETE FROM resources_searchword WHERE entries = 0")


# Reading a query


@dataclass
class Term:
    """A typed word (or a phrase that is one thing), and the words of the index it is taken for."""

    typed: str
    words: list  # skeletons
    concepts: set
    taken_for: dict = field(default_factory=dict)  # word of the index → nearness
    entries: int = 0  # how many have the likeliest of them

    @property
    def nearest(self):
        return max(self.taken_for.values(), default=0)


def search(query, *, language, filters=None, limit=10, offset=0):
    """Publications for a query, best first. `filters` has a narrow(publications) method."""
    query = safe(query)
    publications = Publication.objects.filter(replaced_by=None)
    if filters:
        publications = filters.narrow(publications)
    if code := CODE.match(query):
        found = _by_code(code[1], publications, language)
        if found.hits or len(query.strip()) > 2:
            return found
    terms, texts, did_you_mean = _understand(query)
    if not terms:
        return NOTHING
    return _ranked(terms, texts, did_you_mean, publications, bool(filters), language, limit, offset)


def _by_code(number, publications, language):
    live = EditionVersion.objects.live().values("edition__publication")
    found = publications.filter(code__in=[f"K-{number}", f"K-{number.zfill(2)}"], pk__in=live)
    hits = [Hit(pk, 1.0, language) for pk in found.values_list("pk", flat=True)]
    return Found(len(hits), hits, "")


def _understand(query):
    """(terms, how many entries there are, the query as understood if it is not as typed)."""
    switched = switch_layout(query)
    as_typed, as_switched = _terms(query), _terms(switched)
    if not as_typed and not as_switched:
        return [], 0, ""
    vocabulary = _vocabulary([*as_typed, *as_switched])
    for term in [*as_typed, *as_switched]:
        _look_up(term, vocabulary)
    terms, is_switched = as_typed, False
    if _sense(as_switched) > _sense(as_typed) + 0.3:
        terms, is_switched = as_switched, True
    corrected = _put_slips_right(terms, vocabulary)
    understood = [term for term in terms if term.taken_for]
    shown = " ".join(corrected.get(id(term), term.typed) for term in terms)
    return understood, vocabulary.get(ALL_TEXTS, 1), shown if corrected or is_switched else ""


def _sense(terms):
    """How much of a reading is known, from 0 to 1."""
    return sum(term.nearest for term in terms) / len(terms) if terms else 0


def _terms(query):
    typed = [match.group() for match in WORD.finditer(query)]
    typed = [(word, fold_word(word)) for word in typed]
    typed = [(word, skeleton) for word, skeleton in typed if 0 < len(skeleton) <= LONGEST_WORD]
    skeletons = [skeleton for _word, skeleton in typed]
    terms, place = [], 0
    while place < len(typed):
        concepts, taken = _concepts_at(skeletons, place)
        written = " ".join(word for word, _skeleton in typed[place : place + taken])
        terms.append(Term(written, skeletons[place : place + taken], concepts))
        place += taken
    telling = [term for term in terms if len(term.words) > 1 or term.words[0] not in _stop_words()]
    return (telling or terms)[:MOST_WORDS]


@cache
def _stop_words():
    return frozenset(fold_word(word) for word in STOP.split())


def _vocabulary(terms):
    """Words of the index that may be meant → how many entries have them."""
    begun = {stem for term in terms if len(term.words) == 1 for stem in _stems(term.words[0])}
    whole = {word for term in terms for word in [*term.words, *term.concepts]} | {ALL_TEXTS}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, entries FROM resources_searchword WHERE word = ANY(%s)"
            " UNION SELECT near.word, near.entries FROM unnest(%s::text[]) AS stem"
            " CROSS JOIN LATERAL (SELECT word, entries FROM resources_searchword"
            " WHERE word ~>=~ stem AND word ~<~ (stem || %s) LIMIT 1000) AS near",
            [list(whole), list(begun), "\U0010ffff"],
        )
        return dict(cursor.fetchall())


def _look_up(term, vocabulary):
    taken_for = {concept: CONCEPT for concept in term.concepts if concept in vocabulary}
    if len(term.words) == 1:
        typed = term.words[0]
        beginning = _beginning(typed)
        for word in vocabulary:
            if word == typed:
                taken_for[word] = SAME
            elif _beginning(word) != beginning:
                continue  # as most, which are there for the other terms
            elif is_inflected(typed, word):
                taken_for[word] = INFLECTED
            elif len(typed) > 3 and word.startswith(typed):
                taken_for[word] = BEGUN
    _take(term, taken_for, vocabulary)


def _take(term, taken_for, vocabulary):
    nearest = sorted(taken_for, key=lambda word: (-taken_for[word], len(word)))[:MOST_FORMS]
    term.taken_for = {word: taken_for[word] for word in nearest}
    term.entries = max((vocabulary[word] for word in nearest), default=0)


def _put_slips_right(terms, vocabulary):
    """Take unknown words for known ones that differ by a slip. Returns {id(term): word taken}."""
    unknown = {
        term.words[0]: term for term in terms if not term.taken_for and len(term.words[0]) > 3
    }
    if not unknown:
        return {}
    near = _near(list(unknown))
    corrected = {}
    for typed, candidates in near.items():
        allowed = 1 if len(typed) < 6 else 2 if len(typed) < 10 else 3
        measured = sorted(
            (_slip_distance(typed, word), -entries, word, written)
            for word, written, entries in candidates
        )
        close = [found for found in measured if found[0] <= min(allowed, measured[0][0] + 0.5)]
        if not close:
            continue
        term, taken_for = unknown[typed], {}
        for _slips, entries, word, _written in close:
            taken_for[word] = SLIP
            vocabulary[word] = -entries
            for concept in _concepts_at([word], 0)[0]:
                taken_for[concept] = SLIP * CONCEPT
                vocabulary.setdefault(concept, -entries)
        _take(term, taken_for, vocabulary)
        corrected[id(term)] = close[0][3]
    return corrected


def _near(typed):
    """typed word → [(word, how it is written, entries)] that share most of its letter triples."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL pg_trgm.similarity_threshold = 0.2;"
            " SELECT typed, near.word, near.shown, near.entries FROM unnest(%s::text[]) AS typed"
            " CROSS JOIN LATERAL (SELECT word, shown, entries FROM resources_searchword"
            " WHERE word %% typed AND shown <> ''"
            " ORDER BY similarity(word, typed) DESC, entries DESC LIMIT 50) AS near",
            [typed],
        )
        near = {}
        for word, *candidate in cursor.fetchall():
            near.setdefault(word, []).append(candidate)
        return near


def _slip_distance(typed, word):
    """Letters to add, drop, change or swap; a known ending costs half a letter."""
    best = _distance(typed, word)
    for length in range(max(len(typed) - 2, 4), len(word)):
        if _ENDING.fullmatch(word[length:]):
            best = min(best, _distance(typed, word[:length]) + 0.5)
    return best


def _distance(a, b):
    """Damerau and Levenshtein's, with neighbours swapped."""
    before, previous = None, list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y))
            if before and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, previous = previous, row
    return previous[-1]


# Endings of Russian, the Turkic languages, Tajik and English. Two words are one with different
# endings when what follows their common beginning is made of these.
_ENDINGS = """
    а я о е ы и у ю ой ый ий ая яя ое ее ые ие ую юю ого его ому ему ыми ими ых их ым им ом ем
    ам ям ах ях ами ями ов ев ей ью ия ию ии ием ь
    ть ти л ла ло ли ешь ет ут ют ат ят ишь ит им ите ете ался лась лись ся сь н на но ны нн
    лар лер дар дер тар тер лор дор тор лары лери лари
    ым ім ум м ың ің ң ы і сы сі си ымыз іміз имиз ингиз ыңыз іңіз
    ның нің дың дің тың тің нин нун дин дун тун ни ны ді ды ти ты ну ду ту
    га ге ка ке го на не а е ға ге да де та те до то нда нде ига
    дан ден тан тен нан нен дон тон ндан нден
    dagi dan ga ka qa ni ning da im ing imni imga i si lar lari cha gacha mi siz man miz
    лик лык лук dik lik чи шы
    ҳо ҳои ро и ам ат аш он атон амон ашон ҳоро ҳоямро анд ад ем
    s es ed ing er ers
"""
_ENDING = re.compile(
    "(?:{}){{0,3}}".format(
        "|".join(
            sorted({fold_word(ending) for ending in _ENDINGS.split()} - {""}, key=len, reverse=True)
        )
    )
)
SHORTEST_STEM = 3


@lru_cache(maxsize=50_000)
def _stems(word):
    """The beginnings under which other forms of a word are looked for."""
    shortest = max(SHORTEST_STEM, (len(word) + 1) // 2)
    stem = next((word[:n] for n in range(shortest, len(word)) if _ENDING.fullmatch(word[n:])), word)
    # Turkic k softens to g before a vowel: oylik, oyligim.
    softened = {"k": "g", "g": "k"}.get(stem[-1])
    return {stem, stem[:-1] + softened} if softened and len(stem) > SHORTEST_STEM else {stem}


def _beginning(word):
    """What all forms of a word have in common."""
    return word[:SHORTEST_STEM].replace("g", "k")


@lru_cache(maxsize=100_000)
def is_inflected(typed, word):
    """Whether two skeletons are the same word with different endings, as far as letters tell."""
    shared = len(commonprefix([typed.replace("g", "k"), word.replace("g", "k")]))
    longer = max(len(typed), len(word))
    shortest = max(SHORTEST_STEM, (len(typed) + 1) // 2, longer - 9)
    return any(
        _ENDING.fullmatch(typed[n:]) and _ENDING.fullmatch(word[n:])
        for n in range(shared, max(shortest, shared - 2) - 1, -1)
    )


# Ranking


def _asked_for(terms, texts):
    """What to look up in the index: (number of the term, words in a place, rarity, gain) each."""
    rows = []
    for number, term in enumerate(terms):
        rarity = 1 + math.log(1 + texts / (term.entries + 3))
        is_common = texts >= MANY_TEXTS and term.entries > texts / 4
        for nearness in set(term.taken_for.values()):
            alike = [word for word, near in term.taken_for.items() if near == nearness]
            for place, weight in PLACES.items():
                # That a common word stands somewhere in a long text says next to nothing.
                if weight >= PLACES[OFTEN] or not is_common:
                    rows.append((number, _any_of(place, alike), rarity, rarity * nearness * weight))
    return rows


def _ranked(terms, texts, did_you_mean, publications, is_narrowed, language, limit, offset):
    asked = _asked_for(terms, texts)
    if not asked:
        return Found(0, [], did_you_mean)
    ids, id_parameters = publications.order_by().values("pk").query.sql_with_params()
    now = timezone.now()
    # A few candidates are looked up one by one; all of them, as filters need, are joined at once.
    one_by_one = "" if is_narrowed else "OFFSET 0"
    # A term counts once in a publication, where it says most; then all terms together. Each step is
    # materialised: with old statistics the planner would join everything with everything.
    sql = f"""
        WITH asked AS MATERIALIZED (
            SELECT * FROM unnest(%s::int[], %s::text[], %s::float[], %s::float[])
                AS asked (term, words, rarity, gain)
        ), hit AS MATERIALIZED (
            SELECT entry.version_id, term, min(rarity) AS rarity,
                max(gain) + 0.1 * sum(gain) AS gain
            FROM asked JOIN resources_searchentry entry ON entry.vector @@ asked.words::tsquery
            GROUP BY entry.version_id, term
        ), candidate AS MATERIALIZED (
            SELECT version_id, array_agg(term) AS terms, array_agg(rarity) AS rarities,
                array_agg(gain) AS gains
            FROM hit GROUP BY version_id
            ORDER BY sum(gain) * sum(rarity) DESC, version_id LIMIT %s
        ), live AS MATERIALIZED (
            SELECT shown.publication_id, shown.language, terms, rarities, gains
            FROM candidate CROSS JOIN LATERAL (
                SELECT edition.publication_id, version.language
                FROM resources_editionversion version
                JOIN resources_edition edition ON edition.id = version.edition_id
                WHERE version.id = candidate.version_id AND version.publish_at <= %s
                    AND (version.superseded_at IS NULL OR version.superseded_at > %s)
                    AND edition.withdrawn_at IS NULL
                {one_by_one}
            ) AS shown
            WHERE shown.publication_id = ANY(ARRAY({ids}))
        ), of_edition AS (
            SELECT publication_id, language, term, rarity,
                gain * CASE WHEN language = %s THEN 1.05 ELSE 1 END AS gain
            FROM live, unnest(terms, rarities, gains) AS of_term (term, rarity, gain)
        ), of_publication AS (
            SELECT publication_id, term, max(rarity) AS rarity, max(gain) AS gain,
                (array_agg(language ORDER BY gain DESC))[1] AS language
            FROM of_edition GROUP BY publication_id, term
        ), scored AS (
            SELECT publication_id, round((sum(gain) * sum(rarity))::numeric, 3)::float AS score,
                (array_agg(language ORDER BY gain DESC))[1] AS language
            FROM of_publication GROUP BY publication_id
        )
        SELECT publication_id, score, language, count(*) OVER ()
        FROM (SELECT *, max(score) OVER () AS best FROM scored) AS scored
        WHERE score >= best * %s
        ORDER BY score DESC, publication_id LIMIT %s OFFSET %s
    """  # noqa: S608 (only the queryset's own SQL and ours are put in)
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            [
                *([*column] for column in zip(*asked, strict=True)),
                None if is_narrowed else MOST_CANDIDATES,
                now, now, *id_parameters, language, WORTH_SHOWING, limit, offset,
            ],
        )  # fmt: skip
        rows = cursor.fetchall()
    hits = [Hit(pk, score, matched) for pk, score, matched, _total in rows]
    return Found(rows[0][3] if rows else 0, hits, did_you_mean)


def _any_of(place, alike):
    # Skeletons are letters and digits only; the quotes keep them words whatever they are.
    return " | ".join(
        "'{}:{}'".format(place, word.replace("'", "").replace("\\", "")) for word in alike
    )


# Showing why


def mark(text, query):
    """A text in pieces: [(piece, whether the query asked for it), …]."""
    text = safe(text)
    pieces, end = [], 0
    for match in _matches(text, query):
        if match.start() > end:
            pieces.append((text[end : match.start()], False))
        pieces.append((match.group(), True))
        end = match.end()
    if end < len(text):
        pieces.append((text[end:], False))
    return pieces


def _matches(text, query):
    """The words of a text that the query asked for, one after the other."""
    asked, concepts = _asked(safe(query))
    matches = list(WORD.finditer(text))
    skeletons = [fold_word(match.group()) for match in matches]
    end = 0  # of the synonym we are in
    for place, word in enumerate(skeletons):
        if _may_be_asked(word, asked, concepts):
            found, taken = _concepts_at(skeletons, place)
            if found & concepts:
                end = max(end, place + taken)
            elif any(is_asked(word, one) for one in asked):
                end = max(end, place + 1)
        if place < end:
            yield matches[place]


@lru_cache(maxsize=500)
def _asked(query):
    """The words and concepts of a query in both keyboard layouts."""
    terms = [*_terms(query), *_terms(switch_layout(query))]
    words = {term.words[0] for term in terms if len(term.words) == 1}
    concepts = {concept for term in terms for concept in term.concepts}
    return frozenset(word for word in words if len(word) > 1), frozenset(concepts)


@lru_cache(maxsize=20_000)
def _may_be_asked(word, asked, concepts):
    """Most words of a text have nothing to do with a query: no need to look at what follows them."""
    return bool(word) and (
        any(is_asked(word, one) for one in asked)
        or any(concept in concepts for _parts, concept in _phrases_from(word))
    )


def is_asked(word, typed):
    """Whether a word of a text shows why it was found."""
    if _beginning(word)[0] != _beginning(typed)[0]:
        return False
    if word == typed or is_inflected(typed, word):
        return True
    if len(typed) < 4 or abs(len(word) - len(typed)) > 6 or word[0] != typed[0]:
        return False
    if word.startswith(typed):
        return True
    # One slip puts at most one letter there that the word does not have.
    is_near = len(typed) > 4 and len(set(typed) - set(word)) <= 1
    return is_near and _slip_distance(typed, word) <= 1


def snippet(version, query):
    """About 160 characters around the first match in the version's text, in pieces as `mark` gives.

    Without a match, as when another language was asked for, the summary stands instead.
    """
    text = with_plain_facts(plain(version.html), version.language)
    text = " ".join(safe(text).split())
    match = next(_matches(text, query), None)
    if not match:
        return [(version.summary, False)] if version.summary else []
    start = max(0, match.start() - SNIPPET_LENGTH // 3)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = text.find(" ", start + SNIPPET_LENGTH)
    cut = text[start:] if end < 0 else text[start:end] + " …"
    return mark(("… " if start else "") + cut, query)
