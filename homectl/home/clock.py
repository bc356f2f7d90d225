"""Time, passed in. All times are UTC seconds since 1970 in whole milliseconds; durations run on `elapsed`."""

import time
from typing import Protocol


def milliseconds(seconds: float) -> float:
    """The time rounded to whole milliseconds, so that a journal gives back the very same number."""
    return round(seconds * 1000) / 1000


class Clock(Protocol):
    def now(self) -> float:
        """The home's wall time."""

    def elapsed(self) -> float:
        """Seconds of the home's time that only ever grow; the difference of two is a duration."""


class SystemClock:
    """A real home's time."""

    def now(self) -> float:
        return milliseconds(time.time())

    def elapsed(self) -> float:
        return time.monotonic()


class ToldClock:
    """A simulated or replayed home's time: exactly what it was last told, never backwards."""

    def __init__(self, at: float) -> None:
        self._at = milliseconds(at)

    def tell(self, at: float) -> None:
        self._at = max(self._at, milliseconds(at))

    def now(self) -> float:
        return self._at

    def elapsed(self) -> float:
        return self._at
