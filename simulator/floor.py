"""The floor plan of a simulated house: rooms as rectangles along their hall, and the doors between them. Metres."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from simulator.fittings import DOOR
from simulator.house import HALL, HEIGHT, Plan, RoomPlan

OUTSIDE = "outside"
WIDE, THICK = 0.9, 0.16
"""Of a door, where its wall has room for it."""

DEPTH, ASIDE = 2.0, 0.8
"""How far a porch reaches out, and beyond the hall to either side."""

LONGEST, NARROWEST = 1.3, 0.9
"""A house is at most so many times as long as it is deep, and its hall at least so wide."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """From its corner `x`, `y` on, to the right and down."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class Doorway:
    """An opening in the wall between two places; `device` is the contact that watches it."""

    x: float
    y: float
    w: float
    h: float
    between: tuple[str, str]
    device: str = ""


@dataclass(frozen=True, slots=True)
class FloorPlan:
    areas: dict[str, Rectangle]
    doors: tuple[Doorway, ...]


def floor_plan(plan: Plan) -> FloorPlan:
    """The hall across the middle, the other rooms in two rows along it, each of its own floor area.

    The front door is at the hall's left end, with the porch before it where there is one.
    """
    floors = {room.id: room.volume / HEIGHT for room in plan.rooms if not room.outdoors}
    hall = plan.of_kind(HALL)[0].id
    porch = next((room for room in plan.rooms if room.outdoors), None)
    total = sum(floors.values())
    length = min((LONGEST * total) ** 0.5, floors[hall] / NARROWEST)
    left, above = (DEPTH if porch else 0.0), _upper([name for name in floors if name != hall], floors)
    below = [name for name in floors if name not in above and name != hall]
    areas: dict[str, Rectangle] = {}
    y = 0.0
    for row in (above, [hall], below):
        deep = sum(floors[name] for name in row) / length
        areas |= _row(row, floors, left, y, deep)
        y += deep
    if porch:
        middle = areas[hall]
        areas[porch.id] = _between(0.0, middle.y - ASIDE, left, middle.y + middle.h + ASIDE)
    named = {room.id: areas[room.id] for room in plan.rooms}
    return FloorPlan(named, tuple(_doors(named, hall, above, porch)))


def _upper(rooms: Sequence[str], floors: dict[str, float]) -> list[str]:
    """The rooms that lie above the hall: the first, and whichever others leave as much below."""
    half = sum(floors[name] for name in rooms) / 2
    choices = [[rooms[0], *others] for count in range(len(rooms)) for others in combinations(rooms[1:], count)]
    return min(choices, key=lambda row: (abs(sum(floors[name] for name in row) - half), row))


def _row(row: Sequence[str], floors: dict[str, float], x: float, y: float, deep: float) -> dict[str, Rectangle]:
    """Rooms side by side, as deep as each other."""
    found = {}
    for name in row:
        end = x + floors[name] / deep
        found[name] = _between(x, y, end, y + deep)
        x = end
    return found


def _between(x: float, y: float, right: float, bottom: float) -> Rectangle:
    """A rectangle by its corners, whole centimetres, so that neighbours share their walls."""
    x, y, right, bottom = (round(edge, 2) for edge in (x, y, right, bottom))
    return Rectangle(x, y, round(right - x, 2), round(bottom - y, 2))


def _doors(areas: dict[str, Rectangle], hall: str, above: Sequence[str], porch: RoomPlan | None) -> list[Doorway]:
    middle, found = areas[hall], []
    for name, room in areas.items():
        if name != hall and not (porch and name == porch.id):
            wall, wide = (middle.y if name in above else middle.y + middle.h), min(WIDE, 0.7 * room.w)
            found.append(_doorway(room.x + room.w / 2, wall, wide, THICK, (hall, name)))
    high = min(WIDE, 0.7 * middle.h)
    outside = porch.id if porch else OUTSIDE
    return [*found, _doorway(middle.x, middle.y + middle.h / 2, THICK, high, (hall, outside), DOOR)]


def _doorway(x: float, y: float, wide: float, high: float, between: tuple[str, str], device: str = "") -> Doorway:
    """A door by its middle."""
    left, top = round(x - wide / 2, 2), round(y - high / 2, 2)
    return Doorway(left, top, round(wide, 2), round(high, 2), between, device)
