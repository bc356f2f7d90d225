"""Champion against challenger: may a network that has learned more take over, judged on days neither has learned from.

Losses are summed by task and day, and whole days are drawn again and again with replacement (block bootstrap, Efron &
Tibshirani 1993, ch. 8): the minutes of a day are no independent witnesses.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homectl.home import Times
from models.calibrate import losses
from models.dataset import Rows
from models.features import Array
from models.tasks import COLUMN, SLICE, TASKS

TOLERANCE = 0.005
"""Half a percent of a task's log loss: it may become so much worse, and less gained than this is nothing gained."""

DOUBT = 0.05
"""A challenger is called better, or worse, in a task when so few of the draws say otherwise."""

DRAWS = 1000

LEAST_DAYS = 3
"""Days with labels that a task needs to have a say."""

SMALLEST = 0.02
"""Nats. A log loss below counts as this: what is nearly never wrong is not judged by shares of nearly nothing."""


@dataclass(frozen=True, slots=True)
class DayLosses:
    """One network's weighted log losses and the weights they sum over, both (days, tasks)."""

    sums: Times
    weights: Times

    @classmethod
    def of(cls, logits: Array, rows: Rows, day: NDArray[np.intp], days: int, scale: Mapping[str, float]) -> "DayLosses":
        """From logits (rows, OUTPUTS) of rows in `day` (rows,), 0 … days − 1; `scale` is each task's temperature."""
        sums, weights = np.zeros((days, len(TASKS))), np.zeros((days, len(TASKS)))
        for task in TASKS:
            column = COLUMN[task.name]
            known = np.isfinite(rows.labels[:, column])
            if known.any():
                part = logits[known][:, SLICE[task.name]].astype(np.float64) / scale.get(task.name, 1.0)
                weight = rows.weights[known].astype(np.float64)
                each = losses(task, part, rows.labels[known, column]) * weight
                sums[:, column] = np.bincount(day[known], each, days)
                weights[:, column] = np.bincount(day[known], weight, days)
        return cls(sums, weights)

    def by_day(self) -> dict[str, Times]:
        """The log loss of every labelled task on each day it is labelled."""
        known = self.weights > 0
        each = {task.name: COLUMN[task.name] for task in TASKS}
        return {
            name: self.sums[known[:, column], column] / self.weights[known[:, column], column]
            for name, column in each.items()
            if known[:, column].any()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One task's log losses (nats) and the challenger's change as a share of the champion's, with its 90 % interval."""

    task: str
    days: int
    champion: float
    challenger: float
    change: float
    low: float
    high: float
    doubt: float  # share of the draws in which the change is beyond the tolerance

    @property
    def commands(self) -> bool:
        """Whether homectl acts on this task; the others only help the trunk."""
        return not TASKS[COLUMN[self.task]].auxiliary

    @property
    def better(self) -> bool:
        """Lower by more than the tolerance, and by more than chance: the whole interval is."""
        return self.commands and self.change < -TOLERANCE and self.high < 0

    @property
    def worse(self) -> bool:
        """Higher beyond the tolerance: more likely than not for a task that commands, beyond chance for the others."""
        return self.doubt > (0.5 if self.commands else 1 - DOUBT)

    def __str__(self) -> str:
        way = "lower" if self.change < 0 else "higher"
        ends = sorted((abs(self.low), abs(self.high))) if self.low * self.high > 0 else (self.low, self.high)
        span = " to ".join(f"{100 * end:.1f}" for end in ends)
        return f"{self.task.replace('_', ' ')} {100 * abs(self.change):.1f} % {way} ({span})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the challenger takes over, why in one sentence, and the figures of every task that had a say."""

    promoted: bool
    said: str
    figures: tuple[Figure, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For a journal: tasks by name, rounded."""
        told = [asdict(figure) for figure in self.figures]
        return {f.pop("task"): {k: round(v, 4) for k, v in f.items()} for f in told}


def judge(champion: DayLosses, challenger: DayLosses, *, seed: int = 0) -> Verdict:
    """Promote where no task is worse and at least one that commands is better; both judged on the same rows."""
    figures = tuple(_figures(champion, challenger, np.random.default_rng(seed)))
    if not any(figure.commands for figure in figures):
        known = int((champion.weights > 0).any(axis=1).sum())
        return Verdict(
            promoted=False,
            said=f"too little to judge by: expected a setting with labels on {LEAST_DAYS} days, found {known} days",
            figures=figures,
        )
    worse = sorted((f for f in figures if f.worse), key=lambda f: -f.change)
    better = sorted((f for f in figures if f.better), key=lambda f: f.change)
    if worse:
        return Verdict(promoted=False, said="worse: " + ", ".join(map(str, worse[:3])), figures=figures)
    if not better:
        best = min((f for f in figures if f.commands), key=lambda f: f.change)
        return Verdict(promoted=False, said=f"nothing gained beyond chance: at best {best}", figures=figures)
    return Verdict(promoted=True, said="better: " + ", ".join(map(str, better)) + "; nothing worse", figures=figures)


def agreement(one: Array, other: Array, rows: Rows) -> dict[str, float]:
    """By task the weighted share of labelled rows to which two networks' logits give the same most likely answer."""
    found = {}
    for task in TASKS:
        known = np.isfinite(rows.labels[:, COLUMN[task.name]])
        if known.any():
            first, second = (_likely(logits[known][:, SLICE[task.name]]) for logits in (one, other))
            found[task.name] = round(float(np.average(first == second, weights=rows.weights[known])), 4)
    return found


def _likely(logits: Array) -> NDArray[np.intp]:
    return logits.argmax(axis=1) if logits.shape[1] > 1 else (logits[:, 0] >= 0).astype(np.intp)


def _figures(champion: DayLosses, challenger: DayLosses, rng: np.random.Generator) -> list[Figure]:
    days = len(champion.weights)
    drawn = rng.multinomial(days, np.full(days, 1 / days), DRAWS) if days else np.zeros((DRAWS, 0), dtype=np.int64)
    found = []
    for task in TASKS:
        column = COLUMN[task.name]
        sums = np.stack((champion.sums[:, column], challenger.sums[:, column]), axis=1)
        weights = champion.weights[:, column]
        labelled = int((weights > 0).sum())
        if labelled < LEAST_DAYS:
            continue
        draws = drawn[drawn @ weights > 0]
        each = draws @ sums / (draws @ weights)[:, None]  # (draws, 2) log losses
        changes = _change(each[:, 0], each[:, 1])
        before, after = (float(total) for total in sums.sum(axis=0) / weights.sum())
        low, high = np.quantile(changes, (DOUBT, 1 - DOUBT))
        found.append(
            Figure(
                task=task.name,
                days=labelled,
                champion=before,
                challenger=after,
                change=float(_change(np.array(before), np.array(after))),
                low=float(low),
                high=float(high),
                doubt=float((changes > TOLERANCE).mean()),
            )
        )
    return found


def _change(champion: Times, challenger: Times) -> Times:
    change: Times = (challenger - champion) / np.maximum(champion, SMALLEST)
    return change
