"""The plan of a house: every room where it can be, as large as it is, and reached through a door."""

from itertools import combinations

import pytest

from simulator.floor import OUTSIDE, Doorway, FloorPlan, Rectangle, floor_plan
from simulator.house import HEIGHT, Plan
from simulator.household import draw_household

SEEDS = range(200)


def drawn(seed: int) -> tuple[Plan, FloorPlan]:
    plan = draw_household(seed).plan
    return plan, floor_plan(plan)


def overlap(one: Rectangle, other: Rectangle | Doorway) -> float:
    """Square metres that two rectangles share."""
    wide = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    high = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return max(0.0, wide) * max(0.0, high)


@pytest.mark.parametrize("seed", SEEDS)
def test_rooms_do_not_overlap_and_are_as_large_as_they_are(seed: int) -> None:
    plan, floor = drawn(seed)
    assert list(floor.areas) == [room.id for room in plan.rooms]
    assert all(overlap(a, b) < 1e-9 for a, b in combinations(floor.areas.values(), 2))
    assert all(place.x >= 0 and place.y >= 0 and place.w > 0 and place.h > 0 for place in floor.areas.values())
    for room in plan.rooms:
        if not room.outdoors:
            place = floor.areas[room.id]
            assert place.w * place.h == pytest.approx(room.volume / HEIGHT, rel=0.02)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_door_joins_its_rooms_and_every_room_is_reached(seed: int) -> None:
    plan, floor = drawn(seed)
    for door in floor.doors:
        beside = {name for name, place in floor.areas.items() if overlap(place, door) > 0}
        assert beside | {OUTSIDE} >= set(door.between)
        assert beside <= set(door.between)
    reached = {name for door in floor.doors for name in door.between} - {OUTSIDE}
    assert reached == {room.id for room in plan.rooms}
    assert [door.between for door in floor.doors if door.device] == [floor.doors[-1].between]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_room_is_no_shaft(seed: int) -> None:
    _, floor = drawn(seed)
    assert all(max(p.w, p.h) / min(p.w, p.h) < 7 for name, p in floor.areas.items() if name != "hall")


def test_the_same_house_has_the_same_plan() -> None:
    assert drawn(3) == drawn(3)
    assert drawn(3)[1] != drawn(4)[1]
