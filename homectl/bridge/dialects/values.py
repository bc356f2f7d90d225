"""From what devices write to numbers with our units. Not known is NaN; nonsense is a MessageError."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from homectl.home import PLAUSIBLE, LockState, MessageError, Quantity

Convert = Callable[[Any], float]
Read = Callable[[Any], float | None]
"""A conversion that may find nothing said at all: None."""

NAN = float("nan")
_UNSAFE = re.compile("[+#\x00-\x1f\x7f-\x9f\ud800-\udfff]|^[$/]|//|/$")
UNKNOWN = frozenset({"", "none", "null", "unknown", "unavailable", "n/a", "nan"})

LOCK_STATES: dict[str, LockState] = {
    "locked": LockState.LOCKED,
    "lock": LockState.LOCKED,
    "unlocked": LockState.UNLOCKED,
    "unlock": LockState.UNLOCKED,
    "open": LockState.UNLOCKED,
    "not_fully_locked": LockState.NOT_FULLY_LOCKED,
    "jammed": LockState.JAMMED,
    "locking": LockState.LOCKING,
    "unlocking": LockState.UNLOCKING,
    "opening": LockState.UNLOCKING,
}

Scale = tuple[float, float]
"""Factor and offset from a device's unit to ours."""

CELSIUS: Scale = (1, 0)
FAHRENHEIT: Scale = (5 / 9, -160 / 9)

UNITS: dict[Quantity, dict[str, Scale]] = {
    Quantity.TEMPERATURE: {"°c": CELSIUS, "c": CELSIUS, "°f": FAHRENHEIT, "f": FAHRENHEIT, "k": (1, -273.15)},
    Quantity.HUMIDITY: {"%": (1, 0)},
    Quantity.ILLUMINANCE: {"lx": (1, 0), "lux": (1, 0), "klx": (1000, 0)},
    Quantity.CO2: {"ppm": (1, 0)},
    Quantity.POWER: {"w": (1, 0), "kw": (1000, 0), "mw": (0.001, 0)},
    Quantity.BATTERY: {"%": (1, 0)},
}
"""For each measured quantity the units understood."""


def number(value: Any) -> float:
    """A JSON number, or one written as text; finite, or NaN where the device says that it does not know."""
    if value is None:
        return NAN
    if isinstance(value, str):
        if value.strip().casefold() in UNKNOWN:
            return NAN
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise MessageError(f"expected a number, got {type(value).__name__}")
    try:
        found = float(value)
    except (ValueError, OverflowError):
        found = NAN
    if not math.isfinite(found):
        raise MessageError(f"expected a number, got {str(value)[:20]!r}")
    return found


def in_unit(quantity: Quantity, unit: Any) -> Convert | None:
    """The conversion from a declared unit to ours; no unit means ours; None for a unit nobody knows."""
    if unit is None:
        return number
    scale = UNITS.get(quantity, {}).get(str(unit).strip().casefold())
    return None if scale is None else scaled(scale)


def scaled(scale: Scale) -> Convert:
    """A conversion by factor and offset."""
    factor, offset = scale
    return number if scale == (1, 0) else lambda value: number(value) * factor + offset


def canonical(value: Any) -> str:
    """Values that mean the same, written the same: true, "True" and "TRUE"; 1 and "1"."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return str(value).strip().casefold()


def meaning(words: Mapping[Any, float]) -> Convert:
    """A conversion by a table of words."""
    table = {canonical(word): float(value) for word, value in words.items()}

    def convert(value: Any) -> float:
        word = canonical(value)
        found = table.get(word)
        if found is not None:
            return found
        if word in UNKNOWN:
            return NAN
        raise MessageError(f"expected one of {', '.join(table)}, got {word[:20]!r}")

    return convert


def share(full: float, empty: float = 0.0) -> Convert:
    """A level as a share of full. One step above full is full: scales of 254 and 255 are easily confused."""

    def convert(value: Any) -> float:
        found = (number(value) - empty) / (full - empty)
        return 1.0 if 1.0 < found <= 1.005 else found

    return convert


def demand(value: Any) -> float:
    """A heating demand in percent as whether heat is asked for."""
    found = number(value)
    return found if math.isnan(found) else float(found > 0)


def finite(value: Any, default: float) -> float:
    """A declared limit as a number; the default where it is none."""
    try:
        found = number(value)
    except MessageError:
        return default
    return found if math.isfinite(found) else default


def setpoints(low: Any, high: Any, step: Any, scale: Scale = CELSIUS) -> tuple[float, float, float]:
    """Lowest and highest setpoint and its step as declared, in the device's own unit of this scale.

    What makes no sense, or nobody could want, is replaced by 5 to 30 °C in steps of 0.5.
    """
    factor, offset = scale
    coldest, hottest = ((celsius - offset) / factor for celsius in PLAUSIBLE[Quantity.SETPOINT])
    lowest, highest = finite(low, math.inf), finite(high, -math.inf)
    if not max(lowest, coldest) < min(highest, hottest):
        lowest, highest = (5.0 - offset) / factor, (30.0 - offset) / factor
    found = finite(step, 0.0)
    return max(lowest, coldest), min(highest, hottest), found if 0.01 <= found <= 5 / factor else 0.5 / factor


def rounded(value: float, low: float, high: float, step: float) -> float:
    """The nearest value that a device takes."""
    return min(high, max(low, round(round(value / step) * step, 3)))


def plain(value: float) -> float | int:
    """Whole numbers without a point, as devices write them."""
    return int(value) if value == int(value) else value


def label(value: Any, longest: int = 80) -> str:
    """A name from the network, fit to be shown: one line, printable, not long."""
    if not isinstance(value, str):
        return ""
    short = value[:longest]
    return (short if short.isprintable() else "".join(c if c.isprintable() else " " for c in short)).strip()


def topic_is_safe(topic: Any) -> bool:
    """One concrete topic: no wildcard, no control character, nothing of the broker itself, no empty level."""
    return isinstance(topic, str) and 0 < len(topic) <= 512 and _UNSAFE.search(topic) is None
