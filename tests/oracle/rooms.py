"""What thermometers and heaters are worth, in the oracle's own words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

FASTEST = 5.0
SIX_HOURS, ONE_HOUR = 6 * 3600.0, 3600.0


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
        """The same for more than six hours, while a heater was on for an hour of them and off for another."""
        if t - self.still <= SIX_HOURS:
            return False
        for heater in heaters:
            on, off = self.since.get(id(heater), (0.0, 0.0))
            if min(heater.on - on, heater.off - off) >= ONE_HOUR:
                return True
        return False
