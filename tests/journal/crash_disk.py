"""A disk under SQLite that remembers what was written and what was synced, and can fail or lose its power.

It needs `apsw`, whose SQLite takes disks written in Python; `Through` gives that SQLite the face of `sqlite3`, so that
the journal itself is what runs on it.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import apsw

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Event:
    """What happened at one file: `write` of bytes at an offset, `cut` to a size, `sync`; or `told`, to the world."""

    what: str
    file: str = ""
    offset: int = 0
    data: bytes = b""
    told: tuple[str, str] = ("", "")


@dataclass
class Disk:
    """What happened so far, and what fails from now on: the names of operations, such as `xSync`."""

    events: list[Event] = field(default_factory=list)
    failing: dict[str, type[Exception]] = field(default_factory=dict)
    opened: int = 0

    def check(self, operation: str) -> None:
        if error := self.failing.get(operation):
            raise error(f"{operation} fails")


class _VFS(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name=f"crash-{id(self)}", base="")

    def xOpen(self, name: Any, flags: list[int]) -> "_File":  # noqa: N802
        self.disk.opened += 1
        return _File(self.disk, name, flags)

    @property
    def name(self) -> str:
        return f"crash-{id(self)}"


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        path = name if isinstance(name, str) else name.filename() if name else ""
        self._name = "wal" if path.endswith("-wal") else "db"
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.check("xWrite")
        super().xWrite(data, offset)
        self._disk.events.append(Event("write", self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.check("xTruncate")
        super().xTruncate(newsize)
        self._disk.events.append(Event("cut", self._name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.check("xSync")
        super().xSync(flags)
        self._disk.events.append(Event("sync", self._name))


class _Rows:
    """What a statement came to."""

    def __init__(self, db: apsw.Connection, rows: list[tuple[Any, ...]], rowcount: int) -> None:
        self._rows, self.rowcount, self.lastrowid = rows, rowcount, db.last_insert_rowid()

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)


class Through:
    """A connection of apsw that speaks as `sqlite3` does, to one file on a disk of ours."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._vfs = _VFS(disk)
        self._db = apsw.Connection(str(path), vfs=self._vfs.name)
        self.execute("PRAGMA locking_mode = EXCLUSIVE")  # a log without shared memory, which apsw does not pass on

    @property
    def in_transaction(self) -> bool:
        try:
            return bool(self._db.in_transaction)
        except apsw.Error as error:
            raise _translated(error) from error

    @property
    def total_changes(self) -> int:
        return int(self._db.total_changes())

    def execute(self, statement: str, values: Iterable[Any] = ()) -> _Rows:
        try:
            before = self.total_changes
            rows = self._db.execute(statement, tuple(values)).fetchall()
            return _Rows(self._db, rows, self.total_changes - before)
        except apsw.Error as error:
            raise _translated(error) from error

    def executemany(self, statement: str, rows: Iterable[Iterable[Any]]) -> _Rows:
        try:
            before = self.total_changes
            self._db.executemany(statement, [tuple(row) for row in rows])
            return _Rows(self._db, [], self.total_changes - before)
        except apsw.Error as error:
            raise _translated(error) from error

    executescript = execute

    def close(self) -> None:
        try:
            self._db.close()
        except apsw.Error as error:
            raise _translated(error) from error


def _translated(error: apsw.Error) -> sqlite3.Error:
    ours = sqlite3.OperationalError(str(error))
    ours.sqlite_errorcode = getattr(error, "extendedresult", 0)
    return ours


Image = dict[str, bytes]
"""What a disk holds once its power is back: bytes by file."""


def power_cuts(events: list[Event], moments: Iterable[int], rng: Random) -> Iterator[tuple[dict[str, str], Image]]:
    """For each moment, counted in events and ascending: what had been told by then, and one possible image.

    What was synced is there. Of what was not, each write is there, is lost, or is there in some of its sectors.
    """
    told: dict[str, str] = {}
    safe: dict[str, bytes] = defaultdict(bytes)
    unsafe: dict[str, list[Event]] = defaultdict(list)
    place = 0
    for moment in moments:
        for event in events[place:moment]:
            if event.what == "told":
                told[event.told[0]] = event.told[1]
            elif event.what == "sync":
                safe[event.file] = _after(safe[event.file], unsafe.pop(event.file, []))
            else:
                unsafe[event.file].append(event)
        place = max(place, moment)
        files = safe.keys() | unsafe.keys()
        yield dict(told), {name: _after(safe[name], _survivors(unsafe[name], rng)) for name in files}


def _survivors(pending: list[Event], rng: Random) -> list[Event]:
    mood = rng.choice((0.1, 0.5, 0.9))
    left = [event for event in pending if rng.random() < mood]
    if rng.random() < 0.5:
        rng.shuffle(left)
    return [part for event in left for part in (_torn(event, rng) if rng.random() < 0.3 else [event])]


def _torn(event: Event, rng: Random) -> list[Event]:
    places = range(0, len(event.data), SECTOR)
    return [
        Event("write", event.file, event.offset + place, event.data[place : place + SECTOR])
        for place in places
        if rng.random() < 0.5
    ]


def _after(content: bytes, events: Iterable[Event]) -> bytes:
    image = bytearray(content)
    for event in events:
        if event.what == "cut":
            del image[event.offset :]
        else:
            image.extend(bytes(max(0, event.offset - len(image))))
            image[event.offset : event.offset + len(event.data)] = event.data
    return bytes(image)
