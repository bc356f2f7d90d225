"""No policy unlocks, whatever it says and on whose behalf: from what it wants to what would leave for a lock.

A policy cannot express an unlock in its types. This one says it all the same, as code that nobody checked would.
"""

import itertools
import json
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from homectl.bridge.directory import Directory, dialects_of
from homectl.bridge.messages import Message
from homectl.bridge.settings import BridgeSettings
from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.control.pipeline import Moment, command, decide
from homectl.control.state import ControlState
from homectl.home import (
    Area,
    Autonomy,
    Cause,
    Decision,
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
    Ruling,
    Setpoint,
    Target,
    Times,
    Unlock,
    Verdict,
)
from homectl.home.commands import CommandState
from tests.measured import Measured

DOORS = 60
STATE = {"type": "binary", "name": "state", "property": "state", "access": 7, "value_on": "LOCK", "value_off": "UNLOCK"}
BOLTS = [{"type": "lock", "features": [STATE]}]
ANNOUNCED = [
    {"ieee_address": f"0x{n:x}", "friendly_name": f"bolt_{n}", "definition": {"exposes": BOLTS}}
    for n in range(1, DOORS + 1)
]
HOME = Home(
    id="h",
    simulated=True,
    areas=(Area(id="hall"),),
    devices=(
        Device(id="door", area="hall", senses=frozenset({Quantity.CONTACT}), exterior=True),
        *(
            Device(id=f"bolt_{n}", area="hall", address=f"zigbee2mqtt:0x{n:x}", contact="door", exterior=True)
            for n in range(1, DOORS + 1)
        ),
    ),
)
SURE = (1.0, 1.0, 0.97, 0.95, 0.5, math.nan, math.inf)
REUSED = 97
"""So many lists of wishes are made and said again and again, each time to a home in another state."""


class Liar:
    """A policy that wants doors open, and gives any cause for it."""

    name = "liar"

    def __init__(self, dice: random.Random, targets: Sequence[Target]) -> None:
        self.cause = Cause.LEARNED
        wishes: list[Any] = [Unlock(), Unlock(), Unlock(), Lock(), Lock(), None, Light(True), Setpoint(20.0)]
        self._said = itertools.cycle(
            [
                [
                    Prediction(
                        target=target, setting=dice.choice(wishes), confidence=dice.choice(SURE), why="let me in"
                    )
                    for target in targets
                ]
                for _ in range(REUSED)
            ]
        )

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return []

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        return next(self._said)


class Siege:
    """A street of doors whose state changes by the dice while a liar decides for them."""

    def __init__(self, seed: int) -> None:
        self.dice, self.history, self.clock = random.Random(seed), History(), 1_000_000.0
        self.directory = Directory(HOME, dialects_of(BridgeSettings()))
        self.directory.take(Message("zigbee2mqtt/bridge/devices", json.dumps(ANNOUNCED).encode()), self.clock)
        self.home = self.directory.home
        self.bolts = [target for target in self.home.targets if target.kind is Kind.LOCK]
        self.liar = Liar(self.dice, self.bolts)
        self.state = ControlState(0.0)
        self.told: Counter[str] = Counter()
        self._autonomy = {level: AutonomySettings(level=level) for level in Autonomy}
        self._names = itertools.count()

    def run(self, decisions: int) -> Counter[str]:
        """How often what became of so many decisions. AssertionError as soon as one unlocks."""
        for _ in range(math.ceil(decisions / (2 * DOORS))):
            self.clock += self.dice.choice((5.0, 60.0, 700.0))
            self._live()
            now = self._now()
            self.liar.cause = self.dice.choice(list(Cause))
            for verdict in itertools.chain(decide(now, self.liar, self.liar, self.bolts), self._past_judgement(now)):
                self._check(verdict)
            if self.told["decided"] % (1000 * DOORS) == 0:
                self.history.forget_before(self.clock - 7200)
        return self.told

    def _past_judgement(self, now: Moment) -> Iterator[Verdict]:
        """What a part that asks no policy would send: straight to the guard, on anybody's behalf."""
        cause, wish = self.dice.choice(list(Cause)), self.dice.choice(({"setting": Unlock()}, {"setting": Lock()}))
        for target in self.bolts:
            loose: dict[str, Any] = wish
            yield command(
                Decision(target=target, cause=cause, confidence=1.0, reason="let me in", at=now.at, **loose), now
            )

    def _live(self) -> None:
        dice = self.dice
        if dice.random() < 0.02:
            self.state = ControlState(self.clock)
        self._tell("door", Quantity.CONTACT, dice.choice((0.0, 0.0, 1.0)))
        for target in dice.sample(self.bolts, 6):
            self._tell(target.device, Quantity.LOCK, float(dice.choice(list(LockState))))

    def _tell(self, device: str, quantity: Quantity, value: float) -> None:
        self.history.append(Reading(device=device, quantity=quantity, value=value, at=self.clock))

    def _now(self) -> Moment:
        return Moment(
            home=self.home,
            history=self.history,
            at=self.clock,
            elapsed=self.clock,
            state=self.state,
            limits=Limits(),
            autonomy=self._autonomy[self.dice.choice((Autonomy.AUTO, Autonomy.AUTO, *Autonomy))],
            new_id=lambda: str(next(self._names)),
        )

    def _check(self, verdict: Verdict) -> None:
        self.told["decided"] += 1
        self.told["wanted to unlock"] += str(verdict.decision.setting) == str(Unlock())
        self.told["refused to unlock"] += verdict.rule == "only a person unlocks"
        if verdict.ruling is not Ruling.APPROVED:
            return
        assert verdict.approved is not None
        asked = verdict.approved.command
        assert type(asked.setting) is Lock
        (message,) = self.directory.encode(asked.target, asked.setting)
        assert message.payload == b'{"state": "LOCK"}'
        self.told["locked"] += 1
        self.state.ended(Outcome(command=asked, state=CommandState.CONFIRMED, at=self.clock), self.clock)


@pytest.mark.parametrize("decisions", [200_000, pytest.param(10_000_000, marks=pytest.mark.soak)])
def test_no_decision_of_a_lying_policy_unlocks(decisions: int, measured: Measured) -> None:
    told = Siege(seed=decisions).run(decisions)
    measured("no unlock", decisions=told["decided"], wanted=told["wanted to unlock"], unlocks=0)
    assert told["decided"] >= decisions
    assert told["wanted to unlock"] > decisions / 4
    assert told["refused to unlock"] > decisions / 8
    assert told["locked"] > decisions / 1000
