"""HomeNet: one trunk reads the home, one small head per task answers."""

from dataclasses import asdict, dataclass, field
from itertools import pairwise

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
    bins: int = 8  # pieces of each feature's piecewise-linear encoding
    width: int = 128
    depth: int = 3
    head: int = 24
    dropout: float = 0.1
    now: int = len(NOW)
    sizes: dict[str, int] = field(default_factory=lambda: {task.name: task.size for task in TASKS if not task.late})
    late: tuple[str, ...] = tuple(task.name for task in TASKS if task.late)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


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
        progress = (features[:, :, None] - self.low) * self.slope  # (rows, features, bins)
        return progress.clamp(0.0, 1.0).flatten(1)  # (rows, features × bins)


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


class HomeNet(nn.Module):
    def __init__(self, shape: Shape, low: Array, slope: Array) -> None:
        super().__init__()
        self.shape = shape
        self.pieces = Pieces(low, slope)
        widths = [shape.features * shape.bins] + [shape.width] * shape.depth
        self.trunk = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.dropout = nn.Dropout(shape.dropout)
        self.heads = nn.ModuleDict({name: Head(shape, size) for name, size in shape.sizes.items()})
        self.late = nn.ModuleDict({name: LateHead(shape) for name in shape.late})

    def forward(self, features: Tensor, now: Tensor) -> Tensor:
        encoded = self.pieces(features)  # (rows, features) -> (rows, features × bins)
        shared = encoded
        for layer in self.trunk:
            shared = self.dropout(nn.functional.silu(layer(shared)))  # (rows, width)
        answers = [head(shared, encoded) for head in self.heads.values()]
        answers += [head(shared, now) for head in self.late.values()]
        return torch.cat(answers, dim=1)  # (rows, outputs): logits, the tasks side by side

    def arrays(self) -> dict[str, Array]:
        """Every weight by name, for a checkpoint."""
        return {name: tensor.detach().numpy().astype(np.float32) for name, tensor in self.state_dict().items()}


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
