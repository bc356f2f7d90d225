"""What people make of homectl's changes is an answer; what they do by themselves is none."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import Cause, Forecast, History, Home, Kind, Origin, Prediction, Quantity, Target, Times
from models.acceptance import COMES_IN, IS_ABOUT, NOBODY, SCENES, Answers, answers, scene
from models.calibrate import Line, line, lines
from models.features import observe
from tests.models.logs import HOME, START, reading

UP = "light up, nobody is about"
LAMP, VALVE = Target("kitchen-lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT)
PERSON, HOMECTL = Origin.PERSON, Origin.HOMECTL


class Sure:
    """A policy that wants lamps on and rooms at 21 °C, with one confidence."""

    name, cause = "sure", Cause.LEARNED

    def forecast(self, _home: Home, _history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        flat = np.ones(len(times))
        wanted = {Kind.LIGHT: 1.0, Kind.SETPOINT: 21.0, Kind.LOCK: np.nan}
        return [Forecast(target=t, value=wanted[t.kind] * flat, level=flat, confidence=0.9 * flat) for t in targets]

    def predict(self, _home: Home, _history: History, _at: float, _targets: Sequence[Target]) -> list[Prediction]:
        return []


def told(target: Target, *said: tuple[float, float, Origin]) -> dict[str, Answers]:
    """The answers in a log of one target: minutes, values and who."""
    quantity = Quantity.LIGHT_ON if target.kind is Kind.LIGHT else Quantity.SETPOINT
    log = [reading(target.device, quantity, value, START + 60 * minute, who) for minute, value, who in said]
    return answers(HOME, History.of(log), Sure())


@pytest.mark.parametrize(
    ("later", "right"),
    [
        ([], True),
        ([(5, 0, PERSON)], False),
        ([(15, 0, PERSON)], True),
        ([(5, 0, HOMECTL)], True),
        ([(5, 1, PERSON)], True),
        ([(3, 0, HOMECTL), (4, 1, PERSON), (6, 0, PERSON)], True),
    ],
    ids=["left so", "set back", "set back much later", "by homectl itself", "repeated", "after something else"],
)
def test_a_lamp_that_is_set_back_soon_was_not_wanted(later: list[tuple[float, float, Origin]], right: bool) -> None:
    found = told(LAMP, (-60, 0, PERSON), (0, 1, HOMECTL), *later)
    assert found[UP].right[0] == right
    assert found[UP].sure.tolist() == [0.9]


@pytest.mark.parametrize(
    ("motion", "asked", "goes_on"),
    [
        ([(0.0, 1.0)], 5.0, COMES_IN),
        ([(0.0, 1.0)], 60.0, IS_ABOUT),
        ([(0.0, 1.0), (60.0, 0.0)], 120.0, IS_ABOUT),
        ([(0.0, 1.0), (60.0, 0.0)], 600.0, NOBODY),
        ([(0.0, 1.0), (60.0, 0.0), (90.0, 1.0)], 95.0, COMES_IN),
        ([], 0.0, NOBODY),
    ],
)
def test_a_scene_is_who_is_where_the_lamp_is(motion: list[tuple[float, float]], asked: float, goes_on: str) -> None:
    said = [(-600.0, 0.0), *motion]
    log = [reading("kitchen-motion", Quantity.MOTION, value, START + second) for second, value in said]
    rows, _ = observe(HOME, History.of(log), np.array([START + asked]), [LAMP])
    assert SCENES[scene(rows)[0, 0]] == goes_on


def test_cells_are_kinds_and_directions() -> None:
    found = told(VALVE, (-60, 23, PERSON), (0, 22, HOMECTL), (60, 18, PERSON), (90, 19, HOMECTL), (100, 18, PERSON))
    assert {name: a.right.tolist() for name, a in found.items()} == {"setpoint down": [True], "setpoint up": [False]}


def test_what_people_or_other_policies_did_is_no_answer() -> None:
    assert told(LAMP, (-60, 0, PERSON), (0, 1, PERSON), (5, 0, PERSON)) == {}
    assert told(LAMP, (-60, 1, PERSON), (0, 0, HOMECTL)) == {}  # this policy wants it on


# --- the lines that follow --------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.floats(0.5, 1.5), st.floats(-2, 1), st.integers(0, 1000))
def test_a_line_is_found_again_from_enough_answers(slope: float, offset: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sure, planted = rng.uniform(0.5, 0.99, 20_000), Line(slope, offset)
    found = line(sure, rng.random(len(sure)) < planted.probability(sure))
    shown = np.array([0.6, 0.8, 0.95])
    assert np.abs(found.probability(shown) - planted.probability(shown)).max() < 0.04


def test_few_answers_move_it_little_and_many_move_it() -> None:
    def after(count: int) -> float:
        return float(line(np.full(count, 0.9), np.zeros(count, dtype=bool)).probability(np.array([0.9]))[0])

    assert line(np.empty(0), np.empty(0, dtype=bool)) == Line(1.0, 0.0)
    assert 0.85 < after(1) < 0.9
    assert after(1) > after(10) > after(100)
    assert after(1000) < 0.1


def test_there_is_a_line_for_every_cell() -> None:
    cells = told(LAMP, (-60, 0, PERSON), (0, 1, HOMECTL), (5, 0, PERSON))
    assert lines(cells)[UP].probability(np.array([0.9]))[0] < 0.9
