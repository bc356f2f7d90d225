"""A damaged journal never keeps a home from starting, and costs no more than what is damaged."""

import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from homectl.home import (
    Area,
    Cause,
    Command,
    CommandState,
    Event,
    Home,
    JournalError,
    Kind,
    Lesson,
    Lock,
    Outcome,
    Quantity,
    Reading,
    Record,
    Ruling,
    Target,
)
from homectl.journal import Journal
from homectl.journal.salvage import sound
from homectl.journal.schema import VERSION
from tests.measured import Measured

BOLT = Target("bolt", Kind.LOCK)
NOW = 1_800_000_000.0
ROWS = {"readings": 12_000, "decisions": 200, "commands": 200, "lessons": 20}
PAGE = 4096


def record(number: int) -> Record:
    return Record(
        target=BOLT,
        setting="locked",
        cause=Cause.RULES,
        confidence=1.0,
        ruling=Ruling.REFUSED,
        rule=f"rule {number}",
        reason="the door is open",
        command="",
        since=1.7e9 + number,
        until=1.7e9 + number,
    )


def write(path: Path) -> None:
    with Journal.open(path) as journal:
        journal.set_home(Home(id="h", areas=(Area(id="hall"),)))
        journal.append(
            Reading(device=f"d{n % 10}", quantity=Quantity.TEMPERATURE, value=20.0 + n % 7, at=1.7e9 + 30 * n)
            for n in range(ROWS["readings"])
        )
        journal.record_decisions([record(n) for n in range(ROWS["decisions"])])
        wishes = [
            Command(id=f"c{n}", target=BOLT, setting=Lock(), cause=Cause.SAFETY, issued=1.7e9 + n, reason="forgotten")
            for n in range(ROWS["commands"])
        ]
        journal.record_lessons(
            Lesson(at=1.7e9, event=Event.SKIPPED, said="nothing to learn", figures={"days": float(n)})
            for n in range(ROWS["lessons"])
        )
        for wish in wishes:
            journal._db.execute("PRAGMA synchronous = OFF")
            journal.record_command(wish)
            journal.record_outcome(Outcome(command=wish, state=CommandState.CONFIRMED, at=wish.issued + 2))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A journal's file, closed in good order."""
    path = tmp_path_factory.mktemp("whole") / "h.db"
    write(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def open_pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A journal's file and its log as a crash leaves them, the log full of rows."""
    path = tmp_path_factory.mktemp("pair") / "h.db"
    db = Journal.open(path)
    db._db.execute("PRAGMA wal_autocheckpoint = 0")
    write(path)
    pair = path.read_bytes(), path.with_name("h.db-wal").read_bytes()
    db.close()
    return pair


def flips(content: bytearray, rng: Random) -> str:
    for _ in range(rng.choice((1, 3, 30))):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return "bits flipped"


def noise(content: bytearray, rng: Random) -> str:
    start, length = rng.randrange(len(content)), rng.choice((16, 512, 8192))
    content[start : start + length] = rng.randbytes(len(content[start : start + length]))
    return "noise"


def zero_page(content: bytearray, rng: Random) -> str:
    page = rng.randrange(len(content) // PAGE)
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    return "a zero page"


def cut_off(content: bytearray, rng: Random) -> str:
    del content[rng.randrange(len(content)) :]
    return "cut off"


def swapped(content: bytearray, rng: Random) -> str:
    one, other = (rng.randrange(len(content) // PAGE) * PAGE for _ in range(2))
    content[one : one + PAGE], content[other : other + PAGE] = (
        content[other : other + PAGE],
        content[one : one + PAGE],
    )
    return "pages swapped"


DAMAGE: list[Callable[[bytearray, Random], str]] = [flips, noise, zero_page, cut_off, swapped]


def damage(folder: Path, whole: bytes, pair: tuple[bytes, bytes], rng: Random) -> tuple[Path, str]:
    """A journal in a folder of its own, damaged in one of many ways."""
    path = folder / "h.db"
    wal = path.with_name("h.db-wal")
    match rng.randrange(4):
        case 0:
            content, log = bytearray(pair[0]), bytearray(pair[1])
            what = rng.choice(DAMAGE)(log, rng) + " in the log"
        case 1:
            content, log = bytearray(whole), bytearray(pair[1])
            what = "a foreign log"
        case 2:
            content, log = bytearray(pair[0]), bytearray()
            what = "no log"
        case _:
            content, log = bytearray(whole), bytearray()
            what = rng.choice(DAMAGE)(content, rng)
    path.write_bytes(content)
    if log:
        wal.write_bytes(log)
    return path, what


def begun(path: Path) -> tuple[float, str, dict[str, int]]:
    """Open it as a home does and read all of it: the seconds that took, what was found, the rows by table."""
    began = time.monotonic()
    db, found = sound(path, NOW)
    took = time.monotonic() - began
    with Journal(db) as journal:
        journal.history()
        journal.decisions()
        rows = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ROWS}
        assert db.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        journal.set_home(Home(id="h", areas=()))
        journal.record_command(
            Command(id="new", target=BOLT, setting=Lock(), cause=Cause.SAFETY, issued=NOW, reason="")
        )
    return took, found, rows


@pytest.mark.parametrize("times", [40, pytest.param(1000, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_a_home_starts_within_ten_seconds_whatever_has_become_of_its_journal(
    folder: Path, whole: bytes, open_pair: tuple[bytes, bytes], times: int, measured: Measured
) -> None:
    rng, slowest, told = Random(11), 0.0, 0
    for _ in range(times):
        path, what = damage(folder, whole, open_pair, rng)
        took, found, _ = begun(path)
        slowest = max(slowest, took)
        aside = [file.name for file in folder.iterdir() if "damaged" in file.name and not file.name.endswith("-wal")]
        assert bool(aside) == ("salvaged" in found), (what, found)
        told += bool(found)
        for file in folder.iterdir():
            file.unlink()
    measured("corrupt journals", corruptions=times, started=times, slowest_seconds=round(slowest, 2), salvaged=told)
    assert slowest <= 10
    assert told >= times // 8


LEAVES = {0x0A, 0x0D}
"""What begins a page of rows in SQLite's format."""


BESIDE = 2
"""Rows that lie between a page and the ones beside it, in the page above them."""


def test_a_page_that_is_gone_costs_what_was_on_it_and_hardly_more(folder: Path, whole: bytes) -> None:
    path = folder / "h.db"
    leaves = [page for page in range(1, len(whole) // PAGE) if whole[page * PAGE] in LEAVES]
    for page in leaves[::20]:
        path.write_bytes(whole[: page * PAGE] + bytes(PAGE) + whole[(page + 1) * PAGE :])
        _, found, rows = begun(path)
        cells = int.from_bytes(whole[page * PAGE + 3 : page * PAGE + 5], "big")
        assert sum(rows.values()) >= sum(ROWS.values()) - cells - BESIDE, found
        assert all(
            number >= ROWS[table] or table in found.partition("could not read")[2] for table, number in rows.items()
        )
        path.unlink()


def root_of(whole: bytes, table: str, folder: Path) -> int:
    """Where a table begins, as an offset in the file."""
    path = folder / "asked.db"
    path.write_bytes(whole)
    with closing(sqlite3.connect(path)) as db:
        return PAGE * int(db.execute("SELECT rootpage - 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0])


@pytest.mark.parametrize("table", ["readings", "signals"])
def test_where_the_page_that_leads_to_the_others_is_gone_their_rows_are_found_one_by_one(
    folder: Path, whole: bytes, table: str
) -> None:
    path, root = folder / "h.db", root_of(whole, table, folder)
    path.write_bytes(whole[:root] + bytes(PAGE) + whole[root + PAGE :])
    _, found, rows = begun(path)
    assert rows["readings"] >= 0.99 * ROWS["readings"], found
    assert f"could not read all of {table}" in found


def test_with_the_first_page_gone_every_row_is_still_found(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "h.db"
    path.write_bytes(bytes(PAGE) + whole[PAGE:])
    _, found, rows = begun(path)
    assert rows == ROWS
    assert found.startswith("salvaged 1 about, 10 signals, 12,000 readings")


def test_the_damaged_file_is_set_aside_as_it_was_and_told_of_in_one_line(
    tmp_path: Path, whole: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path, damaged = tmp_path / "h.db", whole[: 8 * PAGE] + bytes(PAGE) + whole[9 * PAGE :]
    path.write_bytes(damaged)
    with caplog.at_level(logging.INFO):
        _, found, _ = begun(path)
    assert (tmp_path / "h.db.damaged-20270115T080000Z").read_bytes() == damaged
    (line,) = caplog.records
    assert line.message.startswith(f"{path}: damaged")
    assert line.message.endswith(found)
    assert "\n" not in line.message


def test_a_row_that_cannot_have_been_written_is_left_out_and_the_others_kept(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "h.db"
    path.write_bytes(whole)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE commands SET cause = 'moonlight' WHERE id = 'c7'")
        db.execute("UPDATE readings SET value = 'warm' WHERE at = 1700000000000")
    db.close()
    _, found, rows = begun(path)
    assert rows == ROWS | {"commands": ROWS["commands"] - 1, "readings": ROWS["readings"] - 1}
    assert "could not read all of commands, readings" in found


def test_a_salvage_that_was_interrupted_before_its_last_step_is_taken_up(tmp_path: Path, whole: bytes) -> None:
    (tmp_path / "h.db.salvaged").write_bytes(whole)
    _, found, rows = begun(tmp_path / "h.db")
    assert (found, rows) == ("", ROWS)


def test_a_sound_journal_and_a_new_one_are_left_alone(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "h.db"
    path.write_bytes(whole)
    assert begun(path)[1:] == ("", ROWS)
    assert begun(tmp_path / "new.db")[1:] == ("", dict.fromkeys(ROWS, 0))
    assert not list(tmp_path.glob("*damaged*"))


@pytest.mark.parametrize("statement", [f"PRAGMA user_version = {VERSION + 1}", "CREATE TABLE notes (text TEXT)"])
def test_a_newer_journal_and_another_program_s_file_are_refused_and_not_touched(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "h.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 0")
        db.execute(statement)
    db.close()
    before = path.read_bytes()
    with pytest.raises(JournalError, match=r"expected a journal|journal version"):
        sound(path, NOW)
    assert path.read_bytes() == before
