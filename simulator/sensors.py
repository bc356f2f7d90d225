"""Things that only look: motion, climate, light, power and smoke, which speak when something changes."""

from random import Random

from homectl.home import Quantity
from simulator.agenda import Agenda
from simulator.devices import Device
from simulator.faults import CHATTER
from simulator.house import Room
from simulator.radio import Radio


class Motion(Device):
    """A passive infrared sensor: motion at once, still only after nothing moved for `clear` seconds.

    One with an eye also says how bright it is: with motion, and when that changes much.
    """

    def __init__(
        self, name: str, agenda: Agenda, radio: Radio, rng: Random, *, room: Room, clear: float, eye: bool
    ) -> None:
        super().__init__(name, agenda, radio, rng, battery=True)
        self._room, self.clear, self.eye = room, clear, eye
        self.active, self._last = False, -1e18
        self._broken = False
        self._lux = Eye(name, radio, room, rng) if eye else None

    def moved(self) -> None:
        self._last = self.agenda.now
        if self.active:
            return
        self.active = True
        self.radio.say(self.id, Quantity.MOTION, 1.0)
        if self._lux is not None:
            self._lux.tell()
        self.agenda.after(self.clear, self._settle)

    def look(self) -> None:
        if self._lux is not None:
            self._lux.look(self.agenda.now)

    def tell(self) -> None:
        self.radio.say(self.id, Quantity.MOTION, float(self.active))
        if self._lux is not None:
            self._lux.tell()

    def break_down(self) -> None:
        """From now on it reports motion and none in turn."""
        self._broken = True
        self._chatter(True)

    def recover(self) -> None:
        self._broken = False
        self.tell()

    def _chatter(self, motion: bool) -> None:
        if self._broken:
            self.radio.say(self.id, Quantity.MOTION, float(motion))
            self.agenda.after(CHATTER, lambda: self._chatter(not motion))

    def _settle(self) -> None:
        if (wait := self._last + self.clear - self.agenda.now) > 0.01:
            self.agenda.after(wait, self._settle)
            return
        self.active = False
        self.radio.say(self.id, Quantity.MOTION, 0.0)


class Eye:
    """The light sensor in a motion sensor: speaks when the light changed by a quarter, at most every two minutes."""

    def __init__(self, name: str, radio: Radio, room: Room, rng: Random) -> None:
        self._name, self._radio, self._room = name, radio, room
        self._gain = rng.uniform(0.85, 1.15)
        self._said, self._at = -10.0, -1e18

    def look(self, now: float) -> None:
        light = self._room.light * self._gain
        if abs(light - self._said) > 4 + 0.25 * self._said and now - self._at >= 120:
            self.tell()

    def tell(self) -> None:
        self._said, self._at = self._room.light * self._gain, self._radio.now
        self._radio.say(self._name, Quantity.ILLUMINANCE, float(round(self._said)))


class Climate(Device):
    """Temperature and humidity, in some also carbon dioxide: speaks at 0.2 K, 3 % and 75 ppm of change."""

    def __init__(
        self, name: str, agenda: Agenda, radio: Radio, rng: Random, *, room: Room, co2: bool, humidity: bool = True
    ) -> None:
        super().__init__(name, agenda, radio, rng, battery=not co2)
        self._room, self.co2, self.humidity = room, co2, humidity
        self._offset = rng.gauss(0, 0.2)
        self._warm, self._damp, self._stale = room.air, room.humidity, room.co2

    def look(self) -> None:
        room, name = self._room, self.id
        if abs(self._felt() - self._warm) >= 0.2:
            self._warm = self._felt()
            self.radio.say(name, Quantity.TEMPERATURE, round(self._warm, 1))
        if self.humidity and abs(room.humidity - self._damp) >= 3:
            self._damp = room.humidity
            self.radio.say(name, Quantity.HUMIDITY, round(self._damp, 1))
        if self.co2 and abs(room.co2 - self._stale) >= 75:
            self._stale = room.co2
            self.radio.say(name, Quantity.CO2, float(round(self._stale)))

    def tell(self) -> None:
        room = self._room
        self._warm, self._damp, self._stale = self._felt(), room.humidity, room.co2
        self.radio.say(self.id, Quantity.TEMPERATURE, round(self._warm, 1))
        if self.humidity:
            self.radio.say(self.id, Quantity.HUMIDITY, round(self._damp, 1))
        if self.co2:
            self.radio.say(self.id, Quantity.CO2, float(round(self._stale)))

    def _felt(self) -> float:
        return self._room.air + self._offset + self.radio.error(self.id)


class Detector(Device):
    """A detector of smoke and carbon monoxide under a ceiling: it speaks at once, and whenever it checks in."""

    SENSES = (Quantity.SMOKE, Quantity.CARBON_MONOXIDE)

    def __init__(self, name: str, agenda: Agenda, radio: Radio, rng: Random) -> None:
        super().__init__(name, agenda, radio, rng, battery=True)
        self._alarms = dict.fromkeys(self.SENSES, False)

    def sound(self, quantity: Quantity, alarm: bool) -> None:
        self._alarms[quantity] = alarm
        self.tell()

    def tell(self) -> None:
        for quantity, alarm in self._alarms.items():
            self.radio.say(self.id, quantity, float(alarm))


class Plug(Device):
    """A smart plug that measures what the television behind it draws, in watts; 4 W of change make it speak."""

    STANDBY = 0.8

    def __init__(self, name: str, agenda: Agenda, radio: Radio, rng: Random) -> None:
        super().__init__(name, agenda, radio, rng, battery=False)
        self._usual = rng.uniform(45, 140)
        self._watts = self._said = self.STANDBY

    def draw(self, running: bool) -> None:
        """The load for the coming minute."""
        self._watts = self._usual * self.rng.uniform(0.96, 1.04) if running else self.STANDBY
        if abs(self._watts - self._said) >= max(4.0, 0.1 * self._said):
            self.tell()

    def tell(self) -> None:
        self._said = self._watts
        self.radio.say(self.id, Quantity.POWER, round(self._said, 1))
