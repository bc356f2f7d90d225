"""The tables of a journal and their version. Times are UTC milliseconds since 1970."""

import sqlite3
from contextlib import closing
from pathlib import Path

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

STEPS = {1: LESSONS, 2: AUDIT, 3: ORDERS}
"""What makes of a journal of each version one of the next."""

VERSION = 1 + len(STEPS)


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
