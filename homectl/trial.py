"""Experiments: the learner on simulated homes. Joins models, simulator and control for training and evaluation."""

import datetime
import hashlib
import itertools
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.control.rules import Rules
from homectl.controller import Controller, Parts
from homectl.home import History, Policy, Reading, Setting, Target, ToldClock, UsageError
from homectl.journal import Journal
from homectl.workers import workers
from models import checkpoint
from models.baselines import Habit, Persistence
from models.calibrate import held_out_losses, temperatures
from models.dataset import Rows, load, moments, rows_of, span_of, split_by_home, split_by_time
from models.evaluate import TASK, Figures, Tallies, evaluate, figures
from models.features import FEATURES
from models.inference import Network
from models.labels import origins
from models.policy import NetworkPolicy
from models.tasks import COLUMN
from simulator.record import record
from simulator.truth import Truth
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


@dataclass(frozen=True, slots=True)
class Sent:
    """One setting that reached a device."""

    at: float
    target: Target
    setting: Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """What became of a home under a policy: the simulator's counters before and after, and what was done."""

    before: Truth
    after: Truth
    counts: dict[str, int]
    sent: tuple[Sent, ...]


def closed_loop(world: World, policy: Policy, seconds: float, *, past: float = 0.0, step: float = 10.0) -> Lived:
    """Let a policy run a simulated home for some seconds, after `past` days in which it only watched."""
    with tempfile.TemporaryDirectory(prefix="homectl-") as folder, Journal.open(Path(folder) / "home.db") as journal:
        history = History.of(sorted(world.reported.values(), key=lambda reading: reading.at))
        start = world.at + past * DAY
        while world.at < start:
            for reading in world.step(min(60.0, start - world.at)):
                history.append(reading)
        clock, numbers = ToldClock(world.at), itertools.count(1)
        parts = Parts(
            clock=clock,
            real=clock.elapsed,
            history=history,
            journal=journal,
            policy=policy,
            fallback=Rules(),
            limits=Limits(),
            autonomy=AutonomySettings(),
            new_id=lambda: f"trial-{next(numbers)}",
        )
        sent: list[Sent] = []
        heard: list[Reading] = []

        def transmit(target: Target, setting: Setting) -> bool:
            sent.append(Sent(world.at, target, setting))
            heard.extend(world.obey(target, setting))
            return True

        controller = Controller(world.home, parts, transmit)
        controller.begin()
        before, end = world.truth, world.at + seconds
        while world.at < end:
            heard.extend(world.listen(max(1.0, min(step, end - world.at))))
            clock.tell(world.at)
            _follow(controller, heard)
            controller.pulse()
        controller.stop()
        return Lived(before=before, after=world.truth, counts=dict(controller.counts), sent=tuple(sent))


def _follow(controller: Controller, heard: list[Reading]) -> None:
    """Learn what was heard, decide, and learn what that caused at once."""
    while heard:
        news, heard[:] = list(heard), []
        controller.react(controller.learn(news))
    controller.tick()
    if heard:
        controller.learn(heard)
        heard.clear()
