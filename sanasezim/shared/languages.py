"""The seven languages of the portal, their own names, and who reads what when a text is missing."""

from django.conf import locale
from django.utils.translation import get_language

# In this order everywhere a reader chooses.
LANGUAGES = [
    ("kk", "Қазақша"),
    ("ru", "Русский"),
    ("uz", "Oʻzbekcha"),
    ("uz-cyrl", "Ўзбекча"),
    ("ky", "Кыргызча"),
    ("tg", "Тоҷикӣ"),
    ("en", "English"),
]
CODES = [code for code, _ in LANGUAGES]
OWN_NAMES = dict(LANGUAGES)
STAFF_LANGUAGES = ["ru", "kk", "en"]

# Django answers 500 for a language it has no facts about.
locale.LANG_INFO["uz-cyrl"] = {
    "bidi": False,
    "code": "uz-cyrl",
    "name": "Uzbek (Cyrillic)",
    "name_local": "Ўзбекча",
}
locale.LANG_INFO["uz"]["name_local"] = "Oʻzbekcha"

# What a person who reads the key can most likely read when a text does not exist in it.
_NEXT_BEST = {
    "kk": ["ru"],
    "ru": ["kk"],
    "uz": ["uz-cyrl", "ru"],
    "uz-cyrl": ["uz", "ru"],
    "ky": ["ru"],
    "tg": ["ru"],
    "en": ["ru"],
}

# BCP 47: the script is part of the language for a screen reader and for hyphenation.
_HTML_LANG = {"uz": "uz-Latn", "uz-cyrl": "uz-Cyrl"}


def html_lang(code):
    return _HTML_LANG.get(code, code)


def fallback_chain(code):
    """All languages, best for a reader of `code` first.

    >>> fallback_chain("ky")[:3]
    ['ky', 'ru', 'kk']
    """
    chain = [code, *_NEXT_BEST.get(code, ["ru"])]
    return list(dict.fromkeys([*chain, "ru", *CODES]))


def best(texts, code=None):
    """Of rows that carry a `language`, the one the reader of `code` (else: of now) reads best, or None."""
    by_language = {text.language: text for text in texts}
    for language in fallback_chain(code or get_language()):
        if language in by_language:
            return by_language[language]
    return None
