"""A payload is capped before it is parsed, and a fault in it is a MessageError, never anything else."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.bridge.messages import DEVICES_CAP, DISCOVERY_CAP, STATE_CAP, Message, cap, json_payload
from homectl.home import MessageError


@pytest.mark.parametrize(
    ("topic", "bytes_allowed"),
    [
        ("zigbee2mqtt/lamp", STATE_CAP),
        ("zigbee2mqtt/bridge/devices", DEVICES_CAP),
        ("homeassistant/light/x/config", DISCOVERY_CAP),
    ],
)
def test_a_payload_has_the_cap_of_its_topic(topic: str, bytes_allowed: int) -> None:
    assert cap(topic) == bytes_allowed
    assert json_payload(Message(topic, b"1" + b" " * (bytes_allowed - 1))) == 1
    with pytest.raises(MessageError, match="at most"):
        json_payload(Message(topic, b"1" + b" " * bytes_allowed))


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"NaN", b'{"a": Infinity}', b"[-Infinity]", b"\xff\xfe", b"[" * 17 + b"]" * 17, b"[" * 9000, b"ON"],
)
def test_what_is_not_plain_json_is_a_message_error(payload: bytes) -> None:
    with pytest.raises(MessageError):
        json_payload(Message("z/lamp", payload))


def test_brackets_in_strings_are_not_depth() -> None:
    text = {"a": '["\\' + "[{" * 40}
    assert json_payload(Message("z/lamp", json.dumps(text).encode())) == text
    deep = json.loads("[" * 16 + "]" * 16)
    assert json_payload(Message("z/lamp", b"[" * 16 + b"]" * 16)) == deep


@given(st.binary(max_size=200))
def test_whatever_the_bytes_nothing_else_is_raised(payload: bytes) -> None:
    with contextlib.suppress(MessageError):
        json_payload(Message("z/lamp", payload))
