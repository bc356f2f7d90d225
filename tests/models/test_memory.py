"""What is kept between two questions changes no answer: a memory that lived along equals one made for the question."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import History, Home, Kind, Origin, Quantity, Reading, Target, milliseconds
from models.calendar import CLOCK
from models.features import features, observe
from models.memory import LARGEST, Memory
from models.policy import NetworkPolicy
from tests.models.logs import DAY, HOME, HOUR, START, household, random_readings, reading

SLOT = 600.0
HOMES = st.integers(0, 2**32 - 1)
POLICY = NetworkPolicy.load(None)


def lively(seed: int, count: int) -> list[Reading]:
    """A month of readings that ends in a busy hour; some fall on the beginning of a slot of habits."""
    rng = np.random.default_rng(seed)
    slow = [r for r in random_readings(seed, 40, 10 * count) if r.at < START - HOUR]
    fast = random_readings(seed + 1, HOUR / DAY, count)
    onto_slots = [replace(r, at=r.at // SLOT * SLOT) if rng.random() < 0.2 else r for r in fast]
    return slow + sorted(onto_slots, key=lambda r: r.at)


def rooms(seed: int, step: int) -> tuple[Target, ...]:
    """One room or the whole home."""
    chosen = np.random.default_rng((seed, step)).integers(4)
    return HOME.targets if chosen == 0 else HOME.targets_in(("kitchen", "bedroom", "hall")[chosen - 1])


@settings(max_examples=12, deadline=None)
@given(HOMES, st.integers(0, 59))
def test_asked_reading_by_reading_the_answers_are_those_of_a_new_memory(seed: int, forget_at: int) -> None:
    readings, live, forgotten = lively(seed, 60), History(), -np.inf
    memory = Memory(HOME, live)
    for step, heard in enumerate(readings):
        live.append(heard)
        if heard.at < START - HOUR:
            continue
        memory = memory.of(HOME, live)
        if step == len(readings) - 60 + forget_at:
            forgotten = heard.at - 20 * DAY
            live.forget_before(forgotten)
        at = np.array([milliseconds(heard.at + 0.4)])
        new = History.of(readings[: step + 1])
        if np.isfinite(forgotten):
            new.forget_before(forgotten)
        targets = rooms(seed, step)
        kept, fresh = (observe(HOME, history, at, targets, own) for history, own in ((live, memory), (new, None)))
        assert kept[0].tobytes() == fresh[0].tobytes()
        assert kept[1].tobytes() == fresh[1].tobytes()


@settings(max_examples=10, deadline=None)
@given(HOMES, st.permutations(range(8)))
def test_earlier_times_asked_later_have_the_same_rows(seed: int, order: list[int]) -> None:
    history = History.of(random_readings(seed, 40, 600))
    memory = Memory(HOME, history)
    for step in order:
        at = np.array([START - step * 7 * SLOT - step])
        kept = features(HOME, history, at, HOME.targets, memory)
        assert kept.tobytes() == features(HOME, History.of(random_readings(seed, 40, 600)), at, HOME.targets).tobytes()


@settings(max_examples=5, deadline=None)
@given(HOMES)
def test_a_policy_that_lived_along_predicts_what_a_new_one_does(seed: int) -> None:
    readings, live = lively(seed, 30), History()
    for step, heard in enumerate(readings):
        live.append(heard)
        if heard.at >= START - HOUR:
            new, targets = NetworkPolicy.load(None), rooms(seed, step)
            told = History.of(readings[: step + 1])
            assert POLICY.predict(HOME, live, heard.at, targets) == new.predict(HOME, told, heard.at, targets)


FAR = Home(**{**{name: getattr(HOME, name) for name in Home.model_fields}, "timezone": "Asia/Tokyo"})
BESIDES_TIME = slice(len(CLOCK), None)
MOVED = HOME.with_device(HOME.device("bed-motion").model_copy(update={"area": "kitchen"}))


@pytest.mark.parametrize("home", [FAR, MOVED], ids=["where it is the weekend already", "with a sensor moved"])
def test_a_changed_home_is_looked_at_anew(home: Home) -> None:
    history, at = History.of(random_readings(5, 40, 2000)), np.array([START - 2 * DAY - 3 * HOUR])  # a Friday evening
    memory = Memory(HOME, history)
    before = features(HOME, history, at, HOME.targets, memory)
    after = features(home, history, at, HOME.targets, memory.of(home, history))
    assert after.tobytes() == features(home, history, at, HOME.targets).tobytes()
    assert (after[..., BESIDES_TIME] != before[..., BESIDES_TIME]).any()


def test_settings_heard_late_count_from_then_on() -> None:
    """A home may be asked about a time that its readings have not reached."""
    history, at, valve = household(days=10), np.array([START + 12 * DAY]), [Target("valve", Kind.SETPOINT)]
    memory = Memory(HOME, history)
    before = features(HOME, history, at, valve, memory)
    history.append(reading("valve", Quantity.SETPOINT, 25.0, START + 10 * DAY, Origin.PERSON))
    history.append(reading("valve", Quantity.SETPOINT, 25.0, START + 11 * DAY, Origin.PERSON))
    kept, fresh = (observe(HOME, history, at, valve, own) for own in (memory, None))
    assert kept[0].tobytes() == fresh[0].tobytes()
    assert kept[1] == fresh[1]
    assert features(HOME, history, at, valve).tobytes() != before.tobytes()


def test_a_sensor_that_speaks_for_the_first_time_is_seen() -> None:
    history, at = household(days=3), START + 3 * DAY
    memory = Memory(HOME, history)
    bed = [Target("bed-lamp", Kind.LIGHT)]
    before = features(HOME, history, np.array([at]), bed, memory)
    history.append(reading("bed-motion", Quantity.MOTION, 1.0, at))
    after = features(HOME, history, np.array([at]), bed, memory.of(HOME, history))
    assert (before != after).any()


def test_another_history_has_another_memory() -> None:
    one, other = household(days=2), household(days=2)
    memory = Memory(HOME, one)
    assert memory.of(HOME, one) is memory
    assert memory.of(HOME, other) is not memory


def test_only_so_many_groups_of_targets_are_remembered() -> None:
    memory = Memory(HOME, household(days=1))
    groups = [tuple(HOME.targets[:2]) * count for count in range(1, 2 * LARGEST)]
    assert all(memory.about(group).area_of.shape == (len(group),) for group in groups)
    assert len(memory._about) <= LARGEST
