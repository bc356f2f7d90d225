"""What `mosquitto_sub` wrote down: `-v` (topic and payload), or `-F` with `%I` or `%U` and `%t %p`, `%j` or `%J`.

The retained flag `%r` may stand after the time, after the topic or at the end of the line. A topic may have blanks in
it: the payload begins with the first brace after a blank, or with the bracket that the line's end closes; a line that
ends in a blank has none; any other begins after the first blank, or after the last slash's level if that comes later.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

from homectl.home import LogError
from homectl.journal.readers.overheard import LONGEST_MESSAGE, Overheard, json_of, seconds_of
from homectl.journal.readers.rows import TOO_LONG, Tally, head, lines

STAMP = re.compile(
    rb"(\d{9,10}(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z?[+-]\d\d:?\d\d|Z)) (?=\S)"
)
TOPIC = re.compile(rb"[\w$. -]{1,256}/[^+#\x00-\x1f]{1,1024}? ")
FLAG_FIRST = re.compile(rb"[01] \S")
FLAG_MIDDLE = re.compile(rb"[01] ")
FLAG_LAST = re.compile(rb"\S+ .* [01]")
SAMPLE = 200
HOPELESS = 20_000
"""Lines without a single message, after which a file is no such log."""


class Flag(Enum):
    """Where each line says whether its message was retained."""

    NOWHERE = 0
    FIRST = 1
    MIDDLE = 2
    LAST = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a capture are made."""

    timed: bool
    as_json: bool = False
    flag: Flag = Flag.NOWHERE


def layout_of(start: bytes) -> Layout | None:
    """How a capture that begins so is laid out; None: it is none."""
    *whole, rest = start.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    sample = [line.rstrip(b"\r") for line in [*whole, *([] if whole else [rest])][:SAMPLE] if line.strip()]
    if not sample:
        return None
    if sample[0].startswith(b'{"') and b'"topic":' in sample[0][:400] and b'"tst":' in sample[0][:400]:
        return Layout(timed=True, as_json=True)
    stamped = [line[found.end() :] for line in sample if (found := STAMP.match(line))]
    if 2 * len(stamped) > len(sample):
        return Layout(timed=True, flag=_flag(stamped))
    bare = [line for line in sample if TOPIC.match(line)]
    return Layout(timed=False, flag=_flag(bare)) if 2 * len(bare) > len(sample) else None


def _flag(sample: list[bytes]) -> Flag:
    if all(map(FLAG_FIRST.match, sample)):
        return Flag.FIRST
    if all(FLAG_MIDDLE.match(_parted(line, flagged=True)[1]) for line in sample):
        return Flag.MIDDLE
    return Flag.LAST if all(map(FLAG_LAST.fullmatch, sample)) else Flag.NOWHERE


class Capture:
    """A capture in a file. LogError where it is none."""

    def __init__(self, path: Path) -> None:
        layout = layout_of(head(path))
        if layout is None:
            raise LogError(f"{path}: expected messages as mosquitto_sub -F '%U %r %t %p' writes them, got none")
        self.path = path
        self.timed = layout.timed
        self._layout = layout

    def names(self) -> Iterator[tuple[str, str]]:
        """None: who is there is announced in the messages."""
        return iter(())

    def messages(self, zone: ZoneInfo, tally: Tally) -> Iterator[Overheard]:
        """See `overheard.Log`."""
        found, reader = False, _read_json if self._layout.as_json else _read_plain
        for number, line in lines(self.path, tally, LONGEST_MESSAGE):
            tally.rows += 1
            if line.startswith(TOO_LONG):
                tally.skip("a line that is too long", number)
            elif isinstance(message := reader(line, number, self._layout, zone), str):
                tally.skip(message, number)
            else:
                found = True
                yield message
            if not found and tally.rows >= HOPELESS:
                raise LogError(f"{self.path}: expected messages, got {tally.rows:,} other lines; name a capture")


def _read_json(line: bytes, number: int, _layout: Layout, zone: ZoneInfo) -> Overheard | str:
    """A message, or why there is none."""
    said = json_of(line) if line.startswith(b"{") else None
    if not isinstance(said, dict) or not isinstance(said.get("topic"), str) or not said["topic"]:
        return "expected JSON with a topic"
    at = seconds_of(str(said.get("tst")), zone)
    if at is None:
        return "expected a time between 1970 and 2100"
    payload = said.get("payload")
    text = payload if isinstance(payload, str) else "" if payload is None else json.dumps(payload)
    retained = bool(said["retain"]) if "retain" in said else None
    return Overheard(number, at, said["topic"], text.encode("utf-8", "replace"), retained)


def _read_plain(line: bytes, number: int, layout: Layout, zone: ZoneInfo) -> Overheard | str:
    """A message, or why there is none."""
    at, rest = None, line
    if layout.timed:
        if (stamp := STAMP.match(line)) is None:
            return "expected a time, a topic and a payload"
        at, rest = seconds_of(stamp[1].decode(), zone), line[stamp.end() :]
        if at is None:
            return "expected a time between 1970 and 2100"
    retained = None
    if layout.flag is Flag.FIRST and FLAG_FIRST.match(rest):
        retained, rest = rest[:1] == b"1", rest[2:]
    elif layout.flag is Flag.LAST and rest[-2:-1] == b" ":
        retained, rest = rest[-1:] == b"1", rest[:-2]
    topic, payload = _parted(rest, flagged=layout.flag is Flag.MIDDLE)
    if layout.flag is Flag.MIDDLE and FLAG_MIDDLE.match(payload):
        retained, payload = payload[:1] == b"1", payload[2:]
    if not topic or b"\x00" in topic or (not layout.timed and b"/" not in topic):
        return "expected a topic and a payload"
    payload = b"" if payload == b"(null)" else payload
    return Overheard(number, at, topic.decode("utf-8", "replace"), payload, retained)


def _parted(rest: bytes, *, flagged: bool) -> tuple[bytes, bytes]:
    """Topic and payload; a flag between them stays in front of the payload."""
    opening = b" [" if rest.endswith(b"]") else b" {"
    if (place := rest.find(opening)) > 0:
        place -= 2 * (flagged and rest[place - 2 : place] in (b" 0", b" 1"))
    elif rest.endswith(b" ") and not flagged:
        place = len(rest) - 1
    else:
        place, slash = rest.find(b" "), rest.rfind(b"/")
        if 0 < place < slash and (last := rest.find(b" ", slash)) > 0:
            place = last
    return (rest, b"") if place < 0 else (rest[:place], rest[place + 1 :])
