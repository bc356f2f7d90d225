"""The directory joins a home with what is announced, survives whatever is said, and sends nothing that it must not."""

import json
import lzma
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from homectl.bridge.dialects.announced import Dialect
from homectl.bridge.dialects.home_assistant import HomeAssistant
from homectl.bridge.dialects.zigbee2mqtt import Zigbee2Mqtt
from homectl.bridge.directory import Directory, dialects_of
from homectl.bridge.messages import Message
from homectl.bridge.settings import BridgeSettings
from homectl.home import (
    Area,
    ConfigError,
    Device,
    DeviceUnknown,
    Home,
    Kind,
    Light,
    Lock,
    Quantity,
    Setpoint,
    Setting,
    Target,
    Unlock,
)

DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "zigbee"
WIRE = Path(__file__).parents[1] / "wire"
LAMP, VALVE, PLUG = "zigbee2mqtt:0x1", "zigbee2mqtt:0x2", "zigbee2mqtt:0x3"


def feature(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "numeric", "name": name, "property": name, "access": 7} | more


STATE = feature("state", type="binary", value_on="ON", value_off="OFF")
BOLT = STATE | {"value_on": "LOCK", "value_off": "UNLOCK"}
CLIMATE = [feature("occupied_heating_setpoint", value_min=7, value_max=28), feature("local_temperature")]
EXPOSES: dict[str, list[dict[str, Any]]] = {
    "0x1": [{"type": "light", "features": [STATE, feature("brightness", value_max=254)]}],
    "0x2": [{"type": "climate", "features": CLIMATE}],
    "0x3": [{"type": "switch", "features": [STATE]}, feature("power", unit="W")],
    "0x4": [{"type": "lock", "features": [BOLT]}],
}
DEVICES = [{"ieee_address": k, "friendly_name": f"d/{k}", "definition": {"exposes": e}} for k, e in EXPOSES.items()]
HA_LAMP = {
    "stat_t": "a/l",
    "cmd_t": "a/l/set",
    "schema": "json",
    "brightness": True,
    "dev": {"ids": ["d1"], "name": "L"},
}


def home(*devices: Device) -> Home:
    return Home(id="h", areas=(Area(id="room"),), devices=devices)


def placed(address: str = LAMP, **more: Any) -> Device:
    return Device(**({"id": "it", "area": "room", "address": address} | more))


def message(topic: str, payload: Any, *, retain: bool = False) -> Message:
    return Message(topic, (payload if isinstance(payload, str) else json.dumps(payload)).encode(), retain)


def directory(*devices: Device, dialects: tuple[Dialect, ...] | None = None) -> Directory:
    made = Directory(home(*devices), dialects or dialects_of(BridgeSettings()))
    made.take(message("zigbee2mqtt/bridge/devices", DEVICES, retain=True), 1.0)
    made.take(message("homeassistant/light/d1/l/config", HA_LAMP, retain=True), 1.0)
    return made


def test_a_device_that_declares_nothing_can_do_what_it_says() -> None:
    device = directory(placed()).home.device("it")
    assert (device.senses, device.sets) == ({Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL}, {Kind.LIGHT})
    assert device.dimmable


def test_what_the_home_declares_limits_what_a_device_says() -> None:
    it = placed(VALVE, senses=[Quantity.SETPOINT, Quantity.CO2], coolest=10, warmest=40, battery=True)
    device = directory(it).home.device("it")
    assert (device.senses, device.sets) == ({Quantity.SETPOINT}, {Kind.SETPOINT})
    assert (device.coolest, device.warmest, device.battery) == (10, 28, True)
    assert directory(placed(VALVE)).home.device("it").coolest == 7
    assert directory(placed(LAMP, sets=[Kind.LOCK])).home.targets == ()


def test_a_relay_is_a_lamp_only_if_the_home_says_so() -> None:
    plug, lamp = directory(placed(PLUG)), directory(placed(PLUG, sets=[Kind.LIGHT]))
    said = message("zigbee2mqtt/d/0x3", {"state": "ON"})
    assert [r.quantity for r in plug.take(said, 2.0)] == [Quantity.SWITCH]
    assert [r.quantity for r in lamp.take(said, 2.0)] == [Quantity.LIGHT_ON]
    assert plug.encode(Target("it", Kind.LIGHT), Light(True)) == []
    assert lamp.encode(Target("it", Kind.LIGHT), Light(True, 0.5))[0].payload == b'{"state": "ON"}'
    assert not lamp.home.device("it").dimmable


def test_a_device_nobody_placed_is_pending_and_neither_heard_nor_commanded() -> None:
    made = directory(placed(VALVE), Device(id="known", address=LAMP))
    assert sorted(made.pending) == ["home_assistant:d1", LAMP, PLUG, "zigbee2mqtt:0x4"]
    assert made.take(message("zigbee2mqtt/d/0x3", {"state": "ON"}), 2.0) == []
    assert made.encode(Target("known", Kind.LIGHT), Light(True)) == []
    assert made.ask(Target("known", Kind.LIGHT)) == []
    assert not any("d/0x3" in topic or "a/l" in topic for topic in made.subscriptions())


def test_topics_grow_as_placed_devices_appear_and_hold_no_wildcard_but_for_discovery() -> None:
    made = Directory(home(placed(), placed("home_assistant:d1", id="other")), dialects_of(BridgeSettings()))
    before = made.subscriptions()
    made.take(message("zigbee2mqtt/bridge/devices", DEVICES), 1.0)
    made.take(message("homeassistant/light/d1/l/config", HA_LAMP), 1.0)
    grown = set(made.subscriptions()) - set(before)
    assert grown == {"zigbee2mqtt/d/0x1", "zigbee2mqtt/d/0x1/availability", "a/l"}
    wild = {topic for topic in made.subscriptions() if "+" in topic or "#" in topic}
    assert wild == {"homeassistant/+/+/config", "homeassistant/+/+/+/config"}


def test_topics_follow_a_device_that_moves() -> None:
    made = directory(placed(), placed("home_assistant:d1", id="other"))
    assert {"zigbee2mqtt/d/0x1", "a/l"} <= set(made.subscriptions())
    made.take(message("zigbee2mqtt/bridge/devices", [DEVICES[0] | {"friendly_name": "new"}]), 2.0)
    made.take(message("homeassistant/light/d1/l/config", HA_LAMP | {"stat_t": "a/new", "avty_t": "a/here"}), 2.0)
    assert {"zigbee2mqtt/new", "a/new", "a/here"} <= set(made.subscriptions())
    assert not {"zigbee2mqtt/d/0x1", "a/l"} & set(made.subscriptions())
    made.take(message("zigbee2mqtt/bridge/info", {"config": {"advanced": {"output": "attribute"}}}), 2.0)
    assert "zigbee2mqtt/new/state" in made.subscriptions()


@pytest.mark.parametrize("zigbee_first", [True, False])
def test_a_lamp_announced_twice_is_one_lamp(zigbee_first: bool) -> None:
    topic = "zigbee2mqtt/d/0x1"
    again = {"stat_t": topic, "cmd_t": topic + "/set", "schema": "json", "dev": {"ids": ["zigbee2mqtt_0x1"]}}
    said = [message("zigbee2mqtt/bridge/devices", DEVICES[:1]), message("homeassistant/light/0x1/light/config", again)]
    made = Directory(home(), dialects_of(BridgeSettings()))
    for one in said if zigbee_first else reversed(said):
        made.take(one, 1.0)
    assert list(made.pending) == [LAMP]


def test_a_device_that_leaves_is_unreachable_until_it_returns() -> None:
    made = directory(placed())
    (gone,) = made.take(message("zigbee2mqtt/bridge/devices", []), 2.0)
    assert (gone.device, gone.quantity, gone.value, gone.live) == ("it", Quantity.AVAILABLE, 0.0, False)
    assert made.home.targets == (Target("it", Kind.LIGHT),)
    assert made.encode(Target("it", Kind.LIGHT), Light(True)) == []
    assert set(made.pending) == {"home_assistant:d1"}
    (back,) = made.take(message("zigbee2mqtt/bridge/devices", DEVICES), 3.0)
    assert (back.quantity, back.value) == (Quantity.AVAILABLE, 1.0)
    assert made.encode(Target("it", Kind.LIGHT), Light(True))


@pytest.mark.parametrize(
    ("target", "setting"),
    [
        (Target("it", Kind.LIGHT), Setpoint(20.0)),
        (Target("it", Kind.SETPOINT), Setpoint(20.0)),
        (Target("it", Kind.LOCK), Lock()),
        (Target("it", Kind.LIGHT), Light(True, float("nan"))),
    ],
)
def test_what_a_device_cannot_do_is_not_sent(target: Target, setting: Setting) -> None:
    assert directory(placed()).encode(target, setting) == []


def test_a_device_that_does_not_exist_is_named() -> None:
    with pytest.raises(DeviceUnknown, match=r"'other'.*Known: it"):
        directory(placed()).encode(Target("other", Kind.LIGHT), Light(True))


def test_one_address_is_one_device() -> None:
    with pytest.raises(ConfigError, match="a and b"):
        Directory(home(placed(id="a"), placed(id="b")), ())


@pytest.mark.parametrize("word", ["unLock", "OPEN", "unlatch"])
def test_a_lamp_whose_word_for_on_could_open_a_lock_is_not_commanded(word: str) -> None:
    made = directory(placed())
    thief = DEVICES[0] | {"definition": {"exposes": [{"type": "light", "features": [STATE | {"value_on": word}]}]}}
    made.take(message("zigbee2mqtt/bridge/devices", [thief]), 2.0)
    assert made.encode(Target("it", Kind.LIGHT), Light(True)) == []
    assert made.encode(Target("it", Kind.LIGHT), Light(False)) != []


@pytest.mark.parametrize(("declared", "unlocks"), [({}, True), ({"unlocks": True}, True), ({"unlocks": False}, False)])
def test_a_lock_is_unlocked_where_it_can_be_and_the_household_lets_it(declared: dict[str, Any], unlocks: bool) -> None:
    made = directory(placed("zigbee2mqtt:0x4", **declared))
    bolt = Target("it", Kind.LOCK)
    assert made.home.device("it").unlocks is unlocks
    assert [one.payload for one in made.encode(bolt, Unlock())] == [b'{"state": "UNLOCK"}'] * unlocks
    assert [one.payload for one in made.encode(bolt, Lock())] == [b'{"state": "LOCK"}']


def test_a_lock_that_says_nothing_of_unlocking_is_only_locked() -> None:
    made = directory(placed("zigbee2mqtt:0x4"))
    mute = DEVICES[3] | {"definition": {"exposes": [{"type": "lock", "features": [STATE | {"value_on": "LOCK"}]}]}}
    made.take(message("zigbee2mqtt/bridge/devices", [mute]), 2.0)
    assert not made.home.device("it").unlocks
    assert made.encode(Target("it", Kind.LOCK), Unlock()) == []
    assert made.encode(Target("it", Kind.LOCK), Lock()) != []


@pytest.mark.parametrize("address", [LAMP, VALVE])
def test_nothing_but_a_lock_is_unlocked(address: str) -> None:
    made = directory(placed(address))
    for kind in Kind:
        assert made.encode(Target("it", kind), Unlock()) == []


def test_what_cannot_be_true_is_not_known() -> None:
    made = directory(placed(VALVE))
    (reading,) = made.take(message("zigbee2mqtt/d/0x2", {"local_temperature": 400}), 2.0)
    assert reading.value != reading.value
    assert made.counters["values not plausible"] == 1


def test_a_message_that_makes_no_sense_costs_a_counter() -> None:
    made = directory(placed())
    assert made.take(message("zigbee2mqtt/d/0x1", "{"), 2.0) == []
    assert made.counters["messages not understood"] == 1
    assert made.take(message("nobody/knows", "{"), 2.0) == []


def test_a_home_may_have_several_bridges_or_none() -> None:
    settings = BridgeSettings(zigbee2mqtt=("up", "down"), home_assistant=None)
    made = Directory(home(placed()), dialects_of(settings))
    made.take(message("down/bridge/devices", DEVICES), 1.0)
    assert made.encode(Target("it", Kind.LIGHT), Light(True))[0].topic == "down/d/0x1/set"
    assert Directory(home(), dialects_of(BridgeSettings(zigbee2mqtt=(), home_assistant=None))).subscriptions() == ()


def test_ten_thousand_malformed_messages_raise_nothing_and_the_next_good_one_is_understood() -> None:
    chance = random.Random(7)
    devices = {json.loads(file.read_text(encoding="utf-8"))["devices"][0]["address"] for file in WIRE.glob("*.json")}
    others = [placed(address, id=f"other_{n}") for n, address in enumerate(sorted(devices))]
    made = directory(placed(), placed("home_assistant:d1", id="other"), *others)
    good = [
        message("zigbee2mqtt/bridge/devices", DEVICES),
        message("homeassistant/light/d1/l/config", HA_LAMP),
        message("zigbee2mqtt/d/0x1", {"state": "ON", "brightness": 127}),
        message("zigbee2mqtt/d/0x1/availability", {"state": "online"}),
        message("zigbee2mqtt/bridge/state", "online"),
        message("zigbee2mqtt/bridge/info", {"config": {"advanced": {"output": "json"}}}),
        message("a/l", {"state": "ON", "brightness": 255}),
    ]
    recorded = list(everything_recorded())
    for number in range(10_000):
        made.take(broken(chance.choice(good if number % 2 else recorded), chance), 2.0)
        if number % 10 == 0:
            everything_said_is_in_order(made)
        if number % 100 == 0:
            for one in (good[0], good[1], good[5]):
                made.take(one, 2.0)
            assert [r.value for r in made.take(good[2], 2.0)] == [1.0, 0.5]
            assert [r.value for r in made.take(good[6], 2.0)] == [1.0, 1.0]
    assert made.counters["messages that failed"] == 0
    assert made.counters["messages not understood"] > 1000
    assert len(made.counters) < 20


def everything_said_is_in_order(made: Directory) -> None:
    """Whatever was announced: what is sent is never retained, has no wildcard, and opens nothing."""
    for target in made.home.targets:
        for setting in (Light(True, 0.3), Light(False), Setpoint(20.0), Lock()):
            for sent in (*made.encode(target, setting), *made.ask(target)):
                assert not sent.retain
                assert not {"+", "#"} & set(sent.topic)
                assert b"unlock" not in sent.payload.lower()
        opening = made.encode(target, Unlock())
        assert len(opening) <= (target.kind is Kind.LOCK and made.home.device(target.device).unlocks)
        for sent in opening:
            assert (sent.retain, sent.qos) == (False, 0)
            assert not {"+", "#"} & set(sent.topic)
            assert b"unlock" in sent.payload.lower()
    assert len(made.subscriptions()) < 100


def everything_recorded() -> Iterator[Message]:
    """Every announcement and every state of the recorded cases."""
    for file in sorted(WIRE.glob("*.json")):
        case = json.loads(file.read_text(encoding="utf-8"))
        yield from (message(one["topic"], one["payload"]) for one in (*case["announced"], *case["says"]))


def broken(good: Message, chance: random.Random) -> Message:
    """A message with a few bytes lost, changed or put in, or with one of its JSON values replaced."""
    payload = bytearray(good.payload)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(payload) + 1)
        scraps = [
            b"",
            b"{",
            b"]",
            b'"',
            b"null",
            b"1e999",
            b"-1",
            b"\xff",
            b'{"a":[1]}',
            b"#",
            b"[" * 20,
            b"\\ud800",
            b"0" * 40,
        ]
        payload[start : start + chance.choice([0, 1, 2, 8, 60])] = chance.choice(scraps)
    if chance.random() < 0.5:
        try:
            payload = bytearray(json.dumps(swapped(json.loads(good.payload), chance)).encode())
        except ValueError:
            payload += b"{"
    return Message(good.topic, bytes(payload), chance.random() < 0.5)


def swapped(value: Any, chance: random.Random) -> Any:
    """The same shape with something else somewhere inside."""
    if chance.random() < 0.15 or not isinstance(value, dict | list) or not value:
        return chance.choice(
            [None, True, -1, 1e300, 10**30, "", "x", "UNLOCK", [], {}, [[1]], {"name": {}}, "\ud800", "#/+"]
        )
    if isinstance(value, list):
        place = chance.randrange(len(value))
        return [swapped(one, chance) if n == place else one for n, one in enumerate(value)]
    key = chance.choice(list(value))
    return {k: swapped(one, chance) if k == key else one for k, one in value.items()}


def lines(name: str) -> Iterator[dict[str, Any]]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name}: the recorded devices are not on this machine")
    with lzma.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def test_every_real_device_is_taken_and_can_do_what_it_exposes() -> None:
    expected: Counter[str] = Counter()
    found: Counter[str] = Counter()
    made = Directory(home(), [Zigbee2Mqtt()])
    number = 0
    for entry in lines("z2m-bridge-devices.dev.jsonl.xz"):
        number += 1
        kinds = {e["type"] for e in entry["definition"]["exposes"]} & {"light", "climate", "lock"}
        expected.update(kinds)
        made.take(message("zigbee2mqtt/bridge/devices", [entry]), 1.0)
        assert made.pending, entry["friendly_name"]
        can = {kind for one in made.pending.values() for kind in one.kinds}
        found.update(can & {"light", "climate", "lock"})
        assert kinds <= can, entry["definition"]["model"]
    assert number == 3635
    assert found == expected
    assert not made.counters


def test_every_real_discovery_message_is_taken_as_another_producers() -> None:
    made = Directory(home(), [HomeAssistant(limit=10_000)])
    expected: Counter[str] = Counter()
    number = 0
    for line in lines("z2m-ha-discovery.dev.jsonl.xz"):
        number += 1
        platform = line["topic"].split("/")[1]
        expected[platform] += platform in ("light", "climate", "lock")
        made.take(message(line["topic"], line["payload"], retain=True), 1.0)
    found = Counter(kind for one in made.pending.values() for kind in one.kinds)
    assert number == 23_843
    assert {k: found[k] for k in ("light", "climate", "lock")} == {k: n for k, n in expected.items() if n}
    assert set(made.counters) <= {"announcements out of place"}


def test_no_real_device_appears_twice_when_both_ways_of_announcing_are_heard() -> None:
    made = Directory(home(), dialects_of(BridgeSettings()))
    for number, line in enumerate(lines("z2m-ha-discovery.dev.jsonl.xz")):
        if number % 4 == 0:
            made.take(message(line["topic"], line["payload"], retain=True), 1.0)
    assert made.pending == {}
