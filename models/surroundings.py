"""What the sensors of a home say at many times: doors, motion, air and daylight, by area."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from homectl.home import History, Home, Quantity, Times
from models.steps import HOUR, LONG_AGO, MINUTE, Flags, Ms, Steps, log_minutes

UNKNOWN_AGE = 8.0
"""The age column of a value that is not known: above log(1 + minutes) of any age that counts."""

LONGEST = 6 * HOUR
"""Older values of air and light are not known any more."""

WINDOWS = (5 * MINUTE, 15 * MINUTE, HOUR)


@dataclass(frozen=True, slots=True)
class Doors:
    """Some contacts as one door at many times; events are milliseconds, LONG_AGO before the first."""

    known: Times  # 1 once one of them has spoken
    open: Times
    opened: Ms
    closed: Ms


@dataclass(frozen=True, slots=True)
class Moves:
    """Motion by area: every array is (areas, times)."""

    known: Times  # 1 once a sensor has spoken
    now: Times  # 1 while one reports it
    last: Ms  # when it was last reported; the time itself while it is
    began: Ms  # when the newest run of it began
    minutes: Times  # (areas, windows, times): minutes of it in the last 5, 15 and 60, and since the door closed


_USED = frozenset(
    (
        *(Quantity.MOTION, Quantity.CONTACT, Quantity.ILLUMINANCE),
        *(Quantity.TEMPERATURE, Quantity.HUMIDITY, Quantity.CO2),
    )
)


class Sensors:
    """Which devices of a home have said what, by area; always in the same order."""

    def __init__(self, home: Home, history: History) -> None:
        self._told: dict[tuple[str, Quantity], list[str]] = {}
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


def doors(history: History, devices: Sequence[str], at: Ms) -> Doors:
    """The contacts of some devices as one door."""
    known, is_open = np.zeros(len(at)), np.zeros(len(at))
    opened, closed = (np.full(len(at), LONG_AGO, dtype=np.int64) for _ in range(2))
    for device in devices:
        steps = Steps.of(history, device, Quantity.CONTACT)
        place = steps.place(at)
        np.maximum(known, place > 0, out=known)
        np.maximum(is_open, steps.on[place], out=is_open)
        np.maximum(opened, steps.risen[place], out=opened)
        np.maximum(closed, steps.fallen[place], out=closed)
    return Doors(known, is_open, opened, closed)


def moves(history: History, areas: Sequence[Sequence[str]], at: Ms, closed: Ms) -> Moves:
    """The motion sensors of each area as one; `closed` is when the front door was last closed."""
    size = (len(areas), len(at))
    known, now, minutes = np.zeros(size), np.zeros(size), np.zeros((len(areas), len(WINDOWS) + 1, len(at)))
    last, began = (np.full(size, LONG_AGO, dtype=np.int64) for _ in range(2))
    asked = np.stack((at, *(at - window for window in WINDOWS), np.maximum(closed, at - HOUR)))
    for area, devices in enumerate(areas):
        for device in devices:
            steps = Steps.of(history, device, Quantity.MOTION)
            places = steps.place(asked)
            sums, place = steps.on_time.until(asked, places), places[0]
            moving = steps.on[place]
            np.maximum(minutes[area], (sums[0] - sums[1:]) / MINUTE, out=minutes[area])
            np.maximum(known[area], place > 0, out=known[area])
            np.maximum(now[area], moving, out=now[area])
            np.maximum(last[area], np.where(moving, at, steps.fallen[place]), out=last[area])
            np.maximum(began[area], steps.risen[place], out=began[area])
    return Moves(known, now, last, began, minutes)


def means(history: History, areas: Sequence[Sequence[str]], quantity: Quantity, at: Ms) -> tuple[Times, Ms]:
    """The mean of what each area's devices say, NaN where none is known, and the newest age; both (areas, times)."""
    size = (len(areas), len(at))
    total, count, age = np.zeros(size), np.zeros(size), np.full(size, -LONG_AGO, dtype=np.int64)
    for area, devices in enumerate(areas):
        for device in devices:
            steps = Steps.of(history, device, quantity)
            place = steps.place(at)
            value, since = steps.values[place], at - steps.at[place]
            known = (since <= LONGEST) & (value == value)
            total[area] += np.where(known, value, 0.0)
            count[area] += known
            np.minimum(age[area], since, out=age[area], where=known)
    return np.divide(total, count, out=np.full(size, np.nan), where=count > 0), age


def ages(age: Ms) -> Times:
    """Ages as columns: log(1 + minutes), UNKNOWN_AGE where nothing is known."""
    return np.where(age <= LONGEST, log_minutes(age), UNKNOWN_AGE)


def since(at: Ms, event: Ms) -> Times:
    """log(1 + minutes) since an event, a day at most."""
    return log_minutes(at - event)


def total(columns: Times, chosen: Flags) -> Times:
    """The sum over some areas, always in the same order: (areas, times) → (times,)."""
    found = np.zeros(columns.shape[1])
    for area in np.flatnonzero(chosen):
        found += columns[area]
    return found


def pooled(values: Times, age: Ms, chosen: Flags) -> tuple[Times, Ms]:
    """The mean over some areas where they are known, and the newest age: (areas, times) → (times,)."""
    known = (values == values).astype(np.float64)
    count = total(known, chosen)
    mean = np.divide(total(np.where(known, values, 0.0), chosen), count, out=_unknown(count), where=count > 0)
    return mean, age.min(axis=0, where=chosen[:, None], initial=-LONG_AGO)


def pooled_elsewhere(values: Times, age: Ms, chosen: Flags) -> tuple[Times, Ms]:
    """For each area the same over the chosen ones but itself: (areas, times)."""
    known = (values == values).astype(np.float64) * chosen[:, None]
    filled = np.where(known, values, 0.0)
    count = total(known, chosen) - known
    mean = np.divide(total(filled, chosen) - filled, count, out=_unknown(count), where=count > 0)
    return mean, -newest_elsewhere(-age, chosen)


def newest_elsewhere(events: Ms, chosen: Flags) -> Ms:
    """For each area the latest event in the chosen ones but itself: (areas, times)."""
    others = chosen & ~np.eye(len(chosen), dtype=bool)  # (areas, areas)
    latest: Ms = np.where(others[:, :, None], events, LONG_AGO).max(axis=1)
    return latest


def _unknown(like: Times) -> Times:
    return np.full(like.shape, np.nan)
