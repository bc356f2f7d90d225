"""What a model says of rows: a chance, or a value with how sure it is of it; and the figures of that, alike for all."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from homectl.home import Times
from models import metrics
from models.dataset import Rows
from models.features import Array
from models.steps import Flags
from models.tasks import COLUMN, SLICE, TASKS, Task


@dataclass(frozen=True, slots=True)
class Value:
    """A value per row: the median answers for the absolute error, the mean for the squared one."""

    median: Times
    mean: Times
    low: Times | None = None  # the 10 % quantile, of models that give a distribution
    high: Times | None = None  # the 90 % quantile


Answer = Times | Value
"""A chance (rows,), or a value."""

Answers = dict[str, Answer]
"""By task."""

LOW, HIGH = 0.1, 0.9


def decoded(logits: Array, temperatures: Mapping[str, float]) -> Answers:
    """A network's logits (rows, outputs) as answers to all the tasks they hold."""
    found: Answers = {}
    for task in TASKS:
        part = logits[:, SLICE[task.name]].astype(np.float64) / temperatures.get(task.name, 1.0)
        if part.shape[1] == task.size:
            found[task.name] = value_of(task, _softmax(part)) if task.bins else 1 / (1 + np.exp(-part[:, 0]))
    return found


def value_of(task: Task, shares: Times) -> Value:
    """The value that a distribution over a task's bins, (rows, bins), stands for."""
    low, median, high = (quantile(task, shares, share) for share in (LOW, 0.5, HIGH))
    return Value(median=median, mean=shares @ task.centres, low=low, high=high)


def quantile(task: Task, shares: Times, share: float) -> Times:
    """A quantile, (rows,): the first bin with which so much of the distribution is reached.

    Not a value between two bins: people set levels and degrees in steps, and have their favourites among them.
    """
    reached = shares.cumsum(axis=1)
    found: Times = task.centres[np.minimum((reached < share).sum(axis=1), task.size - 1)]
    return found


def figures_of(answers: Answers, rows: Rows) -> dict[str, dict[str, float]]:
    """Every figure of every answered task that has labels: task → figure → value."""
    found = {}
    for name, answer in answers.items():
        label = rows.labels[:, COLUMN[name]].astype(np.float64)
        known = np.isfinite(label)
        if known.any():
            weight = rows.weights[known].astype(np.float64)
            found[name] = _figures(answer, label[known], weight, known)
    return found


def _figures(answer: Answer, label: Times, weight: Times, known: Flags) -> dict[str, float]:
    if isinstance(answer, Value):
        return _value_figures(answer, label, weight, known)
    chance = answer[known]
    return {
        "log_loss": metrics.log_loss(chance, label, weight),
        "brier": metrics.brier(chance, label, weight),
        "ece": metrics.ece(chance, label, weight),
        "auroc": metrics.auroc(chance, label, weight),
        "average_precision": metrics.average_precision(chance, label, weight),
    }


def _value_figures(answer: Value, label: Times, weight: Times, known: Flags) -> dict[str, float]:
    median = answer.median[known]
    found = {
        "mae": metrics.absolute_error(median, label, weight),
        "rmse": metrics.root_mean_square_error(answer.mean[known], label, weight),
        "pinball_50": metrics.pinball(median, label, weight, 0.5),
    }
    for name, side, share in (("pinball_10", answer.low, LOW), ("pinball_90", answer.high, HIGH)):
        if side is not None:
            found[name] = metrics.pinball(side[known], label, weight, share)
    return found


def _softmax(x: Times) -> Times:
    raised = np.exp(x - x.max(axis=1, keepdims=True))
    shares: Times = raised / raised.sum(axis=1, keepdims=True)
    return shares
