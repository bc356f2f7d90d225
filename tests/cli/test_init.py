"""`homectl init` writes a home.yaml that can be used at once, and never over another."""

import argparse
import json
from pathlib import Path

import pytest

from homectl.cli import init
from homectl.home import Home, HomeError, Kind, UsageError
from homectl.settings import read
from tests.bridge.test_directory import DEVICES, HA_LAMP
from tests.brokers import running
from tests.cli.test_devices import publish

GROUPS = [{"id": 1, "friendly_name": "Kitchen", "members": [{"ieee_address": "0x1", "endpoint": 1}], "scenes": []}]


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    init.arguments(parser)
    return init.run(parser.parse_args(words)) or 0


def test_a_saved_device_list_becomes_a_home(tmp_path: Path) -> None:
    saved, out = tmp_path / "devices.json", tmp_path / "home.yaml"
    saved.write_text(json.dumps(DEVICES))
    assert run("--from", str(saved), "--out", str(out)) == 0
    home = read(out, Home)
    assert [device.address for device in home.devices] == [f"zigbee2mqtt:0x{n}" for n in (1, 2, 3, 4)]
    assert {device.area for device in home.devices} == {"d", None}
    assert home.device("d_0x4").area is None


def test_groups_and_suggested_areas_place_devices(tmp_path: Path) -> None:
    saved, out = tmp_path / "saved.jsonl", tmp_path / "home.yaml"
    lamp = HA_LAMP | {"dev": {"ids": ["d1"], "name": "L", "sa": "Dining room"}}
    messages = [
        {"topic": "zigbee2mqtt/bridge/devices", "payload": DEVICES},
        {"topic": "zigbee2mqtt/bridge/groups", "payload": GROUPS},
        {"topic": "homeassistant/light/d1/l/config", "payload": lamp},
    ]
    saved.write_text("\n".join(map(json.dumps, messages)))
    run("--from", str(saved), "--out", str(out))
    areas = {device.address: device.area for device in read(out, Home).devices}
    assert (areas["zigbee2mqtt:0x1"], areas["home_assistant:d1"]) == ("kitchen", "dining_room")


def test_a_file_that_exists_is_never_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "home.yaml"
    out.write_text("mine")
    with pytest.raises(UsageError, match="exists"):
        run("--from", str(tmp_path / "devices.json"), "--out", str(out))
    assert out.read_text() == "mine"


@pytest.mark.parametrize("content", ["[]", "[7]", "{", '[{"topic": "zigbee2mqtt/bridge/groups", "payload": "["}]'])
def test_nothing_is_written_for_a_file_without_devices(tmp_path: Path, content: str) -> None:
    saved, out = tmp_path / "devices.json", tmp_path / "home.yaml"
    saved.write_text(content)
    with pytest.raises(HomeError):
        run("--from", str(saved), "--out", str(out))
    assert not out.exists()


@pytest.mark.parametrize("url", ["localhost", "http://a", "mqtt://user@host"])
def test_a_broker_that_is_no_mqtt_url_is_wrong_usage(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="expected a URL"):
        run("--broker", url, "--out", str(tmp_path / "home.yaml"))


@pytest.mark.broker
def test_a_live_broker_becomes_a_home(tmp_path: Path) -> None:
    out = tmp_path / "home.yaml"
    with running() as broker:
        publish(broker.url, "zigbee2mqtt/bridge/devices", json.dumps(DEVICES))
        publish(broker.url, "zigbee2mqtt/bridge/groups", json.dumps(GROUPS))
        assert run("--broker", broker.url, "--out", str(out)) == 0
    home = read(out, Home)
    assert home.device("d_0x1").area == "kitchen"
    assert Kind.LIGHT not in home.device("d_0x1").sets
