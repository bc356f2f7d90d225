"""A policy that wishes what it is told, and the small home it is told about."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from homectl.control.limits import Limits
from homectl.home import (
    Area,
    Cause,
    Device,
    Forecast,
    History,
    Home,
    Kind,
    Origin,
    Prediction,
    Quantity,
    Reading,
    Target,
    Times,
)
from homectl.replay.engine import Trial

START = 1_736_208_000.0
"""Tuesday 2025-01-07 00:00 UTC."""

LAMP, HEATING, BOLT = Target("lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT), Target("bolt", Kind.LOCK)

HOME = Home(
    id="h",
    areas=(Area(id="hall"),),
    devices=(
        Device(id="bolt", area="hall", sets=frozenset({Kind.LOCK}), exterior=True, contact="door", battery=True),
        Device(id="door", area="hall", senses=frozenset({Quantity.CONTACT}), exterior=True, battery=True),
        Device(id="eye", area="hall", battery=True),
        Device(id="lamp", area="hall", sets=frozenset({Kind.LIGHT})),
        Device(id="valve", area="hall", sets=frozenset({Kind.SETPOINT})),
    ),
)


@dataclass(frozen=True)
class Script:
    """Per target: from which minute after START on which value is wished, how surely."""

    lines: dict[Target, list[tuple[float, float, float]]]
    name: str = "script"
    cause: Cause = Cause.LEARNED

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return [self._of(target, times) for target in targets if target in self.lines]

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        found = self.forecast(home, history, np.array([at]), targets)
        return [
            Prediction(target=f.target, setting=f.setting(0), confidence=float(f.confidence[0]), why="it says so")
            for f in found
        ]

    @cached_property
    def _steps(self) -> dict[Target, Times]:
        return {target: np.array([(-1e9, np.nan, 0.0), *lines]).T for target, lines in self.lines.items()}

    def _of(self, target: Target, times: Times) -> Forecast:
        minutes, values, confidences = self._steps[target]
        place = (minutes * 60 + START).searchsorted(times, side="right") - 1
        value, confidence = values[place], confidences[place]
        return Forecast(target=target, value=value, level=np.full(len(times), np.nan), confidence=confidence)


SILENT = Script({}, name="silent")


def told(device: str, quantity: Quantity, value: float, minute: float, origin: Origin = Origin.SENSED) -> Reading:
    return Reading(device=device, quantity=quantity, value=value, at=START + 60 * minute, origin=origin)


def trial(policy: Script, readings: Sequence[Reading], minutes: float) -> Trial:
    history = History.of(sorted(readings, key=lambda reading: reading.at))
    return Trial(
        home=HOME,
        history=history,
        policy=policy,
        fallback=SILENT,
        limits=Limits(),
        start=START,
        end=START + 60 * minutes,
    )
