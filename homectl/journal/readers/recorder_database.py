"""The states in a Home Assistant recorder database, old and new schema, row by row and in bounded memory.

Nothing of the file is believed or run: it is opened to be read only, views, virtual tables and computed columns are
refused, triggers never fire, every value may be of any type, and the work SQLite may do is bounded by the rows read.
"""

import sqlite3
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from homectl.home import LogError, Origin
from homectl.journal.readers.rows import Tally
from homectl.journal.readers.state import NO_ATTRIBUTES, Attributes, State, attributes_in

RECORDER: Final = frozenset({"states", "recorder_runs", "schema_changes"})
"""Tables that the recorder has had in all its versions."""

TABLES: Final = RECORDER | {"state_attributes", "states_meta", "events", "event_types"}
READABLE: Final = TABLES | {"sqlite_master", "sqlite_schema"}
RUNS: Final = frozenset({"automation_triggered", "script_started"})
"""Events whose context is that of everything the automation or script then does."""

STATE_COLUMNS: Final = (
    *("state_id", "metadata_id", "entity_id", "state", "attributes_id", "attributes"),
    *("last_updated_ts", "last_updated", "last_changed_ts", "last_changed"),
    *("context_id_bin", "context_id", "context_user_id_bin", "context_user_id"),
    *("context_parent_id_bin", "context_parent_id"),
)
EVENT_COLUMNS: Final = ("event_type_id", "event_type", "context_id_bin", "context_id")
SCHEMA: Final = 1 << 18
"""Bytes from the beginning of a file where its schema is likely to lie."""

LONGEST_VALUE: Final = 1 << 20
"""Bytes that one row may have; the recorder keeps attributes below 16 KiB."""

DAMAGE: Final = (sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged file raises; the second where SQLite's own message quotes it."""

REMEMBERED: Final = 4096
MOST_RUNS: Final = 2_000_000
OPERATIONS: Final = 1_000_000
FREE: Final = 20
"""Million steps of SQLite's machine that are granted in any case; each thousand rows grant another."""


def is_recorder(path: Path) -> bool:
    """Whether an SQLite file holds the recorder's tables, or where they cannot be listed still speaks of them."""
    with suppress(*DAMAGE), closing(_open(path)) as db:
        return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")} >= RECORDER
    with path.open("rb") as file:
        start = file.read(SCHEMA)
    return all(name.encode() in start for name in RECORDER)


def states(path: Path, tally: Tally) -> Iterator[State]:
    """Every usable state in the order it was written; the others are counted in `tally`.

    LogError when the file is no such database. One that is damaged ends there, and `tally` says so.
    """
    try:
        with closing(_open(path)) as db:
            yield from _Reader(db, path, tally).states()
    except DAMAGE as error:
        if not tally.rows:
            found = " ".join(str(error).split())[:200]
            raise LogError(f"{path}: expected a Home Assistant database, got: {found}; take another copy") from None
        tally.broken = True


def _open(path: Path) -> sqlite3.Connection:
    """Read only, and without a trace beside the file; with its write-ahead log where that holds newer rows."""
    wal = path.with_name(path.name + "-wal")
    mode = "mode=ro" if wal.exists() and wal.stat().st_size else "mode=ro&immutable=1"
    db = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None)
    try:
        db.text_factory = _text
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
        for pragma in ("trusted_schema = OFF", "query_only = ON", "cache_size = -4096", "mmap_size = 0"):
            db.execute(f"PRAGMA {pragma}")
        db.set_authorizer(_authorize)
    except DAMAGE:
        db.close()
        raise
    return db


def _text(written: bytes) -> str:
    return written.decode(errors="replace")


def _authorize(action: int, what: str | None, of: str | None, _database: str | None, inner: str | None) -> int:
    """Let a statement read the recorder's own tables, and nothing on behalf of a view or trigger."""
    allowed = (
        action == sqlite3.SQLITE_SELECT
        or (action == sqlite3.SQLITE_READ and what in READABLE)
        or (action == sqlite3.SQLITE_PRAGMA and what == "table_xinfo")
        or (action == sqlite3.SQLITE_FUNCTION and of == "max")
    )
    return sqlite3.SQLITE_OK if allowed and inner is None else sqlite3.SQLITE_DENY


class _Reader:
    """One reading of one file."""

    def __init__(self, db: sqlite3.Connection, path: Path, tally: Tally) -> None:
        self._db, self._path, self._tally = db, path, tally
        self._work, self._read = 0, 0
        self._names: dict[Any, str | None] = {}
        self._attributes: dict[Any, Attributes | str] = {}
        db.set_progress_handler(self._overworked, OPERATIONS)
        self._tables = self._plain_tables()

    def states(self) -> Iterator[State]:
        automated = self._runs()
        last = max(1, self._number("SELECT max(state_id) FROM states"))
        before = -(2**63)
        for row in self._rows("states", STATE_COLUMNS):
            if not isinstance(row[0], int) or row[0] <= before:
                raise sqlite3.DatabaseError("states out of order")
            before = row[0]
            state = self._state(row, automated)
            self._tally.rows += 1  # once all of it is read: what lies elsewhere for it may be damaged
            self._tally.share = min(1.0, before / last)
            if isinstance(state, State):
                yield state
            else:
                self._tally.skip(state, before)

    def _state(self, row: tuple[Any, ...], automated: "Callable[[Any], bool]") -> State | str:
        """What a row says, or why it says nothing."""
        number, meta, own_name, said, attributes_id, own_attributes, *times = row[:10]
        context, user, parent = (old if new is None else new for new, old in zip(row[10::2], row[11::2], strict=True))
        name = self._name(meta) if meta is not None else own_name
        updated = _seconds(times[0], times[1])
        changed = _seconds(times[2], times[3])
        if not isinstance(name, str):
            return "expected an entity"
        if updated is None:
            return "expected a time between 1970 and 2100"
        attributes = self._shared(attributes_id) if attributes_id is not None else attributes_in(own_attributes)
        if isinstance(attributes, str):
            return attributes
        maker = Origin.UNKNOWN
        if user is not None:
            maker = Origin.PERSON
        elif parent is not None or automated(context):
            maker = Origin.AUTOMATION
        turned = changed is None or changed == updated
        return State(number, name, said if isinstance(said, str) else None, updated, attributes, maker, turned)

    def _name(self, meta: Any) -> str | None:
        if meta not in self._names:
            _make_room(self._names)
            row = self._one("SELECT entity_id FROM states_meta WHERE metadata_id = ?", meta, "states_meta")
            self._names[meta] = row if isinstance(row, str) else None
        return self._names[meta]

    def _shared(self, number: Any) -> Attributes | str:
        if number not in self._attributes:
            _make_room(self._attributes)
            query = "SELECT shared_attrs FROM state_attributes WHERE attributes_id = ?"
            text = self._one(query, number, "state_attributes")
            self._attributes[number] = NO_ATTRIBUTES if text is None else attributes_in(text)
        return self._attributes[number]

    def _runs(self) -> Callable[[Any], bool]:
        """Whether a context is that of an automation or script; eight bytes are kept of each."""
        if "events" not in self._tables:
            return lambda _context: False
        kinds = {number for number, name in self._event_types() if name in RUNS}
        marks = array("q")
        for kind, name, new, old in self._rows("events", EVENT_COLUMNS):
            if name in RUNS or kind in kinds:
                marks.append(hash(old if new is None else new))
                if len(marks) > MOST_RUNS:
                    raise LogError(f"{self._path}: expected up to {MOST_RUNS:,} runs of automations; purge it first")
        known = np.frombuffer(marks, dtype=np.int64) if marks else np.empty(0, dtype=np.int64)
        known.sort()
        return lambda context: context is not None and _holds(known, hash(context))

    def _event_types(self) -> Iterator[tuple[Any, ...]]:
        return self._rows("event_types", ("event_type_id", "event_type")) if "event_types" in self._tables else iter(())

    def _rows(self, table: str, columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        """All rows of a table as they lie in the file, NULL for columns that its schema does not have."""
        has = self._tables[table]
        asked = ", ".join(name if name in has else "NULL" for name in columns)
        for row in self._db.execute(f"SELECT {asked} FROM {table}"):  # noqa: S608  # our own words
            self._read += 1
            yield row

    def _one(self, query: str, key: Any, table: str) -> Any:
        row = self._db.execute(query, (key,)).fetchone() if table in self._tables else None
        return None if row is None else row[0]

    def _number(self, query: str) -> int:
        found = self._db.execute(query).fetchone()[0]
        return found if isinstance(found, int) else 0

    def _plain_tables(self) -> dict[str, frozenset[str]]:
        """The columns of the recorder's tables; LogError where one is not a plain table."""
        found: dict[str, frozenset[str]] = {}
        for kind, name, sql in self._db.execute("SELECT type, name, sql FROM sqlite_master").fetchmany(10_000):
            if name not in TABLES:
                continue
            columns = self._db.execute(f"PRAGMA table_xinfo({name})").fetchall()
            plain = kind == "table" and str(sql).upper().startswith("CREATE TABLE")
            if not plain or any(column[-1] for column in columns):
                raise LogError(f"{self._path}: expected {name} as a plain table, got another thing; take another copy")
            found[name] = frozenset(column[1] for column in columns)
        if not found.get("states", frozenset()) >= {"state_id", "state"}:
            raise LogError(f"{self._path}: expected the recorder's table of states; take another copy")
        return found

    def _overworked(self) -> bool:
        """SQLite's progress: whether it works out of all proportion to the rows it gives, as on a file made to trap."""
        self._work += 1
        return self._work > FREE + self._read / 1000


def _make_room(remembered: dict[Any, Any]) -> None:
    if len(remembered) >= REMEMBERED:
        remembered.clear()


def _holds(known: np.ndarray[Any, np.dtype[np.int64]], mark: int) -> bool:
    place = int(np.searchsorted(known, mark))
    return place < len(known) and int(known[place]) == mark


def _seconds(stamp: Any, text: Any) -> float | None:
    """UTC seconds of a time in the newer column, else in the older one, which is UTC without saying so."""
    if isinstance(stamp, int | float):
        return float(stamp)
    if not isinstance(text, str):
        return None
    with suppress(ValueError, OverflowError):
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    return None
