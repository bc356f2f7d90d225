"""Who is signed in: not for ever, but also after homectl was started anew."""

import asyncio
import hashlib
import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from homectl.home import Account, Role
from homectl.journal.generations import replace_file

LIFE = 30 * 86400.0
"""Seconds after which somebody signs in again."""

MOST, OF_ONE = 500, 50
"""Sessions there are at once, and those of one account: nobody signs others out by signing in."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Session:
    account: Account
    ends: float

    def lasts(self, now: float) -> bool:
        """Whether it counts now; a clock that was wrong lets nobody in for longer."""
        return 0 < self.ends - now <= LIFE


class Sessions:
    """Sessions by a random id, of which only the hash is kept."""

    def __init__(self, wall: Callable[[], float], path: Path | None = None) -> None:
        """`wall` gives UTC seconds. `path`: the file that keeps the sessions of accounts with a mark over a restart."""
        self._wall, self._path = wall, path
        self._open = {} if path is None else _kept(path)
        self._writing = asyncio.Lock()

    async def begin(self, account: Account) -> str:
        """The id of a new session; the account's own oldest ends where it has too many, then anybody's."""
        own = [key for key, session in self._open.items() if session.account == account]
        for key in own[: max(0, len(own) - OF_ONE + 1)]:
            del self._open[key]
        while len(self._open) >= MOST:
            del self._open[next(iter(self._open))]
        name = secrets.token_urlsafe(32)
        self._open[_key(name)] = Session(account, self._wall() + LIFE)
        await self._keep()
        return name

    def find(self, name: str) -> Account | None:
        session = self._open.get(_key(name))
        return session.account if session is not None and session.lasts(self._wall()) else None

    async def end(self, name: str) -> None:
        if self._open.pop(_key(name), None) is not None:
            await self._keep()

    async def _keep(self) -> None:
        if self._path is None:
            return
        async with self._writing:
            now = self._wall()
            lasting = {key: asdict(one) for key, one in self._open.items() if one.account.mark and one.ends > now}
            try:
                await asyncio.to_thread(replace_file, self._path, json.dumps(lasting, indent=1).encode() + b"\n")
            except OSError as error:
                log.warning("a restart signs everybody out: %s: %s", self._path, error.strerror)


def _kept(path: Path) -> dict[str, Session]:
    """What a file keeps; nothing where it is none, as people can sign in again."""
    try:
        return {str(key): _session(**said) for key, said in json.loads(path.read_bytes()).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning("everybody is signed out: %s: expected sessions, got %s", path, type(error).__name__)
        return {}


def _session(account: dict[str, str], ends: float) -> Session:
    return Session(Account(str(account["name"]), Role(account["role"]), str(account["mark"])), float(ends))


def _key(name: str) -> str:
    return hashlib.sha256(name.encode(errors="replace")).hexdigest()
