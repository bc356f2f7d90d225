"""What a state of a Home Assistant entity tells in our words: tables, and one pure function for each domain.

An entity without a device class is told by the words of its id. Thermostats name no unit; one that can be set beyond
60, or wants more than 45, counts in °F.
"""

import re
from collections.abc import Callable, Iterator
from math import isfinite, nan
from typing import Final, NamedTuple

from homectl.home import LockState, Quantity, plausible
from homectl.journal.readers.state import State
from homectl.journal.readers.tidy_csv import Unusable

GONE: Final = "unavailable"
NOT_KNOWN: Final = frozenset({"unknown", "", "none"})

BINARY: Final[dict[str, Quantity]] = {
    "motion": Quantity.MOTION,
    "occupancy": Quantity.MOTION,
    "presence": Quantity.MOTION,
    "door": Quantity.CONTACT,
    "window": Quantity.CONTACT,
    "opening": Quantity.CONTACT,
    "contact": Quantity.CONTACT,
    "smoke": Quantity.SMOKE,
    "carbon_monoxide": Quantity.CARBON_MONOXIDE,
}
"""By device class of a binary sensor, or by a word of its id."""

SENSED: Final[dict[str, Quantity]] = {
    "temperature": Quantity.TEMPERATURE,
    "humidity": Quantity.HUMIDITY,
    "illuminance": Quantity.ILLUMINANCE,
    "power": Quantity.POWER,
    "carbon_dioxide": Quantity.CO2,
    "co2": Quantity.CO2,
    "battery": Quantity.BATTERY,
}
"""By device class of a sensor, or by a word of its id."""

Units = dict[str, tuple[float, float]]
CELSIUS, FAHRENHEIT = (1.0, 0.0), (1 / 1.8, -32 / 1.8)

UNITS: Final[dict[Quantity, Units]] = {
    Quantity.TEMPERATURE: {"°C": CELSIUS, "°F": FAHRENHEIT, "K": (1.0, -273.15)},
    Quantity.HUMIDITY: {"%": (1.0, 0.0)},
    Quantity.ILLUMINANCE: {"lx": (1.0, 0.0)},
    Quantity.POWER: {"W": (1.0, 0.0), "mW": (0.001, 0.0), "kW": (1e3, 0.0), "MW": (1e6, 0.0)},
    Quantity.CO2: {"ppm": (1.0, 0.0)},
    Quantity.BATTERY: {"%": (1.0, 0.0)},
}
"""Ours are theirs times the first and plus the second; an entity without a unit counts in ours."""

LOCKS: Final[dict[str, LockState]] = {state.name.lower(): state for state in LockState} | {
    "open": LockState.UNLOCKED,
    "opening": LockState.UNLOCKED,
}
HEATS: Final = frozenset({"heating", "preheating"})
WANTS_HEAT: Final = frozenset({"heat", "heat_cool", "auto"})
SETTABLE: Final = frozenset({"light", "switch", "climate", "lock"})
"""Domains whose states somebody sets; the others are sensed."""


class Told(NamedTuple):
    """One value of a state; NaN says that the entity itself does not know."""

    quantity: Quantity
    value: float


def told(state: State) -> list[Told]:
    """What a state tells, the main quantity first; nothing if it is of no use here. Unusable if it is wrong.

    A switch tells SWITCH, whatever hangs on it. Whether a thing that somebody sets is reachable is told whenever its
    state is another one; a sensor that cannot be reached does not know.
    """
    domain = state.entity.partition(".")[0]
    tell = DOMAINS.get(domain)
    if tell is None or state.said is None:
        return []
    found = list(tell(state))
    if domain in SETTABLE and state.turned:
        found.append(Told(Quantity.AVAILABLE, float(state.said != GONE)))
    return found


def quantity_of(state: State) -> Quantity | None:
    """What a sensor senses: by its device class, else by the last word of its id that says so."""
    domain, _, name = state.entity.partition(".")
    known = BINARY if domain == "binary_sensor" else SENSED
    kind = state.attributes.get("device_class")
    if isinstance(kind, str):
        return known.get(kind)
    marks = [mark for mark in known if re.search(rf"(^|_){mark}(_|$)", name)]
    return known[max(marks, key=name.rfind)] if marks else None


def _binary(state: State) -> Iterator[Told]:
    quantity = quantity_of(state)
    if quantity is not None:
        yield Told(quantity, _switched(state))


def _sensor(state: State) -> Iterator[Told]:
    quantity = quantity_of(state)
    if quantity is None:
        return
    if _unknown(state):
        yield Told(quantity, nan)
        return
    value = number_of(state.said)
    unit = state.attributes.get("unit_of_measurement", next(iter(UNITS[quantity])))
    if value is None:
        raise Unusable(f"expected a number as {quantity}")
    if unit not in UNITS[quantity]:
        raise Unusable(f"expected a known unit of {quantity}")
    yield _believed(quantity, value, UNITS[quantity][unit])


def _light(state: State) -> Iterator[Told]:
    if state.turned and state.said != GONE:
        yield Told(Quantity.LIGHT_ON, _switched(state))
    level = number_of(state.attributes.get("brightness"))
    if state.said == "on" and level is not None:
        yield _believed(Quantity.LIGHT_LEVEL, level, (1 / 255, 0.0))


def _switch(state: State) -> Iterator[Told]:
    if state.turned and state.said != GONE:
        yield Told(Quantity.SWITCH, _switched(state))


def _lock(state: State) -> Iterator[Told]:
    if not state.turned or state.said == GONE:
        return
    bolt = LOCKS.get(state.said or "")
    if bolt is None and not _unknown(state):
        raise Unusable("expected the state of a lock")
    yield Told(Quantity.LOCK, nan if bolt is None else float(bolt))


def _climate(state: State) -> Iterator[Told]:
    if _unknown(state):
        return
    names = ("temperature", "current_temperature", "max_temp")
    wanted, felt, warmest = (number_of(state.attributes.get(name)) for name in names)
    scale = FAHRENHEIT if (wanted or 0) > 45 or (warmest or 0) > 60 else CELSIUS
    if wanted is not None and state.said in WANTS_HEAT:
        yield _believed(Quantity.SETPOINT, wanted, scale)
    if felt is not None:
        yield _believed(Quantity.TEMPERATURE, felt, scale)
    action = state.attributes.get("hvac_action")
    if isinstance(action, str):
        yield Told(Quantity.HEATING, float(action in HEATS))


DOMAINS: Final[dict[str, Callable[[State], Iterator[Told]]]] = {
    "binary_sensor": _binary,
    "sensor": _sensor,
    "light": _light,
    "switch": _switch,
    "lock": _lock,
    "climate": _climate,
}


def number_of(value: object) -> float | None:
    """A finite number, also one written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _unknown(state: State) -> bool:
    return state.said == GONE or state.said in NOT_KNOWN


def _switched(state: State) -> float:
    if _unknown(state):
        return nan
    if state.said not in ("on", "off"):
        raise Unusable("expected on or off")
    return float(state.said == "on")


def _believed(quantity: Quantity, value: float, scale: tuple[float, float]) -> Told:
    ours = round(value * scale[0] + scale[1], 6)
    if not plausible(quantity, ours):
        raise Unusable(f"implausible {quantity}")
    return Told(quantity, ours)
