"""Who did that: our own echo, a person, or nobody we can name."""

import numpy as np

from homectl.home import ORIGIN_CODE, STATE, Cause, Command, History, Kind, Origin, Quantity, Reading, Target, Track

SETTABLE = frozenset({*STATE.values(), Quantity.LIGHT_LEVEL})
KIND_OF: dict[Quantity, Kind] = {quantity: kind for kind, quantity in STATE.items()} | {
    Quantity.LIGHT_LEVEL: Kind.LIGHT
}
JITTER: dict[Quantity, float] = {Quantity.LIGHT_LEVEL: 4.5 / 254, Quantity.SETPOINT: 0.25}
"""A report this close to the last one is the same state, rounded another way: a level by two steps either way."""


def origin_of(reading: Reading, history: History, caused: Command | None, interrupted: float = float("-inf")) -> Origin:
    """Who made a reported state what it is.

    A report that our own command explains belongs to whoever we sent it for. A live report that differs from what the
    device last said live is a person's doing. A repeated state keeps its origin; retained, first and restored reports
    name nobody, and neither do the first ones since the link (`interrupted`, UTC seconds) or the device was gone: a
    lamp that has its power back comes on by itself.
    """
    if reading.quantity not in SETTABLE:
        return reading.origin
    if caused is not None:
        return Origin.PERSON if caused.cause is Cause.PERSON else Origin.HOMECTL
    before = history.sample(reading.device, reading.quantity, reading.at)
    if before is None or not reading.live or before.seen == float("-inf"):
        return Origin.UNKNOWN
    if not is_news(reading, history):
        return before.origin
    known = before.value == before.value and reading.value == reading.value
    gone = before.seen <= max(interrupted, _last_gone(reading, history))
    return Origin.PERSON if known and not gone else Origin.UNKNOWN


def _last_gone(reading: Reading, history: History) -> float:
    """When the device's own network last said that it is gone, up to its report; -inf if never."""
    track = history.track(reading.device, Quantity.AVAILABLE)
    if track is None:
        return float("-inf")
    gone = np.flatnonzero(track.values[: np.searchsorted(track.times, reading.at, side="right")] == 0.0)
    return float(track.times[gone[-1]]) if len(gone) else float("-inf")


def is_news(reading: Reading, history: History) -> bool:
    """Whether a report says something else than the last one, and not just the same rounded another way."""
    before = history.value(reading.device, reading.quantity, reading.at)
    return not abs(reading.value - before) <= JITTER.get(reading.quantity, 0.0)


def last_by_hand(target: Target, history: History, at: float) -> float | None:
    """When a person last changed a target; None where nothing up to `at` tells of it."""
    told = [
        _last_by_hand(track, at, JITTER.get(quantity, 0.0))
        for quantity, kind in KIND_OF.items()
        if kind is target.kind and (track := history.track(target.device, quantity)) is not None
    ]
    return max((when for when in told if when is not None), default=None)


def _last_by_hand(track: Track, at: float, jitter: float) -> float | None:
    size = int(np.searchsorted(track.times, at, side="right"))
    changed = np.abs(np.diff(track.values[:size])) > jitter
    by_hand = track.origins[1:size] == ORIGIN_CODE[Origin.PERSON]
    places = np.flatnonzero(changed & by_hand)
    return float(track.times[places[-1] + 1]) if len(places) else None
