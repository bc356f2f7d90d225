"""Commands over a wire on which everything goes wrong: each arrives at most once, and none late."""

import asyncio
import time
from collections import Counter
from random import Random

import pytest

from homectl.bridge.messages import Message
from simulator.proxy import ChaosProxy
from tests.brokers import running, station, until
from tests.end_to_end.daemons import needs_mosquitto
from tests.measured import Measured

LATEST = 10.0
"""Real seconds after its issue in which a command may act."""


async def trouble(proxy: ChaosProxy, rng: Random, pace: float) -> None:
    """One mood after the other, the longer the larger `pace` is."""
    while True:
        proxy.calm()
        await asyncio.sleep(rng.uniform(0.2, 0.8))
        match rng.randrange(7):
            case 0:
                proxy.stall()
            case 1:
                proxy.reset()
            case 2:
                proxy.latency = rng.uniform(0.05, 0.5)
            case 3:
                proxy.slices = rng.choice((1, 3, 17))
            case 4:
                proxy.bandwidth = rng.choice((2000.0, 20_000.0))
            case 5:
                proxy.dropping = True
            case 6:
                proxy.refusing = True
                proxy.reset()
        await asyncio.sleep(rng.uniform(0.1, 2.5) * pace)


@pytest.mark.broker
@needs_mosquitto
@pytest.mark.parametrize(
    ("qos", "seconds", "heartbeat"),
    [
        pytest.param(1, 4.0, 0.5, id="ten times faster"),
        *(
            pytest.param(qos, 240.0, 5.0, id=f"QoS {qos}", marks=[pytest.mark.soak, pytest.mark.timeout(600)])
            for qos in (0, 1)
        ),
    ],
)
def test_no_command_acts_twice_or_later_than_ten_seconds(
    qos: int, seconds: float, heartbeat: float, measured: Measured
) -> None:
    issued: dict[bytes, float] = {}
    acted: list[tuple[bytes, float]] = []
    left = 0

    async def scene(url: str) -> None:
        nonlocal left
        proxy, rng = ChaosProxy(int(url.rpartition(":")[2])), Random(qos)
        async with station(url, ["bad/lamp/set"]) as device, station(await proxy.start(), heartbeat=heartbeat) as home:
            mood = asyncio.ensure_future(trouble(proxy, rng, 2 * heartbeat))
            end = time.monotonic() + seconds
            seen = 0
            while time.monotonic() < end:
                name = b"%d" % len(issued)
                issued[name] = time.monotonic()
                left += home.connection.publish(Message("bad/lamp/set", name, qos=qos), expiry=10)
                await asyncio.sleep(heartbeat / 50)
                acted.extend((message.payload, time.monotonic()) for message in device.heard[seen:])
                seen = len(device.heard)
            mood.cancel()
            proxy.calm()
            await until(lambda: home.connection.listening, within=20)
            await asyncio.sleep(2.0)
            acted.extend((message.payload, time.monotonic()) for message in device.heard[seen:])
            assert False in home.links
        proxy.close()

    with running() as broker:
        asyncio.run(scene(broker.url))
    twice = sum(number > 1 for number in Counter(name for name, _ in acted).values())
    slowest = max(at - issued[name] for name, at in acted)
    figures = {"issued": len(issued), "acted": len(acted), "twice": twice, "slowest_seconds": round(slowest, 2)}
    measured(f"commands over a bad wire, QoS {qos}", **figures)
    assert len(acted) > seconds / 4
    assert len(acted) <= left
    assert twice == 0
    assert slowest <= LATEST


@pytest.mark.broker
@needs_mosquitto
def test_a_command_is_not_trusted_to_a_link_that_answers_late(mosquitto: str) -> None:
    async def scene() -> None:
        proxy = ChaosProxy(int(mosquitto.rpartition(":")[2]))
        async with station(await proxy.start(), heartbeat=0.5) as home:
            lock = Message("late/lock", b"LOCK")
            assert home.connection.publish(lock, expiry=10)
            proxy.latency = 0.2
            await until(lambda: not home.connection.publish(lock, expiry=10))
            assert home.connection.connected
            proxy.calm()
            await until(lambda: home.connection.publish(lock, expiry=10))
            assert home.links == [True]
        proxy.close()

    asyncio.run(scene())
