"""Zigbee2MQTT's log of version 1 and 2, and its state.json, hold messages; every line is accounted for."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from homectl.home import LogError
from homectl.journal.readers.any_log import Format, format_of
from homectl.journal.readers.rows import Tally
from homectl.journal.readers.zigbee2mqtt_log import Zigbee2MqttLog, Zigbee2MqttState

BERLIN = ZoneInfo("Europe/Berlin")
PUBLISHED = 'MQTT publish: topic \'zigbee2mqtt/hall/lamp\', payload \'{"state":"ON","note":"it\'s"}\''
ASKED = "Received MQTT message on 'zigbee2mqtt/hall/lamp/set' with data '{\"state\":\"ON\"}'"
LISTED = "hall/lamp (0x00158d0002c77517): LED1 - Maker white lamp, dimmable (Router)"

VERSIONS = {
    "2": ("[2024-01-01 08:00:00] info: \tz2m: {}", "[2024-01-01 08:00:00] debug: \tz2m:mqtt: {}"),
    "1": ("info  2024-01-01 08:00:00: {}", "debug 2024-01-01 08:00:00: {}"),
    "1, as the console shows it": (
        "Zigbee2MQTT:info  2024-01-01 08:00:00: {}",
        "Zigbee2MQTT:debug 2024-01-01 08:00:00: {}",
    ),
}


@pytest.mark.parametrize("version", VERSIONS)
def test_both_versions_tell_what_was_published_and_asked(tmp_path: Path, version: str) -> None:
    info, debug = VERSIONS[version]
    path = tmp_path / "log.log"
    lines = [info.format("Logging to console"), info.format(LISTED), debug.format(PUBLISHED), debug.format(ASKED)]
    path.write_text("    at stack (trace.js)\n" + "\n".join(lines) + "\n")
    tally = Tally()
    found = list(Zigbee2MqttLog(path).messages(BERLIN, tally))
    assert format_of(path) is Format.ZIGBEE2MQTT_LOG
    assert [(one.topic, one.payload, one.at, one.retained) for one in found] == [
        ("zigbee2mqtt/hall/lamp", b'{"state":"ON","note":"it\'s"}', 1704092400.0, False),
        ("zigbee2mqtt/hall/lamp/set", b'{"state":"ON"}', 1704092400.0, False),
    ]
    assert (tally.rows, tally.left_alone) == (5, {"a line that tells of no message": 3})
    assert list(Zigbee2MqttLog(path).names()) == [("0x00158d0002c77517", "hall/lamp")]


@pytest.mark.parametrize(
    ("time", "at"),
    [
        ("2024-01-01T08:00:00.250Z - info: ", 1704096000.25),
        ("[2024-01-01 25:00:00] info: ", None),
        ("[1.1.24, 8:00] info: ", None),
    ],
)
def test_a_time_that_is_none_is_skipped_with_its_reason(tmp_path: Path, time: str, at: float | None) -> None:
    path = tmp_path / "log.log"
    path.write_text(time + PUBLISHED + "\n")
    tally = Tally()
    found = [one.at for one in Zigbee2MqttLog(path).messages(BERLIN, tally)]
    assert found == ([at] if at else [])
    assert sum(tally.skipped.values()) == (0 if at else 1)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_state_is_retained_and_as_old_as_its_device_was_last_seen(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    states = {
        "0x01": {"state": "ON", "last_seen": "2024-01-01T08:00:00+01:00"},
        "0x02": {"state": "ON", "last_seen": 1704092400000},
        "0x03": {"state": "ON"},
        "0x04": {"state": "ON", "last_seen": True},
        "0x05": "ON",
        "7": {"state": "ON"},
    }
    path = tmp_path / "state.json"
    path.write_bytes(pack(json.dumps(states, indent=4).encode()))
    tally = Tally()
    found = list(Zigbee2MqttState(path).messages(BERLIN, tally))
    assert format_of(path) is Format.ZIGBEE2MQTT_STATE
    assert [(one.topic, one.at, one.retained) for one in found] == [
        ("zigbee2mqtt/0x01", 1704092400.0, True),
        ("zigbee2mqtt/0x02", 1704092400.0, True),
    ]
    assert (tally.rows, sum(tally.skipped.values()), sum(tally.left_alone.values())) == (6, 3, 1)


@pytest.mark.parametrize("content", [b'{"0x01":{"a":' + b"[" * 1_000_000, b'{"0x01":{}' + b'," ":1' * 900_000 + b"}"])
def test_a_state_too_deep_or_too_large_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(content)
    with pytest.raises(LogError, match=r"expected JSON.*; copy it again") as refused:
        list(Zigbee2MqttState(path).messages(BERLIN, Tally()))
    assert "\n" not in str(refused.value)
