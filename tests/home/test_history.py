"""History answers as of a time, and never from later."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.home import AgeLimits, Device, History, Origin, Quantity, Reading, Signal, Track

MOTION = Device(id="motion", area=None, battery=True, senses=frozenset({Quantity.MOTION}))
CONTACT = Device(id="door", battery=True, senses=frozenset({Quantity.CONTACT}))


def reading(at: float, value: float = 1.0, *, device: str = "door", live: bool = True) -> Reading:
    return Reading(device=device, quantity=Quantity.CONTACT, value=value, at=at, live=live)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=200), st.integers(-10, 1010))
def test_a_sample_is_the_newest_one_not_after_the_time_asked(times: list[int], at: int) -> None:
    history = History.of(reading(float(t), float(i)) for i, t in enumerate(sorted(times)))
    sample = history.sample("door", Quantity.CONTACT, float(at))
    earlier = [t for t in sorted(times) if t <= at]
    if not earlier:
        assert sample is None
    else:
        assert sample is not None
        assert sample.at == earlier[-1]
        assert sample.value == len(earlier) - 1


@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1, max_size=50))
def test_a_track_grown_live_equals_one_over_whole_arrays(samples: list[tuple[int, bool]]) -> None:
    ordered = sorted(samples)
    grown = Track(1)
    for at, live in ordered:
        grown.append(reading(float(at), live=live))
    times = np.array([float(at) for at, _ in ordered])
    live = np.array([flag for _, flag in ordered])
    whole = Track.of(times, np.ones(len(times)), np.zeros(len(times), np.int8), live)
    for name in ("times", "values", "origins", "seen"):
        np.testing.assert_array_equal(getattr(grown, name), getattr(whole, name))


def test_a_late_reading_changes_nothing_and_is_counted() -> None:
    history = History.of([reading(10, 1.0), reading(20, 0.0)])
    assert not history.append(reading(15, 1.0))
    assert history.late == 1
    assert history.value("door", Quantity.CONTACT, 30) == 0.0


def test_forgetting_keeps_the_value_that_still_holds() -> None:
    history = History.of([reading(10, 1.0), reading(20, 0.0), reading(30, 1.0)])
    history.forget_before(25)
    assert history.value("door", Quantity.CONTACT, 26) == 0.0
    assert len(history.tracks[Signal("door", Quantity.CONTACT)]) == 2


@pytest.mark.parametrize(
    ("readings", "at", "fresh"),
    [
        ([reading(0)], 0, True),
        ([reading(0)], 65 * 60, True),
        ([reading(0)], 65 * 60 + 1, False),
        ([reading(0, live=False)], 1, False),
        ([reading(0, math.nan)], 1, False),
        ([reading(0, live=False), reading(5)], 6, True),
        ([], 0, False),
    ],
)
def test_fresh_means_known_heard_live_and_not_silent_too_long(readings: list[Reading], at: float, fresh: bool) -> None:
    assert History.of(readings).fresh(CONTACT, Quantity.CONTACT, at, AgeLimits()) is fresh


def test_a_device_that_its_network_calls_gone_is_never_fresh() -> None:
    gone = Reading(device="door", quantity=Quantity.AVAILABLE, value=0.0, at=5.0, origin=Origin.UNKNOWN)
    history = History.of([reading(0), gone])
    assert not history.fresh(CONTACT, Quantity.CONTACT, 6, AgeLimits())


def test_any_live_word_from_a_device_keeps_all_its_values_fresh() -> None:
    battery = Reading(device="door", quantity=Quantity.BATTERY, value=80.0, at=3600.0)
    assert History.of([reading(0), battery]).fresh(CONTACT, Quantity.CONTACT, 7000, AgeLimits())


def test_a_device_that_names_its_check_in_is_held_to_it() -> None:
    quick = CONTACT.model_copy(update={"check_in": 60.0})
    assert not History.of([reading(0)]).fresh(quick, Quantity.CONTACT, 61, AgeLimits())


@pytest.mark.parametrize(("later", "fresh"), [(0.0, False), (1.0, True)])
def test_what_the_broker_kept_is_fresh_only_where_it_repeats_the_last_live_word(later: float, fresh: bool) -> None:
    opened, kept = reading(0, value=1.0), reading(5, value=later, live=False)
    assert History.of([opened, kept]).fresh(CONTACT, Quantity.CONTACT, 6, AgeLimits()) is fresh


def test_a_track_counts_what_it_has_heard_up_to_a_time_forgotten_samples_too() -> None:
    history = History.of(
        Reading(device="lamp", quantity=Quantity.LIGHT_ON, value=float(n % 2), at=10.0 * n) for n in range(6)
    )
    (track,) = history.tracks_of("lamp")
    assert [track.heard(at) for at in (-1.0, 0.0, 25.0, 99.0)] == [0, 1, 3, 6]
    history.forget_before(30.0)
    assert [track.heard(at) for at in (35.0, 99.0)] == [4, 6]
    assert history.tracks_of("nobody") == ()
