"""The page of a running home: its server, its door, and the key it leaves for the programs of this machine."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from pydantic import SecretStr

from homectl.dashboard import Access, Address, Server, Sessions
from homectl.home import Actions, Past
from homectl.page_key import PageKey, certificates_in
from homectl.people import Tokens
from homectl.settings import DashboardSettings

log = logging.getLogger(__name__)


class Page:
    """Served from `start` to `stop`; who may ask is kept beside the journal. `past` is what the home remembers.

    Without one it is only looked at, perhaps beside its daemon, to which the file of sessions is left.
    """

    def __init__(self, actions: Actions, settings: DashboardSettings, journal: Path, past: Past | None = None) -> None:
        self._address = Address(settings.port, settings.bind, settings.hosts, settings.certificate, settings.key)
        self._token, self._tokens = PageKey.new_token(), Tokens.beside(journal)
        sessions = Sessions(time.time, None if past is None else journal.with_suffix(".sessions"))
        access = Access(self._tokens, sessions, time.monotonic, local=SecretStr(self._token))
        self._server = Server(actions, self._address, access, past)
        self._left = ExitStack()

    async def start(self) -> str:
        """The page's URL, once it answers; HomeError where it cannot be served."""
        port = await self._server.start()
        certificate = self._address.certificate
        shown = "" if certificate is None else certificates_in(certificate.read_bytes())
        key = PageKey(port=port, token=self._token, host=self._address.reached, certificate=shown)
        try:
            self._left.enter_context(key.left())
        except OSError as error:
            log.warning("homectl's own commands need a token in $HOMECTL_TOKEN: %s: %s", key.path(port), error.strerror)
        return url(key.host, port, secure=certificate is not None)

    async def stop(self) -> None:
        """Harmless when not started."""
        self._left.close()
        await self._server.stop()


def with_first_token(said: str, page: str, journal: Path) -> Iterator[str]:
    """What to tell whoever started a page. Once in a home's life its URL has the owner's token with it.

    Not where the system keeps what is told here in its log.
    """
    tokens = Tokens.beside(journal)
    first = None if _logged() else tokens.first()
    yield said + page + ("" if first is None else f"#token={first.get_secret_value()}")
    if first is not None:
        yield "homectl: this token is the owner's, and is told only now; more: homectl token add NAME --role ROLE"
    elif not tokens.kept():
        yield "homectl: nobody can sign in yet: homectl token add NAME --role owner"


def _logged() -> bool:
    """Whether the system's log takes down what this process prints."""
    printed = os.fstat(1)
    return os.environ.get("JOURNAL_STREAM") == f"{printed.st_dev}:{printed.st_ino}"


def url(host: str, port: int, *, secure: bool = False) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http{'s' if secure else ''}://{shown}:{port}/"
