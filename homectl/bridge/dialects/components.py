"""The components of Home Assistant's discovery: what each reports where, and how it is told."""

import json
import re
from collections.abc import Callable
from typing import Any

from homectl.bridge.dialects.parts import Claim, Part
from homectl.bridge.dialects.payloads import Body, field, reader, teller, text_of, topic, writer
from homectl.bridge.dialects.values import (
    CELSIUS,
    FAHRENHEIT,
    LOCK_STATES,
    NAN,
    canonical,
    finite,
    in_unit,
    meaning,
    plain,
    rounded,
    scaled,
    setpoints,
    share,
)
from homectl.bridge.messages import Message
from homectl.home import Light, Lock, LockState, MessageError, Quantity, Setpoint, Unlock, Wish

SENSED: dict[str, Quantity] = {
    "temperature": Quantity.TEMPERATURE,
    "humidity": Quantity.HUMIDITY,
    "illuminance": Quantity.ILLUMINANCE,
    "carbon_dioxide": Quantity.CO2,
    "power": Quantity.POWER,
    "battery": Quantity.BATTERY,
}
"""Device classes of sensors."""

NOTICED: dict[str, Quantity] = {
    "motion": Quantity.MOTION,
    "occupancy": Quantity.MOTION,
    "presence": Quantity.MOTION,
    "door": Quantity.CONTACT,
    "garage_door": Quantity.CONTACT,
    "opening": Quantity.CONTACT,
    "window": Quantity.CONTACT,
    "smoke": Quantity.SMOKE,
    "carbon_monoxide": Quantity.CARBON_MONOXIDE,
}
"""Device classes of binary sensors. On means somebody is there, open, or an alarm."""

BOLT: dict[str, tuple[str, LockState]] = {
    "state_locked": ("LOCKED", LockState.LOCKED),
    "state_locking": ("LOCKING", LockState.LOCKING),
    "state_unlocked": ("UNLOCKED", LockState.UNLOCKED),
    "state_unlocking": ("UNLOCKING", LockState.UNLOCKING),
    "state_open": ("OPEN", LockState.UNLOCKED),
    "state_opening": ("OPENING", LockState.UNLOCKING),
    "state_jammed": ("JAMMED", LockState.JAMMED),
}
ACTION = meaning(
    {"heating": 1, "preheating": 1, "idle": 0, "off": 0, "cooling": 0, "drying": 0, "fan": 0, "defrosting": 0}
)
ON_OFF = meaning({"ON": 1, "OFF": 0})
LONGEST_SILENCE = 7 * 86400.0
MOST_LEVELS = 65535


def component(platform: str, body: Body, name: str) -> Part | None:
    """What homectl can do with a component; None where it leaves it alone. MessageError where it does not understand.

    `body` has long keys and whole topics. A component that reports nothing is never commanded: nobody could confirm it.
    """
    make = MADE.get(platform)
    if make is None or body.get("entity_category") == "config" or body.get("enabled_by_default") is False:
        return None
    return make(body, name)


def _light(body: Body, name: str) -> Part | None:
    state, command = topic(body, "state_topic"), topic(body, "command_topic")
    schema = body.get("schema", "default")
    if state is None or command is None or schema not in ("json", "default", "basic"):
        return Part("light", name, ())
    full = finite(body.get("brightness_scale"), 255.0)
    full = full if 1 < full <= MOST_LEVELS else 255.0
    return (_json_light if schema == "json" else _plain_light)(body, name, state, command, full)


def _json_light(body: Body, name: str, state: str, command: str, full: float) -> Part:
    modes = body.get("supported_color_modes")
    colours = {m for m in modes if isinstance(m, str)} - {"onoff", "unknown"} if isinstance(modes, list) else set()
    dims = body.get("brightness") is True or bool(colours)
    claims = [Claim(Quantity.LIGHT_ON, state, field("state", ON_OFF))]
    claims += [Claim(Quantity.LIGHT_LEVEL, state, field("brightness", share(full)))] if dims else []
    tell = _telling(body)

    def send(setting: Wish) -> list[Message]:
        if not isinstance(setting, Light):
            return []
        said: dict[str, Any] = {"state": "ON" if setting.on else "OFF"}
        if dims and setting.on and setting.level is not None:
            said["brightness"] = _step(setting.level, full)
        return tell(command, json.dumps(said))

    return Part("light", name, tuple(claims), send, dimmable=dims, commands=(command,))


def _plain_light(body: Body, name: str, state: str, command: str, full: float) -> Part:
    """One topic for on and off, another for the brightness; their order is the lamp's choice."""
    on, off = text_of(body.get("payload_on", "ON")), text_of(body.get("payload_off", "OFF"))
    words = meaning({off: 0, on: 1})
    claims = [Claim(Quantity.LIGHT_ON, state, reader(teller(body, "state_value_template"), words))]
    dimmer, level = topic(body, "brightness_command_topic"), topic(body, "brightness_state_topic")
    dims = dimmer is not None and level is not None
    if level is not None and dims:
        told = reader(teller(body, "brightness_value_template"), share(full))
        claims.append(Claim(Quantity.LIGHT_LEVEL, level, told))
    write, tell, order = writer(body, "brightness_command_template"), _telling(body), body.get("on_command_type")

    def send(setting: Wish) -> list[Message]:
        if not isinstance(setting, Light):
            return []
        switch = tell(command, on if setting.on else off)
        if dimmer is None or not dims or not setting.on or (setting.level is None and order != "brightness"):
            return switch
        dim = tell(dimmer, write(_step(1.0 if setting.level is None else setting.level, full)))
        return dim if order == "brightness" else switch + dim if order == "first" else dim + switch

    commands = (command,) if dimmer is None else (command, dimmer)
    return Part("light", name, tuple(claims), send, dimmable=dims, commands=commands)


def _switch(body: Body, name: str) -> Part | None:
    state, command = topic(body, "state_topic"), topic(body, "command_topic")
    if state is None or command is None:
        return None
    on, off = text_of(body.get("payload_on", "ON")), text_of(body.get("payload_off", "OFF"))
    words = meaning({text_of(body.get("state_off", off)): 0, text_of(body.get("state_on", on)): 1})
    write, tell = writer(body, "command_template"), _telling(body)

    def send(setting: Wish) -> list[Message]:
        return tell(command, write(on if setting.on else off)) if isinstance(setting, Light) else []

    claims = (Claim(Quantity.SWITCH, state, reader(teller(body, "value_template"), words)),)
    return Part("switch", name, claims, send, commands=(command,))


def _climate(body: Body, name: str) -> Part:
    scale = FAHRENHEIT if canonical(body.get("temperature_unit", "C")) == "f" else CELSIUS
    claims = []
    for quantity, word, convert in (
        (Quantity.TEMPERATURE, "current_temperature", scaled(scale)),
        (Quantity.HUMIDITY, "current_humidity", scaled(CELSIUS)),
        (Quantity.HEATING, "action", ACTION),
    ):
        if (place := topic(body, word + "_topic")) is not None:
            claims.append(Claim(quantity, place, reader(teller(body, word + "_template"), convert)))
    for word in ("temperature", "temperature_low"):
        state, command = topic(body, word + "_state_topic"), topic(body, word + "_command_topic")
        if state is not None and command is not None:
            return _thermostat(body, name, claims, word, scale)
    return Part("climate", name, tuple(claims))


def _thermostat(body: Body, name: str, claims: list[Claim], word: str, scale: tuple[float, float]) -> Part:
    """A climate component whose setpoint is told and reported under `word`."""
    factor, offset = scale
    low, high = body.get("min_temp", (7 - offset) / factor), body.get("max_temp", (35 - offset) / factor)
    limits = setpoints(low, high, body.get("temp_step", 1.0), scale)
    state, command = topic(body, word + "_state_topic") or "", topic(body, word + "_command_topic") or ""
    claims = [*claims, Claim(Quantity.SETPOINT, state, reader(teller(body, word + "_state_template"), scaled(scale)))]
    write, tell = writer(body, word + "_command_template"), _telling(body)

    def send(setting: Wish) -> list[Message]:
        if not isinstance(setting, Setpoint):
            return []
        return tell(command, write(plain(rounded((setting.celsius - offset) / factor, *limits))))

    celsius = (limits[0] * factor + offset, limits[1] * factor + offset, limits[2] * factor)
    return Part("climate", name, tuple(claims), send, limits=celsius, commands=(command,))


def _lock(body: Body, name: str) -> Part:
    """A lock that wants a code, or other words than `lock` and `unlock`, is read and left alone.

    To unlock it takes a word of its own, or the usual one if it locks by the usual one; QoS 0 delivers it at most once.
    """
    state, command = topic(body, "state_topic"), topic(body, "command_topic")
    if state is None:
        return Part("lock", name, ())
    claims = (Claim(Quantity.LOCK, state, reader(teller(body, "value_template"), meaning(_bolt_words(body)))),)
    said = writer(body, "command_template")(text_of(body.get("payload_lock", "LOCK")))
    if command is None or body.get("code_format") is not None or not _bolts(said):
        return Part("lock", name, claims)

    drawn = writer(body, "command_template")(text_of(body.get("payload_unlock", "UNLOCK")))
    unlocks = _unbolts(drawn) and ("payload_unlock" in body or "payload_lock" not in body)

    def send(setting: Wish) -> list[Message]:
        if isinstance(setting, Unlock) and unlocks:
            return [Message(command, drawn.encode("utf-8", "replace"), qos=0)]
        return [Message(command, said.encode("utf-8", "replace"), qos=1)] if isinstance(setting, Lock) else []

    return Part("lock", name, claims, send, unlocks=unlocks, commands=(command,))


def _bolt_words(body: Body) -> dict[str, LockState]:
    """What a lock says for each state. MessageError where a word would mean two things, or its opposite."""
    words: dict[str, LockState] = {}
    for key, (usual, state) in BOLT.items():
        word = canonical(text_of(body.get(key, usual)))
        if words.setdefault(word, state) != state or LOCK_STATES.get(word, state) != state:
            raise MessageError(f"discovery: expected a word of its own as {key}, got {word[:20]!r}; it is left alone")
    return words


def _bolts(text: str) -> bool:
    """Whether a payload can only mean the bolt is to be thrown."""
    words = set(re.findall(r"[a-z]+", text.casefold()))
    return bool(words & {"lock", "locked"}) and not any("open" in word or word.startswith("un") for word in words)


def _unbolts(text: str) -> bool:
    """Whether a payload can only mean the bolt is to be drawn, and no latch with it."""
    words = set(re.findall(r"[a-z]+", text.casefold()))
    return (
        "unlock" in words
        and not words & {"lock", "locked", "locking"}
        and not any("open" in w or "latch" in w for w in words)
    )


def _cover(body: Body, name: str) -> Part | None:
    position, state = topic(body, "position_topic"), topic(body, "state_topic")
    closed, opened = finite(body.get("position_closed"), 0.0), finite(body.get("position_open"), 100.0)
    if position is not None and closed != opened:
        told = reader(teller(body, "position_template"), share(opened, closed))
        return Part("cover", name, (Claim(Quantity.POSITION, position, told),))
    if state is None:
        return None
    words = {text_of(body.get("state_" + word, word)): value for word, value in (("open", 1.0), ("closed", 0.0))}
    moving = {text_of(body.get("state_" + word, word)): NAN for word in ("opening", "closing", "stopped")}
    told = reader(teller(body, "value_template"), meaning(moving | words))
    return Part("cover", name, (Claim(Quantity.POSITION, state, told),))


def _binary_sensor(body: Body, name: str) -> Part | None:
    """One that never says off by itself (`off_delay`) is left alone: it would seem on for ever."""
    quantity, state = NOTICED.get(str(body.get("device_class"))), topic(body, "state_topic")
    if quantity is None or state is None or body.get("off_delay") is not None:
        return None
    on, off = canonical(body.get("payload_on", "ON")), canonical(body.get("payload_off", "OFF"))
    if on == off:
        raise MessageError("discovery: expected different payloads for on and off, got the same; it is left alone")
    claim = Claim(quantity, state, reader(teller(body, "value_template"), meaning({off: 0, on: 1})))
    return Part("sensor", name, (claim,), check_in=_check_in(body))


def _sensor(body: Body, name: str) -> Part | None:
    quantity, state = SENSED.get(str(body.get("device_class"))), topic(body, "state_topic")
    diagnostic = body.get("entity_category") == "diagnostic" and quantity is not Quantity.BATTERY
    if quantity is None or state is None or diagnostic:
        return None
    convert = in_unit(quantity, body.get("unit_of_measurement"))
    if convert is None:
        return None
    claim = Claim(quantity, state, reader(teller(body, "value_template"), convert))
    return Part("sensor", name, (claim,), check_in=_check_in(body))


MADE: dict[str, Callable[[Body, str], Part | None]] = {
    "light": _light,
    "switch": _switch,
    "climate": _climate,
    "lock": _lock,
    "cover": _cover,
    "binary_sensor": _binary_sensor,
    "sensor": _sensor,
}


def _check_in(body: Body) -> float | None:
    seconds = finite(body.get("expire_after"), 0.0)
    return seconds if 1 <= seconds <= LONGEST_SILENCE else None


def _step(level: float, full: float) -> int:
    return max(1, round(min(1.0, level) * full))


def _telling(body: Body) -> Callable[[str, str], list[Message]]:
    qos = 1 if body.get("qos") in (1, 2) else 0
    return lambda topic, text: [Message(topic, text.encode("utf-8", "replace"), qos=qos)]
