"""Passes everything that is asked on to a daemon's page, and its answers back as they come."""

import asyncio
import logging
import ssl
from collections.abc import Collection
from urllib.parse import urlsplit

import h11
from starlette.types import Message, Receive, Scope, Send

from homectl.dashboard.refusals import refusal
from homectl.dashboard.roles import READING
from homectl.dashboard.security import BODY_LIMIT, LOOPBACK, hardened, refused
from homectl.home import UsageError

OF_ONE_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"host"}
    | {b"expect"}
)
OF_A_BODY = frozenset({b"content-length", b"content-type"})
CHUNK = 64 * 1024

log = logging.getLogger(__name__)


class Forwarding:
    """An ASGI application that is a daemon's page at another address; who may what, the daemon says."""

    def __init__(self, daemon: str, hosts: Collection[str] = (), encrypted: ssl.SSLContext | None = None) -> None:
        """`daemon` is its URL; UsageError for what is none. `encrypted` says whom to trust where that is https."""
        if "@" in daemon:
            raise UsageError("expected the daemon's page without a user or a password: people sign in on the page")
        try:
            parts, port = urlsplit(daemon), urlsplit(daemon).port
        except ValueError:
            raise _no_page(daemon) from None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
            raise _no_page(daemon)
        self._port = port or (443 if parts.scheme == "https" else 80)
        self._origin, self._host = f"{parts.scheme}://{parts.netloc}", parts.hostname
        self._encrypted = (encrypted or ssl.create_default_context()) if parts.scheme == "https" else None
        self._hosts = LOOPBACK | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        answer = refused(scope, self._hosts)
        if answer is not None:
            await answer(scope, receive, hardened(send))
            return
        body = b"" if scope["method"] in READING else await _body(receive)
        passing = asyncio.create_task(self._pass_on(scope, body, receive, send))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({passing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if passing.done():
                passing.result()
        finally:
            passing.cancel()
            leaving.cancel()

    async def _pass_on(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        begun = endless = False

        async def telling(message: Message) -> None:
            nonlocal begun, endless
            begun, endless = True, endless or _endless(message)
            await send(message)

        try:
            reader, writer = await asyncio.open_connection(self._host, self._port, ssl=self._encrypted)
        except OSError:
            answer = refusal(503, "daemon", f"No daemon answers at {self._origin}; start one with: homectl run")
            await answer(scope, receive, hardened(send))
            return
        try:
            await self._ask(reader, writer, scope, body, telling)
        except (OSError, h11.ProtocolError) as error:
            log.warning("%s ended in the middle of an answer: %s", self._origin, error)
            if not begun:
                answer = refusal(502, "daemon", f"What answers at {self._origin} is no daemon, or has just ended.")
                await answer(scope, receive, hardened(send))
            elif endless:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            writer.close()

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, scope: Scope, body: bytes, send: Send
    ) -> None:
        """The daemon's answer, as it comes. OSError or ProtocolError where it comes to no end."""
        line = h11.Connection(h11.CLIENT)
        writer.write(line.send(self._request(scope)) or b"")
        writer.write(line.send(h11.Data(body)) if body else b"")
        writer.write(line.send(h11.EndOfMessage()) or b"")
        while True:
            event = line.next_event()
            if event is h11.NEED_DATA:
                line.receive_data(await reader.read(CHUNK))
            elif message := _message(event, encrypted=scope.get("scheme") == "https"):
                await send(message)
            elif not isinstance(event, h11.InformationalResponse):
                return

    def _request(self, scope: Scope) -> h11.Request:
        """The same request as the daemon's own page would make it."""
        own = {b"origin": self._origin.encode()}
        left_out = OF_ONE_HOP | OF_A_BODY if scope["method"] in READING else OF_ONE_HOP
        headers = [(name, own.get(name, value)) for name, value in scope["headers"] if name not in left_out]
        host = self._origin.partition("://")[2].encode()
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        headers += [(b"host", host), (b"connection", b"close")]
        return h11.Request(method=scope["method"], target=target, headers=headers)


def _no_page(daemon: str) -> UsageError:
    return UsageError(f"expected the daemon's page as http://host:port, got {daemon!r}")


def _message(event: object, *, encrypted: bool) -> Message | None:
    """An event of the daemon's answer as ASGI has it; None after the last. A cookie stays on the encrypted way here."""
    match event:
        case h11.Response(status_code=status, headers=headers):
            kept = [(name, value) for name, value in headers if name not in OF_ONE_HOP]
            if encrypted:
                kept = [(name, _secure(value) if name == b"set-cookie" else value) for name, value in kept]
            return {"type": "http.response.start", "status": status, "headers": kept}
        case h11.Data(data=data):
            return {"type": "http.response.body", "body": bytes(data), "more_body": True}
        case h11.EndOfMessage():
            return {"type": "http.response.body", "body": b"", "more_body": False}
    return None


def _endless(message: Message) -> bool:
    """Whether an answer begins of which nobody knows the end, as a stream of events: it may end at any time."""
    return message["type"] == "http.response.start" and b"content-length" not in dict(message["headers"])


def _secure(cookie: bytes) -> bytes:
    return cookie if b"; Secure" in cookie else cookie + b"; Secure"


async def _body(receive: Receive) -> bytes:
    body = b""
    while len(body) <= BODY_LIMIT:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return body


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
