"""Messages that somebody wrote down, whatever the format, and who makes readings of them."""

import json
import math
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from homectl.home import Home, Reading, milliseconds
from homectl.journal.readers.areas_from_log import Guess
from homectl.journal.readers.rows import Tally

LONGEST_MESSAGE = 4 << 20
"""Bytes of a line with a message in it: Zigbee2MQTT's list of a thousand devices."""

MOST_VALUES = 250_000
"""Values in one piece of JSON; a list of a thousand devices has half as many."""

LATEST = 4_102_444_800.0
"""2100-01-01: a later time in a log is a mistake."""

TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z?[+-]\d\d:?\d\d|Z)?")
EPOCH = re.compile(r"\d{1,12}(?:\.\d{1,9})?")


class Overheard(NamedTuple):
    """One message of a log. `at` is UTC seconds, None where the log says no time; `retained` None: it does not say."""

    line: int
    at: float | None
    topic: str
    payload: bytes
    retained: bool | None


class Log(Protocol):
    """A file with messages in it."""

    @property
    def path(self) -> Path: ...

    @property
    def timed(self) -> bool:
        """Whether its messages have times of their own."""

    def messages(self, zone: ZoneInfo, tally: Tally) -> Iterator[Overheard]:
        """Its messages in order. Every line is a row of the tally, and skipped or left alone there if it is none.

        Times without a zone are in `zone`. LogError where the file is no such log.
        """

    def names(self) -> Iterator[tuple[str, str]]:
        """(address, name) of the devices it introduces, as far as it does so outside of its messages."""


class Interpreter(Protocol):
    """Makes readings of messages. The journal knows no dialect: `homectl.captures` does."""

    def listen(self, logs: Sequence[Log]) -> None:
        """Look through logs for what their devices announce. LogError where one cannot be read, or needs a start."""

    def home(self, timezone: str) -> Guess:
        """The home of the devices that were announced. LogError where there were none."""

    def completed(self, home: Home) -> Home:
        """A home whose devices also have what the announcements say that they sense and do."""

    def readings(self, log: Log, home: Home, tally: Tally) -> Iterator[Reading]:
        """What a log tells of the home's devices; every line's fate is in the tally."""


def seconds_of(text: str, zone: ZoneInfo, before: float = -math.inf) -> float | None:
    """UTC seconds of an ISO 8601 time, with `Z` and an offset even, or of seconds since 1970; None for anything else.

    A time without a zone is one of `zone`. In the hour that clocks go through twice it is the second time if the first
    would be earlier than `before` by more than a minute: a log's lines are in order.
    """
    if EPOCH.fullmatch(text):
        seconds = float(text)
    elif (found := TIME.fullmatch(text)) is not None:
        day, clock, fraction, offset = found.groups()
        offset = "+00:00" if offset == "Z" else (offset or "").removeprefix("Z")
        try:
            time = datetime.fromisoformat(f"{day}T{clock}{offset}")
            seconds = time.timestamp() if time.tzinfo else _local(time, zone, before)
        except (ValueError, OverflowError):
            return None
        seconds += float(f"0.{fraction}") if fraction else 0.0
    else:
        return None
    return milliseconds(seconds) if 0 <= seconds < LATEST else None


def _local(time: datetime, zone: ZoneInfo, before: float) -> float:
    first = time.replace(tzinfo=zone).timestamp()
    again = time.replace(tzinfo=zone, fold=1).timestamp()
    return again if first < before - 60 and again > first else first


def json_of(text: bytes) -> Any:
    """JSON values of bounded size and depth; None for what is no JSON."""
    if len(text) > LONGEST_MESSAGE or text.count(b",") + text.count(b"[") + text.count(b"{") > MOST_VALUES:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
