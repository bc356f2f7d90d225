"""Of a few days the heads learn, of weeks the whole network, and nothing is kept that loses more."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from models import checkpoint
from models.features import FEATURES, Array
from models.network import Shape
from models.refine import LONG, refined
from models.train import Recipe, train
from tests.models.problems import planted


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that has learned nothing of the problem yet."""
    folder = tmp_path_factory.mktemp("start")
    rows = planted(512, 0)
    small = Shape(bins=4, width=16, head=8)
    net = train(rows, rows, Recipe(shape=small, epochs=1, steps_per_epoch=1, batch=64)).net
    told = {"name": "start", "version": checkpoint.VERSION, "features": FEATURES, "depth": net.shape.depth}
    checkpoint.save(folder, net.arrays(), checkpoint.Manifest(tasks=checkpoint.tasks_now(), **told))
    return folder


def taught(start: Path, span: float, *, shuffled: bool = False) -> tuple[dict[str, Array], dict[str, Array]]:
    """The weights before, and after learning from rows that lie in so many seconds."""
    rows, stop = planted(300, 1, shuffled=shuffled), planted(300, 2)
    rows = replace(rows, at=np.linspace(0, span, len(rows)))
    weights, _ = refined(rows, stop, start)
    return load_file(start / checkpoint.WEIGHTS), weights


@pytest.mark.parametrize(("span", "moves"), [(LONG - 1, False), (LONG, True)])
def test_the_trunk_learns_only_from_three_weeks_or_more(start: Path, span: float, moves: bool) -> None:
    before, after = taught(start, span)
    trunk = [name for name in before if name.startswith("trunk.")]
    assert any((before[name] != after[name]).any() for name in trunk) == moves
    assert (before["heads.light_on.answer.weight"] != after["heads.light_on.answer.weight"]).any()


@pytest.mark.parametrize("span", [LONG - 1, LONG])
def test_a_head_that_nothing_taught_stays_as_it_came(start: Path, span: float) -> None:
    before, after = taught(start, span)
    untaught = [name for name in before if name.startswith("heads.lock_wanted.")]
    assert untaught
    assert all(np.allclose(before[name], after[name], atol=0.02) for name in untaught)


def test_what_betters_nothing_is_refused(start: Path) -> None:
    stop = planted(300, 2)
    with pytest.raises(ValueError, match="no task was answered better"):
        refined(planted(300, 1), replace(stop, labels=1 - stop.labels), start)
