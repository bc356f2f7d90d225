"""The record of who decides: how often people let its changes be, how sure it was of them, and what nights came to."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from homectl.control.agreement import Answer, answers, foreseen
from homectl.control.autonomy import AutonomySettings
from homectl.control.emptiness import watchers
from homectl.control.kept import kept
from homectl.home import (
    STATE,
    AccuracyView,
    BinView,
    CandidateView,
    Cause,
    FigureView,
    History,
    Home,
    Kind,
    Lesson,
    Quantity,
    Record,
    ReliabilityView,
    Ruling,
    Signal,
    Target,
    local_words,
)
from homectl.journal import PastReader
from homectl.learning.days import day_of
from homectl.learning.standing import GIVEN, Standing

CAME_TO_SOMETHING = (Ruling.APPROVED, Ruling.SUGGESTED, Ruling.OBSERVED)
MOST_DECISIONS = 4000
"""Decisions of one target that are looked at; the newest."""

MOST_LESSONS = 200
BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A change that was made or proposed, how sure of it homectl was, and whether people agreed."""

    kind: Kind
    at: float
    confidence: float
    right: bool
    counts: bool  # sure enough to be carried out


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked back at: the decisions of a policy (by their cause) over some time, UTC seconds."""

    home: Home
    autonomy: AutonomySettings
    cause: Cause
    start: float
    end: float


def looked_back(reader: PastReader, looked: Looked) -> tuple[list[AccuracyView], list[ReliabilityView]]:
    """Accuracy by day and task, ascending, of what was sure enough to be carried out, and reliability by task, of all.

    Both are of what people answered of the decisions of one policy; what another decided meanwhile is in neither.
    """
    history = reader.history(_signals(looked.home), looked.start, looked.end)
    judged: list[Judged] = []
    changes: defaultdict[tuple[str, Kind], Counter[str]] = defaultdict(Counter)
    for target in looked.home.targets:
        about = (looked.start, looked.end, CAME_TO_SOMETHING, MOST_DECISIONS, looked.cause)
        records = reader.decisions(target, *about)
        judged += _judged(reader, looked, target, records, history)
        sure = looked.autonomy.enough(target)
        for change, met in foreseen(target, records, history, looked.start, looked.end, sure):
            changes[_day(change.at, looked.home), target.kind].update(changes=1, foreseen=int(met))
    return _accuracy(judged, changes, looked.home), _reliability(judged)


def _judged(
    reader: PastReader, looked: Looked, target: Target, records: list[Record], history: History
) -> Iterator[Judged]:
    start, end, sure = looked.start, looked.end, looked.autonomy.enough(target)
    confirmed = reader.confirmed(target, start, end)
    done = [record for record in records if record.command in confirmed]
    told = [(record, right) for record, right in kept(target, done, history, start, end)]
    proposed = answers(looked.home, target, records, history, start, end, sure=0.0)
    told += [(run, answer is Answer.FOLLOWED) for run, answer in proposed if answer is not Answer.UNANSWERED]
    for record, right in told:
        yield Judged(target.kind, record.since, record.confidence, right, record.confidence >= sure)


def _signals(home: Home) -> list[Signal]:
    """What people's answers are read from."""
    states = [Signal(target.device, STATE[target.kind]) for target in home.targets]
    seen = {device.id for target in home.targets for device in watchers(target, home)}
    return [*dict.fromkeys(states), *(Signal(device, Quantity.MOTION) for device in sorted(seen))]


def _day(at: float, home: Home) -> str:
    return day_of(at, home.zone).isoformat()


def _accuracy(
    judged: Iterable[Judged], changes: Mapping[tuple[str, Kind], Counter[str]], home: Home
) -> list[AccuracyView]:
    right: Counter[tuple[str, Kind]] = Counter()
    of: Counter[tuple[str, Kind]] = Counter()
    for one in judged:
        if one.counts:
            key = _day(one.at, home), one.kind
            of[key] += 1
            right[key] += one.right
    known = sorted({*of, *(key for key, counts in changes.items() if counts["changes"])})
    return [
        AccuracyView(
            day=key[0],
            task=key[1],
            right=right[key],
            of=of[key],
            foreseen=changes[key]["foreseen"],
            changes=changes[key]["changes"],
        )
        for key in known
    ]


def _reliability(judged: Iterable[Judged]) -> list[ReliabilityView]:
    """Bins of equal width over what was said; empty ones are left out."""
    bins: defaultdict[tuple[Kind, int], list[Judged]] = defaultdict(list)
    for one in judged:
        if one.confidence == one.confidence:
            bins[one.kind, min(BINS - 1, int(one.confidence * BINS))].append(one)
    return [
        ReliabilityView(task=kind, bins=tuple(_bin(bins[key]) for key in sorted(bins) if key[0] is kind))
        for kind in Kind
        if any(key[0] is kind for key in bins)
    ]


def _bin(judged: list[Judged]) -> BinView:
    count = len(judged)
    return BinView(
        said=round(sum(one.confidence for one in judged) / count, 4),
        happened=round(sum(one.right for one in judged) / count, 4),
        count=count,
    )


def candidates(lessons: Iterable[Lesson], home: Home, now: float) -> tuple[CandidateView, ...]:
    """What nights came to, in the order given."""
    return tuple(
        CandidateView(
            at=lesson.at,
            local_time=local_words(lesson.at, home.zone, now),
            verdict=str(lesson.event),
            said=lesson.said,
            model=lesson.model,
            days=lesson.days,
            figures=tuple(_figures(lesson.figures)),
        )
        for lesson in lessons
    )


def _figures(figures: Mapping[str, Any]) -> Iterator[FigureView]:
    for task, told in figures.items():
        if isinstance(told, Mapping):
            names = ("days", "champion", "challenger", "change", "low", "high")
            yield FigureView(task=task, agreement=told.get("agreement"), **{name: told[name] for name in names})


def trained(lessons: Iterable[Lesson], cause: Cause, home: Home, now: float) -> str:
    """What the policy in charge has learned from, in words; `lessons` in their order."""
    if cause is not Cause.LEARNED:
        return "rules that somebody wrote; they learn nothing"
    standing = Standing.of(lessons)
    if standing.champion == GIVEN:
        return "the weights that homectl comes with; nothing of this home's own yet"
    model = standing.models[standing.champion]
    since = local_words(model.at, home.zone, now)
    return f"own model {model.number}, learned from {model.first} to {model.last}, last judged {since}"
