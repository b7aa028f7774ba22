"""Spellings of one name meet, and names that differ stay apart."""

import re
from itertools import combinations, permutations
from pathlib import Path

import pytest

from sanasezim.shared.name_forms import joined, name_words

NAMES = Path(__file__).with_name("names.tsv")
GROUPS = [
    line.split("\t")
    for line in NAMES.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def forms(text):
    """What a row with this name is found by, strictly and loosely."""
    words = name_words(text)
    words += [joined(one, next_) for one, next_ in zip(words, words[1:], strict=False)]
    return {word.strict for word in words}, {form for word in words for form in word.loose}


def finds(typed, held):
    strict, loose = forms(held)
    words = name_words(typed)
    pairs = [joined(one, next_) for one, next_ in zip(words, words[1:], strict=False)]
    return bool(words) and all(
        any(form.strict in strict or form.loose & loose for form in [word, *pairs[max(place - 1, 0) : place + 1]])
        for place, word in enumerate(words)
    )  # fmt: skip


def test_every_spelling_finds_every_other_of_its_name():
    pairs = [pair for group in GROUPS for pair in permutations(group, 2)]
    lost = [f"{typed} → {held}" for typed, held in pairs if not finds(typed, held)]

    assert len(GROUPS) > 500
    assert len(lost) <= 0.005 * len(pairs), lost


def test_names_that_differ_rarely_meet():
    """Of 168,000 pairs; those of one word, since "Мухаммад Али" rightly finds "Мухаммад"."""
    names = [group for group in GROUPS if not any(" " in name for name in group)]
    held = [[forms(name) for name in group] for group in names]
    strict = [set().union(*(found[0] for found in group)) for group in held]
    loose = [set().union(*(found[1] for found in group)) for group in held]
    pairs = list(combinations(range(len(names)), 2))

    assert sum(bool(strict[a] & strict[b]) for a, b in pairs) < 0.0002 * len(pairs)
    assert sum(bool(loose[a] & loose[b]) for a, b in pairs) < 0.001 * len(pairs)


LETTERS = dict(
    zip("абвгдезиклмнопрстуфіңөүұәһғқҳҷӣӯўхшчщцжйыэёюяьъ",
        ["a", "b", "v", "g", "d", "e", "z", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f",
         "i", "ng", "o", "u", "u", "a", "h", "g", "k", "h", "j", "i", "u", "u", "kh", "sh", "ch",
         "shch", "ts", "zh", "y", "y", "e", "yo", "yu", "ya", "", ""], strict=True)
)  # fmt: skip
TABLES = {
    "passports of Russia and Kazakhstan": {"й": "i", "ё": "e", "ю": "iu", "я": "ia", "ъ": "ie"},
    "maps": {"ё": "ë"},
    "Uzbek": {"ж": "j", "х": "x", "қ": "q", "ғ": "gʻ", "ў": "oʻ", "ц": "s"},
    "Uzbek passports of the nineties": {"ж": "j", "ҳ": "kh"},
    "Tajik": {"қ": "q", "ғ": "gh"},
    "Kyrgyz": {"ж": "j", "й": "i"},
    "Kazakh": {"ж": "j", "ш": "ş", "ч": "ç", "х": "h", "ғ": "ğ", "қ": "q", "й": "i", "ү": "ü",
               "ұ": "ū", "ө": "ö", "ә": "ä", "ң": "ñ", "я": "ia", "ю": "iu"},
    "Kazakh of 2018": {"ж": "j", "х": "h", "ғ": "ǵ", "қ": "q", "й": "ı", "и": "ı", "у": "ý",
                       "ү": "ú", "ө": "ó", "ә": "á", "ң": "ń", "я": "ıa", "ю": "ıý"},
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_a_name_is_found_through_any_table_of_transliteration(table):
    letters = LETTERS | TABLES[table]
    names = {name for group in GROUPS for name in group if re.fullmatch("[Ѐ-ԯ]+", name)}
    latin = {name: "".join(letters[letter] for letter in name.lower()) for name in names}
    lost = [f"{name} → {latin[name]}" for name in names if not finds(name, latin[name])]

    assert len(names) > 1000
    assert len(lost) <= 0.01 * len(names), lost


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("Karim", "Каримов"),
        ("Каримов", "Рахимов"),
        ("Ахмедов Рустам", "Ахмедов Карим"),
        ("Али", "Ола"),
        ("Карим", "Рустам Каримович"),
        ("Тимур", "Дамир"),
        ("Нодир", "Надежда"),
        ("Хасан", "Асан"),
    ],
)
def test_another_name_is_not_found(typed, held):
    assert not finds(typed, held)


@pytest.mark.parametrize("text", ["", " ", ".,-", "А.", "\x00", "\ud800", "ʻ", "\u0301"])
def test_what_is_no_name_has_no_words(text):
    assert name_words(text) == []
