"""Plans of flats and houses, and how warm and bright their rooms get."""

import math
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

HALL, KITCHEN, LIVING, BEDROOM, BATHROOM, STUDY, PORCH = (
    "hall",
    "kitchen",
    "living",
    "bedroom",
    "bathroom",
    "study",
    "porch",
)
AREA = {HALL: 9.0, KITCHEN: 12.0, LIVING: 26.0, BEDROOM: 14.0, BATHROOM: 7.0, STUDY: 10.0}
"""Usual floor area of a room, square metres."""

HEIGHT = 2.6
"""Of a room, metres."""

TICK = 60.0
"""Seconds of one thermal step."""

JOULES = 3_600_000.0
"""In one kWh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPlan:
    """One room or outdoor place. W/K, kWh/K and W; `glazing` is the share of outdoor light that reaches the sensor."""

    id: str
    kind: str
    leak: float  # to the outside
    tie: float  # air to walls and furniture
    air: float  # heat kept by the air and what follows it at once
    mass: float  # heat kept by walls and furniture
    heater: float
    door: float  # to the hall
    glazing: float
    volume: float  # cubic metres

    @property
    def outdoors(self) -> bool:
        return self.kind == PORCH


@dataclass(frozen=True, slots=True)
class Plan:
    """A flat or house: its rooms, each indoor one but the hall opening to the hall."""

    rooms: tuple[RoomPlan, ...]

    def of_kind(self, kind: str) -> list[RoomPlan]:
        return [room for room in self.rooms if room.kind == kind]


def draw_plan(rng: Random, people: int) -> Plan:
    """A dwelling for so many people.

    Thermal parameters: TABULA single-family and terraced variants. Loss 216 W/K (median; 10 % below 114, 10 % above
    531), air 1–2.5 kWh/K, mass 6–14 kWh/K, air to mass 0.8–2 kW/K, heater 30–45 K times the loss.
    """
    bedrooms = min(3, max(1, people - rng.choice((0, 1))))
    ids = [(HALL, HALL), (KITCHEN, KITCHEN), (LIVING, LIVING), (BATHROOM, BATHROOM), (BEDROOM, BEDROOM)]
    ids += [(f"bedroom_{number}", BEDROOM) for number in range(2, bedrooms + 1)]
    if rng.random() < 0.35:
        ids.append((STUDY, STUDY))
    loss = min(600.0, max(90.0, rng.lognormvariate(math.log(216), 0.55)))
    air, mass, tie = rng.uniform(1.0, 2.5), rng.uniform(6, 14), rng.uniform(800, 2000)
    size = rng.uniform(30, 45)  # how generously the heaters are sized, kelvin
    areas = {name: AREA[kind] * rng.uniform(0.8, 1.25) for name, kind in ids}
    outer = {name: areas[name] * (0.5 if kind in (HALL, BATHROOM) else 1.0) for name, kind in ids}
    rooms = []
    for name, kind in ids:
        share, leak = areas[name] / sum(areas.values()), loss * outer[name] / sum(outer.values())
        rooms.append(
            RoomPlan(
                id=name,
                kind=kind,
                leak=leak,
                tie=tie * share,
                air=air * share,
                mass=mass * share,
                heater=max(400.0, size * leak),
                door=rng.uniform(12, 45),
                glazing=_glazing(rng, kind),
                volume=areas[name] * HEIGHT,
            )
        )
    if rng.random() < 0.6:
        rooms.append(_porch(rng))
    return Plan(tuple(rooms))


def _glazing(rng: Random, kind: str) -> float:
    if kind == HALL:
        return rng.choice((0.0, 0.0008, 0.002, 0.004))
    if kind == BATHROOM:
        return rng.choice((0.0, 0.004, 0.007))
    return rng.uniform(0.006, 0.022)


def _porch(rng: Random) -> RoomPlan:
    return RoomPlan(
        id=PORCH, kind=PORCH, leak=0, tie=0, air=1, mass=1, heater=0, door=0, glazing=rng.uniform(0.1, 0.4), volume=1
    )


class Shines(Protocol):
    """Anything that gives light: how much reaches the sensor, lux; a cosy one is small and warm."""

    lux: float
    cosy: bool


@dataclass(slots=True)
class Room:
    """One room as it is now. Temperatures in °C; `opening` of the heater's valve 0 … 1; light in lux."""

    plan: RoomPlan
    air: float
    mass: float
    opening: float = 0.0
    gains: float = 0.0  # people and appliances, W
    daylight: float = 0.0
    humidity: float = 45.0  # percent
    co2: float = 600.0  # ppm
    kept_at: float | None = None  # a plain radiator valve that nobody can see holds this, °C
    lamps: list[Shines] = field(default_factory=list)

    @property
    def light(self) -> float:
        """What a sensor in the room sees, lux."""
        return self.daylight + sum(lamp.lux for lamp in self.lamps)


class Dwelling(Protocol):
    """Anything whose rooms warm up and cool down."""

    rooms: dict[str, Room]
    outdoors: float  # °C
    heat: float  # kWh given by heaters so far

    def tick(self, outdoors: float, illuminance: float) -> None:
        """Let TICK seconds pass under this outdoor temperature and horizontal illuminance."""


class House:
    """The rooms of a plan, which warm each other, lose heat to the outside and are heated."""

    __slots__ = ("_hall", "heat", "outdoors", "rooms")

    def __init__(self, plan: Plan, outdoors: float, indoors: float = 19.0) -> None:
        self.rooms = {room.id: Room(room, indoors, indoors) for room in plan.rooms}
        self._hall = self.rooms[HALL]
        self.outdoors = outdoors
        self.heat = 0.0  # kWh given by heaters so far
        for room in self.rooms.values():
            if room.plan.outdoors:
                room.air = room.mass = outdoors

    def tick(self, outdoors: float, illuminance: float) -> None:
        """Let TICK seconds pass under this outdoor temperature and horizontal illuminance."""
        self.outdoors = outdoors
        hall, warm, total = self._hall, self._hall.air, 0.0
        into_hall = 0.0
        for room in self.rooms.values():
            plan = room.plan
            room.daylight = illuminance * plan.glazing
            if plan.kind == PORCH:
                room.air = outdoors
                continue
            if room.kept_at is not None:
                room.opening = proportional(room.kept_at, room.air)
            power = plan.heater * room.opening
            total += power
            exchange = plan.door * (warm - room.air) if room is not hall else 0.0
            into_hall -= exchange
            to_mass = plan.tie * (room.air - room.mass)
            sun = illuminance * plan.glazing * 0.4
            leak = plan.leak * _airing(room.air, outdoors) * (room.air - outdoors)
            flow = power + room.gains + sun + exchange - to_mass - leak
            room.air += flow * TICK / (plan.air * JOULES)
            room.mass += to_mass * TICK / (plan.mass * JOULES)
        hall.air += into_hall * TICK / (hall.plan.air * JOULES)
        self.heat += total * TICK / JOULES


def _airing(air: float, outdoors: float) -> float:
    """By how much open windows raise the loss of a room that gets too warm."""
    return 1.0 + 5.0 * min(1.0, max(0.0, air - 24.0)) if air > outdoors else 1.0


def proportional(wanted: float, actual: float) -> float:
    """How far a radiator valve opens: closed at the wanted temperature, fully open 0.8 K below it."""
    return min(1.0, max(0.0, (wanted + 0.15 - actual) / 0.8))
