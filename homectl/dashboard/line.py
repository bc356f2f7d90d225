"""The line to one who asks: whoever does not ask soon, or of whom there are too many, is cut off."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from homectl.dashboard.refusals import refusal
from homectl.dashboard.security import ON_EVERY_ANSWER

MOST = 256
"""Lines there are at once: far fewer than the files that a process may have open."""

PATIENCE = 10.0
"""Seconds from its first byte, or from the beginning of a line, until a request is whole."""

WAITING = (h11.IDLE, h11.SEND_BODY)


class Line(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, without endless patience."""

    most, patience = MOST, PATIENCE

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.most:
            transport.abort()
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._rest()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is answered like everything else, and the line is cut."""
        answer = refusal(400, "request", msg, ON_EVERY_ANSWER | {"Cache-Control": "no-store", "Connection": "close"})
        said = h11.Response(status_code=400, headers=answer.raw_headers, reason=b"Bad Request")
        events = (said, h11.Data(data=bytes(answer.body)), h11.EndOfMessage())
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):  # else it has been answered in part
            self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        self.transport.close()

    def _watch(self) -> None:
        if self.conn.their_state not in WAITING:
            self._rest()
        elif self._late is None:
            self._late = self.loop.call_later(self.patience, self.transport.abort)

    def _rest(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
