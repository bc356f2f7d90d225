"""What a policy would have done against what people did."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from homectl.home import STATE, TOLERANCE, Kind, Light, LockState, Ruling, Setpoint, Times, Verdict
from homectl.replay.engine import MINUTE, Passage, wishes
from homectl.replay.labels import AROUND, Flags, Labels, as_of


@dataclass(slots=True)
class Score:
    """Counts of minutes, of changes that people made, and of changes that the policy would have made.

    A change is `anticipated` if the policy would have made it in the ten minutes before; `followed` if not, but its
    wish turned to it in the ten minutes before or after (one that always wishes the same turns to nothing). A
    proposal is `matched` if a person made that change within ten minutes; else `wrong` if its minute is labelled,
    else `unjudged`, as it is when somebody else made the change.
    """

    labelled: int = 0
    opinions: int = 0
    agreed: int = 0
    persisted: int = 0
    changes: int = 0
    anticipated: int = 0
    followed: int = 0
    proposed: int = 0
    matched: int = 0
    wrong: int = 0
    unjudged: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Score") -> "Score":
        return Score(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


class Scorer:
    """Scores one target, passage by passage; `score` once all have been taken."""

    def __init__(self, labels: Labels, start: float, end: float) -> None:
        self.labels = labels
        self.proposals: list[Verdict] = []
        self._score = Score()
        self._wanted = labels.expressible(start, end)
        self._doubted = np.zeros(len(self._wanted.times), dtype=bool)
        self._agreed = np.zeros(len(self._wanted.times), dtype=bool)

    def take(self, passage: Passage) -> None:
        score, kind, times = self._score, passage.target.kind, passage.times
        wish = wishes(passage.forecast)
        labelled = self.labels.labelled(times)
        opinion = labelled if kind is Kind.LOCK else labelled & ~np.isnan(wish)
        score.labelled += int(labelled.sum())
        score.opinions += int(opinion.sum())
        score.agreed += int((opinion & alike(kind, wish, passage.state)).sum())
        before = as_of(self.labels.track, times - MINUTE)
        score.persisted += int((labelled & alike(kind, before, passage.state)).sum())
        self._follow(times, wish)
        for verdict in passage.verdicts:
            score.verdicts[_name(verdict)] += 1
            if verdict.ruling is Ruling.APPROVED:
                self.proposals.append(verdict)

    def _follow(self, times: Times, wish: Times) -> None:
        """Mark the changes that the wish did not ask for all through the ten minutes before, and those it asks for
        within the ten minutes after."""
        changes, kind = self._wanted, self.labels.target.kind
        first = int(np.searchsorted(changes.times, times[0] - AROUND, side="left"))
        last = int(np.searchsorted(changes.times, times[-1] + AROUND, side="right"))
        for place in range(first, last):
            at, value = changes.times[place], changes.values[place : place + 1]
            begin, now = np.searchsorted(times, [at - AROUND, at])
            end = np.searchsorted(times, at + AROUND, side="right")
            self._doubted[place] |= not alike(kind, wish[begin:now], value).all()
            self._agreed[place] |= bool(alike(kind, wish[now:end], value).any())

    def score(self) -> Score:
        """Everything so far."""
        score, kind, wanted = self._score, self.labels.target.kind, self._wanted
        times = np.array([verdict.decision.at for verdict in self.proposals], dtype=np.float64)
        values = np.array([value_of(verdict) for verdict in self.proposals], dtype=np.float64)
        ahead = _found(kind, wanted.times, wanted.values, times, values, after=0.0)
        matched = _found(kind, times, values, self.labels.changes.times, self.labels.changes.values)
        others = _found(kind, times, values, self.labels.others.times, self.labels.others.values)
        wrong = self.labels.labelled(times) & ~matched & ~others
        score.changes, score.proposed = len(wanted.times), len(times)
        score.anticipated = int(ahead.sum())
        score.followed = int((self._doubted & self._agreed & ~ahead).sum())
        score.matched, score.wrong = int(matched.sum()), int(wrong.sum())
        score.unjudged = score.proposed - score.matched - score.wrong
        return score


def alike(kind: Kind, one: Times, other: Times) -> Flags:
    """Whether two states of a kind mean the same; unknown means nothing, but to a lock it is "not locked"."""
    if kind is Kind.LOCK:
        locked: Flags = (one == LockState.LOCKED) == (other == LockState.LOCKED)
        return locked
    return np.asarray(np.abs(one - other) <= TOLERANCE[STATE[kind]])


def value_of(verdict: Verdict) -> float:
    """What a verdict would set, as the value of the target's state."""
    match verdict.decision.setting:
        case Light(on=on):
            return float(on)
        case Setpoint(celsius=celsius):
            return celsius
    return float(LockState.LOCKED)


def _name(verdict: Verdict) -> str:
    """What a verdict is counted as: `approved`, `held`, `refused: lamp does not flicker` …"""
    if verdict.ruling is Ruling.NOTHING and verdict.reason.startswith("held"):
        return "held"
    return f"{verdict.ruling}: {verdict.rule}" if verdict.rule else str(verdict.ruling)


def _found(kind: Kind, at: Times, values: Times, times: Times, made: Times, *, after: float = AROUND) -> Flags:
    """For each time and value whether something alike was made from ten minutes before to `after` seconds after."""
    found = np.zeros(len(at), dtype=bool)
    first = np.searchsorted(times, at - AROUND, side="left")
    last = np.searchsorted(times, at + after, side="right")
    for place in np.flatnonzero(last > first):
        near = made[first[place] : last[place]]
        found[place] = bool(alike(kind, near, values[place : place + 1]).any())
    return found
