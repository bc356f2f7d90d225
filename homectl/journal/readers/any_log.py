"""Any log homectl can read, told apart by its first bytes: a journal, Parquet or a tidy CSV."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import Path

from homectl.home import Home, LogError, ModeSpan, Reading
from homectl.journal.exchange import home_in_parquet, read_parquet
from homectl.journal.journal import Journal
from homectl.journal.readers.areas_from_log import Guess, Words, guess_home
from homectl.journal.readers.rows import Tally
from homectl.journal.readers.tidy_csv import readings as tidy_readings


class Format(StrEnum):
    JOURNAL = "a journal"
    PARQUET = "Parquet"
    TIDY_CSV = "a tidy CSV"


BATCH = 20_000
MARKS = {b"SQLite format 3\0": Format.JOURNAL, b"PAR1": Format.PARQUET}


def format_of(path: Path) -> Format:
    """What kind of log this is; anything that bears no mark is read as a tidy CSV. LogError for what is no file."""
    if path.exists() and not path.is_file():
        raise LogError(f"{path}: expected a file, got a folder or a device; name a log")
    with path.open("rb") as file:
        start = file.read(16)
    return next((kind for mark, kind in MARKS.items() if start.startswith(mark)), Format.TIDY_CSV)


def guess(paths: Sequence[Path], words: Words, *, timezone: str = "UTC") -> Guess:
    """The home the logs are of: what a journal or Parquet file says itself, else guessed from all the CSVs."""
    tidy = [path for path in paths if format_of(path) is Format.TIDY_CSV]
    if tidy:
        return guess_home(tidy, words, timezone=timezone)
    path = paths[0]
    if format_of(path) is Format.PARQUET:
        return Guess(home_in_parquet(path), {})
    with Journal.open(path, read_only=True) as journal:
        return Guess(journal.home(), {})


def readings(path: Path, home: Home, tally: Tally) -> Iterator[Reading]:
    """The readings of devices that the home has; the rest is counted in `tally`. LogError or JournalError if the file
    cannot be read at all."""
    match format_of(path):
        case Format.TIDY_CSV:
            yield from tidy_readings(path, home, tally)
        case Format.PARQUET:
            yield from _known(read_parquet(path, tally), home, tally)
        case Format.JOURNAL:
            with Journal.open(path, read_only=True) as journal:
                yield from _known(_counted(journal, tally), home, tally)


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
    """Read logs into a journal; yields each file's running tally every few thousand readings and at its end.

    What the journal knows already counts as repeated, so that the same log twice adds nothing.
    """
    for path in paths:
        tally = Tally()
        source = readings(path, home, tally)
        more = True
        while more:
            batch = list(islice(source, BATCH))
            known = len(batch) - journal.append(batch)
            tally.taken -= known
            tally.repeated += known
            journal.flush()
            more = len(batch) == BATCH
            yield path, tally
