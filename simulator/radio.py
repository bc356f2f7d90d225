"""The air between devices and whoever listens: everything a device says goes through here."""

from homectl.home import Origin, Quantity, Reading, Signal
from simulator.agenda import Agenda


class Radio:
    """Collects what devices say, stamped with the agenda's time. `reported` is the newest word on every signal."""

    __slots__ = ("_agenda", "_said", "reported", "silent", "stuck")

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._said: list[Reading] = []
        self.reported: dict[Signal, Reading] = {}
        self.silent: set[str] = set()  # devices that say nothing
        self.stuck: set[str] = set()  # devices that repeat their last measurement

    @property
    def now(self) -> float:
        return self._agenda.now

    def say(
        self, device: str, quantity: Quantity, value: float, origin: Origin = Origin.SENSED, text: str = ""
    ) -> None:
        if device in self.silent:
            return
        signal = Signal(device, quantity)
        if device in self.stuck and signal in self.reported:
            value = self.reported[signal].value
        reading = Reading(device=device, quantity=quantity, value=value, at=self._agenda.now, origin=origin, text=text)
        self.reported[signal] = reading
        self._said.append(reading)

    def speaks(self) -> bool:
        """Whether something was said since."""
        return bool(self._said)

    def heard(self) -> list[Reading]:
        """What was said since the last call, oldest first."""
        said, self._said = self._said, []
        return said
