"""What goes wrong in a home: cut lamps, dead devices, sensors that lie, a jammed bolt, a forgotten door, a fire."""

from dataclasses import dataclass
from enum import StrEnum

OFFSET = 15.0
"""°C that an offset thermometer is wrong by: a sensor in the sun, or beside the oven."""

DRIFT = 1.0
"""°C per hour by which a drifting thermometer goes wrong."""

CHATTER = 4.0
"""Seconds between two reports of a sensor that floods."""

AHEAD = 12 * 3600.0
"""Seconds by which a wrong clock is ahead: noon for midnight."""


class Trouble(StrEnum):
    CUT = "cut"  # a lamp without power
    SILENT = "silent"  # a device that neither hears nor says anything
    STUCK = "stuck"  # a sensor that repeats its last measurement whenever it checks in
    OFFSET = "offset"  # a thermometer that is 15 °C too warm
    DRIFT = "drift"  # a thermometer that grows too warm by 1 °C an hour
    FLOOD = "flood"  # a motion sensor that reports every few seconds
    CLOCK = "clock"  # the hub's clock, which stamps every report, is 12 hours ahead
    JAM = "jam"  # a bolt that cannot move
    FORGOTTEN_DOOR = "forgotten_door"  # everybody leaves, and nobody locks
    SMOKE = "smoke"  # a detector gives the smoke alarm
    CARBON_MONOXIDE = "carbon_monoxide"  # a detector gives the alarm of carbon monoxide


OF_A_DEVICE = frozenset(
    {
        Trouble.CUT,
        Trouble.SILENT,
        Trouble.STUCK,
        Trouble.OFFSET,
        Trouble.DRIFT,
        Trouble.FLOOD,
        Trouble.SMOKE,
        Trouble.CARBON_MONOXIDE,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One trouble from `at` until `until` (UTC seconds). `device` is empty where the trouble is not one device's."""

    trouble: Trouble
    at: float
    until: float
    device: str = ""
