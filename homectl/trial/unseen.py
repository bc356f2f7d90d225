"""Policies beside each other on simulated homes that no network was trained on."""

import tempfile
from concurrent.futures import as_completed
from pathlib import Path

import numpy as np

from homectl.control.rules import Rules
from homectl.home import Policy
from homectl.journal import Journal
from homectl.trial.homes import DAY, UNSEEN, Homes, Progress, live
from homectl.workers import workers
from models.baselines import Habit, Persistence
from models.dataset import moments, span_of
from models.evaluate import Figures, Tallies, evaluate, figures
from models.policy import NetworkPolicy

PAST = 7
"""Days of a home that are known before it is judged."""


def _judged(seed: int, days: float, folder: str, checkpoint_folder: str | None) -> tuple[int, Tallies]:
    """One unseen home's figures: its first week is only past, what follows is judged at every moment of decision."""
    path = live(seed, days, Path(folder) / f"{seed}.db")
    with Journal.open(path, read_only=True) as journal:
        home, history = journal.home(), journal.history()
    path.unlink()
    start, end = span_of(history)
    times = moments(home, history, start + PAST * DAY, end - 3600, np.random.default_rng(seed))
    network = NetworkPolicy.load(None if checkpoint_folder is None else Path(checkpoint_folder))
    policies: list[Policy] = [network, Persistence(), Habit(), Rules()]
    tallies: Tallies = {}
    evaluate(home, history, times, policies, tallies, home.targets)
    return seed, tallies


def compare(homes: Homes, folder: Path | None, progress: Progress) -> Figures:
    """Figures by policy and kind on homes no network was trained on: the network, persistence, habit and rules."""
    parts: dict[int, Tallies] = {}
    with (
        tempfile.TemporaryDirectory(prefix="homectl-") as scratch,
        workers(homes.processes) as pool,
    ):
        named = None if folder is None else str(folder)
        jobs = [pool.submit(_judged, seed, homes.days + PAST, scratch, named) for seed in homes.seeds(UNSEEN)]
        for done, job in enumerate(as_completed(jobs), start=1):
            seed, tallies = job.result()
            parts[seed] = tallies
            progress("judging unseen homes", done / homes.count)
    return figures([parts[seed] for seed in sorted(parts)])
