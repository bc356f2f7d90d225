"""Recorded messages are understood as a running home would have heard them, and every line is accounted for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.bridge.directory import Directory, dialects_of
from homectl.bridge.messages import Message
from homectl.bridge.settings import BridgeSettings
from homectl.captures import BridgeInterpreter
from homectl.cli import main
from homectl.home import Area, Device, Home, Kind, LogError, Origin, Quantity, Reading
from homectl.journal import Journal
from homectl.journal.readers.any_log import completed, guess, readings, take_in
from homectl.journal.readers.areas_from_log import Words
from homectl.journal.readers.rows import Tally

ROOT = Path(__file__).parents[2]
WORDS = Words.load(ROOT / "config" / "lamp_words.yaml")
WIRE = sorted((ROOT / "tests" / "wire").glob("*.json"))
BEGAN = 1_700_000_000.0
LAMP, DOOR, VALVE = "0x00124b0000000001", "0x00124b0000000002", "0x00124b0000000003"


def feature(kind: str, name: str, access: int = 7, **more: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "property": name, "access": access, **more}


def device(ieee: str, name: str, *exposes: dict[str, Any], power: str = "Mains (single phase)") -> dict[str, Any]:
    about = {"model": "M", "vendor": "V", "exposes": list(exposes)}
    return {"ieee_address": ieee, "friendly_name": name, "type": "Router", "power_source": power, "definition": about}


LIST = json.dumps(
    [
        device(
            LAMP,
            "Kitchen lamp 1",
            {"type": "light", "features": [feature("binary", "state"), feature("numeric", "brightness")]},
        ),
        device(DOOR, "hall/door", feature("binary", "contact", 1, value_on=False, value_off=True), power="Battery"),
        device(
            VALVE,
            "hall/valve",
            {"type": "climate", "features": [feature("numeric", "occupied_heating_setpoint", unit="°C")]},
            power="Battery",
        ),
    ]
)
LIST_LINE = (0.0, 1, "zigbee2mqtt/bridge/devices", LIST)
Line = tuple[float, int, str, str]


def capture(folder: Path, *lines: Line, name: str = "home.txt") -> Path:
    path = folder / name
    path.write_text("".join(f"{BEGAN + at:.3f} {flag} {topic} {payload}\n" for at, flag, topic, payload in lines))
    return path


def read(path: Path, home: Home | None = None, *, started: float | None = None) -> tuple[Home, list[Reading], Tally]:
    interpreter, tally = BridgeInterpreter(started=started), Tally()
    found = guess([path], WORDS, interpreter=interpreter).home
    home = found if home is None else completed(home, [path], interpreter)
    return home, list(readings(path, home, tally, interpreter)), tally


def adds_up(tally: Tally, lines: int) -> bool:
    left_out = sum(tally.skipped.values()) + sum(tally.left_alone.values())
    return tally.lines_read == lines and tally.rows == tally.taken + tally.repeated + left_out


def heard_live(case: dict[str, Any], home: Home) -> list[Reading]:
    directory = Directory(home, dialects_of(BridgeSettings()))
    found: list[Reading] = []
    for place, written in enumerate([*case["announced"], *case["says"]]):
        payload = written["payload"]
        text = payload if isinstance(payload, str) else json.dumps(payload)
        message = Message(written["topic"], text.encode(), written.get("retain", False))
        found += directory.take(message, BEGAN + 10 + place)
    return found


@pytest.mark.parametrize("path", WIRE, ids=lambda path: path.stem)
def test_a_recorded_device_says_in_a_capture_what_it_says_to_a_running_home(tmp_path: Path, path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    home = Home(id="h", areas=(Area(id="room"),), devices=tuple(Device(**one) for one in case["devices"]))
    lines = [
        (10.0 + place, int(one.get("retain", False)), one["topic"], _text(one["payload"]))
        for place, one in enumerate([*case["announced"], *case["says"]])
    ]
    interpreter, tally = BridgeInterpreter(), Tally()
    written = capture(tmp_path, *lines)
    known = completed(home, [written], interpreter)
    found = list(readings(written, known, tally, interpreter))
    assert [_fact(r) for r in found] == [_fact(r) for r in heard_live(case, home)]
    assert adds_up(tally, len(lines))


def _text(payload: Any) -> str:
    return payload if isinstance(payload, str) else json.dumps(payload)


def _fact(reading: Reading) -> tuple[object, ...]:
    return (reading.device, reading.quantity, str(reading.value), reading.at, reading.live, reading.text)


def test_a_home_is_what_its_devices_announce(tmp_path: Path) -> None:
    config = {
        "state_topic": "plugs/1/state",
        "command_topic": "plugs/1/cmd",
        "unique_id": "p1",
        "device": {"identifiers": ["plug1"], "name": "Desk plug", "suggested_area": "Office"},
    }
    path = capture(tmp_path, LIST_LINE, (1, 1, "homeassistant/switch/p1/config", json.dumps(config)))
    home, _, _ = read(path)
    assert {d.id: (d.area, d.sets, d.address) for d in home.devices} == {
        "kitchen_lamp_1": ("kitchen", {Kind.LIGHT}, f"zigbee2mqtt:{LAMP}"),
        "hall_door": ("hall", set(), f"zigbee2mqtt:{DOOR}"),
        "hall_valve": ("hall", {Kind.SETPOINT}, f"zigbee2mqtt:{VALVE}"),
        "desk_plug": ("office", set(), "home_assistant:plug1"),
    }


def test_a_given_home_keeps_its_say_and_learns_what_its_devices_do(tmp_path: Path) -> None:
    own = Device(id="spot", area="den", address=f"zigbee2mqtt:{LAMP}")
    given_home = Home(id="mine", areas=(Area(id="den"),), devices=(own,))
    lines = [
        LIST_LINE,
        (9, 0, "zigbee2mqtt/Kitchen lamp 1", '{"state":"ON"}'),
        (10, 0, "zigbee2mqtt/hall/door", '{"contact":true}'),
    ]
    home, found, tally = read(capture(tmp_path, *lines), given_home)
    assert home.device("spot").sets == {Kind.LIGHT}
    assert [(r.device, r.quantity, r.value) for r in found] == [("spot", Quantity.LIGHT_ON, 1.0)]
    assert tally.left_alone["nothing of a device that the home has"] == 1


KINDS_OF_LINE = [
    ("zigbee2mqtt/bridge/logging", '{"level":"info"}', "about a bridge, not a device"),
    ("zigbee2mqtt/Kitchen lamp 1", "", "an empty payload"),
    ("zigbee2mqtt/Kitchen lamp 1", '{"linkquality":3}', "nothing of a device that the home has"),
    ("zigbee2mqtt/Kitchen lamp 1/get", '{"state":""}', "nothing of a device that the home has"),
    ("zigbee2mqtt/Kitchen lamp 1/set", '{"state":"ON"}', "a command"),
    ("zigbee2mqtt/bridge/devices", LIST, "an announcement of devices"),
    ("zigbee2mqtt/bridge/devices", "{", "a payload that its dialect does not understand"),
    ("zigbee2mqtt/Kitchen lamp 1", '{"state":' + "[" * 5000, "a payload that its dialect does not understand"),
    (
        "zigbee2mqtt/Kitchen lamp 1",
        '{"state":"' + "x" * 20_000 + '"}',
        "a payload that its dialect does not understand",
    ),
    ("tele/boiler", "12", "nothing of a device that the home has"),
]


@pytest.mark.parametrize(("topic", "payload", "reason"), KINDS_OF_LINE)
def test_a_line_without_a_reading_has_its_reason(tmp_path: Path, topic: str, payload: str, reason: str) -> None:
    _, found, tally = read(capture(tmp_path, LIST_LINE, (5, 0, topic, payload)))
    assert found == []
    assert reason in tally.skipped | tally.left_alone
    assert adds_up(tally, 2)


def test_what_homectl_does_not_understand_of_a_value_is_unknown_and_kept(tmp_path: Path) -> None:
    _, found, tally = read(
        capture(tmp_path, LIST_LINE, (5, 0, "zigbee2mqtt/Kitchen lamp 1", '{"state":"PURPLE","brightness":127}'))
    )
    assert [(r.quantity, r.value) for r in found if r.value == r.value] == [(Quantity.LIGHT_LEVEL, 0.5)]
    assert len(found) == tally.taken == 2
    assert (tally.telling, tally.rows) == (1, 3)


LAMP_ON = '{"state":"ON"}'


@pytest.mark.parametrize(
    ("before", "flag", "at", "origin"),
    [
        ([], 0, 20.0, Origin.UNKNOWN),
        ([(19.0, 0, "zigbee2mqtt/Kitchen lamp 1/set", LAMP_ON)], 0, 20.0, Origin.AUTOMATION),
        ([(19.0, 0, "zigbee2mqtt/Kitchen lamp 1/set/state", "ON")], 0, 20.0, Origin.AUTOMATION),
        ([(19.0, 1, "zigbee2mqtt/Kitchen lamp 1/set", LAMP_ON)], 0, 20.0, Origin.UNKNOWN),
        ([(19.0, 0, "zigbee2mqtt/hall/valve/set", LAMP_ON)], 0, 20.0, Origin.UNKNOWN),
        ([(19.0, 0, "zigbee2mqtt/Kitchen lamp 1/get", '{"state":""}')], 0, 20.0, Origin.UNKNOWN),
        ([(9.0, 0, "zigbee2mqtt/Kitchen lamp 1/set", LAMP_ON)], 0, 20.0, Origin.UNKNOWN),
        ([(19.0, 0, "zigbee2mqtt/Kitchen lamp 1/set", LAMP_ON)], 1, 20.0, Origin.UNKNOWN),
    ],
)
def test_a_setting_is_of_unknown_origin_unless_somebody_just_sent_a_command(
    tmp_path: Path, before: list[Line], flag: int, at: float, origin: Origin
) -> None:
    _, found, _ = read(capture(tmp_path, LIST_LINE, *before, (at, flag, "zigbee2mqtt/Kitchen lamp 1", LAMP_ON)))
    assert [(r.origin, r.live) for r in found] == [(origin, not flag)]


def test_a_valve_on_battery_may_take_a_minute_and_its_sensors_are_nobodys(tmp_path: Path) -> None:
    asked = (10, 0, "zigbee2mqtt/hall/valve/set", '{"occupied_heating_setpoint":21}')
    done = (60, 0, "zigbee2mqtt/hall/valve", '{"occupied_heating_setpoint":21}')
    door = (61, 0, "zigbee2mqtt/hall/door", '{"contact":false}')
    _, found, _ = read(capture(tmp_path, LIST_LINE, asked, done, door))
    assert [r.origin for r in found] == [Origin.AUTOMATION, Origin.SENSED]


def test_without_the_flag_the_first_word_at_the_beginning_counts_as_retained(tmp_path: Path) -> None:
    path = tmp_path / "home.txt"
    said = [
        (0, "zigbee2mqtt/bridge/devices", LIST),
        *((at, "zigbee2mqtt/hall/door", '{"contact":true}') for at in (1, 2, 30)),
    ]
    path.write_text("".join(f"{BEGAN + at} {topic} {payload}\n" for at, topic, payload in said))
    assert [r.live for r in read(path)[1]] == [False, True, True]


def test_a_capture_without_times_asks_when_it_began_and_goes_by_last_seen(tmp_path: Path) -> None:
    path = tmp_path / "home.txt"
    seen = '{"contact":true,"last_seen":"2023-11-14T23:13:20Z"}'
    path.write_text(
        f"zigbee2mqtt/bridge/devices {LIST}\nzigbee2mqtt/hall/door {seen}\nzigbee2mqtt/Kitchen lamp 1 {LAMP_ON}\n"
    )
    with pytest.raises(LogError, match=r"expected times .* --started 2024-01-31T08:00") as refused:
        read(path)
    assert "\n" not in str(refused.value)
    assert [r.at for r in read(path, started=BEGAN)[1]] == [BEGAN + 3600, BEGAN + 3600.001]


INFO, DEBUG = (
    "[2024-01-01 08:00:{:02}] info: \tz2m: {}",
    "[2024-01-01 08:00:{:02}] debug: \tz2m:mqtt: MQTT publish: topic '{}', payload '{}'",
)


def z2m_log(folder: Path) -> Path:
    said = [
        ("zigbee2mqtt/kitchen/lamp", '{"brightness":127,"state":"ON"}'),
        ("zigbee2mqtt/hall/door", '{"battery":90,"contact":false}'),
        ("zigbee2mqtt/hall/valve", '{"local_temperature":20.5,"occupied_heating_setpoint":21,"running_state":"heat"}'),
        ("zigbee2mqtt/hall/gang", '{"state_left":"ON","state_right":"OFF"}'),
        ("zigbee2mqtt/hall/eye", '{"illuminance":7,"occupancy":true,"temperature":19}'),
        ("zigbee2mqtt/hall/lock", '{"lock_state":"locked","state":"LOCK"}'),
    ]
    lines = [INFO.format(0, f"hall/door ({DOOR}): D1 - Maker door sensor (EndDevice)")]
    lines += [DEBUG.format(second, topic, payload) for second, (topic, payload) in enumerate(said, 1)]
    path = folder / "log.log"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_devices_that_nothing_announces_are_taken_for_what_they_report(tmp_path: Path) -> None:
    home, found, tally = read(z2m_log(tmp_path))
    assert {d.id: d.sets for d in home.devices} == {
        "kitchen_lamp": {Kind.LIGHT},
        "hall_door": set(),
        "hall_valve": {Kind.SETPOINT},
        "hall_gang_left": set(),
        "hall_gang_right": set(),
        "hall_eye": set(),
        "hall_lock": {Kind.LOCK},
    }
    assert (home.device("hall_door").address, home.device("hall_lock").area) == (f"zigbee2mqtt:{DOOR}", None)
    assert home.device("hall_gang_left").address == "log:hall/gang#left"
    assert {(r.device, r.quantity): r.value for r in found} == {
        ("kitchen_lamp", Quantity.LIGHT_ON): 1.0,
        ("kitchen_lamp", Quantity.LIGHT_LEVEL): 0.5,
        ("hall_door", Quantity.CONTACT): 1.0,
        ("hall_door", Quantity.BATTERY): 90.0,
        ("hall_valve", Quantity.SETPOINT): 21.0,
        ("hall_valve", Quantity.TEMPERATURE): 20.5,
        ("hall_valve", Quantity.HEATING): 1.0,
        ("hall_gang_left", Quantity.SWITCH): 1.0,
        ("hall_gang_right", Quantity.SWITCH): 0.0,
        ("hall_eye", Quantity.ILLUMINANCE): 7.0,
        ("hall_eye", Quantity.MOTION): 1.0,
        ("hall_eye", Quantity.TEMPERATURE): 19.0,
        ("hall_lock", Quantity.LOCK): 1.0,
    }
    assert adds_up(tally, 7)


def test_a_home_written_down_from_a_log_reads_that_log_again(tmp_path: Path) -> None:
    path = z2m_log(tmp_path)
    home, found, _ = read(path)
    again, same, _ = read(path, Home.model_validate_json(home.model_dump_json()))
    assert (again, same) == (home, found)


def test_state_json_speaks_of_the_devices_of_its_log_by_their_addresses(tmp_path: Path) -> None:
    log, state = z2m_log(tmp_path), tmp_path / "state.json"
    state.write_text(json.dumps({DOOR: {"contact": True, "last_seen": "2024-01-01T09:00:00Z"}}))
    interpreter, tally = BridgeInterpreter(), Tally()
    home = guess([log, state], WORDS, interpreter=interpreter).home
    found = list(readings(state, home, tally, interpreter))
    assert [(r.device, r.value, r.live) for r in found] == [("hall_door", 0.0, False)]


SAID: list[Callable[[float], Line]] = [
    lambda at: (at, 0, "zigbee2mqtt/Kitchen lamp 1", '{"state":"ON","brightness":10}'),
    lambda at: (at, 0, "zigbee2mqtt/Kitchen lamp 1", '{"state":"OFF"}'),
    lambda at: (at, 0, "zigbee2mqtt/Kitchen lamp 1/set", '{"state":"OFF"}'),
    lambda at: (at, 0, "zigbee2mqtt/hall/valve/set", '{"occupied_heating_setpoint":20}'),
    lambda at: (at, 0, "zigbee2mqtt/hall/valve", '{"occupied_heating_setpoint":20}'),
    lambda at: (at, 0, "zigbee2mqtt/hall/door", '{"contact":true}'),
    lambda at: (at, 1, "zigbee2mqtt/hall/door", '{"contact":false}'),
    lambda at: (at, 0, "zigbee2mqtt/hall/door/availability", "online"),
    lambda at: (at, 0, "zigbee2mqtt/hall/door", "{nonsense"),
]
DAY = st.lists(st.tuples(st.integers(0, 300), st.sampled_from(SAID)), max_size=40)


@settings(max_examples=30, deadline=None)
@given(day=DAY, cut=st.integers(0, 300), overlap=st.integers(60, 200))
def test_overlapping_captures_give_the_same_journal_as_the_whole_and_twice_adds_nothing(
    tmp_path_factory: pytest.TempPathFactory, day: list[tuple[int, Callable[[float], Line]]], cut: int, overlap: int
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    lines = [said(10.0 + at) for at, said in sorted(day, key=lambda one: one[0])]
    whole = capture(folder, LIST_LINE, *lines, name="whole.txt")
    early = capture(folder, LIST_LINE, *(line for line in lines if line[0] <= 10 + cut), name="early.txt")
    late = capture(folder, LIST_LINE, *(line for line in lines if line[0] > 10 + cut - overlap), name="late.txt")
    interpreter = BridgeInterpreter()
    home = guess([whole], WORDS, interpreter=interpreter).home
    with Journal.in_memory() as one, Journal.in_memory() as two:
        list(take_in(one, [whole], home, BridgeInterpreter()))
        parts = [tally for _, tally in take_in(two, [early, late, early, late], home, BridgeInterpreter())]
        assert one.hash() == two.hash()
        assert sum(tally.taken for tally in parts[2:]) == 0
        for tally, path in zip(parts, [early, late] * 2, strict=True):
            assert adds_up(tally, path.read_bytes().count(b"\n"))


def test_import_shows_the_fate_of_every_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [LIST_LINE, (5, 0, "zigbee2mqtt/Kitchen lamp 1", '{"state":"ON","brightness":9}'), (6, 0, "a/b", "1")]
    path, out = capture(tmp_path, *lines), tmp_path / "home.db"
    for added, known in ((2, 0), (0, 2)):
        assert main(["import", str(path), "--out", str(out), "--quiet"]) == 0
        said = capsys.readouterr().out
        assert f"1 of 3 lines tell readings; 4 rows, {added} added, {known} known already" in said
        assert "left alone 1 rows: an announcement of devices (first in line 1)" in said
        assert "left alone 1 rows: nothing of a device that the home has (first in line 3)" in said
    with Journal.open(out) as journal:
        assert journal.home().device("kitchen_lamp_1").sets == {Kind.LIGHT}


def test_import_refuses_a_capture_without_times_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "home.txt"
    path.write_text(f"zigbee2mqtt/bridge/devices {LIST}\nzigbee2mqtt/hall/door {{}}\n")
    asked = ["import", str(path), "--out", str(tmp_path / "home.db"), "--quiet"]
    assert main(asked) == 1
    assert "say when it began with --started" in capsys.readouterr().err
    assert main([*asked, "--started", "yesterday"]) == 2
    assert main([*asked, "--started", "2024-01-31T08:00"]) == 0
