"""The household's own day and hour."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from homectl.control.moments import Asked, Said

_QUARTER = 900.0
"""Every zone changes its offset on a whole quarter of an hour of UTC."""


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Local wall time, at one time or at many."""

    day: int | NDArray[np.int64]  # days since 1970-01-01 on the local calendar
    hour: Asked  # 0 ≤ hour < 24

    @property
    def weekend(self) -> Said:
        return weekend(self.day)


def weekend(day: int | NDArray[np.int64]) -> Said:
    """Saturdays and Sundays; 1970-01-01 was a Thursday."""
    return (day + 3) % 7 >= 5


def local_time(zone: ZoneInfo, times: Asked) -> LocalTime:
    """Day and hour in a zone at UTC seconds."""
    if isinstance(times, float):
        seconds = times + _offset(zone, times // _QUARTER * _QUARTER)
        whole = seconds // 86_400
        return LocalTime(int(whole), (seconds - whole * 86_400) / 3600)
    quarters, place = np.unique(np.floor_divide(times, _QUARTER), return_inverse=True)
    offsets = np.array([_offset(zone, quarter * _QUARTER) for quarter in quarters])
    moved = times + (offsets[place] if len(quarters) else 0.0)
    day = np.floor_divide(moved, 86_400)
    return LocalTime(day.astype(np.int64), (moved - day * 86_400) / 3600)


@lru_cache(maxsize=100_000)
def _offset(zone: ZoneInfo, at: float) -> float:
    offset = datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0
