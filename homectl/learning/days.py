"""Local days: as people type them, as spans of time, and of what a history tells."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from homectl.home import History, ModeSpan, Times, UsageError

MOST = 3660
"""Days that may be named at once."""


def days_of(words: Iterable[str]) -> tuple[date, ...]:
    """ISO dates and ranges `2026-01-03..2026-01-07`, both ends included, as ascending days; UsageError for others."""
    found: set[date] = set()
    for word in words:
        first, _, last = word.partition("..")
        try:
            start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            raise UsageError(f"expected a day such as 2026-01-03 or 2026-01-03..2026-01-07, got {word!r}") from None
        if not 0 <= (end - start).days < MOST:
            raise UsageError(f"expected a range of 1 to {MOST} days, the earlier day first, got {word!r}")
        found |= {start + timedelta(days=number) for number in range((end - start).days + 1)}
    return tuple(sorted(found))


def day_of(at: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at, zone).date()


def midnight(day: date, zone: ZoneInfo) -> float:
    """When a local day begins, UTC seconds."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def span_of_day(day: date, zone: ZoneInfo) -> tuple[float, float]:
    """From its midnight to the next: 23 to 25 hours."""
    return midnight(day, zone), midnight(day + timedelta(days=1), zone)


def ordinals(times: Times, zone: ZoneInfo) -> NDArray[np.intp]:
    """The ordinal number of the local day of each time (UTC seconds, in any order)."""
    if not len(times):
        return np.empty(0, dtype=np.intp)
    first, last = (day_of(float(at), zone).toordinal() for at in (times.min(), times.max()))
    begins = [midnight(date.fromordinal(number), zone) for number in range(first, last + 1)]
    place: NDArray[np.intp] = np.searchsorted(begins, times, side="right")
    return first - 1 + place


def unusual_days(spans: Iterable[ModeSpan], zone: ZoneInfo) -> frozenset[date]:
    """Every day of which a mode that teaches nothing has a part."""
    found: set[date] = set()
    for span in spans:
        if not span.mode.teaches:
            first, last = day_of(span.since, zone), day_of(span.until, zone)
            found |= {first + timedelta(days=number) for number in range((last - first).days + 1)}
    return frozenset(found)


def days_told(history: History, zone: ZoneInfo) -> tuple[date, ...]:
    """The days of which a history has any sample, ascending."""
    tracks = [ordinals(track.times, zone) for track in history.tracks.values()]
    return tuple(date.fromordinal(int(number)) for number in np.unique(np.concatenate([np.empty(0, int), *tracks])))
