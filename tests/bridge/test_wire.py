"""What devices write, and what they are written, is understood in both directions: one recorded case a file."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from homectl.bridge.directory import Directory, dialects_of
from homectl.bridge.messages import Message
from homectl.bridge.settings import BridgeSettings
from homectl.home import Area, Device, Home, Kind, Light, Lock, Reading, Setpoint, Target, Unlock, Wish

FILES = sorted((Path(__file__).parent.parent / "wire").glob("*.json"))
AT = 1_000.0


def message(written: dict[str, Any]) -> Message:
    payload = written["payload"]
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return Message(written["topic"], text.encode(), written.get("retain", False))


def directory(case: dict[str, Any]) -> Directory:
    home = Home(id="h", areas=(Area(id="room"),), devices=tuple(Device(**device) for device in case["devices"]))
    made = Directory(home, dialects_of(BridgeSettings()))
    for announced in case["announced"]:
        assert made.take(message(announced), AT) == []
    return made


def setting(wanted: dict[str, Any]) -> tuple[Kind, Wish]:
    match wanted:
        case {"light": [on, level]}:
            return Kind.LIGHT, Light(on, level)
        case {"setpoint": celsius}:
            return Kind.SETPOINT, Setpoint(celsius)
    return Kind.LOCK, Unlock() if "unlock" in wanted else Lock()


def said(readings: list[Reading]) -> list[tuple[str, float | None]]:
    return sorted((str(r.quantity), None if math.isnan(r.value) else round(r.value, 6)) for r in readings)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_device_is_heard_as_it_is_known_to_speak(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    made = directory(case)
    for written in case["says"]:
        readings = made.take(message(written), AT)
        expected = [(quantity, None if value is None else round(value, 6)) for quantity, value in written["readings"]]
        assert said(readings) == sorted(expected), written
        assert {reading.device for reading in readings} <= {case["devices"][0]["id"]}
    assert made.counters["messages that failed"] == 0


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_device_is_told_in_its_own_words(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    made = directory(case)
    for command in case["commands"]:
        kind, wanted = setting(command["set"])
        sent = made.encode(Target(case["devices"][0]["id"], kind), wanted)
        expected = [(topic, body if isinstance(body, str) else json.dumps(body)) for topic, body in command["sends"]]
        assert [(m.topic, m.payload.decode()) for m in sent] == expected, command
        assert not any(m.retain for m in sent)
        assert kind is not Kind.LOCK or all(m.qos == (0 if wanted == Unlock() else 1) for m in sent)


@pytest.mark.parametrize("file", [f for f in FILES if '"asks"' in f.read_text(encoding="utf-8")], ids=lambda f: f.stem)
def test_a_device_is_asked_for_what_it_can_be_asked(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    device = directory(case).home.devices[0]
    asked = directory(case).ask(device.targets()[0])
    assert [[m.topic, json.loads(m.payload)] for m in asked] == case["asks"]
