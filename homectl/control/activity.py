"""When somebody was about: spans of motion, doors that moved, and what hands did."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from homectl.home import ORIGIN_CODE, STATE, Device, History, Origin, Quantity, Signal, Times, Track

STUCK = 65 * 60.0
"""Seconds after which a motion sensor that said 1 and nothing since is not believed any more."""

MEMORY = 24 * 3600.0
"""How far back presence is looked for, seconds: older silence counts as this long."""

LONGEST_GAP = 3 * 3600.0
"""The longest pause that may still belong to one stay, seconds."""

WITNESSES = (Quantity.MOTION, Quantity.CONTACT, Quantity.ACTION, *STATE.values(), Quantity.LIGHT_LEVEL)
"""What shows that somebody is there: motion, a door that moved, a button, a state that a person changed."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Spans of presence, ascending by start; `reach` is the latest end of all spans up to each."""

    starts: Times
    reach: Times

    @classmethod
    def of(cls, spans: Iterable[tuple[Times, Times]]) -> "Activity":
        """All spans, each given as arrays of starts and ends, as one."""
        pairs = list(spans)
        starts = np.concatenate([start for start, _ in pairs] or [np.empty(0)])
        ends = np.concatenate([end for _, end in pairs] or [np.empty(0)])
        order = np.argsort(starts, kind="stable")
        return cls(starts[order], np.maximum.accumulate(ends[order]) if len(order) else ends)

    def silence(self, times: Times) -> Times:
        """Seconds since somebody was about, 0 while somebody is, at most MEMORY; shape (times,)."""
        place = self.starts.searchsorted(times, side="right") - 1
        reached = pick(self.reach, place, -np.inf)
        silent: Times = np.clip(times - reached, 0.0, MEMORY)
        return silent

    def stay(self, times: Times, gap: float) -> Times:
        """When the newest stay began, at most MEMORY ago: pauses up to `gap` do not end it; shape (times,)."""
        fresh = np.append(True, self.starts[1:] > self.reach[:-1] + gap)[: len(self.starts)]
        first = np.maximum.accumulate(np.where(fresh, self.starts, -np.inf)) if len(self.starts) else self.starts
        place = self.starts.searchsorted(times, side="right") - 1
        began: Times = np.maximum(pick(first, place, -np.inf), times - MEMORY)
        return began


class Window(NamedTuple):
    """A span of time, UTC seconds."""

    start: float
    end: float

    def of(self, track: Track) -> slice:
        """The samples that hold at some time of the window."""
        first, end = track.times.searchsorted(self, side="right").tolist()
        return slice(max(0, first - 1), end)


def spans_of(devices: Iterable[Device], history: History, window: Window) -> list[tuple[Times, Times]]:
    """What the devices tell of presence in the window."""
    signals = [Signal(device.id, quantity) for device in devices for quantity in WITNESSES]
    return [_spans(signal.quantity, history.tracks[signal], window) for signal in signals if signal in history.tracks]


def _spans(quantity: Quantity, track: Track, window: Window) -> tuple[Times, Times]:
    if quantity is Quantity.MOTION:
        return _moving(track, window)
    if quantity is Quantity.ACTION:
        times = track.times[window.of(track)]
    else:
        times = changes(track, window, origin=None if quantity is Quantity.CONTACT else Origin.PERSON)
    return times, times


def changes(track: Track, window: Window, *, origin: Origin | None = None, to: float | None = None) -> Times:
    """When a known value became another one in the window; only those of one origin, or to one value."""
    part = window.of(track)
    times, values = track.times[part], track.values[part]
    chosen = np.zeros(len(values), dtype=bool)
    chosen[1:] = (values[1:] != values[:-1]) & np.isfinite(values[1:]) & np.isfinite(values[:-1])
    if origin is not None:
        chosen &= track.origins[part] == ORIGIN_CODE[origin]
    if to is not None:
        chosen &= values == to
    return times[chosen]


def last_before(moments: Times, times: Times) -> Times:
    """For each time the newest moment not after it; -inf where there is none."""
    return pick(moments, moments.searchsorted(times, side="right") - 1, -np.inf)


def pick(values: Times, place: NDArray[np.intp], missing: float) -> Times:
    """The values at some places; `missing` where the place is -1."""
    return np.where(place >= 0, values[place], missing) if len(values) else np.full(len(place), missing)


def _moving(track: Track, window: Window) -> tuple[Times, Times]:
    """From each report of motion to the next report of the same sensor, or until it is no longer believed."""
    part = window.of(track)
    times, values = track.times[part], track.values[part]
    following = np.append(times[1:], np.inf)
    moving = values == 1.0
    return times[moving], np.minimum(following, times + STUCK)[moving]
