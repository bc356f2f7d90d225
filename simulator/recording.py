"""A recorded log as a simulated home: its devices say again what they said, and nothing they are asked is done."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import isnan

from homectl.home import (
    KIND,
    Device,
    Home,
    Kind,
    LockState,
    MessageError,
    Quantity,
    Reading,
    Setting,
    Signal,
    Target,
    milliseconds,
    plausible,
)

SPOKEN = re.compile(r"zigbee2mqtt:0x[0-9a-f]{16}")
"""An address that a device of a Zigbee network has."""

NEEDS: dict[Quantity, Kind] = {
    Quantity.LIGHT_ON: Kind.LIGHT,
    Quantity.LIGHT_LEVEL: Kind.LIGHT,
    Quantity.SETPOINT: Kind.SETPOINT,
    Quantity.HEATING: Kind.SETPOINT,
    Quantity.LOCK: Kind.LOCK,
}
"""What only a device can say that can be set so."""

ON_ITS_WAY = (LockState.LOCKING, LockState.UNLOCKING)


@dataclass(slots=True)
class Played:
    """How much of a log has been said: readings, those that no device has words for, and what was asked in vain."""

    readings: int = 0
    without_words: int = 0
    asked: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))


def on_air(home: Home, signals: Iterable[Signal]) -> Home:
    """A recorded home as one that owns its time: every device has an address and says what the log has of it.

    A home that is simulated keeps its name and addresses. A real one gets a name of its own, so that the journal of
    what is played is never the one that was recorded, and its devices speak as Zigbee2MQTT's do.
    """
    told: dict[str, set[Quantity]] = {}
    for signal in signals:
        told.setdefault(signal.device, set()).add(signal.quantity)
    devices = [_speaking(device, told.get(device.id, set()), home.simulated) for device in home.devices]
    named = {} if home.simulated else {"id": f"{home.id[:39]}-replayed", "name": f"{home.name or home.id} (replayed)"}
    return home.model_copy(update={"simulated": True, **named}).with_devices(devices)


def _speaking(device: Device, told: set[Quantity], simulated: bool) -> Device:
    known = SPOKEN.fullmatch(device.address) or (simulated and device.address.startswith("home_assistant:"))
    address = device.address if known else f"zigbee2mqtt:0x{hashlib.sha256(device.id.encode()).hexdigest()[:16]}"
    senses = device.senses | {q for q in told if q is not Quantity.AVAILABLE}
    return device.model_copy(update={"address": address, "senses": frozenset(senses)})


class Recording:
    """Implements Simulated: `readings`, oldest first, from `start` up to `end` (UTC seconds), said at their times.

    What was said before `start` is what devices know then; one on battery sleeps and says nothing when it is asked.
    `progress` is told the share that has passed, 0 … 1.
    """

    def __init__(
        self,
        home: Home,
        readings: Iterable[Reading],
        start: float,
        end: float,
        progress: Callable[[float], None] = lambda _share: None,
    ) -> None:
        self._home, self._start, self._end, self._progress = home, start, end, progress
        self._coming = iter(readings)
        self._next: Reading | None = next(self._coming, None)
        self._at = milliseconds(start)
        self._reported: dict[Signal, Reading] = {}
        self.truth = Played()
        self.unlocks_asked = 0
        for reading in self._until(start, strictly=True):
            self._reported[reading.signal] = reading

    @property
    def home(self) -> Home:
        return self._home

    @property
    def at(self) -> float:
        return self._at

    @property
    def people(self) -> Mapping[str, str]:
        return {}

    @property
    def reported(self) -> Mapping[Signal, Reading]:
        return self._reported

    def count_from_here(self) -> None:
        self.truth = Played()

    def step(self, dt: float) -> list[Reading]:
        """What the log has of the next `dt` seconds."""
        self._at = milliseconds(min(self._at + dt, max(self._end, self._at)))
        said = self._until(self._at)
        self._reported |= {reading.signal: reading for reading in said}
        self.truth.readings += len(said)
        self._progress((self._at - self._start) / max(1e-9, self._end - self._start))
        return said

    def _until(self, at: float, *, strictly: bool = False) -> list[Reading]:
        said: list[Reading] = []
        while self._next is not None and (self._next.at < at if strictly else self._next.at <= at):
            if self._has_words_for(self._next):
                said.append(self._next)
            elif not strictly:
                self.truth.without_words += 1
            self._next = next(self._coming, None)
        return said

    def _has_words_for(self, reading: Reading) -> bool:
        """Whether a device can say it: a bolt on its way has no word, nor has what cannot be."""
        device = self._home.by_id.get(reading.device)
        if device is None or not (isnan(reading.value) or plausible(reading.quantity, reading.value)):
            return False
        if reading.quantity is Quantity.ACTION:
            return bool(reading.text)
        need = NEEDS.get(reading.quantity)
        dims = reading.quantity is not Quantity.LIGHT_LEVEL or device.dimmable
        moves = reading.quantity is Quantity.LOCK and reading.value in ON_ITS_WAY
        return (need is None or need in device.sets) and dims and not moves

    def report(self, device: str) -> list[Reading]:
        """All that a device on mains knows, as it says it now."""
        if self._home.device(device).battery:
            return []
        return [
            Reading(device=device, quantity=signal.quantity, value=last.value, at=self._at, origin=last.origin)
            for signal, last in self._reported.items()
            if signal.device == device and signal.quantity is not Quantity.ACTION
        ]

    def obey(self, target: Target, setting: Setting) -> list[Reading]:
        """Nothing: what has been cannot be changed."""
        self._home.device(target.device)
        self.truth.asked[KIND[type(setting)]] += 1
        return []

    def unlock(self, device: str) -> list[Reading]:
        """Nothing, either."""
        self._home.device(device)
        self.truth.asked[Kind.LOCK] += 1
        return []

    def press(self, device: str) -> list[Reading]:
        raise _past(device)

    def turn(self, device: str, celsius: float) -> list[Reading]:
        raise _past(device, celsius)

    def bolt(self, device: str, locked: bool) -> list[Reading]:
        raise _past(device, locked)

    def move(self, person: str, area: str) -> list[Reading]:
        raise _past(person, area)

    def cut(self, device: str) -> list[Reading]:
        raise _past(device)

    def restore(self, device: str) -> list[Reading]:
        raise _past(device)


def _past(*about: object) -> MessageError:
    asked = " ".join(map(str, about))
    return MessageError(f"{asked}: expected a control of time: what has been recorded cannot be changed by hand.")
