"""Training: one seeded loop over rows, with early stopping on rows the network has not seen; resumable.

An interrupted run that was given a folder goes on in it after its last epoch, and ends in the same weights bit for bit.
"""

import itertools
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from homectl.home import CheckpointMismatch, UsageError
from models import unfinished
from models.balance import balance_of, constant_losses, task_losses
from models.dataset import Rows
from models.features import Array
from models.network import HomeNet, Net, Shape
from models.soundness import demand_sound
from models.tasks import COLUMN, TASKS
from models.textbook import TextbookNet
from models.trained import Curve, Trained
from models.unfinished import Learner

ARCHITECTURES: dict[str, type[Net]] = {"homenet": HomeNet, "textbook": TextbookNet}

_BLOCK = 8_192
"""Rows that are asked at once outside of learning: bounds what the encoding takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train. The defaults made the shipped weights."""

    architecture: str = "homenet"
    shape: Shape = field(default_factory=Shape)  # but for what goes in and out; that of the start, if there is one
    balance: str = "sum"
    seed: int = 0
    epochs: int = 7
    steps_per_epoch: int | None = None  # None: every row once
    batch: int = 1024
    rate: float = 2e-3  # the highest
    warm: float = 0.2  # share of the steps in which a one-cycle rate rises; 0: it stays
    decay: float = 1e-3
    clip: float = 5.0
    patience: int = 4  # epochs without a better validation loss before it stops
    threads: int = 1
    frozen: tuple[str, ...] = ()  # parts that stay as they are in the start, such as "trunk"

    @property
    def apart(self) -> bool:
        """With the trunk as it is no task can touch another, so each head is kept at its own best epoch."""
        return "trunk" in self.frozen

    def steps(self, rows: int) -> int:
        """Batches of an epoch."""
        return self.steps_per_epoch or max(1, math.ceil(rows / self.batch))


RECIPES = {
    "homenet": Recipe(),
    "textbook": Recipe(
        architecture="textbook", balance="plain", epochs=8, batch=256, rate=1e-3, warm=0, decay=0, clip=math.inf
    ),
}
"""The recipe of each architecture. Without decay AdamW is Adam."""

FINE = Recipe(epochs=10, steps_per_epoch=40, batch=1024, rate=3e-4, decay=1e-2, patience=4)
"""For a home's own rows, from weights that know other homes."""


def train(
    rows: Rows,
    held_out: Rows,
    recipe: Recipe,
    progress: Callable[[int, int, float], None] | None = None,
    *,
    start: Mapping[str, Array] | None = None,
    folder: Path | None = None,
) -> Trained:
    """Fit a network to rows; `progress` is told epoch, epochs and the validation loss after each.

    start: weights to begin from; the shape and the encoding of the inputs stay theirs.
    folder: where an interrupted run is kept and gone on with, if it had the same rows, recipe and start.
    Raises ValueError for rows that cannot be learned from, UsageError for a recipe or folder that does not fit,
    CheckpointMismatch for a start that does not.
    """
    demand_sound(rows, "rows to learn from")
    demand_sound(held_out, "held-out rows")
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    trained = _begin(rows, held_out, recipe, start)
    learner = _learner(trained, recipe, len(rows))
    identity = _identity(rows, held_out, recipe, start) if folder is not None else {}
    if folder is not None:
        _resume(folder, identity, learner, trained)
    data = _tensors(rows)
    for epoch in range(len(trained.validation), recipe.epochs):
        if epoch - trained.best >= recipe.patience:
            break
        training = _learn(learner, data, _batches(len(rows), recipe), recipe.clip)
        trained.note(training, validation_losses(trained.net, held_out, trained.constants))
        learner.best.update(trained.bettered(_copied(trained.net)))
        if folder is not None:
            learner.save(folder, _told(identity, trained))
        if progress is not None:
            progress(epoch + 1, recipe.epochs, trained.validation[-1])
    trained.net.load_state_dict(learner.best)
    trained.net.eval()
    return trained


def restored(architecture: str, weights: Mapping[str, Array], dropout: float = 0.0) -> Net:
    """The network of an architecture with these weights, to evaluate or go on with."""
    try:
        return _architecture(architecture).of(weights, dropout).eval()
    except (KeyError, RuntimeError, StopIteration, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise CheckpointMismatch(f"expected weights of {architecture} for today's tasks, got: {reason}") from None


def answers(net: Net, rows: Rows) -> Array:
    """Logits of all tasks, (rows, OUTPUTS)."""
    net.eval()
    features, now, _, _ = _tensors(rows)
    with torch.inference_mode():
        parts = zip(torch.split(features, _BLOCK), torch.split(now, _BLOCK), strict=True)
        return torch.cat([net(*part) for part in parts]).numpy()


def validation_losses(net: Net, rows: Rows, constants: Mapping[str, float]) -> dict[str, float]:
    """What each task loses over all rows, in units of its constant."""
    _, _, labels, weights = _tensors(rows)
    losses = task_losses(torch.from_numpy(answers(net, rows)), labels, weights)
    return {name: float(loss) / constants[name] for name, loss in losses.items() if name in constants}


def _begin(rows: Rows, held_out: Rows, recipe: Recipe, start: Mapping[str, Array] | None) -> Trained:
    _, _, labels, weights = _tensors(rows)
    constants = constant_losses(labels, weights)
    if not np.isfinite(held_out.labels[:, [COLUMN[name] for name in constants]]).any():
        raise ValueError("expected rows to learn from and held-out rows with labels of the same tasks, found none")
    unlabelled = tuple(task.name for task in TASKS if task.name not in constants)
    if start is None:
        shape = replace(recipe.shape, features=rows.features.shape[1])
        net = _architecture(recipe.architecture).fitted(shape, rows.sample(200_000, recipe.seed).features)
        _silence(net, unlabelled)
        return Trained(net=net, constants=constants, unlabelled=unlabelled)
    net = restored(recipe.architecture, start, recipe.shape.dropout)
    for name, weight in net.named_parameters():
        weight.requires_grad_(not name.startswith(recipe.frozen))
    if net.shape.features != rows.features.shape[1]:
        raise CheckpointMismatch(
            f"expected weights for {rows.features.shape[1]} features to start from, got {net.shape.features}"
        )
    trained = Trained(net=net, constants=constants, unlabelled=unlabelled, apart=recipe.apart)
    trained.begin(validation_losses(net, held_out, constants))
    return trained


def _silence(net: Net, names: Iterable[str]) -> None:
    """A head that learns nothing answers that it does not know: one half, or every bin alike."""
    for name in names:
        for part, weight in net.head(name).named_parameters():
            if not part.startswith("hidden"):
                torch.nn.init.zeros_(weight)


def _architecture(name: str) -> type[Net]:
    if name not in ARCHITECTURES:
        raise UsageError(f"--architecture: expected one of {', '.join(ARCHITECTURES)}, got {name!r}")
    return ARCHITECTURES[name]


def _learner(trained: Trained, recipe: Recipe, rows: int) -> Learner:
    balance = balance_of(recipe.balance, trained.constants)
    groups: list[dict[str, Any]] = [
        {"params": list(trained.net.parameters())},
        {"params": list(balance.parameters()), "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=recipe.rate, weight_decay=recipe.decay)
    return Learner(
        net=trained.net,
        balance=balance,
        optimiser=optimiser,
        schedule=_schedule(optimiser, recipe, recipe.steps(rows) * recipe.epochs),
        best=_copied(trained.net),
    )


def _schedule(optimiser: torch.optim.Optimizer, recipe: Recipe, steps: int) -> torch.optim.lr_scheduler.LRScheduler:
    if recipe.warm * steps > 1:  # OneCycleLR cannot rise within a single step
        return torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=steps, pct_start=recipe.warm)
    return torch.optim.lr_scheduler.ConstantLR(optimiser, factor=1.0)


def _batches(count: int, recipe: Recipe) -> Iterator[Tensor]:
    """Row numbers of an epoch's batches: from one shuffle of all rows, or from as many as its steps take."""
    shuffles = (torch.split(torch.randperm(count), recipe.batch) for _ in itertools.count())
    return itertools.islice(itertools.chain.from_iterable(shuffles), recipe.steps(count))


def _learn(learner: Learner, data: tuple[Tensor, ...], batches: Iterable[Tensor], clip: float) -> dict[str, float]:
    """One epoch; what each task lost on the way, in units of its constant."""
    learner.net.train()
    lost: dict[str, list[float]] = {}
    for batch in batches:
        features, now, labels, weights = (part[batch] for part in data)
        logits, shared = learner.net.with_shared(features, now)
        losses = task_losses(logits, labels, weights)
        learner.optimiser.zero_grad()
        if losses:
            learner.balance.backward(losses, shared, learner.net.trunk)
        torch.nn.utils.clip_grad_norm_(learner.net.parameters(), clip)
        learner.optimiser.step()
        learner.schedule.step()
        for name, loss in losses.items():
            lost.setdefault(name, []).append(float(loss.detach()) / learner.balance.constants[name])
    return {name: float(np.mean(each)) for name, each in lost.items()}


def _copied(net: Net) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in net.state_dict().items()}


def _tensors(rows: Rows) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Views, not copies."""
    features, now, labels, weights = map(torch.from_numpy, (rows.features, rows.now, rows.labels, rows.weights))
    return features, now, labels, weights


def _identity(rows: Rows, held_out: Rows, recipe: Recipe, start: Mapping[str, Array] | None) -> dict[str, Any]:
    """What a run must have had to be gone on with, as JSON knows it."""
    given = {
        "rows": unfinished.digest(rows.features, rows.now, rows.labels, rows.weights),
        "held-out rows": unfinished.digest(held_out.features, held_out.now, held_out.labels, held_out.weights),
        "start": None if start is None else unfinished.digest(*(start[name] for name in sorted(start))),
    }
    found: dict[str, Any] = json.loads(json.dumps({**asdict(recipe), **given}))
    return found


def _told(identity: Mapping[str, Any], trained: Trained) -> dict[str, Any]:
    curves = {name: asdict(curve) for name, curve in trained.curves.items()}
    return {"identity": identity, "total": asdict(trained.total), "curves": curves}


def _resume(folder: Path, identity: Mapping[str, Any], learner: Learner, trained: Trained) -> None:
    """Go on with the run in a folder, if there is one."""
    told = unfinished.told(folder)
    if told is None:
        return
    odd = [name for name in identity if told["identity"].get(name) != identity[name]]
    if odd:
        raise UsageError(
            f"{folder}: its interrupted training had other {', '.join(odd)}; give the same, or train without --resume"
        )
    learner.restore(folder)
    trained.total = Curve(**told["total"])
    trained.curves = {name: Curve(**curve) for name, curve in told["curves"].items()}
