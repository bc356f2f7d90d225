"""Run on a small disk: a journal whose disk is filled, made read only, and given back, as JSON of what came of it.

`python -m tests.journal.full_disk FOLDER`
"""

import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from homectl.home import Cause, Command, CommandState, JournalError, Kind, Light, Outcome, Quantity, Reading, Target
from homectl.journal.ballast import Ballast
from homectl.journal.resilient import ResilientJournal

LAMP = Target("lamp", Kind.LIGHT)
REAL = [0.0]


def commands() -> Iterator[Command]:
    number = 0
    while True:
        yield Command(
            id=str(number), target=LAMP, setting=Light(True), cause=Cause.PERSON, issued=1.7e9 + number, reason="asked"
        )
        number += 1


class Somebody:
    """Another program on the disk."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "somebody_elses"

    def takes_all_that_is_left(self) -> None:
        try:
            with self._path.open("ab", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
        except OSError:
            return

    def gives_it_back(self) -> None:
        self._path.unlink()


class Life:
    """A home that reads and asks, a quarter of a second after the other."""

    def __init__(self, journal: ResilientJournal) -> None:
        self.journal, self._wishes, self._n = journal, commands(), 0
        self.acknowledged, self.refused, self.slowest = 0, 0, 0.0

    def pulse(self) -> None:
        began = time.monotonic()
        REAL[0] += 0.25
        at = 1.7e9 + self._n
        self._n += 1
        self.journal.append(
            Reading(device=f"d{n}", quantity=Quantity.TEMPERATURE, value=20.0, at=at + n / 1000) for n in range(200)
        )
        wish = next(self._wishes)
        try:
            self.journal.record_command(wish)
            self.journal.record_outcome(Outcome(command=wish, state=CommandState.CONFIRMED, at=at))
            self.acknowledged += 1
        except JournalError:
            self.refused += 1
        self.journal.flush()
        self.slowest = max(self.slowest, time.monotonic() - began)


def story(folder: Path) -> dict[str, Any]:
    """A disk that is full once, for ten seconds; then one on which somebody takes whatever becomes free."""
    ballast = folder / "home.ballast"
    journal = ResilientJournal.keep(folder / "home.db", real=lambda: REAL[0], ballast=Ballast(ballast, 1 << 20))
    life, somebody = Life(journal), Somebody(folder)
    said: dict[str, Any] = {}

    def note(name: str) -> None:
        said[name] = {**journal.view(), "ballast": ballast.exists(), "refused": life.refused, "rows": journal.count()}

    def pulses(number: int, *, greedy: bool = False) -> None:
        for _ in range(number):
            if greedy:
                somebody.takes_all_that_is_left()
            life.pulse()

    pulses(20)
    note("before")
    somebody.takes_all_that_is_left()
    while ballast.exists():
        life.pulse()
    note("full")
    pulses(20, greedy=True)
    note("greedy")
    somebody.gives_it_back()
    since = REAL[0]
    while not journal.view()["written"] and REAL[0] - since < 60:
        life.pulse()
    said["recovered after"] = REAL[0] - since
    pulses(20)
    note("after")
    journal.close()
    with ResilientJournal.keep(folder / "home.db") as again:
        said["kept"] = sum(n for (_, _, state), n in again.commands().items() if state is CommandState.CONFIRMED)
    return {**said, "acknowledged": life.acknowledged, "slowest": life.slowest}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    os.sync()
    print(json.dumps(story(Path(sys.argv[1]))))
