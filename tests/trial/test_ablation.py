"""The ablation of the balance: what it trains, what it counts, and what it prints."""

from dataclasses import replace

import numpy as np
import pytest

from homectl.trial.ablation import MAIN, SINGLE, Run, Split, compare, deltas, figures, table
from models.dataset import Rows
from models.network import Shape
from models.tasks import COLUMN
from models.train import Recipe
from tests.models.problems import planted

QUICK = Recipe(epochs=2, batch=256, shape=Shape(bins=4, width=16, depth=2, head=8))


def of_all_tasks(count: int, seed: int) -> Rows:
    """The planted lamp, and three other tasks that want the same."""
    rows = planted(count, seed)
    lamp = rows.labels[:, COLUMN["light_on"]]
    rows.labels[:, COLUMN["light_level"]] = 0.2 + 0.6 * lamp
    rows.labels[:, COLUMN["setpoint"]] = 2 * lamp - 1
    rows.labels[:, COLUMN["lock_wanted"]] = 1 - lamp
    return rows


def run_of(scheme: str, seed: int, loss: float) -> Run:
    return Run(scheme, seed, dict.fromkeys(MAIN, loss), 10, 1.0)


def test_every_scheme_is_trained_with_every_seed_beside_single_networks() -> None:
    rows = Split(of_all_tasks(400, 1), of_all_tasks(200, 2), of_all_tasks(200, 3))
    runs = compare(rows, ["sum", "uw"], range(2), QUICK, lambda _what, _share: None)
    assert sorted((run.scheme, run.seed) for run in runs) == [(s, n) for s in (SINGLE, "sum", "uw") for n in range(2)]
    assert all(run.losses.keys() == set(MAIN) and all(np.isfinite(list(run.losses.values()))) for run in runs)
    single, joint = (next(run for run in runs if run.scheme == scheme) for scheme in (SINGLE, "sum"))
    assert single.parameters > 3 * (joint.parameters - 10_000)
    assert len({run.losses["light_on"] for run in runs}) == len(runs)


@pytest.mark.parametrize(("joint", "expected"), [(0.5, 0.0), (0.4, 0.2), (0.6, -0.2)])
def test_delta_is_the_mean_gain_over_single_networks(joint: float, expected: float) -> None:
    assert deltas([run_of(SINGLE, 0, 0.5), run_of("sum", 0, joint)], "sum") == pytest.approx([expected])


def test_a_scheme_is_measured_against_the_single_networks_of_its_own_seed() -> None:
    runs = [run_of(SINGLE, 0, 0.5), run_of(SINGLE, 1, 1.0), run_of("uw", 0, 0.5), run_of("uw", 1, 0.5)]
    assert deltas(runs, "uw") == pytest.approx([0.0, 0.5])
    assert figures(runs)["uw"]["delta"] == pytest.approx((0.25, 0.5 / np.sqrt(2)))


def test_the_table_has_a_line_for_each_scheme_with_its_spread() -> None:
    runs = [run_of(SINGLE, 0, 0.5), run_of("sum", 0, 0.4), run_of(SINGLE, 1, 0.5), replace(run_of("sum", 1, 0.3))]
    heading, single, joint = table(runs)
    assert all(name in heading for name in (*MAIN, "Δm %"))
    assert "0.5000 ± 0.0000" in single
    assert "+30.00 ± 14.14" in joint
