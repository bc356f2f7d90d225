"""What the network sees is the past alone, and the same however it is asked."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from homectl.home import Area, History, Kind, Quantity, Reading, Target, milliseconds
from models.described import AREA_KINDS, area_kind
from models.features import FEATURES, features
from tests.models.logs import ACTUATORS, DAY, HOME, START, household, random_readings

HOMES = st.integers(0, 2**32 - 1)
WHEN = st.lists(st.integers(-40 * 86_400_000, 3_600_000), min_size=1, max_size=30)


def column(name: str) -> int:
    return FEATURES.index(name)


@settings(max_examples=25, deadline=None)
@given(HOMES, WHEN)
@example(0, [-3_200_400_001])  # before one room's motion sensor has spoken at all
def test_one_time_at_a_time_equals_all_at_once_bit_for_bit(seed: int, when: list[int]) -> None:
    readings = random_readings(seed, 40, 800)
    times = np.array(sorted(milliseconds(START + ms / 1000) for ms in when))
    whole = features(HOME, History.of(readings), times, HOME.targets)
    live, rest = History(), list(readings)
    for row, at in zip(whole, times, strict=True):
        while rest and rest[0].at <= at:
            live.append(rest.pop(0))
        alone = features(HOME, live, np.array([at]), HOME.targets)
        assert alone[0].tobytes() == row.tobytes()


@settings(max_examples=10, deadline=None)
@given(HOMES)
def test_nothing_later_than_a_time_has_a_part_in_its_row(seed: int) -> None:
    readings = random_readings(seed, 35, 600)
    cut = milliseconds(START - 3 * DAY)
    times = np.array([cut - 60.0, cut])
    before = features(HOME, History.of(r for r in readings if r.at <= cut), times, HOME.targets)
    after = features(HOME, History.of(readings), times, HOME.targets)
    assert before.tobytes() == after.tobytes()


@settings(max_examples=10, deadline=None)
@given(HOMES)
def test_what_actuators_are_doing_now_has_no_part(seed: int) -> None:
    """Changing every lamp, valve and lock of the last 12 hours changes nothing but the median of setpoints."""
    readings = random_readings(seed, 35, 600)
    recent = START - DAY / 2

    def turned(r: Reading) -> Reading:
        late = r.at > recent and r.quantity in ACTUATORS - {Quantity.SETPOINT}
        return (
            Reading(device=r.device, quantity=r.quantity, value=1.0 - r.value, at=r.at, origin=r.origin) if late else r
        )

    times = np.array([START - 60.0, START])
    true = features(HOME, History.of(readings), times, HOME.targets)
    other = features(HOME, History.of(map(turned, readings)), times, HOME.targets)
    np.testing.assert_array_equal(true, other)


def test_a_lamp_s_row_does_not_see_the_light_of_its_own_room() -> None:
    readings = random_readings(3, 2, 400)
    bright = [
        Reading(device=r.device, quantity=r.quantity, value=r.value + 9_000, at=r.at)
        if r.device == "kitchen-motion" and r.quantity is Quantity.ILLUMINANCE
        else r
        for r in readings
    ]
    lamp, other = [Target("kitchen-lamp", Kind.LIGHT)], [Target("bed-lamp", Kind.LIGHT)]
    times = np.array([START])
    np.testing.assert_array_equal(
        features(HOME, History.of(readings), times, lamp), features(HOME, History.of(bright), times, lamp)
    )
    assert (
        features(HOME, History.of(readings), times, other) != features(HOME, History.of(bright), times, other)
    ).any()


@settings(max_examples=15, deadline=None)
@given(HOMES, st.integers(0, 300))
def test_rows_are_always_finite(seed: int, count: int) -> None:
    rows = features(HOME, History.of(random_readings(seed, 40, count)), np.array([START - DAY, START]), HOME.targets)
    assert rows.dtype == np.float32
    assert rows.shape == (2, len(HOME.targets), len(FEATURES))
    assert np.isfinite(rows).all()


@pytest.mark.parametrize(
    ("hour", "name", "low", "high"),
    [
        (18.5, "habit_on", 0.7, 1.0),
        (12.0, "habit_on", 0.0, 0.01),
        (5.6, "habit_on_ahead", 0.1, 1.0),
        (18.5, "habit_level", 0.59, 0.61),
    ],
)
def test_habits_are_what_people_had_at_this_hour(hour: float, name: str, low: float, high: float) -> None:
    at = np.array([START + 9 * DAY - 3600 + hour * 3600])
    row = features(HOME, household(), at, [Target("kitchen-lamp", Kind.LIGHT)])[0, 0]
    assert low <= row[column(name)] <= high


def test_a_setpoint_habit_is_relative_to_the_target_s_own_median() -> None:
    at = np.array([START + 12 * DAY - 3600 + 3 * 3600])
    row = features(HOME, household(), at, [Target("valve", Kind.SETPOINT)])[0, 0]
    assert row[column("habit_setpoint")] == pytest.approx(-3.0)
    assert row[column("median_known")] == 1.0


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Bedroom of the child", "bedroom"),
        ("Wohnzimmer", "living"),
        ("bathroom-2", "bathroom"),
        ("guest_wc", "bathroom"),
        ("Hall", "hall"),
        ("Fitness", ""),
        ("x", ""),
    ],
)
def test_an_area_s_kind_is_read_off_its_name(name: str, kind: str) -> None:
    assert area_kind(Area(id="a", name=name)) == kind
    assert kind in (*AREA_KINDS, "")
