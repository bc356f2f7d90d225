"""Who may ask, and what every answer carries: pure ASGI, so that streams pass through unbuffered."""

import logging
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from homectl.dashboard.refusals import refusal

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
OUR_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?", re.IGNORECASE)
READING = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = "X-Homectl"
"""A header that every change carries: no form and no other page can send it without being asked first."""
BODY_LIMIT = 64 * 1024

log = logging.getLogger(__name__)


class Security:
    """Refuses foreign hosts (421), other pages (403) and large bodies (411, 413) before any route sees them.

    What fails inside is answered 500 without a word of why; the log has it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def hardened(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _harden(MutableHeaders(scope=message))
            await send(message)

        answer = refused(scope)
        if answer is not None:
            await answer(scope, receive, hardened)
            return
        try:
            await self._app(scope, receive, hardened)
        except Exception:
            if started:
                raise
            log.exception("%s %s failed", scope["method"], scope["path"])
            answer = refusal(500, "internal", "The request failed inside homectl; its log says where.")
            await answer(scope, receive, hardened)


def refused(scope: Scope) -> JSONResponse | None:
    """The answer to a request that may not come in, or None. The first objection counts."""
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not OUR_HOST.fullmatch(hosts[0]) or not scope["path"].startswith("/"):
        return refusal(421, "host", "This page answers only to 127.0.0.1, localhost and [::1].")
    if scope["method"] in READING:
        return None
    if not _from_here(headers, hosts[0]):
        return refusal(403, "origin", f"Changes are taken only from homectl's own page, or with the header {OURS}: 1.")
    if "transfer-encoding" in headers:
        return refusal(411, "body", "Expected a body with its length, got one in chunks.")
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > BODY_LIMIT:
        return refusal(413, "body", f"Expected a body of at most {BODY_LIMIT} bytes.")
    return None


def _from_here(headers: Headers, host: str) -> bool:
    """Whether the asker sends our header, and nothing a browser says of it names another page."""
    return (
        headers.get(OURS) == "1"
        and headers.get("sec-fetch-site", "same-origin") == "same-origin"
        and headers.get("origin", f"http://{host}").lower() == f"http://{host}".lower()
    )


def _harden(headers: MutableHeaders) -> None:
    for name, value in ON_EVERY_ANSWER.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")
