"""A journal gives back what it was given, once, and loses nothing it acknowledged."""

import math
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import (
    Area,
    Cause,
    Command,
    CommandState,
    History,
    Home,
    JournalError,
    Kind,
    Lock,
    Origin,
    Outcome,
    Quantity,
    Reading,
    Record,
    Ruling,
    Target,
)
from homectl.journal import Journal

BOLT = Target("bolt", Kind.LOCK)
LOCK = Command(id="1", target=BOLT, setting=Lock(), cause=Cause.SAFETY, issued=5.0, reason="forgotten")

READINGS = st.builds(
    Reading,
    device=st.sampled_from(["a", "b"]),
    quantity=st.sampled_from([Quantity.MOTION, Quantity.TEMPERATURE]),
    value=st.floats(-40, 60),
    at=st.integers(0, 2_000_000_000_000).map(lambda ms: ms / 1000),
    origin=st.sampled_from(list(Origin)),
    live=st.booleans(),
)


@settings(max_examples=50)
@given(st.lists(READINGS, max_size=30, unique_by=lambda r: (r.signal, r.at)))
def test_a_journal_gives_back_the_very_same_history_and_adds_nothing_twice(readings: list[Reading]) -> None:
    ordered = sorted(readings, key=lambda r: r.at)
    with TemporaryDirectory() as folder, Journal.open(Path(folder) / "j.db") as journal:
        assert journal.append(readings) == len(readings)
        assert journal.append(reversed(readings)) == 0
        known, told = History.of(ordered), journal.history()
        assert known.tracks.keys() == told.tracks.keys()
        for name, track in known.tracks.items():
            for column in ("times", "values", "origins", "seen"):
                np.testing.assert_array_equal(getattr(track, column), getattr(told.tracks[name], column))


def test_the_hash_does_not_depend_on_the_order(tmp_path: Path) -> None:
    readings = [Reading(device="a", quantity=Quantity.MOTION, value=1.0, at=float(i)) for i in range(10)]
    with Journal.open(tmp_path / "1.db") as one, Journal.open(tmp_path / "2.db") as two:
        one.append(readings)
        two.append(readings[5:])
        assert one.hash() != two.hash()
        two.append(readings[:7])
        assert one.hash() == two.hash()


def test_unknown_is_a_value_that_survives(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j.db") as journal:
        journal.append([Reading(device="a", quantity=Quantity.MOTION, value=math.nan, at=1.0)])
        assert math.isnan(journal.history().value("a", Quantity.MOTION, 2.0))


def record(since: float, until: float, reason: str = "dark", rule: str = "") -> Record:
    return Record(
        target=BOLT,
        setting="locked",
        cause=Cause.RULES,
        confidence=1.0,
        ruling=Ruling.NOTHING,
        rule=rule,
        reason=reason,
        command="",
        since=since,
        until=until,
    )


def test_an_unchanged_run_of_decisions_is_one_row(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j.db") as journal:
        journal.record_decisions([record(0, 0), record(60, 60), record(120, 120), record(180, 180, rule="held")])
        assert [(r.since, r.until) for r in journal.decisions(BOLT)] == [(180, 180), (0, 120)]


def test_what_homectl_could_not_see_to_did_not_stand_meanwhile(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j.db") as journal:
        journal.record_decisions([record(0, 0), record(60, 60), record(960, 960), record(2 * 86_400, 2 * 86_400)])
        assert [(r.since, r.until) for r in journal.decisions(BOLT)] == [(2 * 86_400, 2 * 86_400), (0, 960)]


def test_a_run_goes_on_in_the_same_row_after_a_restart_and_begins_anew_where_the_old_one_was_forgotten(
    tmp_path: Path,
) -> None:
    with Journal.open(tmp_path / "j.db") as journal:
        journal.record_decisions([record(0, 0), record(60, 60)])
    with Journal.open(tmp_path / "j.db") as journal:
        journal.record_decisions([record(120, 120)])
        assert [(r.since, r.until) for r in journal.decisions(BOLT)] == [(0, 120)]
        journal.retain(150.0)
        journal.record_decisions([record(180, 180), record(240, 240)])
        assert [(r.since, r.until) for r in journal.decisions(BOLT)] == [(180, 240)]


def test_a_command_has_one_end(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j.db") as journal:
        journal.record_command(LOCK)
        for state in (CommandState.CONFIRMED, CommandState.FAILED):
            journal.record_outcome(Outcome(command=LOCK, state=state, at=6.0))
        assert journal.close_open_commands(9.0, "unconfirmed at restart") == 0
        assert journal.commands() == {(Kind.LOCK, Cause.SAFETY, CommandState.CONFIRMED): 1}


def test_a_journal_remembers_its_home_and_forgets_old_readings(tmp_path: Path) -> None:
    home = Home(id="h", areas=(Area(id="hall"),))
    with Journal.open(tmp_path / "j.db") as journal:
        journal.set_home(home)
        journal.append([Reading(device="a", quantity=Quantity.MOTION, value=1.0, at=at) for at in (1.0, 5.0)])
        assert journal.retain(3.0) == 1
    with Journal.open(tmp_path / "j.db", read_only=True) as journal:
        assert journal.home() == home
        assert journal.count() == 1


def test_a_newer_or_foreign_file_is_refused_in_one_line(tmp_path: Path) -> None:
    newer = sqlite3.connect(tmp_path / "newer.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    (tmp_path / "foreign.db").write_bytes(b"not a database" * 100)
    for name, said in (("newer", "version 99"), ("foreign", "expected a journal")):
        with pytest.raises(JournalError, match=said):
            Journal.open(tmp_path / f"{name}.db")


WRITER = """
import sys
from pathlib import Path
from homectl.home import Cause, Command, Kind, Lock, Target
from homectl.journal import Journal
journal = Journal.open(Path(sys.argv[1]))
for i in range(100000):
    target = Target("bolt", Kind.LOCK)
    journal.record_command(Command(id=str(i), target=target, setting=Lock(), cause=Cause.SAFETY, issued=1.0, reason=""))
    print(i, flush=True)
"""


def test_killing_the_writer_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(50)][-1]
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    with Journal.open(path) as journal:
        assert sum(journal.commands().values()) > acknowledged
        assert journal.close_open_commands(9.0, "unconfirmed at restart") > acknowledged


def test_a_full_disk_is_said_and_mixes_no_signals_up(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "h.db") as journal:
        pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
        journal._db.execute(f"PRAGMA max_page_count = {pages + 3}")
        long = [
            Reading(device=f"button_{n}", quantity=Quantity.ACTION, value=1.0, at=float(n), text="x" * 60)
            for n in range(2000)
        ]
        with pytest.raises(JournalError, match="make room"):
            journal.append(long)
        journal._db.execute("PRAGMA max_page_count = 100000")
        kept = [
            Reading(device="bolt", quantity=Quantity.LOCK, value=1.0, at=5.0),
            Reading(device="button_0", quantity=Quantity.ACTION, value=1.0, at=6.0),
        ]
        assert journal.append(kept) == 2
        journal.flush()
    with Journal.open(tmp_path / "h.db") as again:
        assert [(r.device, r.at) for r in again.readings()] == [("bolt", 5.0), ("button_0", 6.0)]
