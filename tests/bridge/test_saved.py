"""Saved announcements are read one at a time, whatever a file holds; what cannot be read has its line."""

import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from homectl.bridge.messages import DEVICES_CAP
from homectl.bridge.saved import LONGEST_LINE, entries, is_device, message_of
from homectl.home import LogError, MessageError

VALUES = [{"ieee_address": "0x1"}, {"topic": "a/b", "payload": {"x": 1}}]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.xz", "a.jsonl.gz", "a.json"])
def test_every_form_gives_the_same_values(tmp_path: Path, name: str) -> None:
    lines = "\n".join(map(json.dumps, VALUES)).encode()
    packed = {".xz": lzma.compress, ".gz": gzip.compress}.get(Path(name).suffix, bytes)
    (tmp_path / name).write_bytes(json.dumps(VALUES).encode() if name == "a.json" else packed(lines))
    assert [entry.value for entry in entries(tmp_path / name)] == VALUES
    assert [entry.line for entry in entries(tmp_path / name)] == [1, 2]


def test_a_single_value_is_a_list_of_one(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(VALUES[1]))
    assert [entry.value for entry in entries(tmp_path / "a.json")] == VALUES[1:]


def test_a_broken_line_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    long = b'"' + b"x" * LONGEST_LINE * 2 + b'"'
    (tmp_path / "a.jsonl").write_bytes(b'1\n{"a":\n\xff\n' + long + b"\n" + b"[" * 5000 + b"\n2")
    found = list(entries(tmp_path / "a.jsonl"))
    assert [(entry.line, entry.value, bool(entry.error)) for entry in found] == [
        (1, 1, False),
        (2, None, True),
        (3, None, True),
        (4, None, True),
        (5, None, True),
        (6, 2, False),
    ]


def test_a_small_file_that_unpacks_without_end_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.xz").write_bytes(lzma.compress(b" " * 20_000_000))
    (last,) = entries(tmp_path / "a.jsonl.xz", most=5_000_000)
    assert "the rest is left out" in last.error


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json", b"[" * 100_000),
        ("a.json", b" " * (DEVICES_CAP + 1)),
        ("a.jsonl.xz", b"no xz at all"),
        ("a.jsonl.gz", gzip.compress(b"1\n" * 5000, mtime=0)[:20]),
    ],
)
def test_a_file_that_is_no_such_thing_is_a_log_error(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LogError, match=name.replace(".", r"\.")):
        list(entries(tmp_path / name))


def test_an_element_of_the_device_list_is_a_list_of_one_under_its_base_topic() -> None:
    assert is_device(VALUES[0])
    assert message_of(VALUES[0], "z").topic == "z/bridge/devices"
    assert json.loads(message_of(VALUES[0], "z").payload) == [VALUES[0]]


@pytest.mark.parametrize(("payload", "written"), [("ON", b"ON"), ({"x": 1}, b'{"x": 1}'), ("", b""), (None, b"null")])
def test_a_saved_message_is_that_message(payload: Any, written: bytes) -> None:
    message = message_of({"topic": "a/b", "payload": payload}, "z")
    assert (message.topic, message.payload, message.retain) == ("a/b", written, True)


@pytest.mark.parametrize("value", [7, None, [], {}, {"topic": "a"}, {"topic": 1, "payload": 2}])
def test_anything_else_is_a_message_error(value: Any) -> None:
    with pytest.raises(MessageError, match="neither"):
        message_of(value, "z")
