"""Nothing but numbers may reach the weights."""

import numpy as np

from models.dataset import Rows
from models.features import FEATURES, Array
from models.now import NOW
from models.tasks import COLUMN

_BLOCK = 65_536
"""Rows that are looked at together: bounds the memory that looking takes."""


def demand_sound(rows: Rows, what: str) -> None:
    """ValueError that names the columns which hold what is no number, or no weight. A label may be NaN: unknown."""
    for start in range(0, len(rows), _BLOCK):
        odd = _unsound(rows.where(np.arange(start, min(start + _BLOCK, len(rows)))))
        if odd:
            raise ValueError(f"expected finite numbers in {what}, got others in {', '.join(odd[:5])}")


def _unsound(rows: Rows) -> list[str]:
    odd = [name for name, column in zip(FEATURES, rows.features.T, strict=True) if not _finite(column)]
    odd += [name for name, column in zip(NOW, rows.now.T, strict=True) if not _finite(column)]
    odd += [f"label {name}" for name, place in COLUMN.items() if np.isinf(rows.labels[:, place]).any()]
    return odd if _finite(rows.weights) and (rows.weights > 0).all() else [*odd, "weight"]


def _finite(column: Array) -> bool:
    return bool(np.isfinite(column).all())
