"""The wire: one MQTT connection whose callbacks run on the event loop; the only part that knows paho and threads."""

import asyncio
import contextlib
import logging
import socket
import struct
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from homectl.bridge.inbox import Counters, Inbox
from homectl.bridge.messages import DEVICES_CAP, Message, cap
from homectl.bridge.settings import BrokerSettings, address

log = logging.getLogger(__name__)

HEARTBEAT = 5.0
"""Seconds between two heartbeats, and how long one may stay unanswered on a silent link."""

RETRY = (1.0, 4.0)
"""Seconds before the second attempt to connect, doubled for every further one up to the most."""

STEADY = 30.0
"""Seconds a link must have lasted for the next attempt to be a first one again."""

NO_LINGER = struct.pack("ii", 1, 0)
UNREACHABLE = "it cannot be reached"

new_properties: Callable[[int], Properties] = Properties
"""The properties of one kind of MQTT 5 packet; paho itself declares no types for making them."""


@dataclass(slots=True, eq=False)
class _Link:
    """One life of the connection: a paho client that is never used again once its socket is lost."""

    client: paho.Client
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    thread: threading.Thread | None = None
    sock: socket.socket | None = None
    since: float | None = None
    orderly: bool = False
    reason: str = ""
    subscribing: int = 0
    beat: int = 0
    answered: int = 0
    asked: float = 0.0
    took: float = 0.0
    heard: float = 0.0

    @property
    def dead(self) -> bool:
        """paho's thread has ended, whatever paho's client says of itself."""
        return self.thread is not None and not self.thread.is_alive()

    def silent(self, now: float, patience: float) -> bool:
        """A heartbeat stayed unanswered: on a quiet link for its patience, on a busy one for three times that."""
        late = now - self.asked if self.beat > self.answered else 0.0
        return late >= 3 * patience or (late >= patience and now - self.heard >= patience)

    def doubtful(self, now: float, healthy: float) -> bool:
        """A heartbeat has waited for its answer for longer than a healthy link takes, or the last one had to."""
        return self.took > healthy or (self.beat > self.answered and now - self.asked > healthy)

    def listen(self, topics: list[tuple[str, int]]) -> None:
        """Subscribe to these topic filters, each with its quality of service."""
        self.subscribing += 1
        self.client.subscribe(topics)

    def listens(self) -> None:
        """The broker has answered one of the subscriptions."""
        self.subscribing -= 1

    def cut(self) -> None:
        """End the link now; what the system has not sent yet is thrown away with it."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
                socket.socket.shutdown(self.sock, socket.SHUT_RD)


class Connection:
    """An MQTT connection that comes back by itself, and never sends late what could not be sent in time.

    Every method is called on the event loop, and so is every callback. Each link uses a new paho client: a message
    that did not leave on its link is gone, and the caller was told so or will miss its confirmation.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        *,
        client_id: str,
        will: Message | None = None,
        heartbeat: float = HEARTBEAT,
        retry: tuple[float, float] = RETRY,
        inbox: Inbox | None = None,
    ) -> None:
        """`will` is published by the broker when the link is lost and by `stop`. BrokerError for a wrong URL or CA."""
        self.counters = Counters()
        self._settings, self._client_id, self._will = settings, client_id, will
        self._heartbeat, self._retry = heartbeat, retry
        self._host, self._port, self._tls = address(settings)
        self._pulse = f"homectl/{client_id}/heartbeat"
        self._inbox = inbox or Inbox()
        self._wanted: dict[str, int] = {}
        self._expiries: dict[int, Properties] = {}
        self._keeper: asyncio.Task[None] | None = None
        self._link: _Link | None = None
        self._complaint = ""

    def start(
        self,
        loop: asyncio.AbstractEventLoop,
        on_messages: Callable[[list[Message]], None],
        on_link: Callable[[bool], None],
    ) -> None:
        """Begin to connect, and return at once. `on_link` hears True after every (re)connection, False after a loss.

        What a callback raises is logged and counted as `failed`; the rest of its batch is not offered again.
        """
        self._loop, self._on_messages, self._on_link = loop, on_messages, on_link
        self._keeper = loop.create_task(self._keep())

    @property
    def connected(self) -> bool:
        """The broker has accepted us and the socket still stands."""
        link = self._link
        return link is not None and link.since is not None and link.client.is_connected() and not link.dead

    @property
    def listening(self) -> bool:
        """Connected, and the broker has answered every subscription."""
        link = self._link
        return self.connected and link is not None and not link.subscribing

    def publish(self, message: Message, *, expiry: int | None = None) -> bool:
        """Whether the message left for the broker; False and forgotten when not connected.

        `expiry` seconds after it reaches an MQTT 5 broker the message is no longer handed on. Such a message is not
        sent either while a heartbeat waits for its answer, or once one was answered late, until one is answered soon:
        on a link that stalls, or is full of what was sent before, it could arrive late.
        """
        link = self._link
        late = expiry is not None and link is not None and link.doubtful(self._loop.time(), self._heartbeat / 5)
        if link is None or late or not self.connected:
            self.counters.unsent += 1
            return False
        properties = self._expiring(expiry) if expiry is not None and self._settings.protocol == "5" else None
        info = link.client.publish(message.topic, message.payload, message.qos, message.retain, properties)
        sent = info.rc is MQTTErrorCode.MQTT_ERR_SUCCESS
        self.counters.published += sent
        self.counters.unsent += not sent
        return sent

    def subscribe(self, topics: Collection[str], *, qos: int = 0) -> None:
        """Want exactly these topic filters from now on, over every reconnection."""
        wanted = dict.fromkeys(topics, qos)
        link, known = self._link, self._wanted
        self._wanted = wanted
        if link is not None and self.connected:
            if gone := [topic for topic in known if topic not in wanted]:
                link.client.unsubscribe(gone)
            if new := [(topic, qos) for topic in wanted if known.get(topic) != qos]:
                link.listen(new)

    def stop(self) -> None:
        """Say the will, disconnect and wait up to a second for each; no callback comes after."""
        if self._keeper is not None:
            self._keeper.cancel()
        link, up = self._link, self.connected
        self._link = None
        if link is None:
            return
        link.orderly = True
        if up and self._will is not None:
            said = link.client.publish(self._will.topic, self._will.payload, self._will.qos, self._will.retain)
            with contextlib.suppress(RuntimeError, ValueError):  # it could not be sent: the broker says it for us
                said.wait_for_publish(1.0)
        link.client.disconnect()
        if up and link.thread is not None:
            link.thread.join(1.0)
            link.orderly = not link.thread.is_alive()
        if not link.orderly or not up:
            link.cut()

    async def _keep(self) -> None:
        """One link after the other, for ever."""
        first, most = self._retry
        delay = first
        while True:
            if await self._live():
                delay = first
            await asyncio.sleep(delay)
            delay = min(2 * delay, most)

    async def _live(self) -> bool:
        """One link from its opening to its end; whether it lasted."""
        try:
            link = self._open()
        except (OSError, RuntimeError) as error:
            self._link = None
            self._complain(f"this machine cannot open a connection ({error})")
            return False
        await self._watch(link)
        self._lost(link)
        return link.since is not None and self._loop.time() - link.since >= STEADY

    async def _watch(self, link: _Link) -> None:
        """Send heartbeats; return when the link has ended, its thread has died, or nothing answers any more."""
        while not link.dead:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(link.ended.wait(), min(0.5, self._heartbeat / 4))
                return
            now = self._loop.time()
            if link.silent(now, self._heartbeat):
                link.reason = "no answer to our heartbeat"
                return
            if link.since is not None and link.beat == link.answered and now - link.asked >= self._heartbeat:
                link.beat, link.asked = link.beat + 1, now
                link.client.publish(self._pulse, str(link.beat).encode())
        link.reason = link.reason or "its thread has died"

    def _open(self) -> _Link:
        five = self._settings.protocol == "5"
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            protocol=paho.MQTTv5 if five else paho.MQTTv311,
            reconnect_on_failure=False,
        )
        link = _Link(client)
        client.user_data_set(link)
        client.suppress_exceptions = True
        client.on_pre_connect, client.on_socket_open, client.on_socket_close = _began, _opened, _closed
        client.on_connect, client.on_connect_fail = self._on_connect, self._on_connect_fail
        client.on_disconnect, client.on_message = self._on_disconnect, self._on_message
        client.on_subscribe = self._on_subscribe
        if self._tls is not None:
            client.tls_set_context(self._tls)
        if self._settings.username is not None:
            password = self._settings.password
            client.username_pw_set(self._settings.username, password.get_secret_value() if password else None)
        if self._will is not None:
            client.will_set(self._will.topic, self._will.payload, self._will.qos, self._will.retain)
        client.connect_async(self._host, self._port, self._settings.keepalive, properties=_greeting() if five else None)
        self._link = link  # before its thread can call back
        client.loop_start()
        return link

    def _linked(self, link: _Link) -> None:
        if link is not self._link:
            return
        link.since = link.asked = link.heard = self._loop.time()
        link.listen([(self._pulse, 0), *self._wanted.items()])
        self.counters.links += 1
        self._complaint = ""
        log.info("connected to the broker at %s:%d", self._host, self._port)
        self._call(self._on_link, True)

    def _lost(self, link: _Link) -> None:
        if link is not self._link:
            return
        while self._deliver():
            pass
        self._link = None
        link.cut()
        link.ended.set()
        if link.since is not None:
            self._complaint = UNREACHABLE
            log.warning("lost the broker at %s:%d: %s; trying again", self._host, self._port, link.reason)
            self._call(self._on_link, False)
        else:
            self._complain(link.reason)

    def _complain(self, reason: str) -> None:
        if reason != self._complaint:
            log.warning("no broker at %s:%d: %s; trying again until there is", self._host, self._port, reason)
        self._complaint = reason

    def _wake(self) -> None:
        if self._deliver():
            self._loop.call_soon(self._wake)

    def _deliver(self) -> bool:
        batch, more = self._inbox.take()
        if batch and self._link is not None:
            self._call(self._on_messages, batch)
        return more

    def _call(self, callback: Callable[..., None], argument: object) -> None:
        try:
            callback(argument)
        except Exception:
            self.counters.failed += 1
            log.exception("a callback of the connection failed")

    def _expiring(self, seconds: int) -> Properties:
        if seconds not in self._expiries:
            properties = new_properties(PacketTypes.PUBLISH)
            properties.MessageExpiryInterval = seconds
            self._expiries[seconds] = properties
        return self._expiries[seconds]

    # Below: called by paho's thread. These only note, enqueue and wake.

    def _on_connect(self, client: paho.Client, link: _Link, _flags: Any, reason: ReasonCode, _more: Any) -> None:
        if reason.is_failure:
            link.reason = f"it refused us ({reason})"
        elif link is self._link:
            self._tell(self._linked, link)
        else:
            client.disconnect()
            link.cut()

    def _on_connect_fail(self, client: paho.Client, link: _Link) -> None:
        link.reason = UNREACHABLE
        client.disconnect()
        self._tell(self._lost, link)

    def _on_disconnect(self, _client: paho.Client, link: _Link, flags: Any, reason: ReasonCode, _more: Any) -> None:
        if flags.is_disconnect_packet_from_server:
            link.reason = f"it ended the connection ({reason})"
        link.reason = link.reason or "the connection was lost"
        self._tell(self._lost, link)

    def _on_message(self, _client: paho.Client, link: _Link, heard: paho.MQTTMessage) -> None:
        if link is not self._link:
            return
        link.heard = self._loop.time()
        try:
            topic = heard.topic
        except UnicodeDecodeError:
            self.counters.malformed += 1
            return
        if topic == self._pulse:
            if heard.payload == str(link.beat).encode():
                link.answered, link.took = link.beat, link.heard - link.asked
            return
        self._take_in(Message(topic, bytes(heard.payload), heard.retain, heard.qos))

    def _on_subscribe(
        self, _client: paho.Client, link: _Link, _mid: int, reasons: list[ReasonCode], _more: Any
    ) -> None:
        if refused := sum(reason.is_failure for reason in reasons):
            log.warning("the broker refused %d of %d subscriptions; check its access list", refused, len(reasons))
        self._tell(link.listens)

    def _take_in(self, message: Message) -> None:
        self.counters.received += 1
        if len(message.payload) > cap(message.topic):
            self.counters.oversized += 1
            log.debug("%s: %d bytes are too many, left alone", message.topic, len(message.payload))
            return
        wake, dropped = self._inbox.put(message)
        self.counters.dropped += dropped
        if wake:
            self._tell(self._wake)

    def _tell(self, what: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(what, *arguments)


def _began(_client: paho.Client, link: _Link) -> None:
    link.thread = threading.current_thread()


def _opened(_client: paho.Client, link: _Link, sock: Any) -> None:
    link.sock = sock
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _closed(_client: paho.Client, link: _Link, sock: Any) -> None:
    if not link.orderly:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)


def _greeting() -> Properties:
    """What an MQTT 5 broker is told first: nothing larger than a device list is ever wanted."""
    properties = new_properties(PacketTypes.CONNECT)
    properties.MaximumPacketSize = DEVICES_CAP + 64 * 1024
    return properties
