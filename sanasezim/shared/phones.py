"""Phone numbers as people write them, as machines compare them, and as people read them aloud."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from sanasezim.shared.folding import safe

NBSP = "\u00a0"

# How many digits stand together, country code first.
GROUPS = [
    ("+7", (3, 3, 2, 2)),
    ("+998", (2, 3, 2, 2)),
    ("+996", (3, 3, 3)),
    ("+992", (2, 3, 4)),
    ("+993", (2, 2, 2, 2)),
    ("8", (3, 3, 2, 2)),
]
# Whose numbers are written without their country's code, by those who come to us.
REGIONS = ("KZ", "UZ", "KG", "TJ", "RU")

# 99890…, typed without a plus: the whole number of a neighbour.
_NEIGHBOURS = re.compile(r"99[268]\d{9}")
# Before another country's code one dials 00, or 8~10 in the countries of the region, or writes only 8.
_ABROAD = re.compile(r"^(?:00(?=[1-9])|810(?=[1-9]\d{9})|8(?=99[268]\d{9}$))")
_NEAR = re.compile(r"\+(?:7|99[268])")
_TRUNK = re.compile(r"8\d{10}")  # +8 701 …: the plus was meant for a 7
_EXTENSION = re.compile(
    r"(?<=\d)[\s.,(]*(?:доб|вн|внутр|қос|ext|ichki|x|#|;).*$", re.IGNORECASE | re.DOTALL
)
_NOT_BEFORE_NUMBER = re.compile(r"^\D*?(?=[+＋(\d])")


def as_e164(text, region="KZ"):
    """The one form of a number, +77012345678, however it was written; "" where it is none.

    `region` is whose number it is when no country's code stands before it; a number that only one
    neighbour has is that neighbour's.
    """
    digits, abroad = _digits(text)
    if abroad or _NEIGHBOURS.fullmatch(digits):
        return _possible("+" + digits)
    if found := _valid(digits, region):
        return found
    if len(digits) == 11 and digits[0] in "78":
        return _possible("+7" + digits[1:])
    found = _of_neighbours(digits)
    return found[0] if len(found) == 1 else ""


def ways_to_read(text):
    """Every number this may be: nine digits without a country are one in three countries. A list."""
    found = as_e164(text)
    return [found] if found else _of_neighbours(_digits(text)[0])


def bare_digits(text):
    """What was dialled, without signs and extension: for a number that is none of ours."""
    return _digits(text)[0]


def without_country(e164):
    """The digits that are dialled inside the country; "" for a country that is not near."""
    code = _NEAR.match(e164)
    return e164[code.end() :] if code else ""


def _of_neighbours(digits):
    found = [_valid(digits, region) for region in REGIONS]
    return list(dict.fromkeys(number for number in found if number))


def _digits(text):
    """The digits of a number without its extension, and whether it begins with a country's code."""
    text = _NOT_BEFORE_NUMBER.sub("", _EXTENSION.sub("", safe(text)), count=1)
    digits = "".join(str(int(letter)) for letter in text if letter.isdecimal())
    if text.startswith(("+", "＋")) and not _TRUNK.fullmatch(digits):
        return digits, True
    without = _ABROAD.sub("", digits, count=1)
    return without, without != digits


def _valid(digits, region):
    return _e164(digits, region, phonenumbers.is_valid_number)


def _possible(digits):
    return _e164(digits, None, phonenumbers.is_possible_number)


def _e164(digits, region, accepts):
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException:
        return ""
    if not accepts(number):
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def in_groups(number):
    """A number that eyes, ears and screen readers can hold.

    >>> in_groups("+77270000000").replace(NBSP, " ")
    '+7 727 000 00 00'
    """
    for code, groups in GROUPS:
        rest = number.removeprefix(code)
        if number.startswith(code) and len(rest) == sum(groups):
            parts = [code]
            for length in groups:
                parts.append(rest[:length])
                rest = rest[length:]
            return NBSP.join(parts)
    return number
