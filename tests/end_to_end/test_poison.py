"""A running daemon is sent what no device sends, lives, and understands the next good message at once."""

import asyncio
import json
import random
import time
from pathlib import Path

import pytest

from homectl.bridge.connection import Connection
from homectl.bridge.messages import Message
from tests.brokers import running, station, until
from tests.end_to_end.daemons import ANNOUNCED, BASE, DEVICES, STATE, RunningDaemon, daemon, needs_mosquitto, said
from tests.measured import Measured

pytestmark = [pytest.mark.broker, needs_mosquitto]

DISCOVERY = "homeassistant/light/x/config"


async def good(wire: Connection, home: RunningDaemon, brightness: int) -> float:
    """Say something sensible; the seconds until the daemon shows it."""
    shown = f"on at {brightness / 254:.0%}"
    began = time.perf_counter()
    wire.publish(Message(STATE, said(brightness)))
    while await asyncio.to_thread(home.lamp) != shown:
        assert time.perf_counter() - began < 10, f"the daemon shows {home.lamp()}, not {shown}"
    return time.perf_counter() - began


def malformed(rng: random.Random, number: int) -> Message:
    """Small messages that are almost right, or not at all."""
    whole = json.dumps({"state": "ON", "brightness": 100, "color": {"x": 0.1}}).encode()
    bent = bytearray(whole)
    for _ in range(rng.randint(1, 8)):
        bent[rng.randrange(len(bent))] = rng.randrange(256)
    choices = [
        bytes(bent),
        whole[: rng.randrange(len(whole))],
        b"",
        b"null",
        b"[]",
        b"NaN",
        b'{"state": 1e999, "brightness": NaN}',
        b'{"state": {"state": []}, "brightness": "x"}',
        b"[" * 2000,
        b"\xff\xfe\x00",
        rng.randbytes(rng.randint(1, 200)),
    ]
    topic = (STATE, f"{STATE}/availability", f"{BASE}/bridge/devices", f"{BASE}/bridge/state", DISCOVERY)[number % 5]
    payload = rng.choice(choices)
    return Message(topic, payload if topic != f"{BASE}/bridge/devices" or payload[:1] != b"[" else b"{}")


@pytest.mark.promise
def test_ten_thousand_malformed_messages_and_huge_ones_cost_nothing_but_a_counter(
    tmp_path: Path, measured: Measured
) -> None:
    async def scene(url: str, home: RunningDaemon) -> None:
        async with station(url) as here:
            wire = here.connection
            for message in ANNOUNCED:
                wire.publish(message)
            await until(lambda: home.lamp() != "no lamp yet")
            await asyncio.sleep(0.5)
            await good(wire, home, 50)
            rng = random.Random(7)
            for number in range(10_000):
                wire.publish(malformed(rng, number))
                if number % 500 == 0:
                    await asyncio.sleep(0.01)
            wire.publish(Message(f"{BASE}/bridge/devices", json.dumps(DEVICES).encode(), retain=True))
            await good(wire, home, 60)
            next_good = await good(wire, home, 70)
            assert next_good <= 0.1
            for _ in range(10):
                wire.publish(Message(STATE, b"x" * 1_000_000))
            await good(wire, home, 80)
            assert await good(wire, home, 90) <= 0.1
            wire.publish(Message(STATE, b"y" * 100_000_000))
            await good(wire, home, 100)
            assert await good(wire, home, 110) <= 0.1
            assert home.client.home().health["messages not understood"] >= 1000
            measured("malformed messages", messages=10_000, next_good_ms=round(1000 * next_good, 1))

    with running() as broker, daemon(tmp_path, broker.url) as home:
        asyncio.run(scene(broker.url, home))
