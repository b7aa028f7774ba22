"""Phone numbers as people read them aloud."""

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
