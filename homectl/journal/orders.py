"""What people said beforehand, as a journal keeps it: holds they asked for, modes and levels they set, in order."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from math import inf
from typing import Protocol

from homectl.home import Hold, ModeSpan, Rung, Step, Target
from homectl.journal.rows import hold_of, mode_of, ms, row_of_hold, row_of_mode, row_of_step, step_of, target_of
from homectl.journal.schema import readable

_FORGET_HOLDS = """DELETE FROM holds WHERE at >= ? AND at < ?
  AND rowid NOT IN (SELECT max(rowid) FROM holds GROUP BY target)"""
_FORGET_STEPS = """DELETE FROM ladder WHERE at >= ? AND at < ?
  AND rowid NOT IN (SELECT max(rowid) FROM ladder GROUP BY area, kind)"""
_FORGET_MODES = "DELETE FROM modes WHERE at >= ? AND at < ? AND rowid < (SELECT max(rowid) FROM modes)"


class Writing(Protocol):
    def __call__(self, *, durable: bool = False) -> AbstractContextManager[None]:
        """One piece of writing into the journal."""


class Orders:
    """The holds, modes and levels of one journal; none in one from before they were kept."""

    def __init__(self, db: Callable[[], sqlite3.Connection], writing: Writing) -> None:
        """`db` is the connection there is now."""
        self._db, self._writing = db, writing

    def record_hold(self, hold: Hold) -> None:
        """A person asked to leave a target alone. Durable when this returns."""
        with self._writing(durable=True):
            self._db().execute("INSERT INTO holds VALUES (?, ?, ?, ?, ?)", row_of_hold(hold))

    def record_resume(self, target: Target, at: float, by: str) -> None:
        """A person ended every hold on a target. Durable when this returns."""
        with self._writing(durable=True):
            self._db().execute("INSERT INTO holds VALUES (?, ?, NULL, NULL, ?)", (ms(at), str(target), by))

    @readable()
    def holds(self) -> dict[Target, Hold | float]:
        """The last that was asked for of each target: a hold, or when (UTC seconds) it was to be resumed."""
        rows = self._db().execute("SELECT * FROM holds ORDER BY rowid") if has(self._db(), "holds") else ()
        return {target_of(row[1]): row[0] / 1000 if row[2] is None else hold_of(row) for row in rows}

    def every_hold(self) -> list[tuple[float, Target, Hold | str]]:
        """All that was asked for, in order: when (UTC seconds), of which target, and the hold, or who resumed it."""
        rows = self._db().execute("SELECT * FROM holds ORDER BY rowid") if has(self._db(), "holds") else ()
        return [(row[0] / 1000, target_of(row[1]), row[4] if row[2] is None else hold_of(row)) for row in rows]

    def record_mode(self, span: ModeSpan) -> None:
        """A person set a mode, or ended one by setting none. Durable when this returns."""
        with self._writing(durable=True):
            self._db().execute("INSERT INTO modes VALUES (?, ?, ?, ?)", row_of_mode(span))

    @readable()
    def modes(self) -> list[ModeSpan]:
        """Every mode that was set, in order, each until the next or until it ended by itself."""
        rows = self._db().execute("SELECT * FROM modes ORDER BY rowid") if has(self._db(), "modes") else ()
        spans = list(map(mode_of, rows))
        ends = (span.since for span in spans[1:])
        return [replace(span, until=min(span.until, next(ends, inf))) for span in spans]

    def record_step(self, step: Step) -> None:
        """A rung of the ladder has another level. Durable when this returns."""
        with self._writing(durable=True):
            self._db().execute("INSERT INTO ladder VALUES (?, ?, ?, ?, ?, ?)", row_of_step(step))

    @readable()
    def ladder(self) -> dict[Rung, Step]:
        """The last step of each rung."""
        rows = self._db().execute("SELECT * FROM ladder ORDER BY rowid") if has(self._db(), "ladder") else ()
        return {step.rung: step for step in map(step_of, rows)}

    def forget(self, start: int, end: int) -> None:
        """Those of a span (milliseconds) that others have followed; the last ones may still count."""
        self._db().execute(_FORGET_HOLDS, (start, end))
        self._db().execute(_FORGET_MODES, (start, end))
        self._db().execute(_FORGET_STEPS, (start, end))


def has(db: sqlite3.Connection, table: str) -> bool:
    """Whether a journal is of a version that has a table."""
    known = db.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", (table,))
    return bool(known.fetchone()[0])
