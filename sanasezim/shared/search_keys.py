"""Finding a person by name, phone or document number, though the database knows none of them.

Beside its protected fields a row keeps search keys: HMACs of its words, which nobody can undo without
the index key. A search makes the same keys of what was typed and asks for rows that hold them, so
neither the table nor the query carries a word of it. What makes two spellings of a name meet is in
name_forms.py. A letter typed wrong is not found: that would need a key for every possible slip.

Whoever holds a dump sees which rows share a key, so how common a name is; not which name.

A text may be kept findable by its words, too. A word's key would tell too much: how often each word is
said gives most of a language away. So a text keeps which of a few thousand drawers its words lie in,
several words in each, and only their beginnings count. What a search finds by the drawers it opens, and
keeps where the words are really there (`saying`).
"""

import datetime
import re
import uuid
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When

from sanasezim.shared import keys
from sanasezim.shared.folding import safe, words
from sanasezim.shared.name_forms import NameWord, joined, name_words
from sanasezim.shared.phones import bare_digits, ways_to_read, without_country

NAME, NAME_LOOSELY = "name", "name, loosely"
PHONE, DOCUMENT = "phone", "document"
DRAWER = "drawer of words"

MOST_TYPED = 200  # letters of a search that are looked at
MOST_WORDS = 8
# Of a word so many letters count, so that its endings do not: паспорт, паспорта, паспортсыз
LETTERS_THAT_COUNT = 6
SHORTEST_WORD = 4
DRAWERS = 8192
MOST_DRAWERS = 100  # of one text
MOST_OPENED = 3000  # texts that one search opens
OPENED_AT_ONCE = 100

# What may stand for a number in a text: digits, and what people write between them.
NUMBER = re.compile(r"(?<!\w)\+?[(]?\d(?:[\s().\u2010-\u2015\u2212-]*\d){4,}(?!\w)")
# A document: up to three letters, which may stand apart, and at least five digits.
DOCUMENT_NUMBER = re.compile(
    r"(?<!\w)(?P<letters>[^\W\d_]{1,3}[\s№-]{0,3})?(?P<digits>\d(?:[\s-]?\d){4,})(?!\w)"
)
BETWEEN_NUMBERS = re.compile(r"[\n,;/|]+")
_LOOKS_LATIN = str.maketrans("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI")


@dataclass(frozen=True)
class Asked:
    """One word of a search: a row that holds any of `keys` has it, one that holds `exact` as typed."""

    exact: uuid.UUID
    keys: frozenset


def key_of(kind, text):
    return uuid.UUID(bytes=keys.code_of(keys.INDEX, kind, text)[:16])


# What a row keeps


def keys_of_names(text):
    """The keys of every word of a name, and of two neighbours as one: Abdul Aziz is Abdulaziz."""
    words = name_words(text)
    found = set()
    for word in words + [joined(one, next_) for one, next_ in zip(words, words[1:], strict=False)]:
        found |= _keys_of_word(word)
    return found


def keys_of_phones(text):
    """The keys of several numbers, with a line, comma, semicolon or stroke between."""
    numbers = filter(None, BETWEEN_NUMBERS.split(safe(text)))
    return {key_of(PHONE, form) for number in numbers for form in _kept_of_phone(number)}


# A number with its country is also kept by its end, and one without it as it was dialled. So the two
# meet, though nobody knows the country; two numbers with different countries do not.


def _kept_of_phone(number):
    numbers, dialled = _read_phone(number)
    return [*numbers, *_as("end", map(without_country, numbers)), *_as("dialled", [dialled])]


def _asked_of_phone(number):
    """As `_kept_of_phone`, from the other side; the surest form first."""
    numbers, dialled = _read_phone(number)
    ends = map(without_country, numbers)
    return [*numbers, *_as("dialled", [*ends, dialled]), *_as("end", [dialled])]


def _as(what, digits):
    return [f"{what} {some}" for some in digits if len(some) > 4]


def _read_phone(number):
    """What it may be with its country, and what was dialled unless the country is sure."""
    numbers, dialled = ways_to_read(number), bare_digits(number)
    is_sure = len(numbers) == 1 and dialled != without_country(numbers[0])
    return numbers, "" if is_sure else dialled


def keys_of_documents(text):
    """The keys of every number in the text, with its letters and without."""
    found = {
        part for match in DOCUMENT_NUMBER.finditer(safe(text)) for part in match.group(0, "digits")
    }
    return {key_of(DOCUMENT, fold_document(number)) for number in found}


def keys_of_words(text):
    """The keys of the drawers that the words of a text lie in."""
    stems = list(dict.fromkeys(stems_of(text)))
    return {key_of_drawer(stem) for stem in stems[:MOST_DRAWERS]}


def stems_of(text):
    """The beginnings of the words in a text that are long enough to be looked for."""
    return [word[:LETTERS_THAT_COUNT] for word in words(text) if len(word) >= SHORTEST_WORD]


def key_of_drawer(stem):
    number = key_of(DRAWER, stem).int % DRAWERS
    return key_of(DRAWER, str(number))


def fold_document(text):
    """A document's number as a machine would read it: "ас 123-45 67" → "AC1234567"."""
    letters = text.upper().translate(_LOOKS_LATIN)
    return "".join(
        str(int(letter)) if letter.isdecimal() else letter for letter in letters if letter.isalnum()
    )


def _keys_of_word(word: NameWord):
    return {key_of(NAME, word.strict), *(key_of(NAME_LOOSELY, form) for form in word.loose)}


# What a search asks for


def keys_for_query(text):
    """What was typed, as a list of Asked: a row must have each. Empty if nothing can be looked for."""
    text = safe(text)[:MOST_TYPED]
    numbers = [_asked_number(match.group()) for match in NUMBER.finditer(text)]
    asked = numbers + _asked_names(name_words(NUMBER.sub(" ", text)))
    for match in DOCUMENT_NUMBER.finditer(text):
        # "AA 1234567" is a passport, "Ali 1234567" a name and a phone: either is looked for.
        whole = key_of(DOCUMENT, fold_document(match.group()))
        asked = [Asked(word.exact, word.keys | {whole}) for word in asked]
    return asked[:MOST_WORDS]


def _asked_number(text):
    """Twelve digits may be a phone or a Kazakh IIN: either is looked for."""
    found = [key_of(PHONE, form) for form in _asked_of_phone(text)]
    found.append(key_of(DOCUMENT, fold_document(text)))
    return Asked(exact=found[0], keys=frozenset(found))


def _asked_names(words):
    asked = []
    pairs = [joined(one, next_) for one, next_ in zip(words, words[1:], strict=False)]
    for place, word in enumerate(words):
        found = _keys_of_word(word)
        for pair in pairs[max(place - 1, 0) : place + 1]:
            found |= _keys_of_word(pair)
        asked.append(Asked(exact=key_of(NAME, word.strict), keys=frozenset(found)))
    return asked


# Field and queryset


class SearchKeysField(ArrayField):
    """The search keys of a ProtectedRow, made anew whenever the row is saved.

        search_keys = SearchKeysField(names=["name", "aliases"], phones=["phones"])
        class Meta: indexes = [GinIndex(fields=["search_keys"], name="person_by_keys")]

    Each list names protected fields of the row. `save(update_fields=["name"])` takes the keys along
    (ProtectedRow.save_base); `update()` cannot write a protected field in the first place.
    """

    MAKERS = {
        "names": keys_of_names,
        "phones": keys_of_phones,
        "documents": keys_of_documents,
        "words": keys_of_words,
    }

    def __init__(self, *, names=(), phones=(), documents=(), words=(), **kwargs):
        self.sources = {
            "names": list(names),
            "phones": list(phones),
            "documents": list(documents),
            "words": list(words),
        }
        kwargs |= {"base_field": models.UUIDField(), "default": list, "editable": False}
        super().__init__(**kwargs | {"blank": True})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for given in ("base_field", "size", "default", "editable", "blank"):
            kwargs.pop(given, None)
        return name, path, args, kwargs | {kind: of for kind, of in self.sources.items() if of}

    def depends_on(self, names):
        """Whether one of these fields of the row is among the sources."""
        return any(name in names for of in self.sources.values() for name in of)

    def pre_save(self, row, add):
        made = self.keys_of(row)
        setattr(row, self.attname, made)
        return made

    def keys_of(self, row):
        found = set()
        for kind, names in self.sources.items():
            for name in names:
                found |= self.MAKERS[kind](getattr(row, name))
        return sorted(found)

    def stems_of(self, row):
        """What a search by words compares with; nothing of a text that is damaged."""
        return {stem for name in self.sources["words"] for stem in stems_of(str(row.shown(name)))}


class FindablePeople(models.QuerySet):
    """Rows with a SearchKeysField."""

    def matching(self, text):
        """Rows that have every word of this text, those spelled as typed first; none for no word."""
        return self.having(keys_for_query(text))

    def having(self, asked):
        """The same for what `keys_for_query` made of a text: made once for several kinds of rows."""
        if not asked or self.query.is_empty():
            return self.none()
        field = search_keys_field(self.model).name
        wanted = Q()
        for word in asked:
            wanted &= Q(**{f"{field}__overlap": sorted(word.keys)})
        otherwise = sum(
            (
                Case(When(**{f"{field}__contains": [word.exact]}, then=0), default=1)
                for word in asked
            ),
            Value(0),
        )
        return self.filter(wanted).annotate(spelled_otherwise=otherwise).order_by(
            "spelled_otherwise", "-pk"
        )  # fmt: skip

    def newest_first(self, moment):
        """By this moment of the rows, the latest first: for what is found by keys.

        Ordered by the bare column, the database goes through all rows from the latest on, and looks
        whether each has the keys: quick for a frequent name, and a whole table for a rare number.
        """
        return self.order_by((F(moment) + datetime.timedelta(0)).desc(), "-pk")

    def saying(self, text, most):
        """At most so many rows in whose texts every word of this one stands, the newest first: a list."""
        asked = set(stems_of(text[:MOST_TYPED]))
        if not asked or self.query.is_empty():
            return []
        field = search_keys_field(self.model)
        drawers = sorted({key_of_drawer(stem) for stem in asked})
        rows = self.filter(**{f"{field.name}__contains": drawers}).order_by("-pk")
        found, portion = [], rows[:OPENED_AT_ONCE]
        for _portion in range(MOST_OPENED // OPENED_AT_ONCE):
            opened = list(portion)
            found += [row for row in opened if asked <= field.stems_of(row)]
            if len(found) >= most or len(opened) < OPENED_AT_ONCE:
                break
            portion = rows.filter(pk__lt=opened[-1].pk)[:OPENED_AT_ONCE]
        return found[:most]


def search_keys_field(model):
    """The model's SearchKeysField, or None."""
    fields = (field for field in model._meta.fields if isinstance(field, SearchKeysField))
    return next(fields, None)
