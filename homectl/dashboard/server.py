"""An HTTP server inside the daemon's own loop: on loopback, unless it is told otherwise."""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from homectl.dashboard.access import Access
from homectl.dashboard.application import application
from homectl.dashboard.forwarding import Forwarding
from homectl.dashboard.line import Line
from homectl.home import Actions, HomeError, Past

LOOPBACK = "127.0.0.1"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens, by which names it is asked for, and how it proves who it is. Port 0: any free one."""

    port: int
    bind: str = LOOPBACK
    hosts: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None

    @property
    def open(self) -> bool:
        """Whether other machines can reach it."""
        return not ip_address(self.bind).is_loopback

    @property
    def reached(self) -> str:
        """By which address this machine's programs reach it."""
        return LOOPBACK if ip_address(self.bind).is_unspecified else self.bind

    def names(self) -> tuple[str, ...]:
        """Every name that a browser may ask for, besides the loopback's."""
        own = ip_address(self.bind)
        shown = () if own.is_unspecified else (f"[{own}]" if own.version == 6 else str(own),)
        return (*self.hosts, *shown)


class _InTheLoop(uvicorn.Server):
    """Leaves signals to the daemon that owns the loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Served:
    """An application that is served once: start it, stop it."""

    def __init__(self, app: ASGIApp, address: Address, closing: asyncio.Event, line: type[Line] = Line) -> None:
        """`closing` is set when it is to end its streams; `line` is how to speak to each who asks."""
        self._address, self._closing = address, closing
        self._server = _InTheLoop(_configuration(app, address, line))
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """The port, once requests are answered on it; HomeError if it is taken."""
        _check_certificate(self._address)
        listening = listen(self._address)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]), name="dashboard")
        while not self._server.started:
            await asyncio.wait({self._serving}, timeout=0.01)
            if self._serving.done():
                self._serving.result()
                raise HomeError("The page could not be served; the log says why.")
        return int(listening.getsockname()[1])

    async def stop(self) -> None:
        """End every stream and every request, then close the port. Harmless when not started."""
        if self._serving is None:
            return
        self._closing.set()
        self._server.should_exit = True
        await self._serving
        self._serving = None


class Server(Served):
    """The page and API of one home. `address` may be a port of the loopback."""

    def __init__(self, actions: Actions, address: int | Address, access: Access, past: Past | None = None) -> None:
        where = Address(address) if isinstance(address, int) else address
        app = application(actions, access, where.names(), past)
        super().__init__(app, where, app.state.closing)


class Forwarder(Served):
    """The page of a daemon, at another address."""

    def __init__(self, daemon: str, address: Address, encrypted: ssl.SSLContext | None = None) -> None:
        super().__init__(Forwarding(daemon, address.names(), encrypted), address, asyncio.Event())


def _configuration(app: ASGIApp, address: Address, line: type[Line]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=line,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.key,
    )


def _check_certificate(address: Address) -> None:
    """HomeError for a certificate that cannot be used; a warning where a network hears what is said without one."""
    if address.certificate is None:
        if address.open:
            log.warning("the page listens on %s without TLS: tokens and PINs can be overheard", address.bind)
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(address.certificate, address.key)
    except OSError as error:
        raise HomeError(
            f"{address.certificate}: expected a certificate and its key as PEM, got: {error.strerror or error}"
        ) from None


def listen(address: Address) -> socket.socket:
    """A socket that listens there; HomeError if it is taken."""
    family = socket.AF_INET6 if ":" in address.bind else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio keeps Nagle's delay
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((address.bind, address.port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise HomeError(
            f"The page needs port {address.port} on {address.bind}: {error.strerror}. Free it, or choose another port."
        ) from None
    return listening
