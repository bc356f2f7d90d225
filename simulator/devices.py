"""Things that obey: lamps, heating valves and the door's bolt, with their delays and their own ideas."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from random import Random

from homectl.home import Light, LockState, Origin, Quantity
from simulator.agenda import Agenda
from simulator.house import Room, proportional
from simulator.radio import Radio

CHECK_IN = 55 * 60.0
"""Seconds after which a device says everything again."""


class Device(ABC):
    """Anything that speaks. It says all its values at least every CHECK_IN seconds."""

    def __init__(self, name: str, agenda: Agenda, radio: Radio, rng: Random, *, battery: bool) -> None:
        self.id, self.battery, self.rng = name, battery, rng
        self.agenda, self.radio = agenda, radio
        self._full, self._drain, self._since = rng.uniform(35, 100), rng.uniform(0.03, 0.3) / 86_400, agenda.now
        agenda.after(rng.uniform(5, CHECK_IN), self._check_in)

    @abstractmethod
    def tell(self) -> None:
        """Say every value now."""

    def query(self) -> None:
        """Somebody asks for every value; those on battery sleep and do not hear it."""
        if not self.battery:
            self.tell()

    def tell_everything(self) -> None:
        """Say every value now, and how full the battery is."""
        self.radio.repeat(self.id)
        self.tell()
        if self.battery:
            left = self._full - self._drain * (self.agenda.now - self._since)
            self.radio.say(self.id, Quantity.BATTERY, float(max(1, round(left))))

    def _check_in(self) -> None:
        self.tell_everything()
        self.agenda.after(CHECK_IN * self.rng.uniform(0.9, 1.0), self._check_in)


class Settable(Device):
    """A device that somebody set: by whom, when, and how often something about it changed."""

    def __init__(self, name: str, agenda: Agenda, radio: Radio, rng: Random, *, battery: bool) -> None:
        super().__init__(name, agenda, radio, rng, battery=battery)
        self.by, self.changed, self.changes = Origin.PERSON, agenda.now, 0

    def note(self, by: Origin) -> None:
        """Somebody has changed it."""
        self.by, self.changed, self.changes = by, self.agenda.now, self.changes + 1


class Lamp(Settable):
    """A lamp. While it is cut at the wall it is dark, hears nothing and says nothing."""

    def __init__(
        self, name: str, agenda: Agenda, radio: Radio, rng: Random, *, room: Room, dimmable: bool, cosy: bool
    ) -> None:
        super().__init__(name, agenda, radio, rng, battery=False)
        self.room, self.dimmable, self.cosy = room, dimmable, cosy
        self._bright = rng.uniform(60, 110) if cosy else rng.uniform(140, 320)
        self.on, self.cut, self.level, self.lux = False, False, 1.0, 0.0
        room.lamps.append(self)

    def set(self, light: Light, by: Origin) -> None:
        """Switch or dim, and report. A lamp that is off keeps no new level."""
        if self.cut:
            return
        level = self.level
        if light.level is not None and self.dimmable and light.on:
            level = max(1, round(light.level * 254)) / 254
        if (light.on, level) != (self.on, self.level):
            self.note(by)
        self.on, self.level = light.on, level
        self._shine()
        self.tell()

    def cut_at_wall(self) -> None:
        if not self.cut:
            self.cut = True
            self._shine()
            self.agenda.after(self.rng.uniform(20, 90), self._missed)

    def restore(self) -> None:
        """Power comes back, and with it full light."""
        if self.cut:
            self.cut = False
            self.radio.say(self.id, Quantity.AVAILABLE, 1.0)
            self.set(Light(True, 1.0), Origin.PERSON)

    def tell(self) -> None:
        if not self.cut:
            self.radio.say(self.id, Quantity.LIGHT_ON, float(self.on), self.by)
            if self.dimmable:
                self.radio.say(self.id, Quantity.LIGHT_LEVEL, self.level, self.by)

    def _missed(self) -> None:
        if self.cut:
            self.radio.say(self.id, Quantity.AVAILABLE, 0.0)

    def _shine(self) -> None:
        self.lux = self._bright * self.level if self.on and not self.cut else 0.0


class Valve(Settable):
    """The thermostat of a room's heater. One on battery sleeps, and obeys and reports when it wakes.

    On battery it sits at the heater, and measures a little too warm while heating.
    """

    def __init__(
        self, name: str, agenda: Agenda, radio: Radio, rng: Random, *, room: Room, setpoint: float, battery: bool
    ) -> None:
        super().__init__(name, agenda, radio, rng, battery=battery)
        self.room, self.setpoint = room, setpoint
        self.pending: float | None = None
        self._queried = False
        self.wakes = rng.uniform(120, 360) if battery else 0.0  # seconds between two wakings; 0 is always awake
        self._bias = rng.uniform(0.2, 0.9) if battery else 0.0
        self.heating = self._told = False
        self._said = room.air
        agenda.after(rng.uniform(0, self.wakes or 60), self._wake)

    def ask(self, celsius: float) -> None:
        """A command arrives; a sleeping valve finds it when it wakes."""
        self.pending = _step(celsius)
        if not self.wakes:
            self._obey()

    def turn(self, celsius: float) -> None:
        """The knob is turned by hand, which also ends what was asked before."""
        self.pending = None
        self._set(_step(celsius), Origin.PERSON)

    def regulate(self) -> None:
        """Open or close the heater for the coming minute."""
        self.room.opening = opening = proportional(self.setpoint, self.room.air)
        self.heating = opening > 0.05

    def query(self) -> None:
        """A sleeping valve answers when it wakes."""
        if self.wakes:
            self._queried = True
        else:
            self.tell()

    def tell(self) -> None:
        self._queried = False
        self.radio.say(self.id, Quantity.SETPOINT, self.setpoint, self.by)
        self._tell_measured()
        self._tell_heating()

    def _measured(self) -> float:
        return round(self.room.air + self._bias * self.room.opening + self.radio.error(self.id), 1)

    def _tell_measured(self) -> None:
        self._said = self._measured()
        self.radio.say(self.id, Quantity.TEMPERATURE, self._said)

    def _tell_heating(self) -> None:
        self._told = self.heating
        self.radio.say(self.id, Quantity.HEATING, float(self.heating))

    def _wake(self) -> None:
        self._obey()
        if self._queried:
            self.tell()
        if abs(self._measured() - self._said) >= 0.3:
            self._tell_measured()
        if self.heating != self._told:
            self._tell_heating()
        self.agenda.after((self.wakes or 60.0) * self.rng.uniform(0.9, 1.1), self._wake)

    def _obey(self) -> None:
        if self.pending is not None:
            celsius, self.pending = self.pending, None
            self._set(celsius, Origin.HOMECTL)

    def _set(self, celsius: float, by: Origin) -> None:
        if celsius != self.setpoint:
            self.note(by)
        self.setpoint = celsius
        self.radio.say(self.id, Quantity.SETPOINT, celsius, self.by)


class Door(Device):
    """The front door and its contact sensor."""

    def __init__(self, name: str, agenda: Agenda, radio: Radio, rng: Random) -> None:
        super().__init__(name, agenda, radio, rng, battery=True)
        self.open = False
        self.openings = 0

    def swing(self, wide: bool) -> None:
        if wide != self.open:
            self.open = wide
            self.openings += wide
            self.tell()

    def tell(self) -> None:
        self.radio.say(self.id, Quantity.CONTACT, float(self.open))


class Bolt(Settable):
    """The lock of a door. Its motor takes seconds; a bolt thrown while the door stands open does not lock it."""

    def __init__(self, name: str, agenda: Agenda, radio: Radio, rng: Random, *, door: Door) -> None:
        super().__init__(name, agenda, radio, rng, battery=True)
        self.door, self.state = door, LockState.LOCKED
        self.jammed = False
        self.thrown_open = 0  # commands to lock that came while the door stood open
        self._run = 0

    @property
    def locked(self) -> bool:
        return self.state is LockState.LOCKED

    def query(self) -> None:
        """A lock hears, though on battery."""
        self.tell()

    def jam(self, stuck: bool) -> None:
        self.jammed = stuck

    def ask(self) -> None:
        """A command to lock arrives. One that is locked, or locking, only says so."""
        if self.state in (LockState.LOCKED, LockState.LOCKING):
            self.tell()
            return
        self.thrown_open += self.door.open
        self._move(LockState.LOCKING, Origin.HOMECTL)

    def draw(self) -> None:
        """A command to unlock arrives. One that is unlocked, or unlocking, only says so."""
        if self.state in (LockState.UNLOCKED, LockState.UNLOCKING):
            self.tell()
            return
        self._move(LockState.UNLOCKING, Origin.HOMECTL)

    def key_in(self, locked: bool) -> None:
        """A person who knows the code uses the keypad: the motor runs for them. Nothing moves where it is so."""
        there = (LockState.LOCKED, LockState.LOCKING) if locked else (LockState.UNLOCKED, LockState.UNLOCKING)
        if self.state not in there:
            self._move(LockState.LOCKING if locked else LockState.UNLOCKING, Origin.PERSON)

    def turn(self, locked: bool) -> None:
        """The thumb-turn or key, by hand; it also stops the motor. A door that stands open is not locked."""
        self._run += 1
        self._become(LockState.LOCKED if locked and not self.door.open else LockState.UNLOCKED, Origin.PERSON)

    def tell(self) -> None:
        self.radio.say(self.id, Quantity.LOCK, float(self.state), self.by)

    def _move(self, way: LockState, by: Origin) -> None:
        """The motor runs, unless a hand comes between."""
        self._run += 1
        run = self._run
        self.agenda.after(self.rng.uniform(0.2, 0.6), self._unless_turned(run, lambda: way, by))
        self.agenda.after(self.rng.uniform(2.0, 6.0), self._unless_turned(run, lambda: self._end(way), by))

    def _unless_turned(self, run: int, state: Callable[[], LockState], by: Origin) -> Callable[[], None]:
        def act() -> None:
            if run == self._run:
                self._become(state(), by)

        return act

    def _end(self, way: LockState) -> LockState:
        """Where the motor's run ends."""
        if self.jammed:
            return LockState.JAMMED
        if way is LockState.UNLOCKING:
            return LockState.UNLOCKED
        return LockState.NOT_FULLY_LOCKED if self.door.open else LockState.LOCKED

    def _become(self, state: LockState, by: Origin) -> None:
        if state is not self.state:
            self.note(by)
        self.state = state
        self.tell()


def _step(celsius: float) -> float:
    return min(30.0, max(5.0, round(celsius * 2) / 2))
