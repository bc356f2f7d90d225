"""Matrix products whose rows are the same bytes alone and among many: each has the shape of a small tile, or of one
that answers alike."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

TILE = 8
"""Rows of a tile. A matrix library may treat the rows of a large tile differently; those of 8 it does not."""

LARGE = 256
"""Rows of a tile that takes a third of the time for each."""


def padded(count: int, width: int) -> Array:
    """Whole tiles of zeros for so many rows."""
    return np.zeros((-(-count // TILE) * TILE, width), dtype=np.float32)


def by_tiles(rows: Array, weight: Array, tile: int = TILE) -> Array:
    """Rows by weights, (rows, …); whole tiles of 8 where they are no multiple of `tile`."""
    tile = TILE if len(rows) % tile else tile
    answer: Array = (rows.reshape(len(rows) // tile, tile, rows.shape[1]) @ weight).reshape(len(rows), weight.shape[1])
    return answer


def quickest(weights: Sequence[Array]) -> int:
    """LARGE where this machine's matrix library gives the same bytes by it for all of these weights, else TILE.

    Libraries made for older processors do not.
    """
    return LARGE if all(_alike(weight) for weight in weights) else TILE


def _alike(weight: Array) -> bool:
    places = np.arange(LARGE * len(weight), dtype=np.float32).reshape(LARGE, -1)
    rows = np.cos(places)
    return by_tiles(rows, weight, LARGE).tobytes() == by_tiles(rows, weight).tobytes()
