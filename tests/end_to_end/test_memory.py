"""Six weeks of a simulated home through a daemon of its own process: its memory does not grow with what it hears."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from homectl.bridge.broker import free_port
from homectl.client import Client
from homectl.home import HomeError, HomeView
from tests.brokers import running
from tests.end_to_end.daemons import needs_mosquitto
from tests.measured import Measured

DAY = 86_400.0
SEED, BEFORE, DAYS = 3, 37, 42
"""The daemon has run for more than the five weeks that it keeps in memory, and is then watched for six more."""


@pytest.mark.broker
@pytest.mark.soak
@needs_mosquitto
@pytest.mark.timeout(3600)
def test_six_weeks_cost_less_than_a_megabyte_per_hundred_thousand_readings(tmp_path: Path, measured: Measured) -> None:
    port = free_port()
    command = [sys.executable, "-m", "homectl"]
    with running() as broker:
        configure(tmp_path, broker.url, port)
        world = [*command, "simulate", "--broker", broker.url, "--seed", str(SEED), "--speed", "3600"]
        written = ["--start", "2025-01-07T00:00:00+00:00", "--write-home", str(tmp_path / "home.yaml")]
        simulator = subprocess.Popen([*world, *written], cwd=tmp_path)
        wait_for(tmp_path / "home.yaml")
        daemon = subprocess.Popen([*command, "run", "-c", "homectl.yaml"], cwd=tmp_path)
        try:
            readings, memory = np.array(watched(Client(port), daemon)).T
        finally:
            for process in (daemon, simulator):
                process.terminate()
                process.wait(20)
    slope = float(np.polyfit(readings, memory, 1)[0]) * 100_000
    heard = int(readings[-1] - readings[0])
    measured("memory", days=DAYS, readings=heard, mb=round(float(memory[-1]), 1), mb_per_100000=round(slope, 3))
    assert heard > 100_000
    assert slope < 1.0


def configure(folder: Path, broker: str, port: int) -> None:
    settings = {
        "data": ".",
        "home": "home.yaml",
        "policy": "rules",
        "dashboard": {"port": port},
        "bridge": {
            "broker": {"url": broker},
            "zigbee2mqtt": [f"sim/home-{SEED}/zigbee2mqtt"],
            "home_assistant": f"sim/home-{SEED}/homeassistant",
        },
        "schedule": {"learn": False},
    }
    (folder / "homectl.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def wait_for(file: Path, within: float = 60.0) -> None:
    end = time.monotonic() + within
    while not file.exists():
        assert time.monotonic() < end
        time.sleep(0.1)


def watched(client: Client, daemon: "subprocess.Popen[bytes]") -> list[tuple[float, float]]:
    """Readings and MB of memory, once a few real seconds, from when BEFORE is over until DAYS are."""
    began, seen = None, list[tuple[float, float]]()
    while True:
        assert daemon.poll() is None
        home = view(client)
        if home is not None and home.simulator:
            began = began or home.at
            lived = (home.at - began) / DAY
            if lived >= BEFORE + DAYS:
                return seen
            if lived >= BEFORE:
                seen.append((float(home.health.get("readings", 0)), resident(daemon.pid)))
        time.sleep(3.0)


def view(client: Client) -> HomeView | None:
    try:
        return client.home()
    except HomeError:
        return None


def resident(pid: int) -> float:
    """What a process holds in memory, MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
