"""The simulated homes of the suite, recorded once: those that rivals pool, as rows, and those nobody learned from."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from homectl.home import History, Home
from homectl.journal import Journal
from homectl.trial.homes import UNSEEN, live
from homectl.trial.suite.stages import Inputs, Json, Result, Settings, Stage
from models.dataset import Rows, Sampling, rows_of

TRAINING_DAYS, UNSEEN_DAYS = 42.0, 84.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many homes are recorded, and how many rows of other homes a rival may pool."""

    training: int
    unseen: int
    pool: int

    @classmethod
    def of(cls, settings: Settings) -> "Size":
        if settings.quick:
            return cls(training=12, unseen=2, pool=40_000)
        return cls(training=240, unseen=8, pool=300_000)


def unseen_seeds(settings: Settings) -> list[int]:
    return [UNSEEN + number for number in range(Size.of(settings).unseen)]


def history_of(settings: Settings, seed: int, days: float, folder: Path) -> tuple[Home, History]:
    """A simulated home and what it reported: as recorded before in `journals` or `folder`, else recorded there."""
    given = settings.journals / ("unseen" if seed >= UNSEEN else "train") / f"{seed}.db" if settings.journals else None
    path = given if given is not None and given.is_file() else folder / f"{seed}.db"
    if not path.is_file():
        unfinished = folder / f"{seed}.{os.getpid()}.db"
        live(seed, days, unfinished).rename(path)
    with Journal.open(path, read_only=True) as journal:
        return journal.home(), journal.history()


def pooled(folder: Path, seeds: Sequence[int]) -> Rows:
    """The rows of the training homes with these seeds, of the folder of this stage."""
    return Rows.join([read(folder / "pool" / f"{seed}.npz") for seed in seeds])


def training_seeds(settings: Settings) -> list[int]:
    return list(range(Size.of(settings).training))


def write(rows: Rows, path: Path) -> None:
    unfinished = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(unfinished, **{one.name: getattr(rows, one.name) for one in fields(rows)})
    unfinished.rename(path)


def read(path: Path) -> Rows:
    with np.load(path, allow_pickle=False) as saved:
        return Rows(**{one.name: saved[one.name] for one in fields(Rows)})


def _pool(settings: Settings, seed: int, folder: Path) -> Json:
    """Keep one training home's share of the pool."""
    size = Size.of(settings)
    home, history = history_of(settings, seed, TRAINING_DAYS, folder)
    rows = rows_of(home, history, number=seed, seed=seed, sampling=_thinned(Sampling(), 0.1))
    write(rows.sample(size.pool // size.training, seed), folder / "pool" / f"{seed}.npz")
    (folder / f"{seed}.db").unlink(missing_ok=True)
    return {"rows": min(len(rows), size.pool // size.training)}


def _thinned(sampling: Sampling, part: float) -> Sampling:
    return Sampling(**{f.name: tuple(part * chance for chance in getattr(sampling, f.name)) for f in fields(sampling)})


def _record(settings: Settings, seed: int, folder: Path) -> Json:
    home, history = history_of(settings, seed, UNSEEN_DAYS, folder)
    return {"targets": len(home.targets), "readings": sum(len(track) for track in history.tracks.values())}


def run(settings: Settings, inputs: Inputs) -> Result:
    (inputs.folder / "pool").mkdir(exist_ok=True)
    pool = {f"training {seed}": (settings, seed, inputs.folder) for seed in training_seeds(settings)}
    unseen = {f"unseen {seed}": (settings, seed, inputs.folder) for seed in unseen_seeds(settings)}
    told = inputs.each(_pool, pool), inputs.each(_record, unseen)
    return Result(
        figures={
            "training_homes": len(pool),
            "training_days": TRAINING_DAYS,
            "pooled_rows": sum(one["rows"] for one in told[0].values()),
            "unseen_homes": len(unseen),
            "unseen_days": UNSEEN_DAYS,
            "unseen_targets": sum(one["targets"] for one in told[1].values()),
        }
    )


STAGE = Stage(name="homes", about="simulated homes, recorded once for all that follows", run=run, judges=False)
