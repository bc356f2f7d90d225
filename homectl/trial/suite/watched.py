"""A home's days row by row: every target on a grid of times, with what people changed and when."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from homectl.home import STATE, History, Home, Kind, Target, Times, Track
from models.answers import Answers, Value
from models.dataset import DAY, Rows
from models.evaluate import ACT, TASK
from models.features import observe
from models.labels import Life
from models.memory import Memory
from models.metrics import Matched, begun, match
from models.now import NOW, now
from models.steps import PERSON, Flags, Steps

BLOCK = 2048
"""Times worked on at once."""

WORTHWHILE = 1.0
"""°C between wanted and set that make a proposal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Rows ordered by target and then by time, all of them, labelled or not; and people's changes."""

    rows: Rows
    targets: tuple[Target, ...]
    target: NDArray[np.intp]  # (rows,) place among the targets
    changes: Mapping[tuple[Target, bool], Times]  # when a person turned it on or up (True), off or down
    days: float


def between(history: History, start: float, end: float) -> History:
    """What was heard from `start` on and before `end`: a home that was set up then."""
    kept = {}
    for signal, track in history.tracks.items():
        first, last = (int(place) for place in np.searchsorted(track.times, (start, end)))
        if first < last:
            part = slice(first, last)
            live = np.ones(last - first, dtype=np.bool_)
            kept[signal] = Track.of(track.times[part], track.values[part], track.origins[part], live)
    return History(kept)


def watch(home: Home, history: History, times: Times, *, number: int) -> Watched:
    """Every target of a home at `times` (ascending UTC seconds); each row stands for one step of the grid."""
    targets, memory = home.targets, Memory(home, history)
    blocks = [_block(memory, times[first : first + BLOCK], number) for first in range(0, len(times), BLOCK)]
    rows = Rows.join(blocks)
    target = np.concatenate([np.arange(len(block)) % len(targets) for block in blocks])
    order = np.argsort(target, kind="stable")
    start, end = times[0], times[-1]
    changes = {
        (one, up): when[(when >= start) & (when <= end)]
        for one in targets
        for up, when in _changes(history, one).items()
    }
    return Watched(
        rows=rows.where(order),
        targets=tuple(targets),
        target=target[order],
        changes=changes,
        days=float(end - start) / DAY,
    )


def _block(memory: Memory, times: Times, number: int) -> Rows:
    targets = memory.home.targets
    seen, medians = observe(memory.home, memory.history, times, targets, memory)
    labels, weights = Life(memory.home, memory.history, times, targets).labels(medians)
    set_now = now(memory.history, times, targets, medians)
    count = len(times) * len(targets)
    return Rows(
        features=seen.reshape(count, -1),
        now=set_now.reshape(count, -1),
        labels=labels.reshape(count, -1),
        weights=weights.reshape(count).astype(np.float32),
        at=np.repeat(times, len(targets)),
        home=np.full(count, number, np.int32),
    )


def _changes(history: History, target: Target) -> dict[bool, Times]:
    """When a person set it higher (on, thrown, warmer) and lower."""
    steps = Steps.of(history, target.device, STATE[target.kind])
    rise = np.diff(steps.values)
    made = (steps.origins[1:] == PERSON) & np.isfinite(rise)
    return {up: steps.at[1:][made & ((rise > 0) if up else (rise < 0))] / 1000 for up in (True, False)}


def matched(watched: Watched, answers: Answers, kind: Kind, threshold: float) -> Matched:
    """Proposed changes of one kind of target beside people's, those within ten minutes being the same.

    A change is proposed from when what is wanted, at least as surely as `threshold`, differs from what is set.
    """
    total = Matched()
    for up, proposes in _proposes(watched.rows, answers, kind, threshold).items():
        for place, target in enumerate(watched.targets):
            if target.kind is kind:
                here = watched.target == place
                asked = watched.rows.at[here][begun(proposes[here])]
                total += match(asked, watched.changes[target, up])
    return total


def _proposes(rows: Rows, answers: Answers, kind: Kind, threshold: float) -> dict[bool, Flags]:
    """For each row whether a change up is proposed, and down; no lock is ever proposed to be drawn."""
    known, answer = rows.now[:, NOW.index("now_known")] > 0, answers[TASK[kind]]
    if isinstance(answer, Value):
        rise = answer.median - rows.now[:, NOW.index("now_above_median")]
        return {True: known & (rise >= WORTHWHILE), False: known & (rise <= -WORTHWHILE)}
    on = rows.now[:, NOW.index("now_on")] > 0.5
    rising = {True: known & ~on & (answer >= threshold)}
    return rising if kind is Kind.LOCK else rising | {False: known & on & (answer <= 1 - threshold)}


def change_figures(watched: Watched, answers: Answers) -> dict[str, dict[str, float]]:
    """Per kind of target: F1 of changes, false ones a day, and how many of those surely proposed were right."""
    found = {}
    for kind in [kind for kind in Kind if TASK[kind] in answers]:
        likely, sure = (matched(watched, answers, kind, threshold) for threshold in (0.5, ACT[kind]))
        if likely.made:
            found[str(kind)] = {
                "f1": likely.f1,
                "false_per_day": likely.false / watched.days,
                "sure_per_day": sure.proposed / watched.days,
                "sure_precision": sure.precision,
            }
    return found
