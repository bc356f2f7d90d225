"""A small home that keeps the world's contract: two lamps, a valve, a lock with its door, and a motion sensor."""

from dataclasses import dataclass

from homectl.home import (
    Area,
    Device,
    Home,
    Kind,
    Light,
    Lock,
    LockState,
    Origin,
    Quantity,
    Reading,
    Setpoint,
    Setting,
    Signal,
    Target,
)

HOME = Home(
    id="fake",
    simulated=True,
    areas=(Area(id="hall", name="Hall"), Area(id="kitchen", name="Kitchen")),
    devices=(
        Device(
            id="kitchen_lamp",
            area="kitchen",
            address="zigbee2mqtt:0x00124b0000000001",
            senses=frozenset({Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL}),
            sets=frozenset({Kind.LIGHT}),
        ),
        Device(
            id="hall_lamp",
            area="hall",
            address="home_assistant:hall_lamp",
            senses=frozenset({Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL}),
            sets=frozenset({Kind.LIGHT}),
        ),
        Device(
            id="kitchen_valve",
            area="kitchen",
            address="zigbee2mqtt:0x00124b0000000002",
            senses=frozenset({Quantity.SETPOINT, Quantity.TEMPERATURE, Quantity.HEATING, Quantity.BATTERY}),
            sets=frozenset({Kind.SETPOINT}),
            battery=True,
        ),
        Device(
            id="front_lock",
            area="hall",
            address="zigbee2mqtt:0x00124b0000000004",
            senses=frozenset({Quantity.LOCK, Quantity.BATTERY}),
            sets=frozenset({Kind.LOCK}),
            battery=True,
            exterior=True,
            contact="front_door",
        ),
        Device(
            id="front_door",
            area="hall",
            address="zigbee2mqtt:0x00124b0000000005",
            senses=frozenset({Quantity.CONTACT, Quantity.BATTERY}),
            battery=True,
            exterior=True,
        ),
        Device(
            id="hall_motion",
            area="hall",
            address="zigbee2mqtt:0x00124b0000000006",
            senses=frozenset({Quantity.MOTION, Quantity.ILLUMINANCE, Quantity.BATTERY}),
            battery=True,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class FakeTruth:
    steps: int
    unlocks_asked: int


class FakeWorld:
    """Somebody passes the hall in every step; devices obey at once."""

    def __init__(self, name: str = "fake", start: float = 1_768_282_200.0) -> None:
        self.home = HOME.model_copy(update={"id": name})
        self.at = start
        self.people = {"somebody": "kitchen"}
        self.unlocks_asked = 0
        self.lengths: list[float] = []
        self._counted = 0
        self.state: dict[tuple[str, Quantity], float] = {
            ("kitchen_lamp", Quantity.LIGHT_ON): 0.0,
            ("kitchen_lamp", Quantity.LIGHT_LEVEL): 0.5,
            ("hall_lamp", Quantity.LIGHT_ON): 0.0,
            ("kitchen_valve", Quantity.SETPOINT): 20.0,
            ("front_lock", Quantity.LOCK): float(LockState.UNLOCKED),
        }

    @property
    def truth(self) -> FakeTruth:
        return FakeTruth(len(self.lengths) - self._counted, self.unlocks_asked)

    def count_from_here(self) -> None:
        self._counted = len(self.lengths)

    @property
    def reported(self) -> dict[Signal, Reading]:
        known = self.state.items()
        return {Signal(d, q): self._reading(d, q, value, Origin.SENSED) for (d, q), value in known}

    def step(self, dt: float) -> list[Reading]:
        self.lengths.append(dt)
        self.at = round(self.at + dt, 3)
        motion = Reading(device="hall_motion", quantity=Quantity.MOTION, value=float(len(self.lengths) % 2), at=self.at)
        return [motion]

    def unlock(self, device: str) -> list[Reading]:
        self._set(device, Quantity.LOCK, float(LockState.UNLOCKED))
        return self.report(device)

    def obey(self, target: Target, setting: Setting) -> list[Reading]:
        match setting:
            case Light(on=on, level=level):
                self._set(target.device, Quantity.LIGHT_ON, float(on))
                if level is not None:
                    self._set(target.device, Quantity.LIGHT_LEVEL, level)
            case Setpoint(celsius=celsius):
                self._set(target.device, Quantity.SETPOINT, celsius)
            case Lock():
                self._set(target.device, Quantity.LOCK, float(LockState.LOCKED))
        return self.report(target.device)

    def report(self, device: str) -> list[Reading]:
        known = [(quantity, value) for (name, quantity), value in self.state.items() if name == device]
        return [self._reading(device, quantity, value, Origin.SENSED) for quantity, value in known]

    def press(self, device: str) -> list[Reading]:
        self._set(device, Quantity.LIGHT_ON, 1.0 - self.state[device, Quantity.LIGHT_ON])
        return self.report(device)

    def turn(self, device: str, celsius: float) -> list[Reading]:
        self._set(device, Quantity.SETPOINT, celsius)
        return self.report(device)

    def bolt(self, device: str, locked: bool) -> list[Reading]:
        self._set(device, Quantity.LOCK, float(locked))
        return self.report(device)

    def move(self, person: str, area: str) -> list[Reading]:
        self.people[person] = area
        return []

    def cut(self, device: str) -> list[Reading]:
        return [self._reading(device, Quantity.AVAILABLE, 0.0, Origin.SENSED)]

    def restore(self, device: str) -> list[Reading]:
        return [self._reading(device, Quantity.AVAILABLE, 1.0, Origin.SENSED)]

    def _set(self, device: str, quantity: Quantity, value: float) -> None:
        self.state[device, quantity] = value

    def _reading(self, device: str, quantity: Quantity, value: float, origin: Origin) -> Reading:
        return Reading(device=device, quantity=quantity, value=value, at=self.at, origin=origin)
