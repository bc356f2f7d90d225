"""Decisions leave as Parquet as they were made."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from homectl.home import Cause, Kind, Record, Ruling, Target
from homectl.journal.decisions_parquet import COLUMNS, DecisionsFile

LAMP = Target("lamp", Kind.LIGHT)


def record(at: float, setting: str, confidence: float) -> Record:
    return Record(
        target=LAMP,
        setting=setting,
        cause=Cause.LEARNED,
        confidence=confidence,
        ruling=Ruling.SUGGESTED,
        rule="",
        reason="dark, “motion” 2 min ago",
        command="",
        since=at,
        until=at,
    )


def written(path: Path, parts: Sequence[Sequence[Record]]) -> Path:
    with DecisionsFile(path) as file:
        for part in parts:
            file.write(part)
    assert file.written == sum(map(len, parts))
    return path


def test_every_decision_is_a_row_in_order_and_what_is_not_known_is_null(tmp_path: Path) -> None:
    records = [record(60.0 * n, "on at 40%" if n % 2 else "", 0.5 if n % 3 else float("nan")) for n in range(100)]
    rows = parquet.read_table(written(tmp_path / "d.parquet", [records[:40], [], records[40:]])).to_pylist()
    assert tuple(rows[0]) == COLUMNS
    assert [(row["at"], row["setting"], row["confidence"]) for row in rows] == [
        (60_000 * n, "on at 40%" if n % 2 else "", 0.5 if n % 3 else None) for n in range(100)
    ]
    assert {(row["device"], row["kind"], row["ruling"], row["reason"]) for row in rows} == {
        ("lamp", "light", "suggested", "dark, “motion” 2 min ago")
    }


@pytest.mark.parametrize("count", [0, 3])
def test_the_same_decisions_are_the_same_bytes(tmp_path: Path, count: int) -> None:
    records = [record(float(n), "off", 0.9) for n in range(count)]
    first, second = (written(tmp_path / name, [records]).read_bytes() for name in ("1.parquet", "2.parquet"))
    assert first == second
