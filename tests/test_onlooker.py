"""A home without a daemon is shown as its devices say, and only its simulator can be asked for something."""

import asyncio
import inspect
import json
from collections.abc import Sequence
from typing import Any

import pytest

from homectl.bridge.directory import Directory, dialects_of
from homectl.bridge.messages import Message
from homectl.bridge.settings import BridgeSettings
from homectl.control.limits import Limits
from homectl.home import ActionRefused, Actions, Home, Kind, Quantity, ToldClock
from homectl.onlooker import Onlooker
from simulator.backstage import Backstage
from simulator.firmware import Firmware
from simulator.notices import Notices
from simulator.world import World


class Wire:
    """Keeps what is sent, and what is listened to."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.topics: tuple[str, ...] = ()

    def publish(self, message: Message, *, expiry: int | None = None) -> bool:
        self.sent.append(message)
        return True

    def subscribe(self, topics: Sequence[str]) -> None:
        self.topics = tuple(topics)


def looked_at(home: Home, root: str) -> tuple[Onlooker, Wire]:
    wire = Wire()
    bridge = BridgeSettings(zigbee2mqtt=(f"{root}/zigbee2mqtt",), home_assistant=f"{root}/homeassistant")
    onlooker = Onlooker(Directory(home, dialects_of(bridge)), wire, ToldClock(0.0), Limits())
    onlooker.connected(True)
    return onlooker, wire


@pytest.fixture
def world() -> World:
    return World(3, start=1_768_200_000.0)


def test_a_simulated_home_is_shown_as_it_speaks_and_its_time_passes(world: World) -> None:
    root = f"sim/{world.home.id}"
    onlooker, wire = looked_at(world.home, root)
    firmware = Firmware(world.home, root)
    readings = [reading for device in world.home.devices for reading in world.report(device.id)]
    onlooker.hear([clock(world)])
    said = [*firmware.announce(), *firmware.say(readings)]
    onlooker.hear([Message(one.topic, _bytes(one.payload), retain=one.retain) for one in said])
    view = onlooker.view()
    assert (view.simulated, view.connected, view.policy.partition(":")[0]) == (True, True, "nobody")
    assert not view.remembers
    assert view.simulator["speed"] == 60.0
    assert view.at == pytest.approx(world.at, abs=1)
    shown = [value for area in view.areas for device in area.devices for value in device.values]
    assert len(shown) > 10
    assert Quantity.TEMPERATURE in {value.quantity for value in shown}
    assert f"{root}/clock" in wire.topics
    assert wire.sent == []


def clock(world: World) -> Message:
    said = {"time": world.at, "speed": 60.0, "paused": False}
    return Message(f"sim/{world.home.id}/clock", json.dumps(said).encode(), retain=True)


def _bytes(payload: str | bytes) -> bytes:
    return payload.encode() if isinstance(payload, str) else payload


def test_a_simulated_home_s_plan_and_state_are_shown_and_what_it_refused(world: World) -> None:
    root = f"sim/{world.home.id}"
    onlooker, _ = looked_at(world.home, root)
    notices = Notices(root, world, Backstage(scenarios=["stormy"]))
    said = [*notices.about(), *notices.people(), *notices.state(1.0)]
    clock = Message(f"{root}/clock", b'{"time": 1768200000, "speed": 1, "paused": false}')
    onlooker.hear([clock, *(Message(one.topic, _bytes(one.payload), retain=one.retain) for one in said)])
    onlooker.hear([Message(f"{root}/refused", b'{"topic": "control/keypad", "reason": "jammed"}')])
    shown = onlooker.view().simulator
    assert set(shown["plan"]["areas"]) == {area.id for area in world.home.areas}
    assert shown["scenarios"] == ["stormy"]
    assert shown["people"] == dict(world.people)
    assert {"recording", "broker", "seed", "possible"} <= shown.keys()
    assert shown["refused"] == {"id": 1, "control": "keypad", "reason": "jammed"}


def test_the_simulator_s_controls_are_passed_on(world: World) -> None:
    onlooker, wire = looked_at(world.home, f"sim/{world.home.id}")
    asyncio.run(onlooker.simulate("speed", {"speed": 60}))
    (sent,) = wire.sent
    assert (sent.topic, json.loads(sent.payload)) == (f"sim/{world.home.id}/control/speed", {"speed": 60})


def test_what_the_simulator_says_of_itself_is_shown_as_a_daemon_shows_it(world: World) -> None:
    root = f"sim/{world.home.id}"
    onlooker, _ = looked_at(world.home, root)
    notices = Notices(root, world, Backstage())
    said = [*notices.about(), *notices.state(0.0), *notices.people()]
    onlooker.hear([Message(one.topic, _bytes(one.payload), retain=one.retain) for one in said])
    assert onlooker.view().simulator == {}, "before it has told its time it shows nothing"
    onlooker.hear([clock(world)])
    shown = onlooker.view().simulator
    assert shown["seed"] == world.seed
    assert set(shown["plan"]["areas"]) == set(shown["temperatures"]) <= {area.id for area in world.home.areas}
    assert set(shown["lamps"]) == {target.device for target in world.home.targets if target.kind is Kind.LIGHT}
    assert (shown["faults"], shown["people"]) == ({}, dict(world.people))
    refused = json.dumps({"topic": "control/sense", "reason": "expected what it senses."}).encode()
    onlooker.hear([Message(f"{root}/refused", refused)])
    assert onlooker.view().simulator["refused"]["control"] == "sense"


def test_everything_else_is_refused_and_nothing_is_sent(world: World) -> None:
    onlooker, wire = looked_at(world.home, f"sim/{world.home.id}")
    asked = [
        (name, method)
        for name, method in inspect.getmembers(Actions, inspect.iscoroutinefunction)
        if name not in ("simulate", "ladder") and not name.startswith("_")
    ]
    assert len(asked) >= 9
    assert list(asyncio.run(onlooker.ladder())) == []
    for name, method in asked:
        needed: list[Any] = [
            None
            for parameter in list(inspect.signature(method).parameters.values())[1:]
            if parameter.default is parameter.empty
        ]
        with pytest.raises(ActionRefused, match="no daemon runs here"):
            asyncio.run(getattr(onlooker, name)(*needed))
    assert asyncio.run(onlooker.ladder()) == ()
    assert wire.sent == []


def test_a_real_home_has_no_simulator(world: World) -> None:
    onlooker, wire = looked_at(world.home.model_copy(update={"simulated": False}), "zigbee2mqtt")
    with pytest.raises(ActionRefused, match="real"):
        asyncio.run(onlooker.simulate("pause", {}))
    assert wire.sent == []
