"""Signals as step functions over whole milliseconds, so that sums over time are exact however they are cut."""

from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from homectl.home import ORIGIN_CODE, History, LockState, Origin, Quantity, Times, Track

Ms = NDArray[np.int64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LONG_AGO = -(2**52)
"""Milliseconds: before anything is known."""

PERSON, UNKNOWN = ORIGIN_CODE[Origin.PERSON], ORIGIN_CODE[Origin.UNKNOWN]

SCALE = {Quantity.SETPOINT: 100, Quantity.LIGHT_LEVEL: 1000}
"""Settings are summed over time as whole numbers of these parts; others as 0 and 1."""


def milliseconds_of(times: Times) -> Ms:
    """UTC seconds to whole milliseconds, never later than the time itself."""
    whole: Ms = np.floor(times * 1000 + 0.01).astype(np.int64)
    return whole


def _small(whole: Ms) -> NDArray[np.integer[Any]]:
    """The same numbers in the fewest bytes."""
    ends = (np.min_scalar_type(end) for end in (whole.min(initial=0), whole.max(initial=0)))
    return whole.astype(np.result_type(np.int8, *ends))


class Integral:
    """The time integral of whole-numbered weights over steps: exact in 64-bit integers."""

    __slots__ = ("_at", "_sums", "_weights")

    def __init__(self, at: Ms, weights: Ms) -> None:
        """`weights` (…, samples) hold from each sample to the next."""
        self._at, self._weights = at, _small(weights)
        self._sums = np.zeros(weights.shape, dtype=np.int64)
        np.cumsum(weights[..., :-1] * (at[1:] - at[:-1]), axis=-1, out=self._sums[..., 1:])

    @classmethod
    def turning(cls, at: Ms, weights: Ms) -> Self:
        """The same integral, of those samples alone at which a weight turns."""
        turned = weights[..., 1:] != weights[..., :-1]
        turns = np.append(True, turned.any(axis=tuple(range(weights.ndim - 1))))
        return cls(at[turns], weights[..., turns])

    def place(self, at: Ms) -> Places:
        """For each time the newest step not after it."""
        return self._at.searchsorted(at, side="right") - 1

    def until(self, at: Ms, place: Places) -> Ms:
        """The integral up to each time, from an origin that is the same for all."""
        total: Ms = self._sums[..., place] + self._weights[..., place] * (at - self._at[place])
        return total


class Steps:
    """One signal, NaN before its first sample. What is made of it is kept until the signal changes."""

    def __init__(self, track: Track | None, quantity: Quantity) -> None:
        size = 0 if track is None else len(track)
        self.quantity = quantity
        self.at: Ms = np.full(size + 1, LONG_AGO, dtype=np.int64)
        self.values: Times = np.full(size + 1, np.nan)
        self.origins: NDArray[np.int8] = np.full(size + 1, -1, dtype=np.int8)
        if track is not None:
            self.at[1:] = np.rint(track.times * 1000)
            self.values[1:] = bolt(track.values) if quantity is Quantity.LOCK else track.values
            self.origins[1:] = track.origins

    @classmethod
    def of(cls, history: History, device: str, quantity: Quantity) -> "Steps":
        track = history.track(device, quantity)
        if track is None:
            return NOTHING
        if not isinstance(track.derived, cls):
            track.derived = cls(track, quantity)
        return track.derived

    def place(self, at: Ms) -> Places:
        """For each time the newest sample not after it."""
        return self.at.searchsorted(at, side="right") - 1

    @cached_property
    def _starts(self) -> Places:
        """For each sample the first report of the same value, or a person's word that it is right as it is."""
        starts = np.zeros(len(self.at), dtype=np.intp)
        confirmed = (self.origins[1:] == PERSON) & (self.origins[:-1] != PERSON)
        starts[1:] = np.where((self.values[1:] != self.values[:-1]) | confirmed, np.arange(1, len(self.at)), 0)
        return np.maximum.accumulate(starts)

    @cached_property
    def makers(self) -> NDArray[np.int8]:
        """Who made each value what it is: the origin of the first report of the same value; -1 before the first."""
        return self.origins[self._starts]

    @cached_property
    def since(self) -> Ms:
        """When each value became what it is."""
        return self.at[self._starts]

    @cached_property
    def by_person(self) -> Flags:
        """Whether each value is known and made by a person."""
        made: Flags = (self.makers == PERSON) & np.isfinite(self.values)
        return made

    @cached_property
    def person_time(self) -> Integral:
        """How long values made by a person held."""
        return Integral(self.at, self.by_person.astype(np.int64))

    @cached_property
    def person_sum(self) -> Integral:
        """The same, weighted by the values in parts of SCALE."""
        scale = SCALE.get(self.quantity, 1)
        weights = np.where(self.by_person, np.rint(np.nan_to_num(self.values) * scale), 0)
        return Integral(self.at, weights.astype(np.int64))

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What others have made of these steps."""
        return {}


NOTHING = Steps(None, Quantity.ACTION)


def bolt(states: Times) -> Times:
    """Lock states as the bolt they mean: 1 thrown (or on its way), 0 drawn, NaN anything else."""
    thrown = (states == LockState.LOCKED) | (states == LockState.LOCKING)
    drawn = (states == LockState.UNLOCKED) | (states == LockState.UNLOCKING)
    return np.where(thrown, 1.0, np.where(drawn, 0.0, np.nan))


def log_minutes(age: Times, longest: int = DAY) -> Times:
    """log(1 + minutes) of an age, which counts up to `longest`."""
    minutes: Times = np.log1p(np.minimum(np.maximum(age, 0), longest) / MINUTE)
    return minutes
