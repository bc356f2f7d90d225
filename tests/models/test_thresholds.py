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
    found = thresholds(Stakes(gain, cost, little, bother))
    done, suggested = worth(chance, gain, cost), worth(chance, little, bother)
    if abs(chance - found.act) > 1e-9:
        assert (done > max(suggested, 0)) == (chance > found.act)
    if abs(chance - found.suggest) > 1e-9:
        assert (max(done, suggested) > 0) == (chance > found.suggest)


@pytest.mark.parametrize("kind", Kind)
def test_the_floors_are_those_of_control(kind: Kind) -> None:
    autonomy = AutonomySettings()
    assert FLOOR[kind] == (autonomy.lock_confidence if kind is Kind.LOCK else autonomy.confidence)
    assert THRESHOLDS[kind, True].suggest < ONLY_SUGGESTED[kind] < FLOOR[kind]


@pytest.mark.parametrize("change", STAKES, ids=str)
def test_a_mistake_costs_no_less_than_is_gained_where_it_is_right(change: tuple[Kind, bool]) -> None:
    assert STAKES[change].cost >= STAKES[change].gain
    assert 0.5 <= THRESHOLDS[change].suggest <= THRESHOLDS[change].act
