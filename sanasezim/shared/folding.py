"""One skeleton for a word, however it was typed: for searching, and for comparing names.

The same word reaches us in Cyrillic and in Latin, from a Russian keyboard without its own letters
(к for қ, у for ү), with any apostrophe or none, with one letter or two. `fold` makes these equal by
giving up distinctions, so a skeleton is for comparing, never for showing. Some words that differ
also become equal; whoever compares must live with that, as by asking a person.

What becomes equal, and why:

    к қ q k c            ҳ х һ h x kh       г ғ g gh       н ң нг ng
    ж ч ҷ дж j ch zh     ш щ sh shch        ц тс ts s      в v w
    и й ы і ӣ i y        о у ө ү ұ ў ӯ o u oʻ              е э ё ю йо йў ye yo yu io
    а ә ä a              я ya ia            one letter or two of the same

о and у are one because oʻ, ў, ө and ӯ come from a keyboard without them as either; ё is е in
Russian and yo in Uzbek, so yo must be е, too, and yoʻ (йў) is typed as yo and as йу.
"""

import re
import unicodedata
from functools import lru_cache

# ʻ ʼ and what stands in for them: kept while letters are read (s'h is not sh), then dropped.
_APOSTROPHES = "'`\u02bb\u02bc\u02b9\u2018\u2019\u2032\u00b4\uff07"

_LATIN = {
    "shch": "w", "sh": "w", "dzh": "j", "dj": "j", "ch": "j", "zh": "j", "j": "j",
    "kh": "h", "x": "h", "gh": "g", "ng": "n", "ts": "s", "ck": "k", "c": "k", "q": "k",
    "ye": "e", "y": "i", "u": "o", "w": "v", "ph": "f",
    # Letters of other Latin alphabets of the region; the rest lose their marks.
    "ş": "w", "ç": "j", "ı": "i", "ə": "a",
}  # fmt: skip
_LATIN_PIECES = re.compile("(?P<s>c(?=[eiy]))|" + "|".join(sorted(_LATIN, key=len, reverse=True)))

_CYRILLIC = {
    "дж": "j", "нг": "n", "тс": "s", "шч": "w", "ъе": "e", "ье": "e",
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "ҕ": "g", "д": "d", "е": "e",
    "є": "e", "э": "e", "ж": "j", "җ": "j", "з": "z", "и": "i", "і": "i", "ы": "i", "к": "k",
    "қ": "k", "ҡ": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "у": "o", "ү": "o", "ұ": "o", "ф": "f", "х": "h", "ҳ": "h",
    "һ": "h", "ц": "s", "ч": "j", "ҷ": "j", "ш": "w", "щ": "w", "ъ": "", "ь": "", "ю": "io",
    "я": "ia",
}  # fmt: skip
_CYRILLIC_PIECES = re.compile("|".join(sorted(_CYRILLIC, key=len, reverse=True)))

# Latin letters that look like Cyrillic ones and the other way about: a word of both is a slip.
_LOOKS = str.maketrans("aceopxykmthbi", "асеорхукмтнві")
_LOOKS_BACK = {cyrillic: latin for latin, cyrillic in _LOOKS.items()}

_LETTER = "[^\\W_][\u0300-\u036f]*"
WORD = re.compile(f"{_LETTER}(?:[{re.escape(_APOSTROPHES)}]?{_LETTER})*")
_UNSAFE = re.compile("[\x00\ud800-\udfff\u00ad\u200b-\u200f\u2060\ufeff]")
_DOUBLED = re.compile(r"([^\W\d])\1+")

_QWERTY = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_JCUKEN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_JCUKEN = str.maketrans(
    _QWERTY.upper() + _QWERTY + '{}:"<>~', _JCUKEN.upper() + _JCUKEN + "ХЪЖЭБЮЁ"
)
_TO_QWERTY = str.maketrans(_JCUKEN + _JCUKEN.upper(), _QWERTY + _QWERTY.upper())


def fold(text):
    """The skeletons of a text's words, with one space between: "Жібек жолы" → "jibek joli"."""
    return " ".join(words(text))


def words(text):
    """The skeletons of a text's words, in their order, without signs and unsafe characters."""
    found = (fold_word(match.group()) for match in WORD.finditer(safe(text)))
    return [word for word in found if word]


def safe(text):
    """Without what a database or a page cannot carry, and without invisible characters."""
    return _UNSAFE.sub("", text)


@lru_cache(maxsize=50_000)
def fold_word(word):
    """The skeleton of one word, as `WORD` finds it."""
    word = unicodedata.normalize("NFC", word).casefold()
    cyrillic = sum("\u0400" <= letter <= "\u052f" for letter in word)
    if cyrillic:
        return _tidy(_fold_cyrillic(word, cyrillic))
    return _tidy(_LATIN_PIECES.sub(_latin_piece, word))


def _latin_piece(match):
    return match.lastgroup or _LATIN[match.group()]


def _fold_cyrillic(word, cyrillic):
    latin = sum("a" <= letter <= "z" for letter in word)
    if latin > cyrillic:
        return _LATIN_PIECES.sub(_latin_piece, word.translate(_LOOKS_BACK))
    if latin:
        word = word.translate(_LOOKS)
    return _CYRILLIC_PIECES.sub(lambda match: _CYRILLIC[match.group()], _without_marks(word))


def _without_marks(text):
    """й becomes и, ё becomes е, ў and ӯ become у."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _tidy(word):
    word = "".join(
        letter for letter in _without_marks(word) if letter.isalnum() and letter not in _APOSTROPHES
    )
    word = _DOUBLED.sub(r"\1", word).replace("io", "e")
    word = _DOUBLED.sub(r"\1", word).replace("ston", "stan")
    # Russian writes казах for қазақ.
    return "kazak" + word[5:] if word.startswith("kazah") else word


def switch_layout(text):
    """Text typed with the wrong layout: pfhgkfnf → зарплата, зфыызщке → passport."""
    latin = sum("a" <= letter <= "z" for letter in text.lower())
    cyrillic = sum("а" <= letter <= "ё" for letter in text.lower())
    return text.translate(_TO_JCUKEN if latin >= cyrillic else _TO_QWERTY)
