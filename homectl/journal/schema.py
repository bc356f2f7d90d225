"""The tables of a journal and their version. Times are UTC milliseconds since 1970."""

VERSION = 1

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
