"""A damaged journal: set aside with the time in its name, and what can still be read of it put into a fresh one.

Each table is copied by ranges of its key, and a range that cannot be read is narrowed down until only what is
damaged is left out. Both looking and copying have their time, so that a home always starts.
"""

import logging
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from homectl.home import JournalDamaged
from homectl.journal.believable import BELIEVABLE
from homectl.journal.leaves import readings_in
from homectl.journal.schema import connect

log = logging.getLogger(__name__)

LOOKING, COPYING = 2.0, 6.0
"""Real seconds for each: then what was not looked at counts as sound, and what was not copied as lost."""

RECENT = 35 * 86_400_000
"""Milliseconds of readings that are copied before any older ones."""

BARREN = 6
"""How often a range of which nothing can be read is halved before it is given up."""

FARTHEST = 2**62
GROUP = 10_000
"""Rows of a page that are put in at once."""

OFTEN = 10_000
"""SQLite's steps between two looks at the time."""


@dataclass(slots=True)
class Found:
    """What came of a salvage: rows by table, and the tables of which something is lost."""

    aside: Path
    kept: dict[str, int] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        kept = ", ".join(f"{number:,} {table}" for table, number in self.kept.items() if number) or "nothing"
        lost = f"could not read all of {', '.join(sorted(self.lost))}" if self.lost else "nothing else was found"
        return f"salvaged {kept}; {lost}; the damaged file is {self.aside.name}"


def sound(path: Path, now: float, *, known: str = "") -> tuple[sqlite3.Connection, str]:
    """Open or create a journal's file, salvaging it where it is damaged: what was salvaged and lost, else nothing.

    `now`: wall time, UTC seconds; `known`: what already showed that it is damaged. JournalError where the file is no
    journal, is newer, or its disk takes none.
    """
    ready = _beside(path, "salvaged")
    if ready.exists() and not path.exists():
        ready.replace(path)
    db, emptied = None, path.exists() and not path.stat().st_size
    try:
        if known:
            raise JournalDamaged(f"{path}: damaged: {known}")
        db = connect(path)
        demand_sound(db, path)
        if emptied:
            log.error("%s: expected a journal, got an empty file; beginning anew", path)
        return db, "the file was empty" if emptied else ""
    except JournalDamaged as error:
        if db is not None:
            db.close()
        found = salvaged(path, now)
        log.error("%s; %s", error, found)
        return connect(path), str(found)


def demand_sound(db: sqlite3.Connection, path: Path) -> None:
    """JournalDamaged where the file's structure, or a row, cannot be what was written."""
    with _time(db, LOOKING), suppress(_TimeUp):
        for (said,) in _asked(db, "PRAGMA quick_check(1)", path):
            if said != "ok":
                raise JournalDamaged(f"{path}: damaged: {' '.join(str(said).split())[:120]}")
        for table, condition in BELIEVABLE.items():
            if _asked(db, f"SELECT 1 FROM {table} WHERE ({condition}) IS NOT TRUE LIMIT 1", path):  # noqa: S608
                raise JournalDamaged(f"{path}: damaged: a row of {table} cannot be what was written")


class _TimeUp(Exception):
    pass


def _asked(db: sqlite3.Connection, query: str, path: Path) -> list[tuple[object, ...]]:
    try:
        return db.execute(query).fetchall()
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise _TimeUp from None
        raise JournalDamaged(f"{path}: damaged: {error}") from None


@contextmanager
def _time(db: sqlite3.Connection, seconds: float) -> Iterator[Callable[[], bool]]:
    """Let statements end after so many seconds; whether they are over."""
    end = time.monotonic() + seconds

    def over() -> bool:
        return time.monotonic() > end

    db.set_progress_handler(over, OFTEN)
    try:
        yield over
    finally:
        db.set_progress_handler(None, 0)


def salvaged(path: Path, now: float) -> Found:
    """Put a fresh journal with what can be read in the place of a damaged one, which is set aside whole."""
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    found, half = Found(_beside(path, f"damaged-{stamp}")), _beside(path, "half")
    half.unlink(missing_ok=True)
    with closing(connect(half)) as fresh, _time(fresh, COPYING) as over:
        fresh.execute("PRAGMA synchronous = OFF")
        _Copying(fresh, path, found, over).all()
        fresh.set_progress_handler(None, 0)  # what follows is not to be cut short
        fresh.execute("PRAGMA synchronous = FULL")
        fresh.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ready = half.replace(_beside(path, "salvaged"))
    wal = _log(path, "-wal")
    if wal.exists() and wal.stat().st_size:
        wal.replace(_log(found.aside, "-wal"))
    path.replace(found.aside)
    for suffix in ("-wal", "-shm"):
        _log(path, suffix).unlink(missing_ok=True)
    ready.replace(path)
    return found


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.name}.{what}")


def _log(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


class _Copying:
    """From a damaged file, attached read only, to a fresh one."""

    def __init__(self, fresh: sqlite3.Connection, damaged: Path, found: Found, over: Callable[[], bool]) -> None:
        self._db, self._damaged, self._found, self._over = fresh, damaged, found, over

    def all(self) -> None:
        """Every table, the long one last; where not even the list of tables can be read, by a fresh one's list."""
        tables = [name for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        self._found.kept |= dict.fromkeys(tables, 0)
        with self._attached(self._damaged) as there:
            if there:
                self._tables(tables)
                return
        with self._grafted() as graft, self._attached(graft) as there:
            if there:
                self._tables(tables)
            self._found.lost |= {"the list of tables"} if there else set(tables)

    def _tables(self, tables: list[str]) -> None:
        for table in tables:
            if table != "readings":
                self._range(table, "rowid", "", -FARTHEST, FARTHEST)
        with suppress(sqlite3.Error):  # the index of the signals holds all there is to know of them
            sense = BELIEVABLE["signals"]
            self._found.kept["signals"] += self._db.execute(
                "INSERT OR IGNORE INTO signals SELECT id, device, quantity FROM old.signals "  # noqa: S608
                f"WHERE {sense} ORDER BY device, quantity"
            ).rowcount
        self._readings()
        self._leaves()

    def _readings(self) -> None:
        """Signal by signal, of all of them the recent ones first."""
        signals = [number for (number,) in self._db.execute("SELECT id FROM signals ORDER BY id")]
        newest = FARTHEST
        with suppress(sqlite3.Error):
            query = f"SELECT max(at) FROM old.readings WHERE {BELIEVABLE['readings']}"  # noqa: S608
            newest = self._db.execute(query).fetchone()[0] or FARTHEST
        for low, high in ((newest - RECENT, FARTHEST), (-FARTHEST, newest - RECENT - 1)):
            for signal in signals:
                self._range("readings", "at", f"signal = {signal} AND", low, high)
        with suppress(sqlite3.Error):
            if self._db.execute("SELECT 1 FROM old.readings WHERE signal NOT IN (SELECT id FROM signals)").fetchone():
                self._found.lost.add("readings")

    def _leaves(self) -> None:
        """Readings on pages that nothing leads to any more."""
        known = {number for (number,) in self._db.execute("SELECT id FROM signals")}
        size = self._db.execute("PRAGMA page_size").fetchone()[0]
        rows = (row for row in readings_in(self._damaged, size) if row[0] in known)
        self._db.execute("BEGIN")
        while not self._over() and (group := list(islice(rows, GROUP))):
            with suppress(sqlite3.Error):
                self._db.executemany("INSERT OR IGNORE INTO main.readings VALUES (?, ?, ?, ?, ?, ?)", group)
        self._db.set_progress_handler(None, 0)
        self._db.execute("COMMIT")
        self._found.kept["readings"] = self._db.execute("SELECT count(*) FROM main.readings").fetchone()[0]

    def _range(self, table: str, key: str, where: str, low: int, high: int, barren: int = 0) -> None:
        """Copy what can be read of low ≤ key ≤ high."""
        if low > high:
            return
        if barren > BARREN or self._over():
            self._found.lost.add(table)
            return
        within = f"{where} {key} BETWEEN {low} AND {high}"
        if self._copied(table, within):
            return
        first, last = self._reach(table, key, within, "ASC"), self._reach(table, key, within, "DESC")
        if first is not None and not self._copied(table, f"{where} {key} BETWEEN {low} AND {first}"):
            first = None
        if last is not None and not self._copied(table, f"{where} {key} BETWEEN {last} AND {high}"):
            last = None
        barren = barren + 1 if first is None and last is None else 0
        low, high = low if first is None else first + 1, high if last is None else last - 1
        middle = (low + high) // 2
        self._range(table, key, where, middle + 1, high, barren)
        self._range(table, key, where, low, middle, barren)

    def _copied(self, table: str, within: str) -> bool:
        """Whether a range could be read to its end; rows of it that cannot be what was written are left out."""
        sense = BELIEVABLE.get(table, "TRUE")
        try:
            number = self._db.execute(f"SELECT count(*) FROM old.{table} WHERE {within}").fetchone()[0]  # noqa: S608
            copied = self._db.execute(
                f"INSERT OR IGNORE INTO main.{table} SELECT * FROM old.{table} WHERE {within} AND ({sense})"  # noqa: S608
            ).rowcount
        except sqlite3.Error:
            return False
        self._found.kept[table] += copied
        if copied < number:
            self._found.lost.add(table)
        return True

    def _reach(self, table: str, key: str, within: str, order: str) -> int | None:
        """The last key from one end that can be read before the damage."""
        reached = None
        with suppress(sqlite3.Error):
            query = f"SELECT {key}, * FROM old.{table} WHERE {within} ORDER BY {key} {order}"  # noqa: S608
            for row in self._db.execute(query):
                reached = int(row[0])
        return reached

    @contextmanager
    def _attached(self, file: Path) -> Iterator[bool]:
        """Whether the file can be attached as `old` and says which tables it has."""
        try:
            self._db.execute("ATTACH ? AS old", (f"{file.absolute().as_uri()}?mode=ro",))
            readable = bool(self._db.execute("SELECT count(*) FROM old.sqlite_master").fetchone()[0])
        except sqlite3.Error:
            readable = False
        try:
            yield readable
        finally:
            with suppress(sqlite3.Error):
                self._db.execute("DETACH old")

    @contextmanager
    def _grafted(self) -> Iterator[Path]:
        """A copy of the damaged file whose first page, with the list of tables, is that of a fresh journal."""
        graft, model = _beside(self._damaged, "graft"), _beside(self._damaged, "model")
        try:
            with closing(connect(model)) as fresh:
                size = fresh.execute("PRAGMA page_size").fetchone()[0]
                fresh.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            page = bytearray(model.read_bytes()[:size])
            page[28:32] = (self._damaged.stat().st_size // size).to_bytes(4, "big")
            page[92:96] = page[24:28]
            shutil.copyfile(self._damaged, graft)
            with graft.open("r+b") as file:
                file.write(page)
            yield graft
        finally:
            for copy in (graft, model):
                for suffix in ("", "-wal", "-shm"):
                    _log(copy, suffix).unlink(missing_ok=True)
