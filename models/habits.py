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
    *("habit_warm", "habit_warm_lately", "habit_warm_ahead", "usual_low", "usual_high"),
)
"""`on` is the share of time in which a person had it on (locked) within ±30 min of this hour on days alike, `lately`
on the last 7 days, `ahead` in the hour after; setpoints are °C above the target's own median, `low` and `high` its 10th
and 90th percentile by time, `warm` how far from low to high the habit lies, 0 … 1. 0 where unknown."""


def habits(history: History, targets: Sequence[Target], days: SameHours) -> tuple[NDArray[np.float32], Times]:
    """Every target's habits (slots, targets, COLUMNS), and its own median setpoint, °C (slots, targets)."""
    size = (len(days.slot), len(targets))
    columns = {name: np.zeros(size) for name in COLUMNS}
    low, medians, high = (np.full(size, DEFAULT_MEDIAN) for _ in range(3))
    for place, target in enumerate(targets):
        if target.kind is Kind.SETPOINT:
            steps = Steps.of(history, target.device, Quantity.SETPOINT)
            quantiles, columns["median_known"][:, place] = _quantiles(steps, days.slot)
            low[:, place], medians[:, place], high[:, place] = quantiles
    columns["usual_low"], columns["usual_high"] = low - medians, high - medians
    own = _Past(history, [(target.device, STATE[target.kind]) for target in targets], days)
    columns["habit_known"] = own.coverage()
    warmth = np.array([target.kind is Kind.SETPOINT for target in targets])
    usual = own.usual()
    for name, column in zip(("", "_lately", "_ahead"), usual, strict=True):
        known = np.isfinite(column)
        columns[f"habit_on{name}"] = np.where(known & ~warmth, column, 0.0)
        degrees = np.where(known & warmth, column / SCALE[Quantity.SETPOINT], medians)
        columns[f"habit_setpoint{name}"] = degrees - medians
        columns[f"habit_warm{name}"] = np.clip((degrees - low) / np.maximum(high - low, STEP), 0.0, 1.0)
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
            times[row], sums[row] = steps.person_time.until(edges, place), steps.person_sum.until(edges, place)
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


def _quantiles(steps: Steps, slot: Ms) -> tuple[Times, Times]:
    """The setpoints below which people stayed 10, 50 and 90 % of the last 28 days, (3, slots), and whether any did.

    Where no person set one, anybody's settings stand in; where there are none, 20 °C.
    """
    chosen, known = _held_at(steps, "person", slot)
    if not known.all():
        anybody, any_known = _held_at(steps, "anybody", slot)
        chosen = np.where(known, chosen, np.where(any_known, anybody, DEFAULT_MEDIAN))
    return chosen, known.astype(np.float64)


def _held_at(steps: Steps, by: str, slot: Ms) -> tuple[Times, Flags]:
    """Quantiles by time in bins of STEP, (3, slots), and whether there is anything to count."""
    values, held = _held(steps, by)
    if not len(values):
        return np.full((3, len(slot)), DEFAULT_MEDIAN), np.zeros(len(slot), dtype=bool)
    edges = np.concatenate((slot - DAYS * DAY, slot))
    sums = held.until(edges, steps.place(edges))  # (bins, 2 × slots)
    below = (sums[:, len(slot) :] - sums[:, : len(slot)]).cumsum(axis=0)
    places = [(10 * below < tenths * below[-1]).sum(axis=0) for tenths in (1, 5, 9)]
    return values[np.minimum(np.stack(places), len(values) - 1)], below[-1] > 0


def _held(steps: Steps, by: str) -> tuple[Times, Integral]:
    """The values there were, ascending, and how long each held: one row of weights per value."""
    if by not in steps.memo:
        counted = steps.by_person if by == "person" else np.isfinite(steps.values)
        bins = np.where(counted, np.rint(np.nan_to_num(steps.values) / STEP), np.nan)
        values = np.unique(bins[counted])
        steps.memo[by] = (values * STEP, Integral(steps.at, (bins == values[:, None]).astype(np.int64)))
    found: tuple[Times, Integral] = steps.memo[by]
    return found
