"""Whatever a file holds, reading it ends soon, in bounded memory, with a typed error or an account of every line."""

import gzip
import json
import random
import socket
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.captures import BridgeInterpreter
from homectl.home import HomeError
from homectl.journal import Journal
from homectl.journal.readers.any_log import guess, take_in
from homectl.journal.readers.rows import Tally
from tests.captures.test_captures import LIST, WORDS, z2m_log

START = f"1700000000.5 0 zigbee2mqtt/bridge/devices {LIST}\n".encode()
GOOD = b'1700000001.5 0 zigbee2mqtt/Kitchen lamp 1 {"state":"ON"}\n'
CASAS = b"2010-11-04 00:03:50.2 M003 ON\n"
DEVICES = b"1700000002 0 zigbee2mqtt/bridge/devices "
NOISE = random.Random(1)
MB = 1 << 20

FILES: dict[str, Callable[[], bytes]] = {
    "a line of 100 MB": lambda: START + GOOD + b"1700000002 0 a/b " + b"x" * (100 * MB) + b"\n" + GOOD,
    "nothing but a line of 100 MB": lambda: b"x" * (100 * MB),
    "a CASAS line of 100 MB": lambda: CASAS + b"2010-11-04 00:03:50.2 " * (5 * MB),
    "a bomb of zeros": lambda: gzip.compress(b"\0" * (60 * MB), 1),
    "a bomb of messages": lambda: gzip.compress(START + GOOD * (60 * MB // len(GOOD)), 1),
    "a bomb of CASAS lines": lambda: gzip.compress(CASAS * (60 * MB // len(CASAS)), 1),
    "noise": lambda: NOISE.randbytes(4 * MB),
    "noise after a message": lambda: START + GOOD + NOISE.randbytes(4 * MB),
    "deep payloads": lambda: START + DEVICES + b"[" * 100_000 + b"\n" + GOOD[:-9] + b'{"a":' * 9_000 + b"\n" + GOOD,
    "deep lines": lambda: b'{"tst":1700000000,"topic":"a/b","payload":"1"}\n{"topic":' + b"[" * MB,
    "a deep state.json": lambda: b'{"0x01":{"a":' + b"[" * MB,
    "a list of empty lists": lambda: START + DEVICES + b"[" + b"[]," * MB + b"1]\n" + GOOD,
    "many lists": lambda: b"".join(DEVICES + b'["%d' % i + b"x" * (2 * MB) + b'"]\n' for i in range(10)),
    "many strangers": lambda: b"".join(_config(i) for i in range(3_000)),
    "absurd times": lambda: START + b"9999999999 0 a/b 1\n" * 9_000 + b"2026-02-31T99:00:00Z 0 a/b 1\n" * 9_000 + GOOD,
    "one instant": lambda: START + b"".join(GOOD.replace(b'"ON"', b'"ON","brightness":%d' % i) for i in range(5_000)),
}

QUICK = {"many strangers", "one instant", "absurd times", "nothing but a line of 100 MB", "a CASAS line of 100 MB"}
"""Those whose memory is not measured, for measuring it takes longer than reading them."""


def _config(number: int) -> bytes:
    body = {"state_topic": f"a/{number}", "unique_id": f"u{number}", "device": {"identifiers": [f"d{number}"]}}
    body["device_class"] = "temperature"
    return f"1700000000.5 0 homeassistant/sensor/n{number}/c/config {json.dumps(body)}\n".encode()


def read(path: Path) -> Tally | HomeError:
    """Import a file; what it came to."""
    interpreter = BridgeInterpreter(started=1_700_000_000.0)
    try:
        home = guess([path], WORDS, interpreter=interpreter).home
        with Journal.in_memory() as journal:
            (*_, (_, tally)) = take_in(journal, [path], home, interpreter)
            return tally
    except HomeError as error:
        return error


def _no_socket(*_: object, **__: object) -> NoReturn:
    raise AssertionError("a reader opened a socket")


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_ends_within_two_seconds_and_opens_no_socket(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(FILES[name]())
    monkeypatch.setattr(socket, "socket", _no_socket)
    began = time.process_time()
    came_to = read(path)
    assert time.process_time() - began <= 2.0
    assert isinstance(came_to, Tally) or "\n" not in str(came_to)
    if isinstance(came_to, Tally):
        left_out = sum(came_to.skipped.values()) + sum(came_to.left_alone.values())
        assert came_to.rows == came_to.taken + came_to.repeated + left_out


@pytest.mark.parametrize("name", sorted(FILES.keys() - QUICK))
def test_a_hostile_file_takes_at_most_64_mb(tmp_path: Path, name: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(FILES[name]())
    tracemalloc.start()
    try:
        read(path)
        assert tracemalloc.get_traced_memory()[1] <= 64 * MB
    finally:
        tracemalloc.stop()


@settings(max_examples=150, deadline=None)
@given(
    junk=st.binary(max_size=200), at=st.integers(0, 4_000), kind=st.sampled_from(["capture", "log", "casas", "state"])
)
def test_no_damage_raises_anything_but_a_typed_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int, kind: str
) -> None:
    folder = tmp_path_factory.mktemp("junk")
    whole = {
        "capture": lambda: START + GOOD * 3,
        "log": lambda: z2m_log(folder).read_bytes(),
        "casas": lambda: CASAS * 3,
        "state": lambda: b'{"0x01":{"state":"ON","last_seen":1700000000000}}',
    }[kind]()
    path = folder / "file"
    path.write_bytes(whole[: at % len(whole)] + junk + whole[at % len(whole) :])
    came_to = read(path)
    if isinstance(came_to, Tally):
        left_out = sum(came_to.skipped.values()) + sum(came_to.left_alone.values())
        assert came_to.rows == came_to.taken + came_to.repeated + left_out
