"""What the demo sees of its home over MQTT: time, people, the simulator's truth, the daemon's health."""

import json
from collections.abc import Iterable
from typing import Any

from homectl.bridge.messages import Message, json_payload
from homectl.home import MessageError


class Watcher:
    """A listener that only remembers the newest of each."""

    def __init__(self, home: str) -> None:
        self._topics = {
            f"homectl/{home}/status": "status",
            f"homectl/{home}/health": "health",
            f"sim/{home}/clock": "clock",
            f"sim/{home}/truth": "truth",
            f"sim/{home}/people": "people",
        }
        self.online = False
        self.known: dict[str, dict[str, Any]] = {}

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(self._topics)

    def hear(self, messages: Iterable[Message]) -> None:
        for message in messages:
            word = self._topics.get(message.topic)
            if word == "status":
                self.online = message.payload == b"online"
            elif word is not None:
                self._remember(word, message)

    def _remember(self, word: str, message: Message) -> None:
        try:
            said = json_payload(message)
        except MessageError:
            return
        if isinstance(said, dict):
            self.known[word] = said

    def truth(self) -> dict[str, Any]:
        """A copy of what the simulator last counted."""
        return dict(json.loads(json.dumps(self.known.get("truth", {}))))
