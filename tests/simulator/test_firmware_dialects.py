"""Claims that join two parts written apart: what devices say is what the bridge understands, and the reverse."""

import pytest

from homectl.bridge.directory import Directory, dialects_of
from homectl.bridge.messages import Message
from homectl.bridge.settings import BridgeSettings
from homectl.home import Home, Kind, Light, Lock, LockState, Quantity, Setpoint, Setting
from simulator.faults import Fault, Trouble
from simulator.firmware import Asked, Firmware, Spoken
from simulator.world import World

START = 1_768_282_200.0

ROUNDING: dict[Quantity, float] = {
    Quantity.LIGHT_LEVEL: 0.5 / 100,
    Quantity.TEMPERATURE: 0.5e-2,
    Quantity.HUMIDITY: 0.5e-1,
    Quantity.ILLUMINANCE: 0.5,
    Quantity.CO2: 0.5,
    Quantity.POWER: 0.5e-1,
    Quantity.BATTERY: 0.5,
}
"""How far a value may be moved by the scale it travels in."""

MOVING = (LockState.LOCKING, LockState.UNLOCKING)


def bridge_to(home: Home) -> tuple[Firmware, Directory]:
    """Firmware and bridge of one home, once it has announced itself. The bridge knows nothing but places."""
    root = f"sim/{home.id}"
    firmware = Firmware(home, root)
    placed = [device.model_copy(update={"senses": frozenset(), "sets": frozenset()}) for device in home.devices]
    settings = BridgeSettings(zigbee2mqtt=(f"{root}/zigbee2mqtt",), home_assistant=f"{root}/homeassistant")
    directory = Directory(home.model_copy(update={"devices": tuple(placed)}), dialects_of(settings))
    for spoken in firmware.announce():
        directory.take(message_of(spoken), START)
    return firmware, directory


def message_of(spoken: Spoken) -> Message:
    return Message(spoken.topic, spoken.payload.encode(), spoken.retain)


@pytest.mark.parametrize("seed", range(1, 11))
def test_the_bridge_finds_in_a_home_what_is_there(seed: int) -> None:
    home = World(seed, start=START, detectors=["hall"]).home
    _, directory = bridge_to(home)
    assert not directory.pending
    assert not directory.counters
    for device in home.devices:
        found = directory.home.device(device.id)
        assert (found.sets, found.senses - {Quantity.AVAILABLE}) == (device.sets, device.senses), device.id
        if Kind.LIGHT in device.sets:
            assert found.dimmable == device.dimmable
        if Kind.SETPOINT in device.sets:
            assert (found.coolest, found.warmest, found.step) == (device.coolest, device.warmest, device.step)


@pytest.mark.parametrize("seed", range(1, 11))
def test_every_reading_of_a_morning_arrives_with_its_value(seed: int) -> None:
    world = World(seed, start=START, detectors=["hall"])
    world.suffer(Fault(trouble=Trouble.SMOKE, device="hall_detector", at=START + 600, until=START + 900))
    firmware, directory = bridge_to(world.home)
    firmware.note(world.reported.values())
    compared = 0
    for reading in (reading for _ in range(120) for reading in world.step(60.0)):
        if reading.quantity is Quantity.LOCK and reading.value in MOVING:
            continue
        arrived = [r for spoken in firmware.say([reading]) for r in directory.take(message_of(spoken), world.at)]
        values = [r.value for r in arrived if r.signal == reading.signal]
        assert values, reading
        assert values[-1] == pytest.approx(reading.value, abs=ROUNDING.get(reading.quantity, 0.0) + 1e-9), reading
        compared += 1
    assert compared > 50


@pytest.mark.parametrize("seed", range(1, 11))
def test_every_command_arrives_as_what_was_meant(seed: int) -> None:
    home = World(seed, start=START).home
    firmware, directory = bridge_to(home)
    for target in home.targets:
        dimmed = Light(True, 0.4) if home.device(target.device).dimmable else Light(True)
        asked: dict[Kind, tuple[Setting, ...]] = {
            Kind.LIGHT: (dimmed, Light(True), Light(False)),
            Kind.SETPOINT: (Setpoint(19.5),),
            Kind.LOCK: (Lock(),),
        }
        for setting in asked[target.kind]:
            sent = directory.encode(target, setting)
            heard = [firmware.hear(message.topic, message.payload) for message in sent]
            assert sent
            assert all(isinstance(one, Asked) and one.target == target for one in heard)
            settings = [one.setting for one in heard if isinstance(one, Asked)]
            assert all(_same(one, setting) for one in settings), (target, setting, sent)
            assert any(_level(one) == pytest.approx(_level(setting), abs=0.5 / 100) for one in settings)


def _level(setting: Setting) -> float:
    return setting.level if isinstance(setting, Light) and setting.level is not None else 0.0


def _same(heard: Setting, meant: Setting) -> bool:
    if isinstance(heard, Light) and isinstance(meant, Light):
        return heard.on == meant.on
    return heard == meant
