"""Parquet carries a journal out and in without loss, and any log is told by its first bytes."""

import math
import sqlite3
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import Area, Device, Home, JournalError, LogError, Origin, Quantity, Reading
from homectl.journal import Journal
from homectl.journal.exchange import COLUMNS, home_in_parquet, read_parquet, write_parquet
from homectl.journal.readers.any_log import Format, format_of, guess, readings, take_in
from homectl.journal.readers.rows import Tally
from tests.journal.test_areas_from_log import WORDS
from tests.journal.test_tidy_csv import log

HOME = Home(id="h", areas=(Area(id="hall"),), devices=(Device(id="a", area="hall"), Device(id="b", area="hall")))

READINGS = st.builds(
    Reading,
    device=st.sampled_from(["a", "b"]),
    quantity=st.sampled_from([Quantity.TEMPERATURE, Quantity.ACTION]),
    value=st.sampled_from([0.0, 1.0, 0.1 + 0.2, math.nan]),
    at=st.integers(0, 2_000_000_000_000).map(lambda ms: ms / 1000),
    origin=st.sampled_from(list(Origin)),
    live=st.booleans(),
    text=st.text(max_size=5).filter(lambda text: "\x00" not in text),
)


def journal_of(folder: Path, *found: Reading) -> Path:
    path = folder / "j.db"
    with Journal.open(path) as journal:
        journal.set_home(HOME)
        journal.append(found)
    return path


@settings(max_examples=30, deadline=None)
@given(st.lists(READINGS, max_size=20, unique_by=lambda r: (r.signal, r.at)))
def test_a_journal_goes_through_parquet_unchanged_and_twice_adds_nothing(
    tmp_path_factory: pytest.TempPathFactory, found: list[Reading]
) -> None:
    folder = tmp_path_factory.mktemp("exchange")
    parquet = folder / "j.parquet"
    with Journal.open(journal_of(folder, *found)) as one, Journal.in_memory() as two:
        assert write_parquet(one, parquet) == len(found)
        first, second = (tally for _ in range(2) for _, tally in take_in(two, [parquet], home_in_parquet(parquet)))
        assert one.hash() == two.hash()
        assert home_in_parquet(parquet) == HOME
        assert (first.taken, second.taken, second.repeated) == (len(found), 0, len(found))


def test_a_log_is_told_by_its_first_bytes_and_says_which_home_it_is_of(tmp_path: Path) -> None:
    journal = journal_of(tmp_path, Reading(device="a", quantity=Quantity.MOTION, value=1.0, at=1.0))
    with Journal.open(journal) as opened:
        write_parquet(opened, tmp_path / "x")
    csv = log(tmp_path, "2024-01-01T08:00:00Z,flat,hall,a,motion,1,")
    assert [format_of(path) for path in (journal, tmp_path / "x", csv)] == [
        Format.JOURNAL,
        Format.PARQUET,
        Format.TIDY_CSV,
    ]
    assert [guess([path], WORDS).home.id for path in (journal, tmp_path / "x", csv)] == ["h", "h", "flat"]
    for path in (journal, tmp_path / "x", csv):
        assert [r.device for r in readings(path, HOME, Tally())] == ["a"]


@pytest.mark.parametrize("suffix", ["db", "parquet"])
def test_devices_the_home_does_not_have_are_left_alone(tmp_path: Path, suffix: str) -> None:
    known = [Reading(device=name, quantity=Quantity.MOTION, value=1.0, at=1.0) for name in ("a", "stranger")]
    path = journal_of(tmp_path, *known)
    if suffix == "parquet":
        with Journal.open(path) as journal:
            write_parquet(journal, path := tmp_path / "j.parquet")
    tally = Tally()
    assert [r.device for r in readings(path, HOME, tally)] == ["a"]
    assert (tally.rows, tally.taken, sum(tally.left_alone.values())) == (2, 1, 1)


ROW = {"device": "a", "quantity": "motion", "at": 1000, "value": 1.0, "origin": "sensed", "live": True, "text": ""}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"device": None}, "expected a device and a time between 1970 and 2100"),
        ({"at": -1}, "expected a device and a time between 1970 and 2100"),
        ({"at": 2**60}, "expected a device and a time between 1970 and 2100"),
        ({"quantity": "smell"}, "expected a known quantity and origin"),
        ({"origin": "ghost"}, "expected a known quantity and origin"),
        ({"value": math.inf}, "implausible motion"),
    ],
)
def test_a_row_of_parquet_that_cannot_be_is_counted_with_its_place(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    rows = [ROW, ROW | change]
    pq.write_table(pa.table({name: [row[name] for row in rows] for name in COLUMNS}), tmp_path / "x")
    tally = Tally()
    assert len(list(read_parquet(tmp_path / "x", tally))) == 1
    assert (tally.skipped, tally.first) == ({reason: 1}, {reason: 2})


@pytest.mark.parametrize(
    "table",
    [pa.table({"a": [1]}), pa.table({name: ["x"] for name in COLUMNS}), pa.table({name: [[1]] for name in COLUMNS})],
)
def test_a_foreign_parquet_file_is_refused_in_one_line(tmp_path: Path, table: pa.Table) -> None:
    pq.write_table(table, tmp_path / "x")
    for ask in (lambda: list(read_parquet(tmp_path / "x", Tally())), lambda: home_in_parquet(tmp_path / "x")):
        with pytest.raises(LogError) as refused:
            ask()
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("start", [b"PAR1", b"SQLite format 3\0"])
@pytest.mark.parametrize("rest", [b"", b"x" * 500, b"\0" * 5000])
def test_a_damaged_file_is_refused_by_type(tmp_path: Path, start: bytes, rest: bytes) -> None:
    (tmp_path / "x").write_bytes(start + rest)
    for ask in (lambda: list(readings(tmp_path / "x", HOME, Tally())), lambda: guess([tmp_path / "x"], WORDS)):
        with pytest.raises((LogError, JournalError)):
            ask()


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="expected a file"):
        format_of(tmp_path)


def test_another_programs_database_is_left_as_it_is(tmp_path: Path) -> None:
    foreign = sqlite3.connect(tmp_path / "x.db")
    foreign.execute("CREATE TABLE states (entity TEXT)")
    foreign.commit()
    foreign.close()
    before = (tmp_path / "x.db").read_bytes()
    with pytest.raises(JournalError, match="expected a journal"):
        Journal.open(tmp_path / "x.db")
    assert (tmp_path / "x.db").read_bytes() == before


WITHOUT = """
import sys
sys.modules["pyarrow"] = None
from pathlib import Path
from homectl.home import LogError
from homectl.journal.exchange import home_in_parquet
try:
    home_in_parquet(Path("x"))
except LogError as error:
    print(error)
"""


def test_without_the_extra_the_error_names_it() -> None:
    said = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True).stdout
    assert "homectl[parquet]" in said
    assert said.count("\n") == 1
