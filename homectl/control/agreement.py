"""How well a policy that only watches would have done: what it proposed beside what people did themselves.

A proposal is what was shown or suggested of one target, was sure enough to be carried out and was not, as long as it
stood; one that comes again soon is the same. It is *followed* if a person made that change while it stood or soon
after, and *declined* if they set something else, said so, or were about and let a lamp or a bolt be; else it is
*unanswered*: nobody was there to see to it, or nobody minds a degree. A person's change is *foreseen* if the same was
proposed at that time or shortly before.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

import numpy as np

from homectl.control.emptiness import watchers
from homectl.home import (
    ORIGIN_CODE,
    STATE,
    TOLERANCE,
    History,
    Home,
    Kind,
    LockState,
    Origin,
    Quantity,
    Record,
    Ruling,
    Target,
)

AROUND = {Kind.LIGHT: 600.0, Kind.SETPOINT: 7200.0, Kind.LOCK: 600.0}
"""Seconds by which a change and a proposal of it may miss each other: rooms grow warm slowly."""

DEGREE = 1.0
"""°C by which they may."""

WATCHING = frozenset({Ruling.OBSERVED, Ruling.SUGGESTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Counts of proposals, by what became of them, and of people's changes."""

    followed: int = 0
    declined: int = 0
    unanswered: int = 0
    changes: int = 0
    foreseen: int = 0

    def __add__(self, other: "Agreement") -> "Agreement":
        return Agreement(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    @property
    def answered(self) -> int:
        return self.followed + self.declined

    @property
    def share(self) -> float:
        """How many of the answered proposals were followed; NaN without any."""
        return self.followed / self.answered if self.answered else float("nan")

    def __str__(self) -> str:
        alone = f", {self.unanswered} unanswered" if self.unanswered else ""
        made = f"{self.foreseen} of {self.changes} changes that people made were foreseen"
        if not self.answered:
            return f"nothing proposed{alone}; {made}"
        return f"{self.followed} of {self.answered} proposals followed ({self.share:.0%}){alone}; {made}"


class Answer(StrEnum):
    """What people made of a proposal."""

    FOLLOWED = "followed"
    DECLINED = "declined"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Change:
    """What a person set a target to. `new`: it was something else before; else they said that it is right as it is."""

    at: float
    value: float
    new: bool


def agreement(
    home: Home, target: Target, records: Sequence[Record], history: History, start: float, end: float, sure: float
) -> Agreement:
    """Of one target, over what was proposed and changed from `start` up to `end`, UTC seconds.

    `records` may be of other targets as well and in any order; less confident ones than `sure` are no proposals. What
    was proposed less than AROUND before `end` may still be followed and is left out.
    """
    found = Counter(answer for _, answer in answers(home, target, records, history, start, end, sure))
    changes = foreseen(target, records, history, start, end, sure)
    return Agreement(
        followed=found[Answer.FOLLOWED],
        declined=found[Answer.DECLINED],
        unanswered=found[Answer.UNANSWERED],
        changes=len(changes),
        foreseen=sum(met for _, met in changes),
    )


def answers(
    home: Home, target: Target, records: Sequence[Record], history: History, start: float, end: float, sure: float
) -> list[tuple[Record, Answer]]:
    """Every proposal as `agreement` counts them, in the order of time, and what people made of it."""
    said = by_people(target, history, start, end)
    runs = _proposals(target, records, start, end, sure)
    return [(run, _answer(run, home, history, during(said, run.since, _end(run)))) for run in runs]


def foreseen(
    target: Target, records: Sequence[Record], history: History, start: float, end: float, sure: float
) -> list[tuple[Change, bool]]:
    """Every change that people made, in the order of time, and whether the same was proposed then or shortly before."""
    said = by_people(target, history, start, end)
    runs = _proposals(target, records, start, end, sure)
    met = {change.at for run in runs for change in during(said, run.since, _end(run)) if same(run, change.value)}
    return [(change, change.at in met) for change in said if change.new]


def during(said: Sequence[Change], start: float, end: float) -> Sequence[Change]:
    """What was said from a time to another, both with them; `said` is in the order of time."""
    return said[bisect_left(said, start, key=_when) : bisect_right(said, end, key=_when)]


def _when(change: Change) -> float:
    return change.at


def _answer(run: Record, home: Home, history: History, said: Sequence[Change]) -> Answer:
    """What people made of a proposal, by what they `said` as long as it could be followed."""
    if any(change.new and same(run, change.value) for change in said):
        return Answer.FOLLOWED
    return Answer.DECLINED if said or _let_be(run, home, history) else Answer.UNANSWERED


def _proposals(target: Target, records: Iterable[Record], start: float, end: float, sure: float) -> list[Record]:
    last = end - AROUND[target.kind]
    shown = (r for r in records if r.target == target and r.ruling in WATCHING and r.confidence >= sure)
    return _runs(record for record in shown if start <= record.since <= last)


def _runs(records: Iterable[Record]) -> list[Record]:
    """Proposals in the order of time; those of the same that come shortly after one another are one."""
    found: list[Record] = []
    for record in sorted(records, key=lambda record: record.since):
        last = found[-1] if found else None
        if last is not None and last.setting == record.setting and record.since <= _end(last):
            found[-1] = replace(last, until=max(last.until, record.until))
        else:
            found.append(record)
    return found


def by_people(target: Target, history: History, start: float, end: float) -> Sequence[Change]:
    """What people set the target to, in the order of time."""
    track = history.track(target.device, STATE[target.kind])
    if track is None:
        return ()
    theirs = track.origins == ORIGIN_CODE[Origin.PERSON]
    new = ~(np.abs(np.diff(track.values)) <= TOLERANCE[STATE[target.kind]])
    said = theirs[1:] & (new | ~theirs[:-1])
    inside = (track.times[1:] >= start) & (track.times[1:] < end)
    places = np.flatnonzero(said & inside)
    return [Change(float(track.times[p + 1]), float(track.values[p + 1]), bool(new[p])) for p in places]


def _end(run: Record) -> float:
    """Until when it may be followed."""
    return run.until + AROUND[run.target.kind]


def _let_be(run: Record, home: Home, history: History) -> bool:
    """Whether somebody was about and let it be."""
    seen = () if run.target.kind is Kind.SETPOINT else watchers(run.target, home)
    return any(_moved(history, device.id, run.since, _end(run)) for device in seen)


def _moved(history: History, sensor: str, start: float, end: float) -> bool:
    """Whether a motion sensor saw somebody come, or already be there, between two times."""
    track = history.track(sensor, Quantity.MOTION)
    if track is None:
        return False
    first, last = track.times.searchsorted((start, end), side="right")
    return bool((track.values[max(0, first - 1) : last] == 1.0).any())


def same(run: Record, value: float) -> bool:
    """Whether a value of the target's state is what a verdict would have set."""
    match run.target.kind:
        case Kind.LIGHT:
            return (run.setting != "off") == (value >= 0.5)
        case Kind.SETPOINT:
            return abs(float(run.setting.removesuffix(" °C")) - value) <= DEGREE
        case Kind.LOCK:
            return value in (LockState.LOCKED, LockState.LOCKING)
