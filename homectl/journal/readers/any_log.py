"""Any log homectl can read, told apart by how it begins: journals, Parquet, texts, messages, Home Assistant's own."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import Path

from homectl.home import Home, LogError, ModeSpan, Reading
from homectl.journal.exchange import home_in_parquet, read_parquet
from homectl.journal.journal import Journal
from homectl.journal.readers import casas, zigbee2mqtt_log
from homectl.journal.readers.areas_from_log import Guess, Words, guess_home
from homectl.journal.readers.history_csv import is_history
from homectl.journal.readers.home_assistant import readings as home_assistant_readings
from homectl.journal.readers.home_of_entities import guess_home as guess_home_of_entities
from homectl.journal.readers.mqtt_capture import Capture, layout_of
from homectl.journal.readers.overheard import Interpreter, Log
from homectl.journal.readers.recorder_database import is_recorder
from homectl.journal.readers.rows import HEADER, Rows, Tally, head
from homectl.journal.readers.rows import rows as tidy_rows
from homectl.journal.readers.tidy_csv import readings as tidy_readings


class Format(StrEnum):
    JOURNAL = "a journal"
    PARQUET = "Parquet"
    TIDY_CSV = "a tidy CSV"
    CASAS = "a CASAS text"
    CAPTURE = "an MQTT capture"
    ZIGBEE2MQTT_LOG = "Zigbee2MQTT's log"
    ZIGBEE2MQTT_STATE = "Zigbee2MQTT's state.json"
    RECORDER = "a Home Assistant database"
    HISTORY_CSV = "a Home Assistant history export"


HOME_ASSISTANT = frozenset({Format.RECORDER, Format.HISTORY_CSV})
BATCH = 20_000
Row = tuple[Reading, ...]
"""What one row of a log tells."""

TABLES: dict[Format, Rows] = {Format.TIDY_CSV: tidy_rows, Format.CASAS: casas.rows}
"""What can be told in the columns of a tidy CSV."""

MESSAGES: dict[Format, Callable[[Path], Log]] = {
    Format.CAPTURE: Capture,
    Format.ZIGBEE2MQTT_LOG: zigbee2mqtt_log.Zigbee2MqttLog,
    Format.ZIGBEE2MQTT_STATE: zigbee2mqtt_log.Zigbee2MqttState,
}
"""What holds messages, to be made readings of by an interpreter."""


def format_of(path: Path) -> Format:
    """What kind of log this is; anything that bears no mark is read as a tidy CSV. LogError for what is no file."""
    if path.exists() and not path.is_file():
        raise LogError(f"{path}: expected a file, got a folder or a device; name a log")
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(b"SQLite format 3\0"):
        return Format.RECORDER if is_recorder(path) else Format.JOURNAL
    return Format.PARQUET if start.startswith(b"PAR1") else _format_of_text(head(path))


def _format_of_text(start: bytes) -> Format:
    if start.removeprefix(b"\xef\xbb\xbf").lower().startswith(",".join(HEADER[:3]).encode()):
        return Format.TIDY_CSV
    if is_history(start):
        return Format.HISTORY_CSV
    if casas.is_casas(start):
        return Format.CASAS
    if zigbee2mqtt_log.is_log(start):
        return Format.ZIGBEE2MQTT_LOG
    if zigbee2mqtt_log.is_state(start):
        return Format.ZIGBEE2MQTT_STATE
    return Format.TIDY_CSV if layout_of(start) is None else Format.CAPTURE


def guess(
    paths: Sequence[Path], words: Words, *, timezone: str = "UTC", interpreter: Interpreter | None = None
) -> Guess:
    """The home the logs are of: what a journal or Parquet file says itself, else guessed from all of one sort: the
    CSVs, CASAS texts, Home Assistant's own, or logs of messages."""
    for kind, rows_of in TABLES.items():
        if found := [path for path in paths if format_of(path) is kind]:
            return guess_home(found, words, timezone=timezone, rows=rows_of)
    if theirs := [path for path in paths if format_of(path) in HOME_ASSISTANT]:
        return guess_home_of_entities(theirs, words, timezone=timezone)
    if logs := logs_of(paths):
        speaker = _who_interprets(paths[0], interpreter)
        speaker.listen(logs)
        return speaker.home(timezone)
    path = paths[0]
    if format_of(path) is Format.PARQUET:
        return Guess(home_in_parquet(path), {})
    with Journal.open(path, read_only=True) as journal:
        return Guess(journal.home(), {})


def logs_of(paths: Sequence[Path]) -> list[Log]:
    """Those of some files that hold messages."""
    kinds = [(path, format_of(path)) for path in paths]
    return [MESSAGES[kind](path) for path, kind in kinds if kind in MESSAGES]


def completed(home: Home, paths: Sequence[Path], interpreter: Interpreter) -> Home:
    """A home given by hand with what its devices say of themselves in logs of messages; without such logs as it is."""
    if not (logs := logs_of(paths)):
        return home
    interpreter.listen(logs)
    return interpreter.completed(home)


def _who_interprets(path: Path, interpreter: Interpreter | None) -> Interpreter:
    if interpreter is None:
        raise LogError(f"{path}: these are messages, which are not read here; homectl import makes a journal of them")
    return interpreter


def readings(path: Path, home: Home, tally: Tally, interpreter: Interpreter | None = None) -> Iterator[Reading]:
    """The readings of devices that the home has; the rest is counted in `tally`. LogError or JournalError if the file
    cannot be read at all. `interpreter` is for logs of messages, and has listened to them."""
    for row in rows(path, home, tally, interpreter):
        yield from row


def rows(path: Path, home: Home, tally: Tally, interpreter: Interpreter | None = None) -> Iterator[Row]:
    """The same, row by row of the log: one of Home Assistant's may tell more than one thing."""
    match kind := format_of(path):
        case Format.RECORDER | Format.HISTORY_CSV:
            yield from home_assistant_readings(path, home, tally)
        case Format.TIDY_CSV | Format.CASAS:
            yield from _alone(tidy_readings(path, home, tally, TABLES[kind]))
        case Format.PARQUET:
            yield from _alone(_known(read_parquet(path, tally), home, tally))
        case Format.JOURNAL:
            with Journal.open(path, read_only=True) as journal:
                yield from _alone(_known(_counted(journal, tally), home, tally))
        case _:
            yield from _alone(_who_interprets(path, interpreter).readings(MESSAGES[kind](path), home, tally))


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


def take_in(
    journal: Journal, paths: Sequence[Path], home: Home, interpreter: Interpreter | None = None
) -> Iterator[tuple[Path, Tally]]:
    """Read logs into a journal; yields each file's running tally every few thousand readings and at its end.

    A row whose first reading the journal knows already counts as repeated, so that the same log twice adds nothing.
    """
    if interpreter is not None:
        interpreter.listen(logs_of(paths))
    for path in paths:
        tally = Tally()
        source = rows(path, home, tally, interpreter)
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
