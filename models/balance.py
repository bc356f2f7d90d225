"""The loss of each task, and how the losses of all move the weights together.

Every scheme but `plain` is given the losses in units of the best constant answer's, times the weight of the task.

  sum                      their sum; the default
  plain                    the sum of the losses as they are, as textbooks have it
  uw                       their sum, weighted by learned uncertainties (Kendall et al. 2018, arXiv 1705.07115)
  pcgrad, imtl-g, upgrad   the trunk follows an aggregate of the tasks' own gradients, through TorchJD (Yu et al. 2020,
                           arXiv 2001.06782; Liu et al. 2021, "Towards Impartial Multi-task Learning"; Quinton and
                           Rey 2024, arXiv 2406.16232)
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from homectl.home import UsageError
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


def total(losses: Mapping[str, Tensor], constants: Mapping[str, float]) -> Tensor:
    """The normalised sum."""
    return torch.stack(list(normalised(losses, constants).values())).sum()


def normalised(losses: Mapping[str, Tensor], constants: Mapping[str, float]) -> dict[str, Tensor]:
    """Each loss in units of the best constant answer's, times the weight of its task."""
    return {name: TASKS[COLUMN[name]].weight / constants[name] * loss for name, loss in losses.items()}


class Balance(nn.Module, ABC):
    """How the losses move the weights. What a scheme learns itself are its parameters."""

    def __init__(self, constants: Mapping[str, float]) -> None:
        super().__init__()
        self.constants = constants

    @abstractmethod
    def backward(self, losses: Mapping[str, Tensor], shared: Tensor, trunk: nn.Module, /) -> None:
        """Add the tasks' pull to every weight's gradient.

        `losses` by task, at least one; `shared` (rows, width) is all that the heads have of `trunk`.
        """


class Summed(Balance):
    """The normalised sum."""

    def backward(self, losses: Mapping[str, Tensor], _shared: Tensor, _trunk: nn.Module, /) -> None:
        torch.autograd.backward(self.joined(losses))

    def joined(self, losses: Mapping[str, Tensor]) -> Tensor:
        return total(losses, self.constants)


class Plain(Summed):
    def joined(self, losses: Mapping[str, Tensor]) -> Tensor:
        return torch.stack(list(losses.values())).sum()


class Uncertainty(Summed):
    def __init__(self, constants: Mapping[str, float]) -> None:
        super().__init__(constants)
        self.log_variance = nn.ParameterDict({name: nn.Parameter(torch.zeros(())) for name in constants})

    def joined(self, losses: Mapping[str, Tensor]) -> Tensor:
        parts = normalised(losses, self.constants).items()
        return torch.stack([loss * (-self.log_variance[n]).exp() + self.log_variance[n] / 2 for n, loss in parts]).sum()


class Aggregated(Balance):
    """Heads follow their own task, the trunk an aggregate of all tasks' gradients."""

    def __init__(self, constants: Mapping[str, float], aggregator: str) -> None:
        super().__init__(constants)
        try:
            from torchjd import aggregation, autojac

            self._aggregator: aggregation.Aggregator = getattr(aggregation, aggregator)()
        except ImportError as error:
            raise UsageError(
                f"{aggregator} needs TorchJD and its solver ({str(error).splitlines()[0]}); "
                "install them with: pip install 'homectl[balance]'"
            ) from None
        self._autojac = autojac

    def backward(self, losses: Mapping[str, Tensor], shared: Tensor, trunk: nn.Module, /) -> None:
        parts = list(normalised(losses, self.constants).values())
        # every task's way back leads through the one tensor of all answers
        self._autojac.mtl_backward(parts, features=shared, retain_graph=True, parallel_chunk_size=1)
        self._autojac.jac_to_grad(trunk.parameters(), self._aggregator)


AGGREGATORS = {"pcgrad": "PCGrad", "imtl-g": "IMTLG", "upgrad": "UPGrad"}
SCHEMES = ("sum", "plain", "uw", *AGGREGATORS)
"""The names a recipe may give its balance."""


def balance_of(scheme: str, constants: Mapping[str, float]) -> Balance:
    """The scheme by its name; UsageError for another name, or where its library is missing."""
    if scheme in AGGREGATORS:
        return Aggregated(constants, AGGREGATORS[scheme])
    sums: dict[str, type[Summed]] = {"sum": Summed, "plain": Plain, "uw": Uncertainty}
    if scheme not in sums:
        raise UsageError(f"--balance: expected one of {', '.join(SCHEMES)}, got {scheme!r}")
    return sums[scheme](constants)
