"""Who is signed in: in memory only, and not for ever."""

import hashlib
import secrets
from collections.abc import Callable

from homectl.home import Account

LIFE = 7 * 86400.0
"""Seconds after which somebody signs in again."""

MOST, OF_ONE = 500, 50
"""Sessions there are at once, and those of one account: nobody signs others out by signing in."""


class Sessions:
    """Sessions by a random id, of which only the hash is kept."""

    def __init__(self, real: Callable[[], float]) -> None:
        """`real` gives monotonic seconds."""
        self._real = real
        self._open: dict[bytes, tuple[Account, float]] = {}

    def begin(self, account: Account) -> str:
        """The id of a new session; the account's own oldest ends where it has too many, then anybody's."""
        own = [key for key, (known, _) in self._open.items() if known == account]
        for key in own[: max(0, len(own) - OF_ONE + 1)]:
            del self._open[key]
        while len(self._open) >= MOST:
            del self._open[next(iter(self._open))]
        name = secrets.token_urlsafe(32)
        self._open[_key(name)] = account, self._real() + LIFE
        return name

    def find(self, name: str) -> Account | None:
        account, ends = self._open.get(_key(name), (None, 0.0))
        if account is not None and self._real() >= ends:
            self.end(name)
            return None
        return account

    def end(self, name: str) -> None:
        self._open.pop(_key(name), None)


def _key(name: str) -> bytes:
    return hashlib.sha256(name.encode(errors="replace")).digest()
