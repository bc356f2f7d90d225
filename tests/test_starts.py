"""A home that keeps crashing runs on rules, and one that is stopped properly is never taken for one."""

from contextlib import suppress
from pathlib import Path

import pytest

from homectl.starts import MOST, WITHIN, started

NOON = 1_700_000_000.0


def crash(journal: Path, at: float) -> bool:
    """A run that ends unexpectedly: whether it was one too many."""
    found = []
    with suppress(RuntimeError), started(journal, at) as crashing:
        found.append(crashing)
        raise RuntimeError
    return found[0]


def test_the_fifth_start_in_ten_minutes_is_one_too_many(tmp_path: Path) -> None:
    assert [crash(tmp_path / "home.db", NOON + 30 * n) for n in range(6)] == [False] * (MOST - 1) + [True, True]


def test_starts_that_are_long_ago_or_in_the_future_of_a_wrong_clock_do_not_count(tmp_path: Path) -> None:
    assert not any(crash(tmp_path / "home.db", NOON + n * WITHIN / 3) for n in range(12))
    assert not crash(tmp_path / "home.db", 0.0)


def test_a_proper_end_is_no_crash(tmp_path: Path) -> None:
    for n in range(10):
        with started(tmp_path / "home.db", NOON + n) as crashing:
            assert not crashing


def test_one_that_was_recovering_may_learn_again_once_the_crashes_are_over(tmp_path: Path) -> None:
    for n in range(MOST):
        crash(tmp_path / "home.db", NOON + n)
    with started(tmp_path / "home.db", NOON + 10) as crashing:
        assert crashing
    with started(tmp_path / "home.db", NOON + 11 + WITHIN) as crashing:
        assert not crashing


@pytest.mark.parametrize("torn", [b"", b"[1, 2", b"\xff\x00", b'{"a": 1}', b'["x", null]'])
def test_a_torn_file_counts_for_nothing(tmp_path: Path, torn: bytes) -> None:
    (tmp_path / "home.starts").write_bytes(torn)
    assert not crash(tmp_path / "home.db", NOON)
    assert [crash(tmp_path / "home.db", NOON + n) for n in range(1, MOST)][-1]


def test_where_nothing_can_be_written_the_home_still_starts(tmp_path: Path) -> None:
    with started(tmp_path / "missing" / "home.db", NOON) as crashing:
        assert not crashing
