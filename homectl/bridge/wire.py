"""The way out to the broker, as those know it who use it."""

from collections.abc import Sequence
from typing import Protocol

from homectl.bridge.messages import Message


class Wire(Protocol):
    def publish(self, message: Message, *, expiry: int | None = None) -> bool:
        """Whether the message left; one that did not is never sent later."""

    def subscribe(self, topics: Sequence[str]) -> None:
        """Listen to these topics and no others, now and after every reconnection."""
