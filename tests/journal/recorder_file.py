"""Recorder databases of made-up entities, with the tables of three ages of Home Assistant that matter to a reader."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

ALL_AGES = """
CREATE TABLE recorder_runs (run_id INTEGER NOT NULL, start DATETIME, "end" DATETIME, PRIMARY KEY (run_id));
CREATE TABLE schema_changes (change_id INTEGER NOT NULL, schema_version INTEGER, changed DATETIME,
  PRIMARY KEY (change_id));
"""
SHARED = (
    "CREATE TABLE state_attributes (attributes_id INTEGER NOT NULL, shared_attrs TEXT, PRIMARY KEY (attributes_id));"
)

NOW = f"""{ALL_AGES} {SHARED}
CREATE TABLE event_types (event_type_id INTEGER NOT NULL, event_type VARCHAR(64), PRIMARY KEY (event_type_id));
CREATE TABLE events (event_id INTEGER NOT NULL, event_type CHAR(0), time_fired_ts FLOAT, context_id CHAR(0),
  context_id_bin BLOB, event_type_id INTEGER, PRIMARY KEY (event_id));
CREATE TABLE states_meta (metadata_id INTEGER NOT NULL, entity_id VARCHAR(255), PRIMARY KEY (metadata_id));
CREATE TABLE states (state_id INTEGER NOT NULL, entity_id CHAR(0), state VARCHAR(255), attributes CHAR(0),
  last_changed CHAR(0), last_changed_ts FLOAT, last_updated CHAR(0), last_updated_ts FLOAT, old_state_id INTEGER,
  attributes_id INTEGER, context_id CHAR(0), context_user_id CHAR(0), context_parent_id CHAR(0), context_id_bin BLOB,
  context_user_id_bin BLOB, context_parent_id_bin BLOB, metadata_id INTEGER, PRIMARY KEY (state_id));
INSERT INTO event_types VALUES (1, 'automation_triggered'), (2, 'script_started'), (3, 'call_service');
"""
ONCE = f"""{ALL_AGES}
CREATE TABLE events (event_id INTEGER NOT NULL, event_type VARCHAR(32), event_data TEXT, origin VARCHAR(32),
  time_fired DATETIME, context_id VARCHAR(36), PRIMARY KEY (event_id));
CREATE TABLE states (state_id INTEGER NOT NULL, domain VARCHAR(64), entity_id VARCHAR(255), state VARCHAR(255),
  attributes TEXT, last_changed DATETIME, last_updated DATETIME, created DATETIME, old_state_id INTEGER,
  context_id VARCHAR(36), context_user_id VARCHAR(36), context_parent_id VARCHAR(36), PRIMARY KEY (state_id));
"""
BETWEEN = f"""{ONCE} {SHARED}
ALTER TABLE states ADD COLUMN attributes_id INTEGER;
ALTER TABLE states ADD COLUMN last_updated_ts FLOAT;
ALTER TABLE states ADD COLUMN last_changed_ts FLOAT;
"""


class Age(Enum):
    """Which schema; its value is what makes it."""

    NOW = NOW
    BETWEEN = BETWEEN  # late 2022: shared attributes and numbers as times, but text contexts
    ONCE = ONCE


@dataclass(frozen=True, kw_only=True)
class Said:
    """One state as it is to be written. `changed` is when its state became so, None for just then."""

    entity: str
    state: str | None
    at: float
    attributes: Mapping[str, Any] = field(default_factory=dict)
    context: str | None = None
    user: str | None = None
    parent: str | None = None
    changed: float | None = None


def written(path: Path, states: list[Said], age: Age = Age.NOW, runs: Mapping[str, str] | None = None) -> Path:
    """A database of these states; `runs` are events by their context."""
    db = sqlite3.connect(path)
    db.executescript(age.value)
    for context, event in (runs or {}).items():
        _event(db, age, context, event)
    for state in states:
        _state(db, age, state)
    db.commit()
    db.close()
    return path


def _event(db: sqlite3.Connection, age: Age, context: str, event: str) -> None:
    if age is Age.NOW:
        query = "INSERT INTO events (context_id_bin, event_type_id) SELECT ?, event_type_id FROM event_types WHERE "
        db.execute(query + "event_type = ?", (_id(age, context), event))
    else:
        db.execute("INSERT INTO events (context_id, event_type) VALUES (?, ?)", (context, event))


def _state(db: sqlite3.Connection, age: Age, state: Said) -> None:
    row: dict[str, Any] = {"state": state.state}
    end = "_bin" if age is Age.NOW else ""
    for name, value in (("id", state.context), ("user_id", state.user), ("parent_id", state.parent)):
        row[f"context_{name}{end}"] = _id(age, value)
    if age is Age.ONCE:
        row |= {"last_updated": _text(state.at), "last_changed": _text(state.changed or state.at)}
        row |= {"attributes": json.dumps(state.attributes)}
    else:
        row |= {"last_updated_ts": state.at, "last_changed_ts": state.changed}
        row |= {"attributes_id": _shared(db, "state_attributes", "shared_attrs", json.dumps(state.attributes))}
    if age is Age.NOW:
        row |= {"metadata_id": _shared(db, "states_meta", "entity_id", state.entity)}
    else:
        row |= {"entity_id": state.entity}
    db.execute(f"INSERT INTO states ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))


def _shared(db: sqlite3.Connection, table: str, column: str, value: str) -> int:
    found = db.execute(f"SELECT rowid FROM {table} WHERE {column} = ?", (value,)).fetchone()
    return int(found[0] if found else db.execute(f"INSERT INTO {table} ({column}) VALUES (?)", (value,)).lastrowid or 0)


def _id(age: Age, name: str | None) -> str | bytes | None:
    return name if name is None or age is not Age.NOW else name.encode().ljust(16, b"\0")


def _text(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
