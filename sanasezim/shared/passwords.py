"""How passwords are hashed, and which are too easy."""

import re
import unicodedata

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# OWASP's figures for Argon2id. Django's own take 100 MiB and eight threads: ten people at once fill two cores.
KIBIBYTES = 19 * 1024
PASSES = 2
LANES = 1

OUR_WORDS = ["sana", "sezim", "shymkent", "kazakhstan", "qazaqstan", "migrant", "portal", "hotline"]
OUR_WORDS += ["сана", "сезим", "сезім", "шымкент", "қазақстан", "казахстан", "мигрант", "портал"]
OUR_WORDS += [
    "password",
    "qwerty",
    "йцукен",
    "пароль",
    "құпиясөз",
    "admin",
    "administrator",
    "staff",
]
ONLY_OUR_WORDS = re.compile(f"(?:{'|'.join(sorted(OUR_WORDS, key=len, reverse=True))})+")


class Argon2Hasher(Argon2PasswordHasher):
    memory_cost = KIBIBYTES
    time_cost = PASSES
    parallelism = LANES


class OurWordsValidator:
    """Refuses a password of nothing but the house's words and digits: sanasezim2026 is guessed first."""

    def validate(self, password, user=None):
        folded = unicodedata.normalize("NFKC", password).lower()
        letters = "".join(sign for sign in folded if sign.isalpha())
        if ONLY_OUR_WORDS.fullmatch(letters) or len(set(folded)) < 5:
            raise ValidationError(
                _("This password is guessed too easily. Take words that do not belong together."),
                code="password_of_our_words",
            )

    def get_help_text(self):
        return _("Several words that do not belong together are best; no signs are required.")
