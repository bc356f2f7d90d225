"""Every small mistake in the guard is noticed by its tests: each mutant fails one of them, or is argued away here."""

import ast
from contextlib import suppress

import pytest

from homectl.control import guard
from tests.control import test_guard
from tests.mutants import Subject, hold

EQUIVALENT: dict[str, str] = {
    "setpoint_moves_slowly: LtE → Lt in `abs(command.setting.celsius - reported) <= limits.policy_slew + 1e-09`": (
        "the bound is a billionth of a degree above the largest step, so no step that a device can make lies on it"
    ),
}
"""Mutants that say the same, and why."""

HOSTILE = 1500
"""Commands of the adversary that every mutant has to stand as well."""

GUARD = Subject(guard, [test_guard])
ALL = list(GUARD.mutants())


def holds(tree: ast.Module) -> bool:
    """Whether every claim of the table holds of a mutant, and the adversary finds nothing."""
    with suppress(Exception):
        [claims] = GUARD.claims_about(tree)
        return hold([claims]) and bool(claims.adversary(HOSTILE, seed=3) > HOSTILE // 30)
    return False


def test_the_claims_hold_of_the_guard_itself() -> None:
    assert holds(GUARD.source)


def test_there_are_enough_mistakes_to_make() -> None:
    assert len(ALL) >= 40
    assert len({name for name, _ in ALL}) == len(ALL)
    assert set(EQUIVALENT) <= {name for name, _ in ALL}


@pytest.mark.parametrize(("name", "tree"), ALL, ids=[name for name, _ in ALL])
def test_a_mistake_in_the_guard_is_noticed(name: str, tree: ast.Module) -> None:
    assert not holds(tree) or name in EQUIVALENT
