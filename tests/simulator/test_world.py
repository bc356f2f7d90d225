from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest

from homectl.home import (
    DeviceUnknown,
    HomeError,
    Kind,
    Light,
    Lock,
    LockState,
    Origin,
    Quantity,
    Reading,
    Setpoint,
    Signal,
    Target,
    plausible,
)
from simulator.days import AWAY
from simulator.faults import Fault, Trouble
from simulator.world import World

START = 1_768_172_400.0  # Monday 12 January 2026, 00:00 in Berlin
HOUR, DAY = 3600.0, 86_400.0


def run(world: World, seconds: float, dt: float = 60.0) -> list[Reading]:
    readings: list[Reading] = []
    until = world.at + seconds
    while until - world.at >= 1:
        readings += world.step(min(dt, until - world.at))
    return readings


def changes(readings: list[Reading], *origins: Origin) -> Counter[Quantity]:
    """How often signals changed, by quantity."""
    last: dict[Signal, float] = {}
    count: Counter[Quantity] = Counter()
    for reading in readings:
        if last.get(reading.signal, reading.value) != reading.value and (not origins or reading.origin in origins):
            count[reading.quantity] += 1
        last[reading.signal] = reading.value
    return count


def first(world: World, kind: Kind, fits: Callable[[str], bool] = lambda _: True) -> Target:
    return next(target for target in world.home.targets if target.kind is kind and fits(target.device))


def until(world: World, happens: Callable[[], bool], hours: float = 48) -> None:
    """Let time pass second by second until something is so."""
    end = world.at + hours * HOUR
    while not happens():
        assert world.at < end, "it never happened"
        world.step(1)


def lock_of(world: World) -> float:
    return world.reported[Signal("front_door_lock", Quantity.LOCK)].value


def contact_of(world: World) -> float:
    return world.reported[Signal("front_door", Quantity.CONTACT)].value


# --- determinism ------------------------------------------------------------------------------------


def test_same_seed_same_day_and_another_seed_another() -> None:
    days = [run(World(seed, start=START), DAY) for seed in (7, 7, 8)]
    assert days[0] == days[1] != days[2]


def test_how_time_is_split_changes_nothing() -> None:
    coarse, fine = World(3, start=START + 6 * HOUR), World(3, start=START + 6 * HOUR)
    assert run(coarse, 2 * HOUR) == run(fine, 2 * HOUR, dt=7.5)
    assert coarse.truth == fine.truth
    assert coarse.at == fine.at


def test_commands_change_neither_the_weather_nor_where_people_go() -> None:
    left, right = World(11, start=START), World(11, start=START)
    where: list[list[tuple[int, str]]] = [[], []]
    outdoors: list[list[Reading]] = [[], []]
    lamps = [target for target in right.home.targets if target.kind is Kind.LIGHT]
    for minute in range(1440):
        right.obey(lamps[minute % len(lamps)], Light(minute % 3 == 0))
        for side, world in enumerate((left, right)):
            readings = world.step(60)
            outdoors[side] += [r for r in readings if r.device == "porch_climate"]
            where[side] += [(minute, place) for place in world.people.values() if place != AWAY]
    assert outdoors[0] == outdoors[1]
    same = sum(a == b for a, b in zip(where[0], where[1], strict=False))
    assert same >= 0.99 * len(where[0])  # a door that has to be unlocked first costs seconds


@pytest.mark.parametrize("dt", [0.5, 0, -1, 61, float("nan")])
def test_a_step_is_one_to_sixty_seconds(dt: float) -> None:
    with pytest.raises(HomeError, match="1 to 60"):
        World(1, start=START).step(dt)


# --- what it says -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_readings_are_in_order_in_their_step_plausible_and_from_devices_that_sense_them(seed: int) -> None:
    world = World(seed, start=START + 6 * HOUR)
    for _ in range(240):
        begin = world.at
        readings = world.step(60)
        times = [begin, *(reading.at for reading in readings), world.at]
        assert times == sorted(times)
        for reading in readings:
            assert reading.quantity in {*world.home.device(reading.device).senses, Quantity.AVAILABLE}
            assert plausible(reading.quantity, reading.value)
            assert reading.at == round(reading.at, 3)


def test_every_device_says_everything_it_senses_within_an_hour() -> None:
    for seed in range(6):
        world = World(seed, start=START + 3 * HOUR)
        said = {(r.device, r.quantity) for r in run(world, HOUR)}
        for device in world.home.devices:
            if world.reported.get(Signal(device.id, Quantity.AVAILABLE)) is None:  # not cut at the wall
                assert {(device.id, quantity) for quantity in device.senses} <= said


def test_homes_have_a_door_with_its_contact_and_both_ways_of_speaking_occur() -> None:
    dialects: Counter[tuple[Kind | None, str]] = Counter()
    for seed in range(30):
        home = World(seed, start=START + 4 * HOUR).home
        assert home.simulated
        contact = home.contact_of("front_door_lock")
        assert contact is not None
        assert contact.exterior
        for device in home.devices:
            kind = next(iter(device.sets), None)
            dialects[kind, device.address.partition(":")[0]] += 1
        assert len({device.address for device in home.devices}) == len(home.devices)
    for kind in (*Kind, None):
        assert dialects[kind, "zigbee2mqtt"] > dialects[kind, "home_assistant"] > 0


@pytest.mark.parametrize("seed", [1, 2, 12, 21])
def test_a_winter_week_has_what_a_household_does_in_one(seed: int) -> None:
    world = World(seed, start=START)
    readings = run(world, 7 * DAY)
    by_hand, all_of = changes(readings, Origin.PERSON), changes(readings)
    people = len(world.people)
    assert 5 * 7 <= by_hand[Quantity.LIGHT_ON] <= 45 * 7 * people
    assert 0 <= by_hand[Quantity.SETPOINT] <= 12 * 7
    assert 2 * 7 <= all_of[Quantity.CONTACT] / 2 <= 20 * 7
    assert 7 <= by_hand[Quantity.LOCK] <= 15 * 7
    assert 100 * 7 <= all_of[Quantity.MOTION] <= 1500 * 7
    assert not any(r.origin is Origin.HOMECTL for r in readings)
    truth = world.truth
    assert sum(truth.undone.values()) == 0
    assert truth.heating_kwh > 0
    assert truth.door_openings == pytest.approx(all_of[Quantity.CONTACT] / 2, abs=1)
    assert truth.occupied_dark_minutes < 0.1 * truth.minutes


# --- obeying ----------------------------------------------------------------------------------------


def test_a_lamp_answers_at_once_and_only_the_lamp_is_changed() -> None:
    world = World(5, start=START + 3 * HOUR)
    target = first(world, Kind.LIGHT)
    before = dict(world.reported)
    said = world.obey(target, Light(True))
    assert {r.device for r in said} == {target.device}
    assert said[0].value == 1.0
    assert said[0].origin is Origin.HOMECTL
    assert {s for s in world.reported if world.reported[s] != before.get(s)} <= {r.signal for r in said}


def test_a_battery_valve_obeys_when_it_wakes_and_never_says_so_before() -> None:
    world = World(6, start=START + 3 * HOUR)
    target = first(world, Kind.SETPOINT, lambda device: world.home.device(device).battery)
    assert world.obey(target, Setpoint(24.0)) == []
    assert world.report(target.device) == []
    said = [r for r in run(world, 420) if r.device == target.device and r.quantity is Quantity.SETPOINT]
    assert said[-1].value == 24.0
    assert said[-1].origin is Origin.HOMECTL


def test_a_lock_takes_seconds_and_nothing_but_a_lock_understands_lock() -> None:
    world = World(4, start=START + 12 * HOUR)
    world.bolt("front_door_lock", locked=False)
    until(world, lambda: contact_of(world) == 0.0)
    assert world.obey(Target("front_door_lock", Kind.LOCK), Lock()) == []
    said = [r for r in run(world, 8, dt=1) if r.device == "front_door_lock" and r.quantity is Quantity.LOCK]
    assert [r.value for r in said] == [LockState.LOCKING, LockState.LOCKED]
    assert world.obey(first(world, Kind.LIGHT), Lock()) == []
    assert world.truth.device_changes == 3  # unlocked by hand, locking, locked


def test_a_cut_lamp_neither_obeys_nor_reports() -> None:
    world = World(5, start=START + 3 * HOUR)
    target = first(world, Kind.LIGHT, lambda device: device.startswith("kitchen"))
    world.cut(target.device)
    assert world.obey(target, Light(True)) == []
    assert world.report(target.device) == []
    said = [r for r in run(world, 2 * HOUR) if r.device == target.device]
    assert [(r.quantity, r.value) for r in said][:1] == [(Quantity.AVAILABLE, 0.0)]
    assert world.restore(target.device)[0].quantity is Quantity.AVAILABLE


def test_an_unknown_device_is_named_with_those_that_are() -> None:
    world = World(5, start=START + 3 * HOUR)
    for ask in (
        lambda: world.obey(Target("attic", Kind.LIGHT), Light(True)),
        lambda: world.report("attic"),
        lambda: world.press("attic"),
        lambda: world.turn("attic", 20.0),
        lambda: world.bolt("attic", True),
        lambda: world.move("nobody", "kitchen"),
        lambda: world.move("adult_1", "attic"),
    ):
        with pytest.raises(DeviceUnknown, match="Known: "):
            ask()


# --- people -----------------------------------------------------------------------------------------


def test_the_wall_switch_the_knob_and_the_thumb_turn_are_a_persons() -> None:
    world = World(5, start=START + 3 * HOUR)
    lamp, valve = first(world, Kind.LIGHT), first(world, Kind.SETPOINT)
    said = [*world.press(lamp.device), *world.turn(valve.device, 23.0)]
    said += world.bolt("front_door_lock", lock_of(world) != LockState.LOCKED)
    assert {reading.origin for reading in said} == {Origin.PERSON}
    assert {reading.device for reading in said} == {lamp.device, valve.device, "front_door_lock"}
    assert dict(world.truth.interventions) == {"light": 1, "setpoint": 1, "lock": 1}


def test_somebody_sent_to_a_room_goes_there_and_stays_a_while() -> None:
    world = World(5, start=START + 3 * HOUR)
    world.move("adult_1", "kitchen")
    for _ in range(25):
        world.step(60)
        assert world.people["adult_1"] == "kitchen"
    world.move("adult_1", AWAY)
    run(world, 60)
    assert world.people["adult_1"] == AWAY


def test_a_lamp_that_homectl_lights_over_sleepers_is_put_out_again_and_counted() -> None:
    world = World(3, start=START + 4 * HOUR)
    bedroom = first(world, Kind.LIGHT, lambda device: world.home.device(device).area in world.people.values())
    world.obey(bedroom, Light(True))
    said = [r for r in run(world, 60) if r.device == bedroom.device and r.quantity is Quantity.LIGHT_ON]
    assert (said[-1].value, said[-1].origin) == (0.0, Origin.PERSON)
    assert world.truth.undone["light"] == 1


def test_people_who_find_the_light_on_leave_it_on() -> None:
    """With every lamp lit for whoever is awake, hands are needed less than without."""
    alone, served = World(10, start=START + 16 * HOUR), World(10, start=START + 16 * HOUR)
    lamps = [t for t in served.home.targets if t.kind is Kind.LIGHT and t.device.startswith(("kitchen", "bath"))]
    for _ in range(6 * 5 * 360):
        alone.step(10)
        for reading in served.step(10):
            for lamp in lamps:
                if reading.quantity is Quantity.MOTION and reading.device.startswith(lamp.device.partition("_")[0]):
                    served.obey(lamp, Light(reading.value == 1.0))
    assert served.truth.interventions["light"] < alone.truth.interventions["light"]


@pytest.mark.parametrize("seed", range(6))
def test_the_household_never_throws_the_bolt_with_the_door_open(seed: int) -> None:
    world = World(seed, start=START)
    last: dict[Quantity, float] = {Quantity.CONTACT: 0.0}
    for reading in run(world, 3 * DAY):
        if reading.quantity is Quantity.LOCK and reading.value == LockState.LOCKED:
            assert last[Quantity.CONTACT] == 0.0
        if reading.quantity is Quantity.CONTACT and reading.value == 1.0:
            assert last[Quantity.LOCK] == LockState.UNLOCKED
        if reading.quantity in (Quantity.CONTACT, Quantity.LOCK):
            last[reading.quantity] = reading.value
    assert world.truth.thrown_open == 0


def test_a_bolt_that_is_thrown_again_and_again_never_traps_anybody() -> None:
    world = World(3, start=START)
    lock = Target("front_door_lock", Kind.LOCK)
    seen = set()
    for _ in range(2 * 1440):
        if contact_of(world) == 0.0:
            world.obey(lock, Lock())
        world.step(60)
        seen |= {place == AWAY for place in world.people.values()}
    assert seen == {True, False}
    assert world.truth.door_openings > 3


# --- faults -----------------------------------------------------------------------------------------


def test_a_silent_device_says_nothing_and_then_speaks_again() -> None:
    world = World(5, start=START + 6 * HOUR)
    world.suffer(Fault(trouble=Trouble.SILENT, device="hall_motion", at=world.at, until=world.at + 3 * HOUR))
    assert not [r for r in run(world, 3 * HOUR - 60) if r.device == "hall_motion"]
    assert [r for r in run(world, 2 * HOUR) if r.device == "hall_motion"]


def test_a_stuck_sensor_repeats_itself() -> None:
    world = World(5, start=START + 6 * HOUR)
    world.suffer(Fault(trouble=Trouble.STUCK, device="living_climate", at=world.at, until=world.at + DAY))
    said = [r for r in run(world, 12 * HOUR) if r.signal == Signal("living_climate", Quantity.TEMPERATURE)]
    assert len(said) > 5
    assert len({reading.value for reading in said}) == 1


def test_a_forgotten_door_is_closed_and_not_locked() -> None:
    world = World(4, start=START + 6.5 * HOUR)
    world.suffer(Fault(trouble=Trouble.FORGOTTEN_DOOR, at=world.at + 600, until=world.at + 4 * HOUR))
    readings = run(world, 3 * HOUR)
    assert set(world.people.values()) == {AWAY}
    assert lock_of(world) == LockState.UNLOCKED
    assert contact_of(world) == 0.0
    assert world.truth.unlocked_away_minutes > 120
    opened = [r.at for r in readings if r.quantity is Quantity.CONTACT]
    assert all(b - a <= 55 * 60 for a, b in pairwise([*opened, world.at]))
