"""A signal's look-ups say what its samples say, at one time as at many, read at once or one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.home import History, Quantity
from models.signals import BEFORE, Switch, Values
from tests.models.logs import reading

NAN = float("nan")
SAMPLES = st.lists(st.tuples(st.integers(0, 60), st.sampled_from([0.0, 1.0, NAN])), max_size=20)
LOG = [(10, 0.0), (20, 1.0), (30, 1.0), (40, 0.0), (50, NAN), (60, 1.0), (70, NAN), (80, 0.0)]


def history(samples: list[tuple[int, float]]) -> History:
    return History.of(reading("door", Quantity.CONTACT, value, at) for at, value in samples)


def switch(samples: list[tuple[int, float]]) -> Switch:
    found = Switch.of(history([(-1, NAN), *samples]), "door", Quantity.CONTACT)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("at", "on", "risen", "fallen", "held"),
    [
        (5, 0.0, BEFORE, BEFORE, 0),
        (15, 0.0, BEFORE, BEFORE, 0),
        (25, 1.0, 20_000, BEFORE, 5),
        (35, 1.0, 20_000, BEFORE, 15),
        (40, 0.0, 20_000, 40_000, 20),
        (65, 1.0, 20_000, 40_000, 25),
        (75, 0.0, 20_000, 40_000, 30),
        (99, 0.0, 20_000, 40_000, 30),
    ],
)
def test_rises_and_falls_are_between_known_values(at: int, on: float, risen: float, fallen: float, held: int) -> None:
    assert switch(LOG).state(1000.0 * at)[1:] == (on, risen, fallen, 1000.0 * held)


@given(SAMPLES, st.lists(st.integers(-5, 70), min_size=1, max_size=10))
def test_one_time_and_many_are_answered_alike(samples: list[tuple[int, float]], when: list[int]) -> None:
    door = switch(sorted(samples, key=lambda sample: sample[0]))
    times = 1000.0 * np.array(sorted(when))
    for look_up in (door.state, door.reading):
        many = np.array(look_up(times))
        alone = np.array([look_up(float(at)) for at in times]).T
        np.testing.assert_array_equal(many, alone)


@given(SAMPLES, st.integers(0, 20))
def test_reading_on_equals_reading_at_once(samples: list[tuple[int, float]], cut: int) -> None:
    ordered = sorted(samples, key=lambda sample: sample[0])
    grown = history([(-1, NAN)])
    for at, value in ordered:
        grown.append(reading("door", Quantity.CONTACT, value, at))
        if at > cut:
            Switch.of(grown, "door", Quantity.CONTACT)
    found = Switch.of(grown, "door", Quantity.CONTACT)
    assert found is not None
    times = np.arange(-5_000.0, 70_000.0, 500)
    np.testing.assert_array_equal(np.array(found.state(times)), np.array(switch(ordered).state(times)))


def test_what_was_forgotten_is_not_known_any_more() -> None:
    known = history(LOG)
    assert Switch.of(known, "door", Quantity.CONTACT) is not None
    known.forget_before(45)
    found = Switch.of(known, "door", Quantity.CONTACT)
    assert found is not None
    assert found.state(99_000.0)[2:4] == (BEFORE, BEFORE)
    known.forget_before(55)
    known.append(reading("door", Quantity.CONTACT, 1.0, 90))
    assert found.follow().state(99_000.0) == (1.0, 1.0, 90_000.0, BEFORE, 19_000.0)
    assert Values.of(known, "window", Quantity.CONTACT) is None
