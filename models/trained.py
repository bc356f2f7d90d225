"""What training comes to: a network at its best, and the losses on the way."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from models.network import Net
from models.tasks import COLUMN, TASKS


@dataclass(slots=True)
class Curve:
    """Losses by epoch: a task's in units of the best constant answer's, or their weighted sum."""

    training: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    before: float = math.inf  # validation loss of the weights it started from; inf without a start

    @property
    def best(self) -> int:
        """Epochs behind the lowest validation loss; 0: the start was never bettered."""
        losses = [self.before, *self.validation]
        return losses.index(min(losses))


@dataclass(slots=True, kw_only=True)
class Trained:
    """A network at its best epoch, and the losses on the way."""

    net: Net
    constants: dict[str, float]  # what the best constant answer to each task loses on the rows learned from
    unlabelled: tuple[str, ...]  # tasks that none of those rows is labelled for
    apart: bool = False  # whether each head was kept at its own best epoch
    total: Curve = field(default_factory=Curve)  # of the weighted sum
    curves: dict[str, Curve] = field(default_factory=dict)

    @property
    def before(self) -> float:
        """Validation loss of the weights it started from; inf without a start."""
        return self.total.before

    @property
    def training(self) -> list[float]:
        return self.total.training

    @property
    def validation(self) -> list[float]:
        return self.total.validation

    @property
    def best(self) -> int:
        """Epochs behind the newest of the weights that were kept; 0: the start was never bettered."""
        return max((curve.best for curve in self.curves.values()), default=0) if self.apart else self.total.best

    def begin(self, validation: Mapping[str, float]) -> None:
        """Note what each task loses before the first epoch."""
        self.total.before = weighted(validation)
        self.curves = {name: Curve(before=loss) for name, loss in validation.items()}

    def note(self, training: Mapping[str, float], validation: Mapping[str, float]) -> None:
        """Add an epoch, given what each task lost."""
        self.total.training.append(weighted(training))
        self.total.validation.append(weighted(validation))
        for name, loss in training.items():
            self.curves.setdefault(name, Curve()).training.append(loss)
        for name, loss in validation.items():
            self.curves.setdefault(name, Curve()).validation.append(loss)

    def bettered(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The weights that are better since the last epoch than ever before."""
        epoch = len(self.total.validation)
        if not self.apart:
            return dict(weights) if self.total.best == epoch else {}
        heads = tuple(head_of(name) for name, curve in self.curves.items() if curve.best == epoch)
        return {name: weight for name, weight in weights.items() if name.startswith(heads)}


def weighted(losses: Mapping[str, float]) -> float:
    """The sum of the tasks' losses by their weights."""
    return sum(TASKS[COLUMN[name]].weight * loss for name, loss in losses.items())


def head_of(task: str) -> str:
    """What the names of the weights of a task's head begin with."""
    return f"{'late' if TASKS[COLUMN[task]].late else 'heads'}.{task}."
