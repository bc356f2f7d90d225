"""Signals as they grow, looked up for one time or for many by the same rule.

Times are whole milliseconds as floats, which holds them exactly, and so are sums of them.
"""

from array import array
from bisect import bisect_right
from math import isfinite, nan
from typing import Self

import numpy as np
from numpy.typing import NDArray

from homectl.home import History, Quantity, Times, Track
from models.steps import LONG_AGO, Places

Asked = float | Times
"""One time or value, or many of them; an answer is one number or has the shape (times,)."""

Said = bool | NDArray[np.bool_]

BEFORE = float(LONG_AGO)


def choose(said: Said, yes: Asked, no: Asked) -> Asked:
    """One of two values, at each time the one that belongs to it."""
    if isinstance(said, np.ndarray):
        return np.where(said, yes, no)
    return yes if said else no


def greater(one: Asked, other: Asked) -> Asked:
    """The greater of two values; neither is NaN."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.maximum(one, other)
    return one if one >= other else other


def lesser(one: Asked, other: Asked) -> Asked:
    """The lesser of two values; neither is NaN."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.minimum(one, other)
    return one if one <= other else other


def ratio(part: Asked, whole: Asked) -> Asked:
    """One number by another, NaN where that is not above 0."""
    if isinstance(whole, np.ndarray):
        found: Times = np.divide(part, whole, out=np.full(whole.shape, nan), where=whole > 0)
        return found
    return part / whole if whole > 0 else nan


class Values:
    """What one signal said: `values` (…) from the times `at` on; the first stands for the time before, NaN.

    It is kept with its track: it reads on where the track has grown, and again from the start where it forgot.
    """

    __slots__ = ("_forgotten", "_read", "_track", "at", "values")

    def __init__(self, track: Track) -> None:
        self._track = track
        self.begin()

    @classmethod
    def of(cls, history: History, device: str, quantity: Quantity) -> Self | None:
        """The signal as far as it is known now; None of one that never spoke."""
        track = history.track(device, quantity)
        if track is None:
            return None
        kept = track.kept
        if not isinstance(kept, cls):
            kept = track.kept = cls(track)
        return kept.follow()

    def begin(self) -> None:
        """Know nothing yet."""
        self.at, self.values = array("d", (BEFORE,)), array("d", (nan,))
        self._read, self._forgotten = 0, self._track.forgotten

    def take(self, at: float, value: float) -> None:
        """Read one sample."""
        self.at.append(at)
        self.values.append(value)

    def follow(self) -> Self:
        """The same once it has read everything that its track holds."""
        track = self._track
        if len(track) != self._read or track.forgotten != self._forgotten:
            self._read_on(track)
        return self

    def reading(self, at: Asked) -> tuple[Asked, Asked]:
        """At each time the newest value, NaN before the first, and its age."""
        if isinstance(at, float):
            place = bisect_right(self.at, at) - 1
            return self.values[place], at - self.at[place]
        moments = np.asarray(self.at)
        places = moments.searchsorted(at, side="right") - 1
        return np.asarray(self.values)[places], at - moments[places]

    def _read_on(self, track: Track) -> None:
        if track.forgotten != self._forgotten:
            self.begin()
        new = slice(self._read, len(track))
        for at, value in zip(np.rint(track.times[new] * 1000).tolist(), track.values[new].tolist(), strict=True):
            self.take(at, value)
        self._read = len(track)


class Switch(Values):
    """A signal of yes (1) and no: a motion sensor, a contact. Every column has one value per sample."""

    __slots__ = ("_sums", "fallen", "on", "risen")

    def begin(self) -> None:
        super().begin()
        self.on, self._sums = array("d", (0.0,)), array("d", (0.0,))
        self.risen, self.fallen = array("d", (BEFORE,)), array("d", (BEFORE,))

    def take(self, at: float, value: float) -> None:
        """Repeated reports count for nothing: `risen` is when a known no last became a yes, `fallen` the reverse."""
        was, on, last = self.on[-1] == 1.0, value >= 0.5, self.values[-1]
        self._sums.append(self._sums[-1] + (at - self.at[-1] if was else 0.0))
        self.risen.append(at if on and not was and isfinite(last) else self.risen[-1])
        self.fallen.append(at if was and not on and isfinite(value) else self.fallen[-1])
        self.on.append(1.0 if on else 0.0)
        super().take(at, value)

    def state(self, at: Asked) -> tuple[Asked, ...]:
        """At each time: whether it has spoken and whether it is a yes (1), when it last rose and fell, and `held`."""
        if isinstance(at, float):
            place = bisect_right(self.at, at) - 1
            on = self.on[place]
            held = self._sums[place] + on * (at - self.at[place])
            return 1.0 if place else 0.0, on, self.risen[place], self.fallen[place], held
        places = self._places(at)
        columns = (np.asarray(column)[places] for column in (self.on, self.risen, self.fallen))
        return np.minimum(places, 1.0), *columns, self.held(at)

    def held(self, at: Asked) -> Asked:
        """For how long it was a yes up to each time, from an origin that is the same for all."""
        if isinstance(at, float):
            place = bisect_right(self.at, at) - 1
            return self._sums[place] + self.on[place] * (at - self.at[place])
        places = self._places(at)
        since = at - np.asarray(self.at)[places]
        held: Times = np.asarray(self._sums)[places] + np.asarray(self.on)[places] * since
        return held

    def _places(self, at: Times) -> Places:
        places: Places = np.asarray(self.at).searchsorted(at, side="right") - 1
        return places
