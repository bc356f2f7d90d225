"""The rules by which one sensor is found broken: asked for one whole minute or for many, answered alike."""

from collections.abc import Sequence
from enum import IntEnum
from math import nan

import numpy as np

from homectl.home import PLAUSIBLE, Quantity, Times
from models.signals import BEFORE, Asked, Said, Switch, choose, greater
from models.steps import DAY, MINUTE
from models.usual import WINDOW, Limits, Place, Sensor, Usual, before

FASTEST = 5.0
"""°C per minute: the air of no room changes faster."""

GONE = 7 * DAY
"""A light sensor that is silent for so long has left: nothing rests on it any more; the sun tells of daylight, too."""

NOUN = {
    Quantity.MOTION: "motion sensor",
    Quantity.CONTACT: "door contact",
    Quantity.TEMPERATURE: "thermometer",
    Quantity.ILLUMINANCE: "light sensor",
}
"""What is watched."""

_UNIT = {Quantity.TEMPERATURE: " °C", Quantity.ILLUMINANCE: " lux"}


class Finding(IntEnum):
    """What is wrong with a sensor; the first that fits."""

    NOTHING = 0
    SILENT = 1  # no word for longer than usual
    IMPLAUSIBLE = 2  # a value that cannot be
    FLOOD = 3  # far more reports than usual
    ENDLESS = 4  # motion, or an open door, for longer than usual
    BLIND = 5  # no change while people have set things in its area
    UNMOVED = 6  # no change while more happened elsewhere than usual
    JUMPED = 7  # from one report to the next by more than air can
    UNLIKE_ITSELF = 8  # far beyond what it said in four weeks
    UNLIKE_OTHERS = 9  # far from what thermometers beside it say


LOUD = (Finding.FLOOD, Finding.ENDLESS)
"""What makes one motion sensor stand for a whole home: somebody seems to be there."""


class Watched:
    """One sensor under these rules."""

    def __init__(self, sensor: Sensor) -> None:
        self.sensor = sensor
        self._usual = Usual(sensor)
        self._turned = (0, 0)  # a place, and where the value that held there began

    def finding(self, at: Asked) -> Asked:
        """The Finding at each whole minute (ms), as a number; NOTHING before its first word."""
        signal, usual = self.sensor.signal, self._usual.limits(at)
        place = before(signal, at)
        rules: list[tuple[Finding, Said]] = [
            (Finding.SILENT, at - pick(signal.at, place) > usual.silence),
            (Finding.IMPLAUSIBLE, self._implausible(pick(signal.values, place))),
            (Finding.FLOOD, place - before(signal, at - WINDOW) > usual.flood),
            *self._endless(place, at, usual),
            *self._unmoved(place, at, usual),
            *self._unlike(place, at, usual),
        ]
        found = 0.0 * at
        for finding, said in reversed(rules):
            found = choose(said, float(finding), found)
        return choose(self._there(place, at), found, 0.0)

    def _there(self, place: Place, at: Asked) -> Said:
        """Whether anything rests on the sensor: since its first word, and for a light sensor until it has left."""
        if self.sensor.quantity is not Quantity.ILLUMINANCE:
            return place > 0
        return (place > 0) & (at - pick(self.sensor.signal.at, place) <= GONE)

    def words(self, finding: Finding, at: float) -> str:
        """The finding at a whole minute (ms) as a clause for a person."""
        return f"the {NOUN[self.sensor.quantity]} “{self.sensor.device.label}” {self.said(finding, at)}"

    def said(self, finding: Finding, at: float) -> str:
        """The same without naming the sensor, from the verb on."""
        signal, place = self.sensor.signal, before(self.sensor.signal, at)
        assert isinstance(place, int)
        value = f"{signal.values[place]:g}{_UNIT.get(self.sensor.quantity, '')}"
        match finding:
            case Finding.SILENT:
                said = f"has said nothing for {_span(at - signal.at[place])}"
            case Finding.FLOOD:
                said = f"has reported {float(place - before(signal, at - WINDOW)):.0f} times in five minutes"
            case Finding.ENDLESS:
                said = f"has been reporting {self._word} for {_span(at - self._risen(place))}"
            case Finding.BLIND:
                said = "has seen nobody while things were set by hand beside it"
            case Finding.UNMOVED:
                said = f"has not changed for {_span(at - signal.at[self._start(place)])}"
            case Finding.JUMPED:
                said = f"jumped from {signal.values[place - 1]:g} to {value} at once"
            case Finding.UNLIKE_ITSELF:
                said = f"says {value}, far beyond all that it said in four weeks"
            case Finding.UNLIKE_OTHERS:
                said = f"says {value}, which the other thermometers do not bear out"
            case _:
                said = f"says {value}, which cannot be"
        return said

    @property
    def _word(self) -> str:
        return "motion" if self.sensor.quantity is Quantity.MOTION else "an open door"

    def _implausible(self, value: Asked) -> Said:
        """A value that is not known is not wrong."""
        low, high = PLAUSIBLE[self.sensor.quantity]
        return (value < low) | (value > high)

    def _endless(self, place: Place, at: Asked, usual: Limits) -> list[tuple[Finding, Said]]:
        signal = self.sensor.signal
        if not isinstance(signal, Switch):
            return []
        risen = pick(signal.risen, place)
        return [(Finding.ENDLESS, (pick(signal.on, place) == 1.0) & (risen > BEFORE) & (at - risen > usual.run))]

    def _risen(self, place: int) -> float:
        signal = self.sensor.signal
        return signal.risen[place] if isinstance(signal, Switch) else nan

    def _unmoved(self, place: Place, at: Asked, usual: Limits) -> list[tuple[Finding, Said]]:
        since = pick(self.sensor.signal.at, self._start(place))
        found: list[tuple[Finding, Said]] = []
        if (hands := self.sensor.hands) is not None:
            still = pick(self.sensor.signal.values, place) == 0
            found.append((Finding.BLIND, still & (hands.before(at) - hands.before(since) > usual.unseen)))
        if (others := self.sensor.others) is not None:
            found.append((Finding.UNMOVED, others.before(at) - others.before(since) > usual.unmoved))
        return found

    def _start(self, place: Place) -> Place:
        """Where the value that holds at a place began: the first report of it."""
        values = self.sensor.signal.values
        if isinstance(place, np.ndarray):
            held = np.asarray(values)
            changed = np.append(0, held[1:] != held[:-1])
            starts: Place = np.maximum.accumulate(changed * np.arange(len(held)))[place]
            return starts
        known, start = self._turned
        first = place
        while first not in (0, known) and values[first] == values[first - 1]:
            first -= 1
        if first == known:
            first = start
        self._turned = place, first
        return first

    def _unlike(self, place: Place, at: Asked, usual: Limits) -> list[tuple[Finding, Said]]:
        sensor, signal = self.sensor, self.sensor.signal
        if sensor.quantity is not Quantity.TEMPERATURE:
            return []
        value, last = pick(signal.values, place), pick(signal.values, place - 1)
        jump = greater(value - last, last - value)
        minutes = (pick(signal.at, place) - pick(signal.at, place - 1)) / MINUTE
        found = [
            (Finding.JUMPED, (jump > FASTEST) & (jump > FASTEST * minutes)),
            (Finding.UNLIKE_ITSELF, (value < usual.low) | (value > usual.high)),
        ]
        if sensor.peers:
            above = sensor.above_peers(at) - usual.middle
            found.append((Finding.UNLIKE_OTHERS, greater(above, -above) > usual.apart))
        return found


def pick(column: Sequence[float], place: Place) -> Asked:
    """A column's values at one place or many."""
    if isinstance(place, np.ndarray):
        values: Times = np.asarray(column)[place]
        return values
    return column[place]


def _span(milliseconds: Asked) -> str:
    minutes = float(milliseconds) / MINUTE
    if minutes < 120:
        return f"{minutes:.0f} minutes"
    return f"{minutes / 60:.0f} hours" if minutes < 48 * 60 else f"{minutes / 60 / 24:.0f} days"
