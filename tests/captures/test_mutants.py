"""However a file is damaged: a typed error in one line or an account of every row, soon, in little memory."""

import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from homectl.captures import BridgeInterpreter
from homectl.home import HomeError
from homectl.journal import Journal
from homectl.journal.readers.any_log import guess, take_in
from homectl.journal.readers.rows import Tally
from tests.captures.mutants import mutant, originals
from tests.captures.test_captures import WORDS
from tests.measured import Measured

MB = 1 << 20
SLOWEST, LARGEST = 2.0, 64 * MB
SOCKETS: list[str] = []
"""What the process has done with sockets while `_heard` counted."""

_counting: list[bool] = []
sys.addaudithook(lambda event, _: SOCKETS.append(event) if _counting and event.startswith("socket.") else None)


def read(path: Path) -> str:
    """How reading a file as any command does ends: read, broken or refused. AssertionError where rows are lost."""
    interpreter = BridgeInterpreter(started=1_700_000_000.0)
    refusal, tally = "", Tally()
    try:
        home = guess([path], WORDS, interpreter=interpreter).home
        with Journal.in_memory() as journal:
            (*_, (_, tally)) = take_in(journal, [path], home, interpreter)
    except HomeError as error:
        refusal = str(error)
    left_out = sum(tally.skipped.values()) + sum(tally.left_alone.values())
    assert "\n" not in refusal
    assert tally.rows == tally.taken + tally.repeated + left_out
    return "refused" if refusal else "broken" if tally.broken else "read"


def fuzz(folder: Path, count: int, seed: int) -> tuple[Counter[tuple[str, str]], float, int]:
    """How so many damaged files end, by kind; the slowest, CPU seconds; the bytes by which the process
    grew at most beyond what reading whole files takes."""
    whole, chance, path = originals(folder), random.Random(seed), folder / "file"
    ends: Counter[tuple[str, str]] = Counter()
    slowest = 0.0
    for name, data in whole.items():
        path.write_bytes(data)
        assert read(path) == "read", name
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(count):
        name, data = mutant(whole, chance)
        path.write_bytes(data)
        began = time.process_time()
        try:
            ends[name, read(path)] += 1
        except Exception as error:
            raise AssertionError(f"{name}, file {number} of seed {seed}: {error!r}") from error
        took = time.process_time() - began
        slowest = max(slowest, took)
        assert took <= SLOWEST, f"{name}, file {number} of seed {seed}: {took:.1f} s"
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    return ends, slowest, grown


@pytest.fixture
def sockets() -> list[str]:
    _counting.append(True)
    SOCKETS.clear()
    return SOCKETS


@pytest.fixture(autouse=True)
def _quiet() -> object:
    yield
    _counting.clear()


def test_a_damaged_file_of_any_kind_is_read_or_refused_soon_in_little_memory_without_a_socket(
    tmp_path: Path, sockets: list[str]
) -> None:
    ends, _, grown = fuzz(tmp_path, 1_000, 11)
    assert {end for _, end in ends} == {"read", "broken", "refused"}
    assert grown <= LARGEST
    assert sockets == []


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_ten_thousand_damaged_files(tmp_path: Path, sockets: list[str], measured: Measured) -> None:
    ends, slowest, grown = fuzz(tmp_path, 10_000, 12)
    total = Counter[str]()
    for (_, end), number in ends.items():
        total[end] += number
    measured("mutants", **total, slowest_ms=round(1000 * slowest), grown_mb=round(grown / MB, 1))
    assert sum(total.values()) == 10_000
    assert grown <= LARGEST
    assert sockets == []
