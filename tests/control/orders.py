"""A small home at a time of its own, for what people say beforehand."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from homectl.control.limits import Limits
from homectl.home import History, Home, Origin, Quantity, Reading
from tests.fakes import NOON, small_home


@dataclass(frozen=True)
class Now:
    """What orders look at; `at` moves with `later`."""

    home: Home = field(default_factory=small_home)
    history: History = field(default_factory=History)
    at: float = NOON
    elapsed: float = 1000.0
    limits: Limits = field(default_factory=Limits)

    def later(self, seconds: float, *readings: Reading) -> "Now":
        for reading in readings:
            self.history.append(reading)
        return replace(self, at=self.at + seconds, elapsed=self.elapsed + seconds)

    def say(self, device: str, quantity: Quantity, value: float, ago: float = 0.0) -> "Now":
        self.history.append(
            Reading(device=device, quantity=quantity, value=value, at=self.at - ago, origin=Origin.SENSED)
        )
        return self


def home_with(*schedules: dict[str, Any], **fields: Any) -> Home:
    """The small home with schedules (each gets a name) and what else is given."""
    plain = small_home().model_dump()
    named = [{"id": f"s{number}", **schedule} for number, schedule in enumerate(schedules)]
    return Home.model_validate(plain | {"schedules": named} | fields)


def local(text: str, home: Home) -> float:
    """A local time of a home, UTC seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=home.zone).timestamp()
