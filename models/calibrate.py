"""Temperatures: one number per task that makes held-out probabilities honest."""

import numpy as np

from homectl.home import Times
from models.dataset import Rows
from models.features import Array
from models.tasks import COLUMN, SLICE, TASKS, Task

COLDEST, HOTTEST = 0.5, 3.0


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
