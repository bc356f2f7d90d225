"""What a simulated home tells of itself besides its time: its people, how things truly are, and what it is made of."""

from typing import Any

from homectl.bridge.simulated import People, Shown, Told


class Seen:
    """The newest of each. Nothing of it has a part in any decision: it is for people to look at."""

    def __init__(self) -> None:
        self._people: dict[str, str] = {}
        self._shown: dict[str, dict[str, Any]] = {"about": {}, "state": {}}

    def take(self, said: People | Shown) -> None:
        match said:
            case People(places=places):
                self._people = places
            case Shown(word=word, said=about):
                self._shown[word] = about

    def view(self, told: Told | None) -> dict[str, Any]:
        """What a page shows of it; empty before it has told its time."""
        if told is None:
            return {}
        time = {"speed": told.speed, "paused": told.paused, "people": self._people}
        return self._shown["about"] | self._shown["state"] | time
