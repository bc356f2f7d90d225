"""Questions about a home's past, on a connection of their own that only reads: the one that writes never waits.

Every question is bounded in rows and in time. Times are UTC seconds, and a span is start ≤ time < end.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from homectl.home import (
    ORIGIN_CODE,
    ORIGINS,
    Cause,
    CommandState,
    Deed,
    History,
    Hold,
    JournalDamaged,
    JournalError,
    Lesson,
    ModeSpan,
    Origin,
    Record,
    Ruling,
    Signal,
    Step,
    Target,
)
from homectl.journal.orders import has
from homectl.journal.rows import (
    deed_of,
    hold_of,
    lesson_of,
    mode_of,
    ms,
    record_of,
    step_of,
    target_of,
    track_of,
)
from homectl.journal.schema import code_of, connect, readable

STEPS = 20_000
"""Instructions of SQLite's machine after which it is asked whether the time is up: well below a millisecond."""

_EACH = """
SELECT at, value, value, value, 1 FROM readings WHERE signal = ? AND at >= ? AND at < ? ORDER BY at LIMIT ?
"""
_POINTS = """
SELECT point.at, low, high, value, count FROM (
  SELECT max(at) AS at, min(value) AS low, max(value) AS high, count(*) AS count
  FROM readings WHERE signal = :signal AND at >= :start AND at < :end GROUP BY (at - :start) / :width) AS point
JOIN readings ON signal = :signal AND readings.at = point.at ORDER BY point.at
"""
_CHANGES = """
SELECT at, value, before, origin FROM (
  SELECT at, value, origin, (
    SELECT earlier.value FROM readings AS earlier
    WHERE earlier.signal = one.signal AND earlier.at < one.at ORDER BY earlier.at DESC LIMIT 1) AS before
  FROM readings AS one WHERE signal = ? AND at >= ? AND at < ? AND origin IN (SELECT value FROM json_each(?)))
WHERE abs(value - before) > ? ORDER BY at DESC LIMIT ?
"""
_DECISIONS = """
SELECT * FROM decisions WHERE target = :target AND since < :end AND until >= :start
  AND ruling IN (SELECT value FROM json_each(:rulings))
  AND (:cause IS NULL OR cause = :cause) AND since >=
  coalesce((SELECT max(since) FROM decisions WHERE target = :target AND since <= :start), :start)
ORDER BY since DESC, rowid DESC LIMIT :limit
"""
_FIRST = """
SELECT min(first) FROM (
  SELECT (SELECT min(at) FROM readings WHERE signal = id) AS first FROM signals
  UNION ALL SELECT min(issued) FROM commands)
"""
_ERRANDS = """
SELECT * FROM commands WHERE issued >= :start AND issued < :end
  AND (:targets IS NULL OR target IN (SELECT value FROM json_each(:targets)))
ORDER BY issued DESC, rowid DESC LIMIT :limit
"""
_FIRST_OF = {
    "audit": "SELECT min(at) FROM audit",
    "holds": "SELECT min(at) FROM holds",
    "modes": "SELECT min(at) FROM modes",
    "ladder": "SELECT min(at) FROM ladder",
    "lessons": "SELECT min(at) FROM lessons",
}
_NEWEST = {
    "audit": """SELECT at, elapsed, actor, act, target, outcome, detail FROM audit WHERE at >= :start AND at < :end
        AND (:about IS NULL OR target IN (SELECT value FROM json_each(:about)))
        ORDER BY at DESC, number DESC LIMIT :limit""",
    "holds": """SELECT * FROM holds WHERE at >= :start AND at < :end
        AND (:about IS NULL OR target IN (SELECT value FROM json_each(:about)))
        ORDER BY at DESC, rowid DESC LIMIT :limit""",
    "ladder": """SELECT * FROM ladder WHERE at >= :start AND at < :end
        AND (:about IS NULL OR area IN (SELECT value FROM json_each(:about)))
        ORDER BY at DESC, rowid DESC LIMIT :limit""",
    "modes": "SELECT * FROM modes WHERE at >= :start AND at < :end ORDER BY at DESC, rowid DESC LIMIT :limit",
    "lessons": "SELECT * FROM lessons WHERE at >= :start AND at < :end ORDER BY at DESC, rowid DESC LIMIT :limit",
}


class Point(NamedTuple):
    """Some readings in a row: when the last of them was, the lowest, the highest and the last value; None: unknown."""

    at: float
    low: float | None
    high: float | None
    last: float | None
    readings: int


class Turned(NamedTuple):
    """A signal said something else than before."""

    signal: Signal
    at: float
    value: float
    before: float
    origin: Origin


@dataclass(frozen=True, slots=True)
class Errand:
    """A command as the journal keeps it: what was asked of a target, on whose behalf and why, and what became of it."""

    id: str
    target: Target
    setting: str
    cause: Cause
    issued: float
    reason: str
    state: CommandState
    ended: float | None
    detail: str


@contextmanager
def _in_time() -> Iterator[None]:
    try:
        with readable():
            yield
    except JournalDamaged as error:
        if code_of(error.__cause__) == sqlite3.SQLITE_INTERRUPT:
            raise JournalError("The answer took too long to find; ask about a shorter time") from None
        raise


class PastReader:
    """An open journal to look back into. It belongs to the thread that opened it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    @classmethod
    @contextmanager
    def open(cls, path: Path, late: Callable[[], bool]) -> Iterator["PastReader"]:
        """The journal in a file. JournalError where it cannot be read, and from every question once it is `late`."""
        db = connect(path, read_only=True)
        try:
            db.set_progress_handler(late, STEPS)
            db.execute("PRAGMA query_only = ON")
            yield cls(db)
        finally:
            db.close()

    # --- readings ---------------------------------------------------------------------------------

    @_in_time()
    def points(self, signal: Signal, start: float, end: float, most: int) -> list[Point]:
        """A signal in at most `most` points; one for each reading where there are no more than that."""
        number = self._number(signal)
        if number is None or end <= start:
            return []
        span = (number, ms(start), ms(end))
        rows = self._db.execute(_EACH, (*span, most + 1)).fetchall()
        if len(rows) > most:
            width = -(-(ms(end) - ms(start)) // most)
            named = {"signal": number, "start": ms(start), "end": ms(end), "width": width}
            rows = self._db.execute(_POINTS, named).fetchall()
        return [Point(at / 1000, *rest) for at, *rest in rows]

    @_in_time()
    def before(self, signal: Signal, at: float) -> float | None:
        """The last value before a time; None where there is none, or it was unknown."""
        query = "SELECT value FROM readings WHERE signal = ? AND at < ? ORDER BY at DESC LIMIT 1"
        row = self._db.execute(query, (self._number(signal), ms(at))).fetchone()
        return None if row is None else row[0]

    @_in_time()
    def turned(
        self, signal: Signal, start: float, end: float, origins: Sequence[Origin], jitter: float, limit: int
    ) -> list[Turned]:
        """The newest times at which a signal changed by more than `jitter` by one of some hands, the newest first."""
        codes = json.dumps([ORIGIN_CODE[origin] for origin in origins])
        rows = self._db.execute(_CHANGES, (self._number(signal), ms(start), ms(end), codes, jitter, limit))
        return [Turned(signal, at / 1000, value, before, ORIGINS[origin]) for at, value, before, origin in rows]

    @_in_time()
    def history(self, signals: Sequence[Signal], start: float, end: float) -> History:
        """Every sample of some signals."""
        numbers = {signal: self._number(signal) for signal in signals}
        known = {signal: number for signal, number in numbers.items() if number is not None}
        return History({signal: track_of(self._db, n, ms(start), ms(end)) for signal, n in known.items()})

    @_in_time()
    def knows(self, device: str) -> bool:
        """Whether anything was ever heard of a device."""
        return self._db.execute("SELECT 1 FROM signals WHERE device = ?", (device,)).fetchone() is not None

    @_in_time()
    def oldest(self) -> float:
        """When the oldest was that is kept of anything: readings are forgotten first; 0 for an empty journal."""
        kept = (query for table, query in _FIRST_OF.items() if has(self._db, table))
        found = [self._db.execute(query).fetchone()[0] for query in (_FIRST, *kept)]
        return min((at for at in found if at is not None), default=0) / 1000

    def _number(self, signal: Signal) -> int | None:
        row = self._db.execute("SELECT id FROM signals WHERE device = ? AND quantity = ?", signal).fetchone()
        return None if row is None else int(row[0])

    # --- decisions and what came of them ----------------------------------------------------------

    @_in_time()
    def decisions(
        self,
        target: Target,
        start: float,
        end: float,
        rulings: Sequence[Ruling],
        limit: int,
        cause: Cause | None = None,
    ) -> list[Record]:
        """What stood in a span of what was decided of a target, on one behalf or on any (None); the newest first."""
        about = {"target": str(target), "start": ms(start), "end": ms(end), "rulings": json.dumps(rulings)}
        return [record_of(row) for row in self._db.execute(_DECISIONS, about | {"limit": limit, "cause": cause})]

    @_in_time()
    def errands(self, start: float, end: float, limit: int, targets: Sequence[Target] | None = None) -> list[Errand]:
        """The commands of a span to some targets, or to all (None), the newest first."""
        asked = None if targets is None else json.dumps([str(target) for target in targets])
        about = {"start": ms(start), "end": ms(end), "targets": asked, "limit": limit}
        rows = self._db.execute(_ERRANDS, about)
        return [_errand(*row) for row in rows]

    @_in_time()
    def confirmed(self, target: Target, start: float, end: float) -> frozenset[str]:
        """The ids of the commands of a span that their device has confirmed."""
        query = "SELECT id FROM commands WHERE target = ? AND issued >= ? AND issued < ? AND state = ?"
        rows = self._db.execute(query, (str(target), ms(start), ms(end), CommandState.CONFIRMED))
        return frozenset(name for (name,) in rows)

    @_in_time()
    def deeds(self, start: float, end: float, limit: int, targets: Sequence[Target] | None = None) -> list[Deed]:
        """What the audit tells of a span about some targets, or about all (None), the newest first."""
        return [deed_of(row) for row in self._newest("audit", start, end, limit, targets)]

    @_in_time()
    def holds(
        self, start: float, end: float, limit: int, targets: Sequence[Target] | None = None
    ) -> list[tuple[float, Target, Hold | str]]:
        """When (UTC seconds) people asked to leave what alone, the newest first; or who ended that."""
        rows = self._newest("holds", start, end, limit, targets)
        return [(row[0] / 1000, target_of(row[1]), row[4] if row[2] is None else hold_of(row)) for row in rows]

    @_in_time()
    def modes(self, start: float, end: float, limit: int) -> list[ModeSpan]:
        """The modes as they were set, the newest first."""
        return [mode_of(row) for row in self._newest("modes", start, end, limit)]

    @_in_time()
    def steps(self, start: float, end: float, limit: int, area: str | None = None) -> list[Step]:
        """The steps on the ladder in an area, or in all (None), the newest first."""
        return [step_of(row) for row in self._newest("ladder", start, end, limit, None if area is None else [area])]

    @_in_time()
    def lessons(self, start: float, end: float, limit: int) -> list[Lesson]:
        """What learning came to, the newest first."""
        return [lesson_of(row) for row in self._newest("lessons", start, end, limit)]

    def _newest(
        self, table: str, start: float, end: float, limit: int, about: Sequence[object] | None = None
    ) -> Iterator[Any]:
        """None in a journal from before they were kept."""
        if not has(self._db, table):
            return iter(())
        names = None if about is None else json.dumps([str(one) for one in about])
        return self._db.execute(_NEWEST[table], {"start": ms(start), "end": ms(end), "limit": limit, "about": names})


def _errand(
    name: str,
    target: str,
    setting: str,
    cause: str,
    issued: int,
    reason: str,
    state: str,
    ended: int | None,
    detail: str,
) -> Errand:
    return Errand(
        id=name,
        target=target_of(target),
        setting=setting,
        cause=Cause(cause),
        issued=issued / 1000,
        reason=reason,
        state=CommandState(state),
        ended=None if ended is None else ended / 1000,
        detail=detail,
    )
