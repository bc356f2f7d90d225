"""What a simulated home says of itself: its time, when a step is complete, and where its people are."""

import json
from dataclasses import dataclass
from typing import Any

from homectl.bridge.messages import Message, json_payload
from homectl.home import MessageError


@dataclass(frozen=True, slots=True)
class Told:
    """The home's time, UTC seconds, how fast it runs and whether it stands still."""

    time: float
    speed: float
    paused: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """Everything of a step has been said; the simulator waits to hear that it was understood."""

    seq: int


@dataclass(frozen=True, slots=True)
class People:
    """Person → area, or away."""

    places: dict[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a simulator shows: `about` what does not change, `state` how things are, `refused` what it would not."""

    word: str
    said: dict[str, Any]


class SimulatedHome:
    """The topics `sim/<home>/…` that are about the simulation rather than about devices."""

    def __init__(self, home: str) -> None:
        self._prefix = f"sim/{home}/"

    def subscriptions(self) -> tuple[str, ...]:
        return tuple(self._prefix + word for word in ("clock", "settled", "people", "state", "about", "refused"))

    def decode(self, message: Message) -> Told | Settled | People | Shown | None:
        """None for every other topic; MessageError where the message makes no sense."""
        word = message.topic.removeprefix(self._prefix)
        if message.topic not in self.subscriptions():
            return None
        said = json_payload(message)
        try:
            return _read(word, said)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise MessageError(f"{message.topic}: expected what a simulator says there, got something else") from None

    def ack(self, seq: int) -> Message:
        return Message(self._prefix + "ack", json.dumps({"seq": seq}).encode())

    def control(self, name: str, arguments: dict[str, Any]) -> Message:
        """What makes the simulator do something, such as `pause`."""
        return Message(f"{self._prefix}control/{name}", json.dumps(arguments).encode(), qos=1)


def _read(word: str, said: Any) -> Told | Settled | People | Shown:
    if word == "clock":
        return Told(float(said["time"]), float(said["speed"]), bool(said["paused"]))
    if word == "settled":
        return Settled(int(said["seq"]))
    if word in ("state", "about", "refused"):
        return Shown(word, {str(name): value for name, value in dict(said).items()})
    return People({str(name): str(place) for name, place in dict(said).items()})
