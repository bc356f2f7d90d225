"""How often somebody may guess: five wrong PINs, then a lock-out that doubles with every further one.

Counts are kept for the home as a whole and for each name that is given, known or not: names cannot be probed, many
names give no more guesses, and whoever has a PIN cannot use it to go on guessing another's.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from homectl.home import HomeError
from homectl.journal.generations import replace_file
from homectl.people.register import key_of

FREE = 5
"""The wrong PIN that locks out first."""

FIRST, LONGEST = 60.0, 900.0
"""Seconds of the first lock-out, and the most that doubling comes to."""

HOME = "home"


@dataclass(frozen=True, slots=True)
class Count:
    """Wrong PINs since the last right one, and until when nobody may try, in monotonic seconds."""

    wrong: int = 0
    until: float = float("-inf")


class Tries:
    """The counts of one home. They outlive this run, in a file beside the journal."""

    def __init__(self, path: Path, *, real: Callable[[], float], wall: Callable[[], float]) -> None:
        """`real` gives monotonic seconds, `wall` UTC ones, which are only used from one run to the next."""
        self._path, self._real, self._wall = path, real, wall
        self._known: tuple[bytes, dict[str, Count]] | None = None

    @staticmethod
    def path_beside(journal: Path) -> Path:
        return journal.with_suffix(".tries")

    def wait(self, name: str) -> float:
        """Seconds for which a PIN for this name is not even looked at. HomeError where nobody can tell."""
        counts = self._counts()
        return max(0.0, max(counts.get(key, Count()).until for key in self._keys(name)) - self._real())

    def begin(self, name: str) -> None:
        """Count a PIN as wrong before it is looked at, durably: who pulls the plug gains no guess.

        HomeError where that cannot be kept.
        """
        counts = self._counts()
        for key in self._keys(name):
            wrong = counts.get(key, Count()).wrong + 1
            counts[key] = Count(wrong, self._real() + lock_out(wrong) if wrong >= FREE else float("-inf"))
        self._save()

    def right(self, name: str) -> None:
        """The PIN was right after all: counting begins anew."""
        for key in self._keys(name):
            self._counts().pop(key, None)
        self._save()

    def _counts(self) -> dict[str, Count]:
        return self._state()[1]

    def _state(self) -> tuple[bytes, dict[str, Count]]:
        """The names' secret and the counts: read when they are first asked for, so that a broken file stops no home."""
        self._known = self._known or self._load()
        return self._known

    def _keys(self, name: str) -> tuple[str, str]:
        """The home's count and the name's: one of 256, which of them nobody can foresee."""
        digest = hashlib.blake2b(key_of(name).encode(errors="replace"), key=self._state()[0], digest_size=1)
        return HOME, digest.hexdigest()

    def _load(self) -> tuple[bytes, dict[str, Count]]:
        try:
            said = json.loads(self._path.read_bytes())
            counts = {str(key): self._again(int(wrong), float(ends)) for key, (wrong, ends) in said["counts"].items()}
            return bytes.fromhex(said["secret"]), counts
        except FileNotFoundError:
            return secrets.token_bytes(16), {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise HomeError(
                f"{self._path}: expected the count of wrong PINs, got {type(error).__name__}; nobody can unlock until "
                "it is removed"
            ) from None

    def _again(self, wrong: int, ends: float) -> Count:
        """A count of an earlier run. A clock that was set back makes no lock-out longer than it was."""
        left = min(ends - self._wall(), lock_out(wrong))
        return Count(wrong, self._real() + left if wrong >= FREE else float("-inf"))

    def _save(self) -> None:
        ahead, (secret, known) = self._wall() - self._real(), self._state()
        counts = {key: (one.wrong, max(0.0, one.until + ahead)) for key, one in known.items()}
        try:
            replace_file(self._path, json.dumps({"secret": secret.hex(), "counts": counts}).encode())
        except OSError as error:
            raise HomeError(
                f"{self._path}: the PIN cannot be counted, so it is not looked at: {error.strerror}; make room"
            ) from None


def lock_out(wrong: int) -> float:
    """Seconds that a wrong PIN locks out, if it is the so manyth in a row."""
    return 0.0 if wrong < FREE else min(LONGEST, FIRST * 2.0 ** min(wrong - FREE, 10))
