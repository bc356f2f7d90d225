"""One household: where it stands, its dwelling, its family and their days; usually drawn from a seed."""

from dataclasses import dataclass
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

from simulator.days import Days, FamilyDays
from simulator.house import BEDROOM, Dwelling, House, Plan, draw_plan
from simulator.people import Family, draw_family, draw_size
from simulator.weather import CLIMATES, Climate, Place, Sky, Weather


class Residence(Protocol):
    """What a world is made of."""

    @property
    def place(self) -> Place: ...

    @property
    def plan(self) -> Plan: ...

    @property
    def family(self) -> Family: ...

    def surroundings(self, seed: int, began: float, /) -> tuple[Sky, Dwelling]:
        """The weather from a time on, and the dwelling of the plan in it."""

    def days(self, seed: int) -> Days:
        """Where everybody is, day by day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """A residence whose weather, rooms and days are all drawn from a seed."""

    climate: Climate
    plan: Plan
    family: Family

    @property
    def zone(self) -> ZoneInfo:
        return self.climate.zone

    @property
    def place(self) -> Place:
        return self.climate

    def surroundings(self, seed: int, began: float, /) -> tuple[Sky, Dwelling]:
        weather = Weather(self.climate, Random(f"{seed} weather"), began)
        return weather, House(self.plan, weather.at(began)[0])

    def days(self, seed: int) -> Days:
        return FamilyDays(self.family, {room.id: room.kind for room in self.plan.rooms}, seed)


def draw_household(seed: int) -> Household:
    """The household of a seed. Each part has its own stream of chance."""
    size = draw_size(Random(f"{seed} size"))
    plan = draw_plan(Random(f"{seed} plan"), size)
    bedrooms = [room.id for room in plan.of_kind(BEDROOM)]
    return Household(
        climate=Random(f"{seed} climate").choice(CLIMATES),
        plan=plan,
        family=draw_family(Random(f"{seed} family"), bedrooms, size),
    )
