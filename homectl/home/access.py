"""Who may use the page and the API of a home, and as what."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pydantic import SecretStr


class Role(StrEnum):
    """What somebody may do; every role may do what those before it may."""

    VIEWER = "viewer"  # see
    GUEST = "guest"  # lamps, warmth, their holds
    RESIDENT = "resident"  # doors (unlocking also takes a PIN), modes, suggestions, the simulator
    OWNER = "owner"  # what homectl may do by itself, and what it learns

    def may(self, needed: "Role") -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody, or a program, that has shown a token. `mark` changes with the token and tells nothing of it."""

    name: str
    role: Role
    mark: str = ""


class Accounts(Protocol):
    """The tokens of one home."""

    def verify(self, token: SecretStr) -> Account | None:
        """Whose token this is; None for nobody's, which takes as long. Slow on purpose: never on the event loop."""

    def stand(self, account: Account) -> bool:
        """Whether its token has been neither revoked nor replaced. HomeError where nobody can tell."""
