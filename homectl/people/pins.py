"""PINs: which are worth having, and how they are kept: as argon2id, never as themselves."""

import base64
import re
import secrets
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from pydantic import SecretStr

SHAPE = re.compile(r"[0-9]{4,12}")
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
KEYPAD = frozenset({"2580", "0852", "1379", "1397", "7913", "9731", "1470", "3690"})
"""Lines and corners of a keypad."""

HASHER = PasswordHasher()
"""argon2id with the second recommended setting of RFC 9106: 64 MiB, three passes."""

QUICKER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""argon2id with the least that OWASP recommends: 19 MiB, two passes, for secrets that are too long to be guessed."""


def objection(pin: SecretStr) -> str | None:
    """Why a PIN cannot be one, without a digit of it; None where it can."""
    digits = pin.get_secret_value()
    if not SHAPE.fullmatch(digits):
        return "expected a PIN of 4 to 12 digits"
    if _repeats(digits) or _runs(digits) or digits in KEYPAD:
        return "expected a PIN that is no row, line or repetition of digits; it would be guessed first"
    return "expected a PIN that is no year; it would be guessed first" if YEAR.fullmatch(digits) else None


def _repeats(digits: str) -> bool:
    """0000, 1212 and 123123, but also 12121."""
    return any(digits == (digits[:size] * len(digits))[: len(digits)] for size in range(1, len(digits) // 2 + 1))


def _runs(digits: str) -> bool:
    """1234, 9876, 7890 and 2468."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    return len(steps) == 1


class Pins:
    """Hashes PINs and compares them. Both take long, on purpose: never on the event loop."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        self._hasher = hasher
        self._nobody = (
            f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
            f"${_text(hasher.salt_len)}${_text(hasher.hash_len)}"
        )

    def hash(self, pin: SecretStr) -> str:
        return self._hasher.hash(pin.get_secret_value())

    def match(self, known: str | None, pin: SecretStr) -> bool:
        """Whether a PIN is the one that was hashed; for nobody's (None) it takes as long and is wrong."""
        try:
            return self._hasher.verify(self._nobody if known is None else known, pin.get_secret_value())
        except (Argon2Error, InvalidHashError, UnicodeError):
            return False


def _text(size: int) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
