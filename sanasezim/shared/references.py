"""References that people read aloud and write down: they name a record and open nothing."""

import secrets

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Without letters and digits that are taken for each other: 0 O, 1 I L, 5 S, 2 Z, 8 B, U V.
LETTERS = "ACDEFGHJKMNPQRTWXY34679"
reference_validator = RegexValidator(
    rf"^[A-Z]-[{LETTERS}]{{3}}-[{LETTERS}]{{3}}$", _("A reference looks like R-A7K-3FM.")
)


def new_reference(letter):
    """A reference nobody can guess from another, as R-A7K-3FM; 148 million for each first letter."""
    text = "".join(secrets.choice(LETTERS) for _place in range(6))
    return f"{letter}-{text[:3]}-{text[3:]}"
