"""When somebody was about, and what people had set meanwhile: signals met in one step function."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from homectl.home import Times, Track
from models.steps import LONG_AGO, MINUTE, SCALE, Integral, Ms, Steps

LINGERS = 5 * MINUTE
"""How long after the last motion somebody counts as about."""

QUIET = 30 * MINUTE
"""How long nobody must have moved for it to be quiet."""


FAR = 2**45
"""Milliseconds: after all there will be."""


class Spans(NamedTuple):
    """A state of yes and no: `on` holds from each of `at` to the next, 0 before anything is known of it."""

    at: Ms
    on: NDArray[np.int8]

    def where(self, at: Ms) -> NDArray[np.int8]:
        """0 or 1 at each time."""
        found: NDArray[np.int8] = self.on[self.at.searchsorted(at, side="right") - 1]
        return found


def about(tracks: Sequence[Track], lingers: int = LINGERS) -> tuple[Spans, Spans]:
    """When some motion sensors saw somebody, each sight drawn out; and since when any of them has spoken."""
    starts, ends, first = [], [], FAR
    for track in tracks:
        if not len(track):
            continue
        at, on = np.rint(track.times * 1000).astype(np.int64), track.values >= 0.5
        first = min(first, int(at[0]))
        began = on & ~np.concatenate(([False], on[:-1]))
        ended = ~on & np.concatenate(([False], on[:-1]))
        starts.append(at[began])
        ends.append(np.concatenate((at[ended] + lingers, [FAR] * int(on[-1]))).astype(np.int64))
    known = Spans(np.array([LONG_AGO, first], dtype=np.int64), np.array([0, 1], dtype=np.int8))
    return _joined(starts, ends), known


def _joined(starts: Sequence[Ms], ends: Sequence[Ms]) -> Spans:
    """Spans that may overlap as one state."""
    if not any(map(len, starts)):
        return Spans(np.array([LONG_AGO], dtype=np.int64), np.array([0], dtype=np.int8))
    at = np.concatenate((*starts, *ends))
    step = np.concatenate([np.ones(sum(map(len, starts)), np.int64), -np.ones(sum(map(len, ends)), np.int64)])
    order = np.argsort(at, kind="stable")
    when, last = np.unique(at[order], return_index=True)
    depth = np.cumsum(step[order])[np.append(last[1:], len(order)) - 1]
    return Spans(np.concatenate(([LONG_AGO], when)), np.concatenate(([False], depth > 0)).astype(np.int8))


def _distinct(*times: Ms) -> Ms:
    """All times in order, each once."""
    at = np.sort(np.concatenate(times))
    found: Ms = at[np.concatenate(([True], at[1:] != at[:-1]))]
    return found


class Together:
    """The time integrals of what people had set while somebody was about, and while it was quiet."""

    __slots__ = ("_integral", "scale")

    def __init__(self, steps: Steps, here: Spans, recently: Spans, known: Spans) -> None:
        """`here` somebody is about, `recently` somebody was within QUIET, `known` since a motion sensor spoke."""
        self.scale = SCALE.get(steps.quantity, 1)
        at = _distinct(steps.at, here.at, recently.at, known.at)
        place = steps.place(at)
        made = steps.by_person[place].astype(np.int64)
        value: Ms = np.where(made > 0, np.rint(np.nan_to_num(steps.values[place]) * self.scale), 0).astype(np.int64)
        now, quiet = here.where(at), known.where(at) * (1 - recently.where(at))
        self._integral = Integral.turning(at, np.stack((made * now, value * now, made * quiet, value * quiet)))

    def between(self, start: Ms, end: Ms) -> Ms:
        """While about: milliseconds and the sum of values; the same while quiet: (4, *shape of start)."""
        integral = self._integral
        edges = np.concatenate((start.ravel(), end.ravel()))
        sums = integral.until(edges, integral.place(edges))
        size = start.size
        found: Ms = (sums[:, size:] - sums[:, :size]).reshape(4, *start.shape)
        return found


class Sights:
    """The time integral of somebody being about in some areas, and of its being known."""

    __slots__ = ("_integral",)

    def __init__(self, here: Spans, known: Spans) -> None:
        at = _distinct(here.at, known.at)
        self._integral = Integral.turning(at, np.stack((known.where(at), here.where(at))))

    def share(self, start: Ms, end: Ms) -> tuple[Times, Times]:
        """Milliseconds known and of these seen, for spans of the shape of `start`."""
        edges = np.concatenate((start.ravel(), end.ravel()))
        sums = self._integral.until(edges, self._integral.place(edges))
        known, seen = (sums[:, start.size :] - sums[:, : start.size]).reshape(2, *start.shape)
        return known, seen
