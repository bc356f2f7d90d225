"""A database made to harm is refused or read as far as it goes, in one line, without a trace and without a socket."""

import random
import sqlite3
import sys
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest

from homectl.home import HomeError, JournalError, LogError
from homectl.journal.readers.any_log import Format, format_of, guess, readings
from homectl.journal.readers.areas_from_log import Words
from homectl.journal.readers.rows import Tally
from tests.journal.recorder_file import Age, Said, written
from tests.journal.test_home_assistant import HOME, NINE, read, said

WORDS = Words.load(Path(__file__).parents[2] / "config" / "lamp_words.yaml")
GOOD = [said("light.lamp", "on"), said("binary_sensor.hall_motion", "on", NINE + 1)]
ROOM = 64 << 20
"""Bytes that reading a log may take."""


def changed(path: Path, script: str, states: list[Said] | None = None) -> Path:
    """A database after something was done to it."""
    written(path, states or GOOD)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)
    return path


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"


@pytest.mark.parametrize(
    "script",
    [
        f"DROP TABLE states; CREATE VIEW states AS {ENDLESS} SELECT x AS state_id, 'on' AS state FROM n;",
        f"ALTER TABLE states RENAME TO s; CREATE VIEW states AS {ENDLESS} SELECT s.* FROM s, n;",
        "DROP TABLE states; CREATE VIRTUAL TABLE states USING fts5(state_id, state, entity_id);",
        "ALTER TABLE states ADD COLUMN context_x GENERATED ALWAYS AS (zeroblob(1 << 30));",
        "DROP TABLE state_attributes; CREATE VIEW state_attributes AS SELECT 1 AS attributes_id, '{}' AS shared_attrs;",
        "DROP TABLE states; CREATE TABLE states (other TEXT);",
    ],
)
def test_what_only_looks_like_the_recorders_tables_is_refused_in_one_line(tmp_path: Path, script: str) -> None:
    path = changed(tmp_path / "r.db", script)
    for ask in (lambda: list(readings(path, HOME, Tally())), lambda: guess([path], WORDS)):
        with pytest.raises((LogError, JournalError)) as refused:
            ask()
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TRIGGER t AFTER INSERT ON states BEGIN DELETE FROM states; END;",
        f"CREATE VIEW v AS {ENDLESS} SELECT x FROM n;",
        "CREATE INDEX i ON states (length(zeroblob(1000)));",
    ],
)
def test_what_else_lies_in_the_file_is_neither_run_nor_minded(tmp_path: Path, script: str) -> None:
    assert read(changed(tmp_path / "r.db", script))[1].taken == 2


@pytest.mark.parametrize(
    "script",
    [
        "UPDATE states SET state = 7, metadata_id = 'x';",
        "UPDATE states SET state = x'ff00', metadata_id = 1.5;",
        "UPDATE states SET last_updated_ts = 'soon';",
        "UPDATE states SET last_updated_ts = NULL;",
        "UPDATE states SET context_user_id_bin = 1.5, context_id_bin = 'text', attributes_id = 'x', state = 'x';",
        "UPDATE states_meta SET entity_id = NULL;",
        "UPDATE state_attributes SET shared_attrs = '[1]';",
        "UPDATE state_attributes SET shared_attrs = x'00';",
        "UPDATE state_attributes SET shared_attrs = replace(hex(zeroblob(5000)), '0', '[');",
        "UPDATE state_attributes SET shared_attrs = replace(hex(zeroblob(90000)), '0', ' ');",
    ],
)
def test_values_of_any_type_are_skipped_or_left_alone_and_counted(tmp_path: Path, script: str) -> None:
    found, tally = read(changed(tmp_path / "r.db", script))
    assert (found, tally.rows, tally.taken) == ([], 2, 0)
    assert sum(tally.skipped.values()) + sum(tally.left_alone.values()) == 2


def test_a_row_too_large_to_be_one_ends_the_reading(tmp_path: Path) -> None:
    large = "UPDATE states SET state = zeroblob(3000000) WHERE state_id = 3;"
    path = changed(tmp_path / "r.db", large, [*GOOD, said("light.lamp", "off", NINE + 2)])
    found, tally = read(path)
    assert (len({reading.at for reading in found}), tally.broken) == (1, True)


def test_a_state_that_comes_again_ends_the_reading(tmp_path: Path) -> None:
    states = "DROP TABLE states; CREATE TABLE states (state_id INT, state TEXT, entity_id TEXT, last_updated_ts FLOAT);"
    rows = f"INSERT INTO states VALUES (1, 'on', 'light.lamp', {NINE}), (1, 'off', 'light.lamp', {NINE});"
    _, tally = read(changed(tmp_path / "r.db", states + rows))
    assert (tally.taken, tally.broken) == (1, True)


def refused(path: Path, tally: Tally) -> str:
    """What the reading of a file is refused with; nothing where it is read."""
    try:
        list(readings(path, HOME, tally))
    except HomeError as error:
        return str(error)
    return ""


def test_damage_anywhere_raises_nothing_but_our_errors_and_what_is_read_adds_up(tmp_path: Path) -> None:
    chance = random.Random(5)
    whole = written(tmp_path / "whole.db", [said("light.lamp", "on", NINE + n) for n in range(300)]).read_bytes()
    path = tmp_path / "r.db"
    ends = {"read": 0, "broken": 0, "refused": 0}
    for _ in range(120):
        data = bytearray(whole[: chance.choice([len(whole), chance.randrange(len(whole))])])
        for _ in range(chance.choice([1, 8, 200])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        tally = Tally()
        refusal = refused(path, tally)
        ends["refused" if refusal else "broken" if tally.broken else "read"] += 1
        assert "\n" not in refusal
        out = sum(tally.skipped.values()) + sum(tally.left_alone.values())
        assert tally.rows == tally.taken + out
    assert all(ends.values()), ends


def test_the_file_and_its_folder_stay_as_they_are_and_no_socket_is_opened(tmp_path: Path) -> None:
    path = written(tmp_path / "r.db", GOOD)
    before = path.read_bytes()
    heard: list[str] = []
    sys.addaudithook(lambda event, _args: heard.append(event) if event.startswith("socket.") else None)
    assert guess([path], WORDS).home.devices
    assert read(path)[1].taken == 2
    assert (path.read_bytes(), list(tmp_path.iterdir()), heard) == (before, [path], [])


def test_states_that_still_lie_in_the_write_ahead_log_are_read(tmp_path: Path) -> None:
    path = written(tmp_path / "r.db", [])
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(path)) as held:
        db.execute("PRAGMA journal_mode = WAL")
        held.execute("SELECT count(*) FROM states").fetchone()
        db.execute("INSERT INTO states_meta VALUES (1, 'light.lamp')")
        db.execute(f"INSERT INTO states (state, last_updated_ts, metadata_id) VALUES ('on', {NINE}, 1)")
        db.commit()
        assert format_of(path) is Format.RECORDER
        assert read(path)[1].taken == 1


def test_many_states_with_large_attributes_are_read_in_little_memory(tmp_path: Path) -> None:
    path = written(tmp_path / "r.db", [])
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO states_meta VALUES (1, 'light.lamp')")
        db.execute(f"{numbered(1_000)} INSERT INTO state_attributes SELECT x, {LARGE} FROM n")
        db.execute(
            f"{numbered(3_000)} INSERT INTO states (state, last_updated_ts, metadata_id, attributes_id, "
            f"context_id_bin) SELECT 'on', {NINE} + x, 1, 1 + x % 1000, randomblob(16) FROM n"
        )
        db.execute(
            f"{numbered(20_000)} INSERT INTO events (context_id_bin, event_type_id) SELECT randomblob(16), 1 FROM n"
        )
        db.commit()
    tracemalloc.start()
    tally = Tally()
    told = sum(1 for _ in readings(path, HOME, tally))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tally.taken, told) == (3_000, 6_000 + 3_000)
    assert peak < ROOM / 8, f"{peak >> 20} MB"


LARGE = """'{"brightness": 100, "effect_list": "' || hex(zeroblob(7000)) || '"}'"""


def numbered(count: int) -> str:
    return f"WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {count})"


@pytest.mark.parametrize("age", Age)
def test_a_database_without_states_of_use_has_no_home(tmp_path: Path, age: Age) -> None:
    with pytest.raises(LogError, match="expected lights, sensors"):
        guess([written(tmp_path / "r.db", [said("sun.sun", "up")], age)], WORDS)
