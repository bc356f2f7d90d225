"""What a household usually does: the warmth it likes, the hour it rises, the lamps it uses and how bright."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import isfinite
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np

from homectl.control.local_time import LocalTime, local_time, weekend
from homectl.control.moments import Asked, Counted, Digest, Moments, choose, not_after, pick
from homectl.home import ORIGIN_CODE, Origin, Times

WEEK = 7 * 86_400.0
"""How long a setpoint made by hand tells what the household likes, seconds."""

EARLIEST, LATEST = 5.0, 12.0
"""Local hours between which the first motion of a day is called rising."""

DAYS_BACK = 14
ENOUGH_DAYS = 3
"""Of the last two weeks' days of the same sort (working days, weekend) so many must have been seen."""


PARTS = (5.5, 9.0, 17.0, 20.5, 23.0)
"""Local hours at which a new part of the day begins; what is after the last belongs to the night before the first."""

LASTING = 120.0
"""Seconds a lamp must have burnt to have been of use."""

PERSON, HOMECTL = ORIGIN_CODE[Origin.PERSON], ORIGIN_CODE[Origin.HOMECTL]


class SetByHand(Digest):
    """When people changed a setpoint, and to what."""

    def take(self, at: float, value: float, origin: int) -> None:
        if origin == PERSON and isfinite(value) and value != self.before:
            self.add(at, value)


class SetByOthers(Digest):
    """Setpoints that were not ours."""

    def take(self, at: float, value: float, origin: int) -> None:
        if origin != HOMECTL and isfinite(value):
            self.add(at, value)


def comfort(by_hand: SetByHand, by_others: SetByOthers, times: Asked, guessed: float) -> Asked:
    """The household's comfort setpoint, °C in steps of a half.

    The median of what people set in the past week, setbacks left out: of those settings that are not below the
    median of all. Where nobody set anything: the last setpoint that was not ours, or `guessed`.
    """
    if isinstance(times, float):
        found: Asked = _liked(by_hand, times)
    else:
        turns = _turns(by_hand, times)
        found = pick([_liked(by_hand, turn) for turn in turns], not_after(turns, times), np.nan)
    known = found == found
    return choose(known, found, np.round(2 * by_others.value(times, guessed)) / 2)


def _turns(by_hand: SetByHand, times: Times) -> list[float]:
    """The times from which on another set of settings is a week old at most: the last before `times`, and all later."""
    made = np.asarray(by_hand.at)
    turns = np.unique(np.concatenate([made, made + WEEK]))
    first, end = turns.searchsorted([times[0], times[-1]], side="right")
    kept: list[float] = turns[max(0, first - 1) : end].tolist()
    return kept


def _liked(by_hand: SetByHand, at: float) -> float:
    made = by_hand.values[not_after(by_hand.at, at - WEEK) : not_after(by_hand.at, at)]
    if not made:
        return float("nan")
    middle = median(made)
    return round(2 * median(value for value in made if value >= middle)) / 2


def part_of(clock: LocalTime) -> Counted:
    """Which part of the day it is, 0 for the night."""
    return not_after(PARTS, clock.hour) % len(PARTS)


class _ByPart(Digest):
    """Moments apart by the part of the day."""

    def begin(self) -> None:
        super().begin()
        self.parts = [Moments() for _ in PARTS]

    def now(self, at: float) -> Moments:
        """The moments of the part of the day that `at` belongs to."""
        part = part_of(local_time(self.zone, at))
        assert isinstance(part, int)
        return self.parts[part]


class Uses(_ByPart):
    """When a lamp had been lit for a while, by whomever; apart by the part of the day in which it was switched on."""

    def take(self, at: float, value: float, _: int) -> None:
        if value == 1.0 and self.before != 1.0:
            self.now(at).add(at + LASTING, at)
            self.add(at, 0.0)
        elif value != 1.0 and self.before == 1.0 and at <= self.at[-1] + LASTING:
            self.now(self.at[-1]).drop()


class Liked(_ByPart):
    """The brightness people gave a lamp."""

    def take(self, at: float, value: float, origin: int) -> None:
        if origin == PERSON and value > 0:
            self.now(at).add(at, value)


def in_part(digest: _ByPart, parts: Counted, answer: Callable[[Moments], Asked]) -> Asked:
    """The answer of the moments of the part of the day that it is."""
    if isinstance(parts, int):
        return answer(digest.parts[parts])
    found: Asked = np.full(len(parts), np.nan)
    for part in np.unique(parts):
        found = choose(parts == part, answer(digest.parts[part]), found)
    return found


def uses(lamp: Uses, times: Asked, parts: Counted) -> Asked:
    """How often in the past week a lamp was lit for a while in this part of the day."""
    return in_part(lamp, parts, lambda lit: lit.within(WEEK, times))


def liked_level(levels: Liked, times: Asked, parts: Counted) -> Asked:
    """The brightness people last gave a lamp in this part of the day, not over a week ago; else NaN."""
    return in_part(
        levels, parts, lambda given: choose(times - given.last(times) < WEEK, given.value(times, np.nan), np.nan)
    )


class Rises(Digest):
    """A motion sensor's first motion on each day from EARLIEST on; at most LATEST."""

    def begin(self) -> None:
        super().begin()
        self.first: dict[int, float] = {}

    def take(self, at: float, value: float, _: int) -> None:
        if value != 1.0:
            return
        clock = local_time(self.zone, at)
        assert isinstance(clock.day, int)
        if EARLIEST <= clock.hour < LATEST:
            self.first.setdefault(clock.day, at)


def usual_rise(sensors: Sequence[Rises], zone: ZoneInfo, clock: LocalTime) -> Asked:
    """The local hour at which the home usually wakes on such a day, from earlier days alone; NaN where not known."""
    if isinstance(clock.day, int):
        return _usual(sensors, zone, clock.day)
    days, place = np.unique(clock.day, return_inverse=True)
    hours: Times = np.array([_usual(sensors, zone, int(day)) for day in days])[place]
    return hours


def _usual(sensors: Sequence[Rises], zone: ZoneInfo, day: int) -> float:
    earlier = [before for before in range(day - DAYS_BACK, day) if weekend(before) == weekend(day)]
    rose = [min((sensor.first.get(before, np.inf) for sensor in sensors), default=np.inf) for before in earlier]
    hours = [EARLIEST + (at - _utc(zone, before, EARLIEST)) / 3600 for before, at in zip(earlier, rose, strict=True)]
    known = [hour for hour in hours if isfinite(hour)]
    return median(known) if len(known) >= ENOUGH_DAYS else float("nan")


@lru_cache(maxsize=100_000)
def _utc(zone: ZoneInfo, day: int, hour: float) -> float:
    """UTC seconds of a local hour on a day since 1970-01-01."""
    local = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=zone) + timedelta(days=day, hours=hour)
    return local.timestamp()
