"""No policy, however hostile, gets a command out of the envelope; judged by an oracle that shares no code with it."""

import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.control.pipeline import Moment, decide
from homectl.control.state import ControlState
from homectl.home import (
    Area,
    Autonomy,
    Cause,
    Command,
    CommandState,
    Device,
    Forecast,
    History,
    Home,
    Kind,
    Light,
    Lock,
    LockState,
    Outcome,
    Prediction,
    Quantity,
    Reading,
    Setpoint,
    Setting,
    Target,
    Times,
)
from homectl.safety_tick import SafetyTick

LAMP, VALVE, BOLT = Target("lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT), Target("bolt", Kind.LOCK)
STRANGERS = (Target("pending", Kind.LIGHT), Target("lamp", Kind.LOCK), Target("bolt", Kind.LIGHT))
HOME = Home(
    id="h",
    simulated=True,
    areas=(Area(id="hall"),),
    devices=(
        Device(id="bolt", area="hall", sets=frozenset({Kind.LOCK}), battery=True, exterior=True, contact="door"),
        Device(id="door", area="hall", senses=frozenset({Quantity.CONTACT}), battery=True, exterior=True),
        Device(id="lamp", area="hall", sets=frozenset({Kind.LIGHT})),
        Device(id="pending", sets=frozenset({Kind.LIGHT})),
        Device(id="valve", area="hall", sets=frozenset({Kind.SETPOINT}), battery=True, coolest=5, warmest=24),
    ),
)
RUSH = (0.1, 1.0, 5.0, 7.0, 20.0)
CALM = (1.0, 40.0, 400.0, 900.0, 4000.0)
"""Seconds from one decision to the next."""


class Hostile:
    """A policy that wants anything at all, of anything, as sure as it likes; some break at times."""

    name = "hostile"

    def __init__(self, dice: random.Random, cause: Cause, *, breaks: bool) -> None:
        self.cause = cause
        self._dice, self._breaks = dice, breaks

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return []

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        dice = self._dice
        if self._breaks and dice.random() < 0.02:
            raise dice.choice([ValueError, ZeroDivisionError, KeyError])
        wanted = dice.choices(
            [*targets, *STRANGERS], [4.0] * len(targets) + [1.0] * len(STRANGERS), k=dice.randrange(4)
        )
        return [
            Prediction(target=target, setting=self._setting(target), confidence=self._confidence(), why="spite")
            for target in wanted
        ]

    def _confidence(self) -> float:
        return self._dice.choice([1.0, 1.0, 0.97, 0.95, 0.9, 0.8, 0.79, 0.0, -1.0, math.nan, math.inf])

    def _setting(self, target: Target) -> Setting | None:
        dice = self._dice
        wild = dice.choice([math.nan, math.inf, -math.inf, -5.0, 0.0, 1e9, dice.uniform(0, 40), dice.uniform(18, 22)])
        setpoint = Setpoint(dice.choice([wild, dice.randrange(30, 56) / 2, dice.randrange(38, 44) / 2]))
        light = Light(on=dice.random() < 0.5, level=dice.choice([None, wild, 0.5, 1.0]))
        usual = {Kind.LIGHT: light, Kind.SETPOINT: setpoint, Kind.LOCK: Lock()}[target.kind]
        return dice.choices([usual, None, light, setpoint, Lock()], [20, 1, 1, 1, 1])[0]


@dataclass
class Oracle:
    """What really is and what may never happen, in its own words."""

    started: float = 0.0
    lamp: list[float] = field(default_factory=list)
    lamp_by_anyone: list[float] = field(default_factory=list)
    valve: float = -math.inf
    bolt: list[float] = field(default_factory=list)
    setpoint: float = math.nan
    door_heard: float = -math.inf
    door_said: float = math.nan
    door_now: float = math.nan
    door_reachable: bool = True
    held: dict[Target, float] = field(default_factory=dict)

    def check(self, command: Command, clock: float, sure: float, level: Autonomy) -> None:
        policy = command.cause in (Cause.LEARNED, Cause.RULES)
        if policy:
            assert level is Autonomy.AUTO, "acts without being allowed to"
            assert sure >= (0.95 if command.target == BOLT else 0.80), "acts without being sure"
            assert self.held.get(command.target, -math.inf) <= clock, "acts against a person"
            assert clock - self.started >= 60, "acts before the start is over"
        match command.setting:
            case Setpoint(celsius=celsius):
                self._setpoint(command.target, celsius, clock, policy)
            case Light(on=_, level=brightness):
                assert command.target == LAMP, "lights what is no lamp"
                assert brightness is None or 0 < brightness <= 1, "no such brightness"
                self._light(clock, policy)
            case Lock():
                self._bolt(command.target, clock)

    def _setpoint(self, target: Target, celsius: float, clock: float, policy: bool) -> None:
        assert target == VALVE, "heats what is no thermostat"
        low, high = (16, 24) if policy else (7, 24)
        assert low <= celsius <= high, "setpoint outside limits"
        if policy:
            assert celsius % 0.5 == 0, "no step of half a degree"
            assert abs(celsius - self.setpoint) <= 1, "a leap"
            assert clock - max(self.valve, self.started) >= 900, "setpoint too soon"
        self.valve = clock

    def _light(self, clock: float, policy: bool) -> None:
        self.lamp_by_anyone = [t for t in self.lamp_by_anyone if clock - t < 1]
        assert len(self.lamp_by_anyone) < 3, "flashes"
        self.lamp_by_anyone.append(clock)
        if policy:
            self.lamp = [t for t in self.lamp if clock - t < 600]
            assert all(clock - t >= 5 for t in self.lamp), "light too soon"
            assert self._in_this_run(self.lamp) < self._earned(6, clock), "light too often"
            self.lamp.append(clock)

    def _bolt(self, target: Target, clock: float) -> None:
        assert target == BOLT, "locks what is no lock"
        assert self.door_now == 0.0, "bolt with the door open"
        assert self.door_said == 0.0, "bolt on a closed door that nobody heard close"
        assert self.door_reachable, "bolt with the contact gone"
        assert clock - self.door_heard <= 65 * 60, "bolt on a stale contact"
        self.bolt = [t for t in self.bolt if clock - t < 600]
        assert all(clock - t >= 30 for t in self.bolt), "bolt too soon"
        assert self._in_this_run(self.bolt) < self._earned(3, clock), "bolt too often"
        self.bolt.append(clock)

    def _in_this_run(self, moments: list[float]) -> int:
        return sum(moment >= self.started for moment in moments)

    def _earned(self, most: int, clock: float) -> int:
        """A run may use a limit of so many in ten minutes only as fast as it lasts, so that crashes gain nothing."""
        return min(most, math.floor((clock - self.started) * most / 600 + 1e-6))


class Ordeal:
    """A home whose devices, limits of trust and runs change by the dice, under a hostile policy."""

    def __init__(self, seed: int) -> None:
        self.dice, self.oracle, self.history = random.Random(seed), Oracle(), History()
        self.clock, self.let_through = 0.0, dict.fromkeys(Kind, 0)
        self._names, self._pace = itertools.count(), CALM
        self._policy = Hostile(self.dice, Cause.LEARNED, breaks=True)
        self._fallback = Hostile(self.dice, Cause.RULES, breaks=False)
        self._restart()

    def run(self, cases: int) -> dict[Kind, int]:
        for number in range(cases):
            if self.dice.random() < 0.01:
                self._pace = self.dice.choice([RUSH, RUSH, CALM])
            self.clock = round(self.clock + self.dice.choice(self._pace), 3)
            self._live()
            self._decide()
            if number % 1000 == 999:
                self.history.forget_before(self.clock - 7200)
        return self.let_through

    def _restart(self) -> None:
        self.state, self.oracle.started, self._safety = ControlState(self.clock), self.clock, SafetyTick()
        self.oracle.held.clear()

    def _live(self) -> None:
        dice = self.dice
        if dice.random() < 0.004:
            self._restart()
        if dice.random() < 0.6:
            self._door(dice.choice([0.0, 0.0, 0.0, 1.0, math.nan]), live=dice.random() < 0.8)
        if dice.random() < 0.03:
            self.oracle.door_reachable = dice.random() < 0.7
            self._tell("door", Quantity.AVAILABLE, float(self.oracle.door_reachable), live=False)
        if dice.random() < 0.5:
            self.oracle.setpoint = dice.choice([dice.uniform(15, 26), 20.0, 21.0])
            self._tell("valve", Quantity.SETPOINT, self.oracle.setpoint)
            self._tell("valve", Quantity.TEMPERATURE, dice.choice([19.0, 19.0, 6.0, math.nan]))
        if dice.random() < 0.6:
            self._tell("lamp", Quantity.LIGHT_ON, dice.choice([0.0, 1.0]))
            self._tell("bolt", Quantity.LOCK, dice.choice([*map(float, LockState), 0.0, 0.0, 0.0, math.nan]))
        if dice.random() < 0.05:
            target = dice.choice(HOME.targets)
            self.oracle.held[target] = self.clock + 600
            self.state.holds.start(target, self.clock + 600)

    def _door(self, value: float, *, live: bool) -> None:
        self._tell("door", Quantity.CONTACT, value, live=live)
        self.oracle.door_now = value
        if live:
            self.oracle.door_heard, self.oracle.door_said = self.clock, value

    def _tell(self, device: str, quantity: Quantity, value: float, *, live: bool = True) -> None:
        self.history.append(Reading(device=device, quantity=quantity, value=value, at=self.clock, live=live))

    def _decide(self) -> None:
        dice = self.dice
        level = dice.choices([Autonomy.AUTO, *Autonomy], [20, 1, 1, 1, 1])[0]
        now = Moment(
            home=HOME,
            history=self.history,
            at=self.clock,
            elapsed=self.clock,
            state=self.state,
            limits=Limits(),
            autonomy=AutonomySettings(level=level),
            new_id=lambda: str(next(self._names)),
        )
        verdicts = self._safety.tick(now) if dice.random() < 0.3 else []
        for verdict in [*verdicts, *decide(now, self._policy, self._fallback, HOME.targets)]:
            if verdict.approved is not None:
                command = verdict.approved.command
                self.oracle.check(command, self.clock, verdict.decision.confidence, level)
                self.let_through[command.target.kind] += 1
                end = dice.choice([CommandState.CONFIRMED, CommandState.CONFIRMED, CommandState.EXPIRED])
                self.state.ended(Outcome(command=command, state=end, at=self.clock), self.clock)


def test_no_hostile_policy_leaves_the_envelope_in_twenty_thousand_decisions() -> None:
    let_through = Ordeal(seed=1).run(20_000)
    assert min(let_through.values()) > 100, let_through


@pytest.mark.soak
def test_no_hostile_policy_leaves_the_envelope_in_a_million_decisions() -> None:
    let_through = Ordeal(seed=2).run(1_000_000)
    assert min(let_through.values()) > 5_000, let_through
