"""What the sensors of a home say at one time or at many: doors, motion, air and daylight, by area."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from homectl.home import History, Home, Quantity, Times
from models.signals import BEFORE, Asked, Switch, Values, choose, greater, lesser, ratio
from models.steps import HOUR, MINUTE, Ms

LONGEST = 6 * HOUR
"""Older values of air and light are not known any more."""

AIR = (Quantity.TEMPERATURE, Quantity.HUMIDITY, Quantity.CO2, Quantity.ILLUMINANCE)


class Door(NamedTuple):
    """Some contacts as one door; events are milliseconds, BEFORE the first."""

    known: Asked  # 1 once one of them has spoken
    open: Asked
    opened: Asked
    closed: Asked


class Moved(NamedTuple):
    """The motion sensors of an area as one."""

    known: Asked  # 1 once a sensor has spoken
    now: Asked  # 1 while one reports it
    last: Asked  # when it was last reported; the time itself while it is
    began: Asked  # when the newest run of it began
    minutes: Sequence[Asked]  # of it in the last 5, 15 and 60, and since the door closed, an hour at most


class Mean(NamedTuple):
    """The mean of some values that are known, NaN where none is, and the newest age, -BEFORE where none is."""

    value: Asked
    age: Asked


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """What there is to look at in an area, or at the front: always in the same order."""

    motion: tuple[Switch, ...] = ()
    contacts: tuple[Switch, ...] = ()
    air: Mapping[Quantity, tuple[Values, ...]] = field(default_factory=dict)  # by each of AIR

    def door(self, at: Asked) -> Door:
        known, is_open = 0.0 * at, 0.0 * at
        opened, closed = known + BEFORE, known + BEFORE
        for contact in self.contacts:
            spoken, now, risen, fallen, _ = contact.follow().state(at)
            known, is_open = greater(known, spoken), greater(is_open, now)
            opened, closed = greater(opened, risen), greater(closed, fallen)
        return Door(known, is_open, opened, closed)

    def moved(self, at: Asked, closed: Asked) -> Moved:
        """`closed` is when the front door was last closed."""
        known, now = 0.0 * at, 0.0 * at
        last, began = known + BEFORE, known + BEFORE
        starts = (at - 5.0 * MINUTE, at - 15.0 * MINUTE, at - HOUR, greater(closed, at - HOUR))
        minutes: list[Asked] = [known, known, known, known]
        for sensor in self.motion:
            spoken, moving, risen, fallen, until = sensor.follow().state(at)
            known, now, began = greater(known, spoken), greater(now, moving), greater(began, risen)
            last = greater(last, choose(moving > 0.0, at, fallen))
            if isinstance(until, float) and until == sensor.held(starts[2]):
                continue  # none in the hour, and so none in any window
            for window, start in enumerate(starts):
                minutes[window] = greater(minutes[window], (until - sensor.held(start)) / MINUTE)
        return Moved(known, now, last, began, minutes)

    def mean(self, quantity: Quantity, at: Asked) -> Mean:
        """What the devices here say of one of AIR."""
        total = count = 0.0 * at
        age = total - BEFORE
        for sensor in self.air[quantity]:
            value, since = sensor.follow().reading(at)
            known = (since <= LONGEST) & (value == value)
            total, count = total + choose(known, value, 0.0), count + known
            age = choose(known, lesser(age, since), age)
        return Mean(ratio(total, count), age)


_USED = frozenset((Quantity.MOTION, Quantity.CONTACT, *AIR))


class Sensors:
    """Which devices of a home have said what, by area; always in the same order."""

    def __init__(self, home: Home, history: History) -> None:
        self._told: dict[tuple[str, Quantity], list[str]] = {}
        self._history = history
        self.front: list[str] = []
        for name, quantity in history.tracks:
            device = home.by_id.get(name) if quantity in _USED else None
            if device is None:
                continue
            if device.exterior and quantity is Quantity.CONTACT:
                self.front.append(name)
            if device.area is not None:
                self._told.setdefault((device.area, quantity), []).append(name)
        for names in (self.front, *self._told.values()):
            names.sort()

    def of(self, area: str, quantity: Quantity) -> Sequence[str]:
        return self._told.get((area, quantity), ())

    def place(self, area: str) -> Place:
        """What there is to look at in an area."""
        return Place(
            _switches(self._history, self.of(area, Quantity.MOTION), Quantity.MOTION),
            _switches(self._history, self.of(area, Quantity.CONTACT), Quantity.CONTACT),
            {quantity: tuple(self._values(area, quantity)) for quantity in AIR},
        )

    def entrance(self) -> Place:
        """The doors between the home and the outside."""
        return Place(contacts=_switches(self._history, self.front, Quantity.CONTACT))

    def _values(self, area: str, quantity: Quantity) -> Iterable[Values]:
        return filter(None, (Values.of(self._history, device, quantity) for device in self.of(area, quantity)))


def _switches(history: History, devices: Iterable[str], quantity: Quantity) -> tuple[Switch, ...]:
    return tuple(filter(None, (Switch.of(history, device, quantity) for device in devices)))


class Doors(NamedTuple):
    """A door at many times: arrays (times,)."""

    known: Times
    open: Times
    opened: Ms
    closed: Ms


class Moves(NamedTuple):
    """Motion by area at many times: arrays (areas, times)."""

    known: Times
    last: Ms


def doors(history: History, devices: Sequence[str], at: Ms) -> Doors:
    """The contacts of some devices as one door."""
    known, is_open, opened, closed = map(
        np.asarray, Place(contacts=_switches(history, devices, Quantity.CONTACT)).door(at.astype(np.float64))
    )
    return Doors(known, is_open, opened.astype(np.int64), closed.astype(np.int64))


def moves(history: History, areas: Sequence[Sequence[str]], at: Ms, closed: Ms) -> Moves:
    """The motion sensors of each area as one; `closed` is when the front door was last closed."""
    asked = (at.astype(np.float64), closed.astype(np.float64))
    found = [Place(_switches(history, devices, Quantity.MOTION)).moved(*asked) for devices in areas]
    last = np.stack([moved.last for moved in found]).astype(np.int64)
    return Moves(np.stack([moved.known for moved in found]), last)


def total(columns: Iterable[Asked], at: Asked) -> Asked:
    """The sum over some areas, always in the same order; 0 without any."""
    found = 0.0 * at
    for column in columns:
        found = found + column
    return found


def newest(events: Iterable[Asked], at: Asked) -> Asked:
    """The latest event in some areas, BEFORE without any."""
    if isinstance(at, float):
        return max(events, default=BEFORE)
    found = 0.0 * at + BEFORE
    for event in events:
        found = np.maximum(found, event)
    return found


def filled(value: Asked) -> Asked:
    """The value with 0 for what is unknown; its age says that it is."""
    return choose(value == value, value, 0.0)


def pooled(means: Sequence[Mean], at: Asked) -> Mean:
    """The mean over some areas where they are known, and the newest age."""
    count = total((1.0 * (mean.value == mean.value) for mean in means), at)
    age = -newest((-mean.age for mean in means), at)
    return Mean(ratio(total((filled(mean.value) for mean in means), at), count), age)
