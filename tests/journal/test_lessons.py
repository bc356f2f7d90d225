"""What was learned is kept in order; an older journal is brought up to date beside a copy; days can be forgotten."""

import sqlite3
from pathlib import Path

import pytest

from homectl.home import (
    Cause,
    Command,
    CommandState,
    Event,
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
from homectl.journal.schema import TABLES, VERSION, backup_of

BOLT = Target("bolt", Kind.LOCK)
LESSONS = [
    Lesson(at=1.5, event=Event.PAUSED, said="nothing is learned"),
    Lesson(
        at=2.0,
        event=Event.PROMOTED,
        said="better",
        model=2,
        start=1,
        days=("2026-01-01", "2026-01-09"),
        figures={"light_on": {"change": -0.08}},
    ),
]


def reading(at: float, value: float = 1.0) -> Reading:
    return Reading(device="motion", quantity=Quantity.MOTION, value=value, at=at)


def first_version(path: Path) -> Path:
    """A journal as the first version left it, with one reading."""
    with sqlite3.connect(path) as db:
        db.executescript(f"{TABLES} PRAGMA user_version = 1;")
        db.execute("INSERT INTO signals VALUES (1, 'motion', 'motion')")
        db.execute("INSERT INTO readings VALUES (1, 5000, 1.0, 0, 1, '')")
    db.close()
    return path


def test_lessons_come_back_as_they_were_in_their_order(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "h.db") as journal:
        journal.record_lessons(LESSONS)
    with Journal.open(tmp_path / "h.db", read_only=True) as journal:
        assert journal.lessons() == LESSONS
        assert journal.lessons(since=1.8) == LESSONS[1:]


def test_an_older_journal_keeps_its_readings_and_a_copy_of_itself(tmp_path: Path) -> None:
    path = first_version(tmp_path / "h.db")
    with Journal.open(path) as journal:
        journal.record_lessons(LESSONS)
        assert journal.count() == 1
    with sqlite3.connect(backup_of(path, 1)) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("SELECT at FROM readings").fetchall() == [(5000,)]
    copy.close()
    with Journal.open(path) as again, sqlite3.connect(path) as db:
        assert again.lessons() == LESSONS
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    db.close()


def test_a_new_journal_needs_no_copy(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "h.db"):
        pass
    assert not list(tmp_path.glob("*.v*"))


def test_an_older_journal_can_be_read_and_stays_as_it_is(tmp_path: Path) -> None:
    path = first_version(tmp_path / "h.db")
    before = path.read_bytes()
    with Journal.open(path, read_only=True) as journal:
        assert (journal.lessons(), journal.count(), journal.newest()) == ([], 1, 5.0)
    assert path.read_bytes() == before


def record(since: float, until: float) -> Record:
    return Record(
        target=BOLT,
        setting="locked",
        cause=Cause.RULES,
        confidence=1.0,
        ruling=Ruling.NOTHING,
        rule=f"rule {since}",
        reason="",
        command="",
        since=since,
        until=until,
    )


def command(name: str, issued: float) -> Command:
    return Command(id=name, target=BOLT, setting=Lock(), cause=Cause.SAFETY, issued=issued, reason="forgotten")


def test_what_is_forgotten_is_gone_with_its_decisions_and_commands_and_the_rest_stays(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "h.db") as journal:
        journal.append([reading(at) for at in (9.999, 10.0, 19.999, 20.0, 35.0)])
        journal.record_decisions([record(1, 9)])
        journal.record_decisions([record(15, 25)])
        journal.record_decisions([record(31, 40)])
        for name, issued in (("a", 5.0), ("b", 12.0), ("c", 38.0)):
            journal.record_command(command(name, issued))
            journal.record_outcome(Outcome(command=command(name, issued), state=CommandState.CONFIRMED, at=issued + 1))
        assert journal.forget([(10.0, 20.0), (30.0, 36.0)]) == 3
        assert [one.at for one in journal.readings()] == [9.999, 20.0]
        assert [one.since for one in journal.decisions()] == [1]
        assert journal.commands() == {(Kind.LOCK, Cause.SAFETY, CommandState.CONFIRMED): 2}
        assert journal.newest() == 20.0


@pytest.mark.parametrize("name", ["h.db", "h.db-wal"])
def test_nothing_of_it_is_left_in_the_files(tmp_path: Path, name: str) -> None:
    secret = "only-on-that-day"
    with Journal.open(tmp_path / "h.db") as journal:
        said = Reading(device="button", quantity=Quantity.ACTION, value=1.0, at=15.0, text=secret)
        journal.append([said, *(reading(float(at)) for at in range(20, 400))])
        journal.flush()
        files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert secret.encode() in files
        journal.forget([(10.0, 20.0)])
        assert secret.encode() not in (tmp_path / name).read_bytes()
