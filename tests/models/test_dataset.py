"""Rows are a fair sample of what life answered, split where nothing leaks."""

import numpy as np
import pytest

from homectl.home import History, Kind, Quantity
from models.dataset import Rows, Sampling, moments, rows_of, span_of, split_by_home, split_by_time
from models.features import FEATURES
from models.tasks import COLUMN, TASKS
from tests.models.logs import DAY, HOME, START, household

HISTORY = household(days=10)
ALL = Sampling(light=(1.0, 1.0), setpoint=(1.0, 1.0), lock=(1.0, 1.0))


def rows(sampling: Sampling | None = None, seed: int = 0) -> Rows:
    return rows_of(HOME, HISTORY, number=3, seed=seed, sampling=sampling)


def weighted_mean(found: Rows, task: str) -> float:
    label = found.labels[:, COLUMN[task]]
    known = np.isfinite(label)
    return float(np.average(label[known], weights=found.weights[known]))


def test_rows_are_aligned_finite_and_labelled() -> None:
    found = rows()
    assert found.features.shape == (len(found), len(FEATURES))
    assert found.labels.shape == (len(found), len(TASKS))
    assert np.isfinite(found.features).all()
    assert np.isfinite(found.labels).any(axis=1).all()
    assert (found.home == 3).all()
    assert found.at.min() >= span_of(HISTORY)[0] + DAY  # the first day is only past


@pytest.mark.parametrize("task", ["light_on", "setpoint", "lock_wanted"])
def test_a_weighted_sample_has_the_means_of_the_whole(task: str) -> None:
    drawn = np.mean([weighted_mean(rows(seed=seed), task) for seed in range(8)])
    assert drawn == pytest.approx(weighted_mean(rows(ALL), task), abs=0.06)


def test_the_same_seed_draws_the_same_rows() -> None:
    first, second, third = rows(seed=1), rows(seed=1), rows(seed=2)
    assert first.at.tobytes() == second.at.tobytes()
    assert first.at.tobytes() != third.at.tobytes()


def test_moments_include_the_instant_of_every_motion() -> None:
    times = moments(HOME, HISTORY, START + DAY, START + 2 * DAY, np.random.default_rng(0))
    track = HISTORY.track("kitchen-motion", Quantity.MOTION)
    assert track is not None
    began = track.times[(track.values == 1) & (track.times >= START + DAY) & (track.times < START + 2 * DAY)]
    assert np.isin(began, times).all()
    assert (np.diff(times) > 0).all()
    assert len(times) >= 1440


def test_time_is_split_with_a_gap() -> None:
    early, late = split_by_time(rows(), share=0.3, gap=DAY / 2)
    assert late.at.min() - early.at.max() >= DAY / 2
    assert len(early) > len(late) > 0


def test_homes_are_held_out_whole() -> None:
    joined = Rows.join([rows_of(HOME, HISTORY, number=n, seed=0) for n in range(3)])
    early, late = split_by_home(joined, [1])
    assert set(early.home) == {0, 2}
    assert set(late.home) == {1}
    assert len(early) + len(late) == len(joined)


def test_an_empty_log_gives_no_rows() -> None:
    assert len(rows_of(HOME, History(), number=0, seed=0)) == 0
    assert len(Rows.join([])) == 0


def test_lamps_are_sampled_less_than_the_rest() -> None:
    chance = Sampling().chance
    near = np.array([True, False])
    assert (chance(Kind.LIGHT, near) < chance(Kind.LOCK, near)).all()
