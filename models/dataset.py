"""Journals → rows: features and masked labels, sampled, and split by time and by home."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from homectl.home import History, Home, Kind, Quantity, Signal, Times, milliseconds
from homectl.journal import Journal
from models.features import FEATURES, Array, observe
from models.labels import Life
from models.memory import Memory
from models.now import NOW, now
from models.steps import Flags
from models.tasks import TASKS

MINUTE = 60.0
DAY = 86_400.0

SETTLED = 1 * DAY
"""Seconds of a log that are only past: nothing is known of habits before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One row per target and time that taught something."""

    features: Array  # (rows, features)
    now: Array  # (rows, NOW)
    labels: Array  # (rows, tasks), NaN where life gave none
    weights: Array  # (rows,) how many minutes a row stands for
    at: Times  # (rows,) UTC seconds
    home: NDArray[np.int32]  # (rows,) which log

    def __len__(self) -> int:
        return len(self.weights)

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        return type(self)(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    def sample(self, count: int, seed: int) -> Self:
        """At most so many rows, drawn at random."""
        if len(self) <= count:
            return self
        return self.where(np.random.default_rng(seed).choice(len(self), count, replace=False))

    @classmethod
    def join(cls, parts: Sequence["Rows"]) -> "Rows":
        if not parts:
            return cls.empty()
        return cls(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)})

    @classmethod
    def empty(cls) -> "Rows":
        return cls(
            features=np.empty((0, len(FEATURES)), np.float32),
            now=np.empty((0, len(NOW)), np.float32),
            labels=np.empty((0, len(TASKS)), np.float32),
            weights=np.empty(0, np.float32),
            at=np.empty(0),
            home=np.empty(0, np.int32),
        )


def span_of(history: History) -> tuple[float, float]:
    """The first and the last time of a log; (0, 0) of an empty one."""
    ends = [(track.times[0], track.times[-1]) for track in history.tracks.values() if len(track)]
    if not ends:
        return 0.0, 0.0
    return float(min(first for first, _ in ends)), float(max(last for _, last in ends))


def moments(home: Home, history: History, start: float, end: float, rng: np.random.Generator) -> Times:
    """When a running home decides: once in every minute, and whenever motion or a door says so."""
    minutes = np.arange(start, end, MINUTE)
    found = [minutes + rng.uniform(0, MINUTE, len(minutes))]
    for device in home.devices:
        for quantity in (Quantity.MOTION, Quantity.CONTACT):
            track = history.tracks.get(Signal(device.id, quantity))
            if track is not None:
                changed = np.diff(track.values, prepend=np.nan) != 0
                found.append(track.times[changed & (track.times >= start) & (track.times < end)])
    return np.unique(np.round(np.concatenate(found) * 1000) / 1000)


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which moments of a log are kept: the chance near a person's change (±10 min), and elsewhere."""

    light: tuple[float, float] = (0.15, 0.008)
    setpoint: tuple[float, float] = (0.3, 0.015)
    lock: tuple[float, float] = (0.3, 0.015)

    def chance(self, kind: Kind, near: Flags) -> Times:
        close, far = {Kind.LIGHT: self.light, Kind.SETPOINT: self.setpoint, Kind.LOCK: self.lock}[kind]
        return np.where(near, close, far)


def rows_of(
    home: Home,
    history: History,
    *,
    number: int,
    seed: int,
    sampling: Sampling | None = None,
    span: tuple[float, float] | None = None,
) -> Rows:
    """A weighted sample of one log's moments, those of a span (UTC seconds) if given; its first day is only past."""
    rng = np.random.default_rng((seed, number))
    start, end = span_of(history)
    start += SETTLED
    if span is not None:
        start, end = max(start, span[0]), min(end, span[1])
    parts, memory = [], Memory(home, history)
    for first in np.arange(start, end, 7 * DAY):
        times = moments(home, history, float(first), min(float(first) + 7 * DAY, end), rng)
        if len(times) and home.targets:
            parts.append(_sampled(memory, times, number, sampling or Sampling(), rng))
    return Rows.join(parts)


def _sampled(memory: Memory, times: Times, number: int, sampling: Sampling, rng: np.random.Generator) -> Rows:
    targets = memory.home.targets
    life = Life(memory.home, memory.history, times, targets)
    chance = np.stack([sampling.chance(target.kind, life.near_change(target)) for target in targets], axis=1)
    chosen = rng.random(chance.shape) < chance  # (times, targets)
    used = chosen.any(axis=1)
    if not used.any():
        return Rows.empty()
    seen, medians = observe(memory.home, memory.history, times[used], targets, memory)
    labels, weights = Life(memory.home, memory.history, times[used], targets).labels(medians)
    kept = chosen[used] & np.isfinite(labels).any(axis=2)
    return Rows(
        features=seen[kept],
        now=now(memory.history, times[used], targets, medians)[kept],
        labels=labels[kept],
        weights=(weights / chance[used])[kept].astype(np.float32),
        at=np.broadcast_to(times[used][:, None], kept.shape)[kept],
        home=np.full(int(kept.sum()), number, np.int32),
    )


def load(paths: Iterable[Path]) -> Iterator[tuple[Home, History]]:
    """The home and history of each journal."""
    for path in paths:
        with Journal.open(path, read_only=True) as journal:
            yield journal.home(), journal.history()


def split_by_time(rows: Rows, share: float = 0.2, gap: float = DAY / 2) -> tuple[Rows, Rows]:
    """The earlier and the last `share` of each log's time, with a gap of `gap` seconds between them."""
    early, late = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    for number in np.unique(rows.home):
        here = rows.home == number
        first, last = rows.at[here].min(), rows.at[here].max()
        cut = milliseconds(last - share * (last - first))
        early |= here & (rows.at < cut - gap)
        late |= here & (rows.at >= cut)
    return rows.where(early), rows.where(late)


def split_by_home(rows: Rows, held_out: Iterable[int]) -> tuple[Rows, Rows]:
    """The rows of all other logs, and those of the held-out ones."""
    late = np.isin(rows.home, list(held_out))
    return rows.where(~late), rows.where(late)
