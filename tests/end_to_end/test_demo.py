"""The closed loop over a real broker: broker, simulated home and daemon as processes of their own."""

import sqlite3
from argparse import Namespace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import pytest
import yaml
from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from homectl.bridge.broker import mosquitto
from homectl.cli.simulate import world_of
from homectl.home import CommandState, Home, HomeView, Kind, Target
from simulator.firmware import Asked, Firmware
from tests.end_to_end.demo import RunningDemo, run_demo

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]

needs_mosquitto = pytest.mark.skipif(mosquitto() is None, reason="Mosquitto is not installed: apt install mosquitto")


@needs_mosquitto
def test_a_day_runs_itself_over_mosquitto(tmp_path: Path) -> None:
    out = run_demo(tmp_path, "--speed", "3600", "--for", "28", "--seed", "4")
    assert [check for check in out["checks"] if not check["ok"]] == []
    assert out["commands"]["light"]["learned"] >= 1
    assert out["commands"]["setpoint"]["learned"] >= 1
    assert sum(out["commands"]["lock"].values()) >= 1
    assert out["confirmed"] + out["failed"] + out["expired"] + out["superseded"] == out["issued"]
    assert out["confirmed"] > 0.9 * out["issued"]
    assert out["model_unlocks"] == 0
    assert out["comfort"]["thrown_open"] == 0
    assert out["comfort"]["minutes"] >= 20 * 60


def test_the_broker_of_the_wheel_serves_the_demo_too(tmp_path: Path) -> None:
    out = run_demo(tmp_path, "--wheel", "--speed", "3600", "--for", "26", "--seed", "4")
    assert [check for check in out["checks"] if not check["ok"]] == []
    assert out["model_unlocks"] == 0


@needs_mosquitto
def test_a_killed_daemon_is_back_with_everything_it_had_acknowledged_and_doubles_nothing(tmp_path: Path) -> None:
    with RunningDemo(tmp_path, "--speed", "300", "--seed", "3", "--past", "2") as demo, Ear(demo.data) as ear:
        first = len(_commands(demo.data, "%/lock"))
        demo.wait_for(lambda view: _locks(view) > first, within=60)
        before = _commands(demo.data)
        ear.control("pause")  # else it depends on how long a start takes what is still to be heard of the door
        demo.kill_daemon()
        demo.wait_for(lambda view: view.connected and _locks(view) == 0, within=60)
        ear.control("resume")
        demo.wait_for(lambda view: _locks(view) > 0, within=60)
        out = demo.end()
    after = _commands(demo.data)
    assert out["restarts"] == 1
    ended = {name: state for name, state in before.items() if CommandState(state).ended}
    assert {name: after[name] for name in ended} == ended
    assert before.keys() <= after.keys()
    assert all(CommandState(state).ended for state in after.values())
    start = world_of(Namespace(seed=3, start=None, past=0.0)).at
    assert out["issued"] == len(_commands(demo.data, since=start))
    assert ear.locks == len(_commands(demo.data, "%/lock")) - first >= 2


def _locks(view: HomeView) -> int:
    """How many lock commands the daemon has given since its start, on whosever behalf."""
    return sum(int(count) for name, count in view.health.items() if name.startswith("lock commands by "))


class Ear:
    """Listens to every command on the broker of a demo, and counts those that throw a bolt."""

    def __init__(self, data: Path) -> None:
        settings = yaml.safe_load((data / "homectl.yaml").read_text(encoding="utf-8"))
        home = Home.model_validate(yaml.safe_load((data / "home.yaml").read_text(encoding="utf-8")))
        self.locks = 0
        self._root = f"sim/{home.id}"
        self._firmware = Firmware(home, self._root)
        self._url = urlsplit(settings["bridge"]["broker"]["url"])
        self._client = Client(CallbackAPIVersion.VERSION2, "ear", protocol=MQTTv5)
        self._client.on_message = self._hear

    def __enter__(self) -> Self:
        self._client.connect(self._url.hostname or "", self._url.port or 0)
        self._client.subscribe([(topic, 0) for topic in self._firmware.subscriptions()])
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.loop_stop()

    def control(self, what: str) -> None:
        """Pause or resume the simulated home."""
        self._client.publish(f"{self._root}/control/{what}", "{}", qos=1).wait_for_publish(10)

    def _hear(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        match self._firmware.hear(message.topic, message.payload):
            case Asked(target=Target(kind=Kind.LOCK)):
                self.locks += 1


def _commands(folder: Path, target: str = "%", since: float = 0.0) -> dict[str, str]:
    """The commands the journal holds of some targets since a time, and what became of each."""
    [journal] = folder.glob("*.db")
    with sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True) as db:
        query = "SELECT id, state FROM commands WHERE target LIKE ? AND issued >= ?"
        return dict(db.execute(query, (target, round(since * 1000))))
