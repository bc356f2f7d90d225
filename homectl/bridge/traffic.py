"""The last messages that came in and went out, for a person to look at: kept cheaply, read seldom."""

import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from homectl.bridge.messages import Message
from homectl.bridge.wire import Wire
from homectl.home import MessageView, TrafficView

KEPT = 2000
"""Messages that are kept."""

SHOWN = 2048
"""The most bytes of a payload that are kept."""

AT_ONCE, WEIGHT = 500, 64 * 1024
"""Messages in one answer, and the bytes of their payloads after which no further one is begun."""

NEWEST = 100
"""How many of the last ones an answer has where nobody says since when."""

LONGEST = 512
"""The most characters of a topic that are kept; what is said under a longer one is not shown."""

HUSHED = (
    *("pin", "pincode", "passcode", "password", "passwd", "secret", "token", "credential", "credentials", "psk"),
    *("network_key", "networkkey", "api_key", "apikey", "install_code", "installcode", "user_code", "usercode"),
    *("action_code", "access_code", "entry_code", "lock_code", "keypad_code", "alarm_code", "disarm_code"),
)
"""Words of a name under which a code or a key stands."""

_NAME = re.compile(r'"([^"]*)"\s*:\s*')
_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{].*|[^\s,\]}{"\[]+', re.DOTALL)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[^a-z0-9]+")
HIDDEN = "•••"


class _Passed(NamedTuple):
    number: int
    at: float
    out: bool
    topic: str
    payload: bytes  # as much of it as is kept
    size: int
    retained: bool


class Traffic:
    """A bounded memory of messages; a note of one is one append."""

    def __init__(self, kept: int = KEPT) -> None:
        self._passed: deque[_Passed] = deque(maxlen=kept)
        self._count = 0

    def note(self, message: Message, at: float, *, out: bool = False) -> None:
        """A message came in or went out, at a time of the home."""
        self._count += 1
        size, payload = len(message.payload), message.payload[:SHOWN] if len(message.topic) <= LONGEST else b""
        topic = message.topic[:LONGEST]
        self._passed.append(_Passed(self._count, at, out, topic, payload, size, message.retain))

    def since(self, number: int | None) -> TrafficView:
        """What passed after a message, the oldest first and so many at once; without one the last few.

        A message that has not been yet was another run's: that is without one.
        """
        number = None if number is not None and number > self._count else number
        first = self._passed[0].number if self._passed else self._count + 1
        begin = max(first, self._count - NEWEST + 1) if number is None else max(first, number + 1)
        lost = 0 if number is None else max(0, first - number - 1)
        found = islice(self._passed, begin - first, begin - first + AT_ONCE)
        return TrafficView(messages=tuple(map(_shown, _light(found))), dropped=lost)


class NotedWire:
    """A wire, and a note of everything that leaves by it. `now` gives the home's time."""

    def __init__(self, wire: Wire, traffic: Traffic, now: Callable[[], float]) -> None:
        self._wire, self._traffic, self._now = wire, traffic, now

    def publish(self, message: Message, *, expiry: int | None = None) -> bool:
        left = self._wire.publish(message, expiry=expiry)
        if left:
            self._traffic.note(message, self._now(), out=True)
        return left

    def subscribe(self, topics: Sequence[str]) -> None:
        self._wire.subscribe(topics)


def _light(found: Iterable[_Passed]) -> Iterator[_Passed]:
    weight = 0
    for passed in found:
        if weight > WEIGHT:
            return
        weight += len(passed.payload)
        yield passed


def _shown(passed: _Passed) -> MessageView:
    return MessageView(
        id=passed.number,
        at=passed.at,
        direction="out" if passed.out else "in",
        topic=passed.topic,
        payload=hidden(passed.topic, passed.payload.decode("utf-8", errors="replace")),
        retained=passed.retained,
        bytes=passed.size,
    )


def hidden(topic: str, text: str) -> str:
    """A payload without what is nobody's business: codes, passwords and keys, by the names they stand under.

    However it is written, the work grows with its length only: anybody on the broker can write it.
    """
    if any(map(_hushed, topic.split("/")[-2:])):
        return HIDDEN
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return _hidden_in_part(text)
    kept = _without(told)
    return text if kept == told else json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _without(told: Any) -> Any:
    match told:
        case dict():
            return {name: HIDDEN if _hushed(name) else _without(value) for name, value in told.items()}
        case list():
            return [_without(value) for value in told]
    return told


def _hidden_in_part(text: str) -> str:
    """The same of what is no whole JSON; what a name with something escaped in it means is not looked into."""
    parts, done = [], 0
    for name in _NAME.finditer(text):
        hushed = name.start() >= done and ("\\" in name[1] or _hushed(name[1]))
        value = _VALUE.match(text, name.end()) if hushed else None
        if value is not None:
            parts += [text[done : name.end()], f'"{HIDDEN}"']
            done = value.end()
    return "".join([*parts, text[done:]])


def _hushed(name: str) -> bool:
    words = f"_{_BETWEEN.sub('_', _HUMP.sub('_', name).lower())}_"
    return words == "_code_" or any(f"_{hushed}_" in words for hushed in HUSHED)
