"""What people of a simulated home wish can be asked without touching anything, and agrees with what they then do."""

from datetime import datetime

import pytest

from homectl.home import Kind, Light, Lock, Quantity, Setpoint, Signal, Target
from simulator.days import AWAY
from simulator.household import draw_household
from simulator.world import World

SEED = 5
ZONE = draw_household(SEED).zone
NIGHT = datetime(2026, 1, 13, 4, 0, tzinfo=ZONE).timestamp()
EVENING = NIGHT + 14 * 3600
LOCK = Target("front_door_lock", Kind.LOCK)


def everybody(world: World, area: str) -> None:
    for person in world.people:
        world.move(person, area)
    for _ in range(8):
        world.step(60)


def thermostats(world: World) -> list[Target]:
    return [target for target in world.home.targets if target.kind is Kind.SETPOINT]


def test_asking_changes_nothing() -> None:
    asked, left = World(SEED, start=NIGHT), World(SEED, start=NIGHT)
    for _ in range(240):
        for target in asked.home.targets:
            asked.wishes.of(target)
        for target in thermostats(asked):
            asked.wishes.warm_up(target, 22.0)
        assert asked.wishes.up_again >= asked.at
        assert asked.step(60) == left.step(60)
    assert asked.truth == left.truth


def test_the_door_is_to_be_locked_while_everybody_sleeps_or_is_out_and_may_be_drawn_while_somebody_is_up() -> None:
    world = World(SEED, start=NIGHT)
    assert world.wishes.of(LOCK) == Lock()
    everybody(world, "living")
    assert world.wishes.of(LOCK) is None
    everybody(world, AWAY)
    assert world.wishes.of(LOCK) == Lock()


def test_a_lamp_is_wanted_where_somebody_is_in_the_dark_and_nowhere_else() -> None:
    world = World(SEED, start=EVENING)
    everybody(world, "kitchen")
    lamps = [target for target in world.home.targets if target.kind is Kind.LIGHT]
    lit = {world.home.device(lamp.device).area for lamp in lamps if _on(world, lamp)}
    assert lit == {"kitchen"}


def _on(world: World, lamp: Target) -> bool:
    wish = world.wishes.of(lamp)
    assert isinstance(wish, Light)
    return wish.on


def test_comfort_is_wanted_while_somebody_is_up_and_never_more() -> None:
    world = World(SEED, start=NIGHT)
    for _ in range(24 * 60):
        for target in thermostats(world):
            wish = world.wishes.of(target)
            assert isinstance(wish, Setpoint)
            assert wish.celsius <= world.wishes.comfort(target)
            if world.wishes.up_again == world.at:
                assert wish.celsius == world.wishes.comfort(target)
        world.step(60)


def test_somebody_is_up_at_home_when_it_was_said() -> None:
    world = World(SEED, start=NIGHT)
    foreseen = world.wishes.up_again
    assert foreseen > world.at
    while world.at < foreseen + 60:
        assert world.wishes.up_again in (foreseen, world.at)
        world.step(60)
    assert world.wishes.up_again == world.at


@pytest.mark.parametrize("seed", [5, 7, 9])
def test_a_room_whose_heater_is_wide_open_is_warmer_after_about_the_time_that_was_said(seed: int) -> None:
    world = World(seed, start=NIGHT)
    living = next(target for target in thermostats(world) if target.device == "living_thermostat")
    before = celsius(world, "living_climate")
    said = world.wishes.warm_up(living, before + 1.5)
    assert world.wishes.warm_up(living, before - 1.5) == 0.0 < said < world.wishes.warm_up(living, before + 2.5)
    for target in thermostats(world):
        world.turn(target.device, 30.0)
    end = world.at + said
    while world.at < end:
        world.step(60)
    assert celsius(world, "living_climate") - before == pytest.approx(1.5, abs=0.8)


def celsius(world: World, device: str) -> float:
    world.report(device)
    return world.reported[Signal(device, Quantity.TEMPERATURE)].value
