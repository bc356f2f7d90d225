"""Who may ask, and what every answer carries: pure ASGI, so that streams pass through unbuffered."""

import logging
import re
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from homectl.dashboard.access import Access, NotKnown
from homectl.dashboard.refusals import refusal, unknown_asker
from homectl.dashboard.roles import READING, needed
from homectl.dashboard.session_routes import address_of, cookie_of
from homectl.home import HomeError

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
ON_EVERY_ANSWER = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
HOST = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")
OURS = "X-Homectl"
"""A header that every change carries: no form and no other page can send it without being asked first."""
BODY_LIMIT = 64 * 1024

log = logging.getLogger(__name__)


class Security:
    """Refuses before any route sees them: foreign hosts (421), other pages (403), large bodies (411, 413), strangers
    (401, 429) and those who may not (403).

    What fails inside is answered 500 without a word of why; the log has it.
    """

    def __init__(self, app: ASGIApp, access: Access, hosts: Collection[str] = ()) -> None:
        """`hosts`: by which names the page is asked for besides the loopback's."""
        self._app, self._access = app, access
        self._hosts = LOOPBACK | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)  # there is no websocket to accept one
            return
        started = False

        async def noticed(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        hard = hardened(noticed)
        answer = refused(scope, self._hosts) or await self._stranger(scope)
        if answer is not None:
            await answer(scope, receive, hard)
            return
        try:
            await self._app(scope, receive, hard)
        except Exception:
            if started:
                raise
            log.exception("%s %r failed", scope["method"], scope["path"])
            answer = refusal(500, "internal", "The request failed inside homectl; its log says where.")
            await answer(scope, receive, hard)

    async def _stranger(self, scope: Scope) -> JSONResponse | None:
        """The answer to somebody who may not ask for this; None for who may, and who is in the scope from then on."""
        role = needed(scope["method"], scope["path"])
        if role is None:
            return None
        try:
            entrant = await self._access.entrant(Headers(scope=scope), cookie_of(scope)[0], address_of(scope))
        except NotKnown as error:
            return unknown_asker(error)
        except HomeError as error:
            return refusal(503, "home", str(error))
        scope["entrant"] = entrant
        if entrant.account.role.may(role):
            return None
        return refusal(
            403, "role", f"This takes a token of the role {role} or above; yours is a {entrant.account.role}'s."
        )


def refused(scope: Scope, hosts: Collection[str]) -> JSONResponse | None:
    """The answer to a request that may not come in, or None. The first objection counts."""
    headers = Headers(scope=scope)
    named = headers.getlist("host")
    known = HOST.fullmatch(named[0].lower()) if len(named) == 1 else None
    if known is None or known[1] not in hosts or not scope["path"].startswith("/"):
        return refusal(421, "host", "This page answers to loopback's names, and to those of dashboard.hosts.")
    if scope["method"] in READING:
        elsewhere = scope["path"] != "/" and headers.get("sec-fetch-site") in ("cross-site", "same-site")
        return refusal(403, "origin", "Only homectl's own page may read this in a browser.") if elsewhere else None
    if not _from_here(headers, f"{scope.get('scheme', 'http')}://{named[0]}"):
        return refusal(403, "origin", f"Changes are taken only from homectl's own page, or with the header {OURS}: 1.")
    if "transfer-encoding" in headers:
        return refusal(411, "body", "Expected a body with its length, got one in chunks.")
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > BODY_LIMIT:
        return refusal(413, "body", f"Expected a body of at most {BODY_LIMIT} bytes.")
    return None


def _from_here(headers: Headers, origin: str) -> bool:
    """Whether the asker sends our header, and nothing a browser says of it names another page."""
    return (
        headers.get(OURS) == "1"
        and headers.get("sec-fetch-site", "same-origin") == "same-origin"
        and headers.get("origin", origin).lower() == origin.lower()
    )


def hardened(send: Send) -> Send:
    """Sends every answer with the same protection."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in ON_EVERY_ANSWER.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
