"""`homectl devices` counts what is announced, in a file of any size or at a live broker."""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from homectl.cli import devices
from homectl.home import ConfigError, LogError
from tests.bridge.test_directory import DATA, DEVICES, HA_LAMP
from tests.brokers import running

COORDINATOR = {"ieee_address": "0x0", "type": "Coordinator", "friendly_name": "Coordinator", "definition": None}


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    devices.arguments(parser)
    return devices.run(parser.parse_args(words)) or 0


def counted(capsys: pytest.CaptureFixture[str], file: Path, *words: str) -> dict[str, Any]:
    assert run("--from", str(file), "--json", *words) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_saved_device_list_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "devices.json"
    file.write_text(json.dumps([COORDINATOR, *DEVICES]))
    assert counted(capsys, file) == {
        "lines": 5,
        "devices": 4,
        "errors": [],
        "capabilities": {"climate": 1, "light": 1, "lock": 1, "sensor": 1, "switch": 1},
        "pending": 4,
    }


def test_what_cannot_be_understood_is_an_error_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "saved.jsonl"
    lines = [json.dumps({"topic": "homeassistant/light/d1/l/config", "payload": HA_LAMP}), "{", "7"]
    lines += [json.dumps({"topic": "homeassistant/light/d2/l/config", "payload": []}), json.dumps(DEVICES[0])]
    file.write_text("\n".join(lines))
    found = counted(capsys, file)
    assert (found["lines"], found["devices"], found["capabilities"]) == (5, 2, {"light": 2})
    assert [error.split(":")[0] for error in found["errors"]] == ["line 2", "line 3", "line 4"]


def test_a_device_announced_both_ways_is_counted_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ieee = "0x00124b00aa000001"
    lamp = DEVICES[0] | {"ieee_address": ieee}
    again = HA_LAMP | {"dev": {"ids": [f"zigbee2mqtt_{ieee}"]}}
    file = tmp_path / "saved.jsonl"
    file.write_text(json.dumps({"topic": "homeassistant/light/x/l/config", "payload": again}) + "\n" + json.dumps(lamp))
    assert counted(capsys, file)["devices"] == 1


def test_placed_devices_are_not_pending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    placed = '{id: a, area: room, address: "zigbee2mqtt:0x1"}'
    (tmp_path / "home.yaml").write_text(f"id: h\nareas: [{{id: room}}]\ndevices: [{placed}]\n")
    (tmp_path / "homectl.yaml").write_text("home: home.yaml\n")
    file = tmp_path / "devices.json"
    file.write_text(json.dumps(DEVICES))
    config = str(tmp_path / "homectl.yaml")
    assert counted(capsys, file, "-c", config)["pending"] == 3
    run("--from", str(file), "-c", config)
    table = capsys.readouterr().out
    assert "zigbee2mqtt:0x1 " in table
    assert [line.split()[-1] for line in table.splitlines()[:-1]] == ["placed", "pending", "pending", "pending"]


def test_no_settings_and_no_file_is_a_configuration_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HOMECTL_CONFIG", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigError):
        run()


def test_a_file_that_is_none_is_a_log_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(LogError):
        run("--from", str(tmp_path / "a.json"))


@pytest.mark.parametrize(
    ("name", "lines", "devices_found", "lights"),
    [
        ("z2m-bridge-devices.dev.jsonl.xz", 3635, 3635, 1506),
        ("z2m-ha-discovery.dev.jsonl.xz", 23_843, 3567, 1506),
    ],
)
def test_recorded_files_are_counted_without_an_error(
    capsys: pytest.CaptureFixture[str], name: str, lines: int, devices_found: int, lights: int
) -> None:
    if not (DATA / name).exists():
        pytest.skip(f"{name}: the recorded devices are not on this machine")
    found = counted(capsys, DATA / name)
    assert (found["lines"], found["errors"]) == (lines, [])
    assert (found["devices"], found["pending"]) == (devices_found, devices_found)
    assert {k: found["capabilities"][k] for k in ("light", "climate", "lock")} == {
        "light": lights,
        "climate": 171,
        "lock": 37,
    }


@pytest.mark.broker
def test_a_live_broker_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "home.yaml").write_text("id: h\n")
    with running() as broker:
        publish(broker.url, "zigbee2mqtt/bridge/devices", json.dumps(DEVICES))
        publish(broker.url, "homeassistant/light/d1/l/config", json.dumps(HA_LAMP))
        settings = f'home: home.yaml\nbridge: {{broker: {{url: "{broker.url}"}}}}\n'
        (tmp_path / "homectl.yaml").write_text(settings)
        assert run("-c", str(tmp_path / "homectl.yaml"), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["devices"], found["capabilities"]["light"], found["errors"]) == (5, 2, [])


def publish(url: str, topic: str, payload: str) -> None:
    """One retained message, by a client that shares no code with homectl."""
    code = (
        "import sys, urllib.parse, paho.mqtt.publish as p\n"
        "url = urllib.parse.urlsplit(sys.argv[1])\n"
        "p.single(sys.argv[2], sys.stdin.read(), qos=1, retain=True, hostname=url.hostname, port=url.port)"
    )
    subprocess.run([sys.executable, "-c", code, url, topic], input=payload, text=True, check=True, timeout=20)
