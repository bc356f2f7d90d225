"""Zigbee2MQTT's `exposes`: which property of a device means what, and how it is set."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from homectl.bridge.dialects.parts import Claim, Limits, Part, Profile, profile
from homectl.bridge.dialects.values import (
    LOCK_STATES,
    NAN,
    Convert,
    canonical,
    demand,
    finite,
    in_unit,
    label,
    meaning,
    number,
    plain,
    rounded,
    setpoints,
    share,
)
from homectl.bridge.messages import Message
from homectl.home import Light, Lock, Quantity, Setpoint, Unlock, Wish

PUBLISHED, SETTABLE, GETTABLE = 1, 2, 4
"""Bits of `access`."""

SENSED: dict[str, tuple[Quantity, str]] = {
    "local_temperature": (Quantity.TEMPERATURE, "numeric"),
    "temperature": (Quantity.TEMPERATURE, "numeric"),
    "humidity": (Quantity.HUMIDITY, "numeric"),
    "illuminance": (Quantity.ILLUMINANCE, "numeric"),
    "illuminance_lux": (Quantity.ILLUMINANCE, "numeric"),
    "co2": (Quantity.CO2, "numeric"),
    "power": (Quantity.POWER, "numeric"),
    "battery": (Quantity.BATTERY, "numeric"),
    "presence": (Quantity.MOTION, "binary"),
    "occupancy": (Quantity.MOTION, "binary"),
    "motion": (Quantity.MOTION, "binary"),
    "contact": (Quantity.CONTACT, "binary"),
    "smoke": (Quantity.SMOKE, "binary"),
    "carbon_monoxide": (Quantity.CARBON_MONOXIDE, "binary"),
    "action": (Quantity.ACTION, ""),
}
"""Plain exposes by name. Of two that mean the same, the first in this table speaks."""

SETPOINTS = ("occupied_heating_setpoint", "current_heating_setpoint")
MOST_PROPERTIES = 512
MOST_LEFT_ALONE = 64
MOST_LEVELS = 65535
RUNNING = meaning({"heat": 1, "idle": 0, "cool": 0, "fan_only": 0, "off": 0})
COVER = meaning({"open": 1, "close": 0, "closed": 0, "stop": NAN})
_RANKS = {name: rank for rank, name in enumerate(SENSED)}
_ENDPOINT = re.compile(r"[\w-]{1,32}")


def described(entry: dict[str, Any], address: str, topic: str) -> Profile:
    """What an element of `bridge/devices` can do; whatever it says, unknown things are left alone."""
    definition = entry["definition"]
    exposes = [e for e in _list(definition.get("exposes"))[:MOST_PROPERTIES] if isinstance(e, dict)]
    made = profile(
        _parts(sorted(exposes, key=_rank), topic + "/set"),
        address,
        naming=lambda endpoint: f"{label(entry['friendly_name'])} {endpoint}".strip(),
        model=f"{label(definition.get('vendor'))} {label(definition.get('model'))}".strip(),
        battery=_on_battery(entry, exposes),
    )
    left = sorted(set(_properties(exposes)) - made.slots.keys())[:MOST_LEFT_ALONE]
    made.announced = [replace(one, left_alone=tuple(left)) for one in made.announced]
    return made


def _rank(expose: dict[str, Any]) -> int:
    name = expose.get("name")
    return _RANKS.get(name, len(_RANKS)) if isinstance(name, str) else len(_RANKS)


def _parts(exposes: list[dict[str, Any]], topic: str) -> Iterator[Part]:
    made = {"light": _light, "switch": _switch, "climate": _climate, "lock": _lock, "cover": _cover}
    for expose in exposes:
        if (make := made.get(str(expose.get("type")))) is not None:
            features = {
                str(f.get("name")): f
                for f in _list(expose.get("features"))
                if isinstance(f, dict) and isinstance(f.get("property"), str)
            }
            endpoint = _word(expose.get("endpoint")) or _word(next(iter(features.values()), {}).get("endpoint"))
            part = make(features, endpoint, topic)
        else:
            part = _sensor(expose, _word(expose.get("endpoint")))
        if part is not None:
            yield part


def _light(features: dict[str, Any], endpoint: str, topic: str) -> Part | None:
    state, level = features.get("state"), features.get("brightness")
    if state is None or not _can(state, PUBLISHED | SETTABLE):
        return None
    on, off = _said(state, "value_on", "ON"), _said(state, "value_off", "OFF")
    claims = [Claim(Quantity.LIGHT_ON, state["property"], meaning({off: 0, on: 1}))]
    full = finite((level or {}).get("value_max"), 254.0)
    dimmer = level["property"] if level and _can(level, SETTABLE) and 1 < full <= MOST_LEVELS else None
    if dimmer is not None:
        claims.append(Claim(Quantity.LIGHT_LEVEL, dimmer, share(full)))

    def send(setting: Wish) -> list[Message]:
        if not isinstance(setting, Light):
            return []
        body: dict[str, Any] = {state["property"]: on if setting.on else off}
        if setting.on and setting.level is not None and dimmer is not None:
            body[dimmer] = max(1, round(min(1.0, setting.level) * full))
        return _message(topic, body)

    return Part("light", endpoint, tuple(claims), send, _asks(state, level), dimmer is not None)


def _switch(features: dict[str, Any], endpoint: str, topic: str) -> Part | None:
    """A relay. A setting of the device that Zigbee2MQTT calls a switch (`valve_detection`) is none."""
    state = features.get("state")
    if state is None or not state["property"].startswith("state") or not _can(state, PUBLISHED):
        return None
    on, off = _said(state, "value_on", "ON"), _said(state, "value_off", "OFF")

    def send(setting: Wish) -> list[Message]:
        return _message(topic, {state["property"]: on if setting.on else off}) if isinstance(setting, Light) else []

    claims = (Claim(Quantity.SWITCH, state["property"], meaning({off: 0, on: 1})),)
    return Part("switch", endpoint, claims, send if _can(state, SETTABLE) else None, _asks(state))


def _climate(features: dict[str, Any], endpoint: str, topic: str) -> Part | None:
    claims: list[Claim] = []
    wanted = next((features[n] for n in SETPOINTS if n in features and _settable_celsius(features[n])), None)
    if wanted is not None:
        claims.append(Claim(Quantity.SETPOINT, wanted["property"], number))
    sensed = features.get("local_temperature")
    if sensed is not None and _can(sensed, PUBLISHED):
        convert = in_unit(Quantity.TEMPERATURE, sensed.get("unit"))
        claims += [Claim(Quantity.TEMPERATURE, sensed["property"], convert)] if convert else []
    if "running_state" in features:
        claims.append(Claim(Quantity.HEATING, features["running_state"]["property"], RUNNING))
    elif "pi_heating_demand" in features:
        claims.append(Claim(Quantity.HEATING, features["pi_heating_demand"]["property"], demand))
    if wanted is None:
        return Part("climate", endpoint, tuple(claims), asks=_asks(sensed))
    limits = _range(wanted)

    def send(setting: Wish) -> list[Message]:
        if not isinstance(setting, Setpoint):
            return []
        return _message(topic, {wanted["property"]: plain(rounded(setting.celsius, *limits))})

    return Part("climate", endpoint, tuple(claims), send, _asks(wanted, sensed), limits=limits)


def _lock(features: dict[str, Any], endpoint: str, topic: str) -> Part | None:
    """A lock reports by `lock_state` where it has one: `state` may say LOCK while the bolt is not fully thrown.

    It is unlocked only where it names the word for that itself, and at most once: QoS 0 is never delivered again.
    """
    state, trusted = features.get("state"), features.get("lock_state")
    if state is None:
        return None
    reported = trusted if trusted is not None else state
    claims = (Claim(Quantity.LOCK, reported["property"], meaning(LOCK_STATES)),)
    bolts = _can(state, SETTABLE) and canonical(_said(state, "value_on", "LOCK")) == "lock"

    unlocks = bolts and canonical(state.get("value_off")) == "unlock"

    def send(setting: Wish) -> list[Message]:
        if isinstance(setting, Unlock) and unlocks:
            return [replace(one, qos=0) for one in _message(topic, {state["property"]: "UNLOCK"})]
        return _message(topic, {state["property"]: "LOCK"}) if isinstance(setting, Lock) else []

    return Part("lock", endpoint, claims, send if bolts else None, _asks(state), unlocks=unlocks)


def _cover(features: dict[str, Any], endpoint: str, _topic: str) -> Part | None:
    position, state = features.get("position"), features.get("state")
    if position is not None and _can(position, PUBLISHED):
        return Part("cover", endpoint, (Claim(Quantity.POSITION, position["property"], share(100.0)),))
    if state is None or not _can(state, PUBLISHED):
        return None
    return Part("cover", endpoint, (Claim(Quantity.POSITION, state["property"], COVER),))


def _sensor(expose: dict[str, Any], endpoint: str) -> Part | None:
    known, key = SENSED.get(str(expose.get("name"))), expose.get("property")
    if known is None or not isinstance(key, str) or not _can(expose, PUBLISHED):
        return None
    quantity, kind = known
    if kind and expose.get("type") != kind:
        return None
    convert = _sensed(quantity, expose)
    return None if convert is None else Part("sensor", endpoint, (Claim(quantity, key, convert),))


def _sensed(quantity: Quantity, expose: dict[str, Any]) -> Convert | None:
    if quantity is Quantity.ACTION:
        return number
    if quantity is Quantity.CONTACT:
        # A contact is true when closed. One that declares it the other way round is ambiguous: a bolt hangs on it.
        return meaning({False: 1, True: 0}) if expose.get("value_on", False) is False else None
    if quantity in (Quantity.MOTION, Quantity.SMOKE, Quantity.CARBON_MONOXIDE):
        return meaning({_said(expose, "value_off", False): 0, _said(expose, "value_on", True): 1})
    return in_unit(quantity, expose.get("unit"))


def _settable_celsius(feature: dict[str, Any]) -> bool:
    """A setpoint that is reported and taken in degrees Celsius."""
    celsius = feature.get("unit") is None or canonical(feature["unit"]) in ("°c", "c")
    return celsius and _can(feature, PUBLISHED | SETTABLE)


def _range(feature: dict[str, Any]) -> Limits:
    return setpoints(feature.get("value_min"), feature.get("value_max"), feature.get("value_step"))


def _message(topic: str, body: dict[str, Any]) -> list[Message]:
    return [Message(topic, json.dumps(body).encode(), retain=False, qos=1)]


def _asks(*features: dict[str, Any] | None) -> tuple[str, ...]:
    return tuple(f["property"] for f in features if f is not None and _can(f, GETTABLE))


def _can(feature: dict[str, Any], bits: int) -> bool:
    access = feature.get("access")
    return isinstance(access, int) and access & bits == bits


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _word(value: Any) -> str:
    """An endpoint's name, if it can be a part of an address."""
    written = str(value) if isinstance(value, str | int) else ""
    return written if _ENDPOINT.fullmatch(written) else ""


def _said(feature: dict[str, Any], key: str, default: Any) -> Any:
    """A declared payload, if it is a plain value."""
    value = feature.get(key)
    return value if isinstance(value, str | int | bool) else default


def _on_battery(entry: dict[str, Any], exposes: list[dict[str, Any]]) -> bool:
    source = entry.get("power_source")
    if isinstance(source, str) and source.strip() and source != "Unknown":
        return source == "Battery"
    return any(expose.get("name") in ("battery", "battery_low") for expose in exposes)


def _properties(exposes: list[dict[str, Any]]) -> Iterator[str]:
    for expose in exposes:
        for one in (expose, *_list(expose.get("features"))):
            if isinstance(one, dict) and isinstance(one.get("property"), str) and one["property"].isprintable():
                yield one["property"][:64]
