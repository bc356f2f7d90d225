from collections import defaultdict
from datetime import date
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import HomeError
from simulator.household import draw_household
from simulator.reference_flat import WALL, WINDOW, ZONE, Entry, divided, entries, fitted, flats, heat_of

LENGTH, WIDTH, HEIGHT = 12.0, 7.0, 3.0

MODEL = """
! A flat of twelve by seven metres: outdoors to the south and west, neighbours to the north and east.
Version,25.2; Building, A House;
Zone, M SW Apartment, 0, 3, 5, 6, 1, 1;
Zone, M Corridor, 0, 0, 0, 6, 1, 1;
Construction, int-walls, Gypsum;
InternalMass, furniture, Wood, M SW Apartment, , 100;   ! square metres
ZoneInfiltration:DesignFlowRate, leak, M SW Apartment, SOMETIMES, Flow/ExteriorArea, , , 0.0003, , 1, 0, 0, 0;
BuildingSurface:Detailed, south, Wall, brick, M SW Apartment, , Outdoors, , SunExposed, WindExposed, 0.5, 4,
  0,0,3, 0,0,0, 12,0,0, 12,0,3;
BuildingSurface:Detailed, west, Wall, brick, M SW Apartment, , Outdoors, , SunExposed, WindExposed, 0.5, 4,
  0,7,3, 0,7,0, 0,0,0, 0,0,3;
BuildingSurface:Detailed, north, Wall, int-walls, M SW Apartment, , Surface, elsewhere, NoSun, NoWind, 0.5, 4,
  12,7,3, 12,7,0, 0,7,0, 0,7,3;
BuildingSurface:Detailed, east, Wall, int-walls, M SW Apartment, , Surface, next door, NoSun, NoWind, 0.5, 4,
  12,0,3, 12,0,0, 12,7,0, 12,7,3;
BuildingSurface:Detailed, floor, Floor, concrete, M SW Apartment, , Ground, , NoSun, NoWind, 0.5, 4,
  0,7,0, 12,7,0, 12,0,0, 0,0,0;
BuildingSurface:Detailed, ceiling, Ceiling, concrete, M SW Apartment, , Surface, ceiling, NoSun, NoWind, 0.5, 4,
  12,0,3, 12,7,3, 0,7,3, 0,0,3;
FenestrationSurface:Detailed, view, Window, glass, south, , 0.5, , 1, 4,
  4,0,2, 4,0,1, 8,0,1, 8,0,2;
FenestrationSurface:Detailed, sunset, Window, glass, west, , 0.5, , 1, 4,
  0,5,2, 0,5,1, 0,3,1, 0,3,2;
"""
BUILDING, FLAT = entries(MODEL), "M SW Apartment"
SEEDS = st.integers(0, 200)


def area(entry: Entry, first: int) -> float:
    """Of a rectangle along the axes, square metres."""
    axes = [[float(value) for value in entry.fields[first + axis :: 3]] for axis in range(3)]
    sides = sorted(max(axis) - min(axis) for axis in axes)
    return sides[1] * sides[2]


def built(seed: int) -> dict[str, list[Entry]]:
    plan = fitted(BUILDING, FLAT, draw_household(seed).plan)
    model = entries(divided(BUILDING, FLAT, plan, 24.0, date(2025, 1, 1), date(2025, 2, 1)))
    by_kind = defaultdict(list)
    for entry in model:
        by_kind[entry.kind].append(entry)
    return by_kind


def test_a_model_is_read_object_by_object_without_its_comments() -> None:
    assert entries("! nothing; at, all\n  Timestep,6; ! a comment\nZone,\n  A Room, !- Name\n  0;") == [
        Entry("timestep", ("6",)),
        Entry("zone", ("A Room", "0")),
    ]


def test_only_flats_are_lived_in() -> None:
    assert flats(BUILDING) == [FLAT]


def test_a_flat_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(HomeError, match="'T XX Apartment' among M SW Apartment"):
        fitted(BUILDING, "T XX Apartment", draw_household(1).plan)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_the_rooms_of_a_plan_fill_the_flat(seed: int) -> None:
    drawn = draw_household(seed).plan
    rooms = [room for room in fitted(BUILDING, FLAT, drawn).rooms if not room.outdoors]
    assert isclose(sum(room.volume for room in rooms), LENGTH * WIDTH * HEIGHT)
    shares = [room.volume / (LENGTH * WIDTH * HEIGHT) for room in rooms]
    whole = sum(room.volume for room in drawn.rooms if not room.outdoors)
    assert shares == pytest.approx([room.volume / whole for room in drawn.rooms if not room.outdoors])


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_dividing_a_flat_changes_neither_its_outer_surface_nor_its_window_nor_its_furniture(seed: int) -> None:
    model = built(seed)
    outdoors = [entry for entry in model[WALL] if entry.fields[5] == "Outdoors"]
    floors = [entry for entry in model[WALL] if entry.fields[1] == "Floor"]
    assert sum(area(wall, 11) for wall in outdoors) == pytest.approx((LENGTH + WIDTH) * HEIGHT, rel=1e-4)
    assert sum(area(floor, 11) for floor in floors) == pytest.approx(LENGTH * WIDTH, rel=1e-4)
    assert sum(area(pane, 9) for pane in model[WINDOW]) == pytest.approx(4 + 2, rel=1e-4)
    assert sum(float(mass.fields[4]) for mass in model["internalmass"]) == pytest.approx(100, rel=1e-4)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_every_wall_between_two_rooms_is_seen_alike_from_both(seed: int) -> None:
    walls = {entry.fields[0]: entry for entry in built(seed)[WALL]}
    inner = [wall for wall in walls.values() if wall.fields[5] == "Surface"]
    assert len(inner) == 2 * (len({wall.fields[3] for wall in walls.values()}) - 1)
    for wall in inner:
        other = walls[wall.fields[6]]
        assert other.fields[6] == wall.fields[0]
        assert other.fields[3] != wall.fields[3]
        assert other.fields[2] == wall.fields[2] == "int-walls"
        corners = [{tuple(one.fields[11:][n : n + 3]) for n in range(0, 12, 3)} for one in (wall, other)]
        assert corners[0] == corners[1]


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_what_is_named_is_there(seed: int) -> None:
    model = built(seed)
    rooms = {entry.fields[0] for entry in model[ZONE]}
    assert rooms == {room.id for room in draw_household(seed).plan.rooms if not room.outdoors}
    assert {entry.fields[0] for entry in model["otherequipment"]} == {heat_of(room) for room in rooms}
    assert {pane.fields[3] for pane in model[WINDOW]} <= {wall.fields[0] for wall in model[WALL]}
    assert {name for entry in model["zonemixing"] for name in (entry.fields[1], entry.fields[8])} <= rooms
    names = [entry.fields[0] for kind in (WALL, WINDOW, ZONE) for entry in model[kind]]
    assert len(names) == len(set(names))
