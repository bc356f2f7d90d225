"""What a household could use instead does what it says, within what the guard lets a policy do."""

from collections.abc import Collection

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.control.limits import SetpointLimits
from homectl.home import (
    History,
    Light,
    Lock,
    LockState,
    Origin,
    Policy,
    Quantity,
    Reading,
    Setpoint,
    Target,
)
from homectl.trial.closed import in_charge, watched
from homectl.trial.homes import season
from homectl.trial.instead import DAY, UNLOCKED_FOR, Always, Oracle, Schedule, next_step
from simulator.world import World
from tests.fakes import HEATING, LAMP, LOCK, NOON, small_home

HOME = small_home()
MONDAY = NOON - NOON % DAY - 1 * DAY - 3600  # 2025-01-06 00:00 in Berlin


def told(target: Target, quantity: Quantity, value: float, at: float) -> Reading:
    return Reading(device=target.device, quantity=quantity, value=value, at=at, origin=Origin.PERSON)


def fortnight(days: Collection[int] = range(14)) -> History:
    """On these days the lamp burns at 40 % from 18 to 22, the room is warm from 6 to 22, the door locked from 23."""
    readings = [told(LAMP, Quantity.LIGHT_ON, 0.0, MONDAY), told(LAMP, Quantity.LIGHT_LEVEL, 0.4, MONDAY)]
    for day in range(14):
        at, lit = MONDAY + day * DAY, float(day in days)
        for hour, target, quantity, value in (
            (6, HEATING, Quantity.SETPOINT, 21.0),
            (7, LOCK, Quantity.LOCK, LockState.UNLOCKED),
            (18, LAMP, Quantity.LIGHT_ON, lit),
            (22, LAMP, Quantity.LIGHT_ON, 0.0),
            (22, HEATING, Quantity.SETPOINT, 18.0),
            (23, LOCK, Quantity.LOCK, LockState.LOCKED),
        ):
            readings.append(told(target, quantity, float(value), at + hour * 3600))
    readings.append(Reading(device="door", quantity=Quantity.CONTACT, value=0.0, at=MONDAY))
    return History.of(sorted(readings, key=lambda reading: reading.at))


def wanted(policy: Policy, history: History, at: float, target: Target) -> object:
    (prediction,) = policy.predict(HOME, history, at, [target])
    assert prediction.confidence == 1.0
    return prediction.setting


@pytest.mark.parametrize(
    ("hour", "lamp", "celsius", "lock"),
    [
        (5, Light(False), 18.0, Lock()),
        (12, Light(False), 19.0, None),
        (19, Light(True, 0.4), 19.0, None),
        (22.5, Light(False), 18.0, None),
        (23.5, Light(False), 18.0, Lock()),
    ],
)
def test_a_schedule_repeats_what_was_set_then_on_most_days(
    hour: float, lamp: Light, celsius: float, lock: Lock | None
) -> None:
    history, at = fortnight(), MONDAY + 14 * DAY + hour * 3600
    schedule = Schedule(HOME, history, MONDAY, MONDAY + 14 * DAY)
    assert wanted(schedule, history, at, LAMP) == lamp
    assert wanted(schedule, history, at, HEATING) == Setpoint(celsius)  # it is 18 °C: one step at a time
    assert wanted(schedule, history, at, LOCK) == lock


@pytest.mark.parametrize(("days", "workday", "weekend"), [((0, 1, 2, 3, 4, 7), True, False), ((5, 6, 12), False, True)])
def test_a_schedule_keeps_working_days_and_weekends_apart(days: Collection[int], workday: bool, weekend: bool) -> None:
    history = fortnight(days)
    schedule = Schedule(HOME, history, MONDAY, MONDAY + 14 * DAY)
    evenings = (MONDAY + day * DAY + 19 * 3600 for day in (14, 19))
    assert [wanted(schedule, history, at, LAMP) == Light(True, 0.4) for at in evenings] == [workday, weekend]


def test_a_schedule_leaves_alone_what_was_never_heard_of() -> None:
    silent = History()
    schedule = Schedule(HOME, silent, MONDAY, MONDAY + 14 * DAY)
    assert [p.setting for p in schedule.predict(HOME, silent, NOON, HOME.targets)] == [None] * len(HOME.targets)


def test_always_wants_light_comfort_and_the_closed_door_locked() -> None:
    always, history = Always(lambda _: 19.0), fortnight()
    settings = [p.setting for p in always.predict(HOME, history, MONDAY + 14 * DAY, (LAMP, HEATING, LOCK))]
    assert settings == [Light(True), Setpoint(19.0), Lock()]
    history.append(Reading(device="door", quantity=Quantity.CONTACT, value=1.0, at=MONDAY + 14 * DAY))
    assert wanted(always, history, MONDAY + 14 * DAY + 1, LOCK) is None


def test_asked_for_many_times_a_schedule_says_the_same() -> None:
    history, times = fortnight(), MONDAY + 14 * DAY + np.arange(0.0, 2 * DAY, 1800)
    schedule = Schedule(HOME, history, MONDAY, MONDAY + 14 * DAY)
    for forecast in schedule.forecast(HOME, history, times, HOME.targets):
        settings = [schedule.predict(HOME, history, float(at), [forecast.target])[0].setting for at in times]
        assert [forecast.setting(place) for place in range(len(times))] == settings


@given(reported=st.integers(32, 52).map(lambda half: half / 2), celsius=st.integers(20, 60).map(lambda half: half / 2))
def test_steps_are_what_the_guard_lets_a_policy_do_and_arrive(reported: float, celsius: float) -> None:
    limits, at = SetpointLimits(), NOON
    history = History.of([told(HEATING, Quantity.SETPOINT, reported, at)])
    for _ in range(12):
        before = history.value(HEATING.device, Quantity.SETPOINT, at)
        step = next_step(history, at, HEATING, celsius).celsius
        assert abs(step - before) <= limits.policy_slew
        assert limits.policy_coolest <= step <= limits.policy_warmest
        at += 900
        history.append(told(HEATING, Quantity.SETPOINT, step, at))
    assert step == min(max(celsius, limits.policy_coolest), limits.policy_warmest)


def test_the_oracle_is_never_in_the_way_of_who_is_passing_the_door() -> None:
    world = World(6, start=season(6))
    history = watched(world, 0.3)
    world.count_from_here()
    lived = in_charge(world, history, Oracle(world.wishes), 0.6 * DAY)
    locked = [sent.at for sent in lived.sent if isinstance(sent.setting, Lock)]
    for at in locked:
        drawn = history.sample("front_door_lock", Quantity.LOCK, at)
        moved = history.sample("front_door", Quantity.CONTACT, at)
        assert drawn is not None
        assert moved is not None
        assert at - drawn.at >= UNLOCKED_FOR or moved.at >= drawn.at
    assert lived.after.thrown_open == 0
    assert lived.after.unlocks_asked == 0
