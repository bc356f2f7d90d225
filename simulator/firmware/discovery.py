"""How self-announcing devices describe themselves: Home Assistant discovery in the three styles met in the wild."""

import re
from enum import Enum, auto
from zlib import crc32

from homectl.home import Device, Kind, Quantity

Config = dict[str, object]


class Style(Enum):
    """How a producer writes discovery. The device's own address decides, so that homes hold a mixture."""

    DEVICE = auto()  # one message for the whole device, abbreviated; a JSON state; JSON lamps of 255 steps
    TILDE = auto()  # a message per entity, abbreviated, `~`; a topic for every value; plain lamps in percent
    LONG = auto()  # a message per entity, keys written out; a JSON state; JSON lamps of 254 steps


BRIGHTEST = {Style.DEVICE: 255, Style.TILDE: 100, Style.LONG: 254}

LONG_NAMES = {
    "act_t": "action_topic",
    "act_tpl": "action_template",
    "avty": "availability",
    "bri_cmd_t": "brightness_command_topic",
    "bri_scl": "brightness_scale",
    "bri_stat_t": "brightness_state_topic",
    "cmd_t": "command_topic",
    "curr_temp_t": "current_temperature_topic",
    "curr_temp_tpl": "current_temperature_template",
    "dev": "device",
    "dev_cla": "device_class",
    "ids": "identifiers",
    "mdl": "model",
    "mf": "manufacturer",
    "mode_stat_t": "mode_state_topic",
    "mode_stat_tpl": "mode_state_template",
    "o": "origin",
    "sa": "suggested_area",
    "stat_cla": "state_class",
    "stat_t": "state_topic",
    "t": "topic",
    "temp_cmd_t": "temperature_command_topic",
    "temp_stat_t": "temperature_state_topic",
    "temp_stat_tpl": "temperature_state_template",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}

SENSORS: dict[Quantity, tuple[str, str, int]] = {
    Quantity.TEMPERATURE: ("temperature", "°C", 2),
    Quantity.HUMIDITY: ("humidity", "%", 1),
    Quantity.ILLUMINANCE: ("illuminance", "lx", 0),
    Quantity.CO2: ("carbon_dioxide", "ppm", 0),
    Quantity.POWER: ("power", "W", 1),
    Quantity.BATTERY: ("battery", "%", 0),
}
"""Device class, unit and digits of what is measured."""

BINARY: dict[Quantity, str] = {
    Quantity.MOTION: "motion",
    Quantity.CONTACT: "door",
    Quantity.SMOKE: "smoke",
    Quantity.CARBON_MONOXIDE: "carbon_monoxide",
}
"""Device class of what is one of two; ON is motion, an open door, and an alarm."""


def key_of(device: Device) -> str:
    """The device's identifier as it may stand in a discovery topic."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", device.address.partition(":")[2])


def style_of(device: Device) -> Style:
    return list(Style)[crc32(device.address.encode()) % len(Style)]


def entities(device: Device, place: str) -> dict[str, tuple[str, Config]]:
    """Platform and configuration of every entity, by the name of its main value; abbreviated, whole topics."""
    found: dict[str, tuple[str, Config]] = {}
    sensed = set(device.senses)
    if Kind.LIGHT in device.sets:
        found["light"] = "light", _light(device, place)
    if Kind.SETPOINT in device.sets:
        found["climate"] = "climate", _climate(device, place)
        sensed.discard(Quantity.TEMPERATURE)
    if Kind.LOCK in device.sets:
        found["lock"] = "lock", {"name": None, "cmd_t": f"{place}/lock/set", **_source(device, place, "lock", "stat")}
    for quantity, (kind, unit, _) in SENSORS.items():
        if quantity in sensed:
            measured = {"dev_cla": kind, "unit_of_meas": unit, "stat_cla": "measurement"}
            found[quantity.value] = "sensor", {**measured, **_source(device, place, quantity.value, "stat")}
    for quantity, kind in BINARY.items():
        if quantity in sensed:
            found[quantity.value] = "binary_sensor", {"dev_cla": kind, **_source(device, place, quantity.value, "stat")}
    return {name: (kind, {"uniq_id": f"{key_of(device)}_{name}", **config}) for name, (kind, config) in found.items()}


def _source(device: Device, place: str, name: str, role: str) -> Config:
    """Where a value is found: a topic of its own, or a template over the JSON state."""
    topic, template = ("stat_t", "val_tpl") if role == "stat" else (f"{role}_t", f"{role}_tpl")
    match style_of(device):
        case Style.TILDE:
            return {topic: f"{place}/{name}"}
        case Style.DEVICE:
            return {topic: f"{place}/state", template: f"{{{{ value_json.{name} }}}}"}
        case Style.LONG:
            return {topic: f"{place}/state", template: f"{{{{ value_json['{name}'] }}}}"}


def _light(device: Device, place: str) -> Config:
    config: Config = {"name": None, "cmd_t": f"{place}/light/set", "stat_t": f"{place}/light"}
    style = style_of(device)
    if style is Style.TILDE:
        levels = {"bri_cmd_t": f"{place}/brightness/set", "bri_stat_t": f"{place}/brightness", "bri_scl": 100}
        return config | (levels if device.dimmable else {})
    config |= {"schema": "json", "brightness": device.dimmable}
    return config | ({"bri_scl": BRIGHTEST[style]} if style is Style.LONG and device.dimmable else {})


def _climate(device: Device, place: str) -> Config:
    config: Config = {
        "name": None,
        "modes": ["heat"],
        "min_temp": device.coolest,
        "max_temp": device.warmest,
        "temp_step": device.step,
        "temp_cmd_t": f"{place}/target/set",
        **_source(device, place, "target", "temp_stat"),
        **_source(device, place, "mode", "mode_stat"),
        **_source(device, place, "current", "curr_temp"),
    }
    heating = _source(device, place, "action", "act") if Quantity.HEATING in device.senses else {}
    return config | heating


def tilde(config: Config, place: str) -> Config:
    short = {key: value.replace(place, "~", 1) if isinstance(value, str) else value for key, value in config.items()}
    return {"~": place, **short}


def long(config: Config) -> Config:
    return {LONG_NAMES.get(key, key): _long_value(value) for key, value in config.items()}


def _long_value(value: object) -> object:
    if isinstance(value, dict):
        return long(value)
    return [_long_value(item) for item in value] if isinstance(value, list) else value
