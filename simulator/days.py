"""What a person does in a day: where they are from when, and how lively. It never depends on what devices do."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

from simulator.house import BATHROOM, BEDROOM, HALL, KITCHEN, LIVING, PORCH, STUDY
from simulator.people import Family, Member, Role

AWAY = "away"
NIGHT = 3.0
"""The hour at which a day's plan begins: everybody is asleep."""


class Doing(StrEnum):
    """How somebody is in a room."""

    ASLEEP = "asleep"
    CALM = "calm"  # reads, watches, works at a desk
    BUSY = "busy"
    PASSING = "passing"  # a few seconds on the way
    DOOR = "door"  # opens the front door for something: post, rubbish, a visitor
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Stay:
    """From `at` (UTC seconds) until the next one."""

    at: float
    place: str
    doing: Doing


@dataclass(frozen=True, slots=True)
class Out:
    """One way out of the home, hours of the local day."""

    leave: float
    back: float
    shoes: float = 0.03  # time in the hall before


@dataclass(frozen=True, slots=True)
class Day:
    """What a family does together, drawn once for all of its members."""

    weekday: int
    dinner: float
    trip: Out | None
    school_run: Out | None

    @property
    def weekend(self) -> bool:
        return self.weekday >= 5


def midnight(day: date, zone: ZoneInfo) -> float:
    """UTC seconds of the local midnight that the hours of a day count from (by its clock at noon)."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=zone).timestamp() - 12 * 3600


def day_of(at: float, zone: ZoneInfo) -> date:
    """The day whose plan covers a time."""
    return (datetime.fromtimestamp(at, zone) - timedelta(hours=NIGHT)).date()


def dawn(start: float, zone: ZoneInfo) -> float:
    """When a home that is looked at from `start` on begins to live: at three in the morning, an hour or more before."""
    return midnight(day_of(start - 3600, zone), zone) + NIGHT * 3600


class Days(Protocol):
    """Where the days of a family's members come from."""

    def of(self, day: date, start: float) -> dict[str, list[Stay]]:
        """Everybody's stays from NIGHT of a day to NIGHT of the next; `start` is its midnight in UTC seconds."""


@dataclass(frozen=True, slots=True)
class FamilyDays:
    """Days drawn from a family's hours and habits; `rooms` gives each room's kind."""

    family: Family
    rooms: dict[str, str]
    seed: object

    def of(self, day: date, start: float) -> dict[str, list[Stay]]:
        together = draw_day(self.family, day, Random(f"{self.seed} day {day}"))
        return {
            member.id: draw_stays(member, together, self.rooms, start, Random(f"{self.seed} {member.id} {day}"))
            for member in self.family.members
        }


def draw_day(family: Family, day: date, rng: Random) -> Day:
    weekday = day.weekday()
    trip = None
    if weekday >= 5 and rng.random() < family.trips:
        leave = rng.choice((10.5, 11.5, 14.0, 15.0)) + rng.gauss(0, 0.4)
        trip = Out(leave, leave + rng.uniform(1.5, 4.5), 0.05)
    pupils = [m for m in family.members if m.role is Role.PUPIL]
    run = None
    if family.school_run and weekday < 5:
        run = Out(pupils[0].leave + rng.gauss(0, 0.05), 0.0)
    return Day(weekday, family.dinner + rng.gauss(0, 0.25), trip, run)


def draw_stays(member: Member, together: Day, rooms: dict[str, str], start: float, rng: Random) -> list[Stay]:
    """One person's day: `rooms` gives each room's kind, `start` is the local midnight in UTC seconds."""
    weekend = together.weekend
    spread = member.punctual / 60 * (2.5 if weekend else 1)
    wake = member.wake[weekend] + rng.gauss(0, spread)
    outs = _outs(member, together, rng)
    if outs and not weekend:
        wake = min(wake, outs[0].leave - 0.35)
    outs = [out for out in outs if out.leave > wake + 0.3]
    bed = max(member.bed[weekend] + rng.gauss(0, 0.4), (outs[-1].back + 0.5) if outs else 0)
    walk = Walk(member, together, rooms, rng)
    walk.night(NIGHT, wake)
    walk.morning(wake)
    for out in outs:
        walk.home_until(out.leave - out.shoes)
        walk.go_out(out)
    walk.home_until(min(bed, 25.8) - 0.35)
    walk.to_bed(min(bed, 25.8))
    return [Stay(start + hours * 3600, place, doing) for hours, place, doing in walk.stays]


def _outs(member: Member, day: Day, rng: Random) -> list[Out]:
    """The ways out of one person's day, in order and apart from each other."""
    outs: list[Out] = []
    late = member.punctual / 60
    if day.trip is not None:
        outs.append(day.trip)
    if day.weekend:
        if rng.random() < 0.5 and member.role is not Role.PUPIL:
            leave = rng.uniform(8.0, 10.0)
            outs.append(Out(leave, leave + rng.uniform(0.3, 1.0)))
        if rng.random() < 0.25:
            outs.append(Out(leave := rng.uniform(16, 19.5), leave + rng.uniform(1, 4)))
    else:
        outs += _weekday_outs(member, day, rng, late)
    if day.weekday == member.evening_out and rng.random() < 0.85:
        outs.append(Out(leave := 18.8 + rng.gauss(0, 0.15), leave + rng.uniform(1.5, 2.8)))
    apart: list[Out] = []
    for out in sorted(outs, key=lambda o: o.leave):
        if not apart or out.leave > apart[-1].back + 0.25:
            apart.append(out)
    return apart


def _weekday_outs(member: Member, day: Day, rng: Random, late: float) -> list[Out]:
    leave = member.leave + rng.gauss(0, late)
    if member.works_away[day.weekday] and rng.random() < 0.97:
        if day.school_run is not None and member.role is Role.PUPIL:
            leave = day.school_run.leave
        return [Out(leave, max(leave + 3, member.back + rng.gauss(0, 0.4)), 0.04)]
    outs = []
    if rng.random() < member.early_walk:
        outs.append(Out(leave, leave + rng.uniform(0.25, 0.7)))
    if rng.random() < 0.55:
        outs.append(Out(noon := rng.choice((10.3, 12.3, 15.0)) + rng.gauss(0, 0.5), noon + rng.uniform(0.4, 1.5)))
    return outs


class Walk:
    """Fills a day with stays, from left to right."""

    def __init__(self, member: Member, day: Day, rooms: dict[str, str], rng: Random) -> None:
        self.member, self.day, self.rooms, self.rng = member, day, rooms, rng
        self.stays: list[tuple[float, str, Doing]] = []
        self.now = 0.0
        self.washed = 0.0  # when they last were in the bathroom

    def be(self, hours: float, place: str, doing: Doing) -> None:
        """Go somewhere at this hour; the hall lies between any two rooms."""
        here = self.stays[-1][1] if self.stays else place
        if HALL not in (here, place) and AWAY not in (here, place) and here != place:
            way = self.rng.uniform(5, 15) / 3600
            self.stays.append((hours, HALL, Doing.PASSING))
            hours += way
        self.stays.append((hours, place, doing))
        self.now = hours

    def for_minutes(self, minutes: float, place: str, doing: Doing) -> None:
        self.be(self.now, place, doing)
        self.now += max(0.2, minutes) / 60

    def night(self, start: float, end: float) -> None:
        """Asleep from start to end, perhaps up once."""
        self.be(start, self.member.room, Doing.ASLEEP)
        if end - start > 1 and self.rng.random() < self.member.night_trip:
            trip = self.rng.uniform(start + 0.3, end - 0.5)
            self.be(trip, BATHROOM, Doing.BUSY)
            self.be(self.now + self.rng.uniform(2, 5) / 60, self.member.room, Doing.ASLEEP)

    def morning(self, wake: float) -> None:
        self.now = wake
        hurry = 1.0 if not self.day.weekend else 1.4
        self.for_minutes(self.rng.uniform(2, 7) * hurry, self.member.room, Doing.BUSY)
        self.for_minutes(self.rng.uniform(6, 14) * hurry, BATHROOM, Doing.BUSY)
        self.washed = self.now
        if self.rng.random() < self.member.errand:
            self.for_minutes(self.rng.uniform(0.8, 2.5), HALL, Doing.DOOR)
        self.for_minutes(self.rng.uniform(8, 18) * hurry, KITCHEN, Doing.BUSY)

    def home_until(self, until: float) -> None:
        """Spend the time at home, from room to room; what was planned beyond `until` is cut off."""
        while self.now < until:
            place, doing, minutes = self._next()
            self.for_minutes(minutes, place, doing)
        while len(self.stays) > 1 and self.stays[-1][0] >= until:
            self.stays.pop()
        self.now = until

    def go_out(self, out: Out) -> None:
        self.be(out.leave - out.shoes, HALL, Doing.BUSY)
        self.stays.append((max(self.now + 0.005, out.leave), AWAY, Doing.AWAY))
        self.now = max(out.back, self.stays[-1][0] + 0.1)
        self.stays.append((self.now, HALL, Doing.BUSY))
        self.now += self.rng.uniform(0.6, 2.5) / 60

    def to_bed(self, bed: float) -> None:
        self.for_minutes(self.rng.uniform(5, 10), BATHROOM, Doing.BUSY)
        self.be(self.now, self.member.room, Doing.CALM)
        self.now = max(self.now + 0.03, bed)
        self.night(self.now, 24 + NIGHT)
        self.stays = [stay for stay in self.stays if stay[0] < 24 + NIGHT - 0.01]

    def _next(self) -> tuple[str, Doing, float]:
        """Where to, doing what, for how many minutes."""
        rng, hour, member = self.rng, self.now, self.member
        calm = rng.lognormvariate(3.75, 0.6) / member.restless
        if hour - self.washed > 3.5 and rng.random() < 0.5:
            self.washed = hour
            return BATHROOM, Doing.BUSY, rng.uniform(2, 6)
        if self.day.dinner - 0.7 < hour < self.day.dinner + 0.4:
            return KITCHEN, Doing.BUSY, rng.uniform(15, 35)
        if rng.random() < 0.04 and 8.5 < hour < 20:
            return HALL, Doing.DOOR, rng.uniform(0.7, 2)
        if PORCH in self.rooms and rng.random() < 0.02 and 9 < hour < 22 and self.stays[-1][1] == HALL:
            return PORCH, Doing.CALM, rng.uniform(4, 10)
        if rng.random() < self._kitchen(hour):
            return KITCHEN, Doing.BUSY, rng.uniform(4, 22)
        return *self._settle(hour), min(calm, 150)

    def _kitchen(self, hour: float) -> float:
        return 0.45 if 11.8 < hour < 13.2 else 0.15

    def _settle(self, hour: float) -> tuple[str, Doing]:
        rng, member = self.rng, self.member
        working = not self.day.weekend and 8.5 < hour < 17
        if member.role is Role.HOME_WORKER and working and rng.random() < 0.85:
            return (STUDY if STUDY in self.rooms else LIVING), Doing.CALM
        if member.role is Role.PUPIL and rng.random() < 0.6:
            return member.room, Doing.BUSY if rng.random() < 0.4 else Doing.CALM
        kinds = [(LIVING, 0.8 if hour > 17 else 0.55), (BEDROOM, 0.1), (HALL, 0.03), (STUDY, 0.1)]
        kind = rng.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        if kind == BEDROOM:
            return member.room, Doing.BUSY
        if kind == HALL:
            return HALL, Doing.BUSY
        place = kind if kind in self.rooms else LIVING
        return place, Doing.CALM if rng.random() < 0.7 else Doing.BUSY
