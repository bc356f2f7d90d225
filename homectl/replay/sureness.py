"""How far a policy's sureness can be believed: how often what it says is so, and what it would do from there on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from homectl.home import Kind, Times
from homectl.replay.alike import alike, found
from homectl.replay.engine import Passage, carried, contradicts, wishes
from homectl.replay.labels import Flags, Labels

BINS = 10
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)

Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Labelled minutes with an opinion by how sure it was, in tenths: how many, the sum of what was said, and in how
    many the recorded state was so."""

    minutes: Counts = field(default_factory=lambda: np.zeros(BINS))
    said: Counts = field(default_factory=lambda: np.zeros(BINS))
    came: Counts = field(default_factory=lambda: np.zeros(BINS))

    def __add__(self, other: "Reliability") -> "Reliability":
        return Reliability(self.minutes + other.minutes, self.said + other.said, self.came + other.came)

    @property
    def error(self) -> float | None:
        """The expected calibration error; None without any opinion."""
        total = self.minutes.sum()
        return round(float(np.abs(self.said - self.came).sum() / total), 4) if total else None


@dataclass(frozen=True, slots=True)
class Gate:
    """What acting from one sureness on would have come to: changes that people made, too, false ones, and others."""

    least: float
    right: int = 0
    false: int = 0
    unjudged: int = 0

    def __add__(self, other: "Gate") -> "Gate":
        return Gate(self.least, self.right + other.right, self.false + other.false, self.unjudged + other.unjudged)

    @property
    def precision(self) -> float | None:
        judged = self.right + self.false
        return round(self.right / judged, 4) if judged else None


NOTHING = tuple(Gate(least) for least in THRESHOLDS)


def together(parts: Sequence[tuple[Gate, ...]]) -> tuple[Gate, ...]:
    """The sums of several targets' gates."""
    return tuple(sum((gates[n] for gates in parts), gate) for n, gate in enumerate(NOTHING))


class Sureness:
    """Of one target, passage by passage. It would act once, where a wish against the record is sure enough and no hand
    has just changed it; the guard is not asked."""

    def __init__(self, labels: Labels, hands: Times, hold: float) -> None:
        """`hands` are the times of hand-made changes, each followed by a hold of so many seconds."""
        self._labels, self._hands, self._hold = labels, hands, hold
        self._run = (float("nan"), float("nan"))
        self._acted = [False] * len(THRESHOLDS)
        self._acts: list[list[tuple[Times, Times]]] = [[] for _ in THRESHOLDS]
        self.reliability = Reliability()

    def take(self, passage: Passage, labelled: Flags) -> None:
        kind, times, sure = passage.target.kind, passage.times, passage.forecast.confidence
        wish, state = wishes(passage.forecast), passage.state
        self.reliability += _reliability(kind, wish, state, sure, labelled)
        held = carried(wish, self._run[0])
        run = np.cumsum(_moved(held, self._run[0]) | _moved(state, self._run[1]))
        against = contradicts(kind, wish, state) & ~self._by_hand(times)
        for gate, least in enumerate(THRESHOLDS):
            places = np.flatnonzero(against & (sure >= least))
            runs, first = np.unique(run[places], return_index=True)
            fresh = first[runs > 0] if self._acted[gate] else first
            self._acts[gate].append((times[places[fresh]], wish[places[fresh]]))
            self._acted[gate] = (self._acted[gate] and run[-1] == 0) or bool(len(runs) and runs[-1] == run[-1])
        self._run = (float(held[-1]), float(state[-1]))

    def gates(self) -> tuple[Gate, ...]:
        """What acting from each of THRESHOLDS on would have come to, so far."""
        return tuple(self._gate(least, acts) for least, acts in zip(THRESHOLDS, self._acts, strict=True))

    def _gate(self, least: float, acts: list[tuple[Times, Times]]) -> Gate:
        if not acts:
            return Gate(least)
        times, values = (np.concatenate([part[n] for part in acts]) for n in (0, 1))
        labels, kind = self._labels, self._labels.target.kind
        right = found(kind, times, values, labels.changes.times, labels.changes.values)
        others = found(kind, times, values, labels.others.times, labels.others.values)
        false = labels.labelled(times) & ~right & ~others
        return Gate(least, int(right.sum()), int(false.sum()), int((~right & ~false).sum()))

    def _by_hand(self, times: Times) -> Flags:
        """Where a hand-made change is still held."""
        place = np.searchsorted(self._hands, times, side="right") - 1
        last = np.concatenate([self._hands, [-np.inf]])[place]
        held: Flags = times - last < self._hold
        return held


def _reliability(kind: Kind, wish: Times, state: Times, sure: Times, labelled: Flags) -> Reliability:
    told = labelled & np.isfinite(wish) & np.isfinite(sure)
    place = np.minimum((sure[told] * BINS).astype(np.intp), BINS - 1)
    so = alike(kind, wish[told], state[told]).astype(np.float64)
    counts = (np.bincount(place, weights, BINS).astype(np.float64) for weights in (None, sure[told], so))
    return Reliability(*counts)


def _moved(values: Times, before: float) -> Flags:
    """Whether each value is another than the one before it."""
    earlier = np.concatenate([[before], values[:-1]])
    moved: Flags = (values != earlier) & ~(np.isnan(values) & np.isnan(earlier))
    return moved
