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
from homectl.workers import workers
from models.dataset import Rows, load, rows_of
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

    count: int = 96
    days: float = 21.0
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


def _rows(seed: int, days: float, number: int, folder: str) -> tuple[int, Rows, dict[str, int], str]:
    path = live(seed, days, Path(folder) / f"{seed}.db")
    with Journal.open(path, read_only=True) as journal:
        home, history, digest = journal.home(), journal.history(), journal.hash()
    path.unlink()
    return number, rows_of(home, history, number=number, seed=seed), origins(home, history), digest


def simulated_rows(homes: Homes, progress: Progress) -> tuple[Rows, dict[str, Any]]:
    """The rows of simulated homes, recorded through the journal in several processes, and what they were."""
    found: dict[int, tuple[Rows, dict[str, int], str]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="homectl-") as folder,
        workers(homes.processes) as pool,
    ):
        jobs = [pool.submit(_rows, seed, homes.days, n, folder) for n, seed in enumerate(homes.seeds())]
        for done, job in enumerate(as_completed(jobs), start=1):
            number, rows, counts, digest = job.result()
            found[number] = (rows, counts, digest)
            progress("recording simulated homes", done / homes.count)
    about = {"homes": homes.count, "days": homes.days, "seed": homes.seed}
    ordered = [found[number] for number in sorted(found)]
    return Rows.join([rows for rows, _, _ in ordered]), {**about, **_about((n, d) for _, n, d in ordered)}


def logged_rows(logs: Sequence[Path], first: int, seed: int) -> tuple[Rows, dict[str, Any]]:
    """The rows of recorded journals, numbered from `first`, and what they were."""
    parts, told = [], []
    for number, (path, (home, history)) in enumerate(zip(logs, load(logs), strict=True)):
        parts.append(rows_of(home, history, number=first + number, seed=seed))
        with Journal.open(path, read_only=True) as journal:
            told.append((origins(home, history), journal.hash()))
    return Rows.join(parts), {"logs": len(logs), **_about(told)}


def _about(told: Iterable[tuple[dict[str, int], str]]) -> dict[str, Any]:
    total: dict[str, int] = {}
    digest = hashlib.sha256()
    for counts, part in told:
        digest.update(part.encode())
        for name, count in counts.items():
            total[name] = total.get(name, 0) + count
    return {"reports_by_origin": total, "hash": digest.hexdigest()[:16]}
