"""The textbook net: two shared layers of 256 ReLU units and one linear head per task, to be compared with HomeNet.

Trained as textbooks do, with Adam at 0.001 on the plain sum of the tasks' losses (`train.RECIPES["textbook"]`).
"""

from collections.abc import Mapping
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from models.features import Array
from models.network import Net, Shape

WIDTH = 256


class Standard(nn.Module):
    """Each feature less its mean, in units of its standard deviation; one that never changes is 0."""

    mean: Tensor
    scale: Tensor

    def __init__(self, mean: Array, scale: Array) -> None:
        """The mean and 1 / the standard deviation of each feature, both (features,)."""
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("scale", torch.from_numpy(scale))

    def forward(self, features: Tensor) -> Tensor:
        return (features - self.mean) * self.scale  # (rows, features)


class TextbookNet(Net):
    def __init__(self, shape: Shape, mean: Array, scale: Array) -> None:
        """Of the shape only what goes in and out counts."""
        super().__init__()
        self.shape = shape
        self.standard = Standard(mean, scale)
        self.trunk = nn.ModuleList((nn.Linear(shape.features, WIDTH), nn.Linear(WIDTH, WIDTH)))
        self.heads = nn.ModuleDict({name: nn.Linear(WIDTH, size) for name, size in shape.sizes.items()})
        self.late = nn.ModuleDict({name: nn.Linear(WIDTH + shape.now, 1) for name in shape.late})

    def with_shared(self, features: Tensor, now: Tensor) -> tuple[Tensor, Tensor]:
        shared = self.standard(features)  # (rows, features)
        for layer in self.trunk:
            shared = torch.relu(layer(shared))  # (rows, 256)
        answers = [head(shared) for head in self.heads.values()]  # each (rows, size)
        answers += [head(torch.cat((shared, now), dim=1)) for head in self.late.values()]  # each (rows, 1)
        return torch.cat(answers, dim=1), shared  # (rows, outputs), (rows, 256)

    @classmethod
    def fitted(cls, shape: Shape, features: Array) -> Self:
        deviation = features.std(axis=0, dtype=np.float64)
        scale = np.divide(1.0, deviation, out=np.zeros_like(deviation), where=np.ptp(features, axis=0) > 0)
        return cls(shape, features.mean(axis=0, dtype=np.float64).astype(np.float32), scale.astype(np.float32))

    @classmethod
    def of(cls, weights: Mapping[str, Array], dropout: float) -> Self:
        mean, scale = weights["standard.mean"], weights["standard.scale"]
        return cls(Shape(features=len(mean), dropout=dropout), mean, scale).take(weights)
