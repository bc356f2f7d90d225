"""What the demo sees of its home over MQTT: time, people, the simulator's truth, the daemon's health."""

from collections.abc import Iterable
from typing import Any

from homectl.bridge.messages import Message, json_payload
from homectl.home import MessageError
from homectl.sole import State, read


class Watcher:
    """A listener that only remembers the newest of each."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._topics = {
            f"homectl/{home}/status": "status",
            f"homectl/{home}/health": "health",
            f"sim/{home}/clock": "clock",
            f"sim/{home}/truth": "truth",
            f"sim/{home}/people": "people",
        }
        self.online = False
        self.known: dict[str, dict[str, Any]] = {}
        self._before: dict[str, Any] = {}

    def control(self, name: str) -> str:
        """The topic that makes the simulator do something."""
        return f"sim/{self._home}/control/{name}"

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(self._topics)

    def hear(self, messages: Iterable[Message]) -> None:
        for message in messages:
            word = self._topics.get(message.topic)
            if word == "status":
                self.online = _is_online(message)
            elif word is not None:
                self._remember(word, message)

    def _remember(self, word: str, message: Message) -> None:
        try:
            said = json_payload(message)
        except MessageError:
            return
        if isinstance(said, dict):
            self.known[word] = said

    @property
    def time(self) -> float:
        """The home's time; -inf before it was told."""
        told = self.known.get("clock", {}).get("time")
        return float(told) if isinstance(told, int | float) else float("-inf")

    def mark(self) -> None:
        """Count from here."""
        self._before = self.known.get("truth", {})

    def truth(self) -> dict[str, Any]:
        """What the simulator has counted since the mark."""
        found = _less(self.known.get("truth", {}), self._before)
        assert isinstance(found, dict)
        return found


def _less(now: Any, before: Any) -> Any:
    """Counters less what they were before, however nested."""
    if isinstance(now, dict):
        earlier = before if isinstance(before, dict) else {}
        return {name: _less(count, earlier.get(name, 0)) for name, count in now.items()}
    return round(now - before, 3) if isinstance(before, int | float) else now


def _is_online(message: Message) -> bool:
    said = read(message)
    return said is not None and said[0] is State.ONLINE
