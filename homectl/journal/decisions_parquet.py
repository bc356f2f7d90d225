"""Decisions as Parquet, one row each, for notebooks and other programs. Needs the extra `parquet`."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from homectl.home import Record
from homectl.journal.exchange import GROUP, arrow_and_parquet

COLUMNS = ("at", "device", "kind", "setting", "cause", "confidence", "ruling", "rule", "reason", "command")
"""`at` is UTC milliseconds since 1970, `setting` empty where there is no opinion, `confidence` null where there is
none."""


class DecisionsFile:
    """A file that is being written. The same records give the same bytes on one machine; LogError without the extra."""

    def __init__(self, path: Path) -> None:
        arrow, parquet = arrow_and_parquet()
        word = arrow.dictionary(arrow.int32(), arrow.string())
        kinds = (arrow.int64(), word, word, word, word, arrow.float64(), word, word, arrow.string(), arrow.string())
        self._schema = arrow.schema(list(zip(COLUMNS, kinds, strict=True)))
        self._table = arrow.table
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd")
        self.written = 0

    def write(self, records: Iterable[Record]) -> None:
        """Add records, in the order in which they come."""
        coming: Iterator[Record] = iter(records)
        while group := list(islice(coming, GROUP)):
            self._writer.write_table(self._table(_columns(group), schema=self._schema))
            self.written += len(group)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _at: TracebackType | None) -> None:
        self._writer.close()


def _columns(group: list[Record]) -> dict[str, list[Any]]:
    return {
        "at": [round(r.since * 1000) for r in group],
        "device": [r.target.device for r in group],
        "kind": [str(r.target.kind) for r in group],
        "setting": [r.setting for r in group],
        "cause": [str(r.cause) for r in group],
        "confidence": [r.confidence if r.confidence == r.confidence else None for r in group],
        "ruling": [str(r.ruling) for r in group],
        "rule": [r.rule for r in group],
        "reason": [r.reason for r in group],
        "command": [r.command for r in group],
    }
