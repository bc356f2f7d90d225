"""Overrides in a log: what people took back of what other hands had just done."""

from dataclasses import dataclass

import numpy as np

from homectl.home import ORIGIN_CODE, TAKEN_BACK, Origin, Track
from homectl.replay.labels import Changes

OTHERS = [ORIGIN_CODE[origin] for origin in (Origin.AUTOMATION, Origin.HOMECTL)]


@dataclass(frozen=True, slots=True)
class Override:
    """Another hand changed a target at `made`, from `before`; soon after somebody set it to `wanted`."""

    made: float
    before: float
    wanted: float


def overrides(track: Track | None, tolerance: float, origin: Origin | None, start: float, end: float) -> list[Override]:
    """Those in a span of time by people, that is by `origin`, ascending; none where nobody is known to be a person."""
    changes = Changes.of(track, tolerance)
    if track is None or origin is None or not len(changes.times):
        return []
    theirs = changes.origins == ORIGIN_CODE[origin]
    others = np.isin(changes.origins, OTHERS)
    soon = np.diff(changes.times) <= TAKEN_BACK
    inside = (changes.times[:-1] >= start) & (changes.times[1:] < end)
    first = track.values[np.isfinite(track.values)][0]
    before = np.concatenate([[first], changes.values])
    return [
        Override(float(changes.times[place]), float(before[place]), float(changes.values[place + 1]))
        for place in np.flatnonzero(others[:-1] & theirs[1:] & soon & inside)
    ]
