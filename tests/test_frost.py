"""A room that is about to freeze is heated within 330 s in every mode, by the daemon and its real parts.

Only the wire is the test's. No page is served in any of them.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest

from homectl.app import _parts, _step_up
from homectl.bridge.directory import Directory, dialects_of
from homectl.bridge.messages import Message
from homectl.bridge.settings import BridgeSettings
from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.daemon import Daemon
from homectl.home import (
    Autonomy,
    Cause,
    Forecast,
    History,
    Home,
    Kind,
    Prediction,
    Quantity,
    Reading,
    Setpoint,
    Target,
    Times,
)
from homectl.journal import Journal
from homectl.starts import MOST, started
from simulator.firmware import Asked, Firmware, Spoken
from simulator.world import World

START = 1_768_282_200.0
WITHIN = 330.0
SEED = 7


class NoModel:
    """A policy whose model is broken: it answers nothing, ever."""

    name, cause = "no model", Cause.LEARNED

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        raise ValueError("the network's answer is not a number")

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        raise ValueError("the network's answer is not a number")


@dataclass
class Line:
    """The wire of the daemon; what it publishes reaches the devices' own firmware."""

    firmware: Firmware
    asked: list[Asked] = field(default_factory=list)

    def publish(self, message: Message, *, expiry: int | None = None) -> bool:
        heard = self.firmware.hear(message.topic, message.payload)
        if isinstance(heard, Asked):
            self.asked.append(heard)
        return True

    def subscribe(self, topics: Sequence[str]) -> None:
        """Everything is heard."""


class Run:
    """A running simulated home whose room is given a temperature by the test."""

    def __init__(self, folder: Path, *, level: Autonomy, model: bool, disk: Callable[[Journal], None]) -> None:
        self.stack = ExitStack()
        self.world = World(SEED, start=START)
        home, root = self.world.home, f"sim/{self.world.home.id}"
        self.journal = self.stack.enter_context(Journal.open(folder / "h.db"))
        self.line, self._disk, self._root = Line(Firmware(home, root)), disk, root
        parts = _parts(home, Limits(), self.journal, AutonomySettings(level=level), None)
        parts = parts if model else replace(parts, policy=NoModel())
        bridge = BridgeSettings(zigbee2mqtt=(f"{root}/zigbee2mqtt",), home_assistant=f"{root}/homeassistant")
        self.daemon = Daemon(parts, Directory(home, dialects_of(bridge)), self.line, step_up=_step_up(folder / "h.db"))
        self.valve = next(t for t in home.targets if t.kind is Kind.SETPOINT and home.device(t.device).area == "living")
        self._seq = 0
        self.at = START

    def begin(self) -> None:
        self.daemon.connected(True)
        self.daemon.hear([self._clock(), *map(_message, self.line.firmware.announce())])
        everything = sorted(self.world.reported.values(), key=lambda reading: reading.at)
        self._say([replace(reading, at=self.at) for reading in everything])
        closed = Reading(device=self.valve.device, quantity=Quantity.SETPOINT, value=5.0, at=self.at)
        self._say([closed])
        for celsius in (19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 8.0):
            self.room(celsius)
            self.pass_time(180)
        self._disk(self.journal)

    def room(self, celsius: float) -> None:
        """Every thermometer of the room says so."""
        room = self.world.home.devices_in("living")
        seen = [device.id for device in room if Quantity.TEMPERATURE in device.senses]
        self._say([Reading(device=d, quantity=Quantity.TEMPERATURE, value=celsius, at=self.at) for d in seen])

    def pass_time(self, seconds: float) -> None:
        end = self.at + seconds
        while self.at < end:
            self.at += 10.0
            self._seq += 1
            settled = Message(f"{self._root}/settled", f'{{"seq": {self._seq}}}'.encode())
            self.daemon.hear([self._clock(), settled])

    def seconds_to_heat(self) -> float:
        """How long it takes from frost until the room's thermostat is asked for heat; inf for never."""
        self.room(6.5)
        begun = self.at
        while self.at < begun + 2 * WITHIN:
            self.pass_time(10)
            warm = [one.setting for one in self.line.asked if one.target == self.valve]
            if any(isinstance(setting, Setpoint) and setting.celsius >= 9 for setting in warm):
                return self.at - begun
        return float("inf")

    def _say(self, readings: list[Reading]) -> None:
        self.daemon.hear([_message(spoken) for spoken in self.line.firmware.say(readings)])

    def _clock(self) -> Message:
        said = f'{{"time": {self.at}, "speed": 1, "paused": false, "seq": {self._seq}}}'
        return Message(f"{self._root}/clock", said.encode())


def _message(spoken: Spoken) -> Message:
    return Message(spoken.topic, spoken.payload.encode(), spoken.retain)


def roomy(_: Journal) -> None:
    """A disk with room."""


def full(journal: Journal) -> None:
    """A disk that takes nothing more: SQLite itself says so from now on."""
    journal.flush()
    pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
    journal._db.execute(f"PRAGMA max_page_count = {pages}")
    for size in (4000, 100, 1):
        with suppress(sqlite3.Error):
            for n in count():
                journal._db.execute("INSERT INTO about VALUES (?, zeroblob(?))", (f"filler {size} {n}", size))


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def make(*, level: Autonomy = Autonomy.AUTO, model: bool = True, disk: Callable[[Journal], None] = roomy) -> Run:
        runs.append(Run(tmp_path, level=level, model=model, disk=disk))
        runs[-1].begin()
        runs[-1].line.asked.clear()
        return runs[-1]

    yield make
    for one in runs:
        one.journal._db.execute("PRAGMA max_page_count = 1000000")
        one.stack.close()


@pytest.mark.parametrize("level", [Autonomy.OFF, Autonomy.OBSERVE, Autonomy.AUTO])
def test_frost_is_answered_at_every_level_of_autonomy(run: Callable[..., Run], level: Autonomy) -> None:
    assert run(level=level).seconds_to_heat() <= WITHIN


def test_frost_is_answered_without_a_model(run: Callable[..., Run]) -> None:
    assert run(model=False).seconds_to_heat() <= WITHIN


def test_frost_is_answered_after_a_crash_loop(run: Callable[..., Run], tmp_path: Path) -> None:
    crashing = []
    for n in range(MOST):
        with suppress(RuntimeError), started(tmp_path / "h.db", START + n) as now:
            crashing.append(now)
            if now:
                assert run().seconds_to_heat() <= WITHIN
            raise RuntimeError
    assert crashing == [False] * (MOST - 1) + [True]


def test_frost_is_answered_with_a_full_disk(run: Callable[..., Run]) -> None:
    home = run(disk=full)
    while "faults" not in home.daemon.view().health:
        home.room(8.0)
        home.pass_time(60)
        assert home.at < START + 86_400
    assert home.seconds_to_heat() <= WITHIN
