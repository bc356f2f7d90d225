"""A trained network on disk: weights as safetensors and a manifest that says what they are for."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from homectl.home import CheckpointMismatch
from models.acceptance import CELLS
from models.features import FEATURES, Array
from models.inference import Network
from models.now import NOW
from models.tasks import OUTPUTS, TASKS

BASE = Path(__file__).parent / "base"
"""The weights that come with the package."""

WEIGHTS, MANIFEST = "weights.safetensors", "manifest.json"
LARGEST = 5_000_000

SERVED = "homenet"
"""The architecture that is served without torch; any other can only be evaluated beside it."""

VERSION = 2
"""Grows when a column or label keeps its name and changes its meaning."""


class Manifest(BaseModel):
    """What a network was trained for, on and how well it did."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: int
    features: tuple[str, ...]
    tasks: dict[str, int]  # name → outputs
    depth: Annotated[int, Field(ge=1, le=16)]
    architecture: str = SERVED
    temperatures: dict[str, Annotated[float, Field(gt=0)]] = {}
    changes: dict[str, tuple[Annotated[float, Field(ge=0)], float]] = {}  # cell of proposed changes → slope, offset
    data: dict[str, Any] = {}  # homes, days, rows, seed, hash
    metrics: dict[str, Any] = {}


def tasks_now() -> dict[str, int]:
    return {task.name: task.size for task in TASKS}


def save(folder: Path, weights: Mapping[str, Array], manifest: Manifest) -> None:
    """Write both files; ValueError when the weights are too large to ship."""
    size = sum(array.nbytes for array in weights.values())
    if size > LARGEST:
        raise ValueError(f"expected weights below {LARGEST} bytes, got {size}; use a smaller network")
    folder.mkdir(parents=True, exist_ok=True)
    save_file(dict(weights), folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # the library leaves it to its owner alone
    text = json.dumps(manifest.model_dump(mode="json"), indent=1, ensure_ascii=False)
    short_lists = re.sub(r"\[[^][{}]*\]", lambda found: " ".join(found[0].split()), text)
    (folder / MANIFEST).write_text(short_lists + "\n", encoding="utf-8")


def read(folder: Path) -> tuple[dict[str, Array], Manifest]:
    """The weights of any architecture by name; CheckpointMismatch if they are for other inputs or cannot be read."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
        weights = load_file(folder / WEIGHTS)
    except (OSError, ValidationError, SafetensorError) as error:
        reason = _reason(error)
        raise CheckpointMismatch(f"{folder}: expected {WEIGHTS} and {MANIFEST}, got: {reason}; train again") from None
    _check(folder, manifest)
    return weights, manifest


def load(folder: Path) -> tuple[Network, Manifest]:
    """The network, ready to answer; CheckpointMismatch if it is for something else or cannot be read."""
    weights, manifest = read(folder)
    if manifest.architecture != SERVED:
        raise CheckpointMismatch(
            f"{folder}: expected a {SERVED}, got a {manifest.architecture}, which can be compared but runs no home; "
            f"train with --architecture {SERVED}"
        )
    try:
        network = Network(weights, depth=manifest.depth)
        zeros = (np.zeros((1, width), dtype=np.float32) for width in (len(FEATURES), len(NOW)))
        answer = network(*zeros)
    except (KeyError, ValueError, IndexError) as error:
        raise CheckpointMismatch(f"{folder}: the weights do not fit their manifest ({error}); train again") from None
    if answer.shape != (1, OUTPUTS) or not np.isfinite(answer).all():
        raise CheckpointMismatch(f"{folder}: expected {OUTPUTS} finite answers, got {answer.shape[1]}; train again")
    return network, manifest


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc'])) or MANIFEST}: {first['msg']}".splitlines()[0]
    return str(error).splitlines()[0]


def _check(folder: Path, manifest: Manifest) -> None:
    if manifest.version != VERSION:
        raise CheckpointMismatch(
            f"{folder}: trained for features version {manifest.version}, this program has {VERSION}; train again"
        )
    _same(folder, "features", manifest.features, FEATURES)
    now = tasks_now()
    _same(folder, "temperatures", [n for n in manifest.temperatures if n not in now], [])
    _same(folder, "changes", [n for n in manifest.changes if n not in CELLS], [])
    _same(folder, "tasks", [f"{n}:{s}" for n, s in manifest.tasks.items()], [f"{n}:{s}" for n, s in now.items()])


def _same(folder: Path, what: str, saved: Sequence[str], ours: Sequence[str]) -> None:
    if list(saved) == list(ours):
        return
    odd = [f"unknown {name!r}" for name in saved if name not in ours]
    odd += [f"without {name!r}" for name in ours if name not in saved]
    found = ", ".join(odd[:3]) or "in another order"
    raise CheckpointMismatch(f"{folder}: trained for other {what} ({found}); train again with `homectl train`")
