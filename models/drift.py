"""Drift: whether people take back what homectl does more often than they used to.

Every change that homectl made is one sample: 1 where a person changed the same thing soon after, 0 where it stayed. A
window over the samples is cut where its two parts differ by more than chance (ADWIN, Bifet & Gavaldà 2007).
"""

from dataclasses import dataclass

import numpy as np

from homectl.home import ORIGIN_CODE, STATE, TAKEN_BACK, History, Home, Origin, Times
from models.steps import PERSON, Flags, Steps

CHANCE = 0.01
"""ADWIN's δ: bounds the chance that a window without any change is cut. Its bound is loose, so this may be large."""

EVERY = 32
"""Samples between two looks, and the fewest on either side of a cut."""

_HOMECTL = ORIGIN_CODE[Origin.HOMECTL]


@dataclass(frozen=True, slots=True)
class Drift:
    """How often homectl's changes are taken back: the share in the last window and in the one before, and since when.

    `since` is the UTC time at which the last window began, NaN while all samples are one window.
    """

    samples: int
    rate: float
    before: float
    since: float

    @property
    def alarm(self) -> bool:
        """People correct homectl more than they used to."""
        return self.rate > self.before


def drift_of(home: Home, history: History) -> Drift:
    """What the people of a home make of homectl's changes, over all of its history."""
    at, taken_back = overrides(home, history)
    begins = [0, *cuts_of(taken_back.astype(np.float64))]
    rates = [float(part.mean()) if len(part) else np.nan for part in np.split(taken_back, begins[1:])]
    before, since = (rates[-2], float(at[begins[-1]])) if len(begins) > 1 else (np.nan, np.nan)
    return Drift(samples=len(at), rate=rates[-1], before=before, since=since)


def overrides(home: Home, history: History) -> tuple[Times, Flags]:
    """When homectl changed something, UTC seconds ascending, and whether a person took it back.

    What it did in the last half hour is left out: nobody knows yet.
    """
    newest = history.newest()
    at: list[Times] = [np.empty(0)]
    taken: list[Flags] = [np.empty(0, dtype=np.bool_)]
    for target in home.targets:
        steps = Steps.of(history, target.device, STATE[target.kind])
        changed = np.flatnonzero(np.isfinite(steps.values[1:]) & (steps.values[1:] != steps.values[:-1])) + 1
        ours = np.flatnonzero(steps.origins[changed] == _HOMECTL)
        later = changed[np.minimum(ours + 1, len(changed) - 1)]  # the next change, or itself where there is none
        when = steps.at[changed[ours]].astype(np.float64)
        soon = (steps.at[later] > when) & (steps.at[later] - when <= TAKEN_BACK * 1000)
        known = when + TAKEN_BACK * 1000 <= newest * 1000
        at.append(when[known] / 1000)
        taken.append((soon & (steps.origins[later] == PERSON))[known])
    all_at, flags = np.concatenate(at), np.concatenate(taken)
    order = np.argsort(all_at, kind="stable")
    return all_at[order], flags[order]


def cuts_of(samples: Times) -> list[int]:
    """Where the mean of samples in [0, 1] changed: the first sample of every window but the first, ascending."""
    cuts: list[int] = []
    start = 0
    for end in range(2 * EVERY, len(samples) + 1, EVERY):
        while (cut := _cut(samples[start:end])) is not None:
            start += cut
            cuts.append(start)
    return cuts


def _cut(window: Times) -> int | None:
    """The place at which the two parts of a window differ most beyond their bound; None where nowhere."""
    size = len(window)
    if size < 2 * EVERY:
        return None
    left = np.arange(EVERY, size - EVERY + 1)
    right = size - left
    sums = np.cumsum(window)
    difference = np.abs(sums[left - 1] / left - (sums[-1] - sums[left - 1]) / right)
    harmonic = 1 / (1 / left + 1 / right)
    doubt = np.log(2 * np.log(size) / CHANCE)
    bound = np.sqrt(2 / harmonic * window.var() * doubt) + 2 / (3 * harmonic) * doubt
    beyond = difference - bound
    place = int(np.argmax(beyond))
    return int(left[place]) if beyond[place] > 0 else None
