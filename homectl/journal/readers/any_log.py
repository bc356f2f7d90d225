"""Any log homectl can read, told apart by how it begins: a journal, Parquet, tidy CSV, CASAS, messages of a broker."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import Path

from homectl.home import Home, LogError, ModeSpan, Reading
from homectl.journal.exchange import home_in_parquet, read_parquet
from homectl.journal.journal import Journal
from homectl.journal.readers import casas, zigbee2mqtt_log
from homectl.journal.readers.areas_from_log import Guess, Words, guess_home
from homectl.journal.readers.mqtt_capture import Capture, layout_of
from homectl.journal.readers.overheard import Interpreter, Log
from homectl.journal.readers.rows import HEADER, Rows, Tally, head, rows
from homectl.journal.readers.tidy_csv import readings as tidy_readings


class Format(StrEnum):
    JOURNAL = "a journal"
    PARQUET = "Parquet"
    TIDY_CSV = "a tidy CSV"
    CASAS = "a CASAS text"
    CAPTURE = "an MQTT capture"
    ZIGBEE2MQTT_LOG = "Zigbee2MQTT's log"
    ZIGBEE2MQTT_STATE = "Zigbee2MQTT's state.json"


BATCH = 20_000
MARKS = {b"SQLite format 3\0": Format.JOURNAL, b"PAR1": Format.PARQUET}
TABLES: dict[Format, Rows] = {Format.TIDY_CSV: rows, Format.CASAS: casas.rows}
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
    marked = next((kind for mark, kind in MARKS.items() if start.startswith(mark)), None)
    return marked or _format_of_text(head(path))


def _format_of_text(start: bytes) -> Format:
    if start.removeprefix(b"\xef\xbb\xbf").lower().startswith(",".join(HEADER[:3]).encode()):
        return Format.TIDY_CSV
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
    CSVs, CASAS texts, or logs of messages."""
    for kind, rows_of in TABLES.items():
        if found := [path for path in paths if format_of(path) is kind]:
            return guess_home(found, words, timezone=timezone, rows=rows_of)
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
    match kind := format_of(path):
        case Format.TIDY_CSV | Format.CASAS:
            yield from tidy_readings(path, home, tally, TABLES[kind])
        case Format.PARQUET:
            yield from _known(read_parquet(path, tally), home, tally)
        case Format.JOURNAL:
            with Journal.open(path, read_only=True) as journal:
                yield from _known(_counted(journal, tally), home, tally)
        case _:
            yield from _who_interprets(path, interpreter).readings(MESSAGES[kind](path), home, tally)


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

    What the journal knows already counts as repeated, so that the same log twice adds nothing.
    """
    if interpreter is not None:
        interpreter.listen(logs_of(paths))
    for path in paths:
        tally = Tally()
        source = readings(path, home, tally, interpreter)
        more = True
        while more:
            batch = list(islice(source, BATCH))
            known = len(batch) - journal.append(batch)
            tally.taken -= known
            tally.repeated += known
            journal.flush()
            more = len(batch) == BATCH
            yield path, tally
