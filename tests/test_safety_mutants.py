"""Every small mistake in the safety tick, and in what it believes of temperatures and alarms, is noticed by tests."""

import ast
from types import ModuleType

import pytest

from homectl import safety_tick
from homectl.control import fire, thermometers
from tests import test_safety_tick, test_safety_tick_dangers
from tests.control import test_fire, test_thermometers
from tests.mutants import Subject, noticed

SUBJECTS: dict[ModuleType, Subject] = {
    safety_tick: Subject(safety_tick, [test_safety_tick, test_safety_tick_dangers]),
    thermometers: Subject(thermometers, [test_thermometers]),
    fire: Subject(fire, [test_fire]),
}

EQUIVALENT: dict[str, str] = {
    "_set: GtE → Gt in `reported >= wanted.celsius`": "what equals the wish is set so already, as the next line says",
    "Calm: LtE → Lt in `self.since <= now.at < self.until`": "looking again at the same moment finds the same",
    "Calm: Lt → LtE in `self.since <= now.at < self.until`": "the end lies a second before anything can change",
    "_said: Gt → GtE in `end > since`": "a span that ends where the question begins adds no second",
    "_set_by_hand_since: Gt → GtE in `changed > since + ROUNDING`": "whether just a second is rounding is no promise",
}
"""Mutants that say the same, and why."""

ALL = [(subject, name, tree) for subject in SUBJECTS.values() for name, tree in subject.mutants()]


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=[module.__name__ for module in SUBJECTS])
def test_the_claims_hold_of_the_module_itself(subject: Subject) -> None:
    assert not noticed(subject, subject.source)


def test_there_are_enough_mistakes_to_make() -> None:
    names = [name for _, name, _ in ALL]
    assert len(names) >= 90
    assert set(EQUIVALENT) <= set(names)


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("subject", "name", "tree"), ALL, ids=[name for _, name, _ in ALL])
def test_a_mistake_is_noticed(subject: Subject, name: str, tree: ast.Module) -> None:
    assert noticed(subject, tree) or name in EQUIVALENT
