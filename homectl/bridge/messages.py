"""One MQTT message, and what may be read of its payload: capped in size and depth before it is parsed."""

import json
from dataclasses import dataclass
from typing import NoReturn

from homectl.home import MessageError

STATE_CAP = 16 * 1024
DISCOVERY_CAP = 64 * 1024
DEVICES_CAP = 8 * 1024 * 1024
DEEPEST = 16


@dataclass(frozen=True, slots=True)
class Message:
    """A topic and the bytes on it."""

    topic: str
    payload: bytes
    retain: bool = False
    qos: int = 0


def cap(topic: str) -> int:
    """The most bytes a payload of this topic may have: device lists, discovery, then everything else."""
    if topic.endswith(("/bridge/devices", "/bridge/groups", "/bridge/info", "/bridge/definitions")):
        return DEVICES_CAP
    return DISCOVERY_CAP if topic.endswith("/config") else STATE_CAP


def json_payload(message: Message) -> object:
    """The payload as JSON values; MessageError where it is too large, too deep, no UTF-8, no JSON, or holds NaN."""
    if len(message.payload) > cap(message.topic):
        raise MessageError(f"{message.topic}: expected at most {cap(message.topic)} bytes, got {len(message.payload)}")
    if _depth(message.payload) > DEEPEST:
        raise MessageError(f"{message.topic}: expected at most {DEEPEST} levels of JSON, got more")
    try:
        return json.loads(message.payload, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"{message.topic}: expected JSON, got {str(error)[:80]}") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"the number {constant}")


def _depth(payload: bytes) -> int:
    """The deepest nesting of brackets outside strings: an upper bound of what a parser would recurse."""
    if payload.count(b"{") + payload.count(b"[") <= DEEPEST:
        return 0
    deepest = depth = 0
    inside = escaped = False
    for byte in payload:
        if inside:
            inside, escaped = byte != 34 or escaped, byte == 92 and not escaped
        elif byte == 34:
            inside = True
        elif byte in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"}]":
            depth -= 1
    return deepest
