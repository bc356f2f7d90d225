"""The last messages that came in and went out, for a person to look at: kept cheaply, read seldom."""

import re
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from homectl.bridge.messages import Message
from homectl.bridge.wire import Wire
from homectl.home import MessageView, TrafficView

KEPT = 2000
"""Messages that are kept."""

SHOWN = 2048
"""The most bytes of a payload that are kept."""

AT_ONCE = 500
"""Messages in one answer."""

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
_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"?|\[[^\]]*\]?|[^\s,\]}{"\[]+')
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
        return TrafficView(messages=tuple(map(_shown, found)), dropped=lost)


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
    if _hushed(topic.rpartition("/")[2]):
        return HIDDEN
    parts, done = [], 0
    for name in _NAME.finditer(text):
        value = _VALUE.match(text, name.end()) if name.start() >= done and _hushed(name[1]) else None
        if value is not None:
            parts += [text[done : name.end()], f'"{HIDDEN}"']
            done = value.end()
    return "".join([*parts, text[done:]])


def _hushed(name: str) -> bool:
    words = f"_{_BETWEEN.sub('_', _HUMP.sub('_', name).lower())}_"
    return words == "_code_" or any(f"_{hushed}_" in words for hushed in HUSHED)
