"""One SQLite file that remembers a home: readings, decisions, commands and what became of them.

One connection writes, every commit is synced. Readings are committed in groups by `flush`; commands and outcomes are
durable before the call returns, and whatever was appended before with them.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from homectl.home import (
    ORIGIN_CODE,
    Cause,
    Command,
    CommandState,
    History,
    Home,
    JournalDamaged,
    JournalError,
    Kind,
    Lesson,
    Outcome,
    Quantity,
    Reading,
    Record,
    Ruling,
    Signal,
    Target,
)
from homectl.journal.audit import Audit
from homectl.journal.orders import Orders, has
from homectl.journal.rows import (
    Turn,
    lesson_of,
    ms,
    reading_of,
    record_of,
    row_of_lesson,
    row_of_record,
    target_of,
    track_of,
)
from homectl.journal.runs import Runs
from homectl.journal.schema import code_of, connect, in_one_line, prepare, readable

ADVICE = {
    sqlite3.SQLITE_FULL: "make room on its disk",
    sqlite3.SQLITE_READONLY: "make its disk writable",
    sqlite3.SQLITE_CORRUPT: "start homectl again, which salvages what can be read",
}
"""What to do when the journal cannot be written, by SQLite's code."""


class Journal:
    """An open journal. Use as a context manager, or call `close`."""

    def __init__(self, connection: sqlite3.Connection, head: Path | None = None) -> None:
        """`head` is where the audit says where it ends; None for a journal in memory."""
        self._db = connection
        self.audit = Audit(lambda: self._db, partial(self._surely_writing, durable=True), head)
        self.orders = Orders(lambda: self._db, self._surely_writing)
        self.runs = Runs(lambda: self._db)
        self._signals = _signals(connection)
        self._heard = 0  # readings added in this run
        self._turn: Turn | None = None  # the last one stored
        self._newest: dict[Target, Record] = {}  # the last decision stored of each target, as far as it is known

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> "Journal":
        """Open or create a journal; JournalError if it is no journal or newer than this program, or damaged.

        One of an older version is brought up to date, with a copy of it put beside it; read only it stays as it is.
        """
        db = connect(path, read_only=read_only)
        try:
            return cls(db, Audit.head_of(path))
        except (sqlite3.Error, ValueError) as error:
            db.close()
            found = in_one_line(error)
            raise JournalDamaged(f"{path}: expected a journal, got: {found}; restore one or import its logs") from error

    @classmethod
    def in_memory(cls) -> "Journal":
        """A journal that is gone when it is closed."""
        db = sqlite3.connect(":memory:", isolation_level=None)
        prepare(db, 0, None)
        return cls(db)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.flush()
        self._db.close()

    def flush(self) -> None:
        """Commit what was appended; JournalError, as from everything that writes, where the disk does not take it."""
        if self._db.in_transaction:
            with self._writing(durable=True):
                pass
        self.audit.settle()

    # --- the home and its readings ----------------------------------------------------------------

    def set_home(self, home: Home) -> None:
        with self._writing():
            self._db.execute("INSERT OR REPLACE INTO about VALUES ('home', ?)", (home.model_dump_json(),))

    @readable()
    def home(self) -> Home:
        row = self._db.execute("SELECT value FROM about WHERE name = 'home'").fetchone()
        if row is None:
            raise JournalError("This journal does not say which home it is of; import it again with --home")
        return Home.model_validate_json(row[0])

    def append(self, readings: Iterable[Reading]) -> int:
        """Remember readings; what is known for that signal and time already adds nothing. The number added."""
        given = [(r.signal, ms(r.at), r.value, ORIGIN_CODE[r.origin], r.live, r.text) for r in readings]
        with self._writing():
            rows = [(self._signal(signal), *rest) for signal, *rest in given]
            before = self._db.total_changes
            self._db.executemany("INSERT OR IGNORE INTO readings VALUES (?, ?, ?, ?, ?, ?)", rows)
            added = self._db.total_changes - before
            self._heard += added
            return added

    def amend(self, readings: Iterable[Reading]) -> None:
        """Say anew who made some remembered readings what they are."""
        rows = [(ORIGIN_CODE[r.origin], self._signals.get(r.signal), ms(r.at)) for r in readings]
        if rows:
            with self._writing():
                self._db.executemany("UPDATE readings SET origin = ? WHERE signal = ? AND at = ?", rows)

    @readable()
    def history(self, start: float | None = None, end: float | None = None) -> History:
        """Every signal's samples with start ≤ time < end."""
        low, high = _span(start, end)
        signals = sorted(self._signals.items())
        return History({signal: track_of(self._db, number, low, high) for signal, number in signals})

    def readings(self) -> Iterator[Reading]:
        """Every reading, signal by signal, each in the order of time; JournalError where the file is damaged."""
        query = "SELECT at, value, origin, live, text FROM readings WHERE signal = ? ORDER BY at"
        with readable():
            for signal, number in sorted(self._signals.items()):
                for row in self._db.execute(query, (number,)):
                    yield reading_of(signal, row)

    def in_order(self, start: float | None = None, end: float | None = None) -> Iterator[Reading]:
        """Every reading with start ≤ time < end, oldest first; JournalError where the file is damaged."""
        signals = {number: signal for signal, number in self._signals.items()}
        query = (
            "SELECT signal, at, value, origin, live, text FROM readings WHERE at >= ? AND at < ? ORDER BY at, signal"
        )
        with readable():
            for number, *row in self._db.execute(query, _span(start, end)):
                yield reading_of(signals[number], tuple(row))

    @readable()
    def count(self, since: float | None = None) -> int:
        """How many readings there are."""
        return self._one("SELECT count(*) FROM readings WHERE at >= ?", _span(since, None)[:1])

    @property
    def signals(self) -> frozenset[Signal]:
        """What it has ever had readings of."""
        return frozenset(self._signals)

    @readable()
    def oldest(self) -> float:
        """The time of the oldest reading; 0 for a journal without any."""
        return self._one("SELECT coalesce(min(at), 0) FROM readings") / 1000

    @readable()
    def newest(self) -> float:
        """The time of the newest reading; 0 for a journal without any."""
        return self._one("SELECT coalesce(max(at), 0) FROM readings") / 1000

    def _one(self, query: str, about: tuple[int, ...] = ()) -> int:
        return int(self._db.execute(query, about).fetchone()[0])

    def retain(self, since: float) -> int:
        """Forget readings and decisions older than `since`; the number of readings forgotten."""
        with self._writing():
            gone = self._db.execute("DELETE FROM readings WHERE at < ?", (ms(since),)).rowcount
            self._db.execute("DELETE FROM decisions WHERE until < ?", (ms(since),))
            self._db.execute("DELETE FROM turns WHERE at < ?", (ms(since),))
            self.orders.forget(-(2**62), ms(since))
            return gone

    def forget(self, spans: Iterable[tuple[float, float]]) -> int:
        """Delete what is known of some spans, start ≤ time < end: readings, decisions, commands; the readings deleted.

        Nothing of it is left in the file when this returns.
        """
        gone = 0
        self._db.execute("PRAGMA secure_delete = ON")
        with self._writing(durable=True):
            for start, end in spans:
                span = (ms(start), ms(end))
                gone += self._db.execute("DELETE FROM readings WHERE at >= ? AND at < ?", span).rowcount
                self._db.execute("DELETE FROM decisions WHERE until >= ? AND since < ?", span)
                self._db.execute("DELETE FROM turns WHERE at >= ? AND at < ?", span)
                self._db.execute("DELETE FROM commands WHERE issued >= ? AND issued < ? AND ended IS NOT NULL", span)
                self.orders.forget(*span)
        self._newest = {}
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def hash(self) -> str:
        """What the readings say, whatever order they came in."""
        digest = hashlib.sha256()
        query = "SELECT device, quantity, at, value, origin, live, text FROM readings JOIN signals ON signal = id"
        for row in self._db.execute(query + " ORDER BY device, quantity, at"):
            digest.update(json.dumps(row).encode())
        return digest.hexdigest()

    # --- decisions, commands ----------------------------------------------------------------------

    def record_decisions(self, records: Sequence[Record], at: float | None = None) -> None:
        """Remember verdicts; one that only continues the last of its target makes that row longer.

        `at`: when the home looked whether anything was to be decided, UTC seconds, also where nothing was.
        """
        with self._writing():
            for turn in sorted({record.since for record in records} or ([] if at is None else [at])):
                self._record_turn(Turn(turn, self._heard))
            for record in records:
                last = self._newest.get(record.target) or next(iter(self.decisions(record.target, limit=1)), None)
                if last is not None and record.continues(last) and self._lengthen(last, record.until):
                    self._newest[record.target] = replace(last, until=record.until)
                else:
                    self._db.execute(
                        "INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row_of_record(record)
                    )
                    self._newest[record.target] = record

    def _lengthen(self, record: Record, until: float) -> bool:
        """Whether the stored decision was still there."""
        key = (ms(until), str(record.target), ms(record.since))
        return self._db.execute("UPDATE decisions SET until = ? WHERE target = ? AND since = ?", key).rowcount > 0

    @readable()
    def decisions(self, target: Target | None = None, limit: int = -1, since: float | None = None) -> list[Record]:
        """The newest first; those that still stood at `since` or later."""
        low = _span(since, None)[0]
        if target is None:
            query = "SELECT * FROM decisions WHERE until >= ? ORDER BY since DESC, rowid DESC LIMIT ?"
            rows = self._db.execute(query, (low, limit))
        else:
            query = "SELECT * FROM decisions WHERE target = ? AND until >= ? ORDER BY since DESC, rowid DESC LIMIT ?"
            rows = self._db.execute(query, (str(target), low, limit))
        return [record_of(row) for row in rows]

    def last_done(self, target: Target) -> Record | None:
        """The newest decision about a target that became a command; None also where the file cannot tell."""
        query = "SELECT * FROM decisions WHERE target = ? AND ruling = ? ORDER BY since DESC, rowid DESC LIMIT 1"
        with suppress(sqlite3.Error, ValueError):
            row = self._db.execute(query, (str(target), Ruling.APPROVED)).fetchone()
            return None if row is None else record_of(row)
        return None

    def _record_turn(self, turn: Turn) -> None:
        if turn != self._turn:
            self._db.execute("INSERT INTO turns VALUES (?, ?)", (ms(turn.at), turn.heard))
            self._turn = turn

    def record_start(self, at: float) -> None:
        """A home begins to be run: what the journal knows of before is restored, not heard."""
        with self._writing():
            self._heard, self._turn = 0, None
            self._db.execute("INSERT INTO runs VALUES (?)", (ms(at),))

    @readable()
    def last_start(self, at: float) -> float:
        """When the run began that a time is in, UTC seconds; -inf where nothing tells."""
        return self.runs.last(at)

    @readable()
    def count_decisions(self, since: float | None = None) -> int:
        """How many verdicts were stored; an unchanged run counts once."""
        query = "SELECT count(*) FROM decisions WHERE until >= ?"
        return int(self._db.execute(query, _span(since, None)[:1]).fetchone()[0])

    @readable()
    def refusals(self, since: float | None = None) -> dict[str, int]:
        """How many stored verdicts the guard refused, by its rule."""
        query = "SELECT rule, count(*) FROM decisions WHERE ruling = 'refused' AND until >= ? GROUP BY rule"
        return {str(rule): int(number) for rule, number in self._db.execute(query, _span(since, None)[:1])}

    def record_command(self, command: Command) -> None:
        """Durable when this returns; one that is there already stays as it is."""
        wish = (command.id, str(command.target), str(command.setting), command.cause, ms(command.issued))
        row = (*wish, command.reason, CommandState.ASKED)
        with self._writing(durable=True):
            self._db.execute("INSERT OR IGNORE INTO commands VALUES (?, ?, ?, ?, ?, ?, ?, NULL, '')", row)

    def record_outcome(self, outcome: Outcome) -> None:
        """Durable when this returns; the first end of a command stays its end."""
        end = (outcome.state, ms(outcome.at), outcome.detail, outcome.command.id)
        with self._writing(durable=True):
            self._db.execute("UPDATE commands SET state = ?, ended = ?, detail = ? WHERE id = ? AND ended IS NULL", end)

    def close_open_commands(self, at: float, detail: str) -> int:
        """Commands that a crash left without an end become expired; how many there were."""
        query = "UPDATE commands SET state = 'expired', ended = ?, detail = ? WHERE ended IS NULL"
        with self._writing(durable=True):
            return self._db.execute(query, (ms(at), detail)).rowcount

    @readable()
    def commands(self, since: float | None = None) -> dict[tuple[Kind, Cause, CommandState], int]:
        """How many commands were issued, by kind, cause and what became of them."""
        query = "SELECT target, cause, state, count(*) FROM commands WHERE issued >= ? GROUP BY target, cause, state"
        rows = self._db.execute(query, _span(since, None)[:1])
        counts: dict[tuple[Kind, Cause, CommandState], int] = {}
        for target, cause, state, number in rows:
            key = (target_of(target).kind, Cause(cause), CommandState(state))
            counts[key] = counts.get(key, 0) + number
        return counts

    # --- learning ---------------------------------------------------------------------------------

    def record_lessons(self, lessons: Iterable[Lesson]) -> None:
        """Durable when this returns."""
        with self._writing(durable=True):
            self._db.executemany("INSERT INTO lessons VALUES (?, ?, ?, ?, ?, ?, ?)", map(row_of_lesson, lessons))

    @readable()
    def lessons(self, since: float | None = None) -> list[Lesson]:
        """What learning came to, in the order it was recorded; none in a journal from before it was kept."""
        if not has(self._db, "lessons"):
            return []
        query = "SELECT * FROM lessons WHERE at >= ? ORDER BY rowid"
        return [lesson_of(row) for row in self._db.execute(query, _span(since, None)[:1])]

    @contextmanager
    def _writing(self, *, durable: bool = False) -> Iterator[None]:
        """One piece of writing, committed at its end if `durable`, else with the next that is."""
        try:
            if not self._db.in_transaction:
                self._db.execute("BEGIN")
            yield
            if durable:
                self._db.execute("COMMIT")
        except JournalDamaged:
            self._undo()
            raise
        except sqlite3.Error as error:
            self._undo()
            advice = ADVICE.get(code_of(error), "look at its disk")
            raise JournalError(f"The journal cannot be written: {error}; {advice}") from error

    def _surely_writing(self, *, durable: bool = False) -> AbstractContextManager[None]:
        """The same for what must not be lost and is not written by methods of the journal itself."""
        return self._writing(durable=durable)

    def _undo(self) -> None:
        """Drop what is not committed, and what was remembered of it."""
        with suppress(sqlite3.Error):  # a file that cannot even be read says so again to whoever writes next
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._signals, self._newest, self._turn = _signals(self._db), {}, None

    def _signal(self, signal: Signal) -> int:
        number = self._signals.get(signal)
        if number is None:
            cursor = self._db.execute("INSERT INTO signals (device, quantity) VALUES (?, ?)", signal)
            number = self._signals[signal] = int(cursor.lastrowid or 0)
        return number


def _signals(db: sqlite3.Connection) -> dict[Signal, int]:
    rows = db.execute("SELECT device, quantity, id FROM signals")
    return {Signal(device, Quantity(quantity)): number for device, quantity, number in rows}


def _span(start: float | None, end: float | None) -> tuple[int, int]:
    return -(2**62) if start is None else ms(start), 2**62 if end is None else ms(end)
