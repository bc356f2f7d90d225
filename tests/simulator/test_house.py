from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.house import BEDROOM, HALL, JOULES, KITCHEN, LIVING, TICK, House, Plan, draw_plan, proportional


def plan_of(seed: int, people: int = 3) -> Plan:
    return draw_plan(Random(seed), people)


def temperatures(house: House) -> list[float]:
    return [room.air for room in house.rooms.values() if not room.plan.outdoors]


def run(house: House, minutes: int, *, outdoors: float, opening: float) -> None:
    for _ in range(minutes):
        for room in house.rooms.values():
            room.opening = opening
        house.tick(outdoors, 0.0)


@pytest.mark.parametrize("seed", range(30))
def test_every_plan_has_the_rooms_a_family_needs(seed: int) -> None:
    plan = plan_of(seed, people=1 + seed % 5)
    assert all(len(plan.of_kind(kind)) == 1 for kind in (HALL, KITCHEN, LIVING, "bathroom"))
    assert 1 <= len(plan.of_kind(BEDROOM)) <= 3
    assert len({room.id for room in plan.rooms}) == len(plan.rooms)


def test_plans_lose_heat_as_european_homes_do() -> None:
    losses = sorted(sum(room.leak for room in plan_of(seed).rooms) for seed in range(200))
    assert 180 < losses[100] < 260  # TABULA: median 216 W/K
    assert losses[0] >= 89
    assert losses[-1] <= 601


@pytest.mark.parametrize("seed", range(8))
def test_without_heat_every_room_comes_to_the_temperature_outside(seed: int) -> None:
    house = House(plan_of(seed), outdoors=0.0, indoors=20.0)
    distance = 20.0
    for _ in range(10):
        run(house, 3 * 1440, outdoors=0.0, opening=0.0)
        furthest = max(abs(air) for air in temperatures(house))
        assert furthest <= distance
        distance = furthest
    assert distance < 1.0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 50), outdoors=st.floats(-20, 15), less=st.floats(0, 1), more=st.floats(0, 1))
def test_more_heat_is_never_colder(seed: int, outdoors: float, less: float, more: float) -> None:
    low, high = sorted((less, more))
    cool, warm = (House(plan_of(seed), outdoors, 18.0) for _ in range(2))
    run(cool, 120, outdoors=outdoors, opening=low)
    run(warm, 120, outdoors=outdoors, opening=high)
    assert all(a <= b + 1e-9 for a, b in zip(temperatures(cool), temperatures(warm), strict=True))


def test_heat_is_kept_or_lost_and_never_made_up() -> None:
    house = House(plan_of(4), outdoors=5.0, indoors=18.0)
    rooms = [room for room in house.rooms.values() if not room.plan.outdoors]

    def kept() -> float:
        return sum(room.plan.air * room.air + room.plan.mass * room.mass for room in rooms)

    before, lost = kept(), 0.0
    for _ in range(600):
        for room in rooms:
            room.opening = 0.3
            lost += room.plan.leak * (room.air - 5.0) * TICK / JOULES
        house.tick(5.0, 0.0)
    assert kept() == pytest.approx(before + house.heat - lost, rel=1e-6)


def test_a_thermostat_holds_what_it_is_set_to_on_a_cold_day() -> None:
    for seed in range(10):
        house = House(plan_of(seed), outdoors=-8.0, indoors=18.0)
        for room in house.rooms.values():
            room.kept_at = 21.0
        for _ in range(3 * 1440):
            house.tick(-8.0, 0.0)
        assert all(20.0 < air < 21.5 for air in temperatures(house))


@pytest.mark.parametrize(("actual", "opening"), [(15, 1.0), (20.35, 1.0), (21.15, 0.0), (25, 0.0)])
def test_a_valve_is_open_when_it_is_cold_and_closed_when_it_is_warm(actual: float, opening: float) -> None:
    assert proportional(21.0, actual) == pytest.approx(opening)


def test_lamps_and_daylight_add_up_in_a_sensors_eye() -> None:
    class Glow:
        lux, cosy = 80.0, False

    house = House(plan_of(1), outdoors=5.0)
    room = house.rooms[LIVING]
    house.tick(5.0, 10_000.0)
    assert room.light == pytest.approx(10_000 * room.plan.glazing)
    room.lamps.append(Glow())
    assert room.light == pytest.approx(10_000 * room.plan.glazing + 80)
