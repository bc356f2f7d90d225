"""Six weeks of a simulated home through a daemon of its own process: its memory does not grow with what it hears."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml

from homectl.bridge.broker import free_port
from homectl.client import Client
from homectl.home import HomeError, HomeView
from homectl.journal import Journal
from simulator.record import record
from simulator.world import World
from tests.brokers import running
from tests.end_to_end.daemons import needs_mosquitto
from tests.measured import Measured

DAY = 86_400.0
SEED, BEFORE, DAYS = 3, 36, 42
"""The home has been run for more than the five weeks that a daemon keeps in memory, and is then run for six more."""


@pytest.mark.broker
@pytest.mark.soak
@needs_mosquitto
@pytest.mark.timeout(3600)
def test_six_weeks_cost_less_than_a_megabyte_per_hundred_thousand_readings(tmp_path: Path, measured: Measured) -> None:
    begin, port = past(tmp_path), free_port()
    command = [sys.executable, "-m", "homectl"]
    with running() as broker:
        configure(tmp_path, broker.url, port)
        world = [*command, "simulate", "--broker", broker.url, "--seed", str(SEED), "--speed", "3600"]
        written = ["--start", begin, "--write-home", str(tmp_path / "home.yaml")]
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
    heard = int(readings[-1])
    measured("memory", days=DAYS, readings=heard, mb=round(float(memory[-1]), 1), mb_per_100000=round(slope, 3))
    assert heard > 100_000
    assert slope < 1.0


def past(folder: Path) -> str:
    """Give the home its journal of the weeks before; when they end, ISO 8601."""
    start = datetime(2025, 1, 7, tzinfo=UTC)
    end = start + timedelta(days=BEFORE)
    world = World(SEED, start=start.timestamp())
    with Journal.open(folder / f"{world.home.id}.db") as journal:
        record(world, end.timestamp(), journal)
    return end.isoformat()


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
    """Readings and MB of memory, once a few real seconds, from the third day on and until DAYS are over."""
    began, seen = None, list[tuple[float, float]]()
    while True:
        assert daemon.poll() is None
        home = view(client)
        if home is not None and home.simulator:
            began = began or home.at
            lived = (home.at - began) / DAY
            if lived >= DAYS:
                return seen
            if lived >= 2:
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
