"""The network in numpy, for everything but training.

Rows go through in zero-padded tiles of 64: every matrix product has the same shape however many rows are asked, so a
row's answer is the same bytes alone and among many, on the same machine and build.
"""

from collections.abc import Mapping

import numpy as np

from models.features import Array
from models.tasks import TASKS

TILE = 64

_BLOCK = 8
"""Tiles worked on at once: keeps the intermediate arrays in the cache."""


class Network:
    """Weights ready to answer."""

    def __init__(self, weights: Mapping[str, Array], *, depth: int) -> None:
        """`weights` by the names of the torch network's state; the heads are laid side by side."""
        self._low, self._slope = weights["pieces.low"], weights["pieces.slope"]
        layers = [(weights[f"trunk.{n}.weight"].T.copy(), weights[f"trunk.{n}.bias"]) for n in range(depth)]
        (first, self._first_bias), *self._trunk = layers
        self._width = first.shape[1]
        names = [f"heads.{task.name}" for task in TASKS]
        self._hidden = np.concatenate([weights[f"{name}.hidden.weight"] for name in names]).T.copy()
        self._hidden_bias = np.concatenate([weights[f"{name}.hidden.bias"] for name in names])
        self._answer = _side_by_side([weights[f"{name}.answer.weight"] for name in names]).T.copy()
        self._answer_bias = np.concatenate([weights[f"{name}.answer.bias"] for name in names])
        skip = np.concatenate([weights[f"{name}.skip.weight"] for name in names]).T
        self._first = np.concatenate((first, skip), axis=1)  # what reads the encoded features, in one product

    @property
    def inputs(self) -> int:
        return len(self._low)

    def __call__(self, rows: Array) -> Array:
        """Logits (rows, outputs) for features (rows, features)."""
        count = len(rows)
        tiles = -(-count // TILE)
        padded = np.zeros((tiles * TILE, self.inputs), dtype=np.float32)
        padded[:count] = rows
        answers = [self._tiles(part) for part in _split(padded.reshape(tiles, TILE, self.inputs))]
        if not answers:
            return np.empty((0, len(self._answer_bias)), dtype=np.float32)
        return np.concatenate(answers).reshape(tiles * TILE, -1)[:count]

    def _tiles(self, tiles: Array) -> Array:
        read = self._encode(tiles) @ self._first  # (tiles, 64, width + outputs)
        shared = _silu(read[..., : self._width] + self._first_bias)
        for weight, bias in self._trunk:
            shared = _silu(shared @ weight + bias)  # (tiles, 64, width)
        hidden = _silu(shared @ self._hidden + self._hidden_bias)
        answer: Array = hidden @ self._answer + self._answer_bias + read[..., self._width :]
        return answer  # (tiles, 64, outputs)

    def _encode(self, tiles: Array) -> Array:
        progress = (tiles[..., None] - self._low) * self._slope  # (tiles, 64, features, bins)
        np.clip(progress, 0.0, 1.0, out=progress)
        encoded: Array = progress.reshape(*tiles.shape[:2], -1)
        return encoded


def _split(tiles: Array) -> list[Array]:
    return [tiles[start : start + _BLOCK] for start in range(0, len(tiles), _BLOCK)]


def _silu(x: Array) -> Array:
    with np.errstate(over="ignore"):
        answer: Array = x / (1 + np.exp(-x))
    return answer


def _side_by_side(blocks: list[Array]) -> Array:
    """One block-diagonal matrix."""
    rows, columns = sum(len(b) for b in blocks), sum(b.shape[1] for b in blocks)
    whole = np.zeros((rows, columns), dtype=np.float32)
    row = column = 0
    for block in blocks:
        whole[row : row + len(block), column : column + block.shape[1]] = block
        row, column = row + len(block), column + block.shape[1]
    return whole
