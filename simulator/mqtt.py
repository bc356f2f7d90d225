"""The simulator's line to a broker: the only file of the simulator that knows paho and its thread."""

import socket
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from homectl.home import UsageError
from simulator.firmware import Spoken

LARGEST = 64 * 1024
"""The most bytes of a message that is listened to."""

MOST_WAITING = 10_000
"""Messages that may wait to be heard; more are dropped and counted."""

BACKLOG = 64
"""Steps whose messages may wait for the socket before time is held up."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where a broker is, and who we are to it."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    protocol: Literal["5", "3.1.1"] = "5"

    @classmethod
    def of(cls, url: str, protocol: Literal["5", "3.1.1"] = "5") -> "Broker":
        """From `mqtt://[user:password@]host[:port]`; UsageError for anything else."""
        try:
            parts = urlsplit(url)
            port = parts.port or 1883
        except ValueError:
            parts, port = urlsplit(""), 0
        if parts.scheme != "mqtt" or not parts.hostname or parts.path not in ("", "/"):
            raise UsageError("Expected a broker as mqtt://[user:password@]host[:port], got another form.")
        user, password = parts.username, parts.password
        return cls(parts.hostname, port, user and unquote(user), password and unquote(password), protocol)

    def __str__(self) -> str:
        return f"mqtt://{self.host}:{self.port}"


class Arrived(NamedTuple):
    """A message for the simulation. Retained: it was kept by the broker, or was sent to be kept."""

    topic: str
    payload: bytes
    retained: bool


class Link(NamedTuple):
    """The broker is there, or is not any more, or refuses us."""

    up: bool
    reason: str


class Wake(NamedTuple):
    """Nothing but a reason to look around."""


Event = Arrived | Link | Wake


class Line:
    """One connection that comes back by itself. paho's thread only enqueues; everything else happens in `take`.

    Listens to `topics` at QoS 1. Under MQTT 5 old retained messages are not delivered, and new ones are marked as
    such. A Link is up when the broker has granted all of them.
    """

    def __init__(self, broker: Broker, will: Spoken, topics: Iterable[str]) -> None:
        self.overflowed = 0
        self._five, self._topics = broker.protocol == "5", list(topics)
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._unsent: deque[MQTTMessageInfo] = deque()
        version = MQTTProtocolVersion.MQTTv5 if self._five else MQTTProtocolVersion.MQTTv311
        self._client = client = Client(CallbackAPIVersion.VERSION2, protocol=version)
        if broker.username is not None:
            client.username_pw_set(broker.username, broker.password)
        client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        client.reconnect_delay_set(1, 5)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_socket_open = _without_delay
        client.connect_async(broker.host, broker.port, keepalive=10)

    def open(self) -> None:
        """Start to connect; a Link follows."""
        self._client.loop_start()

    def close(self) -> None:
        """Send what was published, then leave in good order."""
        if self._client.is_connected() and self._unsent and not self._unsent[-1].rc:
            self._unsent[-1].wait_for_publish(2.0)
        self._client.disconnect()
        self._client.loop_stop()

    def wake(self) -> None:
        """Make `take` return; may be called from a signal handler or another thread."""
        self._events.put(Wake())

    def take(self, seconds: float) -> Event | None:
        """The next event, waiting for it at most so long."""
        try:
            event = self._events.get(timeout=seconds) if seconds > 0 else self._events.get_nowait()
        except Empty:
            return None
        if isinstance(event, Link):
            self._unsent.clear()
        return event

    def publish(self, said: Iterable[Spoken]) -> None:
        """Send now, in order, at QoS 0; nothing is kept for later when the broker is away."""
        sent = None
        for message in said:
            if self._client.is_connected():
                sent = self._client.publish(message.topic, message.payload, qos=0, retain=message.retain)
        if sent is not None:
            self._unsent.append(sent)

    def clogged(self) -> bool:
        """Whether more is waiting for the socket than should."""
        while self._unsent and (self._unsent[0].rc or self._unsent[0].is_published()):
            self._unsent.popleft()
        return len(self._unsent) > BACKLOG

    def _on_connect(self, _client: Client, _data: object, _flags: object, code: Any, _properties: object) -> None:
        if code.is_failure:
            self._events.put(Link(False, str(code)))
        else:
            self._subscribe()

    def _subscribe(self) -> None:
        if self._five:
            options = SubscribeOptions(qos=1, retainAsPublished=True, retainHandling=2)
            self._client.subscribe([(topic, options) for topic in self._topics])
        else:
            self._client.subscribe([(topic, 1) for topic in self._topics])

    def _on_subscribe(self, _client: Client, _data: object, _mid: int, codes: list[Any], _properties: object) -> None:
        refused = [str(code) for code in codes if code.is_failure]
        self._events.put(Link(not refused, refused[0] if refused else "subscribed"))

    def _on_disconnect(self, _client: Client, _data: object, _flags: object, code: Any, _properties: object) -> None:
        self._events.put(Link(False, str(code)))

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if len(message.payload) > LARGEST or self._events.qsize() >= MOST_WAITING:
            self.overflowed += 1
            return
        self._events.put(Arrived(message.topic, bytes(message.payload), message.retain))


def _without_delay(_client: Client, _data: object, opened: Any) -> None:
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
