"""A chain of rows: each row's hash covers the row and the hash before it, so that no row can change unseen.

The chain's end is kept in a second place as well, so that rows missing there are seen, too.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from homectl.home import Act
from homectl.journal.generations import replace_file

ACT = 3
"""Which of a row's fields says what was done."""

START = bytes(32)
"""What stands for the hash before the first row."""


class Row(NamedTuple):
    """One row as it lies in the journal: its number, its other fields as bytes, and its hash."""

    number: int
    fields: tuple[bytes, ...]
    hash: bytes


class Head(NamedTuple):
    """The last row that was written, as the second place knows it."""

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a chain is whole; if not, which row is the first that shows it, and what was done to it."""

    rows: int
    head: str  # the hash of the last good row, to be noted elsewhere
    bad: int | None = None
    said: str = ""

    @property
    def whole(self) -> bool:
        return self.bad is None


def sealed(before: bytes, number: int, fields: Sequence[bytes]) -> bytes:
    """The hash of a row: SHA-256 over the hash before it and every field with its length, none of which can shift."""
    digest = hashlib.sha256(before)
    for field in (str(number).encode(), *fields):
        digest.update(b"%d:" % len(field) + field)
    return digest.digest()


def verified(rows: Iterable[Row], head: Head | None) -> Finding:
    """Follow the chain from its first row and compare its end with the head; None: there is no head."""
    count, before, at_head = 0, START, START
    for row in rows:
        expected = count + 1
        if said := _fault(row, expected, before):
            return Finding(count, before.hex(), expected, said)
        count, before = expected, row.hash
        if head is not None and head.number == count:
            at_head = before
    said = _end_fault(count, head, at_head)
    return Finding(count, before.hex(), None if not said else max(1, min(count + 1, head.number if head else 1)), said)


def _fault(row: Row, expected: int, before: bytes) -> str:
    if row.number != expected:
        return f"missing: after row {expected - 1} comes row {row.number}"
    if sealed(before, row.number, row.fields) != row.hash:
        return "changed: it or its hash is not what was written"
    if row.fields[ACT : ACT + 1] == (Act.BROKEN.encode(),):
        return f"broken: {row.fields[-1].decode(errors='replace')}"
    return ""


def _end_fault(count: int, head: Head | None, at_head: bytes) -> str:
    if head is None:
        return "no head: the file beside the journal that says where the audit ends is gone" if count else ""
    if head.number > count:
        return f"truncated: {head.number} rows were written, {count} are left"
    return "" if head.hash == at_head else "rewritten: the rows fit each other, but are not those that were written"


def read_head(path: Path) -> Head | None:
    """What the second place says; None where there is none, and a head of no chain where it cannot be read."""
    try:
        said = json.loads(path.read_bytes())
        return Head(int(said["rows"]), bytes.fromhex(said["hash"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError):
        return Head(0, b"unreadable")


def write_head(path: Path, head: Head) -> None:
    """Durable when it returns."""
    replace_file(path, json.dumps({"rows": head.number, "hash": head.hash.hex()}).encode() + b"\n")
