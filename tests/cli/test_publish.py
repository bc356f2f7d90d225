"""Whoever is under a prefix already keeps it; what a simulated home left behind is nobody."""

import pytest

from homectl.bridge.messages import Message
from homectl.cli.neighbours import COORDINATOR, intruder
from simulator.firmware import Firmware
from tests.simulator.fakes import HOME

ROOT = "sim/fake"
LEFT = [
    Message(said.topic, said.payload.encode(), retain=True)
    for said in {
        said.topic: said for said in (*Firmware(HOME, ROOT).announce(), *Firmware(HOME, ROOT).farewell())
    }.values()
]
"""What a simulated home that has ended leaves with the broker."""

BRIDGE = "zigbee2mqtt/bridge"


def kept(topic: str, payload: bytes) -> Message:
    return Message(f"{ROOT}/{topic}", payload, retain=True)


@pytest.mark.parametrize(
    ("messages", "found"),
    [
        ([], ""),
        (LEFT, ""),
        ([Message(f"{ROOT}/zigbee2mqtt/hall/lamp/set", b"ON")], ""),
        ([Message(f"{ROOT}/ack", b"{}"), *LEFT], ""),
        ([Message(f"{ROOT}/clock", b"{}")], "somebody speaks at sim/fake/clock"),
        ([*LEFT, Message(f"{ROOT}/zigbee2mqtt/lamp", b"{}")], "somebody speaks"),
        ([*LEFT, kept(f"{BRIDGE}/state", b'{"state":"online"}')], "a bridge is online"),
        ([kept("bridge/state", b"online")], "a bridge is online"),
        ([kept(f"{BRIDGE}/info", b'{"coordinator":{"ieee_address":"0x00124b0012345678"}}')], "others have left"),
        ([kept("homeassistant/light/x/config", b"{}")], "others have left"),
        ([kept(f"{BRIDGE}/info", b'{"ieee_address":"' + COORDINATOR + b'"}'), kept("x", b"")], ""),
    ],
)
def test_nobody_but_the_remains_of_a_simulated_home_may_be_under_the_prefix(
    messages: list[Message], found: str
) -> None:
    said = intruder(messages, ROOT)
    assert said.startswith(found)
    assert bool(said) == bool(found)
