"""The air between devices and whoever listens: everything a device says goes through here."""

from dataclasses import replace

from homectl.home import Origin, Quantity, Reading, Signal
from simulator.agenda import Agenda
from simulator.faults import AGAIN, LATE, Trouble, wrongly


class Radio:
    """Collects what devices say, stamped with the agenda's time. `reported` is the newest word on every signal."""

    __slots__ = (
        *("_agenda", "_bent", "_checked", "_echoes", "_said", "_wrong"),
        *("ahead", "reported", "silent", "stuck", "told"),
    )

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._said: list[Reading] = []
        self._wrong: dict[str, tuple[float, float, float]] = {}  # °C, °C per hour, since when
        self._bent: dict[str, tuple[Trouble, int]] = {}  # sensors that measure nonsense, and how often they spoke
        self._echoes: dict[str, Trouble] = {}  # devices that answer wrongly when they have obeyed
        self._checked: dict[str, float] = {}  # when a device checked in last
        self.told: dict[Signal, float] = {}  # what sensors say because somebody has told them so
        self.reported: dict[Signal, Reading] = {}
        self.silent: set[str] = set()  # devices that say nothing
        self.stuck: set[str] = set()  # devices that measure nothing any more
        self.ahead = 0.0  # seconds that the stamps are ahead of the agenda

    @property
    def now(self) -> float:
        return self._agenda.now

    def say(
        self, device: str, quantity: Quantity, value: float, origin: Origin = Origin.SENSED, text: str = ""
    ) -> None:
        """What a stuck device would have measured is lost; what it is set to is not."""
        if self.told and origin is Origin.SENSED and (told := self.told.get(Signal(device, quantity))) is not None:
            self._send(Reading(device=device, quantity=quantity, value=told, at=self._at))
            return
        if origin is Origin.SENSED and device in self.stuck:
            return
        if origin is Origin.SENSED and device in self._bent:
            trouble, count = self._bent[device]
            self._bent[device] = trouble, count + 1
            value = wrongly(trouble, quantity, value, count)
        reading = Reading(device=device, quantity=quantity, value=value, at=self._at, origin=origin, text=text)
        if origin is Origin.HOMECTL and device in self._echoes and self._checked.get(device) != self.now:
            self._echo(reading, self._echoes[device])
        else:
            self._send(reading)

    def _echo(self, reading: Reading, trouble: Trouble) -> None:
        """What becomes of a device's word that it has done as it was told."""
        if trouble is Trouble.DELAYED_ECHO:
            self._agenda.after(LATE, lambda: self._send(replace(reading, at=self._at)))
        elif trouble is Trouble.DOUBLED_ECHO:
            self._send(reading)
            self._agenda.after(AGAIN, lambda: self._send(replace(reading, at=self._at)))

    def repeat(self, device: str) -> None:
        """A device checks in: one that is stuck measures what it did last."""
        self._checked[device] = self.now
        if device in self.stuck:
            for signal, last in list(self.reported.items()):
                if signal.device == device and last.origin is Origin.SENSED:
                    self._send(Reading(device=device, quantity=last.quantity, value=last.value, at=self._at))

    def bend(self, device: str, trouble: Trouble) -> None:
        """From now on a sensor measures nonsense of this sort."""
        self._bent[device] = trouble, 1

    def straighten(self, device: str) -> None:
        self._bent.pop(device, None)

    def garble(self, device: str, trouble: Trouble) -> None:
        """From now on a device that has obeyed answers in this wrong way."""
        self._echoes[device] = trouble

    def clear_up(self, device: str) -> None:
        self._echoes.pop(device, None)

    def take_down(self, device: str) -> None:
        """The device's network says that it is gone, and it is."""
        self.say(device, Quantity.AVAILABLE, 0.0)
        self.silent.add(device)

    def bring_back(self, device: str) -> None:
        self.silent.discard(device)
        self.say(device, Quantity.AVAILABLE, 1.0)

    def mislead(self, device: str, offset: float, hourly: float) -> None:
        """From now on a thermometer measures so much too warm, and more every hour."""
        self._wrong[device] = offset, hourly, self.now

    def set_right(self, device: str) -> None:
        self._wrong.pop(device, None)

    def set_clock(self, ahead: float) -> None:
        """From now on stamps are so many seconds ahead."""
        self.ahead = ahead

    def error(self, device: str) -> float:
        """°C that a thermometer is too warm."""
        offset, hourly, since = self._wrong.get(device, (0.0, 0.0, 0.0))
        return offset + hourly * (self.now - since) / 3600

    def speaks(self) -> bool:
        """Whether something was said since."""
        return bool(self._said)

    def heard(self) -> list[Reading]:
        """What was said since the last call, oldest first."""
        said, self._said = self._said, []
        return said

    @property
    def _at(self) -> float:
        return self.now + self.ahead

    def _send(self, reading: Reading) -> None:
        if reading.device not in self.silent:
            self.reported[reading.signal] = reading
            self._said.append(reading)
