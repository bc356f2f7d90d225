"""What replaying a recorded log costs: events a second, beside a bare read of the same rows, and how it grows."""

import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet

from homectl.control.limits import Limits
from homectl.control.rules import Rules
from homectl.home import History, Home, Policy, Track
from homectl.journal import Journal
from homectl.journal.exchange import write_parquet
from homectl.replay.engine import Trial
from homectl.replay.report import Report
from models.policy import NetworkPolicy
from simulator.record import record
from simulator.world import World
from tests.benchmarks.checks import Check
from tests.benchmarks.household import BEGIN, DAY

MONTH = 30 * DAY
GROWTH: dict[str, tuple[int, ...]] = {"rules": (1, 6, 24), "the network": (1, 6)}
"""Months that are replayed at one-minute decisions: one that was recorded, again and again."""

LINEAR = 1.15
"""So many times what the first month costs may each of the later ones."""


def checks() -> tuple[list[Check], dict[str, float]]:
    """What to hold the figures against, and the seconds of one processor behind them."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        with Journal.open(Path(scratch) / "home.db") as journal:
            record(World(1, start=BEGIN - MONTH), BEGIN, journal)
            home, history = journal.home(), journal.history()
            events = write_parquet(journal, Path(scratch) / "home.parquet")
        bare = _bare(Path(scratch) / "home.parquet")
    figures, timing = [], {"events of a month": float(events), "a bare read of them from Parquet, s": bare}
    for name, months in GROWTH.items():
        spent = {count: _replayed(home, history, name, count) for count in months}
        timing |= {f"replay by {name}, {count} months, s": seconds for count, seconds in spent.items()}
        timing[f"replay by {name}, events a second"] = events / spent[1]
        timing[f"replay by {name}, in units of the bare read"] = spent[1] / bare
        growth = spent[months[-1]] / months[-1] / spent[1]
        what = f"a month of {months[-1]} replayed by {name}, in units of one alone"
        figures.append(Check(name=what, value=growth, must=LINEAR))
    return figures, timing


def _bare(path: Path) -> float:
    began = time.process_time()
    parquet.read_table(path, use_threads=False)
    return time.process_time() - began


def _replayed(home: Home, history: History, name: str, months: int) -> float:
    policy: Policy = Rules() if name == "rules" else NetworkPolicy.load(None)
    long = _repeated(history, months)
    began = time.process_time()
    trial = Trial(
        home=home,
        history=long,
        policy=policy,
        fallback=Rules(),
        limits=Limits(),
        start=BEGIN - MONTH,
        end=BEGIN + (months - 1) * MONTH,
    )
    for _ in Report(trial).run():
        pass
    return time.process_time() - began


def _repeated(history: History, months: int) -> History:
    """The same month so many times."""
    tracks = {}
    for signal, track in history.tracks.items():
        inside = (track.times >= BEGIN - MONTH) & (track.times < BEGIN)
        times = np.concatenate([track.times[inside] + month * MONTH for month in range(months)])
        values, origins = np.tile(track.values[inside], months), np.tile(track.origins[inside], months)
        tracks[signal] = Track.of(times, values, origins, np.ones(len(times), dtype=bool))
    return History(tracks)
