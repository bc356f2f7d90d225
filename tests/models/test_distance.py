"""What is far from all that was seen in training is known as such, whoever asks and however many rows at once."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from homectl.home import CheckpointMismatch
from models.dataset import Rows
from models.distance import COLUMNS, FAR, FEWEST, STATISTICS, Familiar, fit_statistics
from models.features import FEATURES, UNKNOWN_AGE, Array
from tests.models.problems import planted

SEEN = planted(4000, seed=0)


def ordinary(count: int, seed: int) -> Rows:
    """Rows in which every column that counts is a number around 20; a fifth have no thermometer."""
    rows, rng = planted(count, seed), np.random.default_rng(seed)
    for name in COLUMNS:
        rows.features[:, FEATURES.index(name)] = rng.normal(20, 3, count)
    for name in ("motion_known", "front_known"):
        rows.features[:, FEATURES.index(name)] = 1
    without = rng.random(count) < 0.2
    rows.features[without, FEATURES.index("temperature_age")] = UNKNOWN_AGE
    rows.features[without, FEATURES.index("temperature")] = 0
    return rows


ROWS = ordinary(4000, 1)
FAMILIAR = Familiar.of(ROWS)


def with_column(name: str, value: float) -> Array:
    features = ROWS.features[:200].copy()
    features[:, FEATURES.index("temperature_age")] = 0
    features[:, FEATURES.index("temperature")] = 20
    features[:, FEATURES.index(name)] = value
    return features


def test_one_row_in_two_hundred_of_those_seen_is_unfamiliar() -> None:
    assert FAMILIAR is not None
    assert FAMILIAR.unfamiliar(ROWS.features).mean() == pytest.approx(1 - FAR, abs=0.001)
    assert FAMILIAR.unfamiliar(ordinary(4000, 2).features).mean() < 0.02


@pytest.mark.parametrize("name", ["temperature", "other_light", "since_motion", "sun"])
def test_a_value_that_never_was_is_unfamiliar(name: str) -> None:
    assert FAMILIAR is not None
    assert FAMILIAR.unfamiliar(with_column(name, 60.0)).mean() > 0.9
    assert FAMILIAR.unfamiliar(with_column(name, 20.0)).mean() < 0.02


def test_what_is_not_known_is_ordinary() -> None:
    assert FAMILIAR is not None
    unknown = with_column("temperature", 1000.0)
    unknown[:, FEATURES.index("temperature_age")] = UNKNOWN_AGE
    assert FAMILIAR.unfamiliar(unknown).mean() < 0.02


@given(st.lists(st.integers(0, len(ROWS) - 1), min_size=1, max_size=40))
def test_a_row_is_as_far_alone_as_among_many(places: list[int]) -> None:
    assert FAMILIAR is not None
    many = FAMILIAR.distance(ROWS.features[places])
    alone = [FAMILIAR.distance(ROWS.features[place : place + 1])[0] for place in places]
    assert many.tobytes() == np.array(alone).tobytes()


def test_statistics_are_small_and_read_back(tmp_path: Path) -> None:
    fit_statistics(ROWS, tmp_path)
    read = Familiar.load(tmp_path)
    assert FAMILIAR is not None
    assert read is not None
    assert (tmp_path / STATISTICS).stat().st_size < 100_000
    assert read.distance(ROWS.features).tobytes() == FAMILIAR.distance(ROWS.features).tobytes()


def test_too_few_rows_leave_no_statistics_behind(tmp_path: Path) -> None:
    fit_statistics(ROWS, tmp_path)
    fit_statistics(ROWS.where(np.arange(FEWEST - 1)), tmp_path)
    assert Familiar.load(tmp_path) is None


def test_statistics_of_other_columns_are_refused(tmp_path: Path) -> None:
    fit_statistics(ROWS, tmp_path)
    buffers = load_file(tmp_path / STATISTICS)
    save_file(buffers, tmp_path / STATISTICS, metadata={"columns": "sun moon"})
    with pytest.raises(CheckpointMismatch, match="other columns"):
        Familiar.load(tmp_path)
    (tmp_path / STATISTICS).write_bytes(b"nothing of the kind")
    with pytest.raises(CheckpointMismatch, match="cannot be read"):
        Familiar.load(tmp_path)


def test_columns_that_never_change_do_no_harm() -> None:
    known = Familiar.of(SEEN)
    assert known is not None
    assert np.isfinite(known.distance(SEEN.features)).all()
