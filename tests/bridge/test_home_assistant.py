"""Home Assistant's discovery is understood from every producer, and believed no further than it must be."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.bridge.dialects.announced import Heard
from homectl.bridge.dialects.home_assistant import CROWD, MOST_TOPICS, HomeAssistant
from homectl.bridge.messages import Message
from homectl.home import Kind, Light, Lock, MessageError, Quantity, Setpoint, Unlock

DEVICE = {"ids": ["d1"], "name": "Thing"}
LIGHT = {"uniq_id": "l", "schema": "json", "stat_t": "a/l", "cmd_t": "a/l/set", "dev": DEVICE}
LOCK = {"uniq_id": "k", "stat_t": "a/k", "cmd_t": "a/k/set", "dev": DEVICE}
TEMPERATURE = {"uniq_id": "t", "stat_t": "a/t", "dev_cla": "temperature", "unit_of_meas": "°C", "dev": DEVICE}


def nobody(_topic: str) -> bool:
    return False


def hear(dialect: HomeAssistant, topic: str, payload: Any, *, retain: bool = False) -> Heard:
    text = payload if isinstance(payload, str) else json.dumps(payload)
    heard = dialect.decode(Message(topic, text.encode(), retain), 100.0)
    assert heard is not None
    return heard


def announce(dialect: HomeAssistant, place: str, payload: Any) -> Heard:
    return hear(dialect, f"homeassistant/{place}/config", payload, retain=True)


def sets(heard: Heard) -> dict[str, set[Kind]]:
    return {one.address: set(one.sets) for one in heard.announced}


def test_a_device_grows_by_its_components_and_shrinks_without_them() -> None:
    dialect = HomeAssistant()
    announce(dialect, "light/d1/l", LIGHT)
    (found,) = announce(dialect, "sensor/d1/t", TEMPERATURE).announced
    assert found.senses == {Quantity.LIGHT_ON, Quantity.TEMPERATURE}
    (found,) = announce(dialect, "light/d1/l", "").announced
    assert found.senses == {Quantity.TEMPERATURE}
    assert announce(dialect, "sensor/d1/t", "").gone == ["home_assistant:d1"]
    assert dialect.topics("home_assistant:d1") == ()
    assert dialect.decode(Message("a/t", b"20"), 1.0) is None


def test_the_same_announcement_twice_is_no_news() -> None:
    dialect = HomeAssistant()
    announce(dialect, "light/d1/l", LIGHT)
    heard = announce(dialect, "light/d1/l", LIGHT)
    assert (heard.announced, heard.gone) == ([], [])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_lamps_alike_get_an_address_each_whatever_the_order(order: tuple[int, int]) -> None:
    dialect = HomeAssistant()
    for number in order:
        lamp = LIGHT | {"uniq_id": f"l{number}", "stat_t": f"a/{number}", "cmd_t": f"a/{number}/set"}
        announce(dialect, f"light/d1/l{number}", lamp)
    assert dialect.topics("home_assistant:d1") == ()
    for number in order:
        assert dialect.encode(f"home_assistant:d1#l{number}", Light(True))[0].topic == f"a/{number}/set"


def test_a_device_that_moves_to_the_other_form_stays_one() -> None:
    dialect = HomeAssistant()
    announce(dialect, "light/d1/l", LIGHT)
    assert announce(dialect, "light/d1/l", {"migrate_discovery": True}).gone == []
    whole = {"dev": DEVICE, "o": {"name": "x"}, "cmps": {"l": {"p": "light"} | LIGHT}}
    assert announce(dialect, "device/d1", whole).gone == []
    assert announce(dialect, "light/d1/l", "").gone == []
    assert dialect.encode("home_assistant:d1", Light(False))[0].payload == b'{"state": "OFF"}'


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"dev": {"ids": ["a", "b"]}}, "a"),
        ({"dev": {"ids": "a"}}, "a"),
        ({"dev": {"cns": [["mac", "02:5b"]]}}, "02:5b"),
        ({"dev": {"ids": ["a#b"]}}, "a_b"),
        ({"dev": {"ids": []}, "uniq_id": "u"}, "u"),
        ({"uniq_id": "u"}, "u"),
        ({}, "light_d_l"),
    ],
)
def test_a_device_is_known_by_what_stays_when_its_name_changes(body: dict[str, Any], key: str) -> None:
    found = announce(HomeAssistant(), "light/d/l", {"stat_t": "a/l", "cmd_t": "a/l/set"} | body)
    assert [one.address for one in found.announced] == [f"home_assistant:{key}"]


@pytest.mark.parametrize("form", ["~/l", "a/~"])
def test_the_base_topic_stands_at_either_end(form: str) -> None:
    dialect = HomeAssistant()
    announce(dialect, "light/d1/l", LIGHT | {"~": "a" if form[0] == "~" else "l", "stat_t": form})
    assert dialect.topics("home_assistant:d1") == ("a/l",)


@pytest.mark.parametrize(
    ("mode", "said", "reachable"),
    [
        ("latest", ["one online", "two offline"], 0.0),
        ("latest", ["one offline", "two online"], 1.0),
        ("all", ["one online"], None),
        ("all", ["one online", "two online"], 1.0),
        ("all", ["one offline"], 0.0),
        ("any", ["one offline"], None),
        ("any", ["one online"], 1.0),
        ("any", ["one offline", "two offline"], 0.0),
    ],
)
def test_availability_follows_its_mode(mode: str, said: list[str], reachable: float | None) -> None:
    dialect = HomeAssistant()
    signs = [{"t": "a/one"}, {"t": "a/two", "val_tpl": "{{ value_json.state }}"}]
    announce(dialect, "light/d1/l", LIGHT | {"avty": signs, "avty_mode": mode})
    last = None
    for topic, word in map(str.split, said):
        readings = hear(dialect, f"a/{topic}", word if topic == "one" else {"state": word}).readings
        last = readings[-1].value if readings else None
    assert last == reachable


@pytest.mark.parametrize(
    ("more", "commanded"),
    [
        ({}, True),
        ({"pl_lock": "lock"}, True),
        ({"cmd_tpl": '{"do": "{{ value }}"}'}, True),
        ({"pl_lock": "UNLOCK"}, False),
        ({"pl_lock": "OPEN"}, False),
        ({"pl_lock": "true"}, False),
        ({"pl_lock": ""}, False),
        ({"cmd_tpl": "UN{{ value }}"}, False),
        ({"cmd_tpl": '{"was": "LOCK", "do": "unlock"}'}, False),
        ({"cod_form": "^\\d{4}$"}, False),
        ({"stat_t": None}, False),
        ({"cmd_t": None}, False),
    ],
)
def test_a_lock_is_commanded_only_where_it_can_only_lock(more: dict[str, Any], commanded: bool) -> None:
    dialect = HomeAssistant()
    heard = announce(dialect, "lock/d1/k", LOCK | more)
    assert sets(heard) == {"home_assistant:d1": {Kind.LOCK} if commanded else set()}
    assert bool(dialect.encode("home_assistant:d1", Lock())) is commanded


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "UNLOCK"),
        ({"pl_unlk": "unlock"}, "unlock"),
        ({"pl_lock": "lock", "pl_unlk": "unlock"}, "unlock"),
        ({"cmd_tpl": '{"do": "{{ value }}"}'}, '{"do": "UNLOCK"}'),
        ({"pl_lock": "lock"}, None),  # it has words of its own, and keeps this one to itself
        ({"pl_unlk": "OPEN"}, None),
        ({"pl_unlk": "unlatch"}, None),
        ({"pl_unlk": "LOCK"}, None),
        ({"pl_unlk": "0"}, None),
        ({"pl_unlk": ""}, None),
        ({"cmd_tpl": "LOCK"}, None),
        ({"cmd_tpl": '{"lock": "{{ value }}"}'}, None),
        ({"cod_form": "^\\d{4}$"}, None),
        ({"stat_t": None}, None),
        ({"cmd_t": None}, None),
    ],
)
def test_a_lock_is_unlocked_only_where_its_word_can_mean_nothing_else(more: dict[str, Any], said: str | None) -> None:
    dialect = HomeAssistant()
    heard = announce(dialect, "lock/d1/k", LOCK | more)
    assert [one.unlocks for one in heard.announced] == [said is not None] * len(heard.announced)
    sent = [(one.payload.decode(), one.qos, one.retain) for one in dialect.encode("home_assistant:d1", Unlock())]
    assert sent == ([] if said is None else [(said, 0, False)])


@pytest.mark.parametrize(
    "more", [{"stat_locked": "UNLOCKED"}, {"stat_unlocked": "LOCKED"}, {"stat_locked": "X", "stat_unlocked": "x"}]
)
def test_a_lock_whose_words_could_mean_their_opposite_is_left_alone(more: dict[str, Any]) -> None:
    heard = announce(HomeAssistant(), "lock/d1/k", LOCK | more)
    assert heard.counters["components not understood"] == 1
    assert heard.announced[0].kinds == frozenset()
    assert heard.announced[0].left_alone == ("k",)


def test_nothing_optimistic_is_commanded() -> None:
    dialect = HomeAssistant()
    assert sets(announce(dialect, "light/d1/l", LIGHT | {"stat_t": None})) == {"home_assistant:d1": set()}
    assert dialect.encode("home_assistant:d1", Light(True)) == []


@pytest.mark.parametrize(("qos", "sent"), [(None, 0), (0, 0), (1, 1), (2, 1), ("2", 0), ([], 0)])
def test_a_command_has_the_quality_that_is_declared(qos: Any, sent: int) -> None:
    dialect = HomeAssistant()
    announce(dialect, "light/d1/l", LIGHT | {"qos": qos})
    assert [m.qos for m in dialect.encode("home_assistant:d1", Light(True))] == [sent]


@pytest.mark.parametrize(
    "order", [("last", ["b", "s"]), ("first", ["s", "b"]), ("brightness", ["b"]), (None, ["b", "s"])], ids=str
)
def test_a_plain_lamp_is_told_in_its_own_order(order: tuple[str | None, list[str]]) -> None:
    dialect = HomeAssistant()
    lamp = {"stat_t": "a/s", "cmd_t": "a/s/set", "bri_stat_t": "a/b", "bri_cmd_t": "a/b/set", "dev": DEVICE}
    announce(dialect, "light/d1/l", lamp | {"on_cmd_type": order[0], "bri_cmd_tpl": "{{ value * 2 }}"})
    sent = dialect.encode("home_assistant:d1", Light(True, 0.2))
    assert [m.topic for m in sent] == [f"a/{word}/set" for word in order[1]]
    assert b"102" in [m.payload for m in sent]


@pytest.mark.parametrize(
    ("platform", "body"),
    [
        ("sensor", {"dev_cla": "temperature", "ent_cat": "diagnostic", "stat_t": "a/x"}),
        ("sensor", {"dev_cla": "temperature", "en": False, "stat_t": "a/x"}),
        ("sensor", {"dev_cla": "temperature", "unit_of_meas": "furlong", "stat_t": "a/x"}),
        ("sensor", {"stat_t": "a/x"}),
        ("binary_sensor", {"dev_cla": "motion", "off_dly": 30, "stat_t": "a/x"}),
        ("switch", {"ent_cat": "config", "stat_t": "a/x", "cmd_t": "a/x/set"}),
        ("vacuum", {"stat_t": "a/x"}),
    ],
)
def test_what_homectl_does_not_use_stays_visible_and_is_left_alone(platform: str, body: dict[str, Any]) -> None:
    (found,) = announce(HomeAssistant(), f"{platform}/d1/x", body | {"dev": DEVICE}).announced
    assert (found.senses, found.left_alone) == (frozenset(), ("x",))


def test_a_device_of_another_network_is_not_announced_again() -> None:
    dialect = HomeAssistant()
    dialect.expect([], lambda topic: topic.startswith("zigbee2mqtt/"))
    for platform in ("light", "select"):
        lamp = LIGHT | {"stat_t": "zigbee2mqtt/x", "cmd_t": "zigbee2mqtt/x/set"}
        heard = announce(dialect, f"{platform}/d1/l", lamp)
        assert heard.announced == []
        assert heard.counters["components of another network"] == 1


@pytest.mark.parametrize(
    "command", ["b/c/set", "doors/front/set", "homeassistant/lock/x/config", "#", "a/+/set", "$SYS/x", "a//x", "", 7]
)
def test_a_command_topic_lies_beside_where_the_device_reports(command: Any) -> None:
    dialect = HomeAssistant()
    announce(dialect, "light/d1/l", LIGHT | {"cmd_t": command})
    assert dialect.encode("home_assistant:d1", Light(True)) == []


def test_a_command_topic_belongs_to_the_device_that_had_it_first() -> None:
    dialect = HomeAssistant()
    announce(dialect, "lock/d1/k", LOCK)
    thief = {"uniq_id": "x", "stat_t": "a/x", "cmd_t": "a/k/set", "pl_on": "OPEN", "dev": {"ids": ["d2"]}}
    heard = announce(dialect, "switch/d2/x", thief)
    assert heard.counters["command topics of another device"] == 1
    assert dialect.encode("home_assistant:d2", Light(True)) == []
    announce(dialect, "lock/d1/k", "")
    announce(dialect, "switch/d2/x", thief)
    assert dialect.encode("home_assistant:d2", Light(True))[0].topic == "a/k/set"


def test_nothing_but_a_lock_is_commanded_where_a_lock_is() -> None:
    dialect = HomeAssistant()
    announce(dialect, "lock/d1/k", LOCK)
    thief = {"uniq_id": "x", "stat_t": "a/x", "cmd_t": "a/k/set", "pl_on": "1", "dev": DEVICE}
    assert announce(dialect, "light/d1/x", thief).counters["command topics of another device"] == 1
    assert dialect.encode("home_assistant:d1", Light(True)) == []
    assert dialect.encode("home_assistant:d1", Lock())[0].topic == "a/k/set"


def test_states_and_commands_may_lie_under_the_discovery_prefix_itself() -> None:
    dialect = HomeAssistant()
    lamp = LIGHT | {"stat_t": "homeassistant/light/d1/state", "cmd_t": "homeassistant/light/d1/set"}
    announce(dialect, "light/d1/l", lamp)
    assert hear(dialect, "homeassistant/light/d1/state", {"state": "ON"}).readings[0].value == 1
    assert dialect.encode("home_assistant:d1", Light(True))[0].topic == "homeassistant/light/d1/set"
    announce(dialect, "light/d1/l", lamp | {"cmd_t": "homeassistant/lock/other/config"})
    assert dialect.encode("home_assistant:d1", Light(True)) == []


def test_a_flood_of_announcements_is_kept_small() -> None:
    dialect = HomeAssistant(limit=4)
    for number in range(200):
        body = TEMPERATURE | {"uniq_id": str(number), "dev": {"ids": [f"s{number % 8}"]}}
        last = announce(dialect, f"sensor/s{number % 8}/t{number}", body)
    assert last.counters["announcements over the limit"] == 1
    assert sum(len(dialect.topics(f"home_assistant:s{n}#t{t}")) for n in range(8) for t in range(200)) == 4 * CROWD


def test_strangers_do_not_crowd_out_the_devices_of_the_home() -> None:
    dialect = HomeAssistant(limit=3)
    dialect.expect(["home_assistant:d1#l"], nobody)
    for number in range(9):
        announce(dialect, f"light/s{number}/l", LIGHT | {"dev": {"ids": [f"s{number}"]}})
    assert sets(announce(dialect, "light/d1/l", LIGHT | {"cmd_t": "a/d1/set"})) == {"home_assistant:d1": {Kind.LIGHT}}
    for number in range(MOST_TOPICS + 5):
        last = announce(dialect, f"sensor/d1/t{number}", TEMPERATURE | {"uniq_id": str(number)})
    assert last.counters["announcements over the limit"] == 1


@pytest.mark.parametrize("place", ["light/bad id", "light/a/b/c", "light", "light/a+"])
def test_a_config_topic_of_the_wrong_form_is_counted(place: str) -> None:
    assert announce(HomeAssistant(), place, LIGHT).counters["announcements out of place"] == 1


@pytest.mark.parametrize("payload", ["{", "[]", "7", '"x"', '{"dev": NaN}', "[" * 50])
def test_an_announcement_that_is_no_object_is_a_message_error(payload: str) -> None:
    with pytest.raises(MessageError):
        announce(HomeAssistant(), "light/d1/l", payload)


def test_what_is_retained_is_not_live_and_what_is_cleared_says_nothing() -> None:
    dialect = HomeAssistant()
    announce(dialect, "sensor/d1/t", TEMPERATURE)
    assert [r.live for r in hear(dialect, "a/t", "20", retain=True).readings] == [False]
    assert [r.live for r in hear(dialect, "a/t", "20").readings] == [True]
    assert hear(dialect, "a/t", "").readings == []


def test_a_thermostat_with_a_band_is_told_its_lower_end() -> None:
    dialect = HomeAssistant()
    band = {"temp_lo_cmd_t": "a/low/set", "temp_lo_stat_t": "a/low", "temp_hi_cmd_t": "a/high/set", "dev": DEVICE}
    announce(dialect, "climate/d1/c", band | {"temp_step": 0.5})
    assert [(m.topic, m.payload) for m in dialect.encode("home_assistant:d1", Setpoint(20.5))] == [
        ("a/low/set", b"20.5")
    ]


JUNK = (
    st.none() | st.booleans() | st.integers(-3, 300) | st.floats(allow_nan=False) | st.just([]) | st.just({"t": "a/b"})
)
TOPICS = st.sampled_from(
    ["a/b", "a/c", "a/b/set", "b/set", "front/lock/set", "~/x", "homeassistant/lock/x/config", "#", "$a"]
)
TEMPLATES = st.sampled_from(
    ["{{ value }}", "UN{{ value }}", "{{ value|int }}", "{{ value_json.x }}", '{"do":"{{ value }}"}', "{%"]
)
PAYLOADS = st.sampled_from(["ON", "OFF", "LOCK", "lock", "UNLOCK", "OPEN", "1", ""])
FIELDS = {
    **dict.fromkeys(["stat_t", "cmd_t", "temp_stat_t", "temp_cmd_t", "bri_stat_t", "bri_cmd_t", "~", "avty_t"], TOPICS),
    **dict.fromkeys(["val_tpl", "cmd_tpl", "temp_cmd_tpl", "bri_cmd_tpl", "temp_stat_tpl"], TEMPLATES),
    **dict.fromkeys(["pl_on", "pl_off", "pl_lock", "pl_unlk", "stat_on", "stat_locked", "stat_unlocked"], PAYLOADS),
    "schema": st.sampled_from(["json", "default", "template"]),
    "temp_unit": st.sampled_from(["C", "F"]),
    **dict.fromkeys(["min_temp", "max_temp", "temp_step", "bri_scl", "brightness", "qos"], JUNK),
}
NEEDED = {key: FIELDS[key] for key in ("stat_t", "cmd_t", "temp_stat_t", "temp_cmd_t")}
PLATFORMS = st.sampled_from(["light", "switch", "lock", "climate"])
BODIES = st.builds(
    lambda needed, more, junk: needed | {key: more[key] for key in list(more)[:4]} | junk,
    st.fixed_dictionaries(NEEDED),
    st.fixed_dictionaries({}, optional=FIELDS),
    st.dictionaries(st.sampled_from([*FIELDS, "dev", "avty", "cod_form"]), JUNK, max_size=1),
)
HOUSES = st.lists(st.tuples(PLATFORMS, BODIES), min_size=1, max_size=3)
"""Components of one device as a hostile producer might announce them: almost right."""


@given(HOUSES, st.floats(-50, 50))
def test_whatever_is_announced_commands_stay_beside_reports_and_no_lock_is_opened(
    parts: list[tuple[str, dict[str, Any]]], level: float
) -> None:
    stays_in_place(parts, level)


@pytest.mark.soak
@settings(max_examples=100_000, deadline=None)
@given(HOUSES, st.floats(-50, 50))
def test_a_hundred_thousand_announcements_stay_in_place(parts: list[tuple[str, dict[str, Any]]], level: float) -> None:
    stays_in_place(parts, level)


def test_an_announcement_that_is_right_is_commanded() -> None:
    climate = {"temp_stat_t": "a/t", "temp_cmd_t": "a/t/set"}
    assert stays_in_place([("light", LIGHT), ("lock", LOCK), ("climate", climate)], 20) == 4


def stays_in_place(parts: list[tuple[str, dict[str, Any]]], level: float) -> int:
    """Announce the components of a device and tell it everything; how many messages that made."""
    dialect, sent = HomeAssistant(), 0
    with contextlib.suppress(MessageError):
        for number, (platform, body) in enumerate(parts):
            announce(dialect, f"{platform}/d1/x{number}", {"uniq_id": str(number), "dev": {"ids": ["d1"]}} | body)
    for address in ("home_assistant:d1", *(f"home_assistant:d1#x{number}" for number in range(len(parts)))):
        near = {level for topic in dialect.topics(address) for level in topic.split("/")[:2]}
        for setting in (Light(True, level), Light(False), Setpoint(level), Lock()):
            for message in dialect.encode(address, setting):
                sent += 1
                assert near & set(message.topic.split("/")[:2])
                assert not message.retain
                assert not message.topic.endswith("/config")
                if isinstance(setting, Lock):
                    assert b"LOCK" in message.payload.upper()
                    assert not any(word in message.payload.upper() for word in (b"UN", b"OPEN"))
    return sent
