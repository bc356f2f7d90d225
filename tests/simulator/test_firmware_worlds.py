"""Claims about the firmware of whole simulated homes."""

import json

import pytest

from homectl.home import Kind, Light, Lock, Setpoint, Setting
from simulator.firmware import Asked, Firmware
from simulator.firmware.discovery import Style, style_of
from simulator.world import World

START = 1_768_282_200.0
SETTINGS: dict[Kind, Setting] = {Kind.LIGHT: Light(True), Kind.SETPOINT: Setpoint(21.0), Kind.LOCK: Lock()}


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return [World(seed, start=START) for seed in range(1, 11)]


def test_every_device_of_ten_homes_is_announced(worlds: list[World]) -> None:
    for world in worlds:
        said = Firmware(world.home, "sim/x").announce()
        listed = next(json.loads(m.payload) for m in said if m.topic.endswith("bridge/devices"))
        zigbee = {f"zigbee2mqtt:{one['ieee_address']}" for one in listed[1:]}
        configs = [json.loads(m.payload) for m in said if m.topic.endswith("/config")]
        described = [config.get("dev") or config["device"] for config in configs]
        others = {f"home_assistant:{(one.get('ids') or one['identifiers'])[0]}" for one in described}
        assert zigbee | others == {device.address for device in world.home.devices}
        assert zigbee.isdisjoint(others)


def test_ten_homes_hold_every_style_of_discovery(worlds: list[World]) -> None:
    announcing = [d for world in worlds for d in world.home.devices if d.address.startswith("home_assistant:")]
    assert {style_of(device) for device in announcing} == set(Style)


def test_every_target_of_ten_homes_can_be_asked_in_its_own_words(worlds: list[World]) -> None:
    words = {
        Kind.LIGHT: [b"ON", b'{"state":"ON"}'],
        Kind.SETPOINT: [b"21", b'{"occupied_heating_setpoint":21,"current_heating_setpoint":21}'],
        Kind.LOCK: [b"LOCK"],
    }
    for world in worlds:
        firmware = Firmware(world.home, "sim/x")
        heard = [
            firmware.hear(topic, payload)
            for topic in firmware.subscriptions()
            for payloads in words.values()
            for payload in payloads
        ]
        asked = {(one.target, one.setting) for one in heard if isinstance(one, Asked)}
        assert {(target, SETTINGS[target.kind]) for target in world.home.targets} <= asked


def test_an_hour_of_ten_homes_is_said_without_a_topic_that_was_not_announced(worlds: list[World]) -> None:
    for world in worlds:
        firmware = Firmware(world.home, "sim/x")
        firmware.note(world.reported.values())
        said = [message for _ in range(60) for message in firmware.say(world.step(60.0))]
        assert said
        own = tuple(
            topic.removesuffix("/availability") for topic, *_ in firmware.announce() if "/availability" in topic
        )
        assert all(message.topic.startswith(own) for message in said)
        assert not any(
            message.retain for message in said if "zigbee2mqtt" in message.topic and "avail" not in message.topic
        )
