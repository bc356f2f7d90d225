"""What a policy would have done against what people did."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile

import numpy as np

from homectl.control.guard import WINDOW
from homectl.home import STATE, TOLERANCE, Kind, Ruling, Target, Times, Track, Verdict
from homectl.replay.alike import alike, found, value_of
from homectl.replay.engine import MINUTE, Passage, Trial, wishes
from homectl.replay.heating import Heating, heating, thermometer
from homectl.replay.labels import AROUND, Flags, Labels, as_of, touches
from homectl.replay.overrides import Override, overrides
from homectl.replay.sureness import Sureness


@dataclass(slots=True)
class Score:
    """Counts of minutes, of changes that people made, and of changes that the policy would have made.

    A change is `anticipated` if the policy would have made it in the ten minutes before; `followed` if not, but its
    wish turned to it in the ten minutes before or after (one that always wishes the same turns to nothing); else
    missed. A proposal is `matched` if a person made that change within ten minutes; else `wrong` if its minute is
    labelled, else `unjudged`, as it is when somebody else made the change. It `flaps` if the policy itself wishes
    something else within ten minutes, though nobody has touched the target. Of `overrides`, which people made to take
    back what another hand had just done, it has `avoided` those where it would have left things as people then wanted.
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
    flaps: int = 0
    overrides: int = 0
    avoided: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Score") -> "Score":
        return Score(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})

    @property
    def missed(self) -> int:
        return self.changes - self.anticipated - self.followed


class Fate(StrEnum):
    """What a person's change and a policy's proposal were to each other."""

    ANTICIPATED = "anticipated"
    FOLLOWED = "followed"
    MISSED = "missed"
    MATCHED = "matched"
    WRONG = "wrong"
    UNJUDGED = "unjudged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that a person made, what the policy wished just before (NaN: nothing), how surely, and the verdict on
    the same wish that stood then, if there was one."""

    target: Target
    at: float
    value: float
    fate: Fate
    wish: float
    confidence: float
    verdict: Verdict | None

    @property
    def wished(self) -> bool:
        """Whether the policy wished the same already."""
        return bool(alike(self.target.kind, np.array([self.wish]), np.array([self.value]))[0])


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that the policy would have made, and what the recorded state was."""

    verdict: Verdict
    state: float
    fate: Fate


class Scorer:
    """Scores one target of a trial, passage by passage; `score` once all have been taken.

    A proposal is a verdict whose ruling is one of `counted`: what homectl does at its level of autonomy.
    """

    def __init__(self, labels: Labels, trial: Trial, counted: frozenset[Ruling]) -> None:
        self.labels = labels
        self.proposals: list[Verdict] = []
        self.heating = Heating()
        target, state = labels.target, STATE[labels.target.kind]
        hold = trial.limits.hold.span(target.kind)
        self.sureness = Sureness(labels, touches(trial.history, target), hold)
        self._counted, self._sure = counted, trial.autonomy.enough(target)
        self._room: Track | None = thermometer(trial.home, trial.history, target)
        self._score = Score()
        self._wanted = labels.expressible(trial.start, trial.end)
        self._overrides = overrides(labels.track, TOLERANCE[state], labels.origin, trial.start, trial.end)
        self._doubted, self._agreed = (np.zeros(len(self._wanted.times), dtype=bool) for _ in range(2))
        self._said = np.full((len(self._wanted.times), 2), np.nan)
        self._verdicts: list[Verdict] = []
        self._states: list[float] = []
        self._tail: tuple[Times, Times, Times] = (np.empty(0), np.empty(0), np.empty(0))

    def take(self, passage: Passage) -> None:
        score, kind, times = self._score, passage.target.kind, passage.times
        wish, sure = wishes(passage.forecast), passage.forecast.confidence
        labelled = self.labels.labelled(times)
        opinion = labelled if kind is Kind.LOCK else labelled & ~np.isnan(wish)
        score.labelled += int(labelled.sum())
        score.opinions += int(opinion.sum())
        score.agreed += int((opinion & alike(kind, wish, passage.state)).sum())
        before = as_of(self.labels.track, times - MINUTE)
        score.persisted += int((labelled & alike(kind, before, passage.state)).sum())
        self._follow(times, wish, sure)
        score.avoided += sum(self._avoids(one, times, wish) for one in self._overrides)
        if kind is Kind.SETPOINT:
            acted = np.where(sure >= self._sure, wish, np.nan)
            self.heating += heating(self._room, times, passage.state, acted, labelled)
        self.sureness.take(passage, labelled)
        self._propose(passage, wish)

    def _propose(self, passage: Passage, wish: Times) -> None:
        late = list(takewhile(lambda one: one.decision.at >= passage.times[0] - WINDOW, reversed(self.proposals)))
        fresh = [verdict for verdict in passage.verdicts if verdict.ruling in self._counted]
        self._verdicts += passage.verdicts
        self._score.verdicts.update(map(_name, passage.verdicts))
        self.proposals += fresh
        self._states += as_of(self.labels.track, np.array([v.decision.at for v in fresh])).tolist()
        ends = zip(self._tail, (passage.times, wish, passage.state), strict=True)
        times, wish, state = (np.concatenate(parts) for parts in ends)
        known = len(self._tail[0])
        self._score.flaps += sum(self._flaps(verdict, times, wish, state, known) for verdict in late)
        self._score.flaps += sum(self._flaps(verdict, times, wish, state, 0) for verdict in fresh)
        recent = times >= times[-1] - WINDOW
        self._tail = (times[recent], wish[recent], state[recent])

    def _flaps(self, verdict: Verdict, times: Times, wish: Times, state: Times, known: int) -> bool:
        """Whether a proposal's own policy turns from it within ten minutes, from place `known` on: before, it was
        looked for already."""
        at, kind = verdict.decision.at, self.labels.target.kind
        first, end = np.searchsorted(times, [at, at + WINDOW], side="left")
        proposed = np.full(end - first, value_of(verdict.decision.setting))
        other = ~np.isnan(wish[first:end]) & ~alike(kind, wish[first:end], proposed)
        touched = ~alike(kind, state[first:end], state[first : first + 1]) & np.isfinite(state[first:end])
        turns = np.flatnonzero(other | touched)
        return len(turns) > 0 and bool(first + turns[0] >= known and not touched[turns[0]])

    def _follow(self, times: Times, wish: Times, sure: Times) -> None:
        """Mark the changes that the wish did not ask for all through the ten minutes before, and those it asks for
        within the ten minutes after; note what was wished just before."""
        changes, kind = self._wanted, self.labels.target.kind
        first = int(np.searchsorted(changes.times, times[0] - AROUND, side="left"))
        last = int(np.searchsorted(changes.times, times[-1] + AROUND, side="right"))
        for place in range(first, last):
            at, value = changes.times[place], changes.values[place : place + 1]
            begin, now = np.searchsorted(times, [at - AROUND, at])
            end = np.searchsorted(times, at + AROUND, side="right")
            self._doubted[place] |= not alike(kind, wish[begin:now], value).all()
            self._agreed[place] |= bool(alike(kind, wish[now:end], value).any())
            if now > begin:
                self._said[place] = wish[now - 1], sure[now - 1]

    def _avoids(self, override: Override, times: Times, wish: Times) -> bool:
        """Whether, in this passage, the policy would have left things as people then wanted them."""
        place = int(np.searchsorted(times, override.made, side="right")) - 1
        if place < 0 or override.made >= times[-1] + MINUTE:
            return False
        left = override.before if np.isnan(wish[place]) else float(wish[place])
        return bool(alike(self.labels.target.kind, np.array([left]), np.array([override.wanted]))[0])

    def score(self) -> Score:
        """Everything so far."""
        score = self._score
        fates = Counter([one.fate for one in self.changes()] + [one.fate for one in self.proposed()])
        score.changes, score.proposed = len(self._wanted.times), len(self.proposals)
        for fate in set(Fate) - {Fate.MISSED}:
            setattr(score, fate, fates[fate])
        score.overrides = len(self._overrides)
        return score

    def changes(self) -> Iterator[Change]:
        """People's changes, ascending."""
        kind, wanted = self.labels.target.kind, self._wanted
        times, values = self._proposed()
        ahead = found(kind, wanted.times, wanted.values, times, values, after=0.0)
        followed = self._doubted & self._agreed & ~ahead
        standing = np.searchsorted([v.decision.at for v in self._verdicts], wanted.times, side="right") - 1
        for place, (at, value) in enumerate(zip(wanted.times.tolist(), wanted.values.tolist(), strict=True)):
            fate = Fate.ANTICIPATED if ahead[place] else Fate.FOLLOWED if followed[place] else Fate.MISSED
            wish, sure = self._said[place].tolist()
            verdict = self._verdicts[standing[place]] if standing[place] >= 0 else None
            told = verdict if verdict is not None and value_of(verdict.decision.setting) == wish else None
            yield Change(
                target=self.labels.target, at=at, value=value, fate=fate, wish=wish, confidence=sure, verdict=told
            )

    def proposed(self) -> Iterator[Proposal]:
        """What the policy would have done, ascending."""
        kind, labels = self.labels.target.kind, self.labels
        times, values = self._proposed()
        matched = found(kind, times, values, labels.changes.times, labels.changes.values)
        others = found(kind, times, values, labels.others.times, labels.others.values)
        wrong = labels.labelled(times) & ~matched & ~others
        for place, (verdict, state) in enumerate(zip(self.proposals, self._states, strict=True)):
            yield Proposal(verdict, state, _fate(matched, wrong, place))

    def _proposed(self) -> tuple[Times, Times]:
        times = np.array([verdict.decision.at for verdict in self.proposals], dtype=np.float64)
        values = np.array([value_of(verdict.decision.setting) for verdict in self.proposals], dtype=np.float64)
        return times, values


def _fate(matched: Flags, wrong: Flags, place: int) -> Fate:
    return Fate.MATCHED if matched[place] else Fate.WRONG if wrong[place] else Fate.UNJUDGED


def _name(verdict: Verdict) -> str:
    """What a verdict is counted as: `approved`, `held`, `refused: lamp does not flicker` …"""
    if verdict.ruling is Ruling.NOTHING and verdict.reason.startswith("held"):
        return "held"
    return f"{verdict.ruling}: {verdict.rule}" if verdict.rule else str(verdict.ruling)
