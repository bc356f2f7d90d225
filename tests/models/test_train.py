"""Training: what it refuses, where it stops, what it goes on from, and what it tells."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from homectl.home import CheckpointMismatch, UsageError
from models import unfinished
from models.dataset import Rows
from models.features import FEATURES, Array
from models.inference import Network
from models.network import Shape
from models.now import NOW
from models.soundness import demand_sound
from models.tasks import COLUMN, OUTPUTS, SLICE, TASKS
from models.train import FINE, RECIPES, Recipe, answers, restored, train, validation_losses
from models.trained import weighted
from tests.models.problems import planted

SMALL = Shape(bins=4, width=16, depth=2, head=8)
QUICK = Recipe(epochs=4, batch=128, shape=SMALL)
ROWS, HELD_OUT = planted(600, 1), planted(300, 2)


class Interruption(Exception):
    pass


def interrupted_after(last: int) -> Callable[[int, int, float], None]:
    def progress(epoch: int, _of: int, _loss: float) -> None:
        if epoch == last:
            raise Interruption

    return progress


def same(first: dict[str, Array], second: dict[str, Array]) -> bool:
    return first.keys() == second.keys() and all(np.array_equal(first[n], second[n]) for n in first)


def lamp_loss(net_answers: Array, rows: Rows) -> float:
    margin = np.where(rows.labels[:, COLUMN["light_on"]] > 0, 1, -1) * net_answers[:, SLICE["light_on"]][:, 0]
    return float(np.logaddexp(0, -margin).mean())


@pytest.mark.parametrize("last", [1, 3])
@pytest.mark.parametrize(
    "recipe",
    [
        QUICK,
        replace(QUICK, balance="uw"),
        replace(QUICK, balance="pcgrad"),
        replace(QUICK, steps_per_epoch=3),
        replace(RECIPES["textbook"], epochs=4),
    ],
    ids=["sum", "uw", "pcgrad", "steps", "textbook"],
)
def test_an_interrupted_run_ends_in_the_same_weights_bit_for_bit(recipe: Recipe, last: int, tmp_path: Path) -> None:
    whole = train(ROWS, HELD_OUT, recipe)
    with pytest.raises(Interruption):
        train(ROWS, HELD_OUT, recipe, interrupted_after(last), folder=tmp_path)
    epochs: list[int] = []
    resumed = train(ROWS, HELD_OUT, recipe, lambda epoch, _of, _loss: epochs.append(epoch), folder=tmp_path)
    assert epochs == list(range(last + 1, recipe.epochs + 1))
    assert same(resumed.net.arrays(), whole.net.arrays())
    assert (resumed.training, resumed.validation, resumed.curves) == (whole.training, whole.validation, whole.curves)


@pytest.mark.parametrize(
    ("rows", "recipe", "named"),
    [
        (planted(600, 7), QUICK, "other rows;"),
        (ROWS, replace(QUICK, rate=1e-4, seed=8), "other seed, rate;"),
        (ROWS, replace(QUICK, shape=replace(SMALL, width=24)), "other shape;"),
    ],
    ids=["rows", "recipe", "shape"],
)
def test_a_run_is_not_gone_on_with_by_another(rows: Rows, recipe: Recipe, named: str, tmp_path: Path) -> None:
    train(ROWS, HELD_OUT, replace(QUICK, epochs=4), folder=tmp_path)
    with pytest.raises(UsageError, match=named):
        train(rows, HELD_OUT, recipe, folder=tmp_path)


def test_a_broken_run_is_refused_in_one_line_and_can_be_discarded(tmp_path: Path) -> None:
    (tmp_path / unfinished.FILE).write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(CheckpointMismatch, match="without --resume") as refusal:
        train(ROWS, HELD_OUT, QUICK, folder=tmp_path)
    assert "\n" not in str(refusal.value)
    unfinished.discard(tmp_path)
    assert len(train(ROWS, HELD_OUT, QUICK, folder=tmp_path).validation) == QUICK.epochs


def test_training_stops_when_held_out_rows_no_longer_gain() -> None:
    noise = planted(300, 1, shuffled=True), planted(300, 2, shuffled=True)
    trained = train(*noise, Recipe(epochs=40, batch=32, rate=1e-2, warm=0, patience=3, shape=SMALL))
    assert len(trained.validation) == trained.best + 3 < 40
    assert trained.validation[trained.best - 1] == min(trained.validation)
    assert weighted(validation_losses(trained.net, noise[1], trained.constants)) == min(trained.validation)


def test_fine_tuning_keeps_the_encoding_and_betters_the_start() -> None:
    start = train(planted(600, 3, shuffled=True), HELD_OUT, replace(QUICK, epochs=1)).net.arrays()
    tuned = train(ROWS, HELD_OUT, replace(FINE, rate=1e-2, steps_per_epoch=5), start=start)
    assert tuned.before == pytest.approx(1.0, abs=0.1)
    assert min(tuned.validation) < 0.8
    assert tuned.net.shape == replace(SMALL, dropout=FINE.shape.dropout)
    for name in ("pieces.low", "pieces.slope"):
        assert np.array_equal(tuned.net.arrays()[name], start[name])


def test_a_start_that_is_never_bettered_is_kept_as_it_is() -> None:
    start = train(ROWS, HELD_OUT, replace(QUICK, batch=32, rate=1e-2)).net.arrays()
    quick = replace(FINE, rate=0.1, steps_per_epoch=5)
    spoiled = train(planted(600, 1, shuffled=True), HELD_OUT, quick, start=start)
    assert spoiled.best == 0
    assert len(spoiled.validation) == FINE.patience
    assert same(spoiled.net.arrays(), start)


def also_locks(rows: Rows, *, turned: bool) -> Rows:
    """Rows whose lock is wanted as the lamp is, or just when it is not."""
    labels = rows.labels.copy()
    lamp = labels[:, COLUMN["light_on"]]
    labels[:, COLUMN["lock_wanted"]] = 1 - lamp if turned else lamp
    return replace(rows, labels=labels)


def test_with_the_trunk_as_it_is_each_head_is_kept_at_its_own_best_epoch() -> None:
    held_out = also_locks(HELD_OUT, turned=False)
    start = train(also_locks(ROWS, turned=False), held_out, replace(QUICK, epochs=1)).net.arrays()
    recipe = replace(QUICK, frozen=("trunk",), epochs=6, rate=0.02, warm=0)
    trained = train(also_locks(ROWS, turned=True), held_out, recipe, start=start)
    kept = validation_losses(trained.net, held_out, trained.constants)
    assert kept == pytest.approx({n: min(curve.before, *curve.validation) for n, curve in trained.curves.items()})
    assert trained.curves["lock_wanted"].best == 0 < trained.curves["light_on"].best
    assert weighted(kept) < min(trained.before, *trained.validation)


def test_a_start_may_hold_more_than_the_network() -> None:
    start = train(ROWS, HELD_OUT, replace(QUICK, epochs=1)).net.arrays()
    more = {**start, "distance.mean": np.zeros(3, np.float32)}
    assert same(restored("homenet", more).arrays(), start)


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda weights: {**weights, "trunk.1.weight": np.zeros((3, 3), np.float32)}, "homenet"),
        (lambda weights: {"standard.mean": np.zeros(4, np.float32)}, "homenet"),
        (lambda weights: {}, "homenet"),
    ],
    ids=["other sizes", "another architecture", "nothing"],
)
def test_a_start_that_does_not_fit_is_refused_in_one_line(
    spoil: Callable[[dict[str, Array]], dict[str, Array]], named: str
) -> None:
    start = train(ROWS, HELD_OUT, replace(QUICK, epochs=1)).net.arrays()
    with pytest.raises(CheckpointMismatch, match=named) as refusal:
        train(ROWS, HELD_OUT, FINE, start=spoil(start))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("architecture", RECIPES)
def test_a_task_without_labels_is_named_and_does_not_know(architecture: str) -> None:
    trained = train(ROWS, HELD_OUT, replace(RECIPES[architecture], epochs=4, batch=64, shape=SMALL))
    assert trained.unlabelled == tuple(task.name for task in TASKS if task.name != "light_on")
    found = answers(trained.net, HELD_OUT)
    assert found.shape == (len(HELD_OUT), OUTPUTS)
    assert np.ptp(found[:, SLICE["light_on"]]) > 0.1
    assert not found[:, SLICE["setpoint"]].any()
    assert not found[:, SLICE["lock_change"]].any()


@pytest.mark.parametrize("architecture", RECIPES)
def test_every_architecture_learns_the_planted_habit_and_is_restored_from_its_weights(architecture: str) -> None:
    trained = train(planted(3000, 1), HELD_OUT, replace(RECIPES[architecture], epochs=6, batch=128))
    assert (
        lamp_loss(answers(trained.net, planted(2000, 3)), planted(2000, 3)) < 0.45
    )  # noise leaves 0.33, a constant 0.65
    again = restored(architecture, trained.net.arrays())
    assert np.array_equal(answers(again, HELD_OUT), answers(trained.net, HELD_OUT))


def test_what_torch_answers_in_blocks_is_what_is_served() -> None:
    trained = train(ROWS, HELD_OUT, QUICK)
    served = Network(trained.net.arrays(), depth=SMALL.depth)(HELD_OUT.features, HELD_OUT.now)
    np.testing.assert_allclose(answers(trained.net, HELD_OUT), served, atol=1e-5)


def test_the_curve_of_the_sum_is_the_sum_of_the_tasks_curves() -> None:
    rows, held_out = planted(600, 1), planted(300, 2)
    for part in (rows, held_out):
        part.labels[:, COLUMN["presence_30"]] = 1 - part.labels[:, COLUMN["light_on"]]
    trained = train(rows, held_out, QUICK)
    for epoch in range(QUICK.epochs):
        assert trained.validation[epoch] == pytest.approx(
            weighted({name: curve.validation[epoch] for name, curve in trained.curves.items()})
        )
    assert trained.curves.keys() == {"light_on", "presence_30"}


NOT_NUMBERS = [
    ("features", (3, FEATURES.index("sun")), np.nan, "sun"),
    ("features", (3, FEATURES.index("motion_now")), np.inf, "motion_now"),
    ("now", (3, 0), np.nan, NOW[0]),
    ("labels", (3, COLUMN["setpoint"]), -np.inf, "label setpoint"),
    ("weights", 3, np.nan, "weight"),
    ("weights", 3, 0.0, "weight"),
]


@pytest.mark.parametrize(("array", "place", "value", "named"), NOT_NUMBERS)
def test_what_is_no_number_is_refused_by_name(array: str, place: tuple[int, int], value: float, named: str) -> None:
    rows = planted(100, 1)
    getattr(rows, array)[place] = value
    with pytest.raises(ValueError, match=f"held-out rows, got others in {named}$"):
        train(ROWS, rows, QUICK)


def test_an_unknown_label_is_no_odd_number() -> None:
    demand_sound(ROWS, "rows")


@pytest.mark.parametrize("side", [0, 1], ids=["to learn from", "held out"])
def test_rows_without_labels_are_refused(side: int) -> None:
    parts = [ROWS, HELD_OUT]
    parts[side] = replace(parts[side], labels=np.full_like(parts[side].labels, np.nan))
    with pytest.raises(ValueError, match="labels of the same tasks"):
        train(*parts, QUICK)


@pytest.mark.parametrize(
    ("change", "named"), [({"balance": "gradnorm"}, "'gradnorm'"), ({"architecture": "lstm"}, "'lstm'")]
)
def test_a_recipe_that_nobody_knows_is_refused_by_name(change: dict[str, str], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        train(ROWS, HELD_OUT, replace(QUICK, **change))


def test_rows_are_left_as_they_were() -> None:
    rows = planted(200, 1)
    train(rows, HELD_OUT, QUICK)
    for each in fields(Rows):
        assert np.array_equal(getattr(rows, each.name), getattr(planted(200, 1), each.name), equal_nan=True)
