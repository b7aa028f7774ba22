"""Secret codes that people read, say and type: digits only, so that every keyboard and language has them.

What is stored is Argon2id over an HMAC under the pepper: without the key file nobody can even begin
to guess, and with it each guess costs as much as one of a password.
"""

import os
import re
import secrets

from argon2.low_level import Type, hash_secret_raw

from sanasezim.shared import keys
from sanasezim.shared.passwords import KIBIBYTES, LANES, PASSES

SALT_BYTES = 16
DIGEST_BYTES = 32


def new_code(digits):
    return f"{secrets.randbelow(10**digits):0{digits}}"


def in_groups(code, size=4):
    """
    >>> in_groups("1234567890", 5)
    '12345 67890'
    """
    return " ".join(code[start : start + size] for start in range(0, len(code), size))


def typed(text):
    """The digits of a code as somebody typed it; "" where there is anything but digits and gaps.

    >>> typed("1234 5678-90")
    '1234567890'
    """
    digits = re.sub(r"[\s.–—-]", "", text)
    return digits if digits.isascii() and digits.isdecimal() else ""


def new_salt():
    return os.urandom(SALT_BYTES)


def digest(purpose, code, salt):
    """What may be stored of a code. 32 bytes, 25 milliseconds."""
    return hash_secret_raw(
        keys.code_of(keys.PEPPER, purpose, code),
        bytes(salt) or bytes(SALT_BYTES),
        time_cost=PASSES,
        memory_cost=KIBIBYTES,
        parallelism=LANES,
        hash_len=DIGEST_BYTES,
        type=Type.ID,
    )
