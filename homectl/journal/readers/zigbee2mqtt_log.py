"""What Zigbee2MQTT keeps itself: its log, of version 1 and 2, and state.json, the last state of every device.

The log tells what was published (from 1.37 on only at log level debug) and, at debug, what was asked of a device. Its
times are local and whole seconds. state.json has no time but the `last_seen` of a device; it is never live.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from homectl.home import LogError
from homectl.journal.readers.overheard import LATEST, LONGEST_MESSAGE, TIME, Overheard, json_of, seconds_of
from homectl.journal.readers.rows import TOO_LONG, Tally, head, lines

LEVEL = rb"(?:debug|info|warn|warning|error)"
VERSION_2 = rb"\[[^\]]{8,40}\] " + LEVEL + rb":"
VERSION_1 = rb"(?:zigbee2mqtt:)?" + LEVEL + rb" +\d{4}-\d\d-\d\d "
EARLIEST = rb"\d{4}-\d\d-\d\dT\S+ - " + LEVEL
LINE = re.compile(b"|".join((VERSION_2, VERSION_1, EARLIEST)), re.IGNORECASE)

PUBLISHED = re.compile(rb"MQTT publish: topic '([^']{1,1024})', payload '(.*)'$", re.DOTALL)
ASKED = re.compile(rb"Received MQTT message on '([^']{1,1024})' with data '(.*)'$", re.DOTALL)
INTRODUCED = re.compile(rb"(?:z2m: |\d\d:\d\d:\d\d: )(.{1,200}?) \((0x[0-9a-f]{16})\): ")
STATE = re.compile(rb'\s*\{\s*"(?:0x[0-9a-f]{1,16}|\d{1,5})"\s*:\s*\{')
PREFIX = 160
BASE = "zigbee2mqtt"
MOST_NAMES = 2_000
HOPELESS = 100_000
"""Lines without a single one of Zigbee2MQTT's, after which a file is no such log."""


def is_log(start: bytes) -> bool:
    """Whether a file begins like Zigbee2MQTT's log; its first lines may be the rest of something longer."""
    return any(LINE.match(line) for line in start.split(b"\n", 50)[:50])


def is_state(start: bytes) -> bool:
    """Whether a file begins like state.json."""
    return bool(STATE.match(start.removeprefix(b"\xef\xbb\xbf")))


class Zigbee2MqttLog:
    """Zigbee2MQTT's log in a file."""

    timed = True

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> Iterator[tuple[str, str]]:
        """The devices that are listed when Zigbee2MQTT starts."""
        known = 0
        for _, line in lines(self.path, Tally()):
            if b"(0x" in line[:400] and (found := INTRODUCED.search(line[:1000])) and known < MOST_NAMES:
                known += 1
                yield found[2].decode(), found[1].decode("utf-8", "replace")

    def messages(self, zone: ZoneInfo, tally: Tally) -> Iterator[Overheard]:
        """See `overheard.Log`."""
        before, found = float("-inf"), False
        for number, line in lines(self.path, tally, LONGEST_MESSAGE):
            tally.rows += 1
            said = PUBLISHED.search(line) or ASKED.search(line)
            if line.startswith(TOO_LONG):
                tally.skip("a line that is too long", number)
            elif said is None:
                found = found or bool(LINE.match(line))
                tally.leave("a line that tells of no message", number)
            elif (at := _time(line[: min(PREFIX, said.start())], zone, before)) is None:
                tally.skip("expected a time such as 2024-01-31 18:09:59", number)
            else:
                before, found = at, True
                yield Overheard(number, at, said[1].decode("utf-8", "replace"), said[2], False)
            if not found and tally.rows >= HOPELESS:
                raise LogError(f"{self.path}: expected Zigbee2MQTT's log, got {tally.rows:,} other lines; name a log")


def _time(prefix: bytes, zone: ZoneInfo, before: float) -> float | None:
    found = TIME.search(prefix.decode("utf-8", "replace"))
    return None if found is None else seconds_of(found[0], zone, before)


class Zigbee2MqttState:
    """state.json in a file. A state without `last_seen` is told without a time."""

    timed = True

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> Iterator[tuple[str, str]]:
        """None: the devices in it are called by their addresses."""
        return iter(())

    def messages(self, zone: ZoneInfo, tally: Tally) -> Iterator[Overheard]:
        """One message for each device, retained; see `overheard.Log`. A device is a row, for a line is no unit here."""
        for number, (key, state) in enumerate(self._states().items(), 1):
            tally.rows += 1
            if not isinstance(state, dict):
                tally.skip("expected the state of a device", number)
            elif not key.startswith("0x"):
                tally.leave("of a group: its devices speak for themselves", number)
            elif (at := _last_seen(state.get("last_seen"), zone)) is None:
                tally.skip("a state without last_seen: it has no time", number)
            else:
                yield Overheard(number, at, f"{BASE}/{key}", json.dumps(state).encode(), True)
        tally.share = 1.0

    def _states(self) -> dict[str, Any]:
        states = json_of(head(self.path, LONGEST_MESSAGE + 1).removeprefix(b"\xef\xbb\xbf"))
        if not isinstance(states, dict):
            raise LogError(f"{self.path}: expected JSON of at most {LONGEST_MESSAGE >> 20} MB, got none; copy it again")
        return states


def _last_seen(value: Any, zone: ZoneInfo) -> float | None:
    """A time as Zigbee2MQTT writes it: ISO 8601, or milliseconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return seconds_of(value, zone)
    return seconds_of(f"{value / 1000:.3f}", zone) if 0 <= value < 1000 * LATEST else None
