"""A scenario test on a virtual clock: the home's own controller, devices that do as they are told, and no waiting."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from math import ceil

from homectl.control.overrides import SETTABLE
from homectl.controller import Controller
from homectl.home import (
    Hold,
    HoldKind,
    Home,
    HomeError,
    Origin,
    Reading,
    Record,
    Target,
    ToldClock,
    Wish,
    milliseconds,
    wanted,
)
from homectl.journal import Journal
from homectl.parts import Parts
from homectl.replay.again import REMEMBERED, Deciding
from homectl.rerun import as_it_came
from homectl.scenario.file import Happening, Scenario, setting_of, target_in

ANSWERS_AFTER = 0.5
"""Seconds after which a device reports what it was asked to be."""

LOOK_EVERY = 10.0
"""Seconds of the virtual clock between two looks at what is due."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was asked of a device, and when."""

    at: float
    target: Target
    wish: Wish


@dataclass(frozen=True, slots=True)
class Glimpse:
    """How a target was at a time: what its device had said of every quantity, and the hold on it."""

    values: dict[str, float]
    hold: Hold | None


@dataclass(slots=True)
class Performance:
    """What came of a scenario: everything sent and decided, and how things were when somebody looked."""

    sent: list[Sent] = field(default_factory=list)
    decisions: list[Record] = field(default_factory=list)
    glimpses: dict[tuple[Target, float], Glimpse] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


Act = Callable[[], None]


class Stage:
    """One home on a virtual clock."""

    def __init__(self, home: Home, deciding: Deciding, before: Iterable[Reading], start: float, kept: Journal) -> None:
        """`before`: what was known when it begins, at `start`, UTC seconds."""
        self.performance = Performance()
        self._clock, self._order = ToldClock(start), itertools.count()
        self._coming: list[tuple[float, int, Act]] = []
        self._areas: set[str] = set()
        with Journal.in_memory() as past:
            past.append(before)
            history = past.history()
        history.forget_before(start - REMEMBERED)
        history.unsee()
        numbers = itertools.count(1)
        parts = Parts(
            clock=self._clock,
            real=self._clock.elapsed,
            history=history,
            journal=kept,
            policy=deciding.policy,
            fallback=deciding.fallback,
            limits=deciding.limits,
            autonomy=deciding.autonomy,
            new_id=lambda: f"scenario-{next(numbers)}",
        )
        self._history = history
        self._controller = Controller(home, parts, self._transmit)
        self._controller.begin()

    def at(self, when: float, act: Act) -> None:
        """Let something happen at a time; what is of one time happens in the order it was said."""
        heappush(self._coming, (milliseconds(when), next(self._order), act))

    def hear(self, reading: Reading) -> None:
        """A device reports something now."""
        self._areas |= self._controller.learn([reading])

    def run(self, until: float) -> None:
        """Let time pass; every ten seconds, and whenever something happens, what is due is done."""
        look = ceil(self._clock.now() / LOOK_EVERY) * LOOK_EVERY
        while self._clock.now() < until:
            due = min(self._coming[0][0] if self._coming else until, look, until)
            self._clock.tell(due)
            while self._coming and self._coming[0][0] <= due:
                heappop(self._coming)[2]()
            areas, self._areas = self._areas, set()
            self._controller.react(areas)
            self._controller.tick()
            self._controller.pulse()
            look = look if due < look else look + LOOK_EVERY

    def look(self, target: Target) -> None:
        """Keep how a target is now."""
        now = self._clock.now()
        values = {str(s.quantity): t.values[-1] for s, t in self._history.tracks.items() if s.device == target.device}
        hold = self._controller.state.holds.hold(target, self._controller.present())
        self.performance.glimpses[target, now] = Glimpse({name: float(value) for name, value in values.items()}, hold)

    def happen(self, what: Happening) -> None:
        """Let a person say something to homectl now."""
        try:
            self._say(what)
        except HomeError as error:
            self.performance.refused.append(f"{what.at}: {error}")

    def _say(self, what: Happening) -> None:
        home, now = self._controller, self._controller.present()
        if what.ask is not None and (setting := setting_of(what.ask, what.to)) is not None:
            home.ask(target_in(what.ask), setting)
        elif what.hold is not None:
            kind = HoldKind.RESUMED if what.minutes is None else HoldKind.MINUTES
            home.orders.hold(target_in(what.hold), kind, what.minutes, "", now)
        elif what.resume is not None:
            home.resume(target_in(what.resume))
            home.reconsider([target_in(what.resume)])
        elif what.mode is not None:
            home.orders.mode(what.mode, what.hours, "", "", now)
            home.reconsider(home.home.targets)

    def _transmit(self, target: Target, wish: Wish) -> bool:
        """A device hears its wish, and soon reports that it has come true."""
        now = self._clock.now()
        self.performance.sent.append(Sent(now, target, wish))
        for quantity, value in wanted(wish).items():
            said = Reading(device=target.device, quantity=quantity, value=value, at=milliseconds(now + ANSWERS_AFTER))
            self.at(said.at, partial(self.hear, said))
        return True


def perform(scenario: Scenario, home: Home, deciding: Deciding, log: Iterable[Reading]) -> Performance:
    """Play a scenario to its end. `log`, oldest first: what happened before and meanwhile, as it was recorded.

    What homectl itself had caused in the log is left out: devices do what they are told this time.
    """
    start, end = scenario.span(home)
    begin = start - 60 * scenario.warm_up
    known = [reading for reading in log if reading.at < end]
    with Journal.in_memory() as kept:
        stage = Stage(home, deciding, (one for one in known if one.at < begin), begin, kept)
        for reading in known:
            if reading.at >= begin and not _ours(reading):
                stage.at(reading.at, partial(stage.hear, as_it_came(reading)))
        for what in scenario.happens:
            _plan(stage, what, scenario.moment(what.at, home))
        for expected in scenario.expect:
            if expected.at is not None and expected.target is not None:
                at = scenario.moment(expected.at, home)
                stage.at(at, partial(stage.look, target_in(expected.target)))
        stage.run(end)
        stage.performance.decisions = list(reversed(kept.decisions()))
    return stage.performance


def _plan(stage: Stage, what: Happening, at: float) -> None:
    if what.device is None:
        stage.at(at, partial(stage.happen, what))
    for quantity, value in what.reports.items():
        said = Reading(device=what.device or "", quantity=quantity, value=value, at=milliseconds(at))
        stage.at(at, partial(stage.hear, said))


def _ours(reading: Reading) -> bool:
    return reading.quantity in SETTABLE and reading.origin is Origin.HOMECTL
