"""Letters that are written often: the text in the person's language, what is filled in, what is still open.

A text has {placeholders}. Some the portal fills as the letter is put in (NOW); {reference} it fills for
each person as the message is sent; all others, such as {дата}, a person fills. Nothing is sent with one left.
"""

import re

from django.utils import formats, timezone, translation

from sanasezim.shared.house import main_line
from sanasezim.shared.languages import best
from sanasezim.shared.phones import in_groups

PLACEHOLDER = re.compile(r"\{[^{}\n]{1,40}\}")
REFERENCE = "{reference}"


def text_of(letter, language, *, by, office=None):
    """(text, language) of a letter, as far as the portal can fill it, for a reader of `language`.

    The language that comes back is another where the letter is not written in theirs.
    """
    text = best(letter.texts.all(), language)
    if text is None:
        return "", ""
    return fill(text.body, text.language, by=by, office=office), text.language


def fill(body, language, *, by, office=None):
    """Put in what is the same for everybody: who writes, the office, the phone, the day."""
    place = best(office.texts.all(), language) if office else None
    line = main_line()
    with translation.override(language):
        today = formats.date_format(timezone.localdate(), "SHORT_DATE_FORMAT")
    values = {
        "{lawyer}": by.get_full_name() or by.get_username(),
        "{office}": ", ".join(filter(None, [place.name, place.address])) if place else "",
        "{phone}": in_groups(line.phone) if line else "",
        "{today}": today,
    }
    for placeholder, value in values.items():
        if value:
            body = body.replace(placeholder, value)
    return body


def for_person(text, intake):
    """The message as it goes to one of those it is for."""
    return text.replace(REFERENCE, intake.reference)


def unfilled(text):
    """The placeholders that a person still has to fill, each once, in their order."""
    found = [match.group() for match in PLACEHOLDER.finditer(text)]
    return [each for each in dict.fromkeys(found) if each != REFERENCE]


# Which language a text is in. Its letters tell most; where two languages share them, the words
# that every page has.

_LATIN = re.compile(r"[a-zʻ]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_APOSTROPHES = re.compile("['`’‘ʼ]")
_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
# language → the Cyrillic letters it writes its own words with
_ALPHABETS = {
    "ru": set(_RUSSIAN),
    "kk": set(_RUSSIAN + "әғқңөұүһі"),
    "ky": set(_RUSSIAN + "ңөү"),
    "uz-cyrl": set(_RUSSIAN + "ўқғҳ") - set("щы"),
    "tg": set(_RUSSIAN + "ғӣқӯҳҷ") - set("щыць"),
}
# What a text of some length in this language can hardly do without, and others have less of
_MARKS = {
    "ru": re.compile("[ыщ]"),
    "kk": re.compile("[әғқңөұүһі]"),
    "ky": re.compile("[ңөү]|аа|оо|уу|ээ|өө|үү"),
    "uz-cyrl": re.compile("[ўқғҳ]"),
    "tg": re.compile("[ғӣқӯҳҷ]"),
    "uz": re.compile("[og]ʻ|q(?!u)|x"),
    "en": re.compile("w|th|c(?!h)"),
}
# No two sentences of Kazakh are without any of these.
_ALWAYS_KAZAKH = re.compile("[әұіһ]")
_FREQUENT = {
    "ru": "и в во не на что мы вы вам вас нам нас с со по для это как или если у за от до к о будет ваш ваше"
    " вашу здравствуйте можно уже когда чтобы только пожалуйста ответ ответим есть еще был была они он она",
    "kk": "және бұл сіз сізге сізді біз бізге үшін мен болады керек жоқ бар егер немесе деп осы қалай не"
    " туралы бойынша дейін кейін ма ме ба бе па пе сәлеметсіз бе де да жауап өтінеміз",
    "ky": "жана бул сиз сизге сизди биз бизге үчүн менен болот керек жок бар эгер же деп ушул кантип эмне"
    " жөнүндө боюнча чейин кийин бы би бу саламатсызбы да де жооп сураныч",
    "uz-cyrl": "ва бу сиз сизга сизни биз бизга учун билан бўлади керак йўқ бор агар ёки деб шу қандай нима"
    " ҳақида бўйича кейин эмас ассалому алайкум жавоб илтимос",
    "tg": "ва ин шумо шуморо ба мо аз барои бо мешавад лозим нест ҳаст агар ё ки дар то чӣ чи тавр пас"
    " дар бораи ассалому алайкум салом ҷавоб лутфан ҳам",
    "uz": "va bu siz sizga sizni biz bizga uchun bilan boʻladi kerak yoʻq bor agar yoki deb shu qanday nima"
    " haqida boʻyicha keyin emas assalomu alaykum javob iltimos",
    "en": "the and you your we our to of in is are it for with not please can will if or on by at have this",
}
_FREQUENT = {language: set(text.split()) for language, text in _FREQUENT.items()}
_WORDS = re.compile(r"[^\W\d_]+(?:ʻ[^\W\d_]*)*")
# One letter that a language does not have says as much as three of its words.
_FOREIGN_LETTER = 3
_WITHOUT_ITS_LETTERS = 5
FEWEST_LETTERS = 12


def language_of(text):
    """The language a text most likely is in, or "" where it is too short to tell.

    >>> language_of("Здравствуйте! Мы получили ваше письмо.")
    'ru'
    """
    text = _APOSTROPHES.sub("ʻ", PLACEHOLDER.sub(" ", text).lower())
    cyrillic, latin = _CYRILLIC.findall(text), _LATIN.findall(text)
    if len(cyrillic) + len(latin) < FEWEST_LETTERS:
        return ""
    typed = _WORDS.findall(text)
    scores = {}
    for language in ["uz", "en"] if len(latin) > len(cyrillic) else _ALPHABETS:
        foreign = (
            sum(letter not in _ALPHABETS[language] for letter in cyrillic)
            if language in _ALPHABETS
            else 0
        )
        scores[language] = (
            sum(word in _FREQUENT[language] for word in typed)
            + len(_MARKS[language].findall(text))
            - foreign * _FOREIGN_LETTER
        )
    if "kk" in scores and not _ALWAYS_KAZAKH.search(text):
        scores["kk"] -= _WITHOUT_ITS_LETTERS
    likeliest = max(scores, key=scores.get)
    return likeliest if scores[likeliest] > 0 else ""


def reads(language, text_language):
    """Whether somebody whose language is the first should be able to read a text in the second.

    Nothing is said against a text where either is unknown.
    """
    return not language or language == "other" or not text_language or language == text_language
