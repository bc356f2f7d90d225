"""What people usually have at this hour: their own settings of the past days, never the present one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from homectl.home import STATE, History, Kind, Quantity, Target, Times
from models.calendar import DAYS, SameHours
from models.steps import DAY, HOUR, MINUTE, SCALE, Flags, Integral, Ms, Steps

HALF = 30 * MINUTE
RECENT = 7
STEP = 0.5
"""Setpoints are counted in bins of this many °C."""

DEFAULT_MEDIAN = 20.0
"""°C where nothing is known of what a household sets."""

COLUMNS = (
    *("habit_known", "habit_on", "habit_on_lately", "habit_on_ahead", "habit_on_overall"),
    *("habit_level", "habit_level_known"),
    *("habit_setpoint", "habit_setpoint_lately", "habit_setpoint_ahead", "median_known"),
)
"""`on` is the share of time in which a person had it on (locked) within ±30 min of this hour on days alike, `lately`
on the last 7 days, `ahead` in the hour after; setpoints are °C above the target's own median. 0 where unknown."""


def habits(history: History, targets: Sequence[Target], days: SameHours) -> tuple[NDArray[np.float32], Times]:
    """Every target's habits (slots, targets, COLUMNS), and its own median setpoint, °C (slots, targets)."""
    size = (len(days.slot), len(targets))
    columns = {name: np.zeros(size) for name in COLUMNS}
    medians, medians_known = np.full(size, DEFAULT_MEDIAN), np.zeros(size)
    for place, target in enumerate(targets):
        if target.kind is Kind.SETPOINT:
            steps = Steps.of(history, target.device, Quantity.SETPOINT)
            medians[:, place], medians_known[:, place] = _medians(steps, days.slot)
    columns["median_known"] = medians_known
    own = _Past(history, [(target.device, STATE[target.kind]) for target in targets], days)
    columns["habit_known"] = own.coverage()
    warmth = np.array([target.kind is Kind.SETPOINT for target in targets])
    usual = own.usual()
    for name, column in zip(("", "_lately", "_ahead"), usual, strict=True):
        known = np.isfinite(column)
        columns[f"habit_on{name}"] = np.where(known & ~warmth, column, 0.0)
        columns[f"habit_setpoint{name}"] = np.where(known & warmth, column / SCALE[Quantity.SETPOINT] - medians, 0.0)
    overall = own.overall()
    columns["habit_on_overall"] = np.where(np.isfinite(overall) & ~warmth, overall, 0.0)
    lamps = [place for place, target in enumerate(targets) if target.kind is Kind.LIGHT]
    if lamps:
        levels = _Past(history, [(targets[place].device, Quantity.LIGHT_LEVEL) for place in lamps], days).usual()[0]
        known = np.isfinite(levels)
        columns["habit_level"][:, lamps] = np.where(known, levels / SCALE[Quantity.LIGHT_LEVEL], 0.0)
        columns["habit_level_known"][:, lamps] = known
    found = np.empty((*size, len(COLUMNS)), dtype=np.float32)
    for place, name in enumerate(COLUMNS):
        found[:, :, place] = columns[name]
    return found, medians


class _Past:
    """What people made of some signals around the same hours of the last days."""

    def __init__(self, history: History, signals: Sequence[tuple[str, Quantity]], days: SameHours) -> None:
        self._alike, self._lately = days.alike[:, None], np.arange(DAYS) < RECENT
        slots, count = days.then.size, len(days.slot)
        edges = np.concatenate((days.then - HALF, days.then + HALF, days.then + HALF + HOUR), axis=None)
        edges = np.concatenate((edges, days.slot - DAYS * DAY, days.slot - DAY // 2))
        times = np.empty((len(signals), len(edges)), dtype=np.int64)
        sums = np.empty((len(signals), len(edges)), dtype=np.int64)
        for row, (device, quantity) in enumerate(signals):
            steps = Steps.of(history, device, quantity)
            place = steps.place(edges)
            times[row] = steps.person_time.until(edges, place)
            sums[row] = steps.person_sum.until(edges, place)
        shape = (len(signals), 3, count, DAYS)
        self._time, self._sum = (a[:, : 3 * slots].reshape(shape).transpose(1, 2, 0, 3) for a in (times, sums))
        tail = (len(signals), 2, count)
        self._long_time, self._long_sum = (a[:, 3 * slots :].reshape(tail).transpose(1, 2, 0) for a in (times, sums))

    def coverage(self) -> Times:
        """The share of the last 28 days' same hours in which a person's setting is known, (slots, signals)."""
        share: Times = (self._time[1] - self._time[0]).sum(axis=2) / (DAYS * 2 * HALF)
        return share

    def usual(self) -> tuple[Times, Times, Times]:
        """The mean that people made: on days alike, lately, in the hour after; NaN where nobody did."""
        time, total = self._time[1] - self._time[0], self._sum[1] - self._sum[0]  # (slots, signals, days)
        time_after, total_after = self._time[2] - self._time[1], self._sum[2] - self._sum[1]
        alike, lately = self._alike, self._lately
        return (
            _ratio((total * alike).sum(axis=2), (time * alike).sum(axis=2)),
            _ratio((total * lately).sum(axis=2), (time * lately).sum(axis=2)),
            _ratio((total_after * alike).sum(axis=2), (time_after * alike).sum(axis=2)),
        )

    def overall(self) -> Times:
        """The mean that people made in the last 28 days, but for the last half day; NaN where nobody did."""
        return _ratio(self._long_sum[1] - self._long_sum[0], self._long_time[1] - self._long_time[0])


def _ratio(part: Ms, whole: Ms) -> Times:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def _medians(steps: Steps, slot: Ms) -> tuple[Times, Times]:
    """The setpoint that people exceeded half of the last 28 days, and whether a person ever set one.

    Where no person did, anybody's settings stand in; where there are none, 20 °C.
    """
    chosen, known = _median(steps, "person", slot)
    if not known.all():
        anybody, any_known = _median(steps, "anybody", slot)
        chosen = np.where(known, chosen, np.where(any_known, anybody, DEFAULT_MEDIAN))
    return chosen, known.astype(np.float64)


def _median(steps: Steps, by: str, slot: Ms) -> tuple[Times, Flags]:
    """The middle value by time in bins of STEP, and whether there is any."""
    values, held = _held(steps, by)
    if not len(values):
        return np.full(len(slot), DEFAULT_MEDIAN), np.zeros(len(slot), dtype=bool)
    edges = np.concatenate((slot - DAYS * DAY, slot))
    sums = held.until(edges, steps.place(edges))  # (bins, 2 × slots)
    below = (sums[:, len(slot) :] - sums[:, : len(slot)]).cumsum(axis=0)
    middle = (2 * below < below[-1]).sum(axis=0)
    return values[np.minimum(middle, len(values) - 1)], below[-1] > 0


def _held(steps: Steps, by: str) -> tuple[Times, Integral]:
    """The values there were, ascending, and how long each held: one row of weights per value."""
    if by not in steps.memo:
        counted = steps.by_person if by == "person" else np.isfinite(steps.values)
        bins = np.where(counted, np.rint(np.nan_to_num(steps.values) / STEP), np.nan)
        values = np.unique(bins[counted])
        steps.memo[by] = (values * STEP, Integral(steps.at, (bins == values[:, None]).astype(np.int64)))
    found: tuple[Times, Integral] = steps.memo[by]
    return found
