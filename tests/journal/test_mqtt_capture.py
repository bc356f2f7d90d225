"""What mosquitto_sub 2.0.11 wrote of five messages, in every format that is read, is the same five messages."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from homectl.home import LogError
from homectl.journal.readers.any_log import Format, format_of
from homectl.journal.readers.mqtt_capture import Capture
from homectl.journal.readers.overheard import Overheard, seconds_of
from homectl.journal.readers.rows import Tally

UTC, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
LAMP, STATE = "zigbee2mqtt/Kitchen lamp 1", '{"state":"ON","brightness":127}'
SAID = [
    ("zigbee2mqtt/bridge/state", b'{"state":"online"}', True),
    (LAMP, STATE.encode(), False),
    (LAMP + "/availability", b"online", False),
    ("zigbee2mqtt/plug/set", b"", False),
    ("homeassistant/status", b"1", False),
]
BRIDGE = '{"state":"online"}'
JSON = '{{"tst":"2026-11-27T08:58:{}Z+0000","topic":"{}","qos":0,"retain":{},"payload":{}}}'

FORMATS = {
    "%I %t %p": [
        f"2026-11-27T08:58:25+0000 zigbee2mqtt/bridge/state {BRIDGE}",
        f"2026-11-27T08:58:26+0000 {LAMP} {STATE}",
        f"2026-11-27T08:58:26+0000 {LAMP}/availability online",
        "2026-11-27T08:58:26+0000 zigbee2mqtt/plug/set ",
        "2026-11-27T08:58:26+0000 homeassistant/status 1",
    ],
    "%U %t %p": [
        f"1795769905.591433593 zigbee2mqtt/bridge/state {BRIDGE}",
        f"1795769906.758570297 {LAMP} {STATE}",
        f"1795769906.760506668 {LAMP}/availability online",
        "1795769906.775547112 zigbee2mqtt/plug/set ",
        "1795769906.787413617 homeassistant/status 1",
    ],
    "%U %r %t %p": [
        f"1795769905.607515646 1 zigbee2mqtt/bridge/state {BRIDGE}",
        f"1795769906.755691726 0 {LAMP} {STATE}",
        f"1795769906.760558820 0 {LAMP}/availability online",
        "1795769906.775480318 0 zigbee2mqtt/plug/set ",
        "1795769906.787499110 0 homeassistant/status 1",
    ],
    "%I %t %r %p": [
        f"2026-11-27T08:58:25+0000 zigbee2mqtt/bridge/state 1 {BRIDGE}",
        f"2026-11-27T08:58:26+0000 {LAMP} 0 {STATE}",
        f"2026-11-27T08:58:26+0000 {LAMP}/availability 0 online",
        "2026-11-27T08:58:26+0000 zigbee2mqtt/plug/set 0 ",
        "2026-11-27T08:58:26+0000 homeassistant/status 0 1",
    ],
    "%U %t %p %r": [
        f"1795769905.599581330 zigbee2mqtt/bridge/state {BRIDGE} 1",
        f"1795769906.756166966 {LAMP} {STATE} 0",
        f"1795769906.760482691 {LAMP}/availability online 0",
        "1795769906.775430635 zigbee2mqtt/plug/set  0",
        "1795769906.787518421 homeassistant/status 1 0",
    ],
    "%j": [
        JSON.format("25.607572", "zigbee2mqtt/bridge/state", 1, r'"{\"state\":\"online\"}"'),
        JSON.format("26.755718", LAMP, 0, r'"{\"state\":\"ON\",\"brightness\":127}"'),
        JSON.format("26.760516", LAMP + "/availability", 0, '"online"'),
        JSON.format("26.775607", "zigbee2mqtt/plug/set", 0, "null"),
        JSON.format("26.787452", "homeassistant/status", 0, '"1"'),
    ],
    "-v": [
        f"zigbee2mqtt/bridge/state {BRIDGE}",
        f"{LAMP} {STATE}",
        f"{LAMP}/availability online",
        "zigbee2mqtt/plug/set (null)",
        "homeassistant/status 1",
    ],
}


def read(path: Path, zone: ZoneInfo = UTC) -> tuple[list[Overheard], Tally]:
    tally = Tally()
    return list(Capture(path).messages(zone, tally)), tally


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("written", FORMATS)
def test_every_format_says_the_same(tmp_path: Path, written: str, ends: str) -> None:
    path = tmp_path / "capture.txt"
    path.write_bytes("".join(line + ends for line in FORMATS[written]).encode())
    found, tally = read(path)
    assert format_of(path) is Format.CAPTURE
    assert [(one.topic, one.payload) for one in found] == [(topic, payload) for topic, payload, _ in SAID]
    flags = [one.retained for one in found]
    assert flags == ([flag for *_, flag in SAID] if "r" in written or "j" in written else [None] * 5)
    if written == "-v":
        assert [one.at for one in found] == [None] * 5
        assert not Capture(path).timed
    else:
        assert all(one.at is not None and 1795769905 <= one.at < 1795769907 for one in found)
    assert tally.rows == 5


def test_mosquittos_payload_that_is_json_already_is_read(tmp_path: Path) -> None:
    path = tmp_path / "capture.txt"
    path.write_text(JSON.format("26.7", "zigbee2mqtt/x", 0, '{"state":"ON"}') + "\n")
    assert [one.payload for one in read(path)[0]] == [b'{"state": "ON"}']


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("lost the thread", "expected a time, a topic and a payload"),
        ("4102444801 0 a/b 1", "expected a time between 1970 and 2100"),
        ("9999999999 0 a/b 1", "expected a time between 1970 and 2100"),
        ("2026-02-30T08:00:00Z 0 a/b 1", "expected a time between 1970 and 2100"),
        ("1700000000 0 a/b " + "x" * (6 << 20), "a line that is too long"),
        ("\x00\x01\x02", "expected a time, a topic and a payload"),
    ],
)
def test_a_line_that_is_no_message_is_skipped_with_its_reason(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "capture.txt"
    path.write_text("1700000000 0 a/b 1\n1700000001 0 a/b 2\n" + line + "\n1700000002 0 a/b 3\n")
    found, tally = read(path)
    assert (len(found), tally.skipped, tally.first) == (3, {reason: 1}, {reason: 3})


@pytest.mark.parametrize(
    ("text", "zone", "seconds"),
    [
        ("2024-01-01T08:00:00Z", UTC, 1704096000.0),
        ("2024-01-01T08:00:00+0100", UTC, 1704092400.0),
        ("2024-01-01T08:00:00.123456Z+0100", UTC, 1704092400.123),
        ("2024-01-01 08:00:00", BERLIN, 1704092400.0),
        ("1704092400.5", BERLIN, 1704092400.5),
        ("-1", UTC, None),
        ("0001-01-01 00:00:00", UTC, None),
        ("2024-13-01 00:00:00", UTC, None),
        ("999999999999", UTC, None),
        ("nan", UTC, None),
    ],
)
def test_a_time_is_read_in_every_form(text: str, zone: ZoneInfo, seconds: float | None) -> None:
    assert seconds_of(text, zone) == seconds


def test_the_hour_that_comes_twice_is_told_by_the_order_of_the_lines() -> None:
    first = seconds_of("2024-10-27 02:30:00", BERLIN)
    assert first is not None
    assert seconds_of("2024-10-27 02:30:30", BERLIN, first) == first + 30
    assert seconds_of("2024-10-27 02:10:00", BERLIN, first) == first + 2400
    assert seconds_of("2024-10-27 03:10:00", BERLIN, first) == first + 6000


@pytest.mark.parametrize("content", [b"", b"a b c\n", bytes(range(256)) * 40, b"a,b/c d\n", b"{}\n", b"[" * 9999])
def test_what_is_no_capture_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(LogError, match="expected messages") as refused:
        Capture(path)
    assert "\n" not in str(refused.value)
