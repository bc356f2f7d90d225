"""Readings out as the log that others can read: `ts,home,room,device,kind,value,unit`."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from homectl.home import Home, LockState, Quantity, Reading
from homectl.journal.readers.rows import HEADER

KIND: dict[Quantity, str] = {
    Quantity.LIGHT_ON: "switch",
    Quantity.LIGHT_LEVEL: "level",
    Quantity.ACTION: "button",
}
"""What a quantity is called in such a log, where it is not called by its own name."""

UNIT: dict[Quantity, str] = {
    Quantity.TEMPERATURE: "C",
    Quantity.SETPOINT: "C",
    Quantity.HUMIDITY: "%",
    Quantity.ILLUMINANCE: "lx",
    Quantity.CO2: "ppm",
    Quantity.POWER: "W",
    Quantity.BATTERY: "%",
}
LEFT_OUT = frozenset({Quantity.AVAILABLE, Quantity.POSITION, Quantity.HEATING})
"""What the schema has no word for."""


def write_tidy_csv(readings: Iterable[Reading], home: Home, path: Path) -> int:
    """Write a log, gzipped; the number of rows. The same readings give the same bytes.

    Who set a thing is not in such a log: a home file says it, by `switched_by`.
    """
    written = 0
    with path.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as packed:
        table = csv.writer(text := io.TextIOWrapper(packed, encoding="utf-8", newline=""), lineterminator="\n")
        table.writerow(HEADER)
        for row in _rows(readings, home):
            table.writerow(row)
            written += 1
        text.flush()
        text.detach()
    return written


def _rows(readings: Iterable[Reading], home: Home) -> Iterator[tuple[str, ...]]:
    for reading in readings:
        if reading.quantity in LEFT_OUT or reading.value != reading.value:
            continue
        at = datetime.fromtimestamp(reading.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        device = home.device(reading.device)
        kind = KIND.get(reading.quantity, str(reading.quantity))
        yield at, home.id, device.area or "", device.id, kind, _value(reading), UNIT.get(reading.quantity, "")


def _value(reading: Reading) -> str:
    if reading.quantity is Quantity.ACTION:
        return reading.text
    if reading.quantity is Quantity.LOCK:
        return LockState(int(reading.value)).name.lower()
    return f"{reading.value:g}" if reading.quantity is not Quantity.LIGHT_LEVEL else f"{reading.value:.4f}"
