"""Real brokers on free ports, and stations that listen on them."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from homectl.bridge.broker import Broker, MosquittoBroker, WheelBroker, available, free_port
from homectl.bridge.connection import Connection
from homectl.bridge.messages import Message
from homectl.bridge.settings import BrokerSettings

NAMES = count()

BROKERS = [
    pytest.param(
        kind,
        id=kind.__name__,
        marks=[
            pytest.mark.broker,
            pytest.mark.skipif(kind not in available(), reason=f"{kind.__name__}: not installed on this machine"),
        ],
    )
    for kind in (MosquittoBroker, WheelBroker)
]
"""For parametrize: every kind of broker we can start; what this machine lacks is skipped with the reason."""

Kind = type[MosquittoBroker] | type[WheelBroker]


@contextlib.contextmanager
def running(
    kind: Kind = MosquittoBroker, *, username: str | None = None, password: str | None = None
) -> Iterator[Broker]:
    """A broker of this kind on a free port, ended afterwards; the test is skipped where there is none."""
    if kind not in available():
        pytest.skip(f"{kind.__name__}: not installed on this machine")
    with tempfile.TemporaryDirectory() as folder:
        broker = kind(Path(folder), free_port(), username=username, password=password)
        broker.start()
        try:
            yield broker
        finally:
            broker.stop()


@dataclass
class Station:
    """A connection with everything it has heard."""

    connection: Connection
    heard: list[Message] = field(default_factory=list)
    links: list[bool] = field(default_factory=list)

    def start(self) -> None:
        self.connection.start(asyncio.get_running_loop(), self.hear, self.links.append)

    def hear(self, messages: list[Message]) -> None:
        self.heard += messages

    def payloads(self, topic: str) -> list[bytes]:
        return [message.payload for message in self.heard if message.topic == topic]


@contextlib.asynccontextmanager
async def station(
    settings: BrokerSettings | str,
    topics: Collection[str] = (),
    *,
    will: Message | None = None,
    heartbeat: float = 5.0,
    wait: bool = True,
) -> AsyncIterator[Station]:
    """A connected station listening to these topics, by a name of its own."""
    if isinstance(settings, str):
        settings = BrokerSettings(url=settings)
    name = f"station-{next(NAMES)}"
    here = Station(Connection(settings, client_id=name, will=will, heartbeat=heartbeat, retry=(0.05, 0.1)))
    here.connection.subscribe(topics)
    here.start()
    try:
        if wait:
            await until(lambda: here.connection.listening)
        yield here
    finally:
        here.connection.stop()


async def until(condition: Callable[[], object], within: float = 5.0) -> float:
    """Wait for a condition; how many seconds it took. AssertionError when it does not come true."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    while not condition():
        assert loop.time() - start < within, f"nothing happened within {within} s"
        await asyncio.sleep(0.002)
    return loop.time() - start
