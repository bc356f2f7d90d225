"""What people of simulated homes make of a network's changes, and so how sure to be of each sort.

A network that only does what it is sure of never learns how welcome the rest would be. So here it lives in homes that
nothing is learned from or judged by, and in some hours carries out whatever it holds for likelier than not.
"""

from collections.abc import Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from homectl.home import Cause, Forecast, History, Home, Policy, Prediction, Target, Times
from homectl.trial.closed import in_charge, watched
from homectl.trial.homes import DAY, Progress, season
from homectl.workers import workers
from models import checkpoint
from models.acceptance import Answers, answers
from models.calibrate import lines
from models.policy import NetworkPolicy
from simulator.world import World

ASKED = 3_000_000
"""Added to the seeds of homes whose people are asked: neither learned from nor judged by."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Days a home is watched, and then lived in."""

    past: float = 14.0
    days: float = 3.0


EAGER = 3
"""One hour in so many is one in which every proposal is carried out."""

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Eager:
    """A policy as it is in most hours; in the others as sure of everything as can be."""

    policy: Policy
    cause = Cause.LEARNED

    @property
    def name(self) -> str:
        return f"eager {self.policy.name}"

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        eager = np.array([_eager(at) for at in times.tolist()], dtype=bool)
        found = self.policy.forecast(home, history, times, targets)
        return [replace(one, confidence=np.where(eager, 1.0, one.confidence)) for one in found]

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        found = self.policy.predict(home, history, at, targets)
        return [replace(one, confidence=1.0) for one in found] if _eager(at) else found


def _eager(at: float) -> bool:
    """In other hours each day."""
    return int(at // HOUR) % (24 * EAGER + 1) % EAGER == 0


def asked(folder: str, seed: int, stay: Stay) -> dict[str, Any]:
    """By cell: how sure the network was of its changes in one home, and which of them were let be."""
    network, manifest = checkpoint.load(Path(folder))
    policy = NetworkPolicy(network, manifest.model_copy(update={"changes": {}}))
    world = World(seed, start=season(seed))
    history = watched(world, stay.past)
    in_charge(world, history, Eager(policy), stay.days * DAY)
    found = answers(world.home, history, policy)
    return {name: [each.sure.tolist(), each.right.tolist()] for name, each in found.items()}


def ask(folder: Path, homes: int, processes: int, progress: Progress, stay: Stay = Stay()) -> checkpoint.Manifest:
    """Live in so many homes under the checkpoint in a folder, and write what their people said into its manifest."""
    with workers(processes) as pool:
        jobs = [pool.submit(asked, str(folder), ASKED + number, stay) for number in range(homes)]
        for done, _ in enumerate(as_completed(jobs), start=1):
            progress("asking what people make of it", done / homes)
        told = [job.result() for job in jobs]
    cells = sorted({name for one in told for name in one})
    joined = {name: _joined([one[name] for one in told if name in one]) for name in cells}
    counts = {name: [len(cell.right), int(cell.right.sum())] for name, cell in joined.items()}
    weights, manifest = checkpoint.read(folder)
    changes = {name: tuple(line) for name, line in lines(joined).items()}
    data = {**manifest.data, "asked": {"homes": homes, "days": stay.days, "changes_and_let_be": counts}}
    manifest = manifest.model_copy(update={"changes": changes, "data": data})
    checkpoint.save(folder, weights, manifest)
    return manifest


def _joined(parts: Sequence[Any]) -> Answers:
    return Answers(*(np.concatenate([np.array(part[n]) for part in parts]) for n in (0, 1)))
