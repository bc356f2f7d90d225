"""Local time: the hour, the day and the same hour of days gone by, for arrays of times."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from homectl.home import Home, Times
from homectl.home.sun import elevation
from models.signals import Asked
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


CLOCK = (
    *("day_sin", "day_cos", "day_sin_2", "day_cos_2", "day_sin_3", "day_cos_3"),
    *("weekend", "week_sin", "week_cos", "sun", "sun_in_an_hour", "hour"),
)


def clock(home: Home, at: Asked) -> Times:
    """Day and week as Fourier terms, where the sun stands now and in an hour, and the local hour: (CLOCK, times).

    No date: with a few weeks of each home it would name the home.
    """
    if isinstance(at, np.ndarray):
        wall: Asked = local(home, at.astype(np.int64)).astype(np.float64)
    else:
        wall = at + _offset(home.zone, int(at // _QUARTER))
    days = wall // DAY
    hour = (wall - days * DAY) / DAY
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    day = hour * (2 * np.pi)
    angles = np.array((day, 2 * day, 3 * day, (weekday + hour) / 7 * (2 * np.pi))).reshape(4, -1)
    now = np.array((at / 1000, at / 1000 + 3600)).reshape(2, -1)
    sun = elevation(home.latitude, home.longitude, now)
    found = np.empty((len(CLOCK), now.shape[1]))
    sines, cosines = np.sin(angles), np.cos(angles)
    found[0:6:2], found[1:6:2], found[6] = sines[:3], cosines[:3], weekday >= 5
    found[7], found[8] = sines[3], cosines[3]
    found[9], found[10], found[11] = sun[0], sun[1] - sun[0], hour * 24
    return found


class SameHours:
    """The slots a set of times falls in, and the same local time on each of the last `DAYS` days.

    `slot` (slots,) begins each slot, `of` (times,) says which one a time is in, `then` (slots, days) is the same wall
    time one, two, … days ago, `alike` (slots, days) whether that was the same kind of day (working day or weekend).
    """

    __slots__ = ("alike", "of", "slot", "then")

    def __init__(self, home: Home, at: Ms, width: int = SLOT) -> None:
        slots, self.of = np.unique(at // width, return_inverse=True)
        self.slot: Ms = slots * width
        past = self.slot[:, None] - np.arange(1, DAYS + 1) * DAY
        noon = past // DAY * DAY + DAY // 2
        offset_then = local(home, noon.ravel()).reshape(noon.shape) - noon
        wall = local(home, self.slot)
        self.then: Ms = past + (wall - self.slot)[:, None] - offset_then
        self.alike: Flags = _weekend(self.then + offset_then) == _weekend(wall)[:, None]


def _weekend(wall: Ms) -> Flags:
    weekend: Flags = (wall // DAY + 3) % 7 >= 5
    return weekend
