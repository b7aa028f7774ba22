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
from dataclasses import dataclass
from functools import lru_cache

from sanasezim.shared.folding import WORD, fold_word, safe

# "x" is х in Uzbek, but кс in these.
_X_IS_KS = re.compile(r"^(al[ei]|ma(?=x[iy]m)|o(?=xan)|feli|ro(?=xan))x|^x(?=en)", re.IGNORECASE)
_J_IS_Y = re.compile(r"(?<=[aeiy])j$|(?<=^tat)j|(?<=^natal)j", re.IGNORECASE)
# Niyozov is Ниёзов: yo is ё and, like it, e.
_YO = re.compile(r"(?<=[iy])yo", re.IGNORECASE)
_S_AND_H = re.compile(r"^([iye]+)sh(?=[oa][qk])", re.IGNORECASE)

# "son of", "daughter of", by themselves behind the father's name; folded.
CHILD_OF = {"ogli", "oglo", "olo", "oli", "kizi", "gizi", "kiz", "bin", "ibn", "binti"}

_FATHERS = re.compile(r"^(?P<stem>..+?)(?:[oe]v(?:ij|na)|ogl[io]|(?<=...)oli|[kg]izi)$")
_FAMILYS = re.compile(r"^(?P<stem>.+?)(?:[oei]va?|z[ao]da|zade)$")
_RESPECT = re.compile(r"(?<=...)(?:j[oa]n|be[kg]|[hk][oa]n|b[oa]i)$")

# Names whose spellings differ by more than the rules below; folded, then a form of our own.
_OWN_WAYS = [
    (re.compile(r"^m[aoi]?[hgk][aoi]m(?:[ao]|b?e|ba)[dt]"), "mohamad"),
    (re.compile(r"^ibr[ao][hg]?[ie]m"), "ibrahim"),
    # Abdulaziz, Abduaziz, Abdirahmon, Abdurrahmon
    (re.compile(r"^abd[aeio]*l?v?(?=[^v]..)"), "abd"),
]
_SOUNDS = [
    (re.compile(r"^o(?=[ae])"), "v"),  # Уәли, Wali
    (re.compile(r"(?<=[lw][aeo])h$"), ""),  # Abdulloh, Davlatshoh
    (re.compile(r"td"), "d"),
    (re.compile(r"tj"), "j"),
    (re.compile(r"n(?=[bp])"), "m"),
    (re.compile(r"(?<=[aeio])v(?=[^aeiov])"), ""),
]
_CLASSES = str.maketrans("fhg", "pkk")
_AT_THE_END = str.maketrans("dbz", "tps")
_TWO_VOWELS = str.maketrans("oe", "ai")
_VOWELS = re.compile(r"[aeio]+")
_DOUBLED = re.compile(r"(.)\1+")


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
    form = f"{skeleton(_RESPECT.sub('', word.folded))} father"
    return NameWord(word.strict, word.loose | {form}, word.folded)


def joined(one, other):
    return name_word(one.folded + other.folded)


@lru_cache(maxsize=50_000)
def name_word(folded):
    folded = _DOUBLED.sub(r"\1", folded)
    return NameWord(folded, frozenset(loose_forms(folded)), folded)


def fold_name(word):
    """The skeleton of one word of a name."""
    word = _X_IS_KS.sub(lambda match: match.group()[:-1] + "ks", word)
    word = _S_AND_H.sub(r"\1s'h", _YO.sub("ye", _J_IS_Y.sub("y", word)))
    return fold_word(word)


def loose_forms(folded):
    """The loose forms of a folded word: "karimova" → {"krm family"}."""
    if match := _FATHERS.match(folded):
        stem = _RESPECT.sub("", match["stem"])
        stems = [stem, stem + "k"] if folded.endswith("kizi") else [stem]  # Серікқызы
        return {f"{skeleton(stem)} father" for stem in stems}
    if match := _FAMILYS.match(folded):
        sounds = skeleton(match["stem"])
        # Зиёев, Зияев
        return {f"{sounds.rstrip('a') if _is_short(sounds) else sounds} family"}
    stem = _RESPECT.sub("", folded)
    sounds = skeleton(stem)
    return {_DOUBLED.sub(r"\1", stem.translate(_TWO_VOWELS)) if _is_short(sounds) else sounds}


def _is_short(sounds):
    return len(sounds.strip("a")) < 2


def skeleton(stem):
    """What is left of a folded word when vowels are only known to stand first or last."""
    for pattern, form in _OWN_WAYS + _SOUNDS:
        stem = pattern.sub(form, stem)
    last = len(stem)
    sounds = _VOWELS.sub(lambda run: "a" if run.start() == 0 or run.end() == last else "", stem)
    sounds = _DOUBLED.sub(r"\1", sounds.translate(_CLASSES))
    return sounds[:-1] + sounds[-1:].translate(_AT_THE_END)
