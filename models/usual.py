"""What is usual of a sensor: day by day the extremes of what it did, and the limits that follow from them.

What a sensor did on three of the last 28 finished days is usual, and what it said on one in five; twice that is not. So
a sensor that was moved is believed again after a few days, and so is a fault that nobody mended. Days are those of UTC.
"""

from bisect import bisect_left
from dataclasses import dataclass
from math import inf, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from homectl.home import Device, Quantity, Times
from models.calendar import DAYS
from models.signals import BEFORE, Asked, Switch, Values
from models.steps import DAY, HOUR, MINUTE, Flags
from models.streams import Stream
from models.surroundings import LONGEST

TIMES, OFTEN = 3, 5
"""On so many days, or for what is measured on one in so many, makes it usual."""

WINDOW = 5 * MINUTE
"""How long a flood is counted over."""

ALIKE = 10 * MINUTE
"""How often two thermometers are compared."""

_NOON = np.arange(0, DAY, ALIKE, dtype=np.float64)


class Limits(NamedTuple):
    """What a sensor does at most on ordinary days: numbers, or one for each time."""

    silence: Asked  # ms without a word
    run: Asked  # ms of motion, or of an open door, without a pause
    unmoved: Asked  # events elsewhere without one here
    unseen: Asked  # settings made by hand in its area while it sees nobody
    flood: Asked  # reports in WINDOW
    low: Asked  # the least and the most it says, in its unit
    high: Asked
    middle: Asked  # how much warmer than its peers it is on most days, °C
    apart: Asked  # °C away from that


class Record(NamedTuple):
    """The extremes of one day, or of many; NaN where there was nothing of the kind."""

    silence: Times
    run: Times
    unmoved: Times
    unseen: Times
    flood: Times
    low: Times
    high: Times
    middle: Times
    coldest: Times
    warmest: Times


@dataclass(frozen=True, slots=True, eq=False)
class Sensor:
    """One signal that others rest on.

    `others` are the events elsewhere that go with its own, `hands` those in its area that it should have seen.
    """

    device: Device
    quantity: Quantity
    signal: Values
    check_in: float  # ms: the longest silence that is normal whatever it did before
    others: Stream | None = None
    hands: Stream | None = None
    peers: tuple[Values, ...] = ()  # thermometers that say much the same
    together: bool = False  # they are in the same area
    outdoors: bool = False

    def above_peers(self, at: Asked) -> Asked:
        """°C above the median of its peers, NaN where these or its own value are older than six hours."""
        own, *rest = (_known(signal, at) for signal in (self.signal, *self.peers))
        return own - median(rest, at)

    def record(self, first: int, days: int) -> Record:
        """Each day's extremes, arrays (days,); NaN throughout before the sensor's first whole day."""
        return _Days(self, first, days).record()

    def limits(self, past: Record) -> Limits:
        """What follows from the days gone by; nothing is too much before three of them are known."""
        silence, run, unmoved, unseen, flood = map(_usual, past[:5])
        low, high = -_usual(-past.low, OFTEN), _usual(past.high, OFTEN)
        middle = _middle(known) if len(known := past.middle[past.middle == past.middle]) >= TIMES else nan
        apart = _usual(np.maximum(np.abs(past.coldest - middle), np.abs(past.warmest - middle)), OFTEN)
        margin = 10.0 if self.outdoors else 5.0
        return Limits(
            silence=max(self.check_in, _or(1.25 * silence, DAY)),
            run=max(2.0 * HOUR, _or(1.5 * run, inf)),
            unmoved=max(20.0, _or((1.5 if self.quantity is Quantity.MOTION else 2.0) * unmoved, inf)),
            unseen=max(2.0, _or(1.5 * unseen, inf)),
            flood=max(20.0, _or(2.0 * flood, 100.0)),
            low=_or(low - margin, -inf),
            high=_or(high + margin, inf),
            middle=_or(middle, 0.0),
            apart=max(1.5 if self.together else 2.0, _or((2.0 if self.together else 1.5) * apart, inf)),
        )


def _middle(values: Times) -> float:
    """Their median; numpy's own would bring its masked arrays along, a megabyte that a home has no use for."""
    ordered = np.sort(values)
    return float(ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1].mean())


class Usual:
    """A sensor's limits by day, each worked out once."""

    def __init__(self, sensor: Sensor) -> None:
        self._sensor = sensor
        self._records: dict[int, tuple[float, ...]] = {}
        self._limits: dict[int, Limits] = {}

    def limits(self, at: Asked) -> Limits:
        """Those of the day that each time is in, made of the days before."""
        if not isinstance(at, np.ndarray):
            return self._of(int(at // DAY))
        days, place = np.unique((at // DAY).astype(np.int64), return_inverse=True)
        columns = np.array([self._of(int(day)) for day in days]).T
        return Limits(*columns[:, place])

    def _of(self, day: int) -> Limits:
        found = self._limits.get(day)
        if found is None:
            past = range(day - DAYS, day)
            missing = [one for one in past if one not in self._records]
            if missing:
                first, count = missing[0], missing[-1] - missing[0] + 1
                rows = np.array(self._sensor.record(first, count)).T.tolist()
                self._records.update(zip(range(first, first + count), map(tuple, rows), strict=True))
            known = Record(*np.array([self._records[one] for one in past]).T)
            found = self._limits[day] = self._sensor.limits(known)
        return found


class _Days:
    """Some days of a sensor: its samples by day."""

    def __init__(self, sensor: Sensor, first: int, days: int) -> None:
        self.sensor, self.first, self.days = sensor, first, days
        at, values = np.asarray(sensor.signal.at), np.asarray(sensor.signal.values)
        low, high = at.searchsorted((first * DAY, (first + days) * DAY), side="left")
        self._places = np.arange(max(low, 2), high)  # the first sample follows nothing
        self._at, self._values = at, values
        self._began = at[1] if len(at) > 1 else inf

    def record(self) -> Record:
        nothing = np.full(self.days, nan)
        at, places = self._at, self._places
        when, values = at[places], self._values[places]
        known = values == values
        climate = self.sensor.quantity is Quantity.TEMPERATURE
        found = Record(
            silence=self._most(when, when - at[places - 1]),
            run=self._runs() if isinstance(self.sensor.signal, Switch) else nothing,
            unmoved=self._meanwhile(self.sensor.others),
            unseen=self._meanwhile(self.sensor.hands, still=True),
            flood=self._flood(when),
            low=-self._most(when[known], -values[known], nan),
            high=self._most(when[known], values[known], nan),
            **(self._beside_peers() if climate and self.sensor.peers else dict.fromkeys(_BESIDE, nothing)),
        )
        whole = np.arange(self.first, self.first + self.days) * float(DAY) >= self._began
        return Record(*(np.where(whole, column, nan) for column in found))

    def _most(self, when: Times, values: Times, none: float = 0.0) -> Times:
        """Each day's greatest value."""
        most = np.full(self.days, -inf)
        np.maximum.at(most, (when // DAY).astype(np.int64) - self.first, values)
        return np.where(most > -inf, most, none)

    def _runs(self) -> Times:
        """How long the longest motion lasted that ended on each day."""
        signal = self.sensor.signal
        assert isinstance(signal, Switch)
        risen, fallen = np.asarray(signal.risen)[self._places], np.asarray(signal.fallen)[self._places]
        ended = (fallen == self._at[self._places]) & (risen > BEFORE)
        return self._most(fallen[ended], (fallen - risen)[ended])

    def _meanwhile(self, events: Stream | None, *, still: bool = False) -> Times:
        """How many events there were at most between two changes of its own, or while it saw nobody."""
        if events is None:
            return np.full(self.days, nan)
        changed = np.flatnonzero(self._values[1:] != self._values[:-1]) + 1
        since, until = self._at[changed[:-1]], self._at[changed[1:]]
        inside = (until >= self.first * DAY) & (until < (self.first + self.days) * DAY)
        if still:
            inside &= self._values[changed[:-1]] == 0
        since, until = since[inside], until[inside]
        return self._most(until, np.asarray(events.before(until) - events.before(since)))

    def _flood(self, when: Times) -> Times:
        windows, count = np.unique(when // WINDOW, return_counts=True)
        return self._most(windows * WINDOW, count.astype(np.float64))

    def _beside_peers(self) -> dict[str, Times]:
        """How much warmer than its peers it was: in the middle of each day's order, and at most and least."""
        whole = (np.arange(self.first, self.first + self.days)[:, None] * float(DAY) + _NOON).ravel()
        above = np.sort(np.asarray(self.sensor.above_peers(whole)).reshape(self.days, -1), axis=1)  # NaN last
        count = (above == above).sum(axis=1)
        row, last = np.arange(self.days), np.maximum(count - 1, 0)
        return dict(zip(_BESIDE, (above[row, last // 2], above[:, 0], above[row, last]), strict=True))


_BESIDE = ("middle", "coldest", "warmest")


Place = int | NDArray[np.intp]
"""Where a sample stands among those of its signal, or where many do."""


def before(signal: Values, at: Asked) -> Place:
    """For each time the place of the last sample before it; 0 where there is none."""
    if isinstance(at, np.ndarray):
        places: NDArray[np.intp] = np.asarray(signal.at).searchsorted(at, side="left") - 1
        return places
    return bisect_left(signal.at, at) - 1


def median(values: list[Asked], at: Asked) -> Asked:
    """The median of what is known at each time, NaN where nothing is."""
    if not isinstance(at, np.ndarray):
        known = sorted(value for value in values if value == value)
        return (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2 if known else nan
    ordered = np.sort(np.array([np.broadcast_to(value, at.shape) for value in values]), axis=0)  # NaN last
    count = (ordered == ordered).sum(axis=0)
    column, last = np.arange(len(at)), np.maximum(count - 1, 0)
    middle: Times = (ordered[last // 2, column] + ordered[np.minimum(count // 2, last), column]) / 2
    return middle


def _known(signal: Values, at: Asked) -> Asked:
    """What a signal said last before each time, NaN where that is too old."""
    place = before(signal, at)
    if isinstance(place, int):
        return signal.values[place] if at - signal.at[place] <= LONGEST else nan
    fresh: Flags = at - np.asarray(signal.at)[place] <= LONGEST
    return np.where(fresh, np.asarray(signal.values)[place], nan)


def _usual(column: Times, often: int = DAYS) -> float:
    """The greatest value that was reached on three days, and on one in `often`; NaN before there are three."""
    known = np.sort(column[column == column])
    return float(known[-max(TIMES, len(known) // often)]) if len(known) >= TIMES else nan


def _or(value: float, otherwise: float) -> float:
    return value if value == value else otherwise
