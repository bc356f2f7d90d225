"""Training a network on simulated homes and recorded logs, and writing its checkpoint."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from homectl.home import UsageError
from homectl.trial.homes import Homes, Progress, logged_rows, simulated_rows
from models import checkpoint
from models.calibrate import held_out_losses, temperatures
from models.dataset import Rows, split_by_home, split_by_time
from models.evaluate import TASK
from models.features import FEATURES
from models.inference import Network
from models.tasks import COLUMN


def train(
    logs: Sequence[Path], homes: Homes | None, out: Path, *, name: str, seed: int, epochs: int, progress: Progress
) -> checkpoint.Manifest:
    """Train a network on simulated homes and recorded logs and write its checkpoint.

    Simulated homes are held out whole, one in eight; logs by time, the last fifth. Raises UsageError without labels.
    """
    from models.train import Recipe
    from models.train import train as fit

    parts: list[tuple[Rows, Rows]] = []
    data: dict[str, Any] = {}
    if homes is not None and homes.count:
        rows, data["simulated"] = simulated_rows(homes, progress)
        parts.append(split_by_home(rows, range(0, homes.count, 8)))
    if logs:
        rows, data["recorded"] = logged_rows(logs, first=1_000, seed=seed)
        parts.append(split_by_time(rows))
    early, late = (Rows.join([part[side] for part in parts]) for side in (0, 1))
    for rows, part in ((early, "to learn from"), (late, "to be judged by")):
        if not np.isfinite(rows.labels[:, [COLUMN[name] for name in TASK.values()]]).any():
            raise UsageError(
                f"expected minutes in which people set something, found none {part} in {len(rows)} rows; "
                "record at least three days, or say who switches what (`switched_by` in home.yaml)"
            )
    trained = fit(
        early,
        late,
        Recipe(seed=seed, epochs=epochs),
        lambda epoch, of, loss: progress(f"training, validation loss {loss:.3f}", epoch / of),
    )
    weights = trained.net.arrays()
    logits = Network(weights, depth=trained.net.shape.depth)(late.features, late.now)
    scale = temperatures(logits, late)
    share = {n: round(v / trained.constants[n], 4) for n, v in held_out_losses(logits, late, scale).items()}
    manifest = checkpoint.Manifest(
        name=name,
        version=checkpoint.VERSION,
        features=FEATURES,
        tasks=checkpoint.tasks_now(),
        depth=trained.net.shape.depth,
        temperatures=scale,
        data={**data, "rows": len(early), "held_out_rows": len(late), "seed": seed},
        metrics={
            "validation": [round(loss, 4) for loss in trained.validation],
            "held_out_loss_as_share_of_the_constant_s": share,
        },
    )
    checkpoint.save(out, weights, manifest)
    return manifest
