"""The network learns what is there and nothing else, and answers the same in torch and in numpy."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.balance import constant_losses, shares, task_losses, total
from models.calibrate import losses, temperatures
from models.dataset import Rows
from models.features import FEATURES
from models.inference import Network
from models.network import HomeNet, Shape, pieces_of
from models.now import NOW
from models.tasks import COLUMN, EARLY, OUTPUTS, SLICE, TASKS, Task
from models.tiles import LARGE, TILE, by_tiles, quickest
from models.train import Recipe, train
from tests.models.problems import planted

QUICK = Recipe(epochs=6, batch=256, patience=6)


def random_net(seed: int) -> HomeNet:
    torch.manual_seed(seed)
    rows = np.random.default_rng(seed).normal(size=(500, len(FEATURES))).astype(np.float32)
    net = HomeNet(Shape(), *pieces_of(rows, Shape().bins))
    for head in net.heads.values():
        torch.nn.init.normal_(head.skip.weight, std=0.1)
    return net.eval()


NET = random_net(1)
SERVED = Network(NET.arrays(), depth=Shape().depth)


def loss_of(net: HomeNet, rows: Rows) -> float:
    """The lamp's log loss in units of its constant predictor's."""
    labels, weights = torch.from_numpy(rows.labels), torch.from_numpy(rows.weights)
    with torch.inference_mode():
        found = task_losses(net(torch.from_numpy(rows.features), torch.from_numpy(rows.now)), labels, weights)
    return float(found["light_on"]) / constant_losses(labels, weights)["light_on"]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 3 * LARGE), st.floats(0.1, 1e4))
def test_numpy_answers_as_torch_does(seed: int, count: int, scale: float) -> None:
    rows = (np.random.default_rng(seed).normal(size=(count, len(FEATURES))) * scale).astype(np.float32)
    now = np.random.default_rng(seed).normal(size=(count, len(NOW))).astype(np.float32)
    with torch.inference_mode():
        expected = NET(torch.from_numpy(rows), torch.from_numpy(now)).numpy()
    np.testing.assert_allclose(SERVED(rows, now), expected, atol=1e-5)
    assert SERVED(rows).tobytes() == SERVED(rows, now)[:, :EARLY].tobytes()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 499), min_size=1, max_size=10))
def test_a_row_s_answer_is_the_same_bytes_alone_and_among_many(seed: int, chosen: list[int]) -> None:
    rows = np.random.default_rng(seed).normal(size=(500, len(FEATURES))).astype(np.float32)
    together = SERVED(rows)
    for place in chosen:
        assert SERVED(rows[place : place + 1]).tobytes() == together[place].tobytes()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["pieces", "trunk"]))
def test_quick_tiles_are_taken_only_where_they_give_the_same_bytes(seed: int, layer: str) -> None:
    """The check when weights are loaded tries some rows; these are others."""
    weight = SERVED._first if layer == "pieces" else SERVED._trunk[0][0]
    tile = quickest([weight])
    assert tile in (TILE, LARGE)
    rows = np.random.default_rng(seed).normal(size=(2 * LARGE, len(weight))).astype(np.float32)
    assert by_tiles(rows, weight, tile).tobytes() == by_tiles(rows, weight).tobytes()


def test_a_planted_habit_is_learned() -> None:
    trained = train(planted(4000, 1), planted(1000, 2), QUICK)
    assert loss_of(trained.net, planted(2000, 3)) < 0.6  # the labels' own noise leaves about 0.5


def test_shuffled_labels_teach_nothing() -> None:
    trained = train(planted(4000, 1, shuffled=True), planted(1000, 2, shuffled=True), QUICK)
    assert loss_of(trained.net, planted(2000, 3, shuffled=True)) == pytest.approx(1.0, abs=0.05)


def test_the_same_seed_gives_the_same_weights() -> None:
    rows, held_out, recipe = planted(500, 1), planted(200, 2), Recipe(epochs=1, batch=128, seed=5)
    first, second = (train(rows, held_out, recipe).net.arrays() for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_a_head_without_labels_gets_no_gradient() -> None:
    net, rows = random_net(2).train(), planted(64, 1)
    labels, weights = torch.from_numpy(rows.labels), torch.from_numpy(rows.weights)
    total(
        task_losses(net(torch.from_numpy(rows.features), torch.from_numpy(rows.now)), labels, weights),
        constant_losses(labels, weights),
    ).backward()
    touched = {name for name, weight in net.named_parameters() if weight.grad is not None and weight.grad.any()}
    assert any(name.startswith("heads.light_on.") for name in touched)
    assert not any(name.startswith("heads.") and not name.startswith("heads.light_on.") for name in touched)


def test_one_unlabelled_row_has_no_part_in_a_loss() -> None:
    rows = planted(100, 1)
    answers = torch.randn(100, OUTPUTS)
    labels, weights = torch.from_numpy(rows.labels), torch.from_numpy(rows.weights)
    before = task_losses(answers[:50], labels[:50], weights[:50])["light_on"]
    labels[50:] = torch.nan
    assert task_losses(answers, labels, weights)["light_on"] == pytest.approx(float(before), rel=1e-6)


@pytest.mark.parametrize(
    ("degrees", "bins"),
    [(0.0, {0.0: 1.0}), (0.25, {0.0: 0.5, 0.5: 0.5}), (-6.0, {-6.0: 1.0}), (99.0, {6.0: 1.0})],
)
def test_a_value_is_shared_by_the_two_bins_around_it(degrees: float, bins: dict[float, float]) -> None:
    task = TASKS[COLUMN["setpoint"]]
    found = shares(task, torch.tensor([degrees]))[0].numpy()
    assert {c: pytest.approx(float(s)) for c, s in zip(task.bins, found, strict=True) if s > 0} == bins


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_numpy_loses_what_torch_loses(task: Task) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(50, task.size)).astype(np.float32)
    label = (rng.uniform(-7, 7, 50) if task.bins else rng.integers(2, size=50)).astype(np.float32)
    answers = torch.zeros(50, OUTPUTS)
    answers[:, SLICE[task.name]] = torch.from_numpy(logits)
    labels = torch.full((50, len(TASKS)), torch.nan)
    labels[:, COLUMN[task.name]] = torch.from_numpy(label)
    expected = float(task_losses(answers, labels, torch.ones(50))[task.name])
    assert losses(task, logits.astype(np.float64), label).mean() == pytest.approx(expected, rel=1e-5)


def test_a_temperature_undoes_overconfidence() -> None:
    rows = planted(4000, 1)
    rng, honest = np.random.default_rng(0), np.zeros((4000, OUTPUTS), dtype=np.float32)
    honest[:, 0] = rng.normal(size=4000) * 2
    rows.labels[:, COLUMN["light_on"]] = rng.random(4000) < 1 / (1 + np.exp(-honest[:, 0]))
    assert temperatures(honest, rows)["light_on"] == pytest.approx(1.0, abs=0.1)
    assert temperatures(honest * 2, rows)["light_on"] == pytest.approx(2.0, abs=0.2)


def test_a_column_that_never_changes_is_never_seen() -> None:
    rows = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    rows[:, 1] = 4.0
    _, slope = pieces_of(rows, 8)
    assert not slope[1].any()
    assert slope[0].all()


ALONE_AND_AMONG = """
import homectl
import numpy as np
from pathlib import Path
from models.checkpoint import BASE, load
network = load(BASE)[0]
rows = np.random.default_rng(1).normal(size=(200, network.inputs)).astype(np.float32)
whole = network(rows)
print(all((network(rows[n:n + 1])[0] == whole[n]).all() for n in range(200)))
"""


@pytest.mark.parametrize("core", ["Haswell", "Zen", "SkylakeX", "Sandybridge"])
def test_a_row_s_answer_is_the_same_on_its_own_whatever_kernel_the_matrix_library_picks(core: str) -> None:
    if not _runs(core):
        pytest.skip(f"this machine's processor cannot run the {core} kernels")
    done = subprocess.run(
        [sys.executable, "-c", ALONE_AND_AMONG],
        env=os.environ | {"OPENBLAS_CORETYPE": core},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "True"


def _runs(core: str) -> bool:
    needs = {"Haswell": "avx2", "Zen": "avx2", "SkylakeX": "avx512f", "Sandybridge": "avx"}[core]
    known = Path("/proc/cpuinfo")
    return known.exists() and f" {needs} " in known.read_text().replace("\n", " ")
