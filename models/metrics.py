"""How well answers agree with what people did next, of weighted rows.

Never accuracy alone: leaving everything as it is has 97 % of that. Every function takes arrays of one length, `weight`
being what a row counts, and gives NaN where the rows cannot say. Chances are 0 … 1, labels 0 or 1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from homectl.home import Times

SUREST = 1e-6
"""No chance counts as nearer to 0 or 1 than this: a single confident mistake has a finite loss."""

BINS = 15
"""Equal-width bins of the expected calibration error (Naeini et al. 2015; Guo et al. 2017)."""

TOLERANCE = 600.0
"""Seconds between a proposed change and a person's that make them the same."""


def mean(values: Times, weight: Times) -> float:
    total = float(weight.sum())
    return float((values * weight).sum() / total) if total > 0 else float("nan")


def log_loss(chance: Times, label: Times, weight: Times) -> float:
    """In nats."""
    said = np.clip(chance, SUREST, 1 - SUREST)
    return mean(-np.where(label >= 0.5, np.log(said), np.log1p(-said)), weight)


def brier(chance: Times, label: Times, weight: Times) -> float:
    return mean((chance - label) ** 2, weight)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Per bin of equal width what the rows count, and the sums of what was said and of what came, so weighted."""

    weight: Times
    said: Times
    came: Times

    @classmethod
    def of(cls, chance: Times, label: Times, weight: Times, bins: int = BINS) -> "Reliability":
        place = np.minimum((chance * bins).astype(np.intp), bins - 1)
        columns = (np.bincount(place, weight * values, bins) for values in (np.ones(len(chance)), chance, label))
        return cls(*(column.astype(np.float64) for column in columns))

    def __add__(self, other: "Reliability") -> "Reliability":
        return Reliability(self.weight + other.weight, self.said + other.said, self.came + other.came)

    @property
    def error(self) -> float:
        """The expected calibration error: the mean distance between what was said and what came, over the bins."""
        total = float(self.weight.sum())
        return float(np.abs(self.said - self.came).sum()) / total if total > 0 else float("nan")


def ece(chance: Times, label: Times, weight: Times, bins: int = BINS) -> float:
    return Reliability.of(chance, label, weight, bins).error


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Weights of the true and false rows with at least the score of each distinct score, highest first."""

    true: Times
    false: Times

    @classmethod
    def of(cls, score: Times, label: Times, weight: Times) -> "_Ranked":
        order = np.argsort(-score, kind="stable")
        ends = np.append(np.diff(score[order]) != 0, True)[: len(order)]
        positive = label[order] >= 0.5
        true, false = (np.cumsum(np.where(side, weight[order], 0.0)) for side in (positive, ~positive))
        return cls(true[ends], false[ends])


def auroc(score: Times, label: Times, weight: Times) -> float:
    """The chance that a true row scores above a false one; ties count half."""
    ranked = _Ranked.of(score, label, weight)
    if not len(score) or ranked.true[-1] == 0 or ranked.false[-1] == 0:
        return float("nan")
    true, false = (np.concatenate(([0.0], side)) / side[-1] for side in (ranked.true, ranked.false))
    return float((np.diff(false) * (true[1:] + true[:-1]) / 2).sum())


def average_precision(score: Times, label: Times, weight: Times | None = None) -> float:
    """The mean precision over the ranks of what is true; ties share their rank. NaN where nothing is."""
    ranked = _Ranked.of(score, label, np.ones(len(score)) if weight is None else weight)
    if not len(score) or ranked.true[-1] == 0:
        return float("nan")
    gained = np.diff(ranked.true, prepend=0.0)
    asked = ranked.true + ranked.false
    precision = np.divide(ranked.true, asked, out=np.zeros_like(asked), where=asked > 0)
    return float((gained * precision).sum() / ranked.true[-1])


def absolute_error(value: Times, label: Times, weight: Times) -> float:
    """MAE, in the label's unit."""
    return mean(np.abs(value - label), weight)


def root_mean_square_error(value: Times, label: Times, weight: Times) -> float:
    return float(np.sqrt(mean((value - label) ** 2, weight)))


def pinball(quantile: Times, label: Times, weight: Times, share: float) -> float:
    """The loss whose best answer is the `share` quantile (Koenker & Bassett 1978), in the label's unit."""
    missed = label - quantile
    return mean(np.maximum(share * missed, (share - 1) * missed), weight)


@dataclass(frozen=True, slots=True)
class Matched:
    """Proposed changes beside people's, one to one."""

    right: int = 0
    proposed: int = 0
    made: int = 0

    def __add__(self, other: "Matched") -> "Matched":
        return Matched(self.right + other.right, self.proposed + other.proposed, self.made + other.made)

    @property
    def false(self) -> int:
        return self.proposed - self.right

    @property
    def precision(self) -> float:
        return self.right / self.proposed if self.proposed else float("nan")

    @property
    def f1(self) -> float:
        asked = self.proposed + self.made
        return 2 * self.right / asked if asked else float("nan")


def match(proposed: Times, made: Times, tolerance: float = TOLERANCE) -> Matched:
    """Match ascending times of changes one to one within `tolerance` seconds, as many as can be."""
    right = place = 0
    for at in proposed:
        while place < len(made) and made[place] < at - tolerance:
            place += 1
        if place < len(made) and made[place] <= at + tolerance:
            right, place = right + 1, place + 1
    return Matched(right, len(proposed), len(made))


def begun(proposes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a run of proposing begins: a proposal counts once, however long it stands."""
    return proposes & ~np.concatenate(([False], proposes[:-1]))[: len(proposes)]


def relative_gain(joint: float, single: float, *, higher_is_better: bool = False) -> float:
    """How much better joint is, as a share of single: one task's term of Δm (Maninis et al. 2019)."""
    gain = (joint - single) / single
    return gain if higher_is_better else -gain


def delta_m(joint: dict[str, float], single: dict[str, float]) -> tuple[float, str]:
    """Δm, the mean relative gain over tasks whose losses these are, and the name of the worst task."""
    gains = {name: relative_gain(joint[name], single[name]) for name in single}
    return float(np.mean(list(gains.values()))), min(gains, key=lambda name: (gains[name], name))


def bootstrap(
    blocks: Sequence[float] | Times,
    statistic: Callable[[Times], float] | None = None,
    *,
    seed: int,
    draws: int = 1000,
    share: float = 0.95,
) -> tuple[float, float]:
    """The percentile interval of a statistic (the mean) of homes or days, drawn whole and with replacement.

    `blocks` (blocks, …): what each home or day came to; a statistic gets so many of them, in any order.
    """
    values = np.asarray(blocks, dtype=np.float64)
    if not len(values):
        return float("nan"), float("nan")
    of = statistic or (lambda drawn: float(drawn.mean()))
    places = np.random.default_rng(seed).integers(len(values), size=(draws, len(values)))
    found = np.array([of(values[drawn]) for drawn in places])
    low, high = np.quantile(found, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)
