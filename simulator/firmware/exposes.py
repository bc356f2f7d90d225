"""What a simulated Zigbee device says it can do, in the `exposes` grammar of Zigbee2MQTT 2."""

from typing import Any

from homectl.home import Device, Kind, Quantity

Expose = dict[str, Any]

STATE, SET, GET = 1, 2, 4
"""The bits of `access`: published in the state, takes set, answers get."""


def _expose(kind: str, name: str, access: int, **more: object) -> Expose:
    label = name.replace("_", " ").capitalize()
    return {"type": kind, "name": name, "label": label, "property": name, "access": access, **more}


def _numeric(name: str, unit: str, access: int = STATE, **more: object) -> Expose:
    return _expose("numeric", name, access, unit=unit, **more)


def _switchable() -> Expose:
    return _expose("binary", "state", STATE | SET | GET, value_on="ON", value_off="OFF", value_toggle="TOGGLE")


SENSORS: dict[Quantity, Expose] = {
    Quantity.TEMPERATURE: _numeric("temperature", "°C"),
    Quantity.HUMIDITY: _numeric("humidity", "%"),
    Quantity.ILLUMINANCE: _numeric("illuminance", "lx"),
    Quantity.CO2: _numeric("co2", "ppm"),
    Quantity.POWER: _numeric("power", "W", STATE | GET),
    Quantity.MOTION: _expose("binary", "occupancy", STATE, value_on=True, value_off=False),
    Quantity.CONTACT: _expose("binary", "contact", STATE, value_on=False, value_off=True),
    Quantity.SMOKE: _expose("binary", "smoke", STATE, value_on=True, value_off=False),
    Quantity.CARBON_MONOXIDE: _expose("binary", "carbon_monoxide", STATE, value_on=True, value_off=False),
    Quantity.ACTION: _expose("enum", "action", STATE, values=["single", "double", "hold"]),
    Quantity.BATTERY: _numeric("battery", "%", value_min=0, value_max=100, category="diagnostic"),
}

LINK_QUALITY = _numeric("linkquality", "lqi", value_min=0, value_max=255, category="diagnostic")


def exposes(device: Device, setpoint: str) -> list[Expose]:
    """Everything the device exposes; `setpoint` is the property its thermostat calls the wanted temperature."""
    sensed = set(device.senses)
    found: list[Expose] = []
    if Kind.LIGHT in device.sets:
        found.append(_light(device))
    if Kind.SETPOINT in device.sets:
        found.append(_climate(device, setpoint))
        sensed.discard(Quantity.TEMPERATURE)
    if Kind.LOCK in device.sets:
        found.append(_lock())
    if Quantity.SWITCH in sensed:
        found.append({"type": "switch", "features": [_switchable()]})
    if Quantity.POSITION in sensed:
        position = _numeric("position", "%", STATE | SET | GET, value_min=0, value_max=100)
        found.append({"type": "cover", "features": [position]})
    return [*found, *(SENSORS[quantity] for quantity in SENSORS if quantity in sensed), LINK_QUALITY]


def _light(device: Device) -> Expose:
    brightness = _expose("numeric", "brightness", STATE | SET | GET, value_min=0, value_max=254)
    return {"type": "light", "features": [_switchable(), *([brightness] if device.dimmable else [])]}


def _climate(device: Device, setpoint: str) -> Expose:
    limits = {"value_min": device.coolest, "value_max": device.warmest, "value_step": device.step}
    features = [
        _numeric(setpoint, "°C", STATE | SET | GET, **limits),
        _numeric("local_temperature", "°C", STATE | GET),
        _expose("enum", "system_mode", STATE | SET | GET, values=["off", "auto", "heat"]),
    ]
    if Quantity.HEATING in device.senses:
        features.append(_expose("enum", "running_state", STATE | GET, values=["idle", "heat"]))
    return {"type": "climate", "features": features}


def _lock() -> Expose:
    states = ["not_fully_locked", "locked", "unlocked"]
    return {
        "type": "lock",
        "features": [
            _expose("binary", "state", STATE | SET | GET, value_on="LOCK", value_off="UNLOCK"),
            _expose("enum", "lock_state", STATE, values=states),
        ],
    }
