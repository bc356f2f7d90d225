"""Parquet out and in: the readings of a journal, with the home they are of. Needs the extra `parquet`."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from homectl.home import Home, LogError, Origin, Quantity, Reading, plausible
from homectl.journal.journal import Journal
from homectl.journal.readers.rows import Tally

if TYPE_CHECKING:
    import pyarrow

COLUMNS = ("device", "quantity", "at", "value", "origin", "live", "text")
"""`at` is UTC milliseconds since 1970, `value` null where the device itself does not know."""

HOME_KEY = b"homectl.home"
GROUP = 1 << 17
LATEST = 4_102_444_800_000
"""2100-01-01 in milliseconds."""


def write_parquet(journal: Journal, path: Path) -> int:
    """Write every reading and the home, packed by zstd; the number of readings. LogError without the extra."""
    arrow, parquet = arrow_and_parquet()
    schema = _schema(arrow).with_metadata({HOME_KEY: journal.home().model_dump_json().encode()})
    readings, written = journal.readings(), 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(readings, GROUP)):
            writer.write_table(arrow.table(_columns(group), schema=schema))
            written += len(group)
    return written


def _columns(group: list[Reading]) -> dict[str, list[Any]]:
    return {
        "device": [r.device for r in group],
        "quantity": [str(r.quantity) for r in group],
        "at": [round(r.at * 1000) for r in group],
        "value": [r.value if r.value == r.value else None for r in group],
        "origin": [str(r.origin) for r in group],
        "live": [r.live for r in group],
        "text": [r.text for r in group],
    }


def home_in_parquet(path: Path) -> Home:
    """The home a Parquet file says it is of; LogError if it says none."""
    said = (_open(path).schema_arrow.metadata or {}).get(HOME_KEY)
    if said is None:
        raise LogError(f"{path}: this file does not say which home it is of; name one with --home")
    try:
        return Home.model_validate_json(said)
    except ValidationError as error:
        found = str(error).splitlines()[0]
        raise LogError(f"{path}: expected a home in the file, got {found}; name one with --home") from None


def read_parquet(path: Path, tally: Tally) -> Iterator[Reading]:
    """The readings of a file in bounded memory; rows that cannot be one are counted with the reason."""
    file = _open(path)
    missing = [name for name in COLUMNS if name not in file.schema_arrow.names]
    if missing:
        raise LogError(
            f"{path}: expected the columns {','.join(COLUMNS)}, without {','.join(missing)}; name another log"
        )
    arrow, total = arrow_and_parquet()[0], max(1, file.metadata.num_rows)
    try:
        for batch in file.iter_batches(batch_size=1 << 16, columns=list(COLUMNS), use_threads=False):
            table = arrow.Table.from_batches([batch]).select(COLUMNS).cast(_schema(arrow))
            for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                yield from _reading(row, tally)
            tally.share = min(1.0, tally.rows / total)
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise LogError(
            f"{path}: damaged after {tally.rows:,} rows: {str(error).splitlines()[0]}; export it again"
        ) from None


def _reading(row: tuple[Any, ...], tally: Tally) -> Iterator[Reading]:
    tally.rows += 1
    device, quantity, at, value, origin, live, text = row
    if not device or at is None or not 0 <= at < LATEST:
        tally.skip("expected a device and a time between 1970 and 2100", tally.rows)
    elif quantity not in QUANTITIES or origin not in ORIGINS:
        tally.skip("expected a known quantity and origin", tally.rows)
    elif value is not None and not plausible(QUANTITIES[quantity], value):
        tally.skip(f"implausible {quantity}", tally.rows)
    else:
        tally.taken += 1
        yield Reading(
            device=device,
            quantity=QUANTITIES[quantity],
            value=float("nan") if value is None else value,
            at=at / 1000,
            origin=ORIGINS[origin],
            live=live is not False,
            text=text or "",
        )


QUANTITIES: dict[str, Quantity] = {str(quantity): quantity for quantity in Quantity}
ORIGINS: dict[str, Origin] = {str(origin): origin for origin in Origin}


def _open(path: Path) -> Any:
    arrow, parquet = arrow_and_parquet()
    try:
        return parquet.ParquetFile(path)
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise LogError(f"{path}: expected a Parquet file, got: {str(error).splitlines()[0]}; export it again") from None


def _schema(arrow: Any) -> "pyarrow.Schema":
    word = arrow.dictionary(arrow.int32(), arrow.string())
    kinds = (word, word, arrow.int64(), arrow.float64(), word, arrow.bool_(), word)
    return arrow.schema(list(zip(COLUMNS, kinds, strict=True)))


def arrow_and_parquet() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise LogError("Parquet needs the extra: pip install 'homectl[parquet]'") from None
    return pyarrow, pyarrow.parquet
