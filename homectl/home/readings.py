"""What can be sensed or reported, and one fact of it."""

import math
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple


class Quantity(StrEnum):
    """What a device can tell. The unit and the meaning of 1 are part of the word."""

    TEMPERATURE = "temperature"  # degrees Celsius, of the air
    HUMIDITY = "humidity"  # percent relative humidity
    ILLUMINANCE = "illuminance"  # lux
    CO2 = "co2"  # parts per million
    POWER = "power"  # watts
    BATTERY = "battery"  # percent
    MOTION = "motion"  # 1: somebody moves or is present
    CONTACT = "contact"  # 1: OPEN (Zigbee2MQTT says contact false)
    ACTION = "action"  # an event, value 1; which one is the reading's text
    SWITCH = "switch"  # 1: on; a plug or relay that is not known to be a lamp
    POSITION = "position"  # cover: 0 closed … 1 open
    LIGHT_ON = "light_on"  # 1: on
    LIGHT_LEVEL = "light_level"  # 0 … 1 of the lamp's full brightness
    SETPOINT = "setpoint"  # degrees Celsius wanted
    HEATING = "heating"  # 1: the heater is asked for heat
    LOCK = "lock"  # a LockState
    AVAILABLE = "available"  # 1: the device's own network says it is reachable
    SMOKE = "smoke"  # 1: a smoke detector gives the alarm
    CARBON_MONOXIDE = "carbon_monoxide"  # 1: a detector of carbon monoxide gives the alarm


class LockState(IntEnum):
    """Values of Quantity.LOCK. Not known is NaN."""

    UNLOCKED = 0
    LOCKED = 1
    NOT_FULLY_LOCKED = 2
    JAMMED = 3
    LOCKING = 4
    UNLOCKING = 5


class Origin(StrEnum):
    """Who made a value what it is."""

    SENSED = "sensed"  # nobody: a measurement
    PERSON = "person"
    HOMECTL = "homectl"
    AUTOMATION = "automation"  # another program
    UNKNOWN = "unknown"


class Signal(NamedTuple):
    """The key of one series: a device and what it tells."""

    device: str
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One fact: what, how much, when and from whom. `at` is UTC seconds since 1970, whole milliseconds.

    A NaN value says the device itself does not know. A reading that is not live (retained by the
    broker, republished from a cache, restored from the journal) never makes a signal fresh.
    """

    device: str
    quantity: Quantity
    value: float
    at: float
    origin: Origin = Origin.SENSED
    live: bool = True
    text: str = ""

    @property
    def signal(self) -> Signal:
        return Signal(self.device, self.quantity)


PLAUSIBLE: dict[Quantity, tuple[float, float]] = {
    Quantity.TEMPERATURE: (-40, 60),
    Quantity.HUMIDITY: (0, 100),
    Quantity.ILLUMINANCE: (0, 200_000),
    Quantity.CO2: (0, 50_000),
    Quantity.POWER: (-100_000, 100_000),
    Quantity.BATTERY: (0, 100),
    Quantity.MOTION: (0, 1),
    Quantity.CONTACT: (0, 1),
    Quantity.ACTION: (0, 1),
    Quantity.SWITCH: (0, 1),
    Quantity.POSITION: (0, 1),
    Quantity.LIGHT_ON: (0, 1),
    Quantity.LIGHT_LEVEL: (0, 1),
    Quantity.SETPOINT: (0, 45),
    Quantity.HEATING: (0, 1),
    Quantity.LOCK: (0, max(LockState)),
    Quantity.AVAILABLE: (0, 1),
    Quantity.SMOKE: (0, 1),
    Quantity.CARBON_MONOXIDE: (0, 1),
}
"""The range outside which a value is a fault, not a fact (safety envelope: implausible temperature)."""

POWER_ON_TEMPERATURES = (85.0, -127.0)
"""What a 1-wire thermometer says instead of a temperature."""


def plausible(quantity: Quantity, value: float) -> bool:
    """Whether the value can be true at all; NaN and infinities are not."""
    low, high = PLAUSIBLE[quantity]
    if not (math.isfinite(value) and low <= value <= high):
        return False
    return not (quantity is Quantity.TEMPERATURE and value in POWER_ON_TEMPERATURES)
