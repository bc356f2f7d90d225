"""A daemon as a process of its own, for a real home with one lamp behind Zigbee2MQTT."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from homectl.bridge.broker import MosquittoBroker, available, free_port
from homectl.bridge.messages import Message
from homectl.client import Client
from homectl.home import HomeError, HomeView

BASE = "zigbee2mqtt"
STATE, SET = f"{BASE}/lamp", f"{BASE}/lamp/set"
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
ANNOUNCED = [
    Message(f"{BASE}/bridge/state", b'{"state":"online"}', retain=True),
    Message(f"{BASE}/bridge/devices", json.dumps(DEVICES).encode(), retain=True),
]
"""What Zigbee2MQTT says of itself and its devices."""

HOME = {
    "id": "house",
    "areas": [{"id": "hall"}],
    "devices": [{"id": "lamp", "area": "hall", "address": f"zigbee2mqtt:{ADDRESS}"}],
}

needs_mosquitto = pytest.mark.skipif(
    MosquittoBroker not in available(), reason="Mosquitto is not installed: apt install mosquitto"
)


def said(brightness: int) -> bytes:
    """The lamp's word that it is on."""
    return json.dumps({"state": "ON", "brightness": brightness}).encode()


@dataclass
class RunningDaemon:
    """The process, its page's client, and its folder."""

    process: subprocess.Popen[bytes]
    client: Client
    folder: Path

    @property
    def log(self) -> str:
        return (self.folder / "daemon.log").read_text(errors="replace")

    def view(self) -> HomeView | None:
        """The home now; None while nobody answers."""
        try:
            return self.client.home()
        except HomeError:
            return None

    def lamp(self) -> str:
        """What the daemon shows of the lamp."""
        view = self.client.home()
        return next((target.reported for target in view.areas[0].devices[0].targets), "no lamp yet")

    def wait_for(self, seen: Callable[[HomeView], Any], within: float = 20.0) -> float:
        """Wait until something is seen; the seconds that took."""
        began = time.monotonic()
        while (view := self.view()) is None or not seen(view):
            assert self.process.poll() is None, self.log
            assert time.monotonic() - began < within, self.log
            time.sleep(0.02)
        return time.monotonic() - began

    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def files(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def begin(
    folder: Path, url: str, within: Callable[[list[str]], list[str]] = lambda words: words, **settings: Any
) -> RunningDaemon:
    """Start a daemon with its state in a folder, on rules; it need not be ready yet. `within` may wrap its command."""
    port = free_port()
    asked = {"home": "home.yaml", "data": str(folder), "policy": "rules", "dashboard": {"port": port}}
    asked["bridge"] = {"broker": {"url": url}}
    (folder / "home.yaml").write_text(yaml.safe_dump(HOME))
    (folder / "homectl.yaml").write_text(yaml.safe_dump(asked | settings))
    with (folder / "daemon.log").open("ab") as log:
        words = [sys.executable, "-m", "homectl", "run", "-c", str(folder / "homectl.yaml")]
        return RunningDaemon(subprocess.Popen(within(words), stdout=log, stderr=log), Client(port), folder)


@contextlib.contextmanager
def daemon(folder: Path, url: str, **settings: Any) -> Iterator[RunningDaemon]:
    """A connected daemon, ended in good order: it must still run then, and end with 0."""
    running = begin(folder, url, **settings)
    try:
        running.wait_for(lambda view: view.connected)
        yield running
        assert running.process.poll() is None, running.log
    finally:
        running.process.terminate()
        running.process.wait(20)
    assert running.process.returncode == 0, running.log
