"""The air between devices and whoever listens: everything a device says goes through here."""

from homectl.home import Origin, Quantity, Reading, Signal
from simulator.agenda import Agenda


class Radio:
    """Collects what devices say, stamped with the agenda's time. `reported` is the newest word on every signal."""

    __slots__ = ("_agenda", "_said", "_wrong", "ahead", "reported", "silent", "stuck")

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._said: list[Reading] = []
        self._wrong: dict[str, tuple[float, float, float]] = {}  # °C, °C per hour, since when
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
        if origin is not Origin.SENSED or device not in self.stuck:
            self._send(Reading(device=device, quantity=quantity, value=value, at=self._at, origin=origin, text=text))

    def repeat(self, device: str) -> None:
        """A device checks in: one that is stuck measures what it did last."""
        if device in self.stuck:
            for signal, last in list(self.reported.items()):
                if signal.device == device and last.origin is Origin.SENSED:
                    self._send(Reading(device=device, quantity=last.quantity, value=last.value, at=self._at))

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
