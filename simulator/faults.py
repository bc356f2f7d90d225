"""What goes wrong in a home: cut lamps, dead devices, sensors that lie, a jammed bolt, a forgotten door, a fire."""

import math
from dataclasses import dataclass
from enum import StrEnum

from homectl.home import Quantity

OFFSET = 15.0
"""°C that an offset thermometer is wrong by: a sensor in the sun, or beside the oven."""

DRIFT = 1.0
"""°C per hour by which a drifting thermometer goes wrong."""

CHATTER = 4.0
"""Seconds between two reports of a sensor that floods."""

AHEAD = 12 * 3600.0
"""Seconds by which a wrong clock is ahead: noon for midnight."""


LATE = 20.0
"""Seconds by which a delayed echo comes after what it tells of."""

AGAIN = 2.0
"""Seconds after which a doubled echo comes once more."""

SPIKES = 5
"""A sensor that spikes does so with every so many-th measurement."""


class Trouble(StrEnum):
    CUT = "cut"  # a lamp without power
    SILENT = "silent"  # a device that neither hears nor says anything
    STUCK = "stuck"  # a sensor that repeats its last measurement whenever it checks in
    OFFSET = "offset"  # a thermometer that is 15 °C too warm
    DRIFT = "drift"  # a thermometer that grows too warm by 1 °C an hour
    FLOOD = "flood"  # a motion sensor that reports every few seconds
    CLOCK = "clock"  # the hub's clock, which stamps every report, is 12 hours ahead
    OFFLINE = "offline"  # a device whose own network says it is gone
    NAN = "nan"  # a sensor that speaks and does not know
    SPIKE = "spike"  # a sensor that now and then says something wild
    FAHRENHEIT = "fahrenheit"  # a thermometer that was set to another unit
    LOST_ECHO = "lost_echo"  # a device that obeys and says so only when it checks in
    DELAYED_ECHO = "delayed_echo"  # one that says so 20 s later
    DOUBLED_ECHO = "doubled_echo"  # one that says so twice
    JAM = "jam"  # a bolt that cannot move
    FORGOTTEN_DOOR = "forgotten_door"  # everybody leaves, and nobody locks
    SMOKE = "smoke"  # a detector gives the smoke alarm
    CARBON_MONOXIDE = "carbon_monoxide"  # a detector gives the alarm of carbon monoxide


class Wire(StrEnum):
    """What goes wrong on the way between a daemon and its broker."""

    NONE = "none"  # nothing
    STALL = "stall"  # nothing is carried, and nothing is closed either
    DROP = "drop"  # bytes vanish, and nothing is closed
    RESET = "reset"  # every connection ends at once, and none can be made
    LATENCY = "latency"  # every piece is half a second late
    SLICES = "slices"  # a few bytes at a time


OF_A_HOME = frozenset({Trouble.CLOCK, Trouble.JAM, Trouble.FORGOTTEN_DOOR})
OF_A_DEVICE = frozenset(Trouble) - OF_A_HOME
MEASURED = frozenset({Trouble.NAN, Trouble.SPIKE, Trouble.FAHRENHEIT})
ECHOED = frozenset({Trouble.LOST_ECHO, Trouble.DELAYED_ECHO, Trouble.DOUBLED_ECHO})

WILD: dict[Quantity, float] = {
    Quantity.TEMPERATURE: 58.0,
    Quantity.HUMIDITY: 100.0,
    Quantity.ILLUMINANCE: 190_000.0,
    Quantity.CO2: 40_000.0,
    Quantity.POWER: 90_000.0,
    Quantity.BATTERY: 0.0,
}
"""What a spike says: far from everything, and not impossible."""


def wrongly(trouble: Trouble, quantity: Quantity, value: float, count: int) -> float:
    """What a troubled sensor says instead of its `count`-th measurement."""
    match trouble:
        case Trouble.NAN:
            return math.nan
        case Trouble.SPIKE if count % SPIKES == 0:
            return WILD.get(quantity, 1.0 - value)
        case Trouble.FAHRENHEIT if quantity is Quantity.TEMPERATURE:
            return round(value * 9 / 5 + 32, 1)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One trouble from `at` until `until` (UTC seconds). `device` is empty where the trouble is not one device's."""

    trouble: Trouble
    at: float
    until: float
    device: str = ""
