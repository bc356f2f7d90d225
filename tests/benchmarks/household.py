"""A simulated household that lived for a while before homectl came, and lives on step by step."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from homectl.home import Quantity, Reading, milliseconds
from homectl.journal import Journal
from simulator.firmware import Asked, Firmware, Get, Spoken
from simulator.record import record
from simulator.world import World

DAY = 86_400.0
PAST = 7 * DAY
"""Seconds the household has lived when homectl begins: its journal is not empty."""

BEGIN = datetime.fromisoformat("2026-01-13T15:00:00+00:00").timestamp()
"""A winter afternoon: the first dark evening is near."""

BY_DAY, BY_NIGHT = 10.0, 60.0
"""Seconds of a step while people are about, and while the house sleeps or is empty."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is said in one step: before anybody's motion, and then the motion that began in the areas named."""

    before: list[Spoken]
    motion: list[Spoken]
    areas: frozenset[str]


class Household:
    """One simulated home: its devices, its time, and how they speak. Sends nothing by itself."""

    def __init__(self, seed: int, folder: Path) -> None:
        """Lives through the past into the journal of the home in `folder`."""
        self._world = world = World(seed, start=BEGIN - PAST)
        self.folder, self.home, self.number = folder, world.home, 0
        with Journal.open(folder / f"{self.home.id}.db") as journal:
            record(world, BEGIN, journal)
        self._prefix = f"sim/{self.home.id}"
        self._firmware = Firmware(self.home, self._prefix)
        self._firmware.note(world.reported.values())
        self._moving = {r.device for r in world.reported.values() if _moves(r)}
        self.ack, own = f"{self._prefix}/ack", f"homectl/{self.home.id}"
        self.status, self.health = f"{own}/status", f"{own}/health"
        self.topics = [*self._firmware.subscriptions(), self.ack, self.status, self.health]

    def configuration(self, url: str, policy: str) -> Path:
        """The settings file of a daemon for this home."""
        bridge = {
            "broker": {"url": url},
            "zigbee2mqtt": [f"{self._prefix}/zigbee2mqtt"],
            "home_assistant": f"{self._prefix}/homeassistant",
        }
        settings = {
            "home": "home.yaml",
            "data": str(self.folder),
            "policy": policy,
            "bridge": bridge,
            "dashboard": {"port": 0},
        }
        described = self.home.model_dump(mode="json", exclude_defaults=True)
        (self.folder / "home.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")
        path = self.folder / "homectl.yaml"
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
        return path

    def introduce(self) -> list[Spoken]:
        """What time it is, every device, and how each one is that can be asked."""
        states = [reading for device in self.home.devices for reading in self._world.report(device.id)]
        return [self._clock(), *self._firmware.announce(), *self._firmware.say(states)]

    def step(self) -> Step:
        """Time passes: a little while people are about, a minute otherwise."""
        hour = datetime.fromtimestamp(self._world.at, self.home.zone).hour
        about = 6 <= hour < 23 and any(place != "away" for place in self._world.people.values())
        readings = self._world.step(BY_DAY if about else BY_NIGHT)
        begun = [r for r in readings if _moves(r) and r.device not in self._moving]
        for reading in readings:
            if reading.quantity is Quantity.MOTION:
                (self._moving.add if _moves(reading) else self._moving.discard)(reading.device)
        others = [reading for reading in readings if reading not in begun]
        areas = frozenset(self.home.device(reading.device).area or "" for reading in begun)
        return Step([self._clock(), *self._firmware.say(others)], self._firmware.say(begun), areas)

    def settled(self) -> Spoken:
        """Everything of this step has been said."""
        self.number += 1
        return Spoken(f"{self._prefix}/settled", json.dumps({"seq": self.number}))

    def followed(self, topic: str, payload: bytes) -> bool:
        """Whether this is the daemon saying that it has handled the newest step."""
        return topic == self.ack and json.loads(payload) == {"seq": self.number}

    def hear(self, topic: str, payload: bytes) -> tuple[Asked | None, list[Spoken]]:
        """What a message asks of a device to be, and what the device says to it."""
        match self._firmware.hear(topic, payload):
            case Asked() as asked:
                return asked, self._firmware.say(self._world.obey(asked.target, asked.setting))
            case Get(device=device):
                return None, self._firmware.say(self._world.report(device))
        return None, []

    def _clock(self) -> Spoken:
        said = {"time": milliseconds(self._world.at), "speed": 1.0, "paused": False, "seq": self.number + 1}
        return Spoken(f"{self._prefix}/clock", json.dumps(said), True)


def _moves(reading: Reading) -> bool:
    return reading.quantity is Quantity.MOTION and reading.value == 1.0
