"""Who it is, hidden: initials, and the last two digits. Enough to tell two rows apart, no more."""

import re

from sanasezim.shared.folding import WORD

HIDDEN = "•••"
# Letters that are one sound written with two or three signs.
_LETTER = re.compile(r"(?:sh|ch|ng|[og][ʻ'‘’`]|.)", re.IGNORECASE)


def initials(text):
    """The first letter of each word.

    >>> initials("Oʻtkir Shavkatov")
    'Oʻ. Sh.'
    """
    words = [match.group() for match in WORD.finditer(text)]
    return " ".join(f"{_LETTER.match(word).group().capitalize()}." for word in words[:4])


def last_two(text):
    """The last two digits of every number, one after the other.

    >>> last_two("+7 701 123 45 67")
    '•••67'
    """
    numbers = [re.sub(r"\D", "", part) for part in re.split(r"[\n,;]", text)]
    shown = [HIDDEN + number[-2:] for number in numbers if len(number) > 4]
    return ", ".join(shown) or HIDDEN


def hidden(text):
    """Only that there is something."""
    return HIDDEN
