"""Families: who lives in a home, their hours, what they like and what they forget."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from simulator.house import BATHROOM, BEDROOM, HALL, KITCHEN, LIVING, PORCH, STUDY


class Role(StrEnum):
    """What fills a person's weekdays."""

    OFFICE = "office"
    HOME_WORKER = "home_worker"
    PART_TIME = "part_time"
    PUPIL = "pupil"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person's hours, in hours of the local day; weekdays first, then weekends."""

    id: str
    role: Role
    room: str  # where they sleep
    wake: tuple[float, float]
    bed: tuple[float, float]
    leave: float
    back: float
    punctual: float  # standard deviation of their weekday hours, minutes
    evening_out: int  # weekday of a standing evening out, -1 for none
    early_walk: float  # chance of a short way out before breakfast: dog, bakery, newspaper
    errand: float  # chance of opening the door after getting up: newspaper, rubbish, the cat
    night_trip: float  # chance of a way to the bathroom at night
    works_away: tuple[bool, ...]  # for each weekday
    restless: float  # how often they change rooms, 1 is usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What a family wants and how careful it is; chances are 0 … 1."""

    need: dict[str, float]  # lux by kind of room below which they want a lamp
    levels: tuple[float, float, float, float]  # brightness wanted in the morning, by day, in the evening, at night
    cosy_from: float  # hour from which the small lamps replace the ceiling's
    hall_lamp: str  # "never", "each" time somebody passes, or left on in the "evening"
    tidy: float  # a lamp is switched off on leaving a room
    tidy_out: float  # the same when the home is left empty
    bedtime_round: float  # the last to go to bed switches off what burns elsewhere
    comfort: dict[str, float]  # °C by kind of room
    night: float  # kelvin lower at night, 0 for families who leave it
    away: float  # the same when nobody is home
    diligent: float  # chance that they think of the knob when it would be time
    hands_on: float  # chance in one look that they do something about being too cold or too warm
    lock_out: float  # the last to leave locks
    lock_leaving: float  # somebody leaving others at home locks
    lock_in: float  # the door is locked behind somebody coming home
    lock_night: float  # the last to go to bed looks after the lock
    cuts: float  # a lamp is switched off by cutting it at the wall


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    members: tuple[Member, ...]
    taste: Taste
    dinner: float  # hour
    trips: float  # chance of going out together on a weekend day
    school_run: bool = False


def draw_size(rng: Random) -> int:
    return rng.choices((1, 2, 3, 4, 5), (22, 34, 19, 18, 7))[0]


def draw_family(rng: Random, bedrooms: list[str], size: int) -> Family:
    """A family of 1–5. Most have somebody at the door between half past six and half past eight on a weekday."""
    if size <= 2 and rng.random() < 0.25:
        roles = [Role.RETIRED] * size
    else:
        adults = 1 if size == 1 or (size > 2 and rng.random() < 0.12) else 2
        working = rng.choices((Role.OFFICE, Role.PART_TIME, Role.HOME_WORKER), (66, 18, 16), k=adults)
        roles = [*working, *[Role.PUPIL] * (size - adults)]
    adults = sum(role is not Role.PUPIL for role in roles)
    early = rng.gauss(0, 0.25)  # some families are early
    members = tuple(
        _draw_member(rng, role, number, _sleeps_in(number, adults, bedrooms), early)
        for number, role in enumerate(roles)
    )
    return Family(
        members=members,
        taste=draw_taste(rng),
        dinner=rng.uniform(17.8, 20.2),
        trips=rng.uniform(0.3, 0.7),
        school_run=any(m.role is Role.PUPIL for m in members) and rng.random() < 0.4,
    )


def _sleeps_in(number: int, adults: int, bedrooms: list[str]) -> str:
    if number < adults:
        return bedrooms[0]
    return bedrooms[min(number - adults + 1, len(bedrooms) - 1)]


HOURS: dict[Role, tuple[float, float, float, float, float]] = {
    # wake before leaving, leave, back, bed, spread of leaving
    Role.OFFICE: (1.0, 7.55, 17.3, 22.9, 0.4),
    Role.HOME_WORKER: (1.1, 8.3, 8.9, 23.2, 0.5),
    Role.PART_TIME: (1.2, 7.9, 13.3, 22.8, 0.4),
    Role.PUPIL: (0.9, 7.45, 14.6, 21.2, 0.2),
    Role.RETIRED: (0.8, 7.6, 8.3, 22.6, 0.4),
}


def _draw_member(rng: Random, role: Role, number: int, room: str, early: float) -> Member:
    before, leave, back, bed, spread = HOURS[role]
    leave = min(9.2, max(6.6, rng.gauss(leave, spread) + early))
    wake = leave - before * rng.uniform(0.8, 1.25)
    days = [True] * 5
    for _ in range(rng.choice((0, 0, 0, 1, 2)) if role is Role.OFFICE else 0):
        days[rng.randrange(5)] = False  # works from home that day
    short = role in (Role.HOME_WORKER, Role.RETIRED)
    bed = rng.gauss(bed, 0.5)
    return Member(
        id=f"{'child' if role is Role.PUPIL else 'adult'}_{number + 1}",
        role=role,
        room=room,
        wake=(wake, wake + abs(rng.gauss(1.2, 0.6))),
        bed=(min(bed, 24.8), min(bed + abs(rng.gauss(0.6, 0.3)), 25.2)),
        leave=leave,
        back=rng.gauss(back, 0.6 if not short else 0.3),
        punctual=rng.uniform(3, 10),
        evening_out=rng.choice((-1, -1, 0, 1, 2, 3, 4)),
        early_walk=rng.uniform(0.6, 0.95) if short else 0.0,
        errand=rng.uniform(0.5, 0.95) if number == 0 else rng.choice((0.0, 0.1, 0.3)),
        night_trip=rng.choice((0.1, 0.3, 0.7)),
        works_away=tuple(days) if not short else (False,) * 5,
        restless=rng.uniform(0.7, 1.4),
    )


def draw_taste(rng: Random) -> Taste:
    bright, warm = rng.lognormvariate(0, 0.35), rng.gauss(0, 0.8)
    need = {HALL: 25, KITCHEN: 110, LIVING: 70, BEDROOM: 50, BATHROOM: 90, STUDY: 130, PORCH: 12}
    comfort = {HALL: 18.5, KITCHEN: 20, LIVING: 21.2, BEDROOM: 18.8, BATHROOM: 21.8, STUDY: 20.8}
    full = rng.random() < 0.3  # these never dim
    return Taste(
        need={kind: lux * bright * rng.uniform(0.8, 1.25) for kind, lux in need.items()},
        levels=(1.0, 1.0, 1.0, 1.0) if full else _levels(rng),
        cosy_from=rng.uniform(18.0, 21.0),
        hall_lamp=rng.choices(("never", "each", "evening"), (40, 20, 40))[0],
        tidy=rng.uniform(0.6, 0.97),
        tidy_out=rng.uniform(0.85, 0.99),
        bedtime_round=rng.uniform(0.85, 0.99),
        comfort={kind: _half(celsius + warm + rng.gauss(0, 0.4)) for kind, celsius in comfort.items()},
        night=rng.choice((0.0, 2.0, 2.0, 2.5, 3.0, 3.0, 3.5, 4.0)),
        away=rng.choice((0.0, 0.0, 2.0, 3.0, 4.0)),
        diligent=rng.uniform(0.65, 0.97),
        hands_on=rng.uniform(0.15, 0.6),
        lock_out=rng.uniform(0.75, 0.98),
        lock_leaving=rng.choice((0.0, 0.05, 0.15)),
        lock_in=rng.choice((0.05, 0.15, 0.6)),
        lock_night=rng.choice((0.3, 0.85, 0.95, 0.98)),
        cuts=rng.choice((0.0, 0.0, 0.01, 0.04)),
    )


def _levels(rng: Random) -> tuple[float, float, float, float]:
    evening = rng.choice((0.4, 0.5, 0.6, 0.8))
    return rng.choice((0.6, 0.8, 1.0)), rng.choice((0.8, 1.0)), evening, rng.choice((0.1, 0.2, evening))


def _half(celsius: float) -> float:
    return round(celsius * 2) / 2
