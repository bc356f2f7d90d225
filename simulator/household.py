"""One household drawn from a seed: where it stands, its dwelling and its family."""

from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from simulator.house import BEDROOM, Plan, draw_plan
from simulator.people import Family, draw_family, draw_size
from simulator.weather import CLIMATES, Climate


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    climate: Climate
    plan: Plan
    family: Family

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.climate.timezone)


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
