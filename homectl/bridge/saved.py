"""What devices said of themselves, saved in a file: Zigbee2MQTT's device list, or messages with their topics."""

import gzip
import json
import lzma
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import Any, NamedTuple

from homectl.bridge.messages import DEVICES_CAP, DISCOVERY_CAP, Message
from homectl.home import LogError, MessageError

MOST_BYTES = 256 * 1024 * 1024
"""Where reading stops, however much a small packed file unpacks to."""

LONGEST_LINE = 4 * DISCOVERY_CAP


class Entry(NamedTuple):
    """One JSON value with its line, or for a list its place; `error` says why there is none."""

    line: int
    value: Any
    error: str = ""


def entries(path: Path, *, most: int = MOST_BYTES) -> Iterator[Entry]:
    """The values of a file, one at a time: a line each, or the elements of one JSON list in a `.json` file.

    `.xz` and `.gz` are unpacked on the way, up to `most` bytes in all. LogError for a file that is no such thing,
    OSError for one that cannot be opened.
    """
    with _opened(path) as file:
        try:
            yield from _elements(file, path) if path.suffixes[:1] == [".json"] else _lines(file, most)
        except (EOFError, lzma.LZMAError, gzip.BadGzipFile) as error:
            raise LogError(f"{path}: expected a whole packed file, got {error}; save it again") from None


def message_of(value: Any, base: str) -> Message:
    """The message a saved value stands for. An element of Zigbee2MQTT's list is a list of one under its base topic.

    MessageError where it is neither that nor a topic with its payload.
    """
    if isinstance(value, dict) and isinstance(value.get("topic"), str) and "payload" in value:
        payload = value["payload"]
        text = payload if isinstance(payload, str) else json.dumps(payload, allow_nan=False)
        return Message(value["topic"], text.encode("utf-8", "replace"), retain=True)
    if is_device(value):
        return Message(f"{base}/bridge/devices", json.dumps([value]).encode(), retain=True)
    raise MessageError("expected an element of bridge/devices, or a topic with its payload, got neither")


def is_device(value: Any) -> bool:
    """Whether a value is an element of Zigbee2MQTT's device list."""
    return isinstance(value, dict) and "ieee_address" in value


def _opened(path: Path) -> BufferedIOBase:
    match path.suffix:
        case ".xz":
            return lzma.open(path, "rb")
        case ".gz":
            return gzip.open(path, "rb")
    return path.open("rb")


def _elements(file: BufferedIOBase, path: Path) -> Iterator[Entry]:
    text = file.read(DEVICES_CAP + 1)
    if len(text) > DEVICES_CAP:
        raise LogError(f"{path}: expected at most {DEVICES_CAP} bytes, got more; save one device a line as .jsonl")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LogError(f"{path}: expected JSON, got {str(error)[:80]}") from None
    yield from (Entry(place, value) for place, value in enumerate(found if isinstance(found, list) else [found], 1))


def _lines(file: BufferedIOBase, most: int) -> Iterator[Entry]:
    left, number = most, 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        left -= len(line)
        whole, rest = len(line) <= LONGEST_LINE, line
        while not rest.endswith(b"\n") and left > 0 and (rest := file.readline(LONGEST_LINE)):
            left -= len(rest)
        if left <= 0:
            yield Entry(number, None, f"expected at most {most} bytes in all, got more; the rest is left out")
            return
        yield _entry(number, line) if whole else Entry(number, None, f"expected at most {LONGEST_LINE} bytes, got more")


def _entry(number: int, line: bytes) -> Entry:
    try:
        return Entry(number, json.loads(line))
    except (ValueError, RecursionError) as error:
        return Entry(number, None, f"expected JSON, got {str(error)[:80]}")
