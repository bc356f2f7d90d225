"""What a household usually does: the warmth it likes, the hour it rises, the lamps it uses and how bright."""

from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from homectl.control.activity import Window, last_before, pick
from homectl.control.local_time import LocalTime, local_time
from homectl.home import ORIGIN_CODE, History, Home, Origin, Quantity, Times, Track

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


def comfort(track: Track, times: Times, guessed: float) -> Times:
    """The household's comfort setpoint at each time, °C in steps of a half; shape (times,).

    The median of what people set in the past week, setbacks left out: of those settings that are not below the
    median of all. Where nobody set anything: the last setpoint that was not ours, or `guessed`.
    """
    made_at, made = _set_by_hand(track, Window(float(times[0]) - WEEK, float(times[-1])))
    turns = np.unique(np.concatenate([made_at, made_at + WEEK]))
    turns = turns[turns <= times[-1]]
    turns = turns[max(0, int(np.searchsorted(turns, times[0], side="right")) - 1) :]
    liked = np.array([_liked(made[(made_at > turn - WEEK) & (made_at <= turn)].tolist()) for turn in turns])
    found = pick(liked, np.searchsorted(turns, times, side="right") - 1, np.nan)
    return np.where(np.isnan(found), _not_ours(track, times, guessed), found)


def _liked(made: list[float]) -> float:
    if not made:
        return float("nan")
    middle = median(made)
    return round(2 * median(value for value in made if value >= middle)) / 2


def _not_ours(track: Track, times: Times, guessed: float) -> Times:
    theirs = (track.origins != ORIGIN_CODE[Origin.HOMECTL]) & np.isfinite(track.values)
    place = np.searchsorted(track.times[theirs], times, side="right") - 1
    return np.round(2 * pick(track.values[theirs], place, guessed)) / 2


def _set_by_hand(track: Track, window: Window) -> tuple[Times, Times]:
    """When people changed the setpoint in the window, and to what."""
    part = window.of(track)
    times, values = track.times[part], track.values[part]
    made = (times > window.start) & np.isfinite(values) & (track.origins[part] == ORIGIN_CODE[Origin.PERSON])
    made[1:] &= values[1:] != values[:-1]
    return times[made], values[made]


def last_set_by_hand(track: Track, window: Window, times: Times) -> Times:
    """When a person last changed the setpoint within the window; -inf where nobody did. Shape (times,)."""
    return last_before(_set_by_hand(track, window)[0], times)


def part_of(clock: LocalTime) -> NDArray[np.intp]:
    """Which part of the day it is, 0 for the night; shape (times,)."""
    return np.searchsorted(PARTS, clock.hour, side="right") % len(PARTS)


def uses(lamp: Track, zone: ZoneInfo, times: Times, parts: NDArray[np.intp]) -> NDArray[np.intp]:
    """How often in the past week a lamp was lit for a while in this part of the day, by whomever; shape (times,)."""
    cut = Window(float(times[0]) - WEEK - LASTING, float(times[-1])).of(lamp)
    at, lit = lamp.times[cut], lamp.values[cut] == 1.0
    begun = at[lit & ~np.append(False, lit[:-1])]
    begun = begun[np.searchsorted(at[~lit], begun) == np.searchsorted(at[~lit], begun + LASTING, side="right")]
    begun_in, counts = part_of(local_time(zone, begun)), np.zeros(len(times), dtype=np.intp)
    for part in np.unique(parts):
        known = begun[begun_in == part] + LASTING
        lasted = known.searchsorted(times, side="right") - known.searchsorted(times - WEEK, side="right")
        counts = np.where(parts == part, lasted, counts)
    return counts


def liked_level(levels: Track, zone: ZoneInfo, times: Times, parts: NDArray[np.intp]) -> Times:
    """The brightness people last gave a lamp in this part of the day, not over a week ago; else NaN. Shape (times,)."""
    cut = Window(float(times[0]) - WEEK, float(times[-1])).of(levels)
    by_hand = (levels.origins[cut] == ORIGIN_CODE[Origin.PERSON]) & (levels.values[cut] > 0)
    at, given = levels.times[cut][by_hand], levels.values[cut][by_hand]
    given_in, liked = part_of(local_time(zone, at)), np.full(len(times), np.nan)
    for part in np.unique(parts):
        then = at[given_in == part]
        place = then.searchsorted(times, side="right") - 1
        recent = (parts == part) & (times - pick(then, place, -np.inf) < WEEK)
        liked = np.where(recent, pick(given[given_in == part], place, np.nan), liked)
    return liked


def usual_rise(home: Home, history: History, clock: LocalTime) -> Times:
    """The local hour at which the home usually wakes on such a day, from earlier days alone; NaN where not known."""
    days = np.arange(int(clock.day[0]) - DAYS_BACK, int(clock.day[-1]) + 1)
    opening = np.array([_utc(home.zone, int(day), EARLIEST) for day in days])
    rose = EARLIEST + (_first_motion(home, history, opening) - opening) / 3600
    rose[~(rose < LATEST)] = np.nan
    weekend = _weekend(days)
    usual = np.full(len(days), np.nan)
    for place in range(DAYS_BACK, len(days)):
        before = slice(place - DAYS_BACK, place)
        alike = rose[before][(weekend[before] == weekend[place]) & np.isfinite(rose[before])]
        if len(alike) >= ENOUGH_DAYS:
            usual[place] = np.median(alike)
    hours: Times = usual[clock.day - days[0]]
    return hours


def _first_motion(home: Home, history: History, moments: Times) -> Times:
    """For each moment the next motion indoors; infinity where there is none."""
    first = np.full(len(moments), np.inf)
    for device in home.devices:
        track = history.track(device.id, Quantity.MOTION)
        if track is None or device.area is None or device.area in home.outdoors:
            continue
        part = Window(float(moments[0]), float(moments[-1]) + LATEST * 3600).of(track)
        moved = track.times[part][track.values[part] == 1.0]
        place = np.searchsorted(moved, moments, side="left")
        first = np.minimum(first, np.append(moved, np.inf)[place])
    return first


def _weekend(days: NDArray[np.int64]) -> NDArray[np.bool_]:
    return LocalTime(days, np.zeros(len(days))).weekend


def _utc(zone: ZoneInfo, day: int, hour: float) -> float:
    """UTC seconds of a local hour on a day since 1970-01-01."""
    local = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=zone) + timedelta(days=day, hours=hour)
    return local.timestamp()
