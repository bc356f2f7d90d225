"""Rows kept on disk, a file for each home: making them can be interrupted, and no home's are in memory twice."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from models.dataset import Rows

COLUMNS = tuple(each.name for each in fields(Rows))


def keep(path: Path, rows: Rows, about: Mapping[str, Any]) -> Path:
    """Write rows and what they were made of. A kill leaves no half file under this name."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        told = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
        np.savez(file, about=told, **{name: getattr(rows, name) for name in COLUMNS})
    return part.replace(path)


def about(path: Path) -> dict[str, Any]:
    """What the rows of a file were made of."""
    with np.load(path) as file:
        found: dict[str, Any] = json.loads(file["about"].tobytes())
        return found


def gathered(paths: Sequence[Path]) -> Rows:
    """The rows of many files, one after another."""
    counts = [_count(path) for path in paths]
    starts = np.concatenate(([0], np.cumsum(counts, dtype=np.intp)))
    whole = {
        name: np.empty((starts[-1], *column.shape[1:]), column.dtype)
        for name, column in ((name, getattr(Rows.empty(), name)) for name in COLUMNS)
    }
    for path, start, count in zip(paths, starts, counts, strict=False):
        with np.load(path) as file:
            for name, column in whole.items():
                column[start : start + count] = file[name]
    return Rows(**whole)


def at_most(rows: Rows, most: int, seed: int) -> Rows:
    """An even sample of so many rows, each of which stands for more minutes then."""
    if len(rows) <= most:
        return rows
    chosen = rows.sample(most, seed)
    return replace(chosen, weights=chosen.weights * np.float32(len(rows) / most))


def _count(path: Path) -> int:
    with np.load(path) as file:
        return len(file["weights"])
