"""Honest probabilities: a temperature per task, fitted on held-out rows, and a line per kind of proposed change.

A probability that is right on all minutes together is wrong on those few in which it differs from what is set, so
proposed changes have lines of their own (conditioned as in Mondrian conformal prediction, Vovk et al. 2005).
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from homectl.home import Times
from models.dataset import Rows
from models.features import Array
from models.steps import Flags
from models.tasks import COLUMN, SLICE, TASKS, Task

COLDEST, HOTTEST = 0.5, 3.0

PRIOR = 60.0
"""How many answers it takes before they say as much about a proposed change as the task's own calibration."""

STEEPEST = 5.0


class Line(NamedTuple):
    """A probability from another one: slope · logit + offset (Platt 1999)."""

    slope: float
    offset: float

    def probability(self, sure: Times) -> Times:
        found: Times = 1 / (1 + np.exp(-(self.slope * _logit(sure) + self.offset)))
        return found


def line(sure: Times, right: Flags) -> Line:
    """The line that makes `sure` (answers,) the probability of `right`; few answers move it little from the identity.

    Newton's method on the log loss, with a penalty that counts PRIOR answers for how it was; first offset and slope
    together, then the offset alone in case the slope had to be bounded.
    """
    score = _logit(sure)
    rows = np.stack([score, np.ones_like(score)], axis=1)
    found = _newton(rows, right, np.array([1.0, 0.0]))
    slope = float(np.clip(found[0], 0.0, STEEPEST))
    if slope != found[0]:
        found = _newton(rows[:, 1:], right, np.zeros(1), slope * score)
    return Line(round(slope, 4), round(float(found[-1]), 4))


def _newton(rows: Times, right: Flags, start: Times, known: Times | float = 0.0) -> Times:
    """The weights of a logistic regression, `known` added to its scores, held near their start."""

    def loss(weights: Times) -> float:
        score = rows @ weights + known
        return float(np.logaddexp(0, np.where(right, -score, score)).sum() + PRIOR / 8 * ((weights - start) ** 2).sum())

    found = start
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(rows @ found + known)))
        slope = rows.T @ (chance - right) + PRIOR / 4 * (found - start)
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + PRIOR / 4 * np.eye(len(start))
        step = np.linalg.solve(curve, slope)
        while loss(found - step) > loss(found) and np.abs(step).max() > 1e-9:
            step /= 2
        found = found - step
    return found


def lines(answers: Mapping[str, tuple[Times, Flags]]) -> dict[str, Line]:
    """One for each cell of proposed changes: how sure each was, and whether it was right."""
    return {name: line(sure, right) for name, (sure, right) in answers.items()}


def _logit(sure: Times) -> Times:
    inside = np.clip(sure, 1e-4, 1 - 1e-4)
    found: Times = np.log(inside / (1 - inside))
    return found


def temperatures(logits: Array, rows: Rows) -> dict[str, float]:
    """What to divide each task's logits by, fitted on rows the network was not trained on; 1 without labels."""
    found = {}
    for task in TASKS:
        label = rows.labels[:, COLUMN[task.name]]
        known = np.isfinite(label)
        if known.any():
            part = logits[known][:, SLICE[task.name]].astype(np.float64)
            found[task.name] = round(_best(task, part, label[known], rows.weights[known]), 4)
    return found


def held_out_losses(logits: Array, rows: Rows, scale: dict[str, float]) -> dict[str, float]:
    """Each task's weighted log loss on rows it was not trained on, after calibration."""
    found = {}
    for task in TASKS:
        label = rows.labels[:, COLUMN[task.name]]
        known = np.isfinite(label)
        if task.name in scale:
            part = logits[known][:, SLICE[task.name]].astype(np.float64) / scale[task.name]
            found[task.name] = float(np.average(losses(task, part, label[known]), weights=rows.weights[known]))
    return found


def losses(task: Task, logits: Times, label: Array) -> Times:
    """Log loss per row: logits (rows, size), labels (rows,)."""
    if not task.bins:
        margin = np.where(label >= 0.5, logits[:, 0], -logits[:, 0])
        soft: Times = np.logaddexp(0, -margin)
        return soft
    centres = task.centres
    value = np.clip(label, centres[0], centres[-1])
    place = np.clip(np.searchsorted(centres, value), 1, len(centres) - 1)
    upper = np.clip((value - centres[place - 1]) / (centres[place] - centres[place - 1]), 0, 1)
    logs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    row = np.arange(len(logs))
    mixed: Times = -(upper * logs[row, place] + (1 - upper) * logs[row, place - 1])
    return mixed


def _best(task: Task, logits: Times, label: Array, weights: Array) -> float:
    """Golden-section search on the logarithm of the temperature."""
    ratio = (np.sqrt(5) - 1) / 2
    low, high = np.log(COLDEST), np.log(HOTTEST)

    def loss(log_temperature: float) -> float:
        return float(np.average(losses(task, logits / np.exp(log_temperature), label), weights=weights))

    for _ in range(24):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))
