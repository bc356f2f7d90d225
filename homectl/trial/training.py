"""Training a network on simulated homes and recorded logs, and writing its checkpoint.

All that an interrupted training needs to go on (rows, a searched recipe, the weights after each epoch) lies in a folder
beside where the checkpoint goes, and is removed when that is written.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from homectl.home import HomeError, UsageError
from homectl.trial.homes import Homes, Progress, logged_rows, simulated_rows
from homectl.trial.kept import gathered
from homectl.trial.welcome import ask
from models import checkpoint
from models.calibrate import held_out_losses, temperatures
from models.dataset import Rows
from models.distance import fit_statistics
from models.features import FEATURES
from models.tasks import COLUMN, TASKS
from models.train import Recipe, answers
from models.train import train as fit
from models.trained import Trained

UNFINISHED = ".unfinished"

MOST_ROWS = 4_000_000
"""Rows of all homes together: they are in memory at once, some 500 bytes each."""

LEAST_DAYS = 3
"""The first day of a home is only past, and some of the rest is held out."""

HELD_OUT = 8
"""One simulated home in so many is held out whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be trained, on what, and where it goes."""

    out: Path
    recipe: Recipe
    name: str = "own-1"
    logs: tuple[Path, ...] = ()
    homes: Homes | None = None
    start: Path | None = None  # a checkpoint to go on from
    trials: int = 0  # of a search for a better recipe
    asked: int = 0  # simulated homes whose people say what they make of its changes
    resume: bool = False

    @property
    def processes(self) -> int:
        """How many homes are lived in at once."""
        return self.homes.processes if self.homes is not None else 1


def train(order: Order, progress: Progress) -> tuple[checkpoint.Manifest, Trained]:
    """Train a network and write its checkpoint.

    Simulated homes are held out whole, one in eight; logs by time, the last fifth. UsageError for rows that cannot be
    learned from, or nothing to resume; CheckpointMismatch for a start that does not fit.
    """
    start = None if order.start is None else checkpoint.read(order.start)[0]

    def told(epoch: int, of: int, loss: float) -> None:
        progress(f"training, validation loss {loss:.3f}", epoch / of)

    with _workshop(order) as folder:
        early, late, data = _rows(order, folder, progress)
        recipe, found = _searched(order, early, late, folder, progress)
        trained = fit(early, late, recipe, told, start=start, folder=folder)
        counts = {"rows": len(early), "held_out_rows": len(late), "seed": recipe.seed}
        data |= {**counts, "unlabelled": list(trained.unlabelled)}
        manifest = _manifest(order, trained, recipe, late, data, found)
        checkpoint.save(order.out, trained.net.arrays(), manifest)
        fit_statistics(early, order.out)
        if order.asked:
            manifest = ask(order.out, order.asked, order.processes, progress)
    return manifest, trained


@contextmanager
def _workshop(order: Order) -> Iterator[Path]:
    """The folder of what is unfinished. It stays where the work is interrupted, not where the order is refused."""
    folder = order.out / UNFINISHED
    if order.resume and not folder.is_dir():
        raise UsageError(f"{order.out}: expected an interrupted training to resume, found none; train without --resume")
    if not order.resume:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    except (HomeError, ValueError) as error:
        if not order.resume:
            shutil.rmtree(folder)
            with suppress(OSError):  # it held something before
                order.out.rmdir()
        raise error if isinstance(error, HomeError) else UsageError(str(error)) from None
    shutil.rmtree(folder)


def _rows(order: Order, folder: Path, progress: Progress) -> tuple[Rows, Rows, dict[str, Any]]:
    """Rows to learn from, rows to be judged by, and what they were made of."""
    simulated = order.homes.count if order.homes is not None else 0
    most = MOST_ROWS // (simulated + len(order.logs))
    early: list[Path] = []
    late: list[Path] = []
    data: dict[str, Any] = {}
    if order.logs:
        early, late, data["recorded"] = logged_rows(order.logs, folder, most, simulated, order.recipe.seed)
    if order.homes is not None:
        files, data["simulated"] = simulated_rows(order.homes, folder, most, progress)
        late += files[::HELD_OUT]
        early += [file for number, file in enumerate(files) if number % HELD_OUT]
    parts = gathered(early), gathered(late)
    for rows, part in zip(parts, ("to learn from", "to be judged by"), strict=True):
        _demand_labels(rows, part, data)
    return *parts, data


def _demand_labels(rows: Rows, part: str, data: dict[str, Any]) -> None:
    settings = [COLUMN[task.name] for task in TASKS if not task.auxiliary]
    if np.isfinite(rows.labels[:, settings]).any():
        return
    days = data["recorded"]["days"] if data.keys() == {"recorded"} else LEAST_DAYS
    if days < LEAST_DAYS:
        raise UsageError(
            f"expected at least {LEAST_DAYS} days of a home, got {days:.1f} in the longest log; "
            f"record {LEAST_DAYS - days:.1f} days more"
        )
    raise UsageError(
        f"expected minutes in which people set something, found none {part} in {len(rows)} rows; "
        f"record more days, or say who switches what (`switched_by` in home.yaml)"
    )


def _searched(order: Order, early: Rows, late: Rows, folder: Path, progress: Progress) -> tuple[Recipe, dict[str, Any]]:
    """The recipe to follow, and what a search has changed in it."""
    if not order.trials:
        return order.recipe, {}
    from models.search import changed, search

    kept = folder / "recipe.json"
    if not kept.exists():
        found = search(
            early,
            late,
            order.recipe,
            order.trials,
            lambda trial, of, loss: progress(f"searching, validation loss {loss:.3f}", trial / of),
        )
        kept.write_text(json.dumps(found), encoding="utf-8")
    values: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return changed(order.recipe, values), values


def _manifest(
    order: Order, trained: Trained, recipe: Recipe, late: Rows, data: dict[str, Any], found: dict[str, Any]
) -> checkpoint.Manifest:
    logits = answers(trained.net, late)
    scale = temperatures(logits, late)
    losses = held_out_losses(logits, late, scale)
    share = {
        name: round(loss / trained.constants[name], 4) for name, loss in losses.items() if name in trained.constants
    }
    metrics: dict[str, Any] = {
        "validation": [round(loss, 4) for loss in trained.validation],
        "held_out_loss_as_share_of_the_constant_s": share,
    }
    return checkpoint.Manifest(
        name=order.name,
        version=checkpoint.VERSION,
        features=FEATURES,
        tasks=checkpoint.tasks_now(),
        depth=trained.net.shape.depth,
        architecture=recipe.architecture,
        temperatures=scale,
        data=data,
        metrics={**metrics, "searched": found} if found else metrics,
    )
