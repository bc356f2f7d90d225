"""A flat of the mid-rise apartment reference building, cut out and divided into rooms, as text that EnergyPlus reads.

The building is the U.S. Department of Energy's commercial reference model (Deru et al. 2010, new construction): its
walls, windows, floors, furniture and leakage are kept. What lies beyond the flat's inner walls is taken to be as warm
as the flat. Ours are the walls between rooms, how far doors and windows stand open, and the radiators.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from homectl.home import HomeError
from simulator.house import HALL, Plan, RoomPlan

SHARED = (
    "version",
    "building",
    "surfaceconvectionalgorithm:inside",
    "surfaceconvectionalgorithm:outside",
    "heatbalancealgorithm",
    "zoneairheatbalancealgorithm",
    "shadowcalculation",
    "globalgeometryrules",
    "site:groundtemperature:buildingsurface",
    "scheduletypelimits",
    "construction",
    "material",
    "material:nomass",
    "windowmaterial:simpleglazingsystem",
)
"""Kinds of objects that a flat takes over from its building unchanged."""

WALL, WINDOW, ZONE = "buildingsurface:detailed", "fenestrationsurface:detailed", "zone"

AIR = 1206.0
"""Heat that a cubic metre of air carries away per kelvin, J/(m³·K)."""

AIRED = 1.0
"""Air changes per hour through opened windows."""

RADIANT = 0.3
"""Share of a radiator's, a body's and an appliance's heat that is radiation; the reference model's value for people."""

RADIATOR = 80.0
"""Watts of radiator per square metre of floor: half as much again as a flat under the roof loses at −20 °C."""

LOSS, TIE, QUICK, SLOW = 0.6, 8.0, 0.003, 0.1
"""What such a flat amounts to in a plan's own figures, per square metre of floor: W/K to the outside and between air
and walls, kWh/K kept by each. Rough, from how flats cooled and warmed up; the engine knows better."""

AGREE = 0.01
"""Metres within which two coordinates are the same."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of a building model: its kind in lower case, and its fields."""

    kind: str
    fields: tuple[str, ...]

    def text(self) -> str:
        return f"{self.kind},{','.join(self.fields)};\n"


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of a flat's length that a room takes, metres."""

    room: RoomPlan
    begin: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.begin


def entries(text: str) -> list[Entry]:
    """The objects of a building model, in the order of its text."""
    bare = re.sub(r"!.*", "", text)
    split = ([field.strip() for field in part.split(",")] for part in bare.split(";") if part.strip())
    return [Entry(fields[0].lower(), tuple(fields[1:])) for fields in split]


def flats(building: Sequence[Entry]) -> list[str]:
    """The names of a building's flats."""
    return [entry.fields[0] for entry in building if entry.kind == ZONE and entry.fields[0].endswith("Apartment")]


def fitted(building: Sequence[Entry], flat: str, plan: Plan) -> Plan:
    """The rooms of a plan in a flat: of the size and with the radiators they get there."""
    corners = [[float(value) for value in wall.fields[11:]] for wall in _walls(building, flat)]
    length, width, height = (max(max(part[axis::3]) for part in corners) for axis in range(3))
    volume = sum(room.volume for room in plan.rooms if not room.outdoors)

    def fit(room: RoomPlan) -> RoomPlan:
        floor = length * width * room.volume / volume
        return replace(
            room,
            volume=floor * height,
            heater=RADIATOR * floor,
            leak=LOSS * floor,
            tie=TIE * floor,
            air=QUICK * floor,
            mass=SLOW * floor,
        )

    return Plan(tuple(room if room.outdoors else fit(room) for room in plan.rooms))


def divided(building: Sequence[Entry], flat: str, plan: Plan, warm: float, begin: date, end: date) -> str:
    """EnergyPlus's input for one flat of a building with the indoor rooms of a plan, in steps of one minute.

    The rooms lie side by side along the flat's facade, each as long as its share of the volume; the first and the last
    have the flat's end walls. Every room has its share of the facade's window, of the furniture and of the leakage.
    Where a room gets as `warm` (°C), its windows are opened if it is cooler outdoors.
    """
    walls, parts = _walls(building, flat), [*_settings(begin, end), *(e for e in building if e.kind in SHARED)]
    slices = _slices(plan, _length(walls))
    for number, part in enumerate(slices):
        neighbours = [slices[n].room.id if 0 <= n < len(slices) else None for n in (number - 1, number + 1)]
        parts += _room(building, flat, walls, part, neighbours)
        parts += _use(part.room.id, warm)
    for hall in (part.room for part in slices if part.room.kind == HALL):
        parts += [mixing for part in slices if part.room is not hall for mixing in _doorway(part.room, hall.id)]
    return "".join(part.text() for part in parts)


def _settings(begin: date, end: date) -> list[Entry]:
    """How the engine runs: one period, no design days, nothing written but errors."""
    period = [str(part) for day in (begin, end) for part in (day.month, day.day, day.year)]
    return [
        Entry("simulationcontrol", ("No", "No", "No", "No", "Yes")),
        Entry("timestep", ("60",)),
        Entry("runperiod", ("stay", *period, "", "No", "No", "No", "Yes", "Yes")),
        Entry("schedule:constant", ("always", "", "1")),
        Entry("outputcontrol:files", ("No",) * 9),
    ]


def _slices(plan: Plan, length: float) -> list[Slice]:
    indoors = [room for room in plan.rooms if not room.outdoors]
    volume, begin, found = sum(room.volume for room in indoors), 0.0, []
    for room in indoors:
        end = begin + length * room.volume / volume
        found.append(Slice(room, begin, end))
        begin = end
    return found


def _room(
    building: Sequence[Entry], flat: str, walls: Sequence[Entry], part: Slice, neighbours: Sequence[str | None]
) -> Iterator[Entry]:
    """One room: its zone, walls and windows, furniture and leakage."""
    room, length = part.room.id, _length(walls)
    share = part.length / length
    zone = _named(building, ZONE, flat, 0)
    yield Entry(ZONE, (room, *zone.fields[1:7]))
    for wall in walls:
        end = _end(wall, length)
        neighbour = neighbours[end] if end is not None else None
        yield _wall(wall, part, length, end, neighbour)
        if neighbour is None:
            panes = (pane for pane in building if pane.kind == WINDOW and pane.fields[3] == wall.fields[0])
            yield from (_window(pane, part, length, end) for pane in panes)
    furniture = _named(building, "internalmass", flat, 2).fields
    yield Entry("internalmass", (f"{room} furniture", furniture[1], room, "", f"{float(furniture[4]) * share:.4f}"))
    leak = _named(building, "zoneinfiltration:designflowrate", flat, 1).fields
    yield Entry("zoneinfiltration:designflowrate", (f"{room} leakage", room, "always", *leak[3:]))


def _use(room: str, warm: float) -> Iterator[Entry]:
    """The windows that people open, and the heat that is given to a room."""
    airing = ("airchanges/hour", "", "", "", f"{AIRED}", "natural", "0", "1", "1", "0", "0", "0", f"{warm}")
    yield Entry("zoneventilation:designflowrate", (f"{room} airing", room, "always", *airing, "", "100", "", "0"))
    heat = ("EquipmentLevel", "0", "", "", "0", f"{RADIANT}", "0")
    yield Entry("otherequipment", (heat_of(room), "None", room, "always", *heat))


def heat_of(room: str) -> str:
    """The name of what heats a room: its radiator, people and appliances together."""
    return f"{room} heat"


def _doorway(room: RoomPlan, hall: str) -> list[Entry]:
    """The air that room and hall exchange through the door between them."""
    flow = ("always", "Flow/Zone", f"{room.door / AIR:.6f}", "", "", "")
    return [
        Entry("zonemixing", (f"{here} from {there}", here, *flow, there, "0"))
        for here, there in ((room.id, hall), (hall, room.id))
    ]


# --- walls --------------------------------------------------------------------------------------------


def _wall(wall: Entry, part: Slice, length: float, end: int | None, neighbour: str | None) -> Entry:
    """A wall of the flat as a room has it: squeezed to its length, or at its end."""
    name, kind, construction, _, _, beyond, _, sun, wind, ground, corners = wall.fields[:11]
    room, boundary = part.room.id, ("Adiabatic" if beyond == "Surface" else beyond, "")
    if neighbour is not None and end is not None:
        construction, boundary = "int-walls", ("Surface", _inner(neighbour, 1 - end))
    if boundary[0] in ("Surface", "Adiabatic"):
        sun, wind = "NoSun", "NoWind"
    own = _inner(room, end) if end is not None else f"{room} {name}"
    coordinates = _squeezed(wall.fields[11:], part, length)
    return Entry(WALL, (own, kind, construction, room, "", *boundary, sun, wind, ground, corners, *coordinates))


def _window(pane: Entry, part: Slice, length: float, end: int | None) -> Entry:
    room, wall = part.room.id, pane.fields[3]
    holder = _inner(room, end) if end is not None else f"{room} {wall}"
    coordinates = _squeezed(pane.fields[9:], part, length)
    return Entry(WINDOW, (f"{room} {pane.fields[0]}", *pane.fields[1:3], holder, *pane.fields[4:9], *coordinates))


def _inner(room: str, end: int) -> str:
    return f"{room} end {end}"


def _walls(building: Sequence[Entry], flat: str) -> list[Entry]:
    walls = [entry for entry in building if entry.kind == WALL and entry.fields[3] == flat]
    if not walls:
        raise HomeError(f"A flat is one of its building's; there is no {flat!r} among {', '.join(flats(building))}")
    return walls


def _length(walls: Sequence[Entry]) -> float:
    """Of a flat's facade, metres."""
    return max(x for wall in walls for x in _xs(wall))


def _end(wall: Entry, length: float) -> int | None:
    """0 for the wall where the flat begins, 1 for the one where it ends, none for one along it."""
    xs = _xs(wall)
    if max(xs) - min(xs) > AGREE:
        return None
    return 0 if abs(xs[0]) < AGREE else 1 if abs(xs[0] - length) < AGREE else None


def _xs(wall: Entry) -> list[float]:
    return [float(x) for x in wall.fields[11::3]]


def _squeezed(coordinates: Sequence[str], part: Slice, length: float) -> Iterator[str]:
    """The same corners, with the flat's length mapped onto the room's."""
    for axis, value in enumerate(coordinates):
        yield f"{part.begin + float(value) * part.length / length:.6f}" if axis % 3 == 0 else value


def _named(building: Sequence[Entry], kind: str, name: str, place: int) -> Entry:
    return next(entry for entry in building if entry.kind == kind and entry.fields[place] == name)
