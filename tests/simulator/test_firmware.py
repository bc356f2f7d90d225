"""Claims about how simulated devices speak, checked against payloads that real ones are known to send."""

import itertools
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.home import Area, Device, Home, Kind, Light, Lock, LockState, Quantity, Reading, Setpoint, Setting, Target
from simulator.firmware import Asked, Firmware, Get, Spoken, Unlock
from simulator.firmware.discovery import LONG_NAMES, Style, style_of

Q = Quantity
AT = 1_768_282_200.0
LIGHT, CLIMATE, LOCK = ({Q.LIGHT_ON, Q.LIGHT_LEVEL}, {Q.SETPOINT, Q.TEMPERATURE, Q.HEATING, Q.BATTERY}, {Q.LOCK})

ZIGBEE = (
    ("lamp", LIGHT, {Kind.LIGHT}, "01"),
    ("spot", {Q.LIGHT_ON}, {Kind.LIGHT}, "02"),
    ("valve", CLIMATE, {Kind.SETPOINT}, "04"),
    ("tuya_valve", CLIMATE - {Q.HEATING}, {Kind.SETPOINT}, "07"),
    ("bolt", LOCK | {Q.BATTERY}, {Kind.LOCK}, "08"),
    ("motion", {Q.MOTION, Q.ILLUMINANCE, Q.BATTERY}, set(), "0a"),
    ("door", {Q.CONTACT}, set(), "0b"),
    ("climate", {Q.TEMPERATURE, Q.HUMIDITY, Q.CO2}, set(), "0c"),
    ("plug", {Q.SWITCH, Q.POWER}, set(), "0d"),
    ("button", {Q.ACTION}, set(), "0e"),
    ("blind", {Q.POSITION}, set(), "0f"),
)


def device(name: str, senses: set[Quantity], sets: set[Kind], address: str) -> Device:
    dimmable = Q.LIGHT_LEVEL in senses
    return Device(
        id=name, area="room", address=address, senses=frozenset(senses), sets=frozenset(sets), dimmable=dimmable
    )


def home_of(*devices: Device) -> Home:
    return Home(id="test", simulated=True, areas=(Area(id="room", name="Room"),), devices=devices)


HOME = home_of(
    *(device(name, senses, sets, f"zigbee2mqtt:0x00124b00aa0000{end}") for name, senses, sets, end in ZIGBEE)
)


def announcing(style: Style, name: str, senses: set[Quantity], sets: set[Kind]) -> Device:
    """A device that happens to write its discovery in this style."""
    made = (device(name, senses, sets, f"home_assistant:{name}_{number}") for number in itertools.count())
    return next(one for one in made if style_of(one) is style)


def announcing_home(style: Style) -> Home:
    return home_of(
        announcing(style, "lamp", LIGHT, {Kind.LIGHT}),
        announcing(style, "spot", {Q.LIGHT_ON}, {Kind.LIGHT}),
        announcing(style, "valve", CLIMATE, {Kind.SETPOINT}),
        announcing(style, "bolt", LOCK | {Q.BATTERY}, {Kind.LOCK}),
        announcing(style, "motion", {Q.MOTION, Q.CONTACT, Q.TEMPERATURE, Q.CO2}, set()),
    )


def spoken(firmware: Firmware, name: str, **values: float) -> dict[str, Any]:
    """Topic, without the beginning, and payload of all that these values of one device make it say."""
    said = firmware.say([Reading(device=name, quantity=Quantity(q), value=v, at=AT) for q, v in values.items()])
    return {message.topic.removeprefix("sim/test/"): _value(message.payload) for message in said}


def _value(payload: str) -> Any:
    try:
        return json.loads(payload)
    except ValueError:
        return payload


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("lamp", {"light_on": 1, "light_level": 0.5}, {"state": "ON", "brightness": 127}),
        ("lamp", {"light_on": 0, "light_level": 1}, {"state": "OFF", "brightness": 254}),
        ("lamp", {"light_on": math.nan}, {"state": None}),
        ("spot", {"light_on": 1}, {"state": "ON"}),
        (
            "valve",
            {"temperature": 20.35, "setpoint": 21, "heating": 1, "battery": 81.4},
            {
                "local_temperature": 20.35,
                "occupied_heating_setpoint": 21,
                "system_mode": "heat",
                "running_state": "heat",
                "battery": 81,
            },
        ),
        (
            "tuya_valve",
            {"temperature": 19.5, "setpoint": 20},
            {"local_temperature": 19.5, "current_heating_setpoint": 20, "system_mode": "heat"},
        ),
        ("bolt", {"lock": LockState.LOCKED}, {"state": "LOCK", "lock_state": "locked"}),
        ("bolt", {"lock": LockState.UNLOCKED}, {"state": "UNLOCK", "lock_state": "unlocked"}),
        ("bolt", {"lock": LockState.NOT_FULLY_LOCKED}, {"state": "LOCK", "lock_state": "not_fully_locked"}),
        ("bolt", {"lock": LockState.JAMMED}, {"state": "LOCK", "lock_state": "not_fully_locked"}),
        ("bolt", {"lock": math.nan}, {"state": None, "lock_state": None}),
        ("motion", {"motion": 1, "illuminance": 38.4}, {"occupancy": True, "illuminance": 38}),
        ("motion", {"battery": 97.3}, {"battery": 97}),
        ("motion", {"motion": 0}, {"occupancy": False}),
        ("door", {"contact": 1}, {"contact": False}),
        ("door", {"contact": 0}, {"contact": True}),
        ("door", {"contact": math.nan}, {"contact": None}),
        ("climate", {"temperature": 20.304, "humidity": 47.94}, {"temperature": 20.3, "humidity": 47.9}),
        ("climate", {"temperature": math.nan, "co2": 812.6}, {"temperature": None, "co2": 813}),
        ("plug", {"switch": 1, "power": 12.34}, {"state": "ON", "power": 12.3}),
        ("blind", {"position": 0.25}, {"position": 25}),
    ],
)  # fmt: skip
def test_a_zigbee_device_says_what_a_real_one_would(name: str, values: dict[str, float], says: dict[str, Any]) -> None:
    said = spoken(Firmware(HOME, "sim/test"), name, **values)
    assert list(said) == [f"zigbee2mqtt/room/{name}"]
    state = said[f"zigbee2mqtt/room/{name}"]
    assert {key: value for key, value in state.items() if key != "linkquality"} == says


def test_a_zigbee_state_is_whole_each_time_and_never_retained() -> None:
    firmware = Firmware(HOME, "sim/test")
    spoken(firmware, "lamp", light_level=0.2)
    said = firmware.say([Reading(device="lamp", quantity=Q.LIGHT_ON, value=1, at=AT)])
    assert json.loads(said[0].payload)["brightness"] == 51
    assert not said[0].retain


def test_a_button_is_an_event_that_is_said_once() -> None:
    firmware = Firmware(HOME, "sim/test")
    press = Reading(device="button", quantity=Q.ACTION, value=1, at=AT, text="single")
    assert json.loads(firmware.say([press])[0].payload)["action"] == "single"
    later = firmware.say([Reading(device="button", quantity=Q.BATTERY, value=90, at=AT)])
    assert "action" not in json.loads(later[0].payload)


def test_a_zigbee_bolt_says_nothing_until_it_rests_and_an_announcing_one_does() -> None:
    assert spoken(Firmware(HOME, "sim/test"), "bolt", lock=LockState.LOCKING) == {}
    for style in Style:
        said = spoken(Firmware(announcing_home(style), "sim/test"), "bolt", lock=LockState.LOCKING)
        assert "LOCKING" in json.dumps(said)


def test_what_one_device_says_at_one_time_is_one_message_and_order_is_kept() -> None:
    readings = [
        Reading(device="motion", quantity=Q.MOTION, value=1, at=AT),
        Reading(device="motion", quantity=Q.ILLUMINANCE, value=5, at=AT),
        Reading(device="door", quantity=Q.CONTACT, value=1, at=AT),
        Reading(device="motion", quantity=Q.MOTION, value=0, at=AT + 1),
    ]
    topics = [message.topic.rpartition("/")[2] for message in Firmware(HOME, "sim/test").say(readings)]
    assert topics == ["motion", "door", "motion"]


@pytest.mark.parametrize("home", [HOME, *map(announcing_home, Style)], ids=["zigbee", *(s.name for s in Style)])
def test_a_device_that_is_gone_says_so_retained_until_it_is_back(home: Home) -> None:
    firmware = Firmware(home, "sim/test")
    for value, word in ((0.0, "offline"), (1.0, "online")):
        said = firmware.say([Reading(device="lamp", quantity=Q.AVAILABLE, value=value, at=AT)])
        assert [(word in m.payload, m.retain, m.topic.endswith("lamp/availability")) for m in said] == [(True,) * 3]
        assert said[0] in firmware.announce()


JSON_STYLES, TILDE = (Style.DEVICE, Style.LONG), (Style.TILDE,)
DIMMED, CLIMATE_NOW = {"light_on": 1, "light_level": 0.5}, {"setpoint": 21, "temperature": 20.35, "heating": 0}
SENSED = {"motion": 1, "contact": 1, "temperature": math.nan, "co2": 500}

STATES: list[tuple[tuple[Style, ...], str, dict[str, float], dict[str, Any]]] = [
    ((Style.DEVICE,), "lamp", DIMMED, {"light": {"state": "ON", "brightness": 128}}),
    ((Style.LONG,), "lamp", DIMMED, {"light": {"state": "ON", "brightness": 127}}),
    (TILDE, "lamp", DIMMED, {"light": "ON", "brightness": 50}),
    (JSON_STYLES, "spot", {"light_on": 0}, {"light": {"state": "OFF"}}),
    (TILDE, "spot", {"light_on": 0}, {"light": "OFF"}),
    (
        JSON_STYLES,
        "valve",
        CLIMATE_NOW,
        {"state": {"target": 21, "mode": "heat", "current": 20.35, "action": "idle"}},
    ),
    (TILDE, "valve", CLIMATE_NOW, {"target": 21, "mode": "heat", "current": 20.35, "action": "idle"}),
    (JSON_STYLES, "motion", SENSED, {"state": {"motion": "ON", "contact": "ON", "temperature": None, "co2": 500}}),
    (TILDE, "motion", SENSED, {"motion": "ON", "contact": "ON", "temperature": "None", "co2": 500}),
    (JSON_STYLES, "bolt", {"lock": 1, "battery": 50}, {"state": {"lock": "LOCKED", "battery": 50}}),
    (TILDE, "bolt", {"lock": 1, "battery": 50}, {"lock": "LOCKED", "battery": 50}),
    (TILDE, "bolt", {"lock": LockState.JAMMED}, {"lock": "JAMMED"}),
]


@pytest.mark.parametrize(("styles", "name", "values", "says"), STATES)
def test_an_announcing_device_says_what_its_style_asks_and_the_broker_keeps_it(
    styles: tuple[Style, ...], name: str, values: dict[str, float], says: dict[str, Any]
) -> None:
    for style in styles:
        firmware = Firmware(announcing_home(style), "sim/test")
        assert spoken(firmware, name, **values) == {f"devices/{name}/{topic}": said for topic, said in says.items()}
        again = firmware.say([Reading(device=name, quantity=Q(key), value=v, at=AT) for key, v in values.items()])
        assert all(message.retain for message in again)


ZIGBEE_ASKED = [
    ("lamp/set", '{"state":"ON","brightness":180,"transition":2}', Light(True, 180 / 254)),
    ("lamp/set", '{"brightness":254}', Light(True, 1.0)),
    ("lamp/set", '{"state":"ON","brightness":"127"}', Light(True, 0.5)),
    ("lamp/set", '{"brightness":0}', Light(False)),
    ("lamp/set", '{"state":"OFF"}', Light(False)),
    ("lamp/set", "ON", Light(True)),
    ("lamp/set", "off", Light(False)),
    ("lamp/set", "TOGGLE", Light(True)),
    ("lamp/set/brightness", "127", Light(True, 0.5)),
    ("lamp/set/state", "OFF", Light(False)),
    ("valve/set", '{"occupied_heating_setpoint":21}', Setpoint(21.0)),
    ("valve/set", '{"occupied_heating_setpoint":"19.5"}', Setpoint(19.5)),
    ("valve/set/occupied_heating_setpoint", "19.5", Setpoint(19.5)),
    ("tuya_valve/set", '{"current_heating_setpoint":18.5}', Setpoint(18.5)),
    ("bolt/set", '{"state":"LOCK"}', Lock()),
    ("bolt/set", "LOCK", Lock()),
    ("bolt/set/state", "LOCK", Lock()),
]


@pytest.mark.parametrize(("topic", "payload", "setting"), ZIGBEE_ASKED)
def test_a_zigbee_device_hears_what_it_is_asked(topic: str, payload: str, setting: Setting) -> None:
    heard = Firmware(HOME, "sim/test").hear(f"sim/test/zigbee2mqtt/room/{topic}", payload.encode())
    assert isinstance(heard, Asked)
    assert heard.setting == setting
    assert heard.target.device == topic.partition("/")[0]


ANNOUNCED_ASKED = [
    (Style.DEVICE, "lamp/light/set", '{"state":"ON","brightness":51}', Light(True, 0.2)),
    (Style.LONG, "lamp/light/set", '{"state":"ON","brightness":127}', Light(True, 0.5)),
    (Style.LONG, "lamp/light/set", '{"state":"ON","brightness":0}', Light(True)),
    (Style.DEVICE, "lamp/light/set", '{"state":"OFF"}', Light(False)),
    (Style.TILDE, "lamp/light/set", "ON", Light(True)),
    (Style.TILDE, "lamp/light/set", "OFF", Light(False)),
    (Style.TILDE, "lamp/brightness/set", "20", Light(True, 0.2)),
    *((style, "valve/target/set", "20.5", Setpoint(20.5)) for style in Style),
    *((style, "bolt/lock/set", "LOCK", Lock()) for style in Style),
]


@pytest.mark.parametrize(("style", "topic", "payload", "setting"), ANNOUNCED_ASKED)
def test_an_announcing_device_hears_what_it_is_asked(style: Style, topic: str, payload: str, setting: Setting) -> None:
    heard = Firmware(announcing_home(style), "sim/test").hear(f"sim/test/devices/{topic}", payload.encode())
    assert isinstance(heard, Asked)
    assert heard.setting == setting


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        *(("zigbee2mqtt/room/bolt/set", text) for text in ("UNLOCK", "unlock", "TOGGLE", '{"state":"UNLOCK"}')),
        ("zigbee2mqtt/room/bolt/set/state", "UNLOCK"),
        ("zigbee2mqtt/room/bolt/set/command", "unlock"),
        ("zigbee2mqtt/room/bolt/set", '{"state":"LOCK","and":"UNLOCK"}'),
        ("zigbee2mqtt/room/bolt/set", '{"state":"Unlock","pin_code":{"user":1}}'),
    ],
)
def test_an_unlock_is_heard_as_what_must_be_counted(topic: str, payload: str) -> None:
    heard = Firmware(HOME, "sim/test").hear(f"sim/test/{topic}", payload.encode())
    alone = "LOCK" not in payload.upper().replace("UNLOCK", "")
    plain = alone and payload != "TOGGLE" and not topic.endswith("command")
    assert heard == Unlock(Target("bolt", Kind.LOCK), plain)


@pytest.mark.parametrize(
    ("style", "payload"), list(itertools.product(Style, ("UNLOCK", "OPEN", "unlock", '{"command":"UNLOCK"}')))
)
def test_an_announcing_lock_hears_an_unlock_as_what_must_be_counted(style: Style, payload: str) -> None:
    firmware = Firmware(announcing_home(style), "sim/test")
    heard = firmware.hear("sim/test/devices/bolt/lock/set", payload.encode())
    assert heard == Unlock(Target("bolt", Kind.LOCK), plain=payload.upper() == "UNLOCK")


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("lamp/set", "{}"),
        ("lamp/set", "BLINK"),
        ("lamp/set", '{"brightness":null}'),
        ("lamp/set", '{"brightness":NaN}'),
        ("lamp/set", "[1]"),
        ("valve/set", '{"occupied_heating_setpoint":true}'),
        ("valve/set", '{"current_heating_setpoint":20}'),
        ("valve/set", "1e999"),
        ("bolt/set", ""),
        ("motion/set", '{"occupancy":false}'),
        ("nobody/set", "ON"),
        ("lamp", "ON"),
        ("bridge/request/permit_join", "{}"),
    ],
)
def test_what_a_device_does_not_understand_asks_nothing(topic: str, payload: str) -> None:
    firmware = Firmware(HOME, "sim/test")
    base = "sim/test/zigbee2mqtt" if topic.startswith("bridge") else "sim/test/zigbee2mqtt/room"
    assert firmware.hear(f"{base}/{topic}", payload.encode()) is None


def test_a_get_asks_for_everything_a_device_knows() -> None:
    heard = Firmware(HOME, "sim/test").hear("sim/test/zigbee2mqtt/room/lamp/get", b'{"state":""}')
    assert heard == Get("lamp")


TOPICS = [f"sim/test/zigbee2mqtt/room/{name}/{tail}" for name, *_ in ZIGBEE for tail in ("set", "set/state", "get")]


@given(topic=st.sampled_from(TOPICS) | st.text(max_size=40), payload=st.binary(max_size=80))
def test_no_message_raises(topic: str, payload: bytes) -> None:
    heard = Firmware(HOME, "sim/test").hear(topic, payload)
    assert heard is None or isinstance(heard, Asked | Get | Unlock)


@given(level=st.floats(0.01, 1.0), style=st.sampled_from([None, *Style]))
def test_a_level_said_and_asked_again_is_the_same_within_a_step_of_the_scale(level: float, style: Style | None) -> None:
    firmware = Firmware(HOME if style is None else announcing_home(style), "sim/test")
    topic = {None: "zigbee2mqtt/room/lamp", Style.TILDE: "devices/lamp/brightness"}.get(style, "devices/lamp/light")
    state = spoken(firmware, "lamp", light_on=1, light_level=level)[topic]
    heard = firmware.hear(f"sim/test/{topic}/set", json.dumps(state).encode())
    assert isinstance(heard, Asked)
    assert isinstance(heard.setting, Light)
    assert heard.setting.level is not None
    assert abs(heard.setting.level - level) <= 0.5 / (100 if style is Style.TILDE else 254) + 1e-9


@pytest.mark.parametrize("style", Style)
def test_every_topic_that_discovery_names_is_one_the_device_speaks_or_listens_on(style: Style) -> None:
    home = announcing_home(style)
    firmware = Firmware(home, "sim/test")
    speaks = {message.topic for message in firmware.announce()}
    for one in home.devices:
        speaks |= {
            m.topic for m in firmware.say([Reading(device=one.id, quantity=q, value=1, at=AT) for q in one.senses])
        }
    named = {topic for message in firmware.announce() for topic in _topics_in(message)}
    assert len(named) > 10
    assert named <= speaks | set(firmware.subscriptions())
    assert set(firmware.subscriptions()) <= named


def _topics_in(message: Spoken) -> list[str]:
    if not message.topic.endswith("/config"):
        return []
    config = json.loads(message.payload)
    parts = [config, *config.get("cmps", {}).values(), *config.get("availability", [])]
    found = [v for part in parts for k, v in part.items() if k == "t" or k.endswith(("_t", "topic"))]
    return [topic.replace("~", config.get("~", "")) for topic in found]


def test_the_three_styles_differ_in_form_and_agree_in_meaning() -> None:
    long_name = LONG_NAMES
    forms: dict[Style, set[str]] = {}
    for style in Style:
        configs = [m for m in Firmware(announcing_home(style), "sim/test").announce() if m.topic.endswith("/config")]
        assert all(message.retain for message in configs)
        forms[style] = {message.topic.split("/")[3] for message in configs}
        keys = {key for message in configs for key in json.loads(message.payload)}
        assert ("~" in keys) == (style is Style.TILDE)
        assert bool(keys & set(long_name)) == (style is not Style.LONG)
    assert forms[Style.DEVICE] == {"device"}
    assert forms[Style.TILDE] == forms[Style.LONG] == {"light", "climate", "lock", "sensor", "binary_sensor"}


def test_the_bridge_is_announced_as_zigbee2mqtt_does_and_leaves_a_will() -> None:
    firmware = Firmware(HOME, "sim/test")
    said = {message.topic.removeprefix("sim/test/zigbee2mqtt/"): message for message in firmware.announce()}
    assert all(message.retain for message in said.values())
    assert json.loads(said["bridge/state"].payload) == {"state": "online"}
    assert json.loads(said["bridge/info"].payload)["config"]["advanced"]["output"] == "json"
    assert firmware.will == Spoken("sim/test/zigbee2mqtt/bridge/state", '{"state":"offline"}', True)
    devices = json.loads(said["bridge/devices"].payload)
    assert devices[0]["type"] == "Coordinator"
    lamp = next(one for one in devices if one["friendly_name"] == "room/lamp")
    assert lamp["ieee_address"] == "0x00124b00aa000001"
    brightness = lamp["definition"]["exposes"][0]["features"][1]
    assert (brightness["value_max"], brightness["access"]) == (254, 7)


def test_every_state_key_of_a_zigbee_device_is_one_it_exposes() -> None:
    firmware = Firmware(HOME, "sim/test")
    listed = next(m for m in firmware.announce() if m.topic.endswith("bridge/devices"))
    for described in json.loads(listed.payload)[1:]:
        exposed = set()
        for expose in described["definition"]["exposes"]:
            exposed |= {feature["property"] for feature in expose.get("features", [expose])}
        name = described["friendly_name"].removeprefix("room/")
        senses = HOME.by_id[name].senses
        said = firmware.say([Reading(device=name, quantity=q, value=1, at=AT, text="single") for q in senses])
        assert set(json.loads(said[-1].payload)) <= exposed, name
        assert len(exposed) > 1


@pytest.mark.parametrize("address", ["", "matter:1", "zigbee2mqtt"])
def test_a_device_that_no_firmware_speaks_for_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="expected an address"):
        Firmware(home_of(device("odd", {Q.MOTION}, set(), address)), "sim/test")


def test_two_devices_of_one_address_are_refused() -> None:
    twins = (device(name, {Q.MOTION}, set(), "zigbee2mqtt:0x1") for name in ("one", "two"))
    with pytest.raises(ValueError, match="address of its own"):
        Firmware(home_of(*twins), "sim/test")
