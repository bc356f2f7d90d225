"""What `exposes` says of a device is what homectl can do with it, and nothing it says can do harm."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.bridge.dialects.announced import Announced
from homectl.bridge.dialects.exposes import described
from homectl.home import Kind, Light, Lock, Quantity, Setpoint, Unlock

STATE = {"type": "binary", "name": "state", "property": "state", "access": 7, "value_on": "ON", "value_off": "OFF"}
BOLT = STATE | {"value_on": "LOCK", "value_off": "UNLOCK"}
SETPOINT = {
    "type": "numeric",
    "name": "occupied_heating_setpoint",
    "property": "occupied_heating_setpoint",
    "access": 7,
}


def entry(*exposes: dict[str, Any], **more: Any) -> dict[str, Any]:
    definition = {"vendor": "Acme", "model": "X", "exposes": list(exposes)}
    return {"ieee_address": "0x1", "friendly_name": "thing", "definition": definition} | more


def announced(*exposes: dict[str, Any], **more: Any) -> list[Announced]:
    return described(entry(*exposes, **more), "zigbee2mqtt:0x1", "zigbee2mqtt/thing").announced


def numeric(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "numeric", "name": name, "property": name, "access": 1} | more


def binary(name: str, on: Any = True, off: Any = False, **more: Any) -> dict[str, Any]:
    return {"type": "binary", "name": name, "property": name, "access": 1, "value_on": on, "value_off": off} | more


def part(kind: str, *features: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": kind, "features": list(features)} | more


@pytest.mark.parametrize(
    ("exposes", "senses", "sets"),
    [
        ([part("light", STATE)], {Quantity.LIGHT_ON}, {Kind.LIGHT}),
        (
            [part("light", STATE, numeric("brightness", access=7, value_max=254))],
            {Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL},
            {Kind.LIGHT},
        ),
        ([part("light", STATE | {"access": 1})], set(), set()),
        ([part("climate", SETPOINT)], {Quantity.SETPOINT}, {Kind.SETPOINT}),
        ([part("climate", SETPOINT | {"access": 2})], set(), set()),
        ([part("climate", SETPOINT | {"unit": "°F"})], set(), set()),
        ([part("climate", numeric("pi_heating_demand"))], {Quantity.HEATING}, set()),
        ([part("lock", BOLT)], {Quantity.LOCK}, {Kind.LOCK}),
        ([part("lock", BOLT | {"value_on": "UNLOCK", "value_off": "LOCK"})], {Quantity.LOCK}, set()),
        ([part("switch", STATE)], {Quantity.SWITCH}, set()),
        ([part("switch", STATE | {"property": "valve_detection"})], set(), set()),
        ([part("cover", numeric("position", access=7))], {Quantity.POSITION}, set()),
        ([binary("contact", on=False, off=True)], {Quantity.CONTACT}, set()),
        ([binary("contact", on=True, off=False)], set(), set()),
        ([binary("occupancy")], {Quantity.MOTION}, set()),
        ([numeric("occupancy")], set(), set()),
        ([numeric("temperature", unit="°F")], {Quantity.TEMPERATURE}, set()),
        ([numeric("illuminance", unit="%")], set(), set()),
        ([numeric("temperature", access=2)], set(), set()),
        ([{"type": "enum", "name": "action", "property": "action", "access": 1}], {Quantity.ACTION}, set()),
        ([{"type": "enum", "name": "effect", "property": "effect", "access": 2}], set(), set()),
    ],
)
def test_what_is_exposed_is_what_can_be_done(
    exposes: list[dict[str, Any]], senses: set[Quantity], sets: set[Kind]
) -> None:
    (found,) = announced(*exposes)
    assert (found.senses, found.sets) == (senses, sets)


def test_a_relay_is_known_as_one_and_is_no_lamp() -> None:
    (found,) = announced(part("switch", STATE))
    assert found.relay
    assert not found.sets


def test_functions_alike_get_an_address_for_each_endpoint() -> None:
    lamps = [part("light", STATE | {"property": f"state_{end}", "endpoint": end}) for end in ("l1", "l2")]
    found = announced(*lamps, numeric("power", unit="W"))
    assert [one.address for one in found] == ["zigbee2mqtt:0x1", "zigbee2mqtt:0x1#l1", "zigbee2mqtt:0x1#l2"]
    assert [one.kinds for one in found] == [{"sensor"}, {"light"}, {"light"}]


def test_an_endpoint_that_could_be_another_address_is_none() -> None:
    lamps = [part("light", STATE | {"property": f"state{end}", "endpoint": end}) for end in ("a/b", "#", "")]
    assert [one.address for one in announced(*lamps)] == ["zigbee2mqtt:0x1"]


def test_of_two_that_mean_the_same_the_better_one_speaks() -> None:
    made = described(entry(binary("occupancy"), binary("presence")), "zigbee2mqtt:0x1", "z/thing")
    assert set(made.slots) == {"presence"}
    assert made.announced[0].left_alone == ("occupancy",)


def test_the_limits_of_a_valve_are_its_own() -> None:
    (found,) = announced(part("climate", SETPOINT | {"value_min": 7, "value_max": 28, "value_step": 1}))
    assert (found.coolest, found.warmest, found.step) == (7, 28, 1)


@pytest.mark.parametrize(
    ("source", "exposes", "battery"),
    [
        ("Battery", [], True),
        ("Mains (single phase)", [numeric("battery", unit="%")], False),
        (None, [numeric("battery", unit="%")], True),
        ("Unknown", [binary("battery_low")], True),
        ("Unknown", [], False),
    ],
)
def test_what_a_device_lives_on(source: str | None, exposes: list[dict[str, Any]], battery: bool) -> None:
    assert announced(*exposes, power_source=source)[0].battery is battery


JUNK = st.none() | st.booleans() | st.integers(-3, 300) | st.floats(allow_nan=False) | st.just([]) | st.just({"a": 1})
RIGHT = [STATE, BOLT, SETPOINT, numeric("brightness", access=7, value_max=254), numeric("local_temperature")]
WRONG = st.sampled_from(["UNLOCK", "unlock", "LOCK", "ON", "lock_state", "state", "#", "°F"]) | JUNK
KEYS = [
    "name",
    "property",
    "access",
    "value_on",
    "value_off",
    "value_min",
    "value_max",
    "value_step",
    "unit",
    "endpoint",
]
FEATURES = st.builds(
    lambda feature, change: feature | change,
    st.sampled_from(RIGHT),
    st.dictionaries(st.sampled_from(KEYS), WRONG, max_size=1),
)
EXPOSES = st.builds(
    lambda kind, features, change: {"type": kind, "features": features} | change,
    st.sampled_from(["light", "climate", "lock", "switch", "cover"]),
    st.lists(FEATURES, min_size=1, max_size=4),
    st.just({}) | st.dictionaries(st.sampled_from(["features", "type", "endpoint"]), WRONG, max_size=1),
)
"""Exposes that are almost right."""


@given(st.lists(EXPOSES, min_size=1, max_size=4), st.floats(-1e3, 1e3))
def test_whatever_is_exposed_only_lock_ever_reaches_a_lock_and_all_stays_in_range(exposes: Any, level: float) -> None:
    stays_in_order(exposes, level)


def test_what_is_exposed_right_is_commanded() -> None:
    exposes = [part("light", STATE), part("lock", BOLT), part("climate", SETPOINT), part("switch", STATE)]
    assert stays_in_order(exposes, 20.0) == 6


def stays_in_order(exposes: Any, level: float) -> int:
    """Tell a device of these exposes everything; how many messages that made."""
    device, told = entry(), 0
    device["definition"]["exposes"] = exposes
    made = described(device, "zigbee2mqtt:0x1", "zigbee2mqtt/thing")
    for send in made.sends.values():
        for setting in (Light(True, level), Light(False), Setpoint(level), Lock()):
            for message in send(setting):
                told += 1
                assert message.topic == "zigbee2mqtt/thing/set"
                assert not message.retain
                body = json.loads(message.payload)
                assert not isinstance(setting, Lock) or set(body.values()) == {"LOCK"}
                assert not isinstance(setting, Setpoint) or all(0 <= value <= 45 for value in body.values())
    return told


@pytest.mark.parametrize(
    ("more", "unlocks"),
    [
        ({}, True),
        ({"value_off": "unlock"}, True),
        ({"value_off": None}, False),
        ({"value_off": "OPEN"}, False),
        ({"value_off": "UNLATCH"}, False),
        ({"value_off": "LOCK"}, False),
        ({"value_off": True}, False),
        ({"value_on": "ON"}, False),
        ({"access": 5}, False),
    ],
)
def test_a_lock_is_unlocked_only_where_it_says_how(more: dict[str, Any], unlocks: bool) -> None:
    made = described(entry(part("lock", BOLT | more)), "zigbee2mqtt:0x1", "zigbee2mqtt/thing")
    assert [found.unlocks for found in made.announced] == [unlocks]
    send = made.sends.get(("zigbee2mqtt:0x1", "lock"))
    sent = [] if send is None else send(Unlock())
    assert [(one.payload, one.qos, one.retain) for one in sent] == [(b'{"state": "UNLOCK"}', 0, False)] * unlocks
