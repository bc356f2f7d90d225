"""What thermometers and heaters are worth, in the oracle's own words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

FASTEST = 5.0
SIX_HOURS, ENOUGH = 6 * 3600.0, 1.5 * 3600.0


def possible(value: float) -> bool:
    return math.isfinite(value) and -40 <= value <= 60 and value not in (85.0, -127.0)


@dataclass
class Heater:
    """For how long it has said that it heats, and that it does not, up to its last word."""

    at: float
    state: float = math.nan
    on: float = 0.0
    off: float = 0.0
    pending: list[tuple[float, float]] = field(default_factory=list)  # spans told of by what was not live

    def pass_until(self, t: float, *, heard: bool) -> None:
        self.pending.append((self.state, t - self.at))
        self.at = t
        if heard:
            for state, span in self.pending:
                self.on += span if state == 1.0 else 0.0
                self.off += span if state == 0.0 else 0.0
            self.pending.clear()

    def up_to(self, t: float) -> tuple[float, float]:
        """All the seconds on and off until now, whether or not they are told of yet."""
        spans = [*self.pending, (self.state, t - self.at)]
        on, off = (sum(span for state, span in spans if state == value) for value in (1.0, 0.0))
        return self.on + on, self.off + off

    def say(self, t: float, value: float, *, heard: bool) -> None:
        self.pass_until(t, heard=heard)
        self.state = value


@dataclass
class Thermometer:
    """One thermometer: the last value that could be true, since when it is the same, and what it means."""

    value: float = math.nan
    at: float = -math.inf
    still: float = -math.inf
    missing: float | None = None
    cold: bool = False
    hot: bool = False
    since: dict[int, tuple[float, float]] = field(default_factory=dict)  # each heater's hours when it began

    def take(self, t: float, value: float, heaters: Sequence[Heater]) -> None:
        if not possible(value) or self._leaps(t, value):
            self.missing = t if self.missing is None else self.missing
            return
        if value != self.value:
            self.still = t
            self.since = {id(heater): heater.up_to(t) for heater in heaters}
        self.value, self.at, self.missing = value, t, None
        self.cold = value < 7 or (self.cold and value < 9)
        self.hot = value >= 35 or (self.hot and value >= 33)

    def _leaps(self, t: float, value: float) -> bool:
        """The air of a room does not change faster than 5 °C a minute."""
        return abs(value - self.value) > FASTEST * max(1.0, (t - self.at) / 60)

    def stands_still(self, t: float, heaters: Sequence[Heater]) -> bool:
        """The same for more than six hours, while a heater was on for an hour and a half of them, and off as long."""
        if t - self.still <= SIX_HOURS + 0.001:
            return False
        for heater in heaters:
            on, off = self.since.get(id(heater), (0.0, 0.0))
            if min(heater.on - on, heater.off - off) >= ENOUGH:
                return True
        return False


@dataclass
class Rooms:
    """Every thermometer and heater of a home, on seconds that leave out the leaps of the clock.

    A run knows of the leaps in it; of those before it only the clock could tell, so a restart judges anew what was said
    before it, by the clock.
    """

    areas: dict[str, str | None]
    leaps: list[tuple[float, float]] = field(default_factory=list)
    said: list[tuple[float, str, str, float, bool]] = field(default_factory=list)
    warmth: dict[str, Thermometer] = field(default_factory=dict)
    heaters: dict[str, Heater] = field(default_factory=dict)
    ahead: float = 0.0

    def restart(self) -> None:
        """Only the clock says now how long ago everything was."""
        if sum(by for _, by in self.leaps) == self.ahead:
            return
        self.warmth.clear()
        self.heaters.clear()
        for at, device, quantity, value, live in self.said:
            self._take(at + sum(by for when, by in self.leaps if when < at), device, quantity, value, live)
        self.ahead = sum(by for _, by in self.leaps)

    def hear(self, t: float, device: str, quantity: str, value: float, live: bool) -> None:
        self.said.append((t, device, quantity, value, live))
        self._take(t + self.ahead, device, quantity, value, live)

    def _take(self, u: float, device: str, quantity: str, value: float, live: bool) -> None:
        if device in self.heaters and (live or quantity == "heating"):
            self.heaters[device].pass_until(u, heard=live)
        if quantity == "temperature":
            self.warmth.setdefault(device, Thermometer()).take(u, value, list(self.heaters_by(device).values()))
        if quantity == "heating":
            self.heaters.setdefault(device, Heater(u)).say(u, value, heard=live)

    def heaters_by(self, device: str) -> dict[str, Heater]:
        return {name: one for name, one in self.heaters.items() if self.areas[name] == self.areas[device]}

    def beside(self, device: str) -> dict[str, Thermometer]:
        return {name: one for name, one in self.warmth.items() if self.areas[name] == self.areas[device]}
