"""Who asks: by a session's cookie in a browser, by a token in a program. A token is tried only so often."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr
from starlette.datastructures import Headers

from homectl.dashboard.attempts import Attempts
from homectl.dashboard.sessions import LIFE, Sessions
from homectl.home import Account, Accounts, HomeError, Role

LONGEST = 256
"""The most characters of a token."""

MACHINE = Account("this machine", Role.OWNER)
"""The programs of the user that runs the home, which find a token where the home leaves it for them."""


class NotKnown(Exception):
    """Nobody's token, or (`wait` seconds) one that is not looked at now."""

    def __init__(self, wait: float = 0.0) -> None:
        super().__init__(f"wait {wait:.0f} s" if wait else "not known")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who is let in, and the session by which, if any."""

    account: Account
    session: str = ""


class Access:
    """The door of one home's page and API; it may outlive the server."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        real: Callable[[], float],
        local: SecretStr | None = None,
    ) -> None:
        """`real` gives monotonic seconds. `local` is the token of this machine's programs for this run."""
        self._accounts, self._sessions = accounts, sessions
        self._attempts = Attempts(real)
        self._local = local
        self._verified: dict[bytes, Account] = {}
        self._secret = secrets.token_bytes(32)
        self._one_at_a_time = asyncio.Lock()

    async def entrant(self, headers: Headers, cookie: str, address: str) -> Entrant:
        """Who sends a request with these headers. NotKnown for nobody; HomeError where nobody can tell."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return Entrant(await self._account(SecretStr(token.strip()), address))
        session = _cookies(headers).get(cookie, "")
        account = self._sessions.find(session) if session else None
        if account is None or not self.stands(account):
            raise NotKnown
        return Entrant(account, session)

    async def sign_in(self, token: SecretStr, address: str) -> tuple[Account, str]:
        """Whose token it is, and a new session of theirs. NotKnown as for `entrant`."""
        account = await self._account(token, address)
        return account, await self._sessions.begin(account)

    async def sign_out(self, entrant: Entrant) -> None:
        await self._sessions.end(entrant.session)

    def still(self, entrant: Entrant) -> bool:
        """Whether somebody who was let in would be let in again: their session lasts, their token is not revoked."""
        lasting = not entrant.session or self._sessions.find(entrant.session) is not None
        try:
            return lasting and self.stands(entrant.account)
        except HomeError:
            return False

    def stands(self, account: Account) -> bool:
        return account == MACHINE or self._accounts.stand(account)

    async def _account(self, token: SecretStr, address: str) -> Account:
        said = token.get_secret_value()
        if self._local is not None and hmac.compare_digest(
            said.encode(errors="replace"), self._local.get_secret_value().encode()
        ):
            return MACHINE
        key = hmac.digest(self._secret, said.encode(errors="replace"), hashlib.sha256)
        known = self._verified.get(key)
        if known is None or not self.stands(known):
            self._verified.pop(key, None)
            known = self._verified[key] = await self._tried(token, address)
        return known

    async def _tried(self, token: SecretStr, address: str) -> Account:
        """One token at a time is looked at, counted before it is."""
        said = token.get_secret_value()
        name = said.partition(".")[0][:LONGEST]
        if not 0 < len(said) <= LONGEST:
            raise NotKnown
        async with self._one_at_a_time:
            if (wait := self._attempts.wait(name, address)) > 0:
                raise NotKnown(wait)
            one = self._attempts.begin(name, address)
            try:
                account = await asyncio.to_thread(self._accounts.verify, token)
            except HomeError:
                self._attempts.undone(one)
                raise
            if account is None:
                raise NotKnown
            self._attempts.right(one)
            return account


def cookie_name(port: int, *, secure: bool) -> str:
    """Browsers share cookies between the ports of a host: the port is in the name."""
    return f"__Host-homectl-{port}" if secure else f"homectl-{port}"


def set_cookie(name: str, session: str, *, secure: bool) -> str:
    """The header that keeps a session in a browser, or, with none, ends it there."""
    life = int(LIFE) if session else 0
    return f"{name}={session}; Path=/; Max-Age={life}; HttpOnly; SameSite=Strict" + ("; Secure" if secure else "")


def _cookies(headers: Headers) -> dict[str, str]:
    pairs = (pair.strip().partition("=") for line in headers.getlist("cookie") for pair in line.split(";"))
    return {name: value for name, _, value in pairs}
