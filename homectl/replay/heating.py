"""What a policy's setpoints would have meant: how long thermostats call for heat, and how far people are from theirs.

Both are proxies: rooms are as warm as they were, because what a policy would have done is never put into the log.
"""

from dataclasses import dataclass

import numpy as np

from homectl.home import History, Home, Quantity, Target, Times, Track
from homectl.replay.labels import Flags, as_of

MINUTES = 60.0


@dataclass(frozen=True, slots=True)
class Heating:
    """Sums over minutes: with a known temperature, of them calling for heat as it was and as it would have been, and
    kelvin-minutes by which a policy is colder and warmer than what people set."""

    minutes: int = 0
    called: int = 0
    would_call: int = 0
    colder: float = 0.0
    warmer: float = 0.0

    def __add__(self, other: "Heating") -> "Heating":
        return Heating(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})

    def figures(self, days: float) -> dict[str, float | None]:
        """Hours and kelvin-hours a day; None where nothing is known."""

        def a_day(minutes: float, *, known: bool) -> float | None:
            return round(minutes / MINUTES / days, 2) if known and days else None

        return {
            "heating_hours_per_day": a_day(self.called, known=self.minutes > 0),
            "would_heat_hours_per_day": a_day(self.would_call, known=self.minutes > 0),
            "colder_kelvin_hours_per_day": a_day(self.colder, known=True),
            "warmer_kelvin_hours_per_day": a_day(self.warmer, known=True),
        }


def thermometer(home: Home, history: History, target: Target) -> Track | None:
    """What tells the temperature around a thermostat: itself, or else another device of its area."""
    area = home.device(target.device).area or ""
    devices = [target.device, *(device.id for device in home.devices_in(area))]
    tracks = (history.track(device, Quantity.TEMPERATURE) for device in devices)
    return next((track for track in tracks if track is not None and len(track)), None)


def heating(room: Track | None, times: Times, state: Times, wish: Times, labelled: Flags) -> Heating:
    """Of one thermostat: `state` is its recorded setpoint, `wish` what it would have been; NaN leaves it as it was."""
    would = np.where(np.isnan(wish), state, wish)
    warmth, wanted = as_of(room, times), labelled & np.isfinite(state)
    known = np.isfinite(warmth) & np.isfinite(state)
    return Heating(
        minutes=int(known.sum()),
        called=int((known & (warmth < state)).sum()),
        would_call=int((known & (warmth < would)).sum()),
        colder=float(np.maximum(state - would, 0)[wanted].sum()),
        warmer=float(np.maximum(would - state, 0)[wanted].sum()),
    )
