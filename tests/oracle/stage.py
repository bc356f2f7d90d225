"""A home on a stage: the real controller, its journal and its history, between devices that obey, fail and lie.

Everything that matters is written down as plain tuples with true time, for judges that know nothing of homectl.
"""

import heapq
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.controller import Controller
from homectl.home import (
    ActionRefused,
    Area,
    Autonomy,
    Command,
    Device,
    Home,
    JournalError,
    Kind,
    Light,
    Lock,
    LockState,
    Outcome,
    Policy,
    Quantity,
    Reading,
    Setpoint,
    Setting,
    Target,
)
from homectl.journal import Journal
from homectl.parts import Parts

BEGAN = 1_767_200_000.0
"""UTC seconds at which every stage begins; true time begins at zero."""

AFTER = 0.001
"""Seconds between two things that happen one after the other: a journal tells milliseconds apart."""

Log = list[tuple[Any, ...]]


@dataclass
class StepClock:
    """A wall clock that can be set, over seconds that only grow."""

    t: float = 1000.0
    ahead: float = BEGAN

    def now(self) -> float:
        return round(self.t + self.ahead, 3)

    def elapsed(self) -> float:
        return self.t


class WrittenJournal(Journal):
    """A journal that also writes commands and their ends down for the judges; its disk can be too full for a command.

    Never for a reading: what a run could not keep the next one cannot know, and a judge could not tell either.
    """

    log: Log
    clock: StepClock
    full = False

    def record_command(self, command: Command) -> None:
        value, level = plain(command.setting)
        target = command.target
        about = (target.device, str(target.kind), value, level, str(command.cause), command.id)
        self.log.append(("sent", self.clock.t, *about))
        if self.full:
            raise JournalError("the disk is full")
        super().record_command(command)

    def record_outcome(self, outcome: Outcome) -> None:
        self.log.append(("ended", self.clock.t, outcome.command.id, str(outcome.state)))
        super().record_outcome(outcome)


def plain(setting: Setting) -> tuple[Any, float | None]:
    """A setting in plain data."""
    match setting:
        case Light(on=on, level=level):
            return on, level
        case Setpoint(celsius=celsius):
            return celsius, None
        case Lock():
            return "lock", None
    raise TypeError(f"not a setting: {setting!r}")


def described(home: Home) -> dict[str, dict[str, Any]]:
    """A home in plain data."""
    found = {}
    for device in home.devices:
        contact = home.contact_of(device.id) if Kind.LOCK in device.sets else None
        found[device.id] = {
            "area": device.area,
            "sets": {str(kind) for kind in device.sets},
            "battery": device.battery,
            "check_in": device.check_in,
            "contact": None if contact is None else contact.id,
            "coolest": device.coolest,
            "warmest": device.warmest,
            "step": device.step,
        }
    return found


def drawn_home(dice: Random) -> Home:
    """Two rooms with what can hang in them, a front door, and a detector or two."""
    battery, coolest, warmest = dice.random() < 0.5, dice.choice([5.0, 5.0, 7.5]), dice.choice([24.0, 28.0, 30.0])
    heats = frozenset({Kind.SETPOINT})
    devices = [
        Device(id="lamp", area="hall", sets=frozenset({Kind.LIGHT})),
        Device(id="relay", area="room", sets=frozenset({Kind.LIGHT}), dimmable=False),
        Device(id="valve", area="room", sets=heats, battery=battery, coolest=coolest, warmest=warmest),
        Device(id="bolt", area="hall", sets=frozenset({Kind.LOCK}), battery=True, exterior=True, contact="door"),
        Device(id="door", area="hall", senses=frozenset({Quantity.CONTACT}), battery=True, exterior=True),
        Device(id="smoke", area="hall", senses=frozenset({Quantity.SMOKE, Quantity.CARBON_MONOXIDE}), battery=True),
        Device(id="stranger", sets=frozenset({Kind.LIGHT}), senses=frozenset({Quantity.SMOKE})),
    ]
    if dice.random() < 0.7:
        devices.append(Device(id="climate", area="room", senses=frozenset({Quantity.TEMPERATURE}), battery=True))
    if dice.random() < 0.5:
        step = dice.choice([0.5, 1.0, 0.2])
        devices.append(Device(id="wall", area="hall", sets=heats, step=step))
    return Home(id="h", simulated=True, areas=(Area(id="hall"), Area(id="room")), devices=tuple(devices))


class Stage:
    """One home, its devices' true state, and the run of homectl that controls it."""

    def __init__(
        self, home: Home, policy: Policy, fallback: Policy, dice: Random, *, clock: StepClock | None = None
    ) -> None:
        self.home, self.dice, self.clock = home, dice, clock or StepClock()
        self.log: Log = []
        self.truth: dict[tuple[str, Quantity], float] = first(home)
        self.silent: set[str] = set()
        self.losses = 0.0
        self._policy, self._fallback = policy, fallback
        self._coming: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._newest: dict[Target, int] = {}
        journal = WrittenJournal.in_memory()
        assert isinstance(journal, WrittenJournal)
        journal.log, journal.clock, self._journal = self.log, self.clock, journal
        self.decisions = 0
        self.control = self._begun(Autonomy.AUTO)

    # --- homectl ------------------------------------------------------------------------------------

    def start(self, level: Autonomy) -> None:
        """Begin a run with what the last one kept, as the daemon does."""
        self.decisions += self.control.counts["decisions"]
        self.clock.t += AFTER
        self.control = self._begun(level)
        self.clock.t += AFTER

    def _begun(self, level: Autonomy) -> Controller:
        journal = self._journal
        journal.full = False
        self.log += [("start", self.clock.t), ("level", self.clock.t, str(level))]
        journal.close_open_commands(self.clock.now(), "unconfirmed at restart")
        history = journal.history()
        history.unsee()
        self.history = history
        parts = Parts(
            clock=self.clock,
            real=self.clock.elapsed,
            history=history,
            journal=journal,
            policy=self._policy,
            fallback=self._fallback,
            limits=Limits(),
            autonomy=AutonomySettings(level=level),
            new_id=lambda: f"c{next(self._numbers)}",
        )
        control = Controller(self.home, parts, self._transmit)
        self.linked = True
        control.begin()
        return control

    def close(self) -> None:
        self.decisions += self.control.counts["decisions"]
        self._journal.full = False
        self._journal.close()

    def fill_disk(self, full: bool) -> None:
        self._journal.full = full

    def link(self, up: bool) -> None:
        self.linked = up
        self.log.append(("link", self.clock.t, up))
        self.control.connected(up)

    def set_clock(self, by: float) -> None:
        """Somebody sets the wall clock; what it says never goes back for homectl.

        Soon after something is heard and kept, as in every home, so that a restart begins at that time or later.
        """
        before = self.control.now()
        self.clock.ahead += by
        if (leap := self.control.now() - before) > 1:
            self.log.append(("leap", self.clock.t, leap))
        self.clock.t += AFTER
        name, at = self.home.devices[0].id, self.control.now()
        self.control.learn([Reading(device=name, quantity=Quantity.BATTERY, value=90.0, at=at, live=False)])

    def ask(self, target: Target, setting: Setting) -> bool:
        """A person asks homectl; whether it was taken on."""
        self.log.append(("asked", self.clock.t, target.device, str(target.kind), plain(setting)[0]))
        return self._tried(lambda: self.control.ask(target, setting))

    def resume(self, target: Target) -> bool:
        if self._tried(lambda: self.control.resume(target)):
            self.log.append(("resumed", self.clock.t, target.device))
            return True
        return False

    def _tried(self, what: Callable[[], object]) -> bool:
        try:
            what()
        except (ActionRefused, JournalError):
            return False
        return True

    def write_down_beliefs(self) -> None:
        """What homectl holds for true, and how it is."""
        at, t = self.control.now(), self.clock.t
        for (device, quantity), value in self.truth.items():
            self.log.append(("belief", t, device, str(quantity), self.history.value(device, quantity, at)))
            self.log.append(("truth", t, device, str(quantity), value))
        self.log.append(("waiting", t, int(self.control.waiting)))

    # --- time ---------------------------------------------------------------------------------------

    def pass_time(self, seconds: float, every: float = 10.0) -> None:
        end = self.clock.t + seconds
        while self.clock.t < end:
            soonest = self._coming[0][0] if self._coming else math.inf
            self.clock.t = max(self.clock.t, min(end, soonest, self.clock.t + every))
            while self._coming and self._coming[0][0] <= self.clock.t:
                heapq.heappop(self._coming)[2]()
            self.turn()

    def turn(self) -> None:
        """What the daemon does a few times a second."""
        for work in (self.control.pulse, self.control.tick):
            try:
                work()
            except JournalError:
                continue
        self.log.append(("tick", self.clock.t))

    def react(self, area: str) -> None:
        self._tried(lambda: self.control.react({area}))

    # --- devices ------------------------------------------------------------------------------------

    def say(self, device: str, quantity: Quantity, value: float, *, live: bool = True, by: str = "sensor") -> None:
        """A device reports; what is silent, or comes while the way is lost, nobody hears."""
        if not self.linked or (device in self.silent and quantity is not Quantity.AVAILABLE):
            return
        if quantity is Quantity.AVAILABLE:
            live = False
        self.clock.t += 2 * AFTER
        self.log.append(("heard", self.clock.t, device, str(quantity), value, live, by))
        reading = Reading(device=device, quantity=quantity, value=value, at=self.control.now(), live=live)
        self._tried(lambda: self.control.learn([reading]))

    def check_in(self, device: str) -> None:
        for (name, quantity), value in self.truth.items():
            if name == device:
                self.say(name, quantity, value, by="device")

    def by_hand(self, device: str, quantity: Quantity, value: float) -> None:
        """A person sets the device itself."""
        self.truth[device, quantity] = value
        self.say(device, quantity, value, by="person")

    def _transmit(self, target: Target, setting: Setting) -> bool:
        self.log.append(("left", self.clock.t, target.device, str(target.kind), *plain(setting)))
        if self.linked and target.device not in self.silent and self.dice.random() >= self.losses:
            self._newest[target] = number = next(self._numbers)
            self._later(self._delay(target), lambda: self._obey(target, setting, number))
        return self.linked

    def _delay(self, target: Target) -> float:
        device = self.home.device(target.device)
        return (
            self.dice.uniform(20, 200) if device.battery and target.kind is Kind.SETPOINT else self.dice.uniform(0.1, 2)
        )

    def _obey(self, target: Target, setting: Setting, number: int) -> None:
        """A device does what it was asked last."""
        device = target.device
        if target.kind not in self.home.device(device).sets or self._newest[target] != number:
            return
        match setting:
            case Light(on=on, level=level):
                self._become(device, Quantity.LIGHT_ON, float(on))
                if level is not None and self.home.device(device).dimmable:
                    self._become(device, Quantity.LIGHT_LEVEL, level)
            case Setpoint(celsius=celsius):
                self._become(device, Quantity.SETPOINT, celsius)
            case Lock():
                contact = self.home.device(device).contact or ""
                shut = self.truth[contact, Quantity.CONTACT] == 0.0
                stuck = self.truth[device, Quantity.LOCK] == LockState.JAMMED
                end = LockState.LOCKED if shut else LockState.NOT_FULLY_LOCKED
                self._become(device, Quantity.LOCK, float(LockState.JAMMED if stuck else end))

    def _become(self, device: str, quantity: Quantity, value: float) -> None:
        self.truth[device, quantity] = value
        self.say(device, quantity, value, by="device")

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._coming, (self.clock.t + seconds, next(self._numbers), act))


def first(home: Home) -> dict[tuple[str, Quantity], float]:
    """How every device of a home is at first."""
    states: dict[tuple[str, Quantity], float] = {}
    for device in home.devices:
        for kind in device.sets:
            state = {
                Kind.LIGHT: {Quantity.LIGHT_ON: 0.0} | ({Quantity.LIGHT_LEVEL: 1.0} if device.dimmable else {}),
                Kind.SETPOINT: {Quantity.SETPOINT: 20.0, Quantity.TEMPERATURE: 19.5, Quantity.HEATING: 0.0},
                Kind.LOCK: {Quantity.LOCK: float(LockState.LOCKED)},
            }[kind]
            states |= {(device.id, quantity): value for quantity, value in state.items()}
        at_first = {Quantity.TEMPERATURE: 19.5}
        states |= {(device.id, quantity): at_first.get(quantity, 0.0) for quantity in device.senses}
    return states
