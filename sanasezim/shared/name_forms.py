"""When two spellings are one name: Ахмедов, Axmedov, Akhmedov, and loosely Ahmadov.

Every word of a name has one strict form and a few loose ones. The strict form is the word's skeleton
(folding.py): the same letters in another alphabet, by another table of transliteration. The loose form
also gives up what clerks hear and write differently:

    vowels                    Ahmedov Ahmadov, Soliev Saliev, Nasriddin Nasirdin
    f p · h g k               Sharifov Sharipov, Ibrohim Ibragim, Baxıt Baqıt
    voice at the end          Murod Murat, Rajab Rajap
    av au before a consonant  Davlat Daulet
    a word of respect         Karimjon Karim, Nurbek Nur
    sex and age of a surname  Karimov Karimova Karimzoda
    the father's name         Karimovich, Karim oʻgʻli, Кәрімұлы; but not Karim alone

Vowels stay where little else is left: Ali is not Ola.
"""

import re
import unicodedata
from dataclasses import dataclass

from sanasezim.shared.folding import WORD, fold_word, safe

# Not through its memory: no name stays with us for longer than it takes.
_fold_word = fold_word.__wrapped__

_CYRILLIC = re.compile("[\u0400-\u052f]")
# Letters of other Latin alphabets; what is left of them loses its marks.
_MARKED = str.maketrans(
    {"ş": "sh", "š": "sh", "ș": "sh", "ç": "ch", "č": "ch", "ž": "zh", "ə": "a", "ı": "i"}
)
# Before folding: what a name's letters stand for, where a word's would stand for something else.
_SPELLINGS = [
    # x is х in Uzbek, but кс in Alexey, Maxim, Oxana, Roxana, Felix, Xenia
    (re.compile(r"(?<=^al[ei])x|(?<=^ma)x(?=[iy]m)|(?<=^o)x(?=an)|(?<=^ro)x(?=an)"), "ks"),
    (re.compile(r"(?<=^feli)x|^x(?=en)"), "ks"),
    (re.compile(r"(?<=[aeiy])j$|(?<=^tat)j|(?<=^natal)j"), "y"),
    (re.compile(r"(?<=[iy])yo"), "ye"),  # Niyozov is Ниёзов: yo is ё and, like it, e
    (re.compile(r"(?<=[^\W\daeiouy])ye"), "ie"),  # Berdyev is Бердыев
    (re.compile(r"[ьы](?=[её])"), "и"),
    (re.compile(r"(?<=^[iye])sh(?=[oa][qk])"), "s'h"),  # Ishoq is Исҳоқ
]
# "son of", "daughter of", by themselves behind the father's name; folded.
CHILD_OF = {"ogli", "oglo", "olo", "oli", "kizi", "gizi", "kiz", "bin", "ibn", "binti"}

_FATHERS_NAME = re.compile(r"^(?P<stem>..+?)(?:i?[oe]v(?:ij|na)|ogl[io]|(?<=...)oli|[kg]izi)$")
_FAMILY_NAME = re.compile(r"^(?P<stem>.+?)(?:[oei]va?|z[ao]da|zade)$")
_RESPECT = re.compile(r"(?<=...)(?:j[oa]n|be[kg]|[hk][oa]n|b[oa]i)$")

# Names whose spellings differ by more than the rules below; folded, then a form of our own.
_OWN_WAYS = [
    (re.compile(r"^m[aoi]?[hgk][aoi]m(?:[ao]|b?e|ba)[dt]"), "mohamad"),
    (re.compile(r"^ibr[ao][hg]?[ie]m"), "ibrahim"),
    (re.compile(r"^n[ei]gmat"), "nemat"),
    (re.compile(r"^agzam"), "azam"),
    # Abdulaziz, Abduaziz, Abdirahmon, Abdurrahmon
    (re.compile(r"^abd[aeio]*l?v?(?=[^v]..)"), "abd"),
]
_SOUNDS = [
    (re.compile(r"^o(?=[ae])"), "v"),  # Уәли, Wali
    (re.compile(r"(?<=[lw][aeo])h$"), ""),  # Abdulloh, Davlatshoh
    (re.compile(r"td"), "d"),
    (re.compile(r"tj"), "j"),
    (re.compile(r"n(?=[bp])"), "m"),
    (re.compile(r"(?<=n)[gh]"), ""),  # Шыңғыс, Шынгыс
    (re.compile(r"(?<=[tskw])b(?=[ao])"), "p"),  # Satbaev, Satpaev
    # Davlat, Daulet; Rauf, Ravuf; Ziyoviddin, Ziyautdin
    (re.compile(r"(?<=[aeio])v(?=[^aeiv]|[oi]din)"), ""),
]
_CLASSES = str.maketrans("fhg", "pkk")
_AT_THE_END = str.maketrans("dbz", "tps")
_TWO_VOWELS = str.maketrans("oe", "ai")
_VOWELS = re.compile(r"[aeio]+")
_DOUBLED = re.compile(r"([^\W\d])\1+")


@dataclass(frozen=True)
class NameWord:
    """What a word of a name is looked for by. `folded` is what two words are joined from."""

    strict: str
    loose: frozenset
    folded: str


def name_words(text):
    """The NameWords of a name. One letter is no word: initials are not looked for."""
    folded = [fold_name(match.group()) for match in WORD.finditer(safe(text))]
    folded = [word for word in folded if len(word) > 1]
    words = []
    for word in folded:
        if words and word in CHILD_OF:
            words[-1] = _as_father(words[-1])
        else:
            words.append(name_word(word))
    return words


def _as_father(word):
    forms = {_father(stem) for stem in _stems(word.folded)}
    return NameWord(word.strict, word.loose | forms, word.folded)


def joined(one, other):
    return name_word(one.folded + other.folded)


def name_word(folded):
    folded = _DOUBLED.sub(r"\1", folded)
    return NameWord(folded, frozenset(loose_forms(folded)), folded)


def fold_name(word):
    """The skeleton of one word of a name."""
    word = unicodedata.normalize("NFC", word).casefold().translate(_MARKED)
    if not _CYRILLIC.search(word):
        word = "".join(
            letter
            for letter in unicodedata.normalize("NFD", word)
            if not unicodedata.combining(letter)
        )
    for pattern, form in _SPELLINGS:
        word = pattern.sub(form, word)
    return _fold_word(word)


def loose_forms(folded):
    """The loose forms of a folded word: "karimova" → {"krm family"}."""
    if match := _FATHERS_NAME.match(folded):
        lost = "k" if folded.endswith("kizi") else ""  # Серікқызы
        return {_father(stem) for stem in _stems(match["stem"], lost)}
    if match := _FAMILY_NAME.match(folded):
        return {f"{sounds} family" for sounds in _family_stems(match["stem"])}
    return {_named(stem) for stem in _stems(folded)}


def _stems(word, lost=""):
    """A word without its word of respect, with what may have been lost where the two met."""
    stem = _RESPECT.sub("", word)
    if stem != word and word[len(stem)] == "j" and stem[-1] in "aeio":
        lost = "d"  # Faridjon is folded like Farijon
    return {stem, stem + lost} if lost else {stem}


def _father(stem):
    return f"{skeleton(stem).rstrip('a')} father"


def _family_stems(stem):
    """Зиёев is Зияев, Игнатьев Ignatev; but where little else is left, Кулиев is not Кулов."""
    sounds = skeleton(stem)
    if _is_short(sounds):
        return {sounds.rstrip("a")}
    if stem.endswith("i") and len(sounds.strip("a")) > 2:
        return {sounds, skeleton(stem[:-1])}
    return {sounds}


def _named(stem):
    sounds = skeleton(stem)
    return _DOUBLED.sub(r"\1", stem.translate(_TWO_VOWELS)) if _is_short(sounds) else sounds


def _is_short(sounds):
    return len(sounds.strip("a")) < 2


def skeleton(stem):
    """What is left of a folded word when vowels are only known to stand first or last."""
    for pattern, form in _OWN_WAYS + _SOUNDS:
        stem = pattern.sub(form, stem)
    stem = _DOUBLED.sub(r"\1", stem.translate(_CLASSES))
    last = len(stem)
    sounds = _VOWELS.sub(lambda run: "a" if run.start() == 0 or run.end() == last else "", stem)
    return sounds[:-1] + sounds[-1:].translate(_AT_THE_END)
