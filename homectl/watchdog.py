"""What systemd is told: that the home is ready, that its decisions still go round, and that it stops.

The protocol is sd_notify(3): one datagram per message to the socket in NOTIFY_SOCKET. Without one nothing is told.
"""

import logging
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)

OFTEN = 4.0
"""How many times in the span that systemd waits it is told; it waits WATCHDOG_USEC microseconds."""


class Watchdog:
    """Call `beat` after every round of the loop that decides: one that hangs beats no more, and is restarted."""

    def __init__(self, address: str, every: float) -> None:
        """`address` is empty where nobody listens; `every`: seconds between two beats, 0 for none."""
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._every = every
        self._next = float("-inf")

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Watchdog":
        span = environment.get("WATCHDOG_USEC", "")
        return cls(environment.get("NOTIFY_SOCKET", ""), int(span) / 1e6 / OFTEN if span.isdecimal() else 0.0)

    def ready(self) -> None:
        self._tell("READY=1")

    def beat(self, real: float) -> None:
        """`real`: monotonic seconds."""
        if self._every and real >= self._next:
            self._next = real + self._every
            self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.setblocking(False)
                line.sendto(message.encode(), self._address)
        except OSError as error:
            log.debug("systemd was not told %s: %s", message, error)
