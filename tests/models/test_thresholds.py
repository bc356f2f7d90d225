"""Thresholds follow from stakes, and the safety envelope's values are floors under them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.control.autonomy import AutonomySettings
from homectl.home import Kind
from models.thresholds import FLOOR, ONLY_SUGGESTED, STAKES, THRESHOLDS, Stakes, thresholds

HANDS = st.floats(0.5, 20)
SMALL = st.floats(0.05, 0.4)


def worth(chance: float, gain: float, cost: float) -> float:
    return chance * gain - (1 - chance) * cost


@given(HANDS, HANDS, SMALL, SMALL, st.floats(0, 1))
def test_what_is_done_is_what_is_worth_most(
    gain: float, cost: float, little: float, bother: float, chance: float
) -> None:
    found = thresholds(Stakes(gain, cost, little, bother), floor=0.0)
    done, suggested = worth(chance, gain, cost), worth(chance, little, bother)
    if abs(chance - found.act) > 1e-9:
        assert (done > suggested) == (chance > found.act)
    if abs(chance - found.suggest) > 1e-9:
        assert (suggested > 0) == (chance > found.suggest)


@given(HANDS, HANDS, st.floats(0.5, 1))
def test_no_stakes_go_below_the_floor(gain: float, cost: float, floor: float) -> None:
    assert thresholds(Stakes(gain, cost), floor).act >= floor


@pytest.mark.parametrize("kind", Kind)
def test_the_floors_are_those_of_control(kind: Kind) -> None:
    autonomy = AutonomySettings()
    assert FLOOR[kind] == (autonomy.lock_confidence if kind is Kind.LOCK else autonomy.confidence)
    assert ONLY_SUGGESTED[kind] < FLOOR[kind] <= THRESHOLDS[kind].act
    assert THRESHOLDS[kind].suggest < ONLY_SUGGESTED[kind]
    assert STAKES[kind].cost > STAKES[kind].gain
