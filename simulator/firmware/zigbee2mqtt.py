"""Simulated devices behind a Zigbee2MQTT 2: its bridge topics, full cached states, and its `set` and `get`."""

import math
from collections.abc import Iterable

from homectl.home import Device, Home, Kind, Light, LockState, Quantity, Reading, Setpoint, Target
from simulator.firmware.exposes import exposes
from simulator.firmware.speech import Asked, Get, Heard, Spoken, lock_asked, number, packed, rounded, unpacked

BRIGHTEST = 254
"""Full brightness of a Zigbee lamp (cluster genLevelCtrl)."""

LOCK_WORDS = {
    LockState.LOCKED: ("LOCK", "locked"),
    LockState.UNLOCKED: ("UNLOCK", "unlocked"),
    LockState.NOT_FULLY_LOCKED: ("LOCK", "not_fully_locked"),
    LockState.JAMMED: ("LOCK", "not_fully_locked"),
}
"""`state` and `lock_state`. A bolt on its way has no word: nothing is said until it rests."""

BINARY = {Quantity.MOTION: "occupancy", Quantity.SMOKE: "smoke", Quantity.CARBON_MONOXIDE: "carbon_monoxide"}
"""What is true or false, by its key."""

INFO = {
    "version": "2.14.1",
    "coordinator": {"ieee_address": "0x00124b0000000000", "type": "zStack3x0"},
    "permit_join": False,
    "log_level": "info",
    "config": {
        "advanced": {"cache_state": True, "last_seen": "disable", "output": "json"},
        "availability": {"enabled": True},
    },
}


class Zigbee2Mqtt:
    """The Zigbee devices of a home under one base topic. Remembers the last value each has reported."""

    def __init__(self, home: Home, base: str) -> None:
        self._base = base
        self._ieee = {d.id: d.address.partition(":")[2] for d in home.devices if d.address.startswith("zigbee2mqtt:")}
        self._devices = [device for device in home.devices if device.id in self._ieee]
        self._known: dict[str, dict[Quantity, float]] = {name: {} for name in self._ieee}
        self._topics = {d.id: f"{base}/{d.area}/{d.id}" if d.area else f"{base}/{d.id}" for d in self._devices}
        self._by_topic = {self._topics[device.id]: device for device in self._devices}

    def __contains__(self, device: str) -> bool:
        return device in self._ieee

    @property
    def will(self) -> Spoken:
        """What the broker says when the whole network falls silent."""
        return Spoken(f"{self._base}/bridge/state", packed({"state": "offline"}), True)

    def announce(self) -> list[Spoken]:
        """The bridge and every device, retained; no states."""
        bridge = f"{self._base}/bridge"
        devices = [_coordinator(), *(self._described(place, device) for place, device in enumerate(self._devices, 1))]
        return [
            Spoken(f"{bridge}/state", packed({"state": "online"}), True),
            Spoken(f"{bridge}/info", packed(INFO), True),
            Spoken(f"{bridge}/groups", "[]", True),
            Spoken(f"{bridge}/devices", packed(devices), True),
            *(self._availability(device.id) for device in self._devices),
        ]

    def farewell(self) -> list[Spoken]:
        """What is said when the network is taken down in good order."""
        return [self.will]

    def note(self, reading: Reading) -> bool:
        """Keep a value as the device's state; False for what is no state: an event, a bolt on its way."""
        moving = reading.quantity is Quantity.LOCK and reading.value in (LockState.LOCKING, LockState.UNLOCKING)
        if moving or reading.quantity is Quantity.ACTION:
            return False
        self._known[reading.device][reading.quantity] = reading.value
        return True

    def say(self, device: str, readings: Iterable[Reading]) -> list[Spoken]:
        """The messages of readings that one device made at one time: the full known state, once."""
        event, told, there = "", False, False
        for reading in readings:
            if not self.note(reading):
                event = event or reading.text
            elif reading.quantity is Quantity.AVAILABLE:
                there = True
            else:
                told = True
        said = [self._availability(device)] if there else []
        if told or event:
            state = self._state(device) | ({"action": event} if event else {})
            said.append(Spoken(self._topics[device], packed(state)))
        return said

    def _availability(self, device: str) -> Spoken:
        gone = self._known[device].get(Quantity.AVAILABLE) == 0.0
        state = {"state": "offline" if gone else "online"}
        return Spoken(f"{self._topics[device]}/availability", packed(state), True)

    def _state(self, device: str) -> dict[str, object]:
        described = self._by_topic[self._topics[device]]
        state: dict[str, object] = {}
        for quantity, value in self._known[device].items():
            state |= _words(described, quantity, value, self._setpoint(device))
        return state | {"linkquality": 60 + int(self._ieee[device][-2:], 16) % 140}

    def _setpoint(self, device: str) -> str:
        """One valve in four speaks as Tuya's do."""
        tuya = int(self._ieee[device][-1], 16) % 4 == 3
        return "current_heating_setpoint" if tuya else "occupied_heating_setpoint"

    def _described(self, place: int, device: Device) -> dict[str, object]:
        kinds = "-".join(sorted(kind.value for kind in device.sets)) or "sensor"
        model = f"SIM-{kinds.upper()}"
        return {
            "ieee_address": self._ieee[device.id],
            "type": "EndDevice" if device.battery else "Router",
            "network_address": 1000 + place,
            "supported": True,
            "friendly_name": self._topics[device.id].removeprefix(f"{self._base}/"),
            "disabled": False,
            "description": device.name,
            "definition": {
                "source": "native",
                "model": model,
                "vendor": "Simulated",
                "description": f"Simulated {kinds}",
                "exposes": exposes(device, self._setpoint(device.id)),
                "options": [],
                "supports_ota": False,
            },
            "power_source": "Battery" if device.battery else "Mains (single phase)",
            "interview_completed": True,
            "interviewing": False,
            "interview_state": "SUCCESSFUL",
            "manufacturer": "Simulated",
            "model_id": model,
            "endpoints": {"1": {"bindings": [], "clusters": {"input": [], "output": []}, "scenes": []}},
        }

    def subscriptions(self) -> list[str]:
        return [f"{topic}/{tail}" for topic in self._by_topic for tail in ("set", "set/+", "get")]

    def hear(self, topic: str, payload: bytes) -> Heard | None:
        """What a message asks of which device; None where it asks nothing that the device takes."""
        head, _, attribute = topic.rpartition("/set/")
        if head in self._by_topic:
            return self._asked(self._by_topic[head], {attribute: unpacked(payload)}, payload)
        head, _, tail = topic.rpartition("/")
        device = self._by_topic.get(head)
        if device is None or tail not in ("set", "get"):
            return None
        if tail == "get":
            return Get(device.id)
        wishes = unpacked(payload)
        return self._asked(device, wishes if isinstance(wishes, dict) else {"state": wishes}, payload)

    def _asked(self, device: Device, wishes: dict[str, object], payload: bytes) -> Heard | None:
        state = wishes.get("state", "")
        if Kind.LOCK in device.sets:
            return lock_asked(device.id, state, payload)
        if Kind.LIGHT in device.sets:
            lit = self._known[device.id].get(Quantity.LIGHT_ON) == 1.0
            light = _light_asked(str(state).upper(), number(wishes.get("brightness")), lit=lit)
            return None if light is None else Asked(Target(device.id, Kind.LIGHT), light)
        celsius = number(wishes.get(self._setpoint(device.id)))
        if Kind.SETPOINT in device.sets and celsius is not None:
            return Asked(Target(device.id, Kind.SETPOINT), Setpoint(celsius))
        return None


def _light_asked(state: str, brightness: float | None, *, lit: bool) -> Light | None:
    """Brightness alone switches on, brightness 0 off, as Zigbee2MQTT does."""
    if state == "TOGGLE":
        return Light(not lit)
    if state == "OFF" or (brightness is not None and brightness <= 0):
        return Light(False)
    if state == "ON" or (state == "" and brightness is not None):
        return Light(True, None if brightness is None else min(1.0, brightness / BRIGHTEST))
    return None


def _words(device: Device, quantity: Quantity, value: float, setpoint: str) -> dict[str, object]:
    """The keys of a state message that one value gives; null where the device does not know."""
    unknown = math.isnan(value)
    if quantity in BINARY:
        return {BINARY[quantity]: None if unknown else bool(value)}
    match quantity:
        case Quantity.LIGHT_ON | Quantity.SWITCH:
            return {"state": None if unknown else "ON" if value else "OFF"}
        case Quantity.LIGHT_LEVEL:
            return {"brightness": rounded(value * BRIGHTEST)} if device.dimmable else {}
        case Quantity.SETPOINT:
            return {setpoint: rounded(value, 2), "system_mode": "heat"}
        case Quantity.HEATING:
            return {"running_state": None if unknown else "heat" if value else "idle"}
        case Quantity.LOCK:
            state, detail = (None, None) if unknown else LOCK_WORDS[LockState(int(value))]
            return {"state": state, "lock_state": detail}
        case Quantity.CONTACT:
            return {"contact": None if unknown else not value}
        case Quantity.TEMPERATURE:
            return {"local_temperature" if Kind.SETPOINT in device.sets else "temperature": rounded(value, 2)}
        case Quantity.POSITION:
            return {"position": rounded(value * 100)}
        case Quantity.HUMIDITY | Quantity.POWER:
            return {quantity.value: rounded(value, 1)}
        case Quantity.ILLUMINANCE | Quantity.CO2 | Quantity.BATTERY:
            return {quantity.value: rounded(value)}
    return {}


def _coordinator() -> dict[str, object]:
    return {
        "ieee_address": "0x00124b0000000000",
        "type": "Coordinator",
        "network_address": 0,
        "supported": True,
        "friendly_name": "Coordinator",
        "disabled": False,
        "definition": None,
        "power_source": None,
        "interview_completed": True,
        "interviewing": False,
        "interview_state": "SUCCESSFUL",
        "endpoints": {},
    }
