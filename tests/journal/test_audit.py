"""The audit: rows are added and never changed, and whoever changes one is found out, by row and by kind."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homectl.home import Act, Deed, JournalError
from homectl.journal import Journal
from homectl.journal.audit import Audit
from homectl.journal.chain import START, Finding, Head, Row, sealed, verified
from homectl.journal.schema import LESSONS, TABLES, VERSION, backup_of

TEXTS = ("actor", "act", "target", "outcome", "detail")


def deed(number: int, act: Act = Act.UNLOCK, outcome: str = "confirmed") -> Deed:
    actor, detail = ("Ada", "by hand or keypad", "somebody")[number % 3], "für 60 s" if number % 2 else ""
    at, elapsed = 1_768_282_200.0 + number, 17.25 * number
    return Deed(at=at, elapsed=elapsed, actor=actor, act=act, target="bolt/lock", outcome=outcome, detail=detail)


def audited(path: Path, rows: int = 40) -> Path:
    """A closed journal with so many rows, all of it in one file."""
    with Journal.open(path) as journal:
        for number in range(1, rows + 1):
            journal.audit.record(deed(number))
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def finding(path: Path) -> Finding:
    with Journal.open(path, read_only=True) as journal:
        return journal.audit.verify()


def changed(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def test_what_is_recorded_comes_back_in_its_order_and_is_whole(tmp_path: Path) -> None:
    path = audited(tmp_path / "h.db", 5)
    with Journal.open(path, read_only=True) as journal:
        assert list(journal.audit.deeds()) == [(number, deed(number)) for number in range(1, 6)]
    found = finding(path)
    assert (found.whole, found.rows, found.said) == (True, 5, "")


def test_a_flip_of_any_bit_of_a_row_names_the_row(tmp_path: Path) -> None:
    """A thousand places in the file, in every field from the time to the hash."""
    path, dice = audited(tmp_path / "h.db"), random.Random(1)
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute(f"SELECT number, at, elapsed, hash, {', '.join(TEXTS)} FROM audit").fetchall()
    whole = bytearray(path.read_bytes())
    places: list[tuple[int, int]] = []
    for number, at, _, seal, *texts in rows:
        body = "".join(texts).encode() + seal
        start = whole.find(body)
        assert start > 0
        assert whole.count(body) == 1
        first = whole.rfind(at.to_bytes(6, "big"), 0, start)
        assert 0 < start - first <= 12
        places += [(number, place) for place in range(first, start + len(body))]
    for number, place in dice.sample(places, 1000):
        bent = whole.copy()
        bent[place] ^= 1 << dice.randrange(8)
        path.write_bytes(bent)
        found = finding(path)
        assert (found.bad, found.rows) == (number, number - 1), found


@pytest.mark.parametrize(
    ("statement", "bad", "said"),
    [
        ("UPDATE audit SET actor = 'Ben' WHERE number = 7", 7, "changed"),
        ("UPDATE audit SET outcome = 'failed', hash = x'00' WHERE number = 7", 7, "changed"),
        ("UPDATE audit SET actor = actor || act, act = '' WHERE number = 7", 7, "changed"),
        ("UPDATE audit SET detail = x'ff' WHERE number = 7", 7, "changed"),
        ("UPDATE audit SET at = 'never' WHERE number = 7", 7, "changed"),
        ("DELETE FROM audit WHERE number = 7", 7, "missing"),
        ("DELETE FROM audit WHERE number = 1", 1, "missing"),
        ("UPDATE audit SET number = 70 WHERE number = 7", 7, "missing"),
        (
            "INSERT INTO audit SELECT 0, at, elapsed, actor, act, target, outcome, detail, hash FROM audit LIMIT 1",
            1,
            "missing",
        ),
        ("DELETE FROM audit WHERE number > 7", 8, "truncated"),
        ("DELETE FROM audit WHERE number = 12", 12, "truncated"),
        ("DELETE FROM audit", 1, "truncated"),
    ],
)
def test_what_was_done_to_the_rows_is_named(tmp_path: Path, statement: str, bad: int, said: str) -> None:
    path = audited(tmp_path / "h.db", 12)
    changed(path, statement)
    found = finding(path)
    assert (found.bad, found.said.partition(":")[0]) == (bad, said)


def test_a_chain_that_was_made_anew_from_some_row_on_does_not_fit_its_head(tmp_path: Path) -> None:
    path = audited(tmp_path / "h.db", 12)
    head = Audit.head_of(path).read_bytes()
    changed(path, "DELETE FROM audit WHERE number > 6")
    with Journal.open(path) as journal:
        for number in range(7, 13):
            journal.audit.record(deed(number, outcome="refused"))
    Audit.head_of(path).write_bytes(head)
    assert (finding(path).bad, finding(path).said.partition(":")[0]) == (12, "rewritten")


@pytest.mark.parametrize("harm", [Path.unlink, lambda head: head.write_text("{}"), lambda head: head.write_text("")])
def test_a_head_that_is_gone_or_unreadable_is_told_of(tmp_path: Path, harm: Callable[[Path], object]) -> None:
    path = audited(tmp_path / "h.db", 3)
    harm(Audit.head_of(path))
    assert finding(path).said.partition(":")[0] in ("no head", "rewritten")


def test_a_crash_between_a_row_and_its_head_is_no_tampering(tmp_path: Path) -> None:
    path = audited(tmp_path / "h.db", 3)
    head = Audit.head_of(path).read_bytes()
    with Journal.open(path) as journal:
        journal.audit.record(deed(4))
    Audit.head_of(path).write_bytes(head)
    assert finding(path).whole
    with Journal.open(path) as journal:
        journal.audit.resume(0.0, 0.0)
    changed(path, "DELETE FROM audit WHERE number = 4")
    assert finding(path).said.startswith("truncated")


def test_what_is_found_at_start_stays_found_whatever_is_added(tmp_path: Path) -> None:
    path = audited(tmp_path / "h.db", 5)
    changed(path, "DELETE FROM audit WHERE number > 3")
    for _ in range(2):
        with Journal.open(path) as journal:
            journal.audit.resume(9.0, 9.0)
            journal.audit.record(deed(8))
    found = finding(path)
    assert (found.bad, found.said.partition(":")[0]) == (4, "broken")
    with Journal.open(path, read_only=True) as journal:
        rows = [row for _, row in journal.audit.deeds()]
    assert [row.act for row in rows] == [Act.UNLOCK] * 3 + [Act.BROKEN, Act.UNLOCK, Act.UNLOCK]
    assert "truncated: 5 rows were written, 3 are left" in rows[3].detail


def test_what_a_crash_left_without_an_end_has_expired_at_the_next_start(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "h.db") as journal:
        for outcome in ("asked", "confirmed", "asked"):
            journal.audit.record(deed(3, outcome=outcome))
        journal.audit.record(deed(3, act=Act.LOCK, outcome="reported"))
    for _ in range(2):
        with Journal.open(tmp_path / "h.db") as journal:
            journal.audit.resume(2e9, 1.0)
            ends = [row.outcome for _, row in journal.audit.deeds()]
    assert ends == ["asked", "confirmed", "asked", "reported", "expired"]


def test_neither_retention_nor_forgetting_takes_a_row(tmp_path: Path) -> None:
    path = audited(tmp_path / "h.db", 5)
    with Journal.open(path) as journal:
        journal.retain(3e9)
        journal.forget([(0.0, 3e9)])
    assert (finding(path).rows, finding(path).whole) == (5, True)


def test_a_journal_of_the_version_before_gets_an_audit_and_keeps_a_copy_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"{TABLES} {LESSONS} PRAGMA user_version = 2;")
    assert finding(path).rows == 0
    with Journal.open(path) as journal:
        journal.audit.record(deed(1))
    assert (finding(path).rows, finding(path).whole) == (1, True)
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(backup_of(path, 2))) as copy:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert copy.execute("PRAGMA user_version").fetchone() == (2,)
        assert not copy.execute("SELECT * FROM sqlite_master WHERE name = 'audit'").fetchall()


def test_what_a_full_disk_does_not_take_waits_and_is_written_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    with Journal.open(path) as journal:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            journal._db.execute("PRAGMA busy_timeout = 1")
            for number in (1, 2):
                with pytest.raises(JournalError):
                    journal.audit.record(deed(number))
        journal.flush()
        assert [row for _, row in journal.audit.deeds()] == [deed(1), deed(2)]
    assert finding(path).whole


def test_an_audit_that_cannot_be_read_says_so_in_one_line(tmp_path: Path) -> None:
    path = audited(tmp_path / "h.db", 3)
    changed(path, "UPDATE audit SET act = 'dance' WHERE number = 2")
    with Journal.open(path, read_only=True) as journal, pytest.raises(JournalError, match="audit verify"):
        list(journal.audit.deeds())


FIELDS = st.tuples(st.binary(max_size=3), st.binary(max_size=3))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FIELDS, min_size=1, max_size=4), st.lists(FIELDS, max_size=4))
def test_no_other_chain_has_the_same_head(rows: list[tuple[bytes, bytes]], others: list[tuple[bytes, bytes]]) -> None:
    def chain(fields: list[tuple[bytes, bytes]]) -> list[Row]:
        made, before = [], START
        for number, row in enumerate(fields, 1):
            before = sealed(before, number, row)
            made.append(Row(number, row, before))
        return made

    whole = chain(rows)
    head = Head(len(rows), whole[-1].hash)
    assert verified(whole, head).whole
    assert verified(chain(others), head).whole is (others[: len(rows)] == rows)
    assert [verified(whole, head).whole, verified(whole[:-1], head).whole] == [True, False]
