"""HomeNet: one trunk reads the home, one small head per task answers.

The textbook recipe for learning several tasks at once, and where each of its steps is taken here:

- *shared layers with a nonlinearity*: the trunk, `depth` layers of `width` units with SiLU, which all tasks, targets,
  areas and homes have in common;
- *one data set and one loss per task*: a row carries a label for each task, or NaN where life gave none; each task has
  a head and a loss of its own, and learns from the rows that are labelled for it (`balance.task_losses`);
- *joint optimisation with Adam*: one step for all tasks, decoupled weight decay, a one-cycle rate (`train.train`);
- *validation to choose hyperparameters*: whole homes, or the last days of a log, are held out; they end the training
  early and judge every trial of the search (`search`);
- *a test set to report*: homes whose seeds no training may draw (`homectl.trial.unseen`).

Beyond it: each number enters piecewise-linearly, so that a threshold costs no layer; a head also reads the encoded
features straight, so that a habit which is plain in them need not pass the trunk; levels and setpoints are answered as
distributions over bins, so that a median or a margin can be asked of them; each loss counts in units of the best
constant answer's, so that no task drowns another; and what is set at the moment is seen by the change heads alone,
after the trunk, because a trunk that sees it copies it. `textbook` keeps to the recipe to the letter, to be compared.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from models.features import FEATURES, Array
from models.now import NOW
from models.tasks import TASKS


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes that make a network what it is."""

    features: int = len(FEATURES)
    bins: int = 16  # pieces of each feature's piecewise-linear encoding
    width: int = 192
    depth: int = 3
    head: int = 48
    dropout: float = 0.05
    now: int = len(NOW)
    sizes: dict[str, int] = field(default_factory=lambda: {task.name: task.size for task in TASKS if not task.late})
    late: tuple[str, ...] = tuple(task.name for task in TASKS if task.late)

    @classmethod
    def of(cls, weights: Mapping[str, Array], dropout: float) -> Self:
        """The shape of a HomeNet with these weights, which do not tell its dropout; KeyError if they are none."""
        features, bins = weights["pieces.low"].shape
        depth = sum(name.startswith("trunk.") and name.endswith(".bias") for name in weights)
        head = next(len(array) for name, array in weights.items() if name.endswith(".hidden.bias"))
        width = len(weights["trunk.0.bias"])
        return cls(features=features, bins=bins, width=width, depth=depth, head=head, dropout=dropout)


class Net(nn.Module, ABC):
    """A network of any architecture: what all tasks share is its trunk, the rest is heads."""

    shape: Shape
    trunk: nn.ModuleList
    heads: nn.ModuleDict  # of the early tasks, by name
    late: nn.ModuleDict  # of the late ones

    @classmethod
    @abstractmethod
    def fitted(cls, shape: Shape, features: Array) -> Self:
        """A fresh network whose first step fits the spread of these rows, (rows, features)."""

    @classmethod
    @abstractmethod
    def of(cls, weights: Mapping[str, Array], dropout: float) -> Self:
        """The network with these weights by name; KeyError, RuntimeError or StopIteration if they are another's."""

    @abstractmethod
    def with_shared(self, features: Tensor, now: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the tasks side by side, (rows, outputs), and what the trunk tells all heads, (rows, width)."""

    def forward(self, features: Tensor, now: Tensor) -> Tensor:
        return self.with_shared(features, now)[0]

    def head(self, name: str) -> nn.Module:
        """The head of a task."""
        return self.heads[name] if name in self.heads else self.late[name]

    def arrays(self) -> dict[str, Array]:
        """Every weight by name, for a checkpoint."""
        return {name: tensor.detach().numpy().astype(np.float32) for name, tensor in self.state_dict().items()}

    def take(self, weights: Mapping[str, Array]) -> Self:
        """Itself with its own among these weights; KeyError or RuntimeError if they do not fit."""
        self.load_state_dict({name: torch.from_numpy(weights[name].copy()) for name in self.state_dict()})
        return self


class Pieces(nn.Module):
    """Piecewise-linear encoding (Gorishniy et al. 2022): how far a feature has come through each of its bins."""

    low: Tensor
    slope: Tensor

    def __init__(self, low: Array, slope: Array) -> None:
        """Where each bin begins and 1 / its width, both (features, bins); slope 0 for a bin that is not there."""
        super().__init__()
        self.register_buffer("low", torch.from_numpy(low))
        self.register_buffer("slope", torch.from_numpy(slope))

    def forward(self, features: Tensor) -> Tensor:
        progress = (features[:, :, None] - self.low).mul_(self.slope)  # (rows, features, bins)
        return progress.clamp_(0.0, 1.0).flatten(1)  # (rows, features × bins)


class Head(nn.Module):
    """A task's answer from the trunk, and straight from the encoded features."""

    def __init__(self, shape: Shape, size: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(shape.width, shape.head)
        self.answer = nn.Linear(shape.head, size)
        self.skip = nn.Linear(shape.features * shape.bins, size, bias=False)
        nn.init.zeros_(self.skip.weight)

    def forward(self, trunk: Tensor, encoded: Tensor) -> Tensor:
        answer: Tensor = self.answer(nn.functional.silu(self.hidden(trunk))) + self.skip(encoded)
        return answer  # (rows, size)


class LateHead(nn.Module):
    """Whether a person is about to change it: from the trunk and what is set now."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.hidden = nn.Linear(shape.width + shape.now, shape.head)
        self.answer = nn.Linear(shape.head, 1)

    def forward(self, trunk: Tensor, now: Tensor) -> Tensor:
        answer: Tensor = self.answer(nn.functional.silu(self.hidden(torch.cat((trunk, now), dim=1))))
        return answer  # (rows, 1)


class HomeNet(Net):
    def __init__(self, shape: Shape, low: Array, slope: Array) -> None:
        super().__init__()
        self.shape = shape
        self.pieces = Pieces(low, slope)
        widths = [shape.features * shape.bins] + [shape.width] * shape.depth
        self.trunk = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.dropout = nn.Dropout(shape.dropout)
        self.heads = nn.ModuleDict({name: Head(shape, size) for name, size in shape.sizes.items()})
        self.late = nn.ModuleDict({name: LateHead(shape) for name in shape.late})

    def with_shared(self, features: Tensor, now: Tensor) -> tuple[Tensor, Tensor]:
        encoded = self.pieces(features)  # (rows, features) -> (rows, features × bins)
        shared = encoded
        for layer in self.trunk:
            shared = self.dropout(nn.functional.silu(layer(shared)))  # (rows, width)
        answers = [head(shared, encoded) for head in self.heads.values()]  # each (rows, size)
        answers += [head(shared, now) for head in self.late.values()]  # each (rows, 1)
        return torch.cat(answers, dim=1), shared  # (rows, outputs), (rows, width)

    @classmethod
    def fitted(cls, shape: Shape, features: Array) -> Self:
        return cls(shape, *pieces_of(features, shape.bins))

    @classmethod
    def of(cls, weights: Mapping[str, Array], dropout: float) -> Self:
        shape = Shape.of(weights, dropout)
        return cls(shape, weights["pieces.low"], weights["pieces.slope"]).take(weights)


def pieces_of(rows: Array, bins: int) -> tuple[Array, Array]:
    """Where the bins of each feature begin and 1 / their widths, from the quantiles of what was seen.

    A feature with few values has fewer bins; one that never changes has none and is never seen.
    """
    low, slope = (np.zeros((rows.shape[1], bins), dtype=np.float32) for _ in range(2))
    quantiles = np.quantile(rows, np.linspace(0, 1, bins + 1), axis=0)  # (bins + 1, features)
    for place in range(rows.shape[1]):
        values = np.unique(rows[:, place])
        edges = values if len(values) <= bins else np.unique(quantiles[:, place].astype(np.float32))
        if len(edges) < 3 < len(values):
            edges = np.quantile(values, np.linspace(0, 1, bins + 1))
        width = np.diff(edges)
        low[place, : len(width)] = edges[:-1]
        slope[place, : len(width)] = 1 / width
    return low, slope
