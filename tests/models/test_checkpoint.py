"""A checkpoint says what it is for, and is refused by name where it does not fit."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from homectl.home import CheckpointMismatch
from models import checkpoint
from models.features import FEATURES
from models.inference import Network
from models.network import HomeNet, Shape, pieces_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = np.random.default_rng(0).normal(size=(100, len(FEATURES))).astype(np.float32)
    net = HomeNet(Shape(), *pieces_of(rows, Shape().bins))
    manifest = checkpoint.Manifest(
        name="test-1",
        version=checkpoint.VERSION,
        features=FEATURES,
        tasks=checkpoint.tasks_now(),
        depth=3,
        temperatures={"light_on": 1.1},
        data={"homes": 1},
    )
    checkpoint.save(tmp_path / "net", net.arrays(), manifest)
    return tmp_path / "net"


def edited(folder: Path, **changes: Any) -> Path:
    path = folder / checkpoint.MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    return folder


def test_what_was_saved_is_loaded(folder: Path) -> None:
    network, manifest = checkpoint.load(folder)
    assert isinstance(network, Network)
    assert manifest.name == "test-1"
    assert manifest.temperatures == {"light_on": 1.1}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"features": [*FEATURES, "moon"]}, "unknown 'moon'"),
        ({"features": [name for name in FEATURES if name != "sun"]}, "without 'sun'"),
        ({"features": list(reversed(FEATURES))}, "in another order"),
        ({"tasks": {**checkpoint.tasks_now(), "setpoint": 7}}, "unknown 'setpoint:7'"),
        ({"tasks": {"light_on": 1}}, "without 'light_level:10'"),
        ({"version": 0}, "version 0"),
        ({"surprise": 1}, "surprise"),
        ({"architecture": "textbook"}, "got a textbook"),
        ({"depth": 4}, "trunk.3"),
        ({"temperatures": {"dance": 1.0}}, "unknown 'dance'"),
        ({"temperatures": {"light_on": 0.0}}, "temperatures.light_on"),
        ({"changes": {"light sideways": [1.0, 0.0]}}, "unknown 'light sideways'"),
    ],
)
def test_other_features_tasks_or_shapes_are_refused_by_name(folder: Path, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(CheckpointMismatch) as refusal:
        checkpoint.load(edited(folder, **changes))
    assert named in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_another_architecture_can_be_read_but_is_not_served(folder: Path) -> None:
    weights, manifest = checkpoint.read(edited(folder, architecture="textbook"))
    assert manifest.architecture == "textbook"
    assert weights.keys() == load_file(folder / checkpoint.WEIGHTS).keys()


@pytest.mark.parametrize("name", ["pieces.low", "trunk.1.weight", "heads.light_on.answer.bias"])
def test_weights_of_other_sizes_are_refused(folder: Path, name: str) -> None:
    weights = load_file(folder / checkpoint.WEIGHTS)
    save_file({**weights, name: np.zeros((7, 7), dtype=np.float32)}, folder / checkpoint.WEIGHTS)
    with pytest.raises(CheckpointMismatch, match="train again"):
        checkpoint.load(folder)


@pytest.mark.parametrize("name", [checkpoint.WEIGHTS, checkpoint.MANIFEST])
@pytest.mark.parametrize("content", [None, b"", b"\x80\x04K\x01."], ids=["missing", "empty", "a pickle"])
def test_a_broken_file_is_refused_in_one_line(folder: Path, name: str, content: bytes | None) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(CheckpointMismatch) as refusal:
        checkpoint.load(folder)
    assert "\n" not in str(refusal.value)


def test_weights_too_large_to_ship_are_not_written(tmp_path: Path) -> None:
    manifest = checkpoint.Manifest(name="x", version=1, features=FEATURES, tasks=checkpoint.tasks_now(), depth=3)
    with pytest.raises(ValueError, match="below 5000000 bytes"):
        checkpoint.save(tmp_path, {"trunk": np.zeros(2_000_000, dtype=np.float32)}, manifest)


def test_the_shipped_weights_answer_without_torch() -> None:
    code = (
        "import sys, numpy as np; from models.policy import NetworkPolicy; from tests.models.logs import HOME, START,"
        " household; p = NetworkPolicy.load(None); print(len(p.predict(HOME, household(days=2), START, HOME.targets)));"
        " sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "4"


def test_the_shipped_weights_are_small() -> None:
    size = sum(path.stat().st_size for path in checkpoint.BASE.iterdir())
    assert size < checkpoint.LARGEST
