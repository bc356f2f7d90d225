"""A running daemon is sent what no device sends, lives, and understands the next good message at once."""

import asyncio
import contextlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from homectl.bridge.broker import MosquittoBroker, available, free_port
from homectl.bridge.connection import Connection
from homectl.bridge.messages import Message
from homectl.client import Client
from homectl.home import HomeError
from tests.brokers import running, station, until

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(MosquittoBroker not in available(), reason="Mosquitto is not installed: apt install mosquitto"),
]

BASE = "zigbee2mqtt"
STATE, SET, DISCOVERY = f"{BASE}/lamp", f"{BASE}/lamp/set", "homeassistant/light/x/config"
ADDRESS = "0x00124b00aa000001"
LIGHT = {
    "type": "light",
    "features": [
        {"type": "binary", "name": "state", "property": "state", "access": 7, "value_on": "ON", "value_off": "OFF"},
        {"type": "numeric", "name": "brightness", "property": "brightness", "access": 7, "value_max": 254},
    ],
}
DEVICES = [
    {
        "ieee_address": ADDRESS,
        "friendly_name": "lamp",
        "type": "Router",
        "supported": True,
        "interview_completed": True,
        "definition": {"model": "M", "vendor": "V", "exposes": [LIGHT]},
    }
]
HOME = {
    "id": "house",
    "areas": [{"id": "hall"}],
    "devices": [{"id": "lamp", "area": "hall", "address": f"zigbee2mqtt:{ADDRESS}"}],
}


@contextlib.contextmanager
def daemon(folder: Path, url: str) -> Iterator[Client]:
    """A daemon of its own process for a real home with one lamp."""
    port = free_port()
    settings = {"home": "home.yaml", "data": str(folder), "policy": "rules", "dashboard": {"port": port}}
    settings["bridge"] = {"broker": {"url": url}}
    (folder / "home.yaml").write_text(yaml.safe_dump(HOME))
    (folder / "homectl.yaml").write_text(yaml.safe_dump(settings))
    with (folder / "daemon.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "homectl", "run", "-c", str(folder / "homectl.yaml")], stdout=log, stderr=log
        )
    try:
        client = Client(port)
        deadline = time.monotonic() + 20
        while not _connected(client):
            assert time.monotonic() < deadline, (folder / "daemon.log").read_text()
            time.sleep(0.05)
        yield client
        assert process.poll() is None, (folder / "daemon.log").read_text()
    finally:
        process.terminate()
        process.wait(20)
    assert process.returncode == 0, (folder / "daemon.log").read_text()


def _connected(client: Client) -> bool:
    try:
        return client.home().connected
    except HomeError:
        return False


def level(client: Client) -> str:
    return next((target.reported for target in client.home().areas[0].devices[0].targets), "no lamp yet")


async def good(wire: Connection, client: Client, brightness: int) -> float:
    """Say something sensible; the seconds until the daemon shows it."""
    said = f"on at {brightness / 254:.0%}"
    began = time.perf_counter()
    wire.publish(Message(STATE, json.dumps({"state": "ON", "brightness": brightness}).encode()))
    while await asyncio.to_thread(level, client) != said:
        assert time.perf_counter() - began < 10, f"the daemon shows {level(client)}, not {said}"
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


def test_ten_thousand_malformed_messages_and_huge_ones_cost_nothing_but_a_counter(tmp_path: Path) -> None:
    async def scene(url: str, client: Client) -> None:
        async with station(url) as here:
            wire = here.connection
            wire.publish(Message(f"{BASE}/bridge/state", b'{"state":"online"}', retain=True))
            wire.publish(Message(f"{BASE}/bridge/devices", json.dumps(DEVICES).encode(), retain=True))
            await until(lambda: level(client) != "no lamp yet")
            await asyncio.sleep(0.5)
            await good(wire, client, 50)
            rng = random.Random(7)
            for number in range(10_000):
                wire.publish(malformed(rng, number))
                if number % 500 == 0:
                    await asyncio.sleep(0.01)
            wire.publish(Message(f"{BASE}/bridge/devices", json.dumps(DEVICES).encode(), retain=True))
            await good(wire, client, 60)
            assert await good(wire, client, 70) <= 0.1
            for _ in range(10):
                wire.publish(Message(STATE, b"x" * 1_000_000))
            await good(wire, client, 80)
            assert await good(wire, client, 90) <= 0.1
            wire.publish(Message(STATE, b"y" * 100_000_000))
            await good(wire, client, 100)
            assert await good(wire, client, 110) <= 0.1
            assert client.home().health["messages not understood"] >= 1000

    with running() as broker, daemon(tmp_path, broker.url) as client:
        asyncio.run(scene(broker.url, client))
