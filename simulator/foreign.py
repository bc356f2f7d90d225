"""A home that no network has seen the like of: a reference flat in EnergyPlus, lived in as strangers live.

Weather, physics and the hours people keep are other people's work. What people like, their hands at switches, knobs
and locks, and the devices are those of every simulated home.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random

from simulator.days import Days, dawn
from simulator.energyplus import Flat, Station, dwellings, stations
from simulator.house import LIVING, Dwelling, Plan
from simulator.household import draw_household
from simulator.knobs import WARM
from simulator.people import Family
from simulator.surveyed_days import SurveyedDays, years
from simulator.weather import Sky
from simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignHousehold:
    """A residence whose weather and rooms are those of a living flat, and whose days come from a survey."""

    place: Station
    family: Family
    flat: Flat

    @property
    def plan(self) -> Plan:
        return self.flat.plan

    def surroundings(self, _seed: int, _began: float, /) -> tuple[Sky, Dwelling]:
        return self.flat, self.flat

    def days(self, seed: int) -> Days:
        rooms = {room.id: room.kind for room in self.plan.rooms}
        return SurveyedDays(self.family, rooms, years(self.family, seed), seed)


@contextmanager
def energyplus_world(seed: int, *, start: float) -> Iterator[World]:
    """A world in EnergyPlus, from `start` (UTC seconds) on; its engine ends with the block.

    Same seed, start, steps and commands give the same readings. UsageError without the libraries of `energyplus`.
    """
    drawn, rng = draw_household(seed), Random(f"{seed} abroad")
    family, liked = _used_to_flats(drawn.family)
    place, name = rng.choice(stations()), rng.choice(dwellings())
    with Flat(name, drawn.plan, place, dawn(start, place.zone), warm=liked + WARM) as flat:
        yield World(seed, start=start, household=ForeignHousehold(place=place, family=family, flat=flat))


def _used_to_flats(family: Family) -> tuple[Family, float]:
    """The family, and what it likes, °C: the same in all rooms, because a flat's are about as warm as each other."""
    liked = family.taste.comfort[LIVING]
    return replace(family, taste=replace(family.taste, comfort=dict.fromkeys(family.taste.comfort, liked))), liked
