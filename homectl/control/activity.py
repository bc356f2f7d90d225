"""When somebody was about: spans of motion, doors that moved, and what hands did."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple

import numpy as np

from homectl.control.moments import Asked, Digest, greater, lesser, not_after, pick
from homectl.home import ORIGIN_CODE, STATE, Device, History, Origin, Quantity, Signal, Times

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

    def silence(self, times: Asked) -> Asked:
        """Seconds since somebody was about, 0 while somebody is, at most MEMORY."""
        return silence(times, pick(self.reach, not_after(self.starts, times), -np.inf))

    def stay(self, times: Asked, gap: float) -> Asked:
        """When the newest stay began, at most MEMORY ago: pauses up to `gap` do not end it."""
        fresh = np.append(True, self.starts[1:] > self.reach[:-1] + gap)[: len(self.starts)]
        first = np.maximum.accumulate(np.where(fresh, self.starts, -np.inf)) if len(self.starts) else self.starts
        return greater(pick(first, not_after(self.starts, times), -np.inf), times - MEMORY)


def silence(times: Asked, reached: Asked) -> Asked:
    """Seconds since presence that reached up to a time, 0 while it lasts, at most MEMORY."""
    return lesser(greater(times - reached, 0.0), MEMORY)


class Window(NamedTuple):
    """A span of time, UTC seconds."""

    start: float
    end: float


class Motions(Digest):
    """From each report of motion to the next report of the same sensor, or until it is no longer believed."""

    def take(self, at: float, value: float, _: int) -> None:
        if self.before == 1.0:
            self.values[-1] = min(self.values[-1], at)
        if value == 1.0:
            self.add(at, at + STUCK)


class Reports(Digest):
    """Every report."""

    def take(self, at: float, _value: float, _: int) -> None:
        self.add(at, at)


class Changes(Digest):
    """When a known value became another one."""

    origin: int | None = None
    to: float | None = None

    def take(self, at: float, value: float, origin: int) -> None:
        changed = value != self.before and isfinite(value) and isfinite(self.before)
        if changed and self.origin in (None, origin) and self.to in (None, value):
            self.add(at, at)


class ChangesByHand(Changes):
    origin = ORIGIN_CODE[Origin.PERSON]


class ChangesByUs(Changes):
    origin = ORIGIN_CODE[Origin.HOMECTL]


class Ends(Changes):
    """When something that was on or open came to be off or closed."""

    to = 0.0


class EndsByHand(Ends):
    origin = ORIGIN_CODE[Origin.PERSON]


def presence(quantity: Quantity) -> type[Digest]:
    """How a quantity of WITNESSES shows presence: its moments begin it, their values are until when it lasts."""
    own: dict[Quantity, type[Digest]] = {Quantity.MOTION: Motions, Quantity.ACTION: Reports, Quantity.CONTACT: Changes}
    return own.get(quantity, ChangesByHand)


def spans_of(devices: Iterable[Device], history: History, window: Window) -> list[tuple[Times, Times]]:
    """What the devices tell of presence: spans that begin in the window, and of each signal the one before it."""
    signals = [Signal(device.id, quantity) for device in devices for quantity in WITNESSES]
    known = [presence(s.quantity)(history.tracks[s]).follow() for s in signals if s in history.tracks]
    return [spans_in(digest, window) for digest in known]


def spans_in(digest: Digest, window: Window) -> tuple[Times, Times]:
    first, end = (not_after(digest.at, moment) for moment in window)
    part = slice(max(0, int(first) - 1), int(end))
    return np.array(digest.at[part]), np.array(digest.values[part])
