"""Events of several signals as one ascending series of times that grows as they do."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import Self

import numpy as np

from homectl.home import Times, Track
from models.signals import Asked, Values
from models.steps import PERSON


class Stream:
    """When any of some signals spoke, or when its value became another one; milliseconds."""

    __slots__ = ("_changes", "_read", "at", "signals")

    def __init__(self, signals: Sequence[Values], *, changes: bool) -> None:
        self.signals, self._changes = tuple(signals), changes
        self._read = [1] * len(self.signals)
        self.at = array("d")

    def follow(self) -> Self:
        """The same once it has read everything that the signals hold."""
        sizes = [len(signal.follow().at) for signal in self.signals]
        new = [self._new(number) for number, size in enumerate(sizes) if self._read[number] < size]
        if new:
            times = np.sort(np.concatenate(new))
            late = len(times) and self.at and times[0] < self.at[-1]
            self.at.extend(times)
            if late:
                self.at = array("d", np.sort(np.asarray(self.at)))
        return self

    def before(self, at: Asked) -> Asked:
        """How many events came before each time."""
        if isinstance(at, np.ndarray):
            count: Times = np.asarray(self.at).searchsorted(at, side="left").astype(np.float64)
            return count
        return float(bisect_left(self.at, at))

    def _new(self, number: int) -> Times:
        signal, first = self.signals[number], self._read[number]
        self._read[number] = len(signal.at)
        at, values = np.array(signal.at[first:]), np.array(signal.values[first - 1 :])
        kept: Times = at[values[1:] != values[:-1]] if self._changes else at
        return kept


class Hands(Values):
    """When somebody set something by hand to another value than before."""

    __slots__ = ()

    def _read_on(self, track: Track) -> None:
        if track.forgotten != self._forgotten:
            self.begin()
        first = max(self._read, 1)
        new = slice(first, len(track))
        changed = track.values[new] != track.values[first - 1 : len(track) - 1]
        by_hand = changed & (track.origins[new] == PERSON)
        for at, value in zip(track.times[new][by_hand].tolist(), track.values[new][by_hand].tolist(), strict=True):
            self.take(round(at * 1000), value)
        self._read = len(track)
