"""The power goes while the journal writes: what it had acknowledged is there, whatever the disk had not synced."""

import sqlite3
from pathlib import Path
from random import Random
from typing import cast

import pytest

from homectl.home import Cause, Command, CommandState, JournalError, Kind, Lock, Outcome, Quantity, Reading, Target
from homectl.journal import Journal
from homectl.journal.schema import prepare
from tests.journal.crash_disk import Disk, Event, Through, power_cuts
from tests.measured import Measured

BOLT = Target("bolt", Kind.LOCK)
COMMANDS = 60


def lived(path: Path, disk: Disk, level: str) -> None:
    """Commands and their ends between readings, each told to the world once the journal has taken it."""
    db = cast("sqlite3.Connection", Through(path, disk))
    prepare(db, 0, None)
    db.execute(f"PRAGMA synchronous = {level}")
    db.execute("PRAGMA wal_autocheckpoint = 20")
    journal = Journal(db)
    for n in range(COMMANDS):
        at = 1.7e9 + 10 * n
        journal.append(
            Reading(device=f"d{k}", quantity=Quantity.TEMPERATURE, value=20.0 + k, at=at + k / 10) for k in range(20)
        )
        wish = Command(id=f"c{n}", target=BOLT, setting=Lock(), cause=Cause.SAFETY, issued=at, reason="forgotten")
        journal.record_command(wish)
        disk.events.append(Event("told", told=(wish.id, CommandState.ASKED)))
        journal.record_outcome(Outcome(command=wish, state=CommandState.CONFIRMED, at=at + 3))
        disk.events.append(Event("told", told=(wish.id, CommandState.CONFIRMED)))


def lost(folder: Path, level: str, images: int, seed: int = 1) -> tuple[int, int]:
    """In how many images after a power cut something acknowledged is missing, and how many do not even open."""
    disk, rng = Disk(), Random(seed)
    lived(folder / "lived.db", disk, level)
    first = next(place for place, event in enumerate(disk.events) if event.what == "told")
    moments = sorted(rng.randrange(first, len(disk.events)) for _ in range(images))
    missing = broken = 0
    for told, image in power_cuts(disk.events, moments, rng):
        path = folder / "image.db"
        for name, suffix in (("db", ""), ("wal", "-wal"), ("shm", "-shm")):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
            if name in image:
                path.with_name(path.name + suffix).write_bytes(image[name])
        try:
            with Journal.open(path) as journal:
                there = dict(journal._db.execute("SELECT id, state FROM commands"))
                broken += journal._db.execute("PRAGMA quick_check").fetchone()[0] != "ok"
        except (JournalError, sqlite3.Error):
            broken, there = broken + 1, {}
        missing += any(there.get(command) not in (state, CommandState.CONFIRMED) for command, state in told.items())
    return missing, broken


@pytest.mark.parametrize("images", [300, pytest.param(2000, marks=pytest.mark.soak)])
def test_after_a_power_cut_every_acknowledged_command_and_end_is_there(
    folder: Path, images: int, measured: Measured
) -> None:
    missing, broken = lost(folder, "FULL", images)
    measured("power cuts", images=images, lost=missing, unreadable=broken)
    assert (missing, broken) == (0, 0)


def test_the_disk_does_lose_what_a_journal_that_syncs_less_acknowledged(folder: Path) -> None:
    """Else the claim above would say nothing."""
    missing, _ = lost(folder, "NORMAL", 100)
    assert missing > 20
