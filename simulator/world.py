"""A simulated home: weather, rooms, people and devices under one seed. It moves only when told."""

from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import TypeVar

from homectl.home import (
    DeviceUnknown,
    Home,
    HomeError,
    Light,
    Lock,
    Origin,
    Quantity,
    Reading,
    Setpoint,
    Setting,
    Signal,
    Target,
    milliseconds,
)
from simulator.agenda import Agenda
from simulator.days import AWAY, Doing, dawn
from simulator.devices import Device
from simulator.faults import AHEAD, DRIFT, ECHOED, MEASURED, OFFSET, Fault, Trouble
from simulator.fittings import fit
from simulator.house import TICK
from simulator.household import Residence, draw_household
from simulator.life import Life
from simulator.minute import Minute
from simulator.radio import Radio
from simulator.scene import Resident, Scene
from simulator.truth import Truth
from simulator.wishes import Wishes

T = TypeVar("T")

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
        self._minute = Minute(self._scene, weather, self._life, Random(f"{seed} appliances"))
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

    def move(self, person: str, area: str) -> list[Reading]:
        """Somebody goes to an area, or "away", for half an hour. The front door takes them a few seconds."""
        who = _named({r.member.id: r for r in self._scene.residents}, person)
        if area != AWAY and area not in self._scene.house.rooms:
            raise DeviceUnknown(area, [AWAY, *self._scene.house.rooms])
        who.sent_until = self.at + SENT
        self._life.begin(who, area, Doing.AWAY if area == AWAY else Doing.BUSY, who.sent_until)
        return self._radio.heard()

    # --- what goes wrong ----------------------------------------------------------------------------

    def suffer(self, fault: Fault) -> None:
        """Let a fault happen in its time."""
        begin, end = self._trouble(fault)
        self._agenda.plan(fault.at, begin)
        self._agenda.plan(fault.until, end)

    def _trouble(self, fault: Fault) -> tuple[Callable[[], None], Callable[[], None]]:
        """What begins it, and what ends it."""
        radio, trouble = self._radio, fault.trouble
        if trouble in MEASURED:
            some = self._parts.thermometers() if trouble is Trouble.FAHRENHEIT else self._parts.devices()
            sensor = _named({thing.id: thing for thing in some}, fault.device).id
            return lambda: radio.bend(sensor, trouble), lambda: radio.straighten(sensor)
        if trouble in ECHOED:
            thing = _named({each.id: each for each in self._parts.settable()}, fault.device).id
            return lambda: radio.garble(thing, trouble), lambda: radio.clear_up(thing)
        return self._outage(fault)

    def _outage(self, fault: Fault) -> tuple[Callable[[], None], Callable[[], None]]:
        radio, device, bolt = self._radio, fault.device, self._parts.bolt
        match fault.trouble:
            case Trouble.OFFLINE:
                self.home.device(device)
                return lambda: radio.take_down(device), lambda: radio.bring_back(device)
            case Trouble.CUT:
                lamp = _named(self._parts.lamps, device)
                return lamp.cut_at_wall, lamp.restore
            case Trouble.SILENT:
                self.home.device(device)
                return lambda: radio.silent.add(device), lambda: radio.silent.discard(device)
            case Trouble.STUCK:
                self.home.device(device)
                return lambda: radio.stuck.add(device), lambda: radio.stuck.discard(device)
            case Trouble.OFFSET | Trouble.DRIFT:
                thermometer = _named({t.id: t for t in self._parts.thermometers()}, device).id
                offset, hourly = (OFFSET, 0.0) if fault.trouble is Trouble.OFFSET else (0.0, DRIFT)
                return lambda: radio.mislead(thermometer, offset, hourly), lambda: radio.set_right(thermometer)
            case Trouble.FLOOD:
                sensor = _named({s.id: s for s in self._parts.motion.values()}, device)
                return sensor.break_down, sensor.recover
            case Trouble.CLOCK:
                return lambda: radio.set_clock(AHEAD), lambda: radio.set_clock(0.0)
            case Trouble.JAM:
                return lambda: bolt.jam(True), lambda: bolt.jam(False)
            case Trouble.SMOKE | Trouble.CARBON_MONOXIDE:
                detector, told = _named(self._parts.detectors, device), Quantity(fault.trouble)
                return lambda: detector.sound(told, True), lambda: detector.sound(told, False)
            case Trouble.FORGOTTEN_DOOR:
                return lambda: self._life.everybody_out(fault.until), lambda: None
        raise HomeError(f"Expected a trouble that a home can have, got {fault.trouble}; see simulator/faults.py")

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
