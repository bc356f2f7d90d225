"""A person unlocks the door of a simulated home through a running daemon, a real Mosquitto between them."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from homectl.bridge.broker import MosquittoBroker, available, free_port
from homectl.client import Client
from homectl.home import ActionRefused, HomeError, Kind, LockedOut, PinRefused, Quantity, Target
from tests.simulator.listener import Heard, Listener

pytestmark = [
    pytest.mark.broker,
    pytest.mark.timeout(240),
    pytest.mark.xdist_group("unlock"),
    pytest.mark.skipif(MosquittoBroker not in available(), reason="Mosquitto is not installed: apt install mosquitto"),
]

SEED, HOME = "7", "home-7"
ROOT = f"sim/{HOME}"
LOCK = Target("front_door_lock", Kind.LOCK)
BOLT = "zigbee2mqtt/hall/front_door_lock"
RIGHT, WRONG = SecretStr("739146"), SecretStr("739147")
HOMECTL = [sys.executable, "-m", "homectl"]


class House:
    """A broker, a simulated home and its daemon, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.broker_port = folder, free_port(), free_port()
        (folder / "broker").mkdir()
        self.client = Client(self.port)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.start_broker()
        settings: dict[str, Any] = {"home": "home.yaml", "data": str(folder), "policy": "rules"}
        settings |= {"dashboard": {"port": self.port}, "autonomy": {"level": "off"}}
        settings["bridge"] = {"broker": {"url": self.broker.url}, "zigbee2mqtt": [f"{ROOT}/zigbee2mqtt"]}
        (folder / "homectl.yaml").write_text(yaml.safe_dump(settings))
        self.start("simulate", "--seed", SEED, "--speed", "2", "--start", "2026-01-13T03:00", *self._simulated())
        self.wait((folder / "home.yaml").exists)

    def _simulated(self) -> tuple[str, ...]:
        return "--broker", self.broker.url, "--write-home", str(self.folder / "home.yaml")

    def start_broker(self) -> None:
        self.broker = MosquittoBroker(self.folder / "broker", self.broker_port)
        self.broker.start()

    def start(self, *words: str) -> None:
        with (self.folder / f"{words[0]}.log").open("ab") as log:
            self.running[words[0]] = subprocess.Popen([*HOMECTL, *words], stdout=log, stderr=log)

    def run(self) -> None:
        """Start the daemon, and wait until it has heard the lock."""
        self.start("run", *self.config())
        self.wait(lambda: self.lock() in ("locked", "unlocked"))

    def end(self, word: str) -> None:
        process = self.running.pop(word)
        process.terminate()
        process.wait(30)

    def say(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run([*HOMECTL, *words], input=given, capture_output=True, text=True, check=False, timeout=60)

    def config(self) -> tuple[str, str]:
        return "-c", str(self.folder / "homectl.yaml")

    def lock(self) -> str:
        """What the lock reports, where that has been heard of late."""
        devices = [device for area in self.client.home().areas for device in area.devices if device.id == LOCK.device]
        fresh = any(value.quantity == Quantity.LOCK and value.fresh for device in devices for value in device.values)
        return next(target.reported for device in devices for target in device.targets) if fresh else ""

    def wait(self, condition: Callable[[], object], within: float = 60.0) -> None:
        until = time.monotonic() + within
        while not _true(condition):
            logs = "".join(log.read_text()[-1500:] for log in self.folder.glob("*.log"))
            assert time.monotonic() < until, f"nothing happened within {within} s:\n{logs}"
            time.sleep(0.05)

    def audit(self) -> list[tuple[str, str, str]]:
        said = self.say("audit", "--json", *self.config())
        assert said.returncode == 0, said.stderr
        rows = map(json.loads, said.stdout.splitlines())
        return [(row["actor"], row["act"], row["outcome"]) for row in rows]

    def stop(self) -> None:
        for word in reversed(list(self.running)):
            self.end(word)
        self.broker.stop()


def _true(condition: Callable[[], object]) -> bool:
    try:
        return bool(condition())
    except HomeError:
        return False


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house where everybody is asleep behind a locked door, and Ada may unlock it."""
    house = House(tmp_path_factory.mktemp("house"))
    try:
        added = house.say("people", "add", "Ada", "--pin-stdin", *house.config(), given=RIGHT.get_secret_value())
        assert added.returncode == 0, added.stderr
        house.run()
        yield house
    finally:
        house.stop()


def unlocks(listener: Listener) -> list[Heard]:
    return [one for one in list(listener.heard) if "unlock" in one.payload.lower() and one.topic.endswith("/set")]


def states(listener: Listener) -> list[str]:
    """The states that the lock has gone through, each change once."""
    said = [one.json["lock_state"] for one in listener.heard if "lock_state" in one.payload and one.topic == BOLT]
    return [state for state, _ in groupby(said)]


def test_the_right_pin_moves_the_bolt_once_and_the_audit_names_the_person(house: House) -> None:
    with Listener(house.broker.url, HOME) as listener:
        port = ("--port", str(house.port))
        said = house.say("unlock", str(LOCK), "--person", "ada", "--pin-stdin", *port, given=RIGHT.get_secret_value())
        assert (said.returncode, said.stdout) == (0, f"{LOCK}: unlocked\n"), said.stderr
        assert listener.until(lambda: states(listener)[-1:] == ["unlocked"])
        assert states(listener) in (["locked", "unlocked"], ["unlocked"])
        assert [(one.payload, one.retain) for one in unlocks(listener)] == [('{"state": "UNLOCK"}', False)]
        assert [one.json["unlocks_asked"] for one in listener.of("truth")][-1:] in ([], [1])
    rows = house.audit()
    assert rows[0] == ("homectl people", "person added", "done")
    assert rows[-2:] == [("Ada", "unlock", "asked"), ("Ada", "unlock", "confirmed")]
    assert house.say("audit", "verify", *house.config()).returncode == 0


def test_without_its_broker_an_unlock_is_refused_and_neither_it_nor_the_one_before_is_sent_again(house: House) -> None:
    with Listener(house.broker.url, HOME) as listener:
        house.client.unlock(LOCK, "Ada", RIGHT)
        assert listener.until(lambda: unlocks(listener))
    house.broker.stop()
    house.wait(lambda: not house.client.home().connected)
    with pytest.raises(ActionRefused, match="nothing is kept for later"):
        house.client.unlock(LOCK, "Ada", RIGHT)
    house.start_broker()
    with Listener(house.broker.url, HOME) as listener:
        house.wait(lambda: house.client.home().connected)
        time.sleep(2)
        assert unlocks(listener) == []
    assert ("Ada", "unlock", "refused") in house.audit()


def test_five_wrong_pins_lock_out_over_a_restart_and_no_digit_of_a_pin_is_anywhere(house: House) -> None:
    """The last one: nobody can unlock this house after it."""
    with Listener(house.broker.url, HOME) as listener:
        for person, pin in (("Ada", WRONG), ("Ada", WRONG), ("Ben", RIGHT), ("Ada", WRONG), ("Ada", WRONG)):
            with pytest.raises(PinRefused, match="the person or the PIN is wrong"):
                house.client.unlock(LOCK, person, pin)
        with pytest.raises(LockedOut, match="60 s"):
            house.client.unlock(LOCK, "Ada", RIGHT)
        assert house.say("people", "remove", "Ada", *house.config()).returncode == 0
        house.end("run")
        house.run()
        with pytest.raises(LockedOut):
            house.client.unlock(LOCK, "Ada", RIGHT)
        rows, heard = house.audit(), b"".join(one.payload.encode() for one in listener.heard)
        assert unlocks(listener) == []
    assert [row for row in rows if row[2] == "wrong PIN"] == [
        (who, "unlock", "wrong PIN") for who in ("Ada", "Ada", "somebody", "Ada", "Ada")
    ]
    assert ("Ada", "lock-out", "done") in rows
    assert ("homectl people", "person removed", "done") in rows
    kept = b"".join(file.read_bytes() for file in sorted(house.folder.rglob("*")) if file.is_file())
    for pin in (RIGHT, WRONG):
        assert pin.get_secret_value().encode() not in heard + kept
