"""What is published is heard or counted as dropped, one by one; at the pace of a busy home nothing is dropped."""

import asyncio
import contextlib
import itertools
import threading
from collections.abc import AsyncIterator

import pytest

from homectl.bridge.connection import Connection
from homectl.bridge.inbox import INBOX_MESSAGES, Inbox
from homectl.bridge.messages import Message
from homectl.bridge.settings import BrokerSettings
from tests.brokers import Station, station, until
from tests.measured import Measured

NAMES = itertools.count()
PACE = 2_000
"""Messages a second that must all arrive."""


@contextlib.asynccontextmanager
async def listening(url: str, inbox: Inbox) -> AsyncIterator[Station]:
    """A station with an inbox of its own."""
    here = Station(Connection(BrokerSettings(url=url), client_id=f"inbox-{next(NAMES)}", inbox=inbox))
    here.connection.subscribe(["burst/#"])
    here.start()
    try:
        await until(lambda: here.connection.listening)
        yield here
    finally:
        here.connection.stop()


def numbered(number: int) -> Message:
    return Message("burst/n", b"%d" % number)


async def publish(sender: Station, count: int) -> None:
    """As many messages as fast as they leave, while the loop does nothing else."""
    for number in range(count):
        assert sender.connection.publish(numbered(number))


async def burst(url: str, inbox: Inbox, count: int, blocked: float) -> tuple[list[int], int]:
    """The numbers that were heard of a burst while the loop was blocked, and how many were counted as dropped."""
    async with listening(url, inbox) as here, station(url) as sender:
        await publish(sender, count)
        threading.Event().wait(blocked)
        counters = here.connection.counters
        await until(lambda: counters.received == count, within=60)
        await until(lambda: len(here.heard) + counters.dropped == count, within=60)
        assert (counters.oversized, counters.malformed, counters.failed) == (0, 0, 0)
        return [int(message.payload) for message in here.heard], counters.dropped


@pytest.mark.broker
@pytest.mark.parametrize(("room", "count"), [(100, 3_000), (1_000, 3_000), (5_000, 3_000)])
def test_of_a_burst_beyond_the_inbox_every_message_is_heard_or_counted(mosquitto: str, room: int, count: int) -> None:
    heard, dropped = asyncio.run(burst(mosquitto, Inbox(room), count, 1.0))
    assert len(heard) + dropped == count
    assert (dropped > 0) == (room < count)
    assert heard == sorted(set(heard))
    assert heard[-room:] == list(range(count - min(room, count), count))[-len(heard) :]


def test_bytes_bound_an_inbox_as_well() -> None:
    inbox = Inbox(size=1_000)
    dropped = sum(inbox.put(Message("a", b"x" * 300))[1] for _ in range(10))
    assert (len(inbox.take()[0]), dropped) == (3, 7)


async def paced(url: str, seconds: float) -> tuple[int, int, int]:
    async with listening(url, Inbox()) as here, station(url) as sender:
        clock, count = asyncio.get_running_loop().time, round(PACE * seconds)
        began = clock()
        for number in range(count):
            sender.connection.publish(numbered(number))
            if number % 100 == 99:
                await asyncio.sleep(max(0.0, began + number / PACE - clock()))
        with contextlib.suppress(AssertionError):
            await until(lambda: len(here.heard) == count, within=20)
        return count, len(here.heard), here.connection.counters.dropped


@pytest.mark.broker
def test_two_thousand_messages_a_second_all_arrive(mosquitto: str) -> None:
    count, heard, dropped = asyncio.run(paced(mosquitto, 1.5))
    assert (heard, dropped) == (count, 0)


@pytest.mark.broker
@pytest.mark.soak
@pytest.mark.timeout(300)
def test_a_minute_of_them_and_a_burst_of_twice_the_inbox_add_up(mosquitto: str, measured: Measured) -> None:
    count, heard, dropped = asyncio.run(paced(mosquitto, 60.0))
    assert (heard, dropped) == (count, 0)
    numbers, lost = asyncio.run(burst(mosquitto, Inbox(), 2 * INBOX_MESSAGES, 20.0))
    assert len(numbers) + lost == 2 * INBOX_MESSAGES
    assert lost > 0
    measured("burst", paced=count, burst=2 * INBOX_MESSAGES, heard=len(numbers), dropped=lost)
