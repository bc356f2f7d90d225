"""Rivals learn what a plain eye sees in small made-up rows, and answer all by the same measure."""

from dataclasses import replace

import numpy as np
import pytest

from homectl.home import Times
from models import rivals
from models.answers import Answers, Value, decoded, figures_of, quantile, value_of
from models.dataset import Rows
from models.features import FEATURES
from models.now import NOW
from models.rivals import Boosting, Pooled, Rival
from models.tasks import COLUMN, OUTPUTS, SLICE, TASKS, Task
from tests.models.problems import planted

LEVEL, SETPOINT = TASKS[COLUMN["light_level"]], TASKS[COLUMN["setpoint"]]
QUICK = Boosting(rounds=60, tasks=("light_on", "setpoint", "light_change"))


def problem(count: int, seed: int, *, shuffled: bool = False) -> Rows:
    """Light as planted; warmth rises by the sun; a change of light is near where the lamp is on by day."""
    rows = planted(count, seed, shuffled=shuffled)
    now, labels = rows.now.copy(), rows.labels.copy()
    rng, sun = np.random.default_rng(seed), rows.features[:, FEATURES.index("sun")]
    now[:, NOW.index("now_known")] = 1.0
    now[:, NOW.index("now_on")] = rng.integers(2, size=count)
    labels[:, COLUMN["setpoint"]] = np.where(sun > 0, 1.0, -1.0)
    labels[:, COLUMN["light_change"]] = (now[:, NOW.index("now_on")] > 0) & (sun > 0)
    return replace(rows, now=now, labels=labels)


EARLY, LATE, TEST = problem(1500, 1), problem(500, 2), problem(1000, 3)


def judged(rival: Rival, rows: Rows = EARLY) -> dict[str, dict[str, float]]:
    return figures_of(rival(rows, LATE)(TEST), TEST)


@pytest.mark.parametrize("rival", [QUICK, rivals.logistic], ids=["boosting", "logistic"])
def test_a_rival_learns_what_is_there_to_learn(rival: Rival) -> None:
    library()
    found = judged(rival)
    assert found["light_on"]["auroc"] > 0.85
    assert found["setpoint"]["mae"] < 0.6


@pytest.mark.parametrize("rival", [QUICK, rivals.logistic], ids=["boosting", "logistic"])
def test_a_rival_learns_nothing_from_shuffled_labels(rival: Rival) -> None:
    library()
    found = judged(rival, problem(1500, 1, shuffled=True))
    rate = TEST.labels[:, COLUMN["light_on"]].mean()
    assert found["light_on"]["log_loss"] > -rate * np.log(rate) - (1 - rate) * np.log(1 - rate) - 0.01


def test_only_a_change_task_sees_what_is_set_now() -> None:
    library()
    assert judged(QUICK)["light_change"]["auroc"] > 0.99
    blind = replace(TEST, now=np.zeros_like(TEST.now))
    seeing, unseeing = QUICK(EARLY, LATE)(TEST), QUICK(EARLY, LATE)(blind)
    np.testing.assert_array_equal(seeing["light_on"], unseeing["light_on"])
    assert np.abs(np.subtract(seeing["light_change"], unseeing["light_change"])).max() > 0.5


def test_training_a_rival_twice_gives_the_same_answers() -> None:
    library()
    np.testing.assert_array_equal(*(QUICK(EARLY, LATE)(TEST)["light_on"] for _ in range(2)))


def test_a_task_without_labels_is_left_out() -> None:
    library()
    assert set(Boosting(rounds=5)(EARLY, LATE)(TEST)) == {"light_on", "setpoint", "light_change"}


def test_a_pooled_rival_follows_the_home_where_the_pool_says_otherwise() -> None:
    library()
    labels = EARLY.labels.copy()
    labels[:, COLUMN["light_on"]] = 1 - labels[:, COLUMN["light_on"]]
    pool = replace(EARLY, labels=labels)
    own = judged(Pooled(pool=pool, rival=QUICK, share=0.9), problem(300, 4))["light_on"]["auroc"]
    others = judged(Pooled(pool=pool, rival=QUICK, share=0.1), problem(300, 4))["light_on"]["auroc"]
    assert own > 0.7 > 0.3 > others


def test_a_pooled_rival_of_a_home_without_a_day_is_that_of_the_pool() -> None:
    library()
    pooled = Pooled(pool=EARLY, rival=QUICK)(Rows.empty(), LATE)(TEST)
    np.testing.assert_array_equal(pooled["light_on"], QUICK(EARLY, LATE)(TEST)["light_on"])


def test_persistence_says_what_is_set_as_surely_as_that_was_so() -> None:
    on = EARLY.now[:, NOW.index("now_on")] > 0
    labels = EARLY.labels.copy()
    labels[:, COLUMN["light_on"]] = np.where(np.arange(len(on)) % 10 == 0, ~on, on)
    answer = rivals.persistence(replace(EARLY, labels=labels), LATE)(TEST)["light_on"]
    assert isinstance(answer, np.ndarray)
    now = TEST.now[:, NOW.index("now_on")] > 0
    assert answer[now] == pytest.approx(0.9, abs=0.02)
    assert answer[~now] == pytest.approx(0.1, abs=0.02)


def test_persistence_knows_nothing_of_what_is_not_set() -> None:
    unknown = replace(TEST, now=np.zeros_like(TEST.now))
    answer = rivals.persistence(EARLY, LATE)(unknown)["light_on"]
    assert answer == pytest.approx(EARLY.labels[:, COLUMN["light_on"]].mean())


def test_habit_says_what_was_usual() -> None:
    features = TEST.features.copy()
    features[:, FEATURES.index("habit_known")] = 1.0
    features[:, FEATURES.index("habit_on")] = 0.25
    features[:, FEATURES.index("habit_setpoint")] = -1.5
    answers = rivals.habit(EARLY, LATE)(replace(TEST, features=features))
    assert answers["light_on"] == pytest.approx(0.25)
    assert isinstance(answers["setpoint"], Value)
    assert answers["setpoint"].median == pytest.approx(-1.5)


@pytest.mark.parametrize(("share", "level"), [(0.1, 0.5), (0.5, 0.8), (0.9, 1.0)])
def test_quantiles_of_a_level_are_levels_that_people_set(share: float, level: float) -> None:
    shares = np.zeros((1, LEVEL.size))
    shares[0, [4, 7, 9]] = 0.3, 0.5, 0.2
    assert quantile(LEVEL, shares, share)[0] == level
    assert value_of(LEVEL, shares).mean == pytest.approx(0.75)


@pytest.mark.parametrize("task", [LEVEL, SETPOINT], ids=lambda task: task.name)
def test_a_median_is_one_that_can_be_set_between_its_quantiles(task: Task) -> None:
    shares = np.random.default_rng(0).dirichlet(np.ones(task.size), 50)
    median = value_of(task, shares).median
    assert set(median) <= set(task.bins)
    low, high = (quantile(task, shares, share) for share in (0.1, 0.9))
    assert (low <= median).all()
    assert (median <= high).all()


def test_logits_become_chances_and_values_of_every_task_they_hold() -> None:
    logits = np.zeros((2, OUTPUTS), dtype=np.float32)
    logits[:, SLICE["light_on"]] = 2.0
    logits[0, SLICE["setpoint"].start + SETPOINT.bins.index(1.5)] = 20.0
    answers: Answers = decoded(logits, {"light_on": 2.0})
    assert set(answers) == set(COLUMN)
    assert answers["light_on"] == pytest.approx(1 / (1 + np.exp(-1)))
    warmth = answers["setpoint"]
    assert isinstance(warmth, Value)
    assert warmth.median[0] == 1.5
    early = decoded(logits[:, : SLICE["light_change"].start], {})
    assert set(early) == {task.name for task in TASKS if not task.late}


def test_figures_are_of_the_labelled_rows_alone() -> None:
    chance: Times = np.array([0.9, 0.1, 0.5])
    rows = EARLY.where(np.arange(3))
    labels = np.full_like(rows.labels, np.nan)
    labels[:2, COLUMN["light_on"]] = 1.0, 0.0
    found = figures_of({"light_on": chance, "lock_wanted": chance}, replace(rows, labels=labels))
    assert set(found) == {"light_on"}
    assert found["light_on"]["log_loss"] == pytest.approx(-np.log(0.9))


def library() -> None:
    for name in ("sklearn", "lightgbm"):
        pytest.importorskip(name, reason=f"{name} comes with homectl[evaluate]")
