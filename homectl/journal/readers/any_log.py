"""Any log homectl can read, told apart by its content: a journal, Parquet, Home Assistant's own, or a tidy CSV."""

import gzip
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import Path

from homectl.home import Home, LogError, ModeSpan, Reading
from homectl.journal.exchange import home_in_parquet, read_parquet
from homectl.journal.journal import Journal
from homectl.journal.readers.areas_from_log import Guess, Words, guess_home
from homectl.journal.readers.history_csv import is_history
from homectl.journal.readers.home_assistant import readings as home_assistant_readings
from homectl.journal.readers.home_of_entities import guess_home as guess_home_of_entities
from homectl.journal.readers.recorder_database import is_recorder
from homectl.journal.readers.rows import Tally
from homectl.journal.readers.tidy_csv import readings as tidy_readings


class Format(StrEnum):
    JOURNAL = "a journal"
    PARQUET = "Parquet"
    TIDY_CSV = "a tidy CSV"
    RECORDER = "a Home Assistant database"
    HISTORY_CSV = "a Home Assistant history export"


HOME_ASSISTANT = frozenset({Format.RECORDER, Format.HISTORY_CSV})
BATCH = 20_000
START = 512
"""Bytes that tell what a file is."""

Row = tuple[Reading, ...]
"""What one row of a log tells."""


def format_of(path: Path) -> Format:
    """What kind of log this is; anything that bears no mark is read as a tidy CSV. LogError for what is no file."""
    if path.exists() and not path.is_file():
        raise LogError(f"{path}: expected a file, got a folder or a device; name a log")
    with path.open("rb") as file:
        start = file.read(START)
    if start.startswith(b"SQLite format 3\0"):
        return Format.RECORDER if is_recorder(path) else Format.JOURNAL
    if start.startswith(b"PAR1"):
        return Format.PARQUET
    return Format.HISTORY_CSV if is_history(_unpacked(path, start)) else Format.TIDY_CSV


def _unpacked(path: Path, start: bytes) -> bytes:
    """The first bytes of what is packed; nothing where it is damaged."""
    if not start.startswith(b"\x1f\x8b"):
        return start
    try:
        with gzip.open(path) as file:
            return file.read(START)
    except (EOFError, OSError, zlib.error):
        return b""


def guess(paths: Sequence[Path], words: Words, *, timezone: str = "UTC") -> Guess:
    """The home the logs are of: what a journal or Parquet file says itself, else guessed from all logs of one kind.

    Tidy CSVs speak before Home Assistant's logs, and those before the rest.
    """
    formats = {path: format_of(path) for path in paths}
    if tidy := [path for path in paths if formats[path] is Format.TIDY_CSV]:
        return guess_home(tidy, words, timezone=timezone)
    if theirs := [path for path in paths if formats[path] in HOME_ASSISTANT]:
        return guess_home_of_entities(theirs, words, timezone=timezone)
    path = paths[0]
    if formats[path] is Format.PARQUET:
        return Guess(home_in_parquet(path), {})
    with Journal.open(path, read_only=True) as journal:
        return Guess(journal.home(), {})


def readings(path: Path, home: Home, tally: Tally) -> Iterator[Reading]:
    """The readings of devices that the home has; the rest is counted in `tally`. LogError or JournalError if the file
    cannot be read at all."""
    for row in rows(path, home, tally):
        yield from row


def rows(path: Path, home: Home, tally: Tally) -> Iterator[Row]:
    """The same, row by row of the log: one of Home Assistant's may tell more than one thing."""
    match format_of(path):
        case Format.RECORDER | Format.HISTORY_CSV:
            yield from home_assistant_readings(path, home, tally)
        case Format.TIDY_CSV:
            yield from _alone(tidy_readings(path, home, tally))
        case Format.PARQUET:
            yield from _alone(_known(read_parquet(path, tally), home, tally))
        case Format.JOURNAL:
            with Journal.open(path, read_only=True) as journal:
                yield from _alone(_known(_counted(journal, tally), home, tally))


def _alone(source: Iterable[Reading]) -> Iterator[Row]:
    return ((reading,) for reading in source)


def _counted(journal: Journal, tally: Tally) -> Iterator[Reading]:
    total = max(1, journal.count())
    for reading in journal.readings():
        tally.rows += 1
        tally.taken += 1
        tally.share = tally.rows / total
        yield reading


def _known(source: Iterator[Reading], home: Home, tally: Tally) -> Iterator[Reading]:
    for reading in source:
        if reading.device in home.by_id:
            yield reading
        else:
            tally.taken -= 1
            tally.leave("of a device that the home does not have", tally.rows)


def modes(paths: Sequence[Path]) -> tuple[ModeSpan, ...]:
    """The modes that the homes of journals among some logs were in, by their beginning."""
    found: list[ModeSpan] = []
    for path in paths:
        if format_of(path) is Format.JOURNAL:
            with Journal.open(path, read_only=True) as journal:
                found += journal.orders.modes()
    return tuple(sorted(found, key=lambda span: span.since))


def take_in(journal: Journal, paths: Sequence[Path], home: Home) -> Iterator[tuple[Path, Tally]]:
    """Read logs into a journal; yields each file's running tally every few thousand rows and at its end.

    A row whose first reading the journal knows already counts as repeated, so that the same log twice adds nothing.
    """
    for path in paths:
        tally = Tally()
        source = rows(path, home, tally)
        more = True
        while more:
            batch = list(islice(source, BATCH))
            known = len(batch) - journal.append(row[0] for row in batch)
            tally.taken -= known
            tally.repeated += known
            tally.further += journal.append(reading for row in batch for reading in row[1:])
            tally.origins.update(Counter(reading.origin for row in batch for reading in row))
            journal.flush()
            more = len(batch) == BATCH
            yield path, tally
