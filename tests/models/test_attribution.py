"""A share says how much a group of facts moved the answer, as Shapley's axioms have it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.home import Kind, Target, Times
from models.attribution import GROUPS, MOTION, SUN, answer_of, factors
from models.features import FEATURES, Array
from models.policy import NetworkPolicy
from models.tasks import DEGREES, EARLY, SLICE
from tests.models.logs import DAY, HOME, START, household

SEEDS = st.integers(0, 2**32 - 1)
NAMES = list(GROUPS)


def drawn(seed: int, moments: int = 12) -> tuple[Array, Array]:
    """A row and others."""
    rows = np.random.default_rng(seed).normal(size=(moments + 1, len(FEATURES))).astype(np.float32)
    return rows[0], rows[1:]


def shares(answer: object, row: Array, others: Array) -> dict[str, float]:
    assert callable(answer)
    return {factor.about: factor.share for factor in factors(answer, row, others)}


def sum_of(name: str, rows: Array) -> Times:
    total: Times = rows[:, GROUPS[name]].sum(axis=1, dtype=np.float64)
    return total


def test_every_feature_is_in_exactly_one_group() -> None:
    assert sorted(np.concatenate(list(GROUPS.values())).tolist()) == list(range(len(FEATURES)))


@given(SEEDS)
def test_shares_add_up_to_what_the_answer_is_above_the_others(seed: int) -> None:
    row, others = drawn(seed)

    def answer(rows: Array) -> Times:
        return np.tanh(rows.sum(axis=1, dtype=np.float64) / 5) + sum_of(MOTION, rows) * sum_of(SUN, rows)

    found = shares(answer, row, others)  # every other row is held against equally often
    assert sum(found.values()) == pytest.approx(float(answer(row[None])[0] - answer(others).mean()), abs=1e-9)


@given(SEEDS, st.sampled_from(NAMES))
def test_what_has_no_part_in_the_answer_has_no_share(seed: int, name: str) -> None:
    row, others = drawn(seed)
    found = shares(lambda rows: np.sin(sum_of(name, rows)), row, others)
    assert {about for about, share in found.items() if share != 0} <= {name}


@given(SEEDS)
def test_two_groups_that_only_count_together_share_alike(seed: int) -> None:
    row, others = drawn(seed, moments=1)
    found = shares(lambda rows: sum_of(MOTION, rows) * sum_of(SUN, rows), row, 0 * others)
    both = float(sum_of(MOTION, row[None])[0] * sum_of(SUN, row[None])[0])
    assert (found[MOTION], found[SUN]) == (pytest.approx(both / 2), pytest.approx(both / 2))


@given(SEEDS)
def test_the_same_row_has_the_same_shares_and_the_largest_is_first(seed: int) -> None:
    row, others = drawn(seed)
    first, again = (factors(lambda rows: sum_of(MOTION, rows) + rows[:, 0], row, others) for _ in range(2))
    assert first == again
    assert [abs(factor.share) for factor in first] == sorted((abs(f.share) for f in first), reverse=True)


@pytest.mark.parametrize(("kind", "task", "expected"), [(Kind.LIGHT, "light_on", 0.8), (Kind.LOCK, "lock_wanted", 0.8)])
def test_a_lamp_and_a_lock_are_asked_for_a_chance(kind: Kind, task: str, expected: float) -> None:
    logits = np.zeros((1, EARLY), dtype=np.float32)
    logits[0, SLICE[task].start] = np.log(expected / (1 - expected))
    assert answer_of(kind, logits)[0] == pytest.approx(expected)


def test_a_thermostat_is_asked_for_degrees() -> None:
    logits = np.full((1, EARLY), -40.0, dtype=np.float32)
    logits[0, SLICE["setpoint"].start + DEGREES.index(1.5)] = 40.0
    assert answer_of(Kind.SETPOINT, logits)[0] == pytest.approx(1.5)


def test_of_the_shipped_network_shares_add_up_too() -> None:
    policy, history, at = NetworkPolicy.load(), household(), START + 9.8 * DAY
    for target in HOME.targets:
        found = policy.factors(HOME, history, at, target)
        assert {factor.about for factor in found} == set(NAMES)
        assert all(np.isfinite(factor.share) for factor in found)
        assert found == policy.factors(HOME, history, at, target)


def test_what_weighed_is_the_past_s_alone() -> None:
    lamp, at = Target("kitchen-lamp", Kind.LIGHT), START + 5 * DAY
    known, later = (NetworkPolicy.load().factors(HOME, household(days=days), at, lamp) for days in (6, 14))
    assert known == later
