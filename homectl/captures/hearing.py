"""One log of messages, heard from its beginning to its end as the daemon would have heard it.

**Origin.** Nothing in a message says who made a setting what it is: a wall switch and another automation look alike,
so it is unknown. Only where somebody sent the device a command (`…/set`, not retained) shortly before, within 10 s, or
60 s for a device on battery, is a report of a setting put down to an automation. A person's press on a dashboard is
sent that way, too, and so is homectl's own: none of them teaches.

**Live.** A retained message is not live. Where the format does not say which were, the first message on its topic
within two seconds of the capture's beginning counts as retained, for a broker sends those first.
"""

import math
from dataclasses import dataclass, replace

from homectl.bridge.directory import Directory
from homectl.bridge.messages import Message
from homectl.captures.announcements import ANNOUNCING
from homectl.home import Home, Origin, Quantity, Reading, Signal, milliseconds
from homectl.journal.readers.overheard import MOST_VALUES, Overheard, json_of, seconds_of
from homectl.journal.readers.rows import Tally

SETTABLE = frozenset(
    {Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL, Quantity.SETPOINT, Quantity.LOCK, Quantity.SWITCH, Quantity.POSITION}
)
ECHO, SLOW_ECHO = 10.0, 60.0
SETTLE = 2.0
MOST_TOPICS = 20_000
MOST_ANNOUNCED = 8 << 20
MOST_AT_ONCE = 999
LEAP = 7 * 86400.0
"""How far `last_seen` may move the clock of a capture without times at once, seconds."""

FAILED = ("messages not understood", "messages that failed")


@dataclass(slots=True)
class Instant:
    """What one signal has told at its newest time."""

    at: float
    told: set[tuple[float | None, str, bool]]


class Hearing:
    """Makes readings of one log's messages, in order. Memory is bounded by the home, not by the log."""

    def __init__(self, directory: Directory, home: Home, tally: Tally, *, started: float | None) -> None:
        """`started` is when a log without times began."""
        self._directory = directory
        self._home = home
        self._tally = tally
        self._clock = started
        self._began = math.inf
        self._topics: set[str] = set()
        self._announced: dict[str, int] = {}
        self._size = 0
        self._commanded: dict[str, float] = {}
        self._instants: dict[Signal, Instant] = {}

    def hear(self, heard: Overheard) -> list[Reading]:
        """The readings in one message, of the home's devices; its fate goes to the tally."""
        at = self._time(heard)
        if at is None:
            self._tally.skip("a message without a time", heard.line)
            return []
        if self._heard_before(heard):
            self._tally.leave("an announcement of devices", heard.line)
            return []
        if heard.payload.count(b",") > MOST_VALUES or self._size > MOST_ANNOUNCED:
            self._tally.skip("a payload with too many values, or one announcement too many", heard.line)
            return []
        message = Message(heard.topic, heard.payload, retain=self._retained(heard, at))
        failed = self._failed()
        readings = self._directory.take(message, at)
        if not readings:
            self._leave(message, heard.line, at, failed=self._failed() > failed)
            return []
        self._tally.told(len(readings))
        return [kept for reading in readings if (kept := self._kept(reading)) is not None]

    def _time(self, heard: Overheard) -> float | None:
        """When a message came; one without a time a millisecond after the one before, or when its device was heard."""
        if heard.at is not None or self._clock is None:
            return heard.at
        self._clock = milliseconds(self._clock + 0.001)
        if b'"last_seen"' in heard.payload and isinstance(body := json_of(heard.payload), dict):
            said = seconds_of(str(body.get("last_seen")), self._home.zone)
            if said is not None and self._clock < said < self._clock + LEAP:
                self._clock = said
        return self._clock

    def _heard_before(self, heard: Overheard) -> bool:
        """Whether this announcement says just what the last one on its topic said."""
        if not heard.topic.endswith(ANNOUNCING):
            return False
        said = hash(heard.payload)
        known, self._announced[heard.topic] = self._announced.get(heard.topic), said
        if known != said:
            self._size += len(heard.payload)
        if len(self._announced) > MOST_TOPICS:
            self._announced.clear()
        return known == said

    def _retained(self, heard: Overheard, at: float) -> bool:
        if heard.retained is not None:
            return heard.retained
        self._began = min(self._began, at)
        if at > self._began + SETTLE or heard.topic in self._topics or len(self._topics) >= MOST_TOPICS:
            return False
        self._topics.add(heard.topic)
        return True

    def _failed(self) -> int:
        return sum(self._directory.counters[name] for name in FAILED)

    def _leave(self, message: Message, line: int, at: float, *, failed: bool) -> None:
        commanded = self._directory.commanded(message.topic)
        if failed:
            self._tally.skip("a payload that its dialect does not understand", line)
        elif commanded:
            if not message.retain:
                self._commanded |= dict.fromkeys(commanded, at)
            self._tally.leave("a command", line)
        elif message.topic.endswith(ANNOUNCING):
            self._tally.leave("an announcement of devices", line)
        elif "/bridge/" in message.topic:
            self._tally.leave("about a bridge, not a device", line)
        elif not message.payload:
            self._tally.leave("an empty payload", line)
        else:
            self._tally.leave("nothing of a device that the home has", line)

    def _kept(self, reading: Reading) -> Reading | None:
        """The reading with its origin and a moment of its own; None for what its instant has told already."""
        instant = self._instants.get(reading.signal)
        if instant is None or instant.at != reading.at:
            instant = self._instants[reading.signal] = Instant(reading.at, set())
        value = (reading.value if reading.value == reading.value else None, reading.text, reading.live)
        if value in instant.told or len(instant.told) >= MOST_AT_ONCE:
            self._tally.taken -= 1
            self._tally.repeated += 1
            return None
        instant.told.add(value)
        at = milliseconds(reading.at + (len(instant.told) - 1) / 1000)
        return replace(reading, at=at, origin=self._origin(reading))

    def _origin(self, reading: Reading) -> Origin:
        if reading.quantity not in SETTABLE:
            return reading.origin
        asked = self._commanded.get(reading.device, -math.inf)
        echo = SLOW_ECHO if self._home.device(reading.device).battery else ECHO
        return Origin.AUTOMATION if reading.live and 0 <= reading.at - asked <= echo else Origin.UNKNOWN
