"""How well a policy that only watches would have done: what it proposed beside what people did themselves.

A proposal is a run of one verdict that was shown or suggested and not carried out. It is *followed* if a person made
that change while it stood or within ten minutes after. A person's change is *foreseen* if the same was proposed at that
time or in the ten minutes before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from homectl.home import ORIGIN_CODE, STATE, TOLERANCE, History, Kind, LockState, Origin, Record, Ruling, Target

AROUND = 600.0
"""Seconds by which a change and a proposal of it may miss each other."""

WATCHING = frozenset({Ruling.OBSERVED, Ruling.SUGGESTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Counts of proposals and of people's changes."""

    proposed: int = 0
    followed: int = 0
    changes: int = 0
    foreseen: int = 0

    def __add__(self, other: "Agreement") -> "Agreement":
        return Agreement(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})

    @property
    def share(self) -> float:
        """How many of the proposals were followed; NaN without any."""
        return self.followed / self.proposed if self.proposed else float("nan")

    def __str__(self) -> str:
        if not self.proposed:
            return f"nothing proposed, people made {self.changes} changes"
        made = f"of {self.changes} changes people made, {self.foreseen} were foreseen"
        return f"{self.followed} of {self.proposed} proposals followed ({self.share:.0%}); {made}"


@dataclass(frozen=True, slots=True)
class _Change:
    at: float
    value: float


def agreement(target: Target, records: Iterable[Record], history: History, start: float, end: float) -> Agreement:
    """Of one target, over what was proposed and changed from `start` up to `end`, UTC seconds.

    `records` may be of other targets as well and in any order. What was proposed less than AROUND before `end` may
    still be followed and is left out.
    """
    changes = _changes(target, history, start, end)
    runs = [r for r in records if r.target == target and r.ruling in WATCHING and start <= r.since <= end - AROUND]
    return Agreement(
        proposed=len(runs),
        followed=sum(any(_meets(run, change) for change in changes) for run in runs),
        changes=len(changes),
        foreseen=sum(any(_meets(run, change) for run in runs) for change in changes),
    )


def _changes(target: Target, history: History, start: float, end: float) -> Sequence[_Change]:
    """What people changed themselves."""
    track = history.track(target.device, STATE[target.kind])
    if track is None:
        return ()
    by_hand = track.origins[1:] == ORIGIN_CODE[Origin.PERSON]
    news = ~(np.abs(np.diff(track.values)) <= TOLERANCE[STATE[target.kind]])
    inside = (track.times[1:] >= start) & (track.times[1:] < end)
    places = np.flatnonzero(by_hand & news & inside) + 1
    return [_Change(float(track.times[place]), float(track.values[place])) for place in places]


def _meets(run: Record, change: _Change) -> bool:
    """Whether a change is what was proposed at its time, or shortly before."""
    return run.since <= change.at <= run.until + AROUND and _same(run, change.value)


def _same(run: Record, value: float) -> bool:
    """Whether a value of the target's state is what a verdict would have set."""
    match run.target.kind:
        case Kind.LIGHT:
            return (run.setting != "off") == (value >= 0.5)
        case Kind.SETPOINT:
            return abs(float(run.setting.removesuffix(" °C")) - value) <= TOLERANCE[STATE[Kind.SETPOINT]]
        case Kind.LOCK:
            return value in (LockState.LOCKED, LockState.LOCKING)
