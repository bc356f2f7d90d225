"""What a Zigbee2MQTT device seems to be from what it reports, where a log does not hold its announcement.

The property names are Zigbee2MQTT's own and mean the same on nearly every device; a lamp that cannot be dimmed looks
like any other relay, so it is one until the household says otherwise.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

MEASURED = {
    "temperature": "°C",
    "humidity": "%",
    "illuminance_lux": "lx",
    "illuminance": "lx",
    "co2": "ppm",
    "power": "W",
    "battery": "%",
}
NOTICED = ("occupancy", "presence", "motion", "contact", "smoke", "carbon_monoxide")
SETPOINTS = ("occupied_heating_setpoint", "current_heating_setpoint")
RELAY = re.compile(r"state(?:_([a-z0-9]{1,16}))?")
SWITCHES = frozenset({"ON", "OFF"})
ALL, REPORTED = 7, 1
IEEE = re.compile(r"0x[0-9a-f]{1,16}")


def stand_in(name: str) -> str:
    """An address for a device whose own nobody said, always the same for the same name."""
    return "0x" + hashlib.sha256(name.encode()).hexdigest()[:16]


def device_list(devices: Iterable[tuple[str, str, Mapping[str, Any]]]) -> bytes:
    """What Zigbee2MQTT would say in `bridge/devices` of devices by address, name and a sample of what they report."""
    return json.dumps([_element(*device) for device in devices]).encode()


def _element(address: str, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    definition = {"model": "", "vendor": "", "exposes": list(_exposes(said))}
    return {"ieee_address": address, "friendly_name": name, "type": "EndDevice", "definition": definition}


def _exposes(said: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    functions = _functions(said)
    yield from functions
    taken = {feature["property"] for function in functions for feature in function["features"]}
    for name, unit in MEASURED.items():
        if name in said and name not in taken and not (name == "illuminance" and "illuminance_lux" in said):
            yield _feature("numeric", name, REPORTED, unit=unit)
    for name in NOTICED:
        if isinstance(said.get(name), bool):
            ends = {"value_on": name != "contact", "value_off": name == "contact"}
            yield _feature("binary", name, REPORTED, **ends)
    if "action" in said:
        yield _feature("enum", "action", REPORTED)


def _functions(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lock, thermostat, cover, lamp or relays that a device is."""
    if "lock_state" in said or said.get("state") in ("LOCK", "UNLOCK"):
        named = {"state": ALL, "lock_state": REPORTED}
        return [_function("lock", [_feature("enum", n, a) for n, a in named.items() if n in said or n == "state"])]
    if (setpoint := next((name for name in SETPOINTS if name in said), None)) is not None:
        sensed = [n for n in ("local_temperature", "running_state", "pi_heating_demand") if n in said]
        wanted = _feature("numeric", setpoint, ALL, unit="°C")
        return [_function("climate", [wanted, *(_feature("numeric", name, REPORTED) for name in sensed)])]
    if "position" in said or said.get("state") in ("OPEN", "CLOSE"):
        return [_function("cover", [_feature("numeric", n, ALL) for n in ("position", "state") if n in said])]
    if "brightness" in said and said.get("state") in SWITCHES:
        level = _feature("numeric", "brightness", ALL, value_max=254)
        return [_function("light", [_feature("binary", "state", ALL), level])]
    relays = [(found[0], found[1]) for name, value in said.items() if (found := _relay(name, value)) is not None]
    return [
        _function("switch", [{**_feature("binary", "state", ALL), "property": key}], endpoint)
        for key, endpoint in relays
    ]


def _relay(name: str, value: Any) -> re.Match[str] | None:
    return RELAY.fullmatch(name) if value in ("ON", "OFF") else None


def _function(kind: str, features: list[dict[str, Any]], endpoint: str | None = None) -> dict[str, Any]:
    return {"type": kind, "features": features, **({"endpoint": endpoint} if endpoint else {})}


def _feature(kind: str, name: str, access: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "property": name, "access": access, **more}
