"""Simulated homes and recorded logs as rows to learn from."""

import datetime
import hashlib
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from homectl.journal import Journal
from homectl.learning.days import ordinals, unusual_days
from homectl.trial.kept import about, at_most, keep
from homectl.workers import workers
from models.dataset import Rows, rows_of, span_of, split_by_time
from models.labels import origins
from simulator.record import record
from simulator.world import World

Progress = Callable[[str, float], None]
"""Told what is being done and the share of it that is done, 0 … 1."""

DAY = 86_400.0
UNSEEN = 1_000_000
"""Added to the seeds of homes that no network is trained on."""


@dataclass(frozen=True, slots=True)
class Homes:
    """Some simulated homes and how long each is watched. Homes of different seeds differ."""

    count: int = 240
    days: float = 42.0
    seed: int = 0
    processes: int = 2

    def seeds(self, offset: int = 0) -> list[int]:
        return [offset + 10_000 * self.seed + number for number in range(self.count)]


def season(seed: int) -> float:
    """When a home's recording starts: some midnight UTC between September and April, by its seed."""
    first = datetime.datetime(2024, 9, 1, tzinfo=datetime.UTC).timestamp()
    return first + DAY * int(np.random.default_rng((seed, 7)).integers(0, 225))


def live(seed: int, days: float, path: Path) -> Path:
    """Record one simulated home into a journal."""
    start = season(seed)
    with Journal.open(path) as journal:
        record(World(seed, start=start), start + days * DAY, journal)
    return path


def simulated_rows(homes: Homes, folder: Path, most: int, progress: Progress) -> tuple[list[Path], dict[str, Any]]:
    """A file of at most so many rows for every simulated home, by number, and what they were made of.

    Homes are recorded through the journal in several processes; one whose file is in the folder is not made again.
    """
    files = [folder / f"home-{seed}-{homes.days:g}-{most}.npz" for seed in homes.seeds()]
    with workers(homes.processes) as pool:
        jobs = [
            pool.submit(_simulated, seed, homes.days, number, most, file)
            for number, (seed, file) in enumerate(zip(homes.seeds(), files, strict=True))
            if not file.exists()
        ]
        for job in as_completed(jobs):
            job.result()
            progress("recording simulated homes", sum(file.exists() for file in files) / homes.count)
    told = {"homes": homes.count, "days": homes.days, "seed": homes.seed}
    return files, {**told, **_together([about(file) for file in files])}


def _simulated(seed: int, days: float, number: int, most: int, file: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="home-", dir=file.parent) as scratch:
        path = live(seed, days, Path(scratch) / "home.db")
        rows, told = _rows_of_log(path, number, seed)
    keep(file, at_most(rows, most, seed), told)


def logged_rows(
    logs: Sequence[Path], folder: Path, most: int, first: int, seed: int
) -> tuple[list[Path], list[Path], dict[str, Any]]:
    """Files of the earlier rows of each recorded journal, of those of its last fifth, and what they were made of.

    Logs are numbered from `first`; at most `most` rows are in a file.
    """
    early: list[Path] = []
    late: list[Path] = []
    told: list[dict[str, Any]] = []
    for number, log in enumerate(logs, start=first):
        rows, origin = _rows_of_log(log, number, seed)
        told.append(origin)
        for files, name, part in zip((early, late), ("early", "late"), split_by_time(rows), strict=True):
            files.append(keep(folder / f"log-{number}-{name}.npz", at_most(part, most, seed), origin))
    return early, late, {"logs": len(logs), "days": round(max(origin["days"] for origin in told), 2), **_together(told)}


def _rows_of_log(path: Path, number: int, seed: int) -> tuple[Rows, dict[str, Any]]:
    with Journal.open(path, read_only=True) as journal:
        home, history, digest = journal.home(), journal.history(), journal.hash()
        unusual = unusual_days(journal.orders.modes(), home.zone)
    first, last = span_of(history)
    told = {"origins": origins(home, history), "hash": digest, "days": (last - first) / DAY}
    rows = rows_of(home, history, number=number, seed=seed)
    return rows.where(~np.isin(ordinals(rows.at, home.zone), [day.toordinal() for day in unusual])), told


def _together(told: Iterable[dict[str, Any]]) -> dict[str, Any]:
    total: dict[str, int] = {}
    digest = hashlib.sha256()
    for part in told:
        digest.update(part["hash"].encode())
        for name, count in part["origins"].items():
            total[name] = total.get(name, 0) + count
    return {"reports_by_origin": total, "hash": digest.hexdigest()[:16]}
