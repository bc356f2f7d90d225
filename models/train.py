"""Training: one seeded loop over rows, with early stopping on rows the network has not seen."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from models.balance import constant_losses, task_losses, total
from models.dataset import Rows
from models.network import HomeNet, Shape, pieces_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train. The defaults made the shipped weights."""

    seed: int = 0
    epochs: int = 4
    batch: int = 4096
    rate: float = 3e-3
    decay: float = 1e-3
    clip: float = 5.0
    patience: int = 4  # epochs without a better validation loss before it stops
    threads: int = 1


@dataclass(slots=True)
class Trained:
    """A network at its best epoch, and the normalised losses on the way."""

    net: HomeNet
    constants: dict[str, float]
    training: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)


def train(
    rows: Rows, held_out: Rows, recipe: Recipe, progress: Callable[[int, int, float], None] | None = None
) -> Trained:
    """Fit a network to rows; `progress` is told epoch, epochs and the validation loss."""
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    shape = Shape(features=rows.features.shape[1])
    net = HomeNet(shape, *pieces_of(rows.sample(200_000, recipe.seed).features, shape.bins))
    inputs, now, labels, weights = _tensors(rows)
    trained = Trained(net, constant_losses(labels, weights))
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    steps = max(1, -(-len(inputs) // recipe.batch)) * recipe.epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=steps, pct_start=0.2)
    best, best_loss, waited = copy.deepcopy(net.state_dict()), float("inf"), 0
    for epoch in range(recipe.epochs):
        losses = []
        net.train()
        for batch in torch.split(torch.randperm(len(inputs)), recipe.batch):
            loss = total(task_losses(net(inputs[batch], now[batch]), labels[batch], weights[batch]), trained.constants)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(net.parameters(), recipe.clip)
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        trained.training.append(sum(losses) / max(1, len(losses)))
        loss_now = validation_loss(net, held_out, trained.constants)
        trained.validation.append(loss_now)
        if progress is not None:
            progress(epoch + 1, recipe.epochs, loss_now)
        waited += 1
        if loss_now < best_loss:
            best, best_loss, waited = copy.deepcopy(net.state_dict()), loss_now, 0
        if waited >= recipe.patience:
            break
    net.load_state_dict(best)
    net.eval()
    return trained


def validation_loss(net: HomeNet, rows: Rows, constants: dict[str, float]) -> float:
    """The normalised sum of losses, all rows at once weighted."""
    net.eval()
    inputs, now, labels, weights = _tensors(rows)
    with torch.inference_mode():
        parts = zip(torch.split(inputs, 16_384), torch.split(now, 16_384), strict=True)
        answers = torch.cat([net(*part) for part in parts])
        losses = task_losses(answers, labels, weights)
        return float(total({n: v for n, v in losses.items() if n in constants}, constants))


def _tensors(rows: Rows) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    features, now, labels, weights = map(torch.from_numpy, (rows.features, rows.now, rows.labels, rows.weights))
    return features, now, labels, weights
