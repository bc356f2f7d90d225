"""The lines of a log, plain or gzipped, in bounded memory; what was left out is counted by reason."""

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

from homectl.home import LogError, Origin

HEADER = ("ts", "home", "room", "device", "kind", "value", "unit")
CHUNK = 1 << 20
LONGEST_LINE = 1 << 16
UNSUSPICIOUS = 16 << 20
"""Bytes that any log may unpack to, however small its file."""
LARGEST_RATIO = 100
"""How many times its file's size a log may unpack to; event logs reach 10 to 25."""
TOO_LONG = b"a line that is too long"


@dataclass(slots=True)
class Tally:
    """What became of the rows of a log. `first` is the line (or row) where a reason first applied.

    `taken + repeated + skipped + left alone = rows`; `share` is how much of the file has been read, 0 … 1; `broken`
    says that the file breaks off or is damaged after what was read. A line that tells several readings is as many rows;
    `telling` counts such a log's lines that told any: `telling + skipped + left alone` are then all of its lines.
    `further` are readings added beyond the first of their row; `origins` are those of all readings, added or known.
    """

    rows: int = 0
    taken: int = 0
    repeated: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    left_alone: dict[str, int] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)
    broken: bool = False
    share: float = 0.0
    further: int = 0
    origins: Counter[Origin] = field(default_factory=Counter)
    telling: int | None = None

    @property
    def lines_read(self) -> int:
        """The lines of the log, each counted once."""
        left_out = sum(self.skipped.values()) + sum(self.left_alone.values())
        return self.rows if self.telling is None else self.telling + left_out

    def told(self, readings: int) -> None:
        """A line, counted as one row before, that tells so many readings."""
        self.telling = (self.telling or 0) + 1
        self.rows += readings - 1
        self.taken += readings

    def skip(self, reason: str, line: int) -> None:
        """A row that is wrong."""
        self.skipped[reason] = self.skipped.get(reason, 0) + 1
        self.first.setdefault(reason, line)

    def leave(self, reason: str, line: int) -> None:
        """A row that is fine but of no use here."""
        self.left_alone[reason] = self.left_alone.get(reason, 0) + 1
        self.first.setdefault(reason, line)

    def lines(self) -> list[str]:
        """Whose the readings are, then one line for each reason to leave out a row, the commonest first."""
        parts = (("skipped", self.skipped), ("left alone", self.left_alone))
        broken = [f"it breaks off or is damaged after {self.rows:,} rows; what came before is read"] * self.broken
        return (
            broken
            + self._told()
            + [
                f"{what} {count:,} rows: {reason} (first in line {self.first[reason]:,})"
                for what, reasons in parts
                for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
            ]
        )

    def _told(self) -> list[str]:
        parts = [f"{count:,} {origin}" for origin, count in self.origins.most_common()]
        further = f"; {self.further:,} further values of the same rows added" if self.further else ""
        return [f"readings by who made them so: {', '.join(parts)}{further}"] if parts else []


Rows = Callable[[Path, Tally], Iterator[tuple[int, list[str]]]]
"""What reads the rows of a log as (line number, seven fields)."""


def rows(path: Path, tally: Tally) -> Iterator[tuple[int, list[str]]]:
    """The rows after the header as (line number, seven fields).

    LogError when the file is no such log or unpacks beyond all measure; a damaged line is counted and left out, a
    packed file that breaks off ends there.
    """
    with path.open("rb") as raw:
        numbered = text_lines(raw, path, tally)
        _check_header(path, next(numbered, (1, ""))[1])
        for number, line in numbered:
            tally.rows += 1
            fields = fields_of(line)
            if len(fields) == len(HEADER):
                yield number, fields
            else:
                tally.skip(f"expected {len(HEADER)} fields", number)


def fields_of(line: str) -> list[str]:
    """The fields of a line; none where its quotes do not close."""
    return line.split(",") if '"' not in line else _quoted(line)


def text_lines(raw: BufferedReader, path: Path, tally: Tally) -> Iterator[tuple[int, str]]:
    """Numbered lines of a plain or gzipped file as text, as `lines` has them."""
    return ((number, _text(line)) for number, line in _lines(raw, path, tally))


def lines(path: Path, tally: Tally, longest: int = LONGEST_LINE) -> Iterator[tuple[int, bytes]]:
    """The numbered lines of any log, plain or gzipped, as bytes without their ends, but for empty ones.

    One much longer than `longest` begins with TOO_LONG instead of its content. LogError for what unpacks beyond all
    measure; a packed file that breaks off ends there.
    """
    with path.open("rb") as raw:
        for number, line in _lines(raw, path, tally, longest):
            yield number, line.removesuffix(b"\r")


def _lines(raw: BufferedReader, path: Path, tally: Tally, longest: int = LONGEST_LINE) -> Iterator[tuple[int, bytes]]:
    """Numbered lines of a plain or gzipped file without their ends, but for empty ones.

    LogError when it unpacks beyond all measure; one that breaks off ends there, and `tally` says so. An
    endless one is cut down to an unusable one instead of filling memory.
    """
    rest, number = b"", 0
    for chunk in _chunks(raw, path, tally):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from ((number + place, line) for place, line in enumerate(whole, 1) if line and line != b"\r")
        number += len(whole)
        if len(rest) > longest:
            rest = TOO_LONG
    if rest and not tally.broken:
        yield number + 1, rest


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r")


def head(path: Path, size: int = 1 << 18) -> bytes:
    """How a log begins, unpacked if it is packed; what can be read of it. OSError for what is no file."""
    start = b""
    with path.open("rb") as raw, suppress(EOFError, gzip.BadGzipFile, zlib.error):
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        stream = gzip.GzipFile(fileobj=raw) if packed else raw
        while len(start) < size and (more := stream.read1(size - len(start))):
            start += more
    return start


def check_packed(path: Path, unsuspicious: int = 1 << 20) -> None:
    """LogError for what unpacks beyond all measure, before any of it is read as a log, which takes longer."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if packed:
            for _ in _chunks(raw, path, Tally(), unsuspicious):
                pass


def _chunks(raw: BufferedReader, path: Path, tally: Tally, unsuspicious: int = UNSUSPICIOUS) -> Iterator[bytes]:
    size, total = max(1, path.stat().st_size), 0
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    stream = gzip.GzipFile(fileobj=raw) if packed else raw
    while True:
        try:
            chunk = stream.read1(CHUNK)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            tally.broken = True
            return
        if not chunk:
            return
        total += len(chunk)
        if total > max(unsuspicious, LARGEST_RATIO * size):
            raise LogError(f"{path}: unpacks to more than {total >> 20} MB from {size >> 10} KB; unpack it yourself")
        tally.share = min(1.0, raw.tell() / size)
        yield chunk


def _check_header(path: Path, line: str) -> None:
    names = tuple(name.strip().lower() for name in line.lstrip("\ufeff").split(","))
    if names != HEADER:
        raise LogError(
            f"{path}:1: expected the header {','.join(HEADER)}, got {line[:60]!r}; see homectl import --help"
        )


def _quoted(line: str) -> list[str]:
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return []
