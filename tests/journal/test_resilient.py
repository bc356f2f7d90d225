"""A disk that fails: what must not be lost is kept or refused, what may is shed, and nothing is written blindly."""

import json
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import apsw
import pytest

from homectl.home import (
    Area,
    Cause,
    Command,
    CommandState,
    Home,
    JournalError,
    Kind,
    Lock,
    Outcome,
    Quantity,
    Reading,
    Target,
)
from homectl.journal import Journal
from homectl.journal.ballast import Ballast
from homectl.journal.resilient import RETRY, ResilientJournal
from homectl.journal.schema import prepare
from tests.journal.crash_disk import Disk, Through
from tests.journal.small_disk import demand_small_disk, on_small_disk
from tests.measured import Measured

BOLT = Target("bolt", Kind.LOCK)
WISH = Command(id="1", target=BOLT, setting=Lock(), cause=Cause.SAFETY, issued=5.0, reason="forgotten")
DONE = Outcome(command=WISH, state=CommandState.CONFIRMED, at=6.0)
SYNC_FAILS: dict[str, type[Exception]] = {"xSync": apsw.IOError}
FAILURES: list[dict[str, type[Exception]]] = [
    SYNC_FAILS,
    {"xWrite": apsw.IOError},
    {"xWrite": apsw.FullError},
    {"xWrite": apsw.ReadOnlyError},
]


def readings(number: int, at: float = 1.0) -> list[Reading]:
    return [Reading(device=f"d{n}", quantity=Quantity.TEMPERATURE, value=20.0, at=at) for n in range(number)]


@dataclass
class Rig:
    """A journal on a disk that fails when a test says so, in a time that only the test lets pass."""

    folder: Path
    disk: Disk = field(default_factory=Disk)
    now: float = 0.0
    opened: int = 0
    closed: bool = False

    def __post_init__(self) -> None:
        ballast = Ballast(self.folder / "j.ballast", 1 << 20)
        self.journal = ResilientJournal(self._open(""), self._open, ballast, lambda: self.now)

    def _open(self, damage: str) -> tuple[sqlite3.Connection, str]:
        self.opened += 1
        try:
            db = cast("sqlite3.Connection", Through(self.folder / "j.db", self.disk))
            prepare(db, db.execute("PRAGMA user_version").fetchone()[0], None)
        except sqlite3.Error as error:
            raise JournalError(f"not opened: {error}") from error
        return db, ""

    def kept(self) -> tuple[int, int]:
        """Readings and commands that a process finds that opens the file after this one."""
        self.journal.close()
        self.closed = True
        with Journal.open(self.folder / "j.db") as journal:
            return journal.count(), sum(journal.commands().values())


@pytest.fixture
def rig(folder: Path) -> Iterator[Rig]:
    made = Rig(folder)
    yield made
    made.disk.failing.clear()
    if not made.closed:
        made.journal.close()


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_readings_that_the_disk_does_not_take_are_shed_and_counted(
    rig: Rig, failure: dict[str, type[Exception]], caplog: pytest.LogCaptureFixture
) -> None:
    rig.journal.append(readings(5))
    rig.journal.flush()
    rig.disk.failing |= failure
    for second in range(20):
        rig.now = second / 4
        rig.journal.append(readings(5, at=2.0 + second))
        rig.journal.flush()
    assert not rig.journal.view()["written"]
    assert rig.journal.view()["shed"] == 100
    rig.disk.failing.clear()
    rig.now += RETRY
    rig.journal.append(readings(5, at=50.0))
    rig.journal.flush()
    assert rig.journal.view()["written"]
    assert rig.kept()[0] in (10, 15)  # nobody knows whether what failed to be synced is there
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_a_command_is_refused_where_it_cannot_be_kept_and_kept_once_it_can(
    rig: Rig, failure: dict[str, type[Exception]]
) -> None:
    rig.disk.failing |= failure
    with pytest.raises(JournalError):
        rig.journal.record_command(WISH)
    rig.disk.failing.clear()
    rig.journal.record_command(WISH)
    rig.journal.record_outcome(DONE)
    assert rig.kept() == (0, 1)


def test_after_a_failed_sync_the_file_is_opened_anew_before_anything_is_written_to_it(rig: Rig) -> None:
    class Once(apsw.IOError):
        def __init__(self, *about: object) -> None:
            rig.disk.failing.clear()
            super().__init__(*about)

    before = rig.opened
    rig.disk.failing["xSync"] = Once
    rig.journal.record_command(WISH)
    assert rig.opened == before + 1
    assert rig.journal.view()["failures"] == 1
    assert rig.kept() == (0, 1)


def test_a_disk_that_is_full_gets_its_ballast_back_only_with_room_to_spare(folder: Path) -> None:
    ballast = Ballast(folder / "ballast", 1 << 20)
    assert ballast.take()
    assert (folder / "ballast").stat().st_size == 1 << 20
    ballast.release()
    assert not ballast.held
    assert ballast.take_again()


def test_a_home_starts_on_a_disk_that_has_no_room_but_the_ballast(tmp_path: Path) -> None:
    demand_small_disk()
    code = (
        "import sys; from pathlib import Path; from tests.journal.full_disk import Somebody\n"
        "from homectl.journal.ballast import Ballast; from homectl.journal.resilient import ResilientJournal\n"
        "folder = Path(sys.argv[1]); assert Ballast(folder / 'home.ballast', 1 << 20).take()\n"
        "Somebody(folder).takes_all_that_is_left()\n"
        "with ResilientJournal.keep(folder / 'home.db') as journal: print(journal.count())\n"
    )
    command = on_small_disk(tmp_path, 8, [sys.executable, "-c", code, str(tmp_path)])
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "0\n"


@pytest.mark.promise
def test_on_a_full_disk_commands_are_kept_readings_shed_and_all_is_well_soon_after(
    tmp_path: Path, measured: Measured
) -> None:
    demand_small_disk()
    command = on_small_disk(tmp_path, 8, [sys.executable, "-m", "tests.journal.full_disk", str(tmp_path)])
    said: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert (said["before"]["shed"], said["before"]["ballast"]) == (0, True)
    assert (said["full"]["ballast"], said["full"]["written"], said["full"]["refused"]) == (False, False, 0)
    assert said["greedy"]["shed"] >= 4000
    assert said["recovered after"] <= 10
    assert (said["after"]["ballast"], said["after"]["written"]) == (True, True)
    assert said["after"]["rows"] > said["greedy"]["rows"]
    assert said["kept"] >= said["acknowledged"] > 0
    assert said["slowest"] < 0.25
    measured(
        "full disk",
        acknowledged=said["acknowledged"],
        lost=max(0, said["acknowledged"] - said["kept"]),
        recovered_seconds=said["recovered after"],
        slowest_pulse_ms=round(1000 * said["slowest"], 1),
    )


def test_a_journal_that_is_damaged_while_the_home_runs_is_salvaged_then(folder: Path) -> None:
    home = Home(id="h", areas=(Area(id="hall"),))
    with ResilientJournal.keep(folder / "h.db", wall=lambda: 1.8e9) as journal:
        journal.set_home(home)
        journal.append(reading for at in range(50) for reading in readings(40, at=float(at)))
        journal.flush()
        journal._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with (folder / "h.db").open("r+b") as file:
            for page in range(4, 20):
                file.seek(page * 4096)
                file.write(bytes(100))
        journal._db.execute("PRAGMA shrink_memory")
        for at in range(60, 70):
            journal.append(readings(40, at=float(at)))
            journal.flush()
        journal.record_command(WISH)
        assert "salvaged" in journal.view()["salvaged"]
        assert journal.view()["failures"] == 1
        assert journal.home() == home
        assert sum(journal.commands().values()) == 1
    assert list(folder.glob("h.db.damaged-*"))


def test_damage_that_shows_only_when_the_history_is_read_is_salvaged_then(folder: Path) -> None:
    path = folder / "h.db"
    with ResilientJournal.keep(path, wall=lambda: 1.8e9) as journal:
        journal.append(reading for at in range(50) for reading in readings(40, at=float(at)))
        journal.flush()
        journal._db.execute("UPDATE readings SET value = 'warm' WHERE at = 7000 AND signal = 3")
        journal.flush()
        assert sum(map(len, journal.history().tracks.values())) == 50 * 40 - 1
        assert "1,999 readings" in journal.view()["salvaged"]
