"""What goes wrong in a home: lamps cut at the wall, dead devices, stuck sensors, a jammed bolt, a forgotten door."""

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    CUT = "cut"  # a lamp without power
    SILENT = "silent"  # a device that neither hears nor says anything
    STUCK = "stuck"  # a sensor that repeats its last measurement
    JAM = "jam"  # a bolt that cannot move
    FORGOTTEN_DOOR = "forgotten_door"  # everybody leaves, and nobody locks


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One trouble from `at` until `until` (UTC seconds). `device` is empty where the trouble is people's."""

    trouble: Trouble
    at: float
    until: float
    device: str = ""
