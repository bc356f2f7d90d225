"""The tables of a journal and their version. Times are UTC milliseconds since 1970."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from homectl.home import JournalDamaged, JournalError

LATEST_VERSION = 99
"""A file that says it is of a later one does not come from the future: it is damaged."""

OURS = frozenset({"about", "signals", "readings"})
"""Tables that every journal has had from the beginning."""

DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""What SQLite says of a file whose content is not what was written; without the extension of its code."""

SENSELESS = frozenset({0, sqlite3.SQLITE_ERROR})
"""What is said where a whole journal would have done as it was told."""

TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE signals (id INTEGER PRIMARY KEY, device TEXT NOT NULL, quantity TEXT NOT NULL, UNIQUE (device, quantity));
CREATE TABLE readings (
  signal INTEGER NOT NULL, at INTEGER NOT NULL, value REAL, origin INTEGER NOT NULL, live INTEGER NOT NULL,
  text TEXT NOT NULL DEFAULT '', PRIMARY KEY (signal, at)) WITHOUT ROWID;
CREATE TABLE decisions (
  target TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, setting TEXT NOT NULL, cause TEXT NOT NULL,
  confidence REAL, ruling TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL, command TEXT NOT NULL);
CREATE INDEX decisions_by_target ON decisions (target, since);
CREATE TABLE commands (
  id TEXT PRIMARY KEY, target TEXT NOT NULL, setting TEXT NOT NULL, cause TEXT NOT NULL, issued INTEGER NOT NULL,
  reason TEXT NOT NULL, state TEXT NOT NULL, ended INTEGER, detail TEXT NOT NULL DEFAULT '');
"""

LESSONS = """
CREATE TABLE lessons (
  at INTEGER NOT NULL, event TEXT NOT NULL, said TEXT NOT NULL, model INTEGER, start INTEGER NOT NULL,
  days TEXT NOT NULL, figures TEXT NOT NULL);
"""
"""What learning came to, in order; `days` and `figures` are JSON."""

AUDIT = """
CREATE TABLE audit (
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL, elapsed INTEGER NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL,
  target TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL);
"""
"""Who did what to a lock, numbered from 1; `hash` is over the row and the hash before it. Nothing is deleted here."""

ORDERS = """
CREATE TABLE holds (at INTEGER NOT NULL, target TEXT NOT NULL, kind TEXT, until INTEGER, by TEXT NOT NULL);
CREATE TABLE modes (at INTEGER NOT NULL, mode TEXT NOT NULL, until INTEGER NOT NULL, by TEXT NOT NULL);
"""
"""What people said a home is to leave alone, and the modes they set, in order; a hold without kind ends all others."""

LADDER = """
CREATE TABLE ladder (
  at INTEGER NOT NULL, area TEXT NOT NULL, kind TEXT NOT NULL, level TEXT, by TEXT NOT NULL, why TEXT NOT NULL);
CREATE TABLE runs (at INTEGER NOT NULL);
"""
"""The levels that were set, and the steps down, in order; without a level a rung is as it is configured. `runs`: when a
home began to be run; what was heard before was restored then, and no longer fresh."""

TURNS = """
CREATE TABLE turns (at INTEGER NOT NULL, heard INTEGER NOT NULL);
"""
"""When a home decided something, and how many readings of its run had been added by then."""

STEPS = {1: LESSONS, 2: AUDIT, 3: ORDERS, 4: LADDER, 5: TURNS}
"""What makes of a journal of each version one of the next."""

VERSION = 1 + len(STEPS)


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open or create a journal's file, of this version unless read only.

    JournalDamaged where it was a journal once, JournalError where it is another program's or a newer one's.
    """
    mode = "ro" if read_only else "rwc"
    db = None
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
        db.text_factory = _text
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if VERSION < version <= LATEST_VERSION:
            raise JournalError(f"{path}: journal version {version}, this program knows {VERSION}; update homectl")
        if not 0 <= version <= LATEST_VERSION:
            raise sqlite3.DatabaseError(f"version {version}")
        if not read_only:
            prepare(db, version, path)
        return db
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the second where SQLite's own message quotes a damaged file
        code = code_of(error)
        damaged = code in DAMAGED or (code in SENSELESS and db is not None and _is_ours(db))
        _close(db)
        kind = JournalDamaged if damaged else JournalError
        raise kind(
            f"{path}: expected a journal, got: {in_one_line(error)}; name another file or restore one"
        ) from error
    except JournalError:
        _close(db)
        raise


def _text(written: bytes) -> str:
    """A text of which a byte is damaged is still worth reading."""
    return written.decode(errors="replace")


def in_one_line(error: BaseException) -> str:
    """What an error says; it may quote a damaged file."""
    return " ".join(str(error).split())[:300]


@contextmanager
def readable() -> Iterator[None]:
    """What a journal holds is read here: where that is impossible, or makes no sense, it is JournalDamaged."""
    try:
        yield
    except (sqlite3.Error, ValueError, TypeError, LookupError) as error:
        found = in_one_line(error)
        raise JournalDamaged(f"The journal is damaged: {found}; start its home, which salvages it") from error


def code_of(error: BaseException | None) -> int:
    """SQLite's primary code of one of its errors; 0 for others."""
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def _is_ours(db: sqlite3.Connection) -> bool:
    try:
        names = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    except (sqlite3.Error, UnicodeDecodeError):
        return False
    return names >= OURS


def _close(db: sqlite3.Connection | None) -> None:
    if db is not None:
        db.close()


def prepare(db: sqlite3.Connection, version: int, path: Path | None) -> None:
    """Make the database a journal of this version; before it changes an older one, copy it to `<path>.v<version>`."""
    if version == 0 and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("another program's database")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    if version == VERSION:
        return
    if version and path is not None:
        _copy(db, backup_of(path, version))
    steps = "".join(STEPS[number] for number in range(version or 1, VERSION))
    db.executescript(f"BEGIN; {'' if version else TABLES} {steps} PRAGMA user_version = {VERSION}; COMMIT;")


def backup_of(path: Path, version: int) -> Path:
    """Where the copy of a journal lies that was made when it still was of an older version."""
    return path.with_name(f"{path.name}.v{version}")


def _copy(db: sqlite3.Connection, backup: Path) -> None:
    """Whole or not at all: a copy that was interrupted is made again."""
    half = backup.with_name(backup.name + ".half")
    half.unlink(missing_ok=True)
    with closing(sqlite3.connect(half)) as copy:
        db.backup(copy)
    half.replace(backup)
