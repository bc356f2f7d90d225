"""Readings in the raw pages of a damaged file: a page that holds rows can be read though none that leads to it can.

The format is that of https://www.sqlite.org/fileformat2.html: pages of an index hold records, a header of types each.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from homectl.home import ORIGIN_CODE
from homectl.journal.believable import LATEST

LEAF = 0x0A
"""What begins a page of a table without row ids that leads nowhere further."""

COLUMNS = 6
INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of an integer by its type."""

Row = tuple[int, int, float | None, int, int, str]
"""A row of `readings`."""


def readings_in(path: Path, size: int) -> Iterator[Row]:
    """What looks like a reading in the pages of this size, in the order they lie in the file."""
    with path.open("rb") as file:
        while page := file.read(size):
            if page[0] == LEAF and len(page) == size:
                yield from _rows(page)


def _rows(page: bytes) -> Iterator[Row]:
    cells = int.from_bytes(page[3:5], "big")
    for place in range(8, min(8 + 2 * cells, len(page) - 1), 2):
        try:
            row = _reading(_record(page, int.from_bytes(page[place : place + 2], "big")))
        except (IndexError, ValueError, struct.error):
            continue
        if row is not None:
            yield row


def _record(page: bytes, place: int) -> list[object]:
    """The values of the record in a cell; ValueError for one that has not the columns of a reading."""
    _, place = _varint(page, place)
    start = place
    length, place = _varint(page, place)
    body, kinds = start + length, []
    while place < body:
        kind, place = _varint(page, place)
        kinds.append(kind)
    if len(kinds) != COLUMNS:
        raise ValueError("another table")
    values = []
    for kind in kinds:
        value, body = _value(page, body, kind)
        values.append(value)
    return values


def _varint(page: bytes, place: int) -> tuple[int, int]:
    value = 0
    for _ in range(8):
        byte = page[place]
        place += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place
    return value << 8 | page[place], place + 1


def _value(page: bytes, place: int, kind: int) -> tuple[object, int]:
    if kind in INTEGERS:
        end = place + INTEGERS[kind]
        return int.from_bytes(page[place:end], "big", signed=True), end
    if kind == 7:
        return struct.unpack(">d", page[place : place + 8])[0], place + 8
    if kind in (8, 9):
        return kind - 8, place
    if kind >= 13 and kind % 2:
        end = place + (kind - 13) // 2
        if end > len(page):
            raise ValueError("it goes on elsewhere")
        return page[place:end].decode("utf-8"), end
    if kind == 0:
        return None, place
    raise ValueError("no type of a reading")


def _reading(values: list[object]) -> Row | None:
    """The values as a reading; None where they cannot be one."""
    match values:
        case [int(signal), int(at), int() | float() | None as value, int(origin), int(live), str(text)]:
            if abs(at) < LATEST and 0 <= origin <= max(ORIGIN_CODE.values()) and live in (0, 1):
                return signal, at, None if value is None else float(value), origin, live, text
    return None
