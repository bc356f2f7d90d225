"""One night of a home: a challenger learns from its days, is judged on the last of them, and what came of it.

Days go to three uses, the latest last: to learn from, to stop by, and to judge by. A home's first own model that passes
is in shadow for a week, and judged again on that week, before it may act; after it whoever is better takes over.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from homectl.home import CheckpointMismatch, Event, History, Home, Kind, Lesson
from homectl.journal import Journal
from homectl.learning.days import day_of, days_told, ordinals, span_of_day, unusual_days
from homectl.learning.shelf import Shelf
from homectl.learning.standing import GIVEN, Standing
from models import checkpoint
from models.dataset import DAY, SETTLED, Rows, Sampling, rows_of
from models.distance import Familiar
from models.drift import drift_of
from models.features import Array
from models.inference import Network
from models.labels import Life
from models.promotion import DayLosses, Verdict, agreement, judge
from models.refine import possible, refined
from models.tasks import COLUMN, TASKS

TEACHING = Sampling(light=(0.3, 0.016), setpoint=(0.6, 0.03), lock=(0.6, 0.03))
JUDGING = Sampling(light=(1.0, 0.05), setpoint=(1.0, 0.05), lock=(1.0, 0.05))
"""Every moment near a person's change, and one in twenty of the others, which counts for twenty."""

ENOUGH = {Kind.LIGHT: 30, Kind.SETPOINT: 150, Kind.LOCK: 10}
"""People's changes that a kind of target needs before its settings teach.

Measured on unseen homes after three weeks: with 30 to 90 changes of setpoints their loss on the week after rose by a
quarter to a half, as a distribution over 25 bins learns these few by heart; 30 of a lock lowered its loss.
"""

HABITS = 28
"""Days before the first that teaches which are looked back to."""

NO_TORCH = "learning needs PyTorch, which is not installed: pip install 'homectl[train]'; the weights stay as they are"

Refine = Callable[[Rows, Rows, Path], tuple[Mapping[str, Array], checkpoint.Manifest]]
"""Rows to learn from, rows to stop by and the checkpoint to begin with → weights and manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many days go to what."""

    judge: int = 7
    stop: int = 3
    least: int = 4  # to learn from
    most: int = 42
    shadow: int = 7

    @property
    def needed(self) -> int:
        return self.judge + self.stop + self.least

    @property
    def reach(self) -> float:
        """Seconds of history that a night looks at."""
        return (self.judge + self.stop + self.most + HABITS) * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a night has to go by. `given`: the checkpoint the home began with; `at`: the home's time, UTC seconds."""

    home: Home
    history: History
    standing: Standing
    shelf: Shelf
    given: Path
    at: float
    plan: Plan = Plan()
    unusual: frozenset[date] = frozenset()  # days of a mode under which nothing is learned
    refine: Refine | None = None  # None: there is no torch to learn with

    @classmethod
    def of(cls, journal: Journal, path: Path, given: Path, at: float) -> "Night":
        """What the journal in a file tells of the home up to a time; learned from where there is a torch."""
        home, plan = journal.home(), Plan()
        return cls(
            home=home,
            history=journal.history(at - plan.reach, at),
            standing=Standing.of(journal.lessons()),
            shelf=Shelf.beside(path),
            given=given,
            at=at,
            plan=plan,
            unusual=unusual_days(journal.orders.modes(), home.zone),
            refine=refined if possible() else None,
        )

    def checkpoint(self, number: int) -> Path:
        return self.given if number == GIVEN else self.shelf.path(number)

    def day(self) -> date:
        return day_of(self.at, self.home.zone)

    def whole_days(self) -> tuple[date, ...]:
        """The days before this one that are known from their beginning on and may teach, ascending."""
        told = days_told(self.history, self.home.zone)
        left_out = self.standing.excluded | self.unusual
        known = [day for day in told if day < self.day() and day not in left_out]
        first = min((float(t.times[0]) for t in self.history.tracks.values() if len(t)), default=self.at) + SETTLED
        return tuple(day for day in known if span_of_day(day, self.home.zone)[0] >= first)

    def rows(self, days: Sequence[date], sampling: Sampling) -> Rows:
        """A sample of the moments of some days."""
        zone = self.home.zone
        span = span_of_day(days[0], zone)[0], span_of_day(days[-1], zone)[1]
        seed = self.day().toordinal()
        rows = rows_of(self.home, self.history, number=0, seed=seed, sampling=sampling, span=span)
        return rows.where(np.isin(ordinals(rows.at, zone), [day.toordinal() for day in days]))


def night(given: Night) -> list[Lesson]:
    """What the night came to. Writes a challenger's checkpoint; everything else is for the caller to record."""
    lessons = _drift(given)
    if (unreadable := _unreadable(given)) is not None:
        return [*lessons, unreadable]
    if given.standing.shadow is not None:
        return lessons + _watch(given, given.standing.shadow)
    return lessons + _teach(given)


def _unreadable(night: Night) -> Lesson | None:
    """A model that is needed and cannot be read, as after an update that asks more of a network, is dropped."""
    for number in filter(None, (night.standing.shadow, night.standing.champion)):
        try:
            checkpoint.load(night.checkpoint(number))
        except CheckpointMismatch as error:
            return Lesson(at=night.at, event=Event.DROPPED, said=str(error), model=number)
    return None


def _drift(night: Night) -> list[Lesson]:
    drift = drift_of(night.home, night.history)
    told = night.standing.drifted
    if not drift.alarm or (told is not None and drift.since <= float(told.figures["since"])):
        return []
    said = (
        f"people take back {drift.rate:.0%} of what homectl does since {day_of(drift.since, night.home.zone)}, "
        f"{drift.before:.0%} before; have a look, or go one model back: homectl learn rollback"
    )
    figures = {"since": drift.since, "rate": round(drift.rate, 4), "before": round(drift.before, 4)}
    return [Lesson(at=night.at, event=Event.DRIFTED, said=said, figures=figures)]


def _watch(night: Night, number: int) -> list[Lesson]:
    """Judge the model in shadow on the days since it was made; with the last of them it is promoted or rejected."""
    since = day_of(night.standing.shadow_since, night.home.zone)
    days = tuple(day for day in night.whole_days() if day >= since)
    if not days:
        return []
    verdict, figures = _judged(night, number, days)
    if len(days) < night.plan.shadow:
        event, said = Event.SCORED, f"day {len(days)} of {night.plan.shadow} in shadow: {verdict.said}"
    else:
        event = Event.PROMOTED if verdict.promoted else Event.REJECTED
        said = f"after {len(days)} days in shadow {verdict.said}"
    return [Lesson(at=night.at, event=event, said=said, model=number, figures=figures)]


def _teach(night: Night) -> list[Lesson]:
    """Make a challenger and hold it against the model in charge."""
    if night.refine is None:
        return _skipped(night, NO_TORCH)
    days, plan = night.whole_days(), night.plan
    if len(days) < plan.needed:
        missing = f"{len(days)} whole days known, {plan.needed} needed, {plan.needed - len(days)} more to come"
        return _skipped(night, f"too little to learn from: {missing}")
    parts, number = Parts.of(days, plan), night.standing.next_number
    try:
        _make(night, parts, number)
    except ValueError as error:
        return _skipped(night, f"{parts.learn[0]} to {parts.stop[-1]} taught nothing: {error}")
    verdict, figures = _judged(night, number, parts.judge)
    promoted = Event.PROMOTED if night.standing.champion != GIVEN else Event.SHADOWED
    lesson = Lesson(
        at=night.at,
        event=promoted if verdict.promoted else Event.REJECTED,
        said=verdict.said,
        model=number,
        start=night.standing.champion,
        days=parts.taught,
        figures=figures,
    )
    return [lesson]


def _make(night: Night, parts: "Parts", number: int) -> None:
    """Put a challenger on the shelf; ValueError where the days teach nothing."""
    few = _too_few(night, (*parts.learn, *parts.stop))
    rows, stop = (_without(night.rows(days, TEACHING), few) for days in (parts.learn, parts.stop))
    assert night.refine is not None
    weights, manifest = night.refine(rows, stop, night.checkpoint(night.standing.champion))
    about = {**manifest.data, "days": parts.taught, "start": manifest.name, "too_few_examples": few}
    named = manifest.model_copy(update={"name": f"own-{number}", "data": about})
    checkpoint.save(night.shelf.path(number), weights, named)
    known = Familiar.load(night.checkpoint(night.standing.champion))
    if known is not None:
        known.save(night.shelf.path(number))


def _too_few(night: Night, days: Sequence[date]) -> list[str]:
    """The tasks that people gave too few examples of."""
    ends = span_of_day(days[0], night.home.zone)[0], span_of_day(days[-1], night.home.zone)[1]
    targets = night.home.targets
    life = Life(night.home, night.history, np.array(ends), targets)
    counts = {kind: sum(life.count(target) for target in targets if target.kind is kind) for kind in Kind}
    return [t.name for t in TASKS if t.kind is not None and not t.auxiliary and counts[t.kind] < ENOUGH[t.kind]]


def _without(rows: Rows, tasks: Sequence[str]) -> Rows:
    """The rows without what they say of some tasks."""
    labels = rows.labels.copy()
    labels[:, [COLUMN[name] for name in tasks]] = np.nan
    return replace(rows, labels=labels)


class Parts(NamedTuple):
    """Days by use."""

    learn: tuple[date, ...]
    stop: tuple[date, ...]
    judge: tuple[date, ...]

    @property
    def taught(self) -> tuple[str, str]:
        """The first and the last day that a challenger learned from."""
        return self.learn[0].isoformat(), self.stop[-1].isoformat()

    @classmethod
    def of(cls, days: tuple[date, ...], plan: Plan) -> "Parts":
        first_judge, first_stop = len(days) - plan.judge, len(days) - plan.judge - plan.stop
        return cls(days[max(0, first_stop - plan.most) : first_stop], days[first_stop:first_judge], days[first_judge:])


def _judged(night: Night, number: int, days: Sequence[date]) -> tuple[Verdict, dict[str, dict[str, float]]]:
    """An own model against the one in charge on some days, and the figures for the journal."""
    rows = night.rows(days, JUDGING)
    place = np.searchsorted([day.toordinal() for day in days], ordinals(rows.at, night.home.zone))
    losses, logits = [], []
    for one in (night.standing.champion, number):
        network, manifest = checkpoint.load(night.checkpoint(one))
        answers = _answers(network, rows)
        losses.append(DayLosses.of(answers, rows, place, len(days), manifest.temperatures))
        logits.append(answers)
    verdict = judge(*losses, seed=night.day().toordinal())
    agreed = agreement(logits[0], logits[1], rows)
    figures = {name: {**found, "agreement": agreed[name]} for name, found in verdict.as_dict().items()}
    return verdict, figures


def _answers(network: Network, rows: Rows) -> Array:
    return network(rows.features, rows.now)


def _skipped(night: Night, said: str) -> list[Lesson]:
    """A reason is told once, not night after night."""
    return [] if said == night.standing.skipped else [Lesson(at=night.at, event=Event.SKIPPED, said=said)]
