"""What people said beforehand comes back as it was said; older journals get its tables, forgotten days lose it."""

import sqlite3
from pathlib import Path

from homectl.home import Autonomy, Hold, HoldKind, Kind, Mode, ModeSpan, Rung, Step, Target
from homectl.journal import Journal
from homectl.journal.schema import LESSONS, TABLES, VERSION, backup_of

LAMP, BOLT = Target("lamp", Kind.LIGHT), Target("bolt", Kind.LOCK)
HOLD = Hold(target=LAMP, kind=HoldKind.MINUTES, by="anna", since=10.0, until=70.5)
OPEN = Hold(target=LAMP, kind=HoldKind.RESUMED, by="anna", since=20.0, until=None)
AWAY = ModeSpan(mode=Mode.AWAY, since=100.0, until=500.0, by="anna")


def test_the_last_that_was_said_of_each_target_counts_after_a_restart(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "h.db") as journal:
        journal.orders.record_hold(HOLD)
        journal.orders.record_hold(OPEN)
        journal.orders.record_hold(Hold(target=BOLT, kind=HoldKind.EMPTY, by="ben", since=5.0, until=None))
        journal.orders.record_resume(BOLT, 30.0, "ben")
    with Journal.open(tmp_path / "h.db", read_only=True) as journal:
        assert journal.orders.holds() == {LAMP: OPEN, BOLT: 30.0}


def test_a_mode_lasts_until_the_next_is_set_or_until_its_own_end(tmp_path: Path) -> None:
    none = ModeSpan(mode=Mode.NONE, since=200.0, until=200.0, by="ben")
    party = ModeSpan(mode=Mode.PARTY, since=900.0, until=950.0, by="ben")
    with Journal.open(tmp_path / "h.db") as journal:
        for span in (AWAY, none, party):
            journal.orders.record_mode(span)
        found = journal.orders.modes()
    assert [(span.mode, span.since, span.until) for span in found] == [
        (Mode.AWAY, 100.0, 200.0),
        (Mode.NONE, 200.0, 200.0),
        (Mode.PARTY, 900.0, 950.0),
    ]


def test_of_each_rung_the_last_step_counts_and_survives_being_forgotten(tmp_path: Path) -> None:
    lamps, doors = Rung("hall", Kind.LIGHT), Rung("", Kind.LOCK)
    steps = [
        Step(rung=lamps, level=Autonomy.AUTO, since=10.0, by="ben", why="asked for it"),
        Step(rung=lamps, level=Autonomy.SUGGEST, since=20.0, by="homectl", why="taken back"),
        Step(rung=doors, level=Autonomy.OFF, since=30.0, by="ben", why="asked for it"),
        Step(rung=doors, level=None, since=40.0, by="ben", why="asked for it"),
    ]
    with Journal.open(tmp_path / "home.db") as journal:
        for step in steps:
            journal.orders.record_step(step)
    with Journal.open(tmp_path / "home.db") as journal:
        assert journal.orders.ladder() == {lamps: steps[1], doors: steps[3]}
        journal.forget([(0.0, 100.0)])
        assert journal.orders.ladder() == {lamps: steps[1], doors: steps[3]}


def test_what_was_said_is_on_the_disk_before_the_call_returns(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "h.db")
    journal.orders.record_hold(HOLD)
    journal.orders.record_mode(AWAY)
    with Journal.open(tmp_path / "h.db", read_only=True) as other:  # sees only what is committed
        assert (other.orders.holds(), other.orders.modes()) == ({LAMP: HOLD}, [AWAY])
    journal.close()


def test_a_journal_of_an_older_version_gets_the_tables_beside_a_copy_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    with sqlite3.connect(path) as db:
        db.executescript(f"{TABLES} {LESSONS} PRAGMA user_version = 2;")
    db.close()
    with Journal.open(path, read_only=True) as old:
        assert (old.orders.holds(), old.orders.modes()) == ({}, [])
    with Journal.open(path) as journal:
        journal.orders.record_mode(AWAY)
        assert journal.orders.modes() == [AWAY]
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    db.close()
    assert backup_of(path, 2).exists()


def test_forgotten_days_keep_only_what_still_counts(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "h.db") as journal:
        journal.orders.record_hold(HOLD)
        journal.orders.record_hold(OPEN)
        journal.orders.record_mode(AWAY)
        journal.orders.record_mode(ModeSpan(mode=Mode.PARTY, since=300.0, until=600.0, by="ben"))
        journal.forget([(0.0, 1000.0)])
        assert journal.orders.holds() == {LAMP: OPEN}
        assert [span.mode for span in journal.orders.modes()] == [Mode.PARTY]
        rows = journal._db.execute("SELECT count(*) FROM holds").fetchone()
        assert rows == (1,)
