"""Two policies over the same log, decision by decision: when they wish for something else, and who was right."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from homectl.home import Kind, Target, Times, setting_of
from homectl.replay.alike import alike
from homectl.replay.engine import MINUTE, Passage, Trial, replay, wishes
from homectl.replay.labels import Activities, Flags, Labels
from homectl.replay.report import iso

NOTHING = "no opinion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Minutes on end in which two policies wish for different things of one target: NaN is no opinion, `had` the
    recorded state. `wanted` of the minutes are labelled: what was had is what somebody wanted."""

    target: Target
    since: float
    until: float
    one: float
    other: float
    had: float
    wanted: int

    def minutes(self) -> int:
        return round((self.until - self.since) / MINUTE)

    def right(self) -> str:
        """Whose wish people had: `A`, `B` or `neither`; empty where nobody says what is wanted."""
        if not self.wanted:
            return ""
        sides = {"A": self.one, "B": self.other}
        had = np.array([self.had])
        found = [name for name, wish in sides.items() if alike(self.target.kind, np.array([wish]), had)[0]]
        return found[0] if len(found) == 1 else "neither"

    @property
    def clash(self) -> bool:
        """Whether both wish for something. To a bolt no opinion is "not locked"."""
        return self.target.kind is Kind.LOCK or not np.isnan(self.one + self.other)

    def continues(self, before: "Difference") -> bool:
        """Whether this is the difference before it, a minute later."""
        same = np.array_equal((self.one, self.other, self.had), (before.one, before.other, before.had), equal_nan=True)
        return same and self.since == before.until


@dataclass(frozen=True, slots=True)
class Tally:
    """Minutes of one kind of target: all, alike, with an opinion of only the one, and of only the other; of those in
    which both wish for something and differ, as far as it is known what was wanted, who was right."""

    minutes: int = 0
    alike: int = 0
    one_alone: int = 0
    other_alone: int = 0
    one_right: int = 0
    other_right: int = 0
    neither: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


class Differences:
    """Between the policies A and B of two trials of one log. Feed it with `run`."""

    def __init__(self, one: Trial, other: Trial) -> None:
        self.one, self.other = one, other
        activities = Activities(one.home, one.history)
        self._labels = {t: Labels.of(one.home, one.history, t, activities.of(t)) for t in one.home.targets}
        self._open: dict[Target, Difference] = {}
        self._spans: list[Difference] = []
        self.tallies: dict[Kind, Tally] = {}

    def run(self) -> Iterable[float]:
        """Replay both; yields the time (UTC seconds) up to which it is done."""
        for (times, ones), (_, others) in zip(replay(self.one), replay(self.other), strict=True):
            for one, other in zip(ones, others, strict=True):
                self._compare(times, one, other)
            yield float(times[-1])

    def spans(self) -> list[Difference]:
        """All of them, by when they begin."""
        return sorted([*self._spans, *self._open.values()], key=lambda span: (span.since, span.target))

    def _compare(self, times: Times, one: Passage, other: Passage) -> None:
        target = one.target
        wish, wished = wishes(one.forecast), wishes(other.forecast)
        same = _same(target.kind, wish, wished)
        labelled = self._labels[target].labelled(times)
        alone = _alone(target.kind, wish, wished), _alone(target.kind, wished, wish)
        judged = labelled & ~same & ~alone[0] & ~alone[1]
        right = _right(target.kind, wish, wished, one.state, judged)
        counts = Tally(len(times), int(same.sum()), int(alone[0].sum()), int(alone[1].sum()), *right)
        self.tallies[target.kind] = self.tallies.get(target.kind, Tally()) + counts
        for begin, end in _runs(same, wish, wished, one.state):
            self._add(
                Difference(
                    target=target,
                    since=float(times[begin]),
                    until=float(times[end - 1]) + MINUTE,
                    one=float(wish[begin]),
                    other=float(wished[begin]),
                    had=float(one.state[begin]),
                    wanted=int(labelled[begin:end].sum()),
                )
            )

    def _add(self, span: Difference) -> None:
        before = self._open.get(span.target)
        if before is not None and span.continues(before):
            span = replace(span, since=before.since, wanted=before.wanted + span.wanted)
        elif before is not None:
            self._spans.append(before)
        self._open[span.target] = span


def _same(kind: Kind, one: Times, other: Times) -> Flags:
    same: Flags = (np.isnan(one) & np.isnan(other)) | (alike(kind, one, other) & ~np.isnan(one) & ~np.isnan(other))
    return same


def _alone(kind: Kind, one: Times, other: Times) -> Flags:
    """Where only the one has an opinion."""
    alone: Flags = ~np.isnan(one) & np.isnan(other)
    return alone & (kind is not Kind.LOCK)


def _right(kind: Kind, one: Times, other: Times, had: Times, judged: Flags) -> tuple[int, int, int]:
    """In how many of the judged minutes the one is right, the other, and neither or both."""
    first, second = alike(kind, one, had), alike(kind, other, had)
    alone = (judged & first & ~second, judged & second & ~first)
    return int(alone[0].sum()), int(alone[1].sum()), int((judged & (first == second)).sum())


def _runs(same: Flags, *series: Times) -> Iterator[tuple[int, int]]:
    """Spans of places that are not the same and in which no series changes."""
    cuts = np.ones(len(same) + 1, dtype=bool)
    cuts[1:-1] = same[1:] != same[:-1]
    for values in series:
        cuts[1:-1] |= (values[1:] != values[:-1]) & ~(np.isnan(values[1:]) & np.isnan(values[:-1]))
    bounds = np.flatnonzero(cuts)
    return ((int(b), int(e)) for b, e in pairwise(bounds) if not same[b])


def in_words(target: Target, value: float) -> str:
    """A wish or a state as a person says it."""
    if target.kind is Kind.LOCK:
        return "locked" if value == 1.0 else NOTHING if np.isnan(value) else "not locked"
    if np.isnan(value):
        return NOTHING
    return str(setting_of(target.kind, value, float("nan")))


def differences_json(found: Differences, about: Mapping[str, Any]) -> str:
    """For programs; `about` comes first. The same log and policies give the same bytes."""
    content = {
        **about,
        "home": found.one.home.id,
        "A": found.one.policy.name,
        "B": found.other.policy.name,
        "from": iso(found.one.start),
        "to": iso(found.one.end),
        "tasks": {
            kind: {name: getattr(tally, name) for name in Tally.__slots__}
            for kind, tally in sorted(found.tallies.items())
        },
        "differences": [_span_json(span) for span in found.spans()],
        "checks": [],
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _span_json(span: Difference) -> dict[str, Any]:
    wishes = {"A": span.one, "B": span.other, "had": span.had}
    return {
        "target": str(span.target),
        "from": iso(span.since),
        "minutes": span.minutes(),
        **{name: None if value != value else round(value, 3) for name, value in wishes.items()},
        "labelled_minutes": span.wanted,
        "right": span.right() or None,
    }
