"""The stronger cause wins, whatever the order they come in."""

from itertools import permutations

import pytest

from homectl.control.arbiter import STRONGEST_FIRST, winners
from homectl.home import Cause, Decision, Kind, Light, Target

LAMP, OTHER = Target("lamp", Kind.LIGHT), Target("other", Kind.LIGHT)


def decision(cause: Cause, target: Target = LAMP) -> Decision:
    return Decision(target=target, setting=Light(on=True), cause=cause, confidence=1.0, reason="", at=0.0)


@pytest.mark.parametrize(("one", "two"), list(permutations(Cause, 2)))
def test_of_two_causes_the_stronger_wins(one: Cause, two: Cause) -> None:
    strongest = min(one, two, key=STRONGEST_FIRST.index)
    assert winners([decision(one), decision(two)])[LAMP].cause is strongest


def test_targets_do_not_compete_with_each_other() -> None:
    found = winners([decision(Cause.RULES), decision(Cause.SAFETY, OTHER)])
    assert [found[LAMP].cause, found[OTHER].cause] == [Cause.RULES, Cause.SAFETY]


def test_every_cause_has_its_rank() -> None:
    assert set(STRONGEST_FIRST) == set(Cause)
