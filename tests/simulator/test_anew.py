"""A simulated home as a process: recorded, begun anew, and kept off the topics of others."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from homectl.bridge.broker import free_port
from homectl.cli import simulate
from homectl.home import UsageError
from homectl.scenario.trying import tried
from simulator.mqtt import Broker
from tests.simulator.listener import Heard, Listener

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]

CLIMATE = "living_climate"
ONLINE = ("zigbee2mqtt/bridge/state", '{"state":"online"}')


@contextmanager
def simulating(url: str, *words: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "homectl", "simulate", "--broker", url, "--paused", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert process.returncode == 0


def next_line(process: "subprocess.Popen[str]", word: str) -> dict[str, object]:
    assert process.stdout is not None
    found: dict[str, object] = {}
    while word not in found:
        found = json.loads(process.stdout.readline())
    return found


def half_an_hour(listener: Listener) -> None:
    """Step through the first half hour, to its last word."""
    listener.send("control/step", {"seconds": 1800})
    assert listener.until(lambda: any(_seq(said) == 30 for said in listener.of("settled")), 40)


def life(listener: Listener) -> list[tuple[str, str]]:
    """What is said from the first word of a new life, in order; not how things truly are, which real time has a part
    in."""
    half_an_hour(listener)
    ours = ("control/", "state", "truth")
    told = [(m.topic, m.payload) for m in listener.heard if not m.topic.startswith(ours)]
    return told[told.index(ONLINE) : told.index(("settled", '{"seq":30}'))]


def _seq(said: Heard) -> object:
    return said.json["seq"]


def state(listener: Listener) -> dict[str, object]:
    told = listener.of("state")
    return told[-1].json if told else {}


def test_a_home_that_begins_anew_says_the_same_bytes_and_a_recording_can_be_replayed(
    mosquitto: str, tmp_path: Path
) -> None:
    words = ["--seed", "5", "--recordings", str(tmp_path), "--proxy", str(free_port())]
    words += ["--faults", "slices@10+60"]
    with Listener(mosquitto, "home-5") as listener, simulating(mosquitto, *words) as process:
        next_line(process, "ready")
        assert listener.until(lambda: state(listener))
        about = listener.of("about")[-1]
        assert about.retain or about.json["seed"] == 5
        assert "fire" in about.json["scenarios"]
        assert set(about.json["plan"]["areas"]) == set(state(listener)["temperatures"])  # type: ignore[call-overload]
        listener.send("control/record", {"on": True})
        listener.send("control/sense", {"device": CLIMATE, "quantity": "humidity", "value": 77})
        listener.send("control/fault", {"device": "hall_motion", "kind": "stuck"})
        listener.send("control/broker", {"fault": "latency", "seconds": 1})
        assert listener.until(lambda: state(listener).get("broker") == "latency")
        assert state(listener)["overridden"] == {CLIMATE: {"humidity": 77.0}}
        assert state(listener)["faults"] == {"hall_motion": ["stuck"]}
        assert listener.until(lambda: state(listener).get("broker") == "none", 10)
        half_an_hour(listener)
        assert listener.until(lambda: state(listener).get("broker") == "slices")
        listener.send("control/record", {"on": False})
        recorded = Path(str(next_line(process, "recorded")["recorded"]))
        days = []
        for _ in range(2):
            listener.heard.clear()
            listener.send("control/reset")
            next_line(process, "ready")
            days.append(life(listener))
        assert days[0] == days[1]
        assert len(days[0]) > 60
        assert listener.until(lambda: state(listener).get("faults") == {})
        listener.send("control/reset", {"seed": 6})
        assert next_line(process, "ready")["home"] == "home-6"
    scenario, came, met = tried(recorded.with_suffix(".scenario.yaml"))
    assert scenario.title == "home-5, recorded"
    assert came.refused == []
    assert all(one.met for one in met)


def test_a_prefix_that_real_devices_use_is_not_shared(mosquitto: str) -> None:
    bridge = "zigbee2mqtt/bridge/info"
    with Listener(mosquitto, "taken") as listener:
        listener.send(bridge, {"coordinator": {"ieee_address": "0x00124b0012345678"}}, retain=True)
        assert listener.until(lambda: listener.heard)
        with pytest.raises(
            UsageError, match=r"^sim/taken: expected no devices there .* others have left messages"
        ) as no:
            simulate._look(Broker.of(mosquitto), "sim/taken", set())
        listener.send(bridge, b"", retain=True)
    assert "\n" not in str(no.value)
    simulate._look(Broker.of(mosquitto), "sim/free", looked := set())
    assert looked == {"sim/free"}
