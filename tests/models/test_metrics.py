"""Metrics against scikit-learn's where it has the same, and against what can be counted by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from homectl.home import Times
from models import metrics
from models.metrics import Matched, Reliability


@pytest.fixture(scope="module")
def sk() -> Any:
    """scikit-learn's metrics, where it is installed."""
    return pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with homectl[evaluate]")


@st.composite
def weighed(draw: st.DrawFn) -> tuple[Times, Times, Times]:
    """Chances with ties, labels of both kinds, weights."""
    count = draw(st.integers(2, 60))
    chance = draw(arrays(np.float64, count, elements=st.integers(0, 40).map(lambda n: n / 40)))
    label = draw(arrays(np.float64, count, elements=st.sampled_from([0.0, 1.0])))
    label[:2] = 0.0, 1.0
    weight = draw(arrays(np.float64, count, elements=st.sampled_from([0.3, 1.0, 2.5, 7.0])))
    return chance, label, weight


Figure = Callable[[Times, Times, Times], float]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (metrics.brier, lambda sk, p, y, w: sk.brier_score_loss(y, p, sample_weight=w)),
        (metrics.auroc, lambda sk, p, y, w: sk.roc_auc_score(y, p, sample_weight=w)),
        (metrics.average_precision, lambda sk, p, y, w: sk.average_precision_score(y, p, sample_weight=w)),
        (metrics.absolute_error, lambda sk, p, y, w: sk.mean_absolute_error(y, p, sample_weight=w)),
        (metrics.root_mean_square_error, lambda sk, p, y, w: sk.root_mean_squared_error(y, p, sample_weight=w)),
        (
            lambda p, y, w: metrics.log_loss(p, y, w),
            lambda sk, p, y, w: sk.log_loss(y, np.clip(p, metrics.SUREST, 1 - metrics.SUREST), sample_weight=w),
        ),
        (
            lambda p, y, w: metrics.pinball(p, y, w, 0.9),
            lambda sk, p, y, w: sk.mean_pinball_loss(y, p, sample_weight=w, alpha=0.9),
        ),
    ],
    ids=["brier", "auroc", "average precision", "absolute error", "squared error", "log loss", "pinball"],
)
@given(rows=weighed())
def test_a_figure_is_what_scikit_learn_says(
    sk: Any, ours: Figure, theirs: Callable[..., float], rows: tuple[Times, Times, Times]
) -> None:
    assert ours(*rows) == pytest.approx(theirs(sk, *rows), abs=1e-12)


@given(rows=weighed(), times=st.integers(2, 5))
def test_a_row_that_counts_twice_is_two_rows(rows: tuple[Times, Times, Times], times: int) -> None:
    chance, label, weight = rows
    repeated = [np.tile(values, times) for values in rows]
    for figure in (metrics.log_loss, metrics.ece, metrics.auroc, metrics.average_precision):
        assert figure(*repeated) == pytest.approx(figure(chance, label, times * weight))


@pytest.mark.parametrize(
    ("scores", "changed", "expected"),
    [
        ([0.9, 0.8, 0.1], [True, False, False], 1.0),
        ([0.9, 0.8, 0.1], [False, False, True], 1 / 3),
        ([0.9, 0.8, 0.1], [True, False, True], (1 + 2 / 3) / 2),
        ([0.5, 0.5, 0.5, 0.5], [True, False, False, False], 0.25),
        ([0.5, 0.5], [False, False], float("nan")),
        ([], [], float("nan")),
    ],
)
def test_average_precision_counts_ties_once(scores: list[float], changed: list[bool], expected: float) -> None:
    found = metrics.average_precision(np.array(scores), np.array(changed, dtype=np.float64))
    assert found == pytest.approx(expected, nan_ok=True)


def test_a_calibration_error_is_the_distance_between_said_and_came_bin_by_bin() -> None:
    chance, label = np.array([0.95, 0.95, 0.95, 0.95, 0.05]), np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    assert metrics.ece(chance, label, np.ones(5)) == pytest.approx(0.8 * 0.2 + 0.2 * 0.05)
    assert metrics.ece(chance, label, np.array([1.0, 1.0, 1.0, 0.0, 0.0])) == pytest.approx(0.05)


@given(rows=weighed(), cut=st.integers(0, 60))
def test_the_reliabilities_of_two_homes_add_up(rows: tuple[Times, Times, Times], cut: int) -> None:
    early, late = ([values[part] for values in rows] for part in (slice(cut), slice(cut, None)))
    both = Reliability.of(*early) + Reliability.of(*late)
    assert both.error == pytest.approx(metrics.ece(*rows))


@pytest.mark.parametrize(
    ("proposed", "made", "right"),
    [
        ([1000.0], [1000.0], 1),
        ([1000.0], [1600.0], 1),
        ([1000.0], [400.0], 1),
        ([1000.0], [1601.0], 0),
        ([1000.0, 1100.0], [1050.0], 1),
        ([0.0, 500.0], [-500.0, 1000.0], 2),
        ([0.0], [], 0),
        ([], [5.0], 0),
    ],
)
def test_changes_are_matched_one_to_one_within_ten_minutes(
    proposed: list[float], made: list[float], right: int
) -> None:
    assert metrics.match(np.array(proposed), np.array(made)) == Matched(right, len(proposed), len(made))


@given(
    proposed=st.lists(st.integers(0, 6000), max_size=6, unique=True),
    made=st.lists(st.integers(0, 6000), max_size=6, unique=True),
)
def test_no_other_matching_finds_more_right(proposed: list[int], made: list[int]) -> None:
    reach = [{place for place, at in enumerate(sorted(made)) if abs(at - asked) <= 600} for asked in sorted(proposed)]
    found = metrics.match(np.sort(np.array(proposed, dtype=float)), np.sort(np.array(made, dtype=float)))
    assert found.right == _largest(reach, frozenset())


def _largest(reach: list[set[int]], taken: frozenset[int]) -> int:
    """By trying everything."""
    if not reach:
        return 0
    first, *rest = reach
    return max([_largest(rest, taken), *(1 + _largest(rest, taken | {one}) for one in first - taken)])


def test_f1_precision_and_false_changes_come_from_the_same_counts() -> None:
    found = Matched(right=2, proposed=4, made=3) + Matched(right=1, proposed=1, made=1)
    assert (found.f1, found.precision, found.false) == (pytest.approx(6 / 9), pytest.approx(3 / 5), 2)
    assert np.isnan(Matched().f1)
    assert np.isnan(Matched().precision)


def test_a_proposal_counts_once_however_long_it_stands() -> None:
    stands = np.array([True, True, False, True, False, False, True])
    assert metrics.begun(stands).tolist() == [True, False, False, True, False, False, True]
    assert metrics.begun(stands[:0]).tolist() == []


def test_delta_m_is_the_mean_relative_gain_and_names_the_worst_task() -> None:
    gain, worst = metrics.delta_m({"light": 0.9, "lock": 1.2}, {"light": 1.0, "lock": 1.0})
    assert (gain, worst) == (pytest.approx(-0.05), "lock")
    assert metrics.relative_gain(0.6, 0.5, higher_is_better=True) == pytest.approx(0.2)


def test_a_bootstrap_covers_the_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    homes = rng.exponential(1.0, (200, 20))
    covered = [low <= 1.0 <= high for low, high in (metrics.bootstrap(h, seed=1, draws=300) for h in homes)]
    assert 0.85 <= np.mean(covered) <= 0.97


def test_a_bootstrap_is_the_same_for_the_same_seed_and_draws_whole_blocks() -> None:
    pairs = np.array([[1.0, 2.0], [2.0, 4.0], [10.0, 20.0]])

    def ratio(drawn: Times) -> float:
        return float(drawn[:, 1].sum() / drawn[:, 0].sum())

    assert metrics.bootstrap(pairs, ratio, seed=3) == pytest.approx((2.0, 2.0))
    assert metrics.bootstrap(pairs[:, 0], seed=3) == metrics.bootstrap(pairs[:, 0], seed=3)
    assert all(np.isnan(metrics.bootstrap([], seed=3)))


@pytest.mark.parametrize(
    "figure", [metrics.log_loss, metrics.brier, metrics.ece, metrics.auroc, metrics.absolute_error]
)
def test_no_rows_have_no_figure(figure: Figure) -> None:
    assert np.isnan(figure(np.empty(0), np.empty(0), np.empty(0)))
