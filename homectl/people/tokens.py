"""Tokens: who may use the page and the API of a home, and as what. Only their argon2id is kept."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from homectl.home import Account, Actor, Role, UsageError
from homectl.people.ledger import Ledger
from homectl.people.pins import QUICKER, Pins

NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
FIRST = "owner"
"""The name of the token that a home makes by itself, when it has none."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a token."""

    role: Role
    hash: str

    @property
    def mark(self) -> str:
        return hashlib.sha256(self.hash.encode()).hexdigest()[:16]


class Tokens:
    """The tokens of one home, written `name.secret`. Implements Accounts; what is revoked counts no more at once."""

    def __init__(self, path: Path, pins: Pins | None = None) -> None:
        self.path = path
        self._ledger = Ledger(path, word="tokens", meaning="the tokens of a home", lost="nobody can sign in")
        self._pins = pins or Pins(QUICKER)
        self._read: tuple[tuple[int, int], Mapping[str, Kept]] | None = None

    @classmethod
    def beside(cls, journal: Path) -> "Tokens":
        return cls(journal.with_suffix(".tokens"))

    def kept(self) -> Mapping[str, Kept]:
        """Every token by name. HomeError for a file that others may read, or that holds something else."""
        stamp = self._ledger.stamp()
        if self._read is None or self._read[0] != stamp:
            self._read = stamp, self._entries()
        return self._read[1]

    def _entries(self) -> Mapping[str, Kept]:
        try:
            return {name: Kept(Role(one["role"]), str(one["hash"])) for name, one in self._ledger.entries().items()}
        except (ValueError, TypeError, KeyError) as error:
            raise self._ledger.damaged(type(error).__name__) from None

    def first(self) -> SecretStr | None:
        """An owner's token for a home that never had any; None where it had."""
        if self.path.exists():
            return None
        try:
            return self.add(FIRST, Role.OWNER)
        except UsageError:  # another program was quicker
            return None

    def add(self, name: str, role: Role) -> SecretStr:
        """A new token, which is told here and never again. UsageError for a name that is none, or taken."""
        if not NAME.fullmatch(name):
            raise UsageError("token: expected a name of up to 32 of a-z, 0-9, _ and - that begins with a letter")
        if name.startswith("homectl") or name in set(map(str, Actor)):
            raise UsageError(f"token: the logbook calls something else {name}; choose another name")
        token = SecretStr(f"{name}.{secrets.token_urlsafe(32)}")
        with self._ledger.changing() as entries:
            if name in entries:
                raise UsageError(f"token: {name} is there already; another instead: homectl token revoke {name}")
            entries[name] = {"role": str(role), "hash": self._pins.hash(token)}
        return token

    def revoke(self, name: str) -> None:
        with self._ledger.changing() as entries:
            if name not in entries:
                raise UsageError(f"token: none by that name; known: {', '.join(sorted(entries)) or 'none'}")
            del entries[name]

    def verify(self, token: SecretStr) -> Account | None:
        name = token.get_secret_value().partition(".")[0]
        kept = self.kept().get(name)
        matches = self._pins.match(kept.hash if kept else None, token)
        return Account(name, kept.role, kept.mark) if kept and matches else None

    def stand(self, account: Account) -> bool:
        kept = self.kept().get(account.name)
        return kept is not None and (kept.role, kept.mark) == (account.role, account.mark)
