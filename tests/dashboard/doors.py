"""Doors of a fake home's page: tokens that are looked at in no time, and people of every role."""

import time
from collections.abc import Callable

from argon2 import PasswordHasher
from pydantic import SecretStr

from homectl.dashboard import Access, Sessions
from homectl.home import Account, Role

KEY = "the token of this machine's programs"
TOKENS = {role: f"{role}-1.{role}s-secret" for role in Role}
"""A token of everybody's."""


class FakeAccounts:
    """Implements Accounts; counts how many tokens were looked at."""

    def __init__(self) -> None:
        self.looked_at = 0
        self.known = {token: Account(f"{role}-1", role, "first") for role, token in TOKENS.items()}

    def verify(self, token: SecretStr) -> Account | None:
        self.looked_at += 1
        return self.known.get(token.get_secret_value())

    def stand(self, account: Account) -> bool:
        return account in self.known.values()


def door(accounts: FakeAccounts | None = None, real: Callable[[], float] = time.monotonic) -> Access:
    return Access(accounts or FakeAccounts(), Sessions(real), real, local=SecretStr(KEY))


def bearer(token: str = KEY) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


WEAK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""For tests that hash often."""
