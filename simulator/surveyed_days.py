"""Days from the answers of strangers: when people are home, asleep and away comes from `obgeneration`.

Its Markov chains were fitted to time-use surveys and know five ways of being mobile, which are more or less usual by
age. They speak of quarter hours and of no rooms: the minute in the quarter, and which room a person who is home and
awake is in, are ours.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import groupby
from random import Random
from typing import Any

import numpy as np

from homectl.home import UsageError
from simulator.days import AWAY, NIGHT, Day, Doing, Out, Stay, Walk
from simulator.house import BATHROOM, HALL
from simulator.people import Family, Member, Role

SUNDAY = date(2023, 1, 1)
"""The day on which the generator's years begin; after their 52 weeks they begin anew."""

QUARTER = 0.25
"""Hours of one of the generator's steps."""

QUARTERS = 96

HURRY = 0.5
"""Hours between getting up and going out for those who were asleep a quarter of an hour before they went."""

SHOES = 0.03
"""Hours in the hall before going out."""

AGES: dict[Role, tuple[str, ...]] = {Role.PUPIL: ("1-18",), Role.RETIRED: ("65+",)}
"""The generator's name for the age of who fills their weekdays so; the others are of working age."""

PARTS = ("weekday", "weekend")

WORKING = ("19-45", "46-64")


class State(StrEnum):
    """What the generator says of a person."""

    HOME = "home"
    ASLEEP = "asleep"
    AWAY = "away"


STATES = {"HOME": State.HOME, "SLEEP": State.ASLEEP, "AWAY": State.AWAY}
"""By the generator's names."""


@dataclass(frozen=True, slots=True)
class Spell:
    """Hours of the local day through which somebody's state is the same."""

    state: State
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class SurveyedDays:
    """The days of a family; `years` gives each member's state by the quarter hour from SUNDAY on, as `years` does."""

    family: Family
    rooms: dict[str, str]  # kind of each room
    years: Mapping[str, Sequence[State]]
    seed: object

    def of(self, day: date, start: float) -> dict[str, list[Stay]]:
        return {
            member.id: [Stay(start + hours * 3600, place, doing) for hours, place, doing in self._walk(member, day)]
            for member in self.family.members
        }

    def _walk(self, member: Member, day: date) -> list[tuple[float, str, Doing]]:
        rng = Random(f"{self.seed} {member.id} {day} rooms")
        together = Day(day.weekday(), self.family.dinner, trip=None, school_run=None)
        walk = Walk(member, together, self.rooms, rng)
        spells = list(_spells(self.years[member.id], day, rng))
        for spell, following in zip(spells, [*spells[1:], None], strict=True):
            _live(walk, spell, following.state if following else spell.state)
        return [stay for stay in walk.stays if stay[0] < 24 + NIGHT - 0.01]


def years(family: Family, seed: object) -> dict[str, list[State]]:
    """A year of each member of a family, who are as mobile as the surveyed of their age. UsageError without the wheel.

    A state for every quarter hour of 52 weeks and a day, from a Sunday's midnight on.
    """
    return {member.id: _year(_survey(), member.role, Random(f"{seed} {member.id} year")) for member in family.members}


@cache
def _survey() -> Any:
    """The generator's chains; it takes a second to read them."""
    try:
        from obgeneration.generator import ClusterAssumptions
    except ImportError as error:
        raise UsageError("Days from a survey need obgeneration; pip install 'homectl[energyplus]'") from error
    return ClusterAssumptions.default()


def _year(survey: Any, role: Role, rng: Random) -> list[State]:
    age = rng.choice(AGES.get(role, WORKING))
    weekday, weekend = (rng.choices(range(survey.num_clusters), _usual(age, part))[0] for part in PARTS)
    chance = np.random.default_rng(rng.getrandbits(64))
    weeks = survey.sample_cluster_annually(weekday, weekend, int(QUARTER * 60), chance)
    return [STATES[state.name] for week in weeks for state in week]


def _usual(age: str, part: str) -> list[float]:
    """How usual each way of being mobile is at an age, on a part of the week."""
    table = files("obgeneration.data.occupancy_probability") / f"cluster_dist_by_age_rbsa_{part}.csv"
    rows = {row[0]: row[1:] for row in csv.reader(table.read_text(encoding="utf-8").splitlines())}
    return [float(share) for share in rows[age]]


def _spells(states: Sequence[State], day: date, rng: Random) -> Iterator[Spell]:
    """A day's spells from NIGHT on; each begins somewhere in its first quarter hour."""
    first = (day - SUNDAY).days % 364 * QUARTERS + int(NIGHT / QUARTER)
    quarters = [states[(first + quarter) % (364 * QUARTERS)] for quarter in range(QUARTERS)]
    begin, counted = NIGHT, 0
    for state, group in groupby(quarters):
        counted += len(list(group))
        end = NIGHT + counted * QUARTER
        if counted < QUARTERS:
            end += QUARTER * rng.uniform(0, 0.6)
        yield Spell(state, begin, end)
        begin = end


# --- from room to room --------------------------------------------------------------------------------


def _live(walk: Walk, spell: Spell, following: State) -> None:
    """Fill a spell with stays; what follows it is prepared."""
    match spell.state:
        case State.AWAY:
            _be_away(walk, spell)
        case State.ASLEEP:
            _sleep(walk, spell, following)
        case State.HOME:
            _be_home(walk, spell, following)


def _be_away(walk: Walk, spell: Spell) -> None:
    if walk.stays:
        walk.go_out(Out(spell.begin, spell.end, SHOES))
    else:
        walk.stays += [(spell.begin, AWAY, Doing.AWAY), (spell.end, HALL, Doing.BUSY)]
        walk.now = spell.end + 0.02


def _sleep(walk: Walk, spell: Spell, following: State) -> None:
    begin, end = max(spell.begin, walk.now), spell.end
    if following is State.AWAY:
        end = max(begin + 0.05, spell.end - HURRY)
    walk.night(begin, end)
    walk.now = end
    if following is State.AWAY:
        _get_up(walk, spell.end - SHOES)


def _be_home(walk: Walk, spell: Spell, following: State) -> None:
    """Awake at home, and at the end on the way to bed or to the door."""
    asleep_before = bool(walk.stays) and walk.stays[-1][2] is Doing.ASLEEP
    to_bed = following is State.ASLEEP and spell.end - spell.begin > 0.5
    until = spell.end - (0.3 if to_bed else SHOES if following is State.AWAY else 0.0)
    if asleep_before:
        _get_up(walk, until)
    else:
        walk.now = max(walk.now, spell.begin)
        if not walk.stays:
            walk.be(spell.begin, walk.member.room, Doing.CALM)
            walk.now += 0.1
        walk.home_until(until)
    if to_bed:
        walk.for_minutes(walk.rng.uniform(5, 10), BATHROOM, Doing.BUSY)
        walk.be(walk.now, walk.member.room, Doing.CALM)
        walk.now = spell.end


def _get_up(walk: Walk, until: float) -> None:
    walk.morning(walk.now)
    walk.home_until(until)
