"""A hostile policy, and a hostile world around it."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from homectl.home import (
    Autonomy,
    Cause,
    Forecast,
    History,
    Home,
    Kind,
    Light,
    Lock,
    LockState,
    Prediction,
    Quantity,
    Setpoint,
    Setting,
    Target,
    Times,
)
from tests.oracle.envelope import judge
from tests.oracle.stage import Stage, described, drawn_home

HOUR, YEAR = 3600.0, 365 * 86_400.0
WILD = (math.nan, math.inf, -math.inf, -5.0, 0.0, 1e9)


class Hostile:
    """Wants anything of anything, as sure as it likes; flips at every question, and breaks at times."""

    name = "hostile"

    def __init__(self, dice: Random, cause: Cause, *, breaks: bool) -> None:
        self.cause = cause
        self._dice, self._breaks = dice, breaks
        self._flip = False

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return []

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        dice, self._flip = self._dice, not self._flip
        if self._breaks and dice.random() < 0.02:
            raise dice.choice([ValueError, ZeroDivisionError, KeyError])
        wanted = [target for target in targets if dice.random() < 0.6]
        if dice.random() < 0.1:
            wanted.append(dice.choice([Target("stranger", Kind.LIGHT), Target("lamp", Kind.LOCK)]))
        return [
            Prediction(target=t, setting=self._wish(t, history, at), confidence=self._confidence(), why="spite")
            for t in wanted
        ]

    def _confidence(self) -> float:
        return self._dice.choice([1.0, 1.0, 1.0, 0.97, 0.95, 0.8, 0.79, 0.0, -1.0, math.nan, math.inf])

    def _wish(self, target: Target, history: History, at: float) -> Setting | None:
        dice = self._dice
        near = history.value(target.device, Quantity.SETPOINT, at) + dice.choice([-1.0, -0.5, -0.2, 0.3, 0.5, 1.0, 1.5])
        usual: dict[Kind, Setting] = {
            Kind.LIGHT: Light(self._flip, dice.choice([None, None, 0.5, *WILD])),
            Kind.SETPOINT: Setpoint(dice.choice([near, near, near, dice.randrange(24, 60) / 2, *WILD[:3]])),
            Kind.LOCK: Lock(),
        }
        return dice.choices([usual[target.kind], None, Light(False), Setpoint(21.0), Lock()], [20, 1, 1, 1, 1])[0]


@dataclass(frozen=True, slots=True)
class Ordained:
    """What came of a home under all that: how much was decided and sent, and what the oracle found."""

    decisions: int
    sent: Counter[tuple[str, str]]  # by kind and cause
    faults: list[str]


def ordeal(seed: int, happenings: int = 250) -> Ordained:
    """One random home from its first minute to its last, judged."""
    dice = Random(seed)
    policy, fallback = Hostile(dice, Cause.LEARNED, breaks=True), Hostile(dice, Cause.RULES, breaks=False)
    stage = Stage(drawn_home(dice), policy, fallback, dice)
    Ordeal(stage, dice).live(happenings)
    stage.close()
    sent = Counter((event[3], event[6]) for event in stage.log if event[0] == "sent")
    return Ordained(stage.decisions, sent, judge(described(stage.home), stage.log))


class Ordeal:
    """Lets everything happen to a stage that can, by the dice."""

    def __init__(self, stage: Stage, dice: Random) -> None:
        self.stage, self.dice = stage, dice
        self._pace = 5.0

    def live(self, happenings: int) -> None:
        for _ in range(happenings):
            if self.dice.random() < 0.05:
                self._pace = self.dice.choice([0.3, 3.0, 3.0, 20.0, 60.0, 300.0])
            self.stage.pass_time(self.dice.uniform(0.1, 2) * self._pace, every=10.0)
            happening = self.dice.choices(self._happenings, self._weights)[0]
            happening(self)
            for _ in range(self.dice.choice([0, 1, 1, 3])):
                self.stage.react(self.dice.choice(["hall", "room"]))

    def _warmth(self) -> None:
        dice, stage = self.dice, self.stage
        seen = [key for key in stage.truth if key[1] is Quantity.TEMPERATURE]
        device, quantity = dice.choice(seen)
        now = stage.truth[device, quantity]
        now += dice.choice([0.0, 0.0, 0.1, -0.1, 0.5, -0.5, 2, -2, -4, 4])
        stage.truth[device, quantity] = round(min(42.0, max(0.0, now)), 1)
        wrong = dice.choice([math.nan, 85.0, -127.0, 61.0, now + 12, now - 12, math.inf])
        said = wrong if dice.random() < 0.08 else stage.truth[device, quantity]
        for _ in range(dice.choice([1, 1, 1, 5])):
            stage.say(device, quantity, said, live=dice.random() < 0.95)

    def _season(self) -> None:
        """Every room becomes as cold, or as hot, as it can be."""
        level = self.dice.choice([5.0, 6.9, 7.0, 8.9, 9.0, 19.0, 20.0, 32.9, 33.0, 34.9, 35.0, 38.0])
        for device, quantity in list(self.stage.truth):
            if quantity is Quantity.TEMPERATURE and self.dice.random() < 0.7:
                self.stage.truth[device, quantity] = level
                self.stage.pass_time(self.dice.choice([1.0, 240.0, 400.0]))
                self.stage.say(device, quantity, level)

    def _check_in(self) -> None:
        names = [device.id for device in self.stage.home.devices]
        for name in names if self.dice.random() < 0.5 else [self.dice.choice(names)]:
            self.stage.check_in(name)

    def _door(self) -> None:
        value = self.dice.choice([0.0, 0.0, 0.0, 1.0, 1.0, math.nan])
        if value == value:
            self.stage.truth["door", Quantity.CONTACT] = value
        self.stage.say("door", Quantity.CONTACT, value, live=self.dice.random() < 0.9)

    def _bolt(self) -> None:
        value = self.dice.choice([*map(float, LockState), 0.0, 0.0, 0.0, 0.0, math.nan])
        if value == value:
            self.stage.truth["bolt", Quantity.LOCK] = value
        self.stage.say("bolt", Quantity.LOCK, value, live=self.dice.random() < 0.9, by="device")

    def _heater(self) -> None:
        device = self.dice.choice([d.id for d in self.stage.home.devices if Kind.SETPOINT in d.sets])
        self.stage.truth[device, Quantity.HEATING] = value = float(self.dice.random() < 0.5)
        self.stage.say(device, Quantity.HEATING, value)

    def _hand(self) -> None:
        target = self.dice.choice([t for t in self.stage.home.targets if t.device != "stranger"])
        match target.kind:
            case Kind.LIGHT:
                now = self.stage.truth[target.device, Quantity.LIGHT_ON]
                self.stage.by_hand(target.device, Quantity.LIGHT_ON, 1.0 - now)
            case Kind.SETPOINT:
                self.stage.by_hand(target.device, Quantity.SETPOINT, self.dice.randrange(10, 60) / 2)
            case Kind.LOCK:
                self.stage.by_hand(target.device, Quantity.LOCK, float(self.dice.random() < 0.3))

    def _ask(self) -> None:
        dice = self.dice
        target = dice.choice([*self.stage.home.targets, Target("lamp", Kind.SETPOINT)])
        celsius = dice.choice([*WILD, dice.randrange(10, 64) / 2, 20.0, 21.0])
        wishes: list[Setting] = [Light(dice.random() < 0.5, dice.choice([None, 0.4, *WILD])), Setpoint(celsius), Lock()]
        usual = wishes[list(Kind).index(target.kind)]
        for _ in range(dice.choice([1, 1, 1, 5])):
            self.stage.ask(target, usual if dice.random() < 0.9 else dice.choice(wishes))

    def _resume(self) -> None:
        self.stage.resume(self.dice.choice(self.stage.home.targets))

    def _alarm(self) -> None:
        quantity = self.dice.choice([Quantity.SMOKE, Quantity.CARBON_MONOXIDE])
        device = self.dice.choice(["smoke", "smoke", "smoke", "stranger"])
        value = self.dice.choice([1.0, 0.0, 0.0, math.nan])
        if value == value:
            self.stage.truth[device, quantity] = value
        self.stage.say(device, quantity, value, live=self.dice.random() < 0.9)

    def _stuck(self) -> None:
        """Thermometers say the same for seven hours while heating goes on and off; then policies want a step."""
        self.stage.silent.clear()
        heaters = [key for key in self.stage.truth if key[1] is Quantity.HEATING]
        for turn in range(14):
            for key in heaters:
                self.stage.truth[key] = float(turn % 6 < 3)
            for device in self.stage.home.devices:
                self.stage.check_in(device.id)
            self.stage.pass_time(HOUR / 2)
        for _ in range(10):
            self.stage.pass_time(120)
            self.stage.react("room")

    def _lost(self) -> None:
        """A thermostat is set high by another program, and then nobody knows how warm its room is."""
        device = self.dice.choice([d.id for d in self.stage.home.devices if Kind.SETPOINT in d.sets])
        self.stage.truth[device, Quantity.SETPOINT] = 29.0
        self.stage.say(device, Quantity.SETPOINT, 29.0, by="device")
        for name, quantity in list(self.stage.truth):
            if quantity is Quantity.TEMPERATURE:
                self.stage.say(name, quantity, math.nan)
        for target in self.stage.home.targets:
            self.stage.resume(target)
        self.stage.pass_time(self.dice.choice([1700.0, 1900.0, 2500.0]))

    def _danger(self) -> None:
        """An alarm, and people and policies that want heat, darkness and a locked door in spite of it."""
        quantity = self.dice.choice([Quantity.SMOKE, Quantity.CARBON_MONOXIDE])
        self.stage.silent.discard("smoke")
        for value in (1.0, self.dice.choice([0.0, 1.0])):
            self.stage.truth["smoke", quantity] = value
            self.stage.say("smoke", quantity, value)
            for target in self.stage.home.targets:
                if target.kind is Kind.SETPOINT and self.dice.random() < 0.5:
                    self.stage.ask(target, Setpoint(self.dice.choice([20.0, 7.0, 7.5])))
            self.stage.pass_time(self.dice.choice([1.0, 60.0, 1000.0, 2000.0]))
            self.stage.react("room")
            self._resume()

    def _all_clear(self) -> None:
        for quantity in (Quantity.SMOKE, Quantity.CARBON_MONOXIDE):
            self.stage.truth["smoke", quantity] = 0.0
            self.stage.say("smoke", quantity, 0.0)
        self._resume()

    def _available(self) -> None:
        device = self.dice.choice(self.stage.home.devices).id
        self.stage.say(device, Quantity.AVAILABLE, float(self.dice.random() < 0.7), live=False)

    def _everybody_available(self) -> None:
        for device in self.stage.home.devices:
            self.stage.say(device.id, Quantity.AVAILABLE, 1.0)

    def _silence(self) -> None:
        device = self.dice.choice(self.stage.home.devices).id
        self.stage.silent ^= {device}

    def _loud(self) -> None:
        self.stage.silent.clear()
        self.stage.losses = self.dice.choice([0.0, 0.0, 0.2, 0.9])

    def _link(self) -> None:
        self.stage.link(False)
        self.stage.pass_time(self.dice.choice([1.0, 30.0, 900.0]))
        self.stage.link(True)

    def _restart(self) -> None:
        self.stage.start(self.dice.choices(list(Autonomy), [1, 1, 1, 12])[0])

    def _crash_loop(self) -> None:
        for _ in range(self.dice.randrange(2, 6)):
            self.stage.start(Autonomy.AUTO)
            self.stage.pass_time(self.dice.uniform(1, 90))
            self._check_in()

    def _clock(self) -> None:
        self.stage.set_clock(self.dice.choice([HOUR, -HOUR, YEAR, -YEAR, 2.0, 60.0]))

    def _disk(self) -> None:
        self.stage.fill_disk(self.dice.random() < 0.4)

    def _long_silence(self) -> None:
        self.stage.pass_time(self.dice.choice([2 * HOUR, 4 * HOUR, 7 * HOUR]), every=10.0)

    _happenings = (
        *(_warmth, _season, _check_in, _door, _bolt, _heater, _hand, _ask, _resume, _alarm, _all_clear, _available),
        *(_everybody_available, _silence, _loud, _link, _restart, _crash_loop, _clock, _disk, _long_silence, _danger),
        *(_stuck, _lost),
    )
    _weights = (20, 3, 14, 10, 8, 6, 5, 6, 2, 1.5, 2, 2, 2, 1, 1, 0.7, 0.6, 0.3, 0.3, 0.5, 0.15, 0.7, 0.15, 0.5)
