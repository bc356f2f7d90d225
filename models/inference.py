"""The network in numpy, for everything but training.

Rows go through in small zero-padded tiles, so a row's answer is the same bytes alone and among many, on the same
machine and build.
"""

from collections.abc import Mapping

import numpy as np

from models.features import Array
from models.tasks import TASKS
from models.tiles import by_tiles, padded, quickest

_BLOCK = 512
"""Rows worked on at once, whole tiles: keeps the intermediate arrays in the cache."""


class Network:
    """Weights ready to answer."""

    def __init__(self, weights: Mapping[str, Array], *, depth: int) -> None:
        """`weights` by the names of the torch network's state; the heads are laid side by side."""
        self._low, self._slope = weights["pieces.low"], weights["pieces.slope"]
        self.inputs = len(self._low)
        layers = [(weights[f"trunk.{n}.weight"].T.copy(), weights[f"trunk.{n}.bias"]) for n in range(depth)]
        (first, self._first_bias), *self._trunk = layers
        self._width = first.shape[1]
        names = [f"heads.{task.name}" for task in TASKS if not task.late]
        self._hidden = np.concatenate([weights[f"{name}.hidden.weight"] for name in names]).T.copy()
        self._hidden_bias = np.concatenate([weights[f"{name}.hidden.bias"] for name in names])
        self._answer = _side_by_side([weights[f"{name}.answer.weight"] for name in names]).T.copy()
        self._answer_bias = np.concatenate([weights[f"{name}.answer.bias"] for name in names])
        skip = np.concatenate([weights[f"{name}.skip.weight"] for name in names]).T
        self._first = np.concatenate((first, skip), axis=1)  # what reads the encoded features, in one product
        late = [f"late.{task.name}" for task in TASKS if task.late]
        self._late = np.concatenate([weights[f"{name}.hidden.weight"] for name in late]).T.copy()
        self._late_bias = np.concatenate([weights[f"{name}.hidden.bias"] for name in late])
        self._late_answer = _side_by_side([weights[f"{name}.answer.weight"] for name in late]).T.copy()
        self._late_answer_bias = np.concatenate([weights[f"{name}.answer.bias"] for name in late])
        products = (self._first, *(weight for weight, _ in self._trunk), self._hidden, self._answer)
        self._tile = quickest((*products, self._late, self._late_answer))

    def __call__(self, rows: Array, now: Array | None = None) -> Array:
        """Logits for features (rows, features): those of the early tasks, (rows, EARLY).

        With what is set now, (rows, NOW), those of all, (rows, OUTPUTS).
        """
        early = len(self._answer_bias)
        late = 0 if now is None else len(self._late_answer_bias)
        answer = np.empty((len(rows), early + late), dtype=np.float32)
        with np.errstate(over="ignore"):
            for start in range(0, len(rows), _BLOCK):
                part = slice(start, start + _BLOCK)
                shared = self._answers(rows[part], answer[part, :early])
                if now is not None:
                    self._late_answers(shared, now[part], answer[part, early:])
        return answer

    def _late_answers(self, shared: Array, now: Array, answer: Array) -> None:
        count = len(now)
        both = np.zeros((len(shared), self._width + now.shape[1]), dtype=np.float32)  # whole tiles, as shared is
        both[:, : self._width], both[:count, self._width :] = shared, now
        hidden = self._layer(both, self._late, self._late_bias, count)
        np.add(self._product(hidden, self._late_answer)[:count], self._late_answer_bias, out=answer)

    def _answers(self, rows: Array, answer: Array) -> Array:
        """Fill in the early tasks' logits; what the trunk says, (padded rows, width)."""
        count = len(rows)
        encoded = self._encode(rows)
        read = self._product(encoded, self._first)[:count]
        shared = padded(count, self._width)
        np.add(read[:, : self._width], self._first_bias, out=shared[:count])
        _silu(shared[:count])
        for weight, bias in self._trunk:
            shared = self._layer(shared, weight, bias, count)
        hidden = self._layer(shared, self._hidden, self._hidden_bias, count)
        np.add(self._product(hidden, self._answer)[:count], self._answer_bias, out=answer)
        answer += read[:, self._width :]
        return shared

    def _encode(self, rows: Array) -> Array:
        """How far each value has come through each of its bins, 0 … 1: (padded rows, features × bins)."""
        progress = padded(len(rows), self._low.size)
        inside = progress[: len(rows)].reshape(len(rows), *self._low.shape)
        np.subtract(rows[:, :, None], self._low, out=inside)
        np.multiply(inside, self._slope, out=inside)
        np.clip(inside, 0.0, 1.0, out=inside)
        return progress

    def _product(self, rows: Array, weight: Array) -> Array:
        """Each tile by the weights, (padded rows, …)."""
        return by_tiles(rows, weight, self._tile)

    def _layer(self, rows: Array, weight: Array, bias: Array, count: int) -> Array:
        answer = self._product(rows, weight)
        inside = answer[:count]
        inside += bias
        _silu(inside)
        return answer


def _silu(x: Array) -> None:
    """In place."""
    scale = np.negative(x)
    np.exp(scale, out=scale)
    scale += 1
    x /= scale


def _side_by_side(blocks: list[Array]) -> Array:
    """One block-diagonal matrix."""
    rows, columns = sum(len(b) for b in blocks), sum(b.shape[1] for b in blocks)
    whole = np.zeros((rows, columns), dtype=np.float32)
    row = column = 0
    for block in blocks:
        whole[row : row + len(block), column : column + block.shape[1]] = block
        row, column = row + len(block), column + block.shape[1]
    return whole
