"""What a home-day costs its household: one stated sum, in hands.

A hand is what it is worth to be spared one reach for a switch, a knob or a key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from homectl.home import Kind
from simulator.truth import Truth

MINUTES_A_DAY = 1440


class Worth(NamedTuple):
    """What one unit of something costs, in hands, and why."""

    hands: float
    why: str


WORTH: dict[str, Worth] = {
    "interventions": Worth(1.0, "the unit: somebody reaches for a switch, a knob or a key"),
    "away_unlocked_minutes": Worth(0.05, "who is twenty minutes away and remembers the door turns back for it"),
    "lamp_on_away_minutes": Worth(0.002, "a lamp that burns through a working day is one press that was forgotten"),
    "discomfort_kelvin_hours": Worth(1.0, "after an hour one degree outside of what they accept people turn the knob"),
    "heating_kwh": Worth(0.5, "the price of two kilowatt hours is worth getting up for once"),
    "device_changes": Worth(0.01, "wear, and unrest: a hundred clicks that nobody made are one annoyance"),
}
"""The terms of the sum. Everything else that is counted is only shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What happened per home-day; minutes, K·h, kWh and numbers of changes."""

    days: float
    light_interventions: float
    setpoint_interventions: float
    lock_interventions: float
    undone: float
    away_unlocked_minutes: float
    asleep_unlocked_minutes: float
    lamp_on_away_minutes: float
    dark_minutes: float
    discomfort_kelvin_hours: float
    heating_kwh: float
    device_changes: float
    thrown_open: float
    unlocks: float

    @classmethod
    def of(cls, truth: Truth) -> "Account":
        """Of a world that has counted for a minute or longer."""
        days = truth.minutes / MINUTES_A_DAY
        hands = {kind: truth.interventions.get(kind.value, 0) / days for kind in Kind}
        return cls(
            days=days,
            light_interventions=hands[Kind.LIGHT],
            setpoint_interventions=hands[Kind.SETPOINT],
            lock_interventions=hands[Kind.LOCK],
            undone=sum(truth.undone.values()) / days,
            away_unlocked_minutes=truth.unlocked_away_minutes / days,
            asleep_unlocked_minutes=truth.unlocked_asleep_minutes / days,
            lamp_on_away_minutes=truth.lamp_on_away_minutes / days,
            dark_minutes=truth.occupied_dark_minutes / days,
            discomfort_kelvin_hours=truth.discomfort_kelvin_hours / days,
            heating_kwh=truth.heating_kwh / days,
            device_changes=truth.device_changes / days,
            thrown_open=truth.thrown_open / days,
            unlocks=truth.unlocks_asked / days,
        )

    @property
    def interventions(self) -> float:
        """By hand, of any kind."""
        return self.light_interventions + self.setpoint_interventions + self.lock_interventions

    @property
    def terms(self) -> Mapping[str, float]:
        """Each term of the cost, in hands per home-day."""
        return {name: worth.hands * float(getattr(self, name)) for name, worth in WORTH.items()}

    @property
    def cost(self) -> float:
        """Hands per home-day."""
        return sum(self.terms.values())
