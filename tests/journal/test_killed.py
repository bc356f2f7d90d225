"""A process that writes a journal is killed at any time: nothing that it acknowledged is lost, and the file opens."""

import multiprocessing
import os
import signal
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import pytest

from homectl.home import Cause, Command, CommandState, Kind, Lock, Outcome, Quantity, Reading, Target
from homectl.journal import Journal
from tests.measured import Measured

BOLT = Target("bolt", Kind.LOCK)


def write_for_ever(path: Path, first: int, told: Connection) -> None:
    """Readings, commands and their ends; each command's number is told once its end is in the journal."""
    with Journal.open(path) as journal:
        number = first
        while True:
            at = 1.7e9 + number
            journal.append(
                Reading(device=f"d{n}", quantity=Quantity.TEMPERATURE, value=20.0, at=at + n / 100) for n in range(40)
            )
            wish = Command(id=str(number), target=BOLT, setting=Lock(), cause=Cause.SAFETY, issued=at, reason="")
            journal.record_command(wish)
            journal.record_outcome(Outcome(command=wish, state=CommandState.CONFIRMED, at=at))
            told.send(number)
            number += 1


def killed_at_any_time(path: Path, first: int, rng: Random) -> int:
    """Let a process write and kill it; the last number that it told."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.journal.test_killed"])
    told, teller = context.Pipe(duplex=False)
    writer = context.Process(target=write_for_ever, args=(path, first, teller), daemon=True)
    writer.start()
    teller.close()
    last = first - 1
    for _ in range(rng.randint(1, 6)):
        last = told.recv()
    told.poll(rng.random() / 200)
    assert writer.pid is not None
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    with suppress(EOFError):  # the last of what it had told
        while True:
            last = told.recv()
    return last


@pytest.mark.parametrize("times", [15, pytest.param(1000, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_nothing_acknowledged_is_lost(tmp_path: Path, times: int, measured: Measured) -> None:
    path, rng, first = tmp_path / "j.db", Random(7), 0
    lost = 0
    for _ in range(times):
        last = killed_at_any_time(path, first, rng)
        with Journal.open(path) as journal:
            there = {int(number): state for number, state in journal._db.execute("SELECT id, state FROM commands")}
            assert journal._db.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        lost += sum(there.get(number) != CommandState.CONFIRMED for number in range(first, last + 1))
        first = max(there, default=first - 1) + 1
    measured("kill -9 of the journal's writer", kills=times, acknowledged=first, lost=lost)
    assert lost == 0
    assert first >= times
