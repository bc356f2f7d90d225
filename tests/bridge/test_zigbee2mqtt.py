"""Zigbee2MQTT is understood as it really behaves: renamed, restarted, offline, one topic for each attribute."""

import json
from typing import Any

import pytest

from homectl.bridge.dialects.announced import Heard
from homectl.bridge.dialects.zigbee2mqtt import Zigbee2Mqtt
from homectl.bridge.messages import Message
from homectl.home import Light, MessageError, Quantity

STATE = {"type": "binary", "name": "state", "property": "state", "access": 7, "value_on": "ON", "value_off": "OFF"}
LAMP = "zigbee2mqtt:0x00124b00aa000001"


def entry(name: str = "room/lamp", ieee: str = "0x00124b00aa000001", **more: Any) -> dict[str, Any]:
    definition = {"vendor": "Acme", "model": "LAMP", "exposes": [{"type": "light", "features": [STATE]}]}
    return {"ieee_address": ieee, "friendly_name": name, "type": "Router", "definition": definition} | more


def message(topic: str, payload: Any, *, retain: bool = False) -> Message:
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return Message(f"zigbee2mqtt/{topic}", text.encode(), retain)


def hear(dialect: Zigbee2Mqtt, topic: str, payload: Any, *, retain: bool = False, at: float = 100.0) -> Heard:
    heard = dialect.decode(message(topic, payload, retain=retain), at)
    assert heard is not None
    return heard


def bridge(*entries: dict[str, Any], **options: Any) -> Zigbee2Mqtt:
    dialect = Zigbee2Mqtt(**options)
    hear(dialect, "bridge/devices", list(entries or [entry()]), retain=True)
    return dialect


def test_a_renamed_device_keeps_its_address() -> None:
    dialect = bridge()
    heard = hear(dialect, "bridge/devices", [entry("other/name")])
    assert [one.address for one in heard.announced] == [LAMP]
    assert heard.gone == []
    assert dialect.decode(message("room/lamp", {"state": "ON"}), 1.0) is None
    assert hear(dialect, "other/name", {"state": "ON"}).readings[0].value == 1
    assert dialect.encode(LAMP, Light(True))[0].topic == "zigbee2mqtt/other/name/set"


def test_a_removed_device_is_gone_and_no_longer_commanded() -> None:
    dialect = bridge()
    assert hear(dialect, "bridge/devices", []).gone == [LAMP]
    assert dialect.encode(LAMP, Light(True)) == dialect.ask(LAMP) == []


@pytest.mark.parametrize(
    "more",
    [
        {"type": "Coordinator"},
        {"disabled": True},
        {"definition": None},
        {"interview_completed": False},
        {"interview_state": "IN_PROGRESS"},
        {"ieee_address": 5},
        {"friendly_name": None},
    ],
)
def test_devices_that_are_not_ready_are_skipped(more: dict[str, Any]) -> None:
    assert hear(Zigbee2Mqtt(), "bridge/devices", [entry() | more, entry(ieee="0x2", name="b")]).announced[0].name == "b"


@pytest.mark.parametrize(
    "name",
    ["", "#", "a/+", "bridge", "bridge/request/restart", "lamp/set", "lamp/get", "lamp/availability", "a//b", "x\0"],
)
def test_a_name_that_is_a_topic_of_another_kind_is_not_understood(name: str) -> None:
    heard = hear(Zigbee2Mqtt(), "bridge/devices", [entry(name)])
    assert heard.announced == []
    assert heard.counters["devices not understood"] == 1


def test_two_devices_cannot_have_one_name_or_one_address() -> None:
    heard = hear(Zigbee2Mqtt(), "bridge/devices", [entry(), entry(ieee="0x2"), entry("b")])
    assert [one.address for one in heard.announced] == [LAMP]
    assert heard.counters["devices announced twice"] == 2


def test_strangers_do_not_crowd_out_the_devices_of_the_home() -> None:
    dialect = Zigbee2Mqtt(limit=2)
    dialect.expect([LAMP], lambda _topic: False)
    heard = hear(dialect, "bridge/devices", [entry(f"s{i}", f"0x{i}") for i in range(2, 9)] + [entry()])
    assert [one.address for one in heard.announced] == ["zigbee2mqtt:0x2", "zigbee2mqtt:0x3", LAMP]
    assert heard.counters["devices over the limit"] == 5


def test_what_is_retained_is_not_live() -> None:
    dialect = bridge()
    assert [r.live for r in hear(dialect, "room/lamp", {"state": "ON"}, retain=True).readings] == [False]
    assert [r.live for r in hear(dialect, "room/lamp", {"state": "ON"}).readings] == [True]


def test_what_is_repeated_from_the_cache_after_a_restart_is_not_live() -> None:
    dialect = bridge(settle=10.0)
    hear(dialect, "bridge/state", {"state": "offline"}, at=90)
    hear(dialect, "bridge/state", {"state": "online"}, at=100)
    assert [r.live for r in hear(dialect, "room/lamp", {"state": "ON"}, at=101).readings] == [False]
    assert [r.live for r in hear(dialect, "room/lamp", {"state": "OFF"}, at=102).readings] == [True]
    hear(dialect, "bridge/state", {"state": "online"}, at=200)
    assert [r.live for r in hear(dialect, "room/lamp", {"state": "ON"}, at=211).readings] == [True]


def test_what_is_repeated_half_a_minute_after_home_assistant_starts_is_not_live() -> None:
    dialect = bridge()
    assert dialect.decode(Message("homeassistant/status", b"online"), 100.0) is None
    for at, live in ((105, True), (130, False), (131, True), (180, True)):
        assert [r.live for r in hear(dialect, "room/lamp", {"state": "ON"}, at=at).readings] == [live], at


def test_a_device_announced_while_its_bridge_is_offline_is_unreachable() -> None:
    dialect = Zigbee2Mqtt()
    hear(dialect, "bridge/state", "offline", retain=True)
    (reading,) = hear(dialect, "bridge/devices", [entry()], retain=True).readings
    assert (reading.quantity, reading.value) == (Quantity.AVAILABLE, 0.0)


@pytest.mark.parametrize("form", ["online", {"state": "online"}])
@pytest.mark.parametrize("gone", ["offline", {"state": "offline"}])
def test_a_device_is_unreachable_while_it_or_its_bridge_is(form: Any, gone: Any) -> None:
    dialect = bridge()
    for topic, payload, reachable in (
        ("bridge/state", gone, 0.0),
        ("bridge/state", form, 1.0),
        ("room/lamp/availability", gone, 0.0),
        ("room/lamp/availability", form, 1.0),
    ):
        (reading,) = hear(dialect, topic, payload).readings
        assert (reading.quantity, reading.value, reading.live) == (Quantity.AVAILABLE, reachable, False)


def test_attribute_output_is_understood_once_the_bridge_says_so() -> None:
    dialect = bridge()
    assert dialect.decode(message("room/lamp/state", "ON"), 1.0) is None
    hear(dialect, "bridge/info", {"config": {"advanced": {"output": "attribute"}}})
    assert "zigbee2mqtt/room/lamp/state" in dialect.topics(LAMP)
    assert hear(dialect, "room/lamp/state", "ON").readings[0].value == 1


def test_an_action_is_an_event_once_and_never_from_the_past() -> None:
    action = {"type": "enum", "name": "action", "property": "action", "access": 1}
    remote = entry(definition={"exposes": [action]})
    dialect = bridge(remote)
    (event,) = hear(dialect, "room/lamp", {"action": "single"}).readings
    assert (event.quantity, event.value, event.text) == (Quantity.ACTION, 1.0, "single")
    assert hear(dialect, "room/lamp", {"action": ""}).readings == []
    assert hear(dialect, "room/lamp", {"action": None}).readings == []
    assert hear(dialect, "room/lamp", {"action": "single"}, retain=True).readings == []


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("bridge/devices", {}),
        ("bridge/devices", "["),
        ("room/lamp", []),
        ("room/lamp", "ON"),
        ("room/lamp", "x" * 20_000),
    ],
)
def test_nonsense_is_a_message_error(topic: str, payload: Any) -> None:
    with pytest.raises(MessageError):
        bridge().decode(message(topic, payload), 1.0)


def test_other_topics_are_nobodys() -> None:
    dialect = bridge()
    for topic in ("bridge/logging", "room/lamp/set", "room/lamp/get", "unknown", "bridge/response/permit_join"):
        assert dialect.decode(message(topic, {"state": "ON"}), 1.0) is None
    assert dialect.owns("zigbee2mqtt/anything")
    assert not dialect.owns("zigbee2mqtt2/room")
