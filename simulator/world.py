"""A simulated home: weather, rooms, people and devices under one seed. It moves only when told."""

import math
from collections.abc import Iterable, Mapping
from random import Random
from typing import TypeVar

from homectl.home import (
    STATE,
    DeviceUnknown,
    Home,
    HomeError,
    Light,
    Lock,
    MessageError,
    Origin,
    Quantity,
    Reading,
    Setpoint,
    Setting,
    Signal,
    Target,
    milliseconds,
    plausible,
)
from simulator.agenda import Agenda
from simulator.days import AWAY, Doing, dawn
from simulator.devices import Device
from simulator.faults import Fault, Trouble
from simulator.fittings import fit
from simulator.given_sky import GivenSky
from simulator.house import TICK
from simulator.household import Residence, draw_household
from simulator.life import Life
from simulator.minute import Minute
from simulator.radio import Radio
from simulator.scene import Resident, Scene
from simulator.shown import Shown, shown
from simulator.troubles import LASTS, Troubles
from simulator.truth import Truth
from simulator.wishes import Wishes

T = TypeVar("T")

SET = frozenset(STATE.values()) | {Quantity.LIGHT_LEVEL}
"""What devices are set to, and so do not sense."""

SENT = 1800.0
"""Seconds that somebody who was sent to a room stays there whatever their day says."""


class World:
    """One home from `start` on: same seed, same steps and same commands give the same readings.

    Chance is split by subject, so that a command changes neither the weather nor where people go. What they touch may
    change: they react. Before `start` the home has lived since three in the morning, so that nothing begins cold.
    """

    def __init__(
        self, seed: int, *, start: float, household: Residence | None = None, detectors: Iterable[str] = ()
    ) -> None:
        """`detectors`: the areas in which a detector of smoke and carbon monoxide hangs."""
        drawn = household or draw_household(seed)
        family, began = drawn.family, dawn(start, drawn.place.zone)
        agenda = self._agenda = Agenda(began)
        self._radio = Radio(agenda)
        weather, house = drawn.surroundings(seed, began)
        self.seed, self.plan = seed, drawn.plan
        self._sky = GivenSky(weather, drawn.place)
        parts = fit(f"home-{seed}", drawn.place, family.taste, house, agenda, self._radio, Random(f"{seed} fittings"))
        for area in detectors:
            parts.hang(_named(house.rooms, area).plan.id, agenda, self._radio, Random(f"{seed} detector {area}"))
        self.home: Home = parts.home
        residents = [Resident(member, member.room) for member in family.members]
        self._scene = Scene(agenda, family.taste, house, parts, residents, Random(f"{seed} hands"))
        self._parts = parts
        self._devices: dict[str, Device] = {device.id: device for device in parts.devices()}
        self._life = Life(self._scene, self.home, drawn.days(seed), seed)
        self._life.last_evening()
        self._troubles = Troubles(parts, self._radio, self._life)
        self._minute = Minute(self._scene, self._sky, self._life, Random(f"{seed} appliances"))
        agenda.plan(began + TICK, self._minute.pass_by)
        self.unlocks_asked = 0
        agenda.run(milliseconds(start))
        self._radio.heard()
        self.count_from_here()

    @property
    def at(self) -> float:
        """UTC seconds since 1970."""
        return self._agenda.now

    @property
    def people(self) -> dict[str, str]:
        """Where everybody is: an area's id, or "away"."""
        return {who.member.id: who.place for who in self._scene.residents}

    @property
    def truth(self) -> Truth:
        return self._minute.truth(self.unlocks_asked)

    @property
    def shown(self) -> Shown:
        """How the home truly is now, and what is pretended in it."""
        return shown(self._parts, self._scene.house, self._sky, self._radio.told, self._troubles.now)

    @property
    def possible(self) -> dict[str, list[str]]:
        """Which devices can have each trouble: `*` for every one, an empty name for the home itself."""
        every = frozenset(self._devices)
        able = self._troubles.able | {Trouble.JAM: frozenset({self._parts.bolt.id})}
        named = {trouble: ["*"] if able[trouble] == every else sorted(able[trouble]) for trouble in able}
        return {trouble.value: named.get(trouble, [""]) for trouble in Trouble}

    @property
    def wishes(self) -> Wishes:
        """What people wish and will do, which no device tells: for judges only."""
        return Wishes(self._scene, self._life)

    def count_from_here(self) -> None:
        """Begin the truth anew."""
        self.unlocks_asked = 0
        self._minute.count_from_here()

    @property
    def reported(self) -> Mapping[Signal, Reading]:
        """The newest word on every signal, from before the start too: what a hub would have cached."""
        return self._radio.reported

    def step(self, dt: float) -> list[Reading]:
        """Let `dt` seconds pass (1 … 60): what devices report meanwhile, oldest first.

        How time is split into steps changes nothing.
        """
        if not 1 <= dt <= 60:
            raise HomeError(f"A world takes steps of 1 to 60 s, got {dt:g} s; take several")
        self._agenda.run(milliseconds(self._agenda.now + dt))
        return self._radio.heard()

    def listen(self, dt: float) -> list[Reading]:
        """Let time pass until devices report something, at most `dt` seconds (1 … 60): what they report then."""
        if not 1 <= dt <= 60:
            raise HomeError(f"A world listens for 1 to 60 s at once, got {dt:g} s; listen several times")
        self._agenda.run_on(milliseconds(self._agenda.now + dt), self._radio.speaks)
        return self._radio.heard()

    # --- what reaches devices -----------------------------------------------------------------------

    def obey(self, target: Target, setting: Setting) -> list[Reading]:
        """A command reaches a device: what it reports at once. What the device does not understand it ignores."""
        self.home.device(target.device)
        if target.device in self._radio.silent:
            return []
        if isinstance(setting, Light) and target.device in self._parts.lamps:
            lamp = self._parts.lamps[target.device]
            before = lamp.changes
            lamp.set(setting, Origin.HOMECTL)
            if lamp.changes != before:
                self._life.hands.meddled(lamp)
        elif isinstance(setting, Setpoint) and target.device in self._parts.valves:
            self._parts.valves[target.device].ask(setting.celsius)
        elif isinstance(setting, Lock) and target.device == self._parts.bolt.id:
            self._parts.bolt.ask()
        return self._radio.heard()

    def unlock(self, device: str) -> list[Reading]:
        """A command to unlock reaches a lock."""
        _named({self._parts.bolt.id: self._parts.bolt}, device)
        if device not in self._radio.silent:
            self._parts.bolt.draw()
        return self._radio.heard()

    def report(self, device: str) -> list[Reading]:
        """All that a device says when asked. One that sleeps says nothing yet, a valve answers when it wakes."""
        self.home.device(device)
        self._devices[device].query()
        return self._radio.heard()

    # --- what people are told to do -----------------------------------------------------------------

    def press(self, device: str) -> list[Reading]:
        """Somebody presses the wall switch of a lamp."""
        lamp = _named(self._parts.lamps, device)
        self._life.hands.press(lamp, Light(lamp.cut or not lamp.on))
        return self._radio.heard()

    def turn(self, device: str, celsius: float) -> list[Reading]:
        """Somebody turns the knob of a heating valve."""
        self._life.knobs.turn(_named(self._parts.valves, device), celsius)
        return self._radio.heard()

    def bolt(self, device: str, locked: bool) -> list[Reading]:
        """Somebody turns the thumb-turn. While the door stands open it cannot be locked."""
        _named({self._parts.bolt.id: self._parts.bolt}, device)
        self._life.doorway.turn(locked)
        return self._radio.heard()

    def key_in(self, device: str, locked: bool) -> list[Reading]:
        """Somebody who knows the code uses the keypad of the lock; its motor takes seconds."""
        _named({self._parts.bolt.id: self._parts.bolt}, device)
        self._life.doorway.key_in(locked)
        return self._radio.heard()

    def move(self, person: str, area: str) -> list[Reading]:
        """Somebody goes to an area, or "away", for half an hour. The front door takes them a few seconds."""
        who = _named({r.member.id: r for r in self._scene.residents}, person)
        if area != AWAY and area not in self._scene.house.rooms:
            raise DeviceUnknown(area, [AWAY, *self._scene.house.rooms])
        who.sent_until = self.at + SENT
        self._life.begin(who, area, Doing.AWAY if area == AWAY else Doing.BUSY, who.sent_until)
        return self._radio.heard()

    # --- what is pretended --------------------------------------------------------------------------

    def sense(self, device: str, quantity: Quantity, value: float | None) -> list[Reading]:
        """A sensor says this from now on whatever it measures; None gives it back, and it says what is true."""
        if quantity not in self.home.device(device).senses or quantity in SET:
            able = sorted(self.home.device(device).senses - SET)
            raise MessageError(f"{device}: expected what it senses, {', '.join(able)}; got {quantity}.")
        if value is None:
            self._radio.told.pop(Signal(device, quantity), None)
            self._devices[device].tell_everything()
        elif plausible(quantity, value):
            self._radio.told[Signal(device, quantity)] = value
            self._radio.say(device, quantity, value)
        else:
            raise MessageError(f"{device}: expected a {quantity} that can be, got {value:g}; a fault can say it.")
        return self._radio.heard()

    def weather(self, **told: float | None) -> list[Reading]:
        """Have it so warm `outdoors` (°C), or so much `cloud` (0 … 1); None gives it back. Felt at the next minute."""
        for name in told:
            setattr(self._sky, name, told[name])
        return []

    # --- what goes wrong ----------------------------------------------------------------------------

    def suffer(self, fault: Fault) -> None:
        """Let a fault happen in its time."""
        device, over = self._troubles.place(fault.trouble, fault.device), [lambda: None]

        def begin() -> None:
            over[0] = self._troubles.begin(fault.trouble, device, fault.until)

        self._agenda.plan(fault.at, begin)
        self._agenda.plan(fault.until, lambda: over[0]())

    def strike(self, device: str, trouble: Trouble, seconds: float | None = None) -> list[Reading]:
        """Let it happen now, for so long or until it is mended. `device` is empty for what befalls the home."""
        lasts = LASTS.get(trouble, math.inf) if seconds is None else seconds
        over = self._troubles.begin(trouble, device, self.at + lasts)
        if lasts < math.inf:
            self._agenda.plan(self.at + lasts, over)
        return self._radio.heard()

    def mend(self, device: str) -> list[Reading]:
        """End all that is wrong with a device, or with an empty name all that is wrong with the home itself."""
        self._troubles.mend(device)
        return self._radio.heard()

    def cut(self, device: str) -> list[Reading]:
        """Somebody cuts a lamp at the wall."""
        _named(self._parts.lamps, device).cut_at_wall()
        return self._radio.heard()

    def restore(self, device: str) -> list[Reading]:
        """Somebody gives a lamp its power back; it lights up."""
        _named(self._parts.lamps, device).restore()
        return self._radio.heard()


def _named(things: Mapping[str, T], name: str) -> T:
    try:
        return things[name]
    except KeyError:
        raise DeviceUnknown(name, list(things)) from None
