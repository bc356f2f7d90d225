"""A run of a home once more: what its journal says was heard and asked, through the same controller.

A told clock stands for the clock, and the journal for devices and people; what lies between is what runs live. Nothing
is sent: what devices answered is in the journal.
"""

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from math import inf, isnan

from homectl.control.overrides import SETTABLE
from homectl.controller import Controller
from homectl.home import (
    ActionRefused,
    Hold,
    Home,
    HomeError,
    Mode,
    ModeSpan,
    Origin,
    Reading,
    Record,
    Setting,
    Target,
    ToldClock,
)
from homectl.journal import Journal
from homectl.parts import Parts
from homectl.replay.again import REMEMBERED, Deciding

BY_ITSELF = "the room is empty"
"""Who ends a hold where nobody asked for it."""

MOMENT = 0.0005
"""Seconds after which it is another millisecond: people speak to a home that has just looked at what it heard."""


@dataclass(frozen=True, slots=True)
class Deed:
    """When a person said something, what it makes a controller do, and what is then decided anew at once."""

    at: float
    said: Callable[[Controller], None]
    about: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that is another one now: as it is recorded, and as it was made again; None where there is none."""

    then: Record | None
    now: Record | None


@dataclass(frozen=True, slots=True)
class Rerun:
    """What came of it: how many runs there were and decisions in them, and the decisions that are others now."""

    runs: int
    decisions: int
    differences: tuple[Difference, ...]


def rerun(journal: Journal, home: Home, deciding: Deciding, pace: float = 1.0) -> Rerun:
    """Every run of a home's journal again. `pace`: how many seconds of the home passed in a real one.

    HomeError where the journal does not tell when anything was decided.
    """
    spans = list(itertools.pairwise([*journal.runs.starts(), inf]))
    told = [(start, end) for start, end in spans if journal.runs.turns(start, end)]
    if not told:
        raise HomeError("expected the journal of a home that was run, got one that does not say when it decided")
    with Journal.in_memory() as kept:
        for start, end in told:
            _run(journal, kept, home, deciding, pace, start, end)
        then = [record for record in reversed(journal.decisions()) if record.since >= told[0][0]]
        now = list(reversed(kept.decisions()))
    return Rerun(len(told), len(then), tuple(_differences(then, now)))


def _run(
    journal: Journal, kept: Journal, home: Home, deciding: Deciding, pace: float, start: float, end: float
) -> None:
    """The run between two times again; `kept` gets what is decided in it."""
    history = journal.history(end=start)
    history.forget_before(history.newest() - REMEMBERED)
    history.unsee()
    clock, numbers = ToldClock(start), itertools.count(1)
    parts = Parts(
        clock=clock,
        real=lambda: clock.elapsed() / pace,
        history=history,
        journal=kept,
        policy=deciding.policy,
        fallback=deciding.fallback,
        limits=deciding.limits,
        autonomy=deciding.autonomy,
        new_id=lambda: f"{start:.0f}-{next(numbers)}",
    )
    _remember(journal, kept, start)
    controller = Controller(home, parts, lambda _target, _wish: True)
    controller.begin()
    _live(controller, clock, journal, start, end)


def _remember(journal: Journal, kept: Journal, start: float) -> None:
    """What people had said before the run."""
    for at, target, hold in journal.orders.every_hold():
        if at < start and isinstance(hold, Hold):
            kept.orders.record_hold(hold)
        elif at < start:
            kept.orders.record_resume(target, at, str(hold))
    for span in journal.orders.modes():
        if span.since < start:
            kept.orders.record_mode(span)
    for step in journal.orders.ladder().values():
        if step.since < start:
            kept.orders.record_step(step)


def _live(controller: Controller, clock: ToldClock, journal: Journal, start: float, end: float) -> None:
    """Every turn of the run, each on what had been heard and said by then."""
    asked = {(one.target.device, one.at) for one in journal.runs.asked(start, end)}
    readings = journal.in_order(start, None if end == inf else end)
    coming = iter(sorted(readings, key=partial(_arrival, asked)))
    deeds, heard, areas = deque(_deeds(journal, start, end)), 0, set[str]()
    for turn in journal.runs.turns(start, end):
        for reading in itertools.islice(coming, max(0, turn.heard - heard)):
            answers = (reading.device, reading.at) in asked
            _do(controller, clock, deeds, reading.at + (MOMENT if answers else 0.0))
            clock.tell(reading.at)
            areas |= controller.learn([as_it_came(reading)])
        heard = max(heard, turn.heard)
        _do(controller, clock, deeds, turn.at)
        clock.tell(turn.at)
        controller.pulse()
        controller.react(areas)
        areas = set()
        controller.tick()
        _do(controller, clock, deeds, turn.at + MOMENT)


def _arrival(asked: set[tuple[str, float]], reading: Reading) -> tuple[float, bool]:
    """In one millisecond devices answer last what they were asked in it."""
    return reading.at, reading.origin is Origin.HOMECTL or (reading.device, reading.at) in asked


def as_it_came(reading: Reading) -> Reading:
    """The reading before anybody said whose doing it was."""
    return replace(reading, origin=Origin.SENSED) if reading.quantity in SETTABLE else reading


def _do(controller: Controller, clock: ToldClock, deeds: deque[Deed], before: float) -> None:
    """Let people say what they said before a time, and decide what that made the home decide at once."""
    while deeds and deeds[0].at < before:
        deed = deeds.popleft()
        clock.tell(deed.at)
        with suppress(ActionRefused):  # as it was then
            deed.said(controller)
        controller.reconsider(deed.about)


def _deeds(journal: Journal, start: float, end: float) -> list[Deed]:
    """What people said during the run, in order. To unlock takes a PIN, which is in nobody's journal."""
    said = [
        Deed(one.at, partial(_ask, one.target, one.setting)) for one in journal.runs.asked(start, end) if one.setting
    ]
    for at, target, hold in journal.orders.every_hold():
        if isinstance(hold, Hold):
            said.append(Deed(at, partial(_hold, hold)))
        elif hold != BY_ITSELF:
            said.append(Deed(at, partial(_resume, target), (target,)))
    home = journal.home()
    said += [Deed(span.since, partial(_mode, span), home.targets) for span in journal.orders.modes()]
    return sorted((deed for deed in said if start <= deed.at < end), key=lambda deed: deed.at)


def _ask(target: Target, setting: Setting, controller: Controller) -> None:
    controller.ask(target, setting)


def _hold(hold: Hold, controller: Controller) -> None:
    minutes = None if hold.until is None else (hold.until - hold.since) / 60
    controller.orders.hold(hold.target, hold.kind, minutes, hold.by, controller.present())


def _resume(target: Target, controller: Controller) -> None:
    controller.resume(target)


def _mode(span: ModeSpan, controller: Controller) -> None:
    hours = None if span.mode is Mode.NONE else (span.until - span.since) / 3600
    controller.orders.mode(span.mode, hours, "", span.by, controller.present())


def _differences(then: Sequence[Record], now: Sequence[Record]) -> Iterator[Difference]:
    """Decision by decision of each target, in order."""
    for target in sorted({record.target for record in (*then, *now)}):
        ours, theirs = ([one for one in records if one.target == target] for records in (now, then))
        for old, new in _aligned(theirs, ours):
            if old is None or new is None or not same(old, new):
                yield Difference(old, new)


def _aligned(then: list[Record], now: list[Record]) -> Iterator[tuple[Record | None, Record | None]]:
    """Those that began at the same time beside each other."""
    waiting = list(now)
    for old in then:
        while waiting and waiting[0].since < old.since:
            yield None, waiting.pop(0)
        yield old, waiting.pop(0) if waiting and waiting[0].since == old.since else None
    for new in waiting:
        yield None, new


def same(one: Record, other: Record) -> bool:
    """Whether two decisions are the same to the last bit; the names of commands are only names."""
    sure = one.confidence == other.confidence or (isnan(one.confidence) and isnan(other.confidence))
    return sure and _verdict(one) == _verdict(other)


def _verdict(record: Record) -> tuple[object, ...]:
    what = (record.target, record.setting, record.cause, record.ruling, record.rule, record.reason)
    return (*what, bool(record.command), record.since, record.until)
