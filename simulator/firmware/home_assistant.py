"""Simulated devices that announce themselves by Home Assistant discovery: what they say and what they hear."""

import math
from collections.abc import Iterable

from homectl.home import Device, Home, Kind, Light, LockState, Quantity, Reading, Setpoint, Target
from simulator.firmware.discovery import (
    BINARY,
    BRIGHTEST,
    SENSORS,
    Config,
    Style,
    entities,
    key_of,
    long,
    style_of,
    tilde,
)
from simulator.firmware.speech import Asked, Heard, Spoken, lock_asked, number, packed, rounded, unpacked

LAMP = frozenset({Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL})

LOCK_WORDS = {
    LockState.LOCKED: "LOCKED",
    LockState.UNLOCKED: "UNLOCKED",
    LockState.LOCKING: "LOCKING",
    LockState.UNLOCKING: "UNLOCKING",
    LockState.NOT_FULLY_LOCKED: "JAMMED",
    LockState.JAMMED: "JAMMED",
}


class HomeAssistant:
    """The devices of a home that speak for themselves. States are retained, as ESPHome and Z-Wave JS UI keep them."""

    def __init__(self, home: Home, prefix: str, topics: str) -> None:
        """Discovery under `prefix`, each device's own topics under `topics`."""
        self._prefix, self._topics = prefix, topics
        mine = [device for device in home.devices if device.address.startswith("home_assistant:")]
        self._devices = {device.id: device for device in mine}
        self._rooms = {area.id: area.name or area.id for area in home.areas}
        self._known: dict[str, dict[Quantity, float]] = {name: {} for name in self._devices}
        self._commands = {
            f"{self._place(device)}/{tail}": (device, kind) for device in mine for tail, kind in _commands(device)
        }

    def __contains__(self, device: str) -> bool:
        return device in self._devices

    def announce(self) -> list[Spoken]:
        """Every device's discovery and availability, retained; no states."""
        configs = [message for device in self._devices.values() for message in self._discovery(device)]
        return [*configs, *(self._availability(name) for name in self._devices)]

    def farewell(self) -> list[Spoken]:
        """What is said when the devices are taken down in good order."""
        places = map(self._place, self._devices.values())
        return [Spoken(f"{place}/availability", "offline", True) for place in places]

    def note(self, reading: Reading) -> None:
        """Keep a value as the device's state."""
        self._known[reading.device][reading.quantity] = reading.value

    def say(self, device: str, readings: Iterable[Reading]) -> list[Spoken]:
        """The messages of readings that one device made at one time."""
        told: set[Quantity] = set()
        for reading in readings:
            told.add(reading.quantity)
            self.note(reading)
        said = [self._availability(device)] if Quantity.AVAILABLE in told else []
        return said + self._states(self._devices[device], told - {Quantity.AVAILABLE, Quantity.ACTION})

    def _place(self, device: Device) -> str:
        return f"{self._topics}/{device.id}"

    def _availability(self, device: str) -> Spoken:
        gone = self._known[device].get(Quantity.AVAILABLE) == 0.0
        return Spoken(f"{self._place(self._devices[device])}/availability", "offline" if gone else "online", True)

    def _states(self, device: Device, told: set[Quantity]) -> list[Spoken]:
        place, known = self._place(device), self._known[device.id]
        if style_of(device) is Style.TILDE:
            mine = [quantity for quantity in known if quantity in told]
            named = [item for quantity in mine for item in _values(device, quantity, known[quantity])]
            return [Spoken(f"{place}/{name}", _bare(value), True) for name, value in named]
        said = []
        for topic, group in (("light", told & LAMP), ("state", told - LAMP)):
            mine = [quantity for quantity in known if (quantity in LAMP) == (topic == "light")]
            state = dict(item for quantity in mine for item in _values(device, quantity, known[quantity]))
            if group and state:
                said.append(Spoken(f"{place}/{topic}", packed(state), True))
        return said

    def _discovery(self, device: Device) -> list[Spoken]:
        key, style = key_of(device), style_of(device)
        shared, parts = self._shared(device), entities(device, self._place(device))
        if style is Style.DEVICE:
            body = {**shared, "cmps": {name: {"p": kind, **config} for name, (kind, config) in parts.items()}}
            return [Spoken(f"{self._prefix}/device/{key}/config", packed(body), True)]
        written: list[Spoken] = []
        for name, (kind, config) in parts.items():
            topic = f"{self._prefix}/{kind}/{key}/{name}/config"
            whole = {**config, **shared}
            body = tilde(whole, self._place(device)) if style is Style.TILDE else long(whole)
            written.append(Spoken(topic, packed(body), True))
        return written

    def _shared(self, device: Device) -> Config:
        described = {"ids": [device.address.partition(":")[2]], "name": device.label, "mf": "Simulated"}
        room = self._rooms.get(device.area or "")
        availability = f"{self._place(device)}/availability"
        return {
            "dev": {**described, "mdl": f"SIM-{style_of(device).name}", **({"sa": room} if room else {})},
            "o": {"name": "simulator", "sw": "1.0"},
            **({"avty": [{"t": availability}]} if style_of(device) is Style.LONG else {"avty_t": availability}),
        }

    def subscriptions(self) -> list[str]:
        return list(self._commands)

    def hear(self, topic: str, payload: bytes) -> Heard | None:
        """What a message asks of which device; None where it asks nothing that the device takes."""
        if topic not in self._commands:
            return None
        device, kind = self._commands[topic]
        target, said = Target(device.id, kind), unpacked(payload)
        match kind:
            case Kind.LOCK:
                return lock_asked(device.id, said, payload)
            case Kind.SETPOINT:
                celsius = number(said)
                return None if celsius is None else Asked(target, Setpoint(celsius))
        light = _light_asked(style_of(device), topic.rpartition("/")[0].endswith("/brightness"), said)
        return None if light is None else Asked(target, light)


def _commands(device: Device) -> list[tuple[str, Kind]]:
    """The topics a device takes commands on, below its own, and what they set."""
    found = []
    if Kind.LIGHT in device.sets:
        found.append(("light/set", Kind.LIGHT))
        if device.dimmable and style_of(device) is Style.TILDE:
            found.append(("brightness/set", Kind.LIGHT))
    if Kind.SETPOINT in device.sets:
        found.append(("target/set", Kind.SETPOINT))
    return [*found, ("lock/set", Kind.LOCK)] if Kind.LOCK in device.sets else found


def _values(device: Device, quantity: Quantity, value: float) -> list[tuple[str, object]]:
    """The names under which a value is published, and what stands there; None where the device does not know."""
    unknown = math.isnan(value)
    match quantity:
        case Quantity.LIGHT_ON:
            name = "light" if style_of(device) is Style.TILDE else "state"
            return [(name, None if unknown else "ON" if value else "OFF")]
        case Quantity.LIGHT_LEVEL:
            return [("brightness", rounded(value * BRIGHTEST[style_of(device)]))] if device.dimmable else []
        case Quantity.SETPOINT:
            return [("target", rounded(value, 2)), ("mode", "heat")]
        case Quantity.HEATING:
            return [("action", None if unknown else "heating" if value else "idle")]
        case Quantity.LOCK:
            return [("lock", None if unknown else LOCK_WORDS[LockState(int(value))])]
        case Quantity.TEMPERATURE if Kind.SETPOINT in device.sets:
            return [("current", rounded(value, 2))]
    if quantity in BINARY:
        return [(quantity.value, None if unknown else "ON" if value else "OFF")]
    return [(quantity.value, rounded(value, SENSORS[quantity][2]))] if quantity in SENSORS else []


def _bare(value: object) -> str:
    return "None" if value is None else str(value)


def _light_asked(style: Style, level_topic: bool, said: object) -> Light | None:
    if style is not Style.TILDE:
        return _json_light_asked(BRIGHTEST[style], said)
    if level_topic:
        percent = number(said)
        return None if percent is None else Light(True, min(1.0, percent / 100)) if percent > 0 else Light(False)
    return {"ON": Light(True), "OFF": Light(False)}.get(str(said))


def _json_light_asked(brightest: int, said: object) -> Light | None:
    """A JSON lamp obeys `state`; brightness 0 is not a level and is ignored."""
    if not isinstance(said, dict) or said.get("state") not in ("ON", "OFF"):
        return None
    level = number(said.get("brightness"))
    on = said["state"] == "ON"
    return Light(on, min(1.0, level / brightest) if on and level is not None and level > 0 else None)
