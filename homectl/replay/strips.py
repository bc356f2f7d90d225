"""The last days of a replay as strips: for every area, what people had and what a policy wished, minute by minute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from homectl.home import Home, Kind, LockState, Target, Times
from homectl.replay.document import UNKNOWN, Band, Day, Mark, Strip
from homectl.replay.engine import Passage, wishes
from homectl.replay.score import Change, Fate, Proposal

MOST = 14
"""Days that are shown."""

LEAST = 3600.0
"""Seconds of a day that are shown even where nothing happens."""

STEPS = 5
"""Strengths that can be told apart."""

MEANING = {
    Kind.LIGHT: "lamps on; the stronger, the more of the area's lamps",
    Kind.SETPOINT: "the temperature set; the stronger, the warmer, from {low:.1f} to {high:.1f} °C",
    Kind.LOCK: "locked",
}
PLURAL = {Kind.LIGHT: "light", Kind.SETPOINT: "heating", Kind.LOCK: "lock"}


@dataclass(slots=True)
class _Series:
    """One target's minutes of the days shown."""

    times: list[Times] = field(default_factory=list)
    had: list[Times] = field(default_factory=list)
    wished: list[Times] = field(default_factory=list)


class Strips:
    """Watches a replay. The last MOST local days up to `end` (UTC seconds) are kept."""

    def __init__(self, home: Home, start: float, end: float) -> None:
        self._home, self._begun, self._ended = home, start, end
        last = datetime.fromtimestamp(end - 0.001, home.zone).date()
        first = max(last - timedelta(days=MOST - 1), datetime.fromtimestamp(start, home.zone).date())
        self.days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self._bounds = [_midnight(day, home) for day in [*self.days, last + timedelta(days=1)]]
        self._series: dict[Target, _Series] = {}

    def __call__(self, times: Times, passages: list[Passage]) -> None:
        """Keep what of a block lies in the days shown."""
        late = times >= self._bounds[0]
        if not late.any():
            return
        for passage in passages:
            series = self._series.setdefault(passage.target, _Series())
            series.times.append(times[late])
            series.had.append(passage.state[late])
            series.wished.append(wishes(passage.forecast)[late])

    def drawn(self, changes: Sequence[Change], proposals: Sequence[Proposal]) -> list[Strip]:
        """A strip for every area and kind in which something changed or was to, in the order of the home."""
        found = []
        for area in self._home.areas:
            for kind in Kind:
                targets = {t for t in self._home.targets_in(area.id) if t.kind is kind and t in self._series}
                made = [one for one in changes if one.target in targets and one.at >= self._bounds[0]]
                asked = [p for p in proposals if p.verdict.decision.target in targets]
                asked = [p for p in asked if p.verdict.decision.at >= self._bounds[0]]
                if targets and (made or asked):
                    title = f"{area.name or area.id}: {PLURAL[kind]}"
                    found.append(self._strip(title, kind, sorted(targets), made, asked))
        return found

    def _strip(self, title: str, kind: Kind, targets: list[Target], made: list[Change], asked: list[Proposal]) -> Strip:
        times = np.concatenate(self._series[targets[0]].times)
        had, wished = (
            _together(kind, [np.concatenate(getattr(self._series[target], name)) for target in targets])
            for name in ("had", "wished")
        )
        low, high = _range(kind, had, wished)
        bands = [_strength(kind, values, low, high) for values in (had, wished)]
        days = []
        for day, (begin, end) in zip(self.days, pairwise(self._bounds), strict=True):
            changed = tuple(_marks(((c.at, c.fate, self._about(c)) for c in made), begin, end))
            proposed = tuple(_marks(((p.verdict.decision.at, p.fate, self._proposal(p)) for p in asked), begin, end))
            if changed or proposed or (self._begun < end - LEAST and self._ended > begin + LEAST):
                seen, wanted = (_bands(times, strength, begin, end) for strength in bands)
                days.append(Day(f"{day:%a} {day.day} {day:%b}", seen, wanted, changed, proposed))
        return Strip(title, kind, MEANING[kind].format(low=low, high=high), tuple(days))

    def _about(self, change: Change) -> str:
        return f"{self._when(change.at)} you: {self._name(change.target)}, {WORDS[change.fate]}"

    def _proposal(self, proposal: Proposal) -> str:
        decision = proposal.verdict.decision
        said = f"{self._name(decision.target)} {decision.setting}, {WORDS[proposal.fate]}"
        return f"{self._when(decision.at)} I: {said}"

    def _name(self, target: Target) -> str:
        return self._home.device(target.device).label

    def _when(self, at: float) -> str:
        return f"{datetime.fromtimestamp(at, self._home.zone):%H:%M}"


WORDS = {
    Fate.ANTICIPATED: "I would have done it before you",
    Fate.FOLLOWED: "I came to want the same",
    Fate.MISSED: "missed",
    Fate.MATCHED: "as you did",
    Fate.WRONG: "not what you wanted",
    Fate.UNJUDGED: "nobody was there to say",
}


def _midnight(day: date, home: Home) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=home.zone).timestamp()


def _together(kind: Kind, series: list[Times]) -> Times:
    """Several targets as one: the share of lamps on or of bolts thrown, the mean setpoint; NaN where none is known."""
    values = np.stack(series)
    if kind is Kind.LOCK:
        values = np.where(np.isnan(values), np.nan, np.where(values == LockState.LOCKED, 1.0, 0.0))
    known = np.isfinite(values)
    count = known.sum(axis=0)
    mean: Times = np.where(count > 0, np.where(known, values, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
    return mean


def _range(kind: Kind, *series: Times) -> tuple[float, float]:
    """What is weakest and what is strongest."""
    values = np.concatenate(series)
    values = values[np.isfinite(values)]
    if kind is not Kind.SETPOINT or not len(values):
        return 0.0, 1.0
    return float(values.min()), float(values.max())


def _strength(kind: Kind, values: Times, low: float, high: float) -> NDArray[np.intp]:
    """0 for nothing on, else 1 … STEPS; UNKNOWN for what is not known or no opinion. A setpoint is always something."""
    share = (values - low) / (high - low) if high > low else np.where(np.isnan(values), np.nan, 0.5)
    steps = np.ceil(np.nan_to_num(share) * STEPS)
    if kind is Kind.SETPOINT:
        steps = np.maximum(steps, 1)
    unknown = 0 if kind is Kind.LOCK else UNKNOWN  # to a bolt no opinion is "not locked"
    return np.where(np.isnan(values), unknown, steps).astype(np.intp)


def _bands(times: Times, strength: NDArray[np.intp], begin: float, end: float) -> tuple[Band, ...]:
    """Runs of one strength within a day; where it is nothing there is none."""
    first, last = np.searchsorted(times, [begin, end])
    if last == first:
        return ()
    part, at = strength[first:last], times[first:last]
    cuts = np.flatnonzero((np.diff(part) != 0) | (np.diff(at) > 60.0)) + 1
    bounds = [0, *cuts.tolist(), len(part)]
    return tuple(
        Band(float(at[a] - begin) / (end - begin), float(at[b - 1] + 60.0 - begin) / (end - begin), int(part[a]))
        for a, b in pairwise(bounds)
        if part[a]
    )


def _marks(told: Iterable[tuple[float, Fate, str]], begin: float, end: float) -> Iterable[Mark]:
    return (Mark((at - begin) / (end - begin), fate, about) for at, fate, about in told if begin <= at < end)
