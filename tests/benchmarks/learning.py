"""What asking and teaching the network costs: many homes at once, a year of features, a night, and a training."""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch

from homectl.home import History, Home
from homectl.journal import Journal
from homectl.learning.night import Night, night
from models.balance import constant_losses, task_losses
from models.checkpoint import BASE, load, read
from models.dataset import DAY, Rows, rows_of
from models.features import FEATURES, Array, observe
from models.memory import Memory
from models.train import Recipe, restored, train
from simulator.record import record
from simulator.world import World
from tests.benchmarks.checks import Check
from tests.benchmarks.household import BEGIN

HOMES = (1, 64, 4096)
DAYS = 56.0
"""Days of a home that a night looks back on."""

A_YEAR = 365


def checks() -> tuple[list[Check], dict[str, float]]:
    """What to hold the figures against, and the seconds behind them."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        path = Path(scratch) / "home.db"
        with Journal.open(path) as journal:
            record(World(1, start=BEGIN - DAYS * DAY), BEGIN, journal)
            home, history = journal.home(), journal.history()
            slept = _spent(lambda: night(Night.of(journal, path, BASE, BEGIN)))
        rows = rows_of(home, history, number=0, seed=0)
    ratio, timing = _training(rows)
    figures = [Check(name="a night of learning, s of one processor", value=slept, aim=10.0), ratio]
    return figures, timing | _answers(home, history) | _features(home, history)


def _answers(home: Home, history: History) -> dict[str, float]:
    """Microseconds per home of what the network wants of everything in it, features given."""
    network, _ = load(BASE)
    row, _ = observe(home, history, np.array([BEGIN]), home.targets)
    told = {}
    for homes in HOMES:
        rows: Array = np.repeat(row.reshape(-1, len(FEATURES)), homes, axis=0)
        often = max(1, 256 // homes)
        spent = _spent(lambda rows=rows: network(rows), often) / homes
        told[f"answer about a home of {len(home.targets)} targets, {homes} at once, µs"] = 1e6 * spent
    return told


def _features(home: Home, history: History) -> dict[str, float]:
    """Of every minute of a year, which is as many times the days that are asked for."""
    memory, days = Memory(home, history), np.arange(BEGIN - 14 * DAY, BEGIN, DAY)

    def ask() -> None:
        for day in days.tolist():
            observe(home, history, np.arange(day, day + DAY, 60.0), home.targets, memory)

    spent = _spent(ask) * A_YEAR / len(days)
    count = A_YEAR * 1440 * len(home.targets) * len(FEATURES)
    return {"features of a home-year, millions a second": count / spent / 1e6, "features of a home-year, s": spent}


def _training(rows: Rows) -> tuple[Check, dict[str, float]]:
    """An epoch of ours with all that it looks after, beside the least that PyTorch takes for the same net and data."""
    weights, _ = read(BASE)
    recipe = Recipe(epochs=1, batch=512)
    few = rows.sample(512, seed=0)
    ours = _spent(lambda: train(rows, few, recipe, start=weights))
    least = _spent(lambda: _plain(rows, recipe, weights))
    check = Check(name="an epoch of training, in units of a plain loop", value=ours / least, aim=1.2)
    return check, {f"an epoch over {len(rows)} rows, s": ours, "the same by a plain loop, s": least}


def _plain(rows: Rows, recipe: Recipe, weights: Mapping[str, Array]) -> None:
    torch.set_num_threads(recipe.threads)
    net = restored(recipe.architecture, weights, recipe.shape.dropout).train()
    columns = [torch.from_numpy(column) for column in (rows.features, rows.now, rows.labels, rows.weights)]
    constants = constant_losses(columns[2], columns[3])
    optimiser = torch.optim.Adam(net.parameters(), recipe.rate)
    for batch in torch.randperm(len(rows)).split(recipe.batch):
        features, now, labels, each = (column[batch] for column in columns)
        losses = task_losses(net(features, now), labels, each)
        optimiser.zero_grad()
        torch.stack([loss / constants[name] for name, loss in losses.items()]).sum().backward()
        optimiser.step()


def _spent(work: Callable[[], object], often: int = 1) -> float:
    """Seconds of the processor that it takes once."""
    began = time.process_time()
    for _ in range(often):
        work()
    return (time.process_time() - began) / often
