"""Local time: the hour, the day and the same hour of days gone by, for arrays of times."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from homectl.home import Home, Times
from homectl.home.sun import elevation
from models.steps import DAY, MINUTE, Flags, Ms

SLOT = 10 * MINUTE
"""Habits are asked once per slot: they change slowly."""

DAYS = 28
"""How many days back habits look."""

_QUARTER = 15 * MINUTE  # time zones change at whole quarters of an hour


@lru_cache(maxsize=200_000)
def _offset(zone: ZoneInfo, quarter: int) -> int:
    moment = datetime.fromtimestamp(quarter * _QUARTER / 1000, UTC).astimezone(zone)
    offset = moment.utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * 1000)


def local(home: Home, at: Ms) -> Ms:
    """Wall time as milliseconds since 1970 without a zone."""
    quarters, place = np.unique(at // _QUARTER, return_inverse=True)
    offsets = np.array([_offset(home.zone, int(quarter)) for quarter in quarters], dtype=np.int64)
    wall: Ms = at + offsets[place]
    return wall


def clock_columns(home: Home, at: Ms) -> dict[str, Times]:
    """Day and week as Fourier terms, and where the sun stands now and in an hour.

    No date: with a few weeks of each home it would name the home.
    """
    wall = local(home, at)
    days = wall // DAY
    day = (wall - days * DAY) / DAY * (2 * np.pi)
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    week = (weekday + (wall - days * DAY) / DAY) / 7 * (2 * np.pi)
    sun = elevation(home.latitude, home.longitude, at / 1000)
    return {
        "day_sin": np.sin(day),
        "day_cos": np.cos(day),
        "day_sin_2": np.sin(2 * day),
        "day_cos_2": np.cos(2 * day),
        "day_sin_3": np.sin(3 * day),
        "day_cos_3": np.cos(3 * day),
        "weekend": (weekday >= 5).astype(np.float64),
        "week_sin": np.sin(week),
        "week_cos": np.cos(week),
        "sun": sun,
        "sun_in_an_hour": elevation(home.latitude, home.longitude, at / 1000 + 3600) - sun,
    }


class SameHours:
    """The slots a set of times falls in, and the same local time on each of the last `DAYS` days.

    `slot` (slots,) begins each slot, `of` (times,) says which one a time is in, `then` (slots, days) is the same wall
    time one, two, … days ago, `alike` (slots, days) whether that was the same kind of day (working day or weekend).
    """

    __slots__ = ("alike", "of", "slot", "then")

    def __init__(self, home: Home, at: Ms) -> None:
        slots, self.of = np.unique(at // SLOT, return_inverse=True)
        self.slot: Ms = slots * SLOT
        past = self.slot[:, None] - np.arange(1, DAYS + 1) * DAY
        noon = past // DAY * DAY + DAY // 2
        offset_then = local(home, noon.ravel()).reshape(noon.shape) - noon
        wall = local(home, self.slot)
        self.then: Ms = past + (wall - self.slot)[:, None] - offset_then
        self.alike: Flags = _weekend(self.then + offset_then) == _weekend(wall)[:, None]


def _weekend(wall: Ms) -> Flags:
    weekend: Flags = (wall // DAY + 3) % 7 >= 5
    return weekend
