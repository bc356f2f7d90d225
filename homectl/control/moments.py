"""Moments of a growing track, looked up for one time or for many by the same rule."""

from abc import ABC, abstractmethod
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import Self
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from homectl.home import Times, Track

UTC = ZoneInfo("UTC")

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

Asked = float | Times
"""One time, UTC seconds, or many of them, ascending; an answer is one number or has the shape (times,)."""

Said = bool | Flags
"""Whether something is so, at the one time or at each of many."""

Counted = int | Places
Series = Sequence[float] | Times


def ever(said: Said) -> bool:
    """Whether it is so at any of the times."""
    return bool(said.any()) if isinstance(said, np.ndarray) else bool(said)


def negated(said: Said) -> Said:
    return ~said if isinstance(said, np.ndarray) else not said


def choose(said: Said, yes: Asked, no: Asked) -> Asked:
    """One of two values, at each time the one that belongs to it."""
    if isinstance(said, np.ndarray):
        return np.where(said, yes, no)
    return yes if said else no


def greater(one: Asked, other: Asked) -> Asked:
    """The greater of two values, NaN where `one` is; `other` is none."""
    if isinstance(one, float) and isinstance(other, float):
        return max(one, other)
    return np.maximum(one, other)


def lesser(one: Asked, other: Asked) -> Asked:
    """The lesser of two values, NaN where `one` is; `other` is none."""
    if isinstance(one, float) and isinstance(other, float):
        return min(one, other)
    return np.minimum(one, other)


def not_after(moments: Series, times: Asked) -> Counted:
    """How many of some ascending moments are not after each time."""
    if isinstance(times, float):
        return bisect_right(moments, times)
    return np.asarray(moments).searchsorted(times, side="right")


def pick(values: Series, count: Counted, missing: float) -> Asked:
    """The last of the first `count` values; `missing` where the count is 0."""
    if isinstance(count, int):
        return values[count - 1] if count else missing
    if not len(values):
        return np.full(len(count), missing)
    return np.where(count > 0, np.asarray(values)[count - 1], missing)


class Moments:
    """Ascending times, each with a value."""

    __slots__ = ("at", "values")

    def __init__(self) -> None:
        self.at, self.values = array("d"), array("d")

    def add(self, at: float, value: float) -> None:
        self.at.append(at)
        self.values.append(value)

    def drop(self) -> None:
        """Take back the newest."""
        self.at.pop()
        self.values.pop()

    def last(self, times: Asked) -> Asked:
        """For each time the newest moment not after it; -inf where there is none."""
        return pick(self.at, not_after(self.at, times), -np.inf)

    def value(self, times: Asked, missing: float) -> Asked:
        """The value of the newest moment not after each time."""
        return pick(self.values, not_after(self.at, times), missing)

    def within(self, span: float, times: Asked) -> Asked:
        """How many moments lie in the `span` seconds up to each time."""
        found = not_after(self.at, times) - not_after(self.at, times - span)
        return found if isinstance(found, int) else found.astype(np.float64)


class Digest(Moments, ABC):
    """What matters in one track. It reads on where the track has grown, and again from the start where it forgot.

    `since` is the time of the first sample, infinity without one.
    """

    __slots__ = ("_forgotten", "_read", "before", "since", "track", "zone")

    def __init__(self, track: Track, zone: ZoneInfo = UTC) -> None:
        self.track, self.zone = track, zone
        self.begin()

    def begin(self) -> None:
        """Know nothing yet."""
        super().__init__()
        self._read, self._forgotten = 0, self.track.forgotten
        self.before, self.since = float("nan"), float("inf")

    @abstractmethod
    def take(self, at: float, value: float, origin: int, /) -> None:
        """Read one sample; `before` is the value of the one before it, NaN for the first."""

    def follow(self) -> Self:
        """The digest once it has read everything that its track holds."""
        track = self.track
        if len(track) != self._read or track.forgotten != self._forgotten:
            self._read_on(track)
        return self

    def _read_on(self, track: Track) -> None:
        if track.forgotten != self._forgotten:
            self.begin()
        new = slice(self._read, len(track))
        columns = (column[new].tolist() for column in (track.times, track.values, track.origins))
        for at, value, origin in zip(*columns, strict=True):
            self.take(at, value, origin)
            self.before, self.since = value, min(self.since, at)
        self._read = len(track)
