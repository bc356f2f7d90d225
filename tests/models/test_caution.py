"""Doubt lowers what is done; it adds nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.home import Kind, LockState
from models.acceptance import COMES_IN, NOBODY, SCENES, cell
from models.calibrate import Line
from models.caution import Doubts, weighed
from models.decoding import Wanted
from models.thresholds import FLOOR, THRESHOLDS

LEFT_ALONE = float("nan")
WELCOME, HATED = Line(1.0, 3.0), Line(1.0, -3.0)


def one(
    kind: Kind,
    value: float,
    confidence: float,
    now: float,
    *,
    unhealthy: bool = False,
    unfamiliar: bool = False,
    up: Line | None = None,
    down: Line | None = None,
) -> tuple[float, float]:
    """The value and the confidence that are left of one answer."""
    wanted = Wanted(*(np.array([[number]]) for number in (value, LEFT_ALONE, confidence)))
    doubts = Doubts(np.array([[unhealthy]]), np.array([[unfamiliar]]))
    place = SCENES.index(COMES_IN)
    lines = {cell(kind, side, place): line for side, line in ((True, up), (False, down)) if line is not None}
    left, _ = weighed(kind, wanted, np.array([[now]]), np.array([[place]]), doubts, lines)
    return float(left.value[0, 0]), float(left.confidence[0, 0])


@pytest.mark.parametrize("kind", Kind)
def test_without_doubt_all_stays_as_it_is(kind: Kind) -> None:
    value, now = (21.0, 19.0) if kind is Kind.SETPOINT else (1.0, 0.0)
    assert one(kind, value, 0.97, now) == (value, 0.97)


@pytest.mark.parametrize("kind", Kind)
def test_what_rests_on_a_broken_sensor_is_left_alone(kind: Kind) -> None:
    value, _ = one(kind, 1.0, 0.99, 0.0, unhealthy=True)
    assert value != value


@pytest.mark.parametrize("kind", Kind)
def test_what_is_unfamiliar_is_only_suggested(kind: Kind) -> None:
    value, confidence = one(kind, 1.0, 0.99, 0.0, unfamiliar=True)
    assert value == 1.0
    assert THRESHOLDS[kind, True].suggest < confidence < FLOOR[kind]
    assert one(kind, 1.0, 0.99, 1.0, unfamiliar=True) == (1.0, 0.99)  # nothing would change


DISLIKED = Line(1.0, -1.5)
"""Of the changes that a network is 0.9 sure of, two in three are let be."""


def test_a_change_that_is_often_taken_back_is_only_suggested_and_then_left_alone() -> None:
    assert one(Kind.LIGHT, 0.0, 0.9, 1.0) == (0.0, 0.9)
    value, confidence = one(Kind.LIGHT, 0.0, 0.9, 1.0, down=DISLIKED)
    assert value == 0.0
    assert confidence < FLOOR[Kind.LIGHT]
    value, confidence = one(Kind.LIGHT, 0.0, 0.9, 1.0, down=HATED)
    assert value != value
    assert confidence < FLOOR[Kind.LIGHT]


def test_a_lamp_that_goes_on_is_risked_sooner_than_one_that_goes_off() -> None:
    assert one(Kind.LIGHT, 1.0, 0.9, 0.0, up=DISLIKED) == (1.0, 0.9)


def test_however_welcome_such_changes_are_a_network_that_is_not_sure_is_none() -> None:
    assert one(Kind.LIGHT, 1.0, 0.6, 0.0, up=WELCOME) == (1.0, 0.6)


def test_lines_are_of_their_own_direction_and_of_changes_alone() -> None:
    assert one(Kind.LIGHT, 0.0, 0.9, 1.0, up=HATED) == (0.0, 0.9)
    assert one(Kind.LIGHT, 1.0, 0.9, 1.0, up=HATED, down=HATED) == (1.0, 0.9)
    assert one(Kind.SETPOINT, 20.1, 0.9, 20.0, up=HATED, down=HATED) == (20.1, 0.9)


@pytest.mark.parametrize(("now", "changes"), [(LockState.LOCKED, False), (LockState.LOCKING, False), (0, True)])
def test_a_bolt_that_is_thrown_is_no_change(now: float, changes: bool) -> None:
    value, _ = one(Kind.LOCK, 1.0, 0.94, now, up=HATED)
    assert (value != value) is changes


LINES = st.none() | st.builds(Line, st.floats(0, 5), st.floats(-4, 4))


@given(
    st.sampled_from(list(Kind)),
    st.sampled_from([0.0, 1.0, 20.0, 21.0, LEFT_ALONE]),
    st.floats(0, 1),
    st.sampled_from([0.0, 1.0, 20.5, LEFT_ALONE]),
    st.booleans(),
    st.booleans(),
    LINES,
    LINES,
)
def test_doubt_adds_nothing(
    kind: Kind,
    value: float,
    confidence: float,
    now: float,
    unhealthy: bool,
    unfamiliar: bool,
    up: Line | None,
    down: Line | None,
) -> None:
    left, sure = one(kind, value, confidence, now, unhealthy=unhealthy, unfamiliar=unfamiliar, up=up, down=down)
    assert sure <= confidence
    assert left == value or left != left


def test_a_line_is_of_its_own_scene() -> None:
    wanted = Wanted(*(np.array([[number]]) for number in (1.0, LEFT_ALONE, 0.9)))
    lines = {cell(Kind.LIGHT, True, SCENES.index(NOBODY)): HATED}
    doubts, dark = Doubts(np.array([[False]]), np.array([[False]])), np.array([[0.0]])
    left = [
        weighed(Kind.LIGHT, wanted, dark, np.array([[n]]), doubts, lines)[0].value[0, 0] for n in range(len(SCENES))
    ]
    assert [name for name, value in zip(SCENES, left, strict=True) if value != value] == [NOBODY]
