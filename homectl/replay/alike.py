"""When two states mean the same, and when a change was made about a time."""

import numpy as np

from homectl.home import STATE, TOLERANCE, Kind, Light, LockState, Setpoint, Setting, Times
from homectl.replay.labels import AROUND, Flags


def alike(kind: Kind, one: Times, other: Times) -> Flags:
    """Whether two states of a kind mean the same; unknown means nothing, but to a lock it is "not locked"."""
    if kind is Kind.LOCK:
        locked: Flags = (one == LockState.LOCKED) == (other == LockState.LOCKED)
        return locked
    return np.asarray(np.abs(one - other) <= TOLERANCE[STATE[kind]])


def value_of(setting: Setting | None) -> float:
    """A setting as the value of its target's state."""
    match setting:
        case Light(on=on):
            return float(on)
        case Setpoint(celsius=celsius):
            return celsius
    return float(LockState.LOCKED)


def found(kind: Kind, at: Times, values: Times, times: Times, made: Times, *, after: float = AROUND) -> Flags:
    """For each time and value whether something alike was made from ten minutes before to `after` seconds after."""
    near = np.zeros(len(at), dtype=bool)
    first = np.searchsorted(times, at - AROUND, side="left")
    last = np.searchsorted(times, at + after, side="right")
    for place in np.flatnonzero(last > first):
        those = made[first[place] : last[place]]
        near[place] = bool(alike(kind, those, values[place : place + 1]).any())
    return near
