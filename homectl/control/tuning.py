"""What about the rules can be tuned to the homes they are for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """The constants of the rules. Sorts of rooms differ by `homectl.control.rooms`; a factor applies to all of them."""

    darkness: float = 1.0  # factor on the daylight below which a lamp is wanted
    patience_by_day: float = 1.0  # factor on the silence after which a lamp goes off
    patience_by_night: float = 1.0
    often: int = 3  # times a lamp must have been of use in a part of the day in the past week to be switched on then
    lamp_on: float = 0.9  # how sure a lamp is switched on: below the autonomy's bound only suggested
    night_setback: float = 2.0  # kelvin that a sleeping home is kept below comfort
    away_setback: float = 3.0  # the same of an empty one
    away_for: float = 45 * 60.0  # seconds away before the heating is turned down; a shorter absence saves nothing
    asleep_for: float = 30 * 60.0  # seconds of silence at night that mean everybody sleeps
    preheat: float = 60 * 60.0  # seconds before the usual rise at which comfort is wanted again
