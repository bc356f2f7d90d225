"""The last messages of a wire: bounded, in order, and without anybody's codes."""

import time
import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.bridge.messages import Message
from homectl.bridge.traffic import AT_ONCE, HIDDEN, LONGEST, NEWEST, SHOWN, WEIGHT, NotedWire, Traffic, hidden


def passed(count: int, kept: int = 50) -> Traffic:
    traffic = Traffic(kept)
    for number in range(count):
        traffic.note(Message("a/b", str(number + 1).encode()), float(number))
    return traffic


@pytest.mark.parametrize(
    ("count", "since", "ids", "dropped"),
    [
        (0, None, range(0), 0),
        (3, None, range(1, 4), 0),
        (3, 0, range(1, 4), 0),
        (3, 2, range(3, 4), 0),
        (3, 3, range(0), 0),
        (60, 0, range(11, 61), 10),
        (60, 20, range(21, 61), 0),
        (60, 60, range(0), 0),
        (60, 99, range(11, 61), 0),
    ],
)
def test_what_passed_after_a_message_is_told_with_how_much_is_gone(
    count: int, since: int | None, ids: range, dropped: int
) -> None:
    found = passed(count).since(since)
    assert [message.id for message in found.messages] == list(ids)
    assert found.dropped == dropped
    assert [message.payload for message in found.messages] == [str(number) for number in ids]


def test_an_answer_is_bounded_and_the_first_is_of_the_newest() -> None:
    traffic = passed(2000, kept=2000)
    assert [message.id for message in traffic.since(None).messages] == list(range(2001 - NEWEST, 2001))
    assert [message.id for message in traffic.since(100).messages] == list(range(101, 101 + AT_ONCE))


@given(st.integers(0, 200), st.integers(1, 60), st.integers(0, 200))
def test_whoever_asks_on_and_on_gets_everything_or_is_told_of_it(count: int, kept: int, behind: int) -> None:
    since = max(0, count - behind)
    found = passed(count, kept).since(since)
    assert len(found.messages) + found.dropped == count - since


def test_a_large_payload_is_cut_and_its_size_told() -> None:
    traffic = Traffic()
    traffic.note(Message("z/bridge/devices", b"x" * 100_000, retain=True), 5.0)
    (message,) = traffic.since(None).messages
    assert (len(message.payload), message.bytes, message.retained, message.direction) == (SHOWN, 100_000, True, "in")


class Wire:
    def __init__(self, *, up: bool) -> None:
        self.up = up

    def publish(self, message: Message, *, expiry: int | None = None) -> bool:
        return self.up

    def subscribe(self, topics: Sequence[str]) -> None:
        pass


@pytest.mark.parametrize("up", [True, False])
def test_only_what_left_counts_as_sent(up: bool) -> None:
    traffic = Traffic()
    assert NotedWire(Wire(up=up), traffic, lambda: 9.0).publish(Message("a/set", b"ON")) is up
    assert [(m.direction, m.at) for m in traffic.since(None).messages] == [("out", 9.0)] * up


@pytest.mark.parametrize(
    ("topic", "payload", "left"),
    [
        ("z/lock", '{"state":"LOCK","pin_code":"1234"}', f'{{"state":"LOCK","pin_code":"{HIDDEN}"}}'),
        ("z/lock", '{"users":{"1":{"pin_code": 1234,"x":1}}}', f'{{"users":{{"1":{{"pin_code":"{HIDDEN}","x":1}}}}}}'),
        ("z/bridge/info", '{"network_key":[1,2,3],"channel":11}', f'{{"network_key":"{HIDDEN}","channel":11}}'),
        (
            "z/bridge/info",
            '{"mqtt":{"password":"a\\"b","user":"u"}}',
            f'{{"mqtt":{{"password":"{HIDDEN}","user":"u"}}}}',
        ),
        ("z/lock", '{"pin_code":"12', f'{{"pin_code":"{HIDDEN}"'),
        ("z/lock/set/pin_code", "1234", HIDDEN),
        ("z/keypad", '{"action":"disarm","action_code":"1234"}', f'{{"action":"disarm","action_code":"{HIDDEN}"}}'),
        ("z/front/set", '{"command":"UNLOCK","code":"1234"}', f'{{"command":"UNLOCK","code":"{HIDDEN}"}}'),
        ("z/lock", '{"pinCode":"1234","userPin":5}', f'{{"pinCode":"{HIDDEN}","userPin":"{HIDDEN}"}}'),
        (
            "z/lock",
            '{"pin_code":{"user":1,"code":"1234"}}',
            f'{{"pin_code":"{HIDDEN}"}}',
        ),
        (
            "z/lock",
            '{"pin":{"value":"1234"},"x":[{"pin":[[1,2],[3,4]]}]}',
            f'{{"pin":"{HIDDEN}","x":[{{"pin":"{HIDDEN}"}}]}}',
        ),
        ("z/lock", '{"p\\u0069n":"1234"}', f'{{"pin":"{HIDDEN}"}}'),
        ("z/lock", '{"p\\u0069n":"1234","x":"ab', f'{{"p\\u0069n":"{HIDDEN}","x":"ab'),
        ("z/lock", '{"x":1,"pin":{"value":"1234"},"users":[', f'{{"x":1,"pin":"{HIDDEN}"'),
        ("z/lock/pin/set", "1234", HIDDEN),
        ("z/lamp", '{ "on": true,\n "level": NaN }', '{ "on": true,\n "level": NaN }'),
        ("z/lamp", '{"error_code":3,"mode":"code"}', '{"error_code":3,"mode":"code"}'),
        ("z/lamp", '{"opinion":"warm","mapping":3}', '{"opinion":"warm","mapping":3}'),
        ("z/lamp/set", "ON", "ON"),
    ],
)
def test_codes_passwords_and_keys_are_nobodys_business(topic: str, payload: str, left: str) -> None:
    assert hidden(topic, payload) == left


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("z/" + "pin_" * 16_000 + "!", b"ON"),
        ("pin_" * 16_000 + "/pin", b"ON"),
        ("z/lock", b'"' + b"pin_" * 511),
        ("z/lock", b'"pin":' * 340),
        ("z/lock", b'"' * 2048),
        ("z/lock", b'"pin":"' + b"\\" * 2040),
        ("z/lock", b'"a":' * 512),
        ("z/lock", b"[" * 2048),
        ("z/lock", b'{"a":' * 341 + b"1" + b"}" * 341),
    ],
)
def test_nobody_on_the_broker_can_make_it_long_to_show(topic: str, payload: bytes) -> None:
    traffic = Traffic()
    for _ in range(AT_ONCE):
        traffic.note(Message(topic, payload), 0.0)
    began = time.thread_time()
    seen = traffic.since(0).messages
    assert time.thread_time() - began < 1.0
    assert sum(len(message.payload) for message in seen) <= WEIGHT + SHOWN


def test_what_is_not_shown_is_not_kept() -> None:
    traffic = Traffic()
    tracemalloc.start()
    for number in range(100):
        traffic.note(Message("z/bridge/devices", bytes([number]) * 1_000_000), 0.0)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 2_000_000


def test_what_is_said_under_a_topic_too_long_to_keep_is_not_shown() -> None:
    traffic = Traffic()
    traffic.note(Message("z/" + "a" * 600 + "/pin_code", b"1234"), 0.0)
    (message,) = traffic.since(None).messages
    assert (len(message.topic), message.payload, message.bytes) == (LONGEST, "", 4)
