"""A recorded log on a broker, with a daemon that runs the home it is of: nothing of it is lost on the way."""

import json
import math
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from homectl.bridge.broker import free_port
from homectl.client import Client
from homectl.home import HomeError, LockState, Origin, Quantity, Reading, Signal, Track
from homectl.journal import Journal
from simulator.world import World
from tests.brokers import running

pytestmark = [pytest.mark.broker, pytest.mark.timeout(60)]

MORNING = datetime.fromisoformat("2026-01-13T06:06+01:00").timestamp()
MINUTES = 10

WIRE: dict[Quantity, float] = {
    Quantity.TEMPERATURE: 0.005,
    Quantity.HUMIDITY: 0.05,
    Quantity.POWER: 0.05,
    Quantity.ILLUMINANCE: 0.5,
    Quantity.CO2: 0.5,
    Quantity.BATTERY: 0.5,
    Quantity.LIGHT_LEVEL: 0.5 / 100,
    Quantity.SETPOINT: 0.005,
}
"""How far what is read off the wire may be from what was said: half of the last digit."""

AT_ONCE = 0.05
"""Seconds by which values of one signal at one time are set apart, and more."""


def recorded(path: Path, minutes: float = MINUTES) -> World:
    """A log of a waking household."""
    world = World(3, start=MORNING - 600)
    while world.at < MORNING:
        world.step(60.0)
    with Journal.open(path) as journal:
        journal.set_home(world.home)
        journal.append(replace(reading, at=MORNING) for reading in world.reported.values())
        while world.at < MORNING + 60 * minutes:
            journal.append(world.step(60.0))
    return world


def play(log: Path, url: str, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "homectl", "replay", str(log), "--publish", url, "--quiet", *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextmanager
def daemon(folder: Path, url: str, home: str) -> Iterator[Client]:
    """`homectl run` of the home that is written in a folder, stopped in good order at the end."""
    port = free_port()
    bridge = {"broker": {"url": url}, "zigbee2mqtt": [f"sim/{home}/zigbee2mqtt"]}
    bridge["home_assistant"] = f"sim/{home}/homeassistant"
    settings = {"home": "home.yaml", "data": str(folder), "policy": "rules", "bridge": bridge}
    (folder / "homectl.yaml").write_text(yaml.safe_dump({**settings, "dashboard": {"port": port}}))
    command = [sys.executable, "-m", "homectl", "run", "-c", str(folder / "homectl.yaml")]
    with (folder / "daemon.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield Client(port)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(15)


def answering(client: Client, within: float = 15.0) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if client.home().connected:
                return
        except HomeError:
            time.sleep(0.05)
    raise AssertionError("the daemon does not answer")


def missing(log: Path, journal: Path) -> list[Reading]:
    """The readings of a log that a daemon's journal has not, as exactly as the wire tells them."""
    with Journal.open(journal, read_only=True) as known:
        history = known.history()
    with Journal.open(log, read_only=True) as told:
        return [reading for reading in told.in_order() if _worded(reading) and not _known(reading, history.tracks)]


def by_hand(journal: Path) -> int:
    """How many settings of a journal count as made by people."""
    with Journal.open(journal, read_only=True) as known:
        return sum(reading.origin is Origin.PERSON for reading in known.in_order())


def _worded(reading: Reading) -> bool:
    return not (reading.quantity is Quantity.LOCK and reading.value in (LockState.LOCKING, LockState.UNLOCKING))


def _known(reading: Reading, tracks: dict[Signal, Track]) -> bool:
    track = tracks.get(reading.signal)
    if track is None:
        return False
    low, high = track.times.searchsorted([reading.at - 0.0005, reading.at + AT_ONCE])
    off = abs(track.values[low:high] - reading.value)
    unknown = math.isnan(reading.value) and len(off) > 0
    return unknown or bool((off <= WIRE.get(reading.quantity, 0.0) + 1e-9).any())


def test_a_log_at_a_hundred_times_its_pace_drives_a_running_daemon_and_every_reading_arrives(tmp_path: Path) -> None:
    log = tmp_path / "log.db"
    home = recorded(log).home
    (tmp_path / "home.yaml").write_text(yaml.safe_dump(home.model_dump(mode="json", exclude_defaults=True)))
    with running() as broker, daemon(tmp_path, broker.url, home.id) as client:
        answering(client)
        playing = play(log, broker.url, "--speed", "100", "--json", str(tmp_path / "played.json"))
        said, complained = playing.communicate(timeout=40)
        assert playing.returncode == 0, complained
        assert client.home().health["readings"] > 0
    told = json.loads((tmp_path / "played.json").read_text())
    with Journal.open(log, read_only=True) as journal:
        assert told["played"]["readings"] + told["played"]["without_words"] == journal.count() > 60
    assert missing(log, tmp_path / f"{home.id}.db") == []
    assert by_hand(tmp_path / f"{home.id}.db") >= 1
    assert f"Played {told['played']['readings']:,} readings, 100% of the time" in said


def test_a_recording_gives_way_to_whoever_speaks_under_its_prefix_and_ends_in_good_order(tmp_path: Path) -> None:
    log = tmp_path / "log.db"
    recorded(log)
    with running() as broker:
        first = play(log, broker.url, "--speed", "10")
        assert first.stdout is not None
        assert first.stdout.readline().startswith("Playing")
        second = play(log, broker.url)
        _, refusal = second.communicate(timeout=20)
        first.send_signal(signal.SIGINT)
        said, complained = first.communicate(timeout=20)
        assert (second.returncode, "expected nobody else" in refusal) == (2, True), refusal
        assert (first.returncode, complained) == (0, "")
        assert "Played" in said
        third = play(log, broker.url, "--speed", "3600")
        said, complained = third.communicate(timeout=20)
        assert (third.returncode, complained) == (0, "")
        assert "100% of the time" in said
