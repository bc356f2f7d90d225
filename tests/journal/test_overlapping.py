"""Exports that overlap, in any order and as often as one likes, make the journal that the whole log makes."""

import gzip
import random
import resource
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from homectl.home import Home
from homectl.journal import Journal
from homectl.journal.readers.any_log import guess, take_in
from homectl.journal.readers.areas_from_log import Words
from tests.measured import Measured

ROOT = Path(__file__).parents[2]
WORDS = Words.load(ROOT / "config" / "lamp_words.yaml")
OURS = ROOT / "config" / "examples" / "week.csv.gz"
REAL = ROOT.parent / "shared" / "data" / "tidy" / "house_n.csv.gz"
recorded = pytest.mark.skipif(not REAL.exists(), reason=f"{REAL}: a recorded house that is not part of the project")


def cut(log: Path, folder: Path, *, rows: int | None, pieces: int, seed: int) -> tuple[Path, list[Path]]:
    """The first rows of a log in one file, and in overlapping ones in which a row in five comes twice."""
    with gzip.open(log, "rt", encoding="utf-8") as file:
        header, *lines = file.read().splitlines(keepends=True)[: None if rows is None else rows + 1]
    chance, size = random.Random(seed), -(-len(lines) // pieces)
    files = [
        _written(folder / f"piece-{number}.csv.gz", header, _part(lines, number, size, chance))
        for number in range(pieces)
    ]
    return _written(folder / "whole.csv.gz", header, lines), files


def _part(lines: Sequence[str], number: int, size: int, chance: random.Random) -> list[str]:
    """One piece with what lies around it, as an export has it that somebody made again somewhat later."""
    low, high = max(0, number * size - chance.randrange(size)), (number + 1) * size + chance.randrange(size)
    return [line for line in lines[low:high] for _ in range(1 + (chance.random() < 0.2))]


def _written(path: Path, header: str, lines: Sequence[str]) -> Path:
    path.write_bytes(gzip.compress((header + "".join(lines)).encode(), 1))
    return path


def imported(paths: Sequence[Path], home: Home, times: int = 1) -> tuple[str, int, int]:
    """The journal's hash after some files were read so often; its readings, and how many rows were known already."""
    repeated = 0
    with Journal.in_memory() as journal:
        for _ in range(times):
            for _, tally in take_in(journal, paths, home):
                left_out = sum(tally.skipped.values()) + sum(tally.left_alone.values())
                assert tally.rows == tally.taken + tally.repeated + left_out
                repeated += tally.repeated
        return journal.hash(), journal.count(), repeated


@pytest.mark.parametrize(
    ("log", "rows", "pieces", "seed"),
    [(OURS, 6_000, 3, 1), pytest.param(REAL, 12_000, 5, 2, marks=recorded)],
    ids=["ours", "real"],
)
def test_overlapping_pieces_read_twice_make_the_journal_of_the_whole(
    tmp_path: Path, log: Path, rows: int | None, pieces: int, seed: int
) -> None:
    whole, files = cut(log, tmp_path, rows=rows, pieces=pieces, seed=seed)
    home = guess([whole], WORDS).home
    told, count, _ = imported([whole], home)
    assert count > 1_000
    in_order = imported(files, home, times=2)
    assert in_order[:2] == (told, count)
    assert in_order[2] > count
    random.Random(seed).shuffle(files)
    assert imported(files, home, times=2)[:2] == (told, count)


@recorded
@pytest.mark.soak
@pytest.mark.timeout(900)
def test_two_years_in_overlapping_pieces_make_the_journal_of_the_whole(tmp_path: Path, measured: Measured) -> None:
    whole, files = cut(REAL, tmp_path, rows=None, pieces=8, seed=3)
    home = guess([whole], WORDS).home
    began = time.process_time()
    told, count, _ = imported([whole], home)
    took = time.process_time() - began
    found = imported(files, home, times=2)
    measured("overlap", readings=count, known_already=found[2], import_cpu_seconds=round(took, 1))
    assert found[:2] == (told, count)
    assert took <= 30.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_500_000
