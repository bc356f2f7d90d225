"""How the losses of the tasks become one number: each in units of its constant predictor's, then summed."""

import torch
from torch import Tensor

from models.tasks import COLUMN, SLICE, TASKS, Task

SMALLEST = 0.05
"""A loss that a constant answers this well is not divided by less."""


def task_losses(answers: Tensor, labels: Tensor, weights: Tensor) -> dict[str, Tensor]:
    """The weighted mean loss of every task that has a label. NaN marks a label that life did not give.

    answers (rows, outputs) logits · labels (rows, tasks) · weights (rows,)
    """
    losses: dict[str, Tensor] = {}
    for task in TASKS:
        label = labels[:, COLUMN[task.name]]
        known = ~label.isnan()
        if known.any():
            each = loss_of(task, answers[known, SLICE[task.name]], label[known])
            losses[task.name] = (each * weights[known]).sum() / weights[known].sum()
    return losses


def loss_of(task: Task, logits: Tensor, label: Tensor) -> Tensor:
    """Log loss per row: logits (rows, size), labels (rows,)."""
    if not task.bins:
        return torch.nn.functional.binary_cross_entropy_with_logits(logits.squeeze(1), label, reduction="none")
    return -(shares(task, label) * logits.log_softmax(dim=1)).sum(dim=1)


def shares(task: Task, label: Tensor) -> Tensor:
    """A value as shares of the two bins around it, (rows, bins)."""
    centres = torch.tensor(task.bins, dtype=label.dtype)
    place = torch.bucketize(label.clamp(centres[0], centres[-1]).contiguous(), centres).clamp(1, len(centres) - 1)
    low, high = centres[place - 1], centres[place]
    upper = ((label - low) / (high - low)).clamp(0, 1)
    found = torch.zeros(len(label), len(centres), dtype=label.dtype)
    found.scatter_(1, place[:, None], upper[:, None])
    return found.scatter_(1, place[:, None] - 1, 1 - upper[:, None])


def constant_losses(labels: Tensor, weights: Tensor) -> dict[str, float]:
    """What the best constant answer to each labelled task would lose: the entropy of its labels."""
    found: dict[str, float] = {}
    for task in TASKS:
        label = labels[:, COLUMN[task.name]]
        known = ~label.isnan()
        if not known.any():
            continue
        weight = weights[known] / weights[known].sum()
        if task.bins:
            rate = (shares(task, label[known]) * weight[:, None]).sum(dim=0)
        else:
            mean = (label[known] * weight).sum()
            rate = torch.stack((mean, 1 - mean))
        found[task.name] = max(float(-(rate * rate.clamp_min(1e-9).log()).sum()), SMALLEST)
    return found


def total(losses: dict[str, Tensor], constants: dict[str, float]) -> Tensor:
    """The normalised sum."""
    return torch.stack([_weight(name) * loss / constants[name] for name, loss in losses.items()]).sum()


def _weight(name: str) -> float:
    return TASKS[COLUMN[name]].weight
