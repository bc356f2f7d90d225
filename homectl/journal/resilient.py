"""The journal of a running home: a disk that fails stops nothing that decides.

Readings and decisions that the disk does not take are shed and counted. Commands, their ends and lessons are tried a
second time after room was made and the file was opened anew: after a failed sync nobody knows what is on the disk, so
nothing is written to it again through the same connection.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from homectl.home import Command, History, Home, JournalError, Lesson, Outcome, Reading, Record
from homectl.journal.audit import Audit
from homectl.journal.ballast import Ballast
from homectl.journal.journal import Journal
from homectl.journal.salvage import sound
from homectl.journal.schema import DAMAGED, code_of, connect

log = logging.getLogger(__name__)

RETRY = 2.0
"""Real seconds after a failure in which nothing that may be lost is written."""

Opened = tuple[sqlite3.Connection, str]
"""A connection, and what had to be salvaged for it; empty for nothing."""


class ResilientJournal(Journal):
    """Everything that writes returns at once: what fails is shed, or raises JournalError where it must not be lost."""

    def __init__(
        self,
        opened: Opened,
        again: Callable[[str], Opened],
        ballast: Ballast,
        real: Callable[[], float],
        head: Path | None = None,
    ) -> None:
        """`again` opens the file anew, salvaging it where it is told what is damaged; `real`: monotonic seconds.

        `head` is where the audit says where it ends.
        """
        db, self._found = opened
        super().__init__(db, head)
        self._again, self._ballast, self._real = again, ballast, real
        self._home: Home | None = None
        self._fault, self._rest_until = "", 0.0
        self._shed = self._waiting = self._failures = 0
        ballast.take()

    @classmethod
    def keep(
        cls,
        path: Path,
        *,
        wall: Callable[[], float] = time.time,
        real: Callable[[], float] = time.monotonic,
        ballast: Ballast | None = None,
    ) -> Self:
        """Open or create the journal of a home, salvaging one that is damaged. JournalError where there is no way."""
        ballast = ballast or Ballast(path.with_suffix(".ballast"))
        try:
            opened = sound(path, wall())
        except (JournalError, OSError, sqlite3.Error):
            if not ballast.held:
                raise
            ballast.release()
            opened = sound(path, wall())

        def again(damage: str) -> Opened:
            return sound(path, wall(), known=damage) if damage else (connect(path), "")

        return cls(opened, again, ballast, real, Audit.head_of(path))

    def view(self) -> dict[str, Any]:
        """How it stands, for the home's health."""
        return {
            "written": not self._fault,
            "fault": self._fault,
            "failures": self._failures,
            "shed": self._shed,
            "salvaged": self._found,
        }

    def history(self, start: float | None = None, end: float | None = None) -> History:
        """As a journal has it; one that turns out damaged only when it is read is salvaged first."""
        try:
            return super().history(start, end)
        except JournalError as error:
            if not self._reopened(str(error)):
                raise JournalError(self._fault) from error
            return super().history(start, end)

    # --- what may be lost -------------------------------------------------------------------------

    def append(self, readings: Iterable[Reading]) -> int:
        kept = list(readings)
        return self._if_taken(len(kept), lambda: super(ResilientJournal, self).append(kept))

    def record_decisions(self, records: Sequence[Record], at: float | None = None) -> None:
        self._if_taken(len(records), lambda: super(ResilientJournal, self).record_decisions(records, at))

    def flush(self) -> None:
        self._if_taken(0, super().flush)

    def _if_taken(self, rows: int, write: Callable[[], Any]) -> int:
        if self._resting():
            self._shed += rows
            return 0
        self._waiting += rows
        try:
            written = write()
        except (JournalError, sqlite3.Error) as error:
            self._failed(error)
            return 0
        if not self._db.in_transaction:
            self._waiting = 0
        return int(written or 0)

    def _resting(self) -> bool:
        """Whether it is too early to write what may be lost, or still impossible."""
        if not self._fault or self._real() < self._rest_until:
            return bool(self._fault)
        self._rest_until = self._real() + RETRY
        if not (self._ballast.take_again() and self._reopened() and self._tried()):
            return True
        log.warning("the journal is written again; %d rows were shed in all", self._shed)
        self._fault = ""
        return False

    def _tried(self) -> bool:
        """Whether the disk takes something again, durably."""
        try:
            self._db.execute("INSERT OR REPLACE INTO about VALUES ('tried', datetime())")
        except sqlite3.Error as error:
            self._fault = str(error)
            return False
        return True

    # --- what must not be lost --------------------------------------------------------------------

    def set_home(self, home: Home) -> None:
        self._home = home
        self._if_taken(0, lambda: super(ResilientJournal, self).set_home(home))

    def record_command(self, command: Command) -> None:
        self._surely(lambda: super(ResilientJournal, self).record_command(command))

    def record_outcome(self, outcome: Outcome) -> None:
        self._surely(lambda: super(ResilientJournal, self).record_outcome(outcome))

    def record_lessons(self, lessons: Iterable[Lesson]) -> None:
        kept = list(lessons)
        self._surely(lambda: super(ResilientJournal, self).record_lessons(kept))

    def record_start(self, at: float) -> None:
        self._surely(lambda: super(ResilientJournal, self).record_start(at))

    def close_open_commands(self, at: float, detail: str) -> int:
        return self._surely(lambda: super(ResilientJournal, self).close_open_commands(at, detail)) or 0

    def _surely(self, write: Callable[[], int | None]) -> int | None:
        try:
            done = write()
        except (JournalError, sqlite3.Error) as error:
            if not self._failed(error):
                raise JournalError(self._fault) from error
            done = write()
        self._waiting = 0
        return done

    @contextmanager
    def _surely_writing(self, *, durable: bool = False) -> Iterator[None]:
        """Whoever writes keeps what failed; the next piece finds the file opened anew."""
        try:
            with self._writing(durable=durable):
                yield
        except (JournalError, sqlite3.Error) as error:
            self._failed(error)
            raise JournalError(self._fault) from error

    # --- failing and coming back ------------------------------------------------------------------

    def _failed(self, error: JournalError | sqlite3.Error) -> bool:
        """Take note, make room where there is none, open the file anew: whether it is open."""
        code = code_of(error if isinstance(error, sqlite3.Error) else error.__cause__)
        self._failures += 1
        self._shed, self._waiting = self._shed + self._waiting, 0
        if not self._fault:
            log.error("%s; until it can be written, readings and decisions are not kept", error)
        self._fault, self._rest_until = str(error), self._real() + RETRY
        if code == sqlite3.SQLITE_FULL or not self._ballast.take_again():
            self._ballast.release()
        return self._reopened(str(error) if code in DAMAGED else "")

    def _reopened(self, damage: str = "") -> bool:
        """Whether the file could be opened anew, and all that its log holds put where it belongs.

        What is damaged is salvaged once in a run: a disk that damages what was just written would be filled by that.
        """
        with suppress(sqlite3.Error):
            self._db.close()
        try:
            self._db, found = self._again("" if self._found else damage)
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except (JournalError, OSError, sqlite3.Error) as error:
            self._fault = str(error)
            return False
        self._undo()
        if found:
            self._found = found
            if self._home is not None:
                self.set_home(self._home)
        return True

    def close(self) -> None:
        self.flush()
        with suppress(sqlite3.Error):
            self._db.close()
