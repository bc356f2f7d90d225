"""A challenger takes over only where it is better beyond chance and nowhere worse; days are counted, not minutes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calibrate import losses
from models.dataset import Rows
from models.features import FEATURES
from models.now import NOW
from models.promotion import DayLosses, agreement, judge
from models.tasks import COLUMN, OUTPUTS, SLICE, TASKS

LIGHT, LOCK, PRESENCE = "light_on", "lock_wanted", "presence_60"


def days_of(losses_by_task: dict[str, list[float]]) -> DayLosses:
    """One loss a day and task, of a hundred minutes each."""
    days = len(next(iter(losses_by_task.values())))
    sums, weights = np.zeros((days, len(TASKS))), np.zeros((days, len(TASKS)))
    for name, each in losses_by_task.items():
        sums[:, COLUMN[name]] = 100 * np.array(each)
        weights[:, COLUMN[name]] = 100
    return DayLosses(sums, weights)


WEEK = [0.30, 0.25, 0.35, 0.28, 0.31, 0.27, 0.33]


def changed(share: float) -> list[float]:
    return [loss * (1 + share) for loss in WEEK]


@pytest.mark.parametrize(
    ("light", "lock", "presence", "promoted", "said"),
    [
        (-0.05, 0.0, 0.0, True, "better: light on 5.0 % lower"),
        (-0.05, 0.004, 0.0, True, "nothing worse"),
        (-0.05, 0.006, 0.0, False, "worse: lock wanted 0.6 % higher"),
        (-0.05, 0.0, 0.02, False, "worse: presence 60 2.0 % higher"),
        (0.0, 0.0, 0.0, False, "nothing gained beyond chance"),
        (-0.004, 0.0, 0.0, False, "nothing gained beyond chance: at best light on 0.4 % lower"),
        (0.0, 0.0, -0.3, False, "nothing gained beyond chance"),
        (-0.05, -0.2, -0.3, True, "better: lock wanted 20.0 % lower"),
    ],
)
def test_one_task_better_and_none_worse_by_half_a_percent(
    light: float, lock: float, presence: float, promoted: bool, said: str
) -> None:
    champion = days_of({LIGHT: WEEK, LOCK: WEEK, PRESENCE: WEEK})
    challenger = days_of({LIGHT: changed(light), LOCK: changed(lock), PRESENCE: changed(presence)})
    verdict = judge(champion, challenger)
    assert verdict.promoted is promoted
    assert said in verdict.said


def test_one_lucky_day_is_no_evidence() -> None:
    challenger = days_of({LIGHT: [0.05, *(loss * 1.004 for loss in WEEK[1:])]})
    verdict = judge(days_of({LIGHT: WEEK}), challenger)
    [figure] = verdict.figures
    assert figure.change < -0.08
    assert figure.high > 0
    assert not verdict.promoted


def test_a_forecast_that_helps_only_the_trunk_is_given_the_benefit_of_the_doubt() -> None:
    doubtful = [0.36, 0.22, 0.41, 0.25, 0.33, 0.26, 0.31]
    champion = days_of({LIGHT: WEEK, PRESENCE: WEEK})
    assert judge(champion, days_of({LIGHT: changed(-0.05), PRESENCE: doubtful})).promoted
    assert not judge(champion, days_of({LIGHT: doubtful, PRESENCE: changed(-0.05)})).promoted


def test_too_few_days_say_how_many() -> None:
    verdict = judge(days_of({LIGHT: WEEK[:2]}), days_of({LIGHT: changed(-0.5)[:2]}))
    assert not verdict.promoted
    assert verdict.said == "too little to judge by: expected a setting with labels on 3 days, found 2 days"


def test_what_is_nearly_never_wrong_is_not_judged_by_shares_of_nothing() -> None:
    tiny = [0.0001] * 7
    champion = days_of({LIGHT: WEEK, LOCK: tiny})
    assert judge(champion, days_of({LIGHT: changed(-0.05), LOCK: [0.00015] * 7})).promoted
    assert not judge(champion, days_of({LIGHT: changed(-0.05), LOCK: [0.001] * 7})).promoted


@settings(max_examples=25)
@given(st.lists(st.floats(0.05, 1.0), min_size=3, max_size=14), st.integers(0, 5))
def test_a_network_never_beats_itself(each: list[float], seed: int) -> None:
    verdict = judge(days_of({LIGHT: each}), days_of({LIGHT: each}), seed=seed)
    assert not verdict.promoted
    assert all(figure.change == figure.low == figure.high == 0 for figure in verdict.figures)


def test_the_same_seed_gives_the_same_interval_and_the_figures_are_told_by_task() -> None:
    champion, challenger = days_of({LIGHT: WEEK}), days_of({LIGHT: WEEK[::-1]})
    one, again, other = (judge(champion, challenger, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one.figures != other.figures
    assert set(one.as_dict()) == {LIGHT}
    assert {"champion", "challenger", "change", "low", "high", "days"} <= set(one.as_dict()[LIGHT])


def rows(count: int, seed: int) -> Rows:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, (count, len(TASKS))).astype(np.float32)
    labels[rng.random(labels.shape) < 0.4] = np.nan
    return Rows(
        features=np.zeros((count, len(FEATURES)), np.float32),
        now=np.zeros((count, len(NOW)), np.float32),
        labels=labels,
        weights=rng.uniform(0.5, 20, count).astype(np.float32),
        at=np.arange(count, dtype=float),
        home=np.zeros(count, np.int32),
    )


def test_day_losses_are_weighted_sums_over_the_rows_of_a_day_at_a_task_s_temperature() -> None:
    given_rows, rng = rows(200, seed=3), np.random.default_rng(4)
    logits = rng.normal(0, 2, (200, OUTPUTS)).astype(np.float32)
    day = rng.integers(0, 4, 200)
    found = DayLosses.of(logits, given_rows, day, 5, {LIGHT: 2.0})
    label = given_rows.labels[:, COLUMN[LIGHT]]
    here = (day == 2) & np.isfinite(label)
    each = losses(TASKS[COLUMN[LIGHT]], logits[here][:, SLICE[LIGHT]].astype(float) / 2, label[here])
    assert found.sums[2, COLUMN[LIGHT]] == pytest.approx((each * given_rows.weights[here]).sum())
    assert found.weights[2, COLUMN[LIGHT]] == pytest.approx(given_rows.weights[here].sum())
    assert (found.weights[4] == 0).all()
    daily = found.sums[:4, COLUMN[LIGHT]] / found.weights[:4, COLUMN[LIGHT]]
    assert found.by_day()[LIGHT] == pytest.approx(daily)


def test_agreement_is_the_share_of_equal_answers() -> None:
    given_rows, logits = rows(100, seed=5), np.random.default_rng(6).normal(0, 1, (100, OUTPUTS)).astype(np.float32)
    assert set(agreement(logits, logits, given_rows).values()) == {1.0}
    assert agreement(logits, -logits, given_rows)[LIGHT] == 0.0
