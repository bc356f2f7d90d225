"""What a simulated home tells of itself besides its time: its people, how things truly are, and what it is made of."""

from typing import Any

from homectl.bridge.simulated import People, Shown, Told


class Seen:
    """The newest of each. Nothing of it has a part in any decision: it is for people to look at."""

    def __init__(self) -> None:
        self._people: dict[str, str] = {}
        self._shown: dict[str, dict[str, Any]] = {"about": {}, "state": {}}
        self._refused: dict[str, Any] = {}

    def take(self, said: People | Shown) -> None:
        match said:
            case People(places=places):
                self._people = places
            case Shown(word="refused", said=about):
                number = self._refused.get("id", 0) + 1
                topic, reason = (str(about.get(name, "")) for name in ("topic", "reason"))
                self._refused = {"id": number, "control": topic.removeprefix("control/"), "reason": reason}
            case Shown(word=word, said=about):
                self._shown[word] = about

    def view(self, told: Told | None) -> dict[str, Any]:
        """What a page shows of it; empty before it has told its time. `refused` is the last control that was."""
        if told is None:
            return {}
        time = {"speed": told.speed, "paused": told.paused, "people": self._people}
        refused = {"refused": self._refused} if self._refused else {}
        return self._shown["about"] | self._shown["state"] | time | refused
