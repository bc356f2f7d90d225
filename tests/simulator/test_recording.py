"""A recorded log on the wire: said at its times, in the words of Zigbee2MQTT, and nothing it is asked is done."""

from dataclasses import replace
from itertools import groupby
from math import nan

import pytest

from homectl.home import (
    Device,
    DeviceUnknown,
    Home,
    Kind,
    Light,
    LockState,
    MessageError,
    Origin,
    Quantity,
    Reading,
    Target,
)
from simulator.firmware import Firmware
from simulator.recording import Recording, on_air
from tests.simulator.fakes import HOME
from tests.simulator.listener import Listener
from tests.simulator.listener import on_air as simulated

START = 1_768_280_000.0
LAMP, VALVE = "kitchen_lamp", "kitchen_valve"


def said(device: str, quantity: Quantity, value: float, seconds: float, text: str = "") -> Reading:
    return Reading(device=device, quantity=quantity, value=value, at=START + seconds, text=text, origin=Origin.PERSON)


LOG = [
    said(LAMP, Quantity.LIGHT_ON, 0.0, -30),
    said(LAMP, Quantity.LIGHT_ON, 1.0, 0),
    said(LAMP, Quantity.LIGHT_LEVEL, 0.5, 0),
    said(VALVE, Quantity.TEMPERATURE, 20.0, 61),
    said(LAMP, Quantity.LIGHT_ON, 0.0, 119),
]


def recording(*more: Reading) -> Recording:
    return Recording(HOME, sorted([*LOG, *more], key=lambda one: one.at), START, START + 120)


def test_every_reading_is_said_at_its_time_once() -> None:
    played = recording()
    steps = [played.step(60.0) for _ in range(3)]
    assert [[one.at - START for one in step] for step in steps] == [[0, 0], [61, 119], []]
    assert (played.at, played.truth.readings, played.truth.without_words) == (START + 120, 4, 0)


def test_what_was_before_is_what_devices_know_and_those_on_battery_sleep() -> None:
    played = recording()
    assert [(one.value, one.at) for one in played.report(LAMP)] == [(0.0, START)]
    played.step(60.0)
    assert {one.value for one in played.report(LAMP)} == {1.0, 0.5}
    played.step(60.0)
    assert played.report(VALVE) == []


@pytest.mark.parametrize(
    "mute",
    [
        said("stranger", Quantity.MOTION, 1.0, 5),
        said("front_lock", Quantity.LOCK, LockState.LOCKING, 5),
        said(VALVE, Quantity.LIGHT_ON, 1.0, 5),
        said(VALVE, Quantity.TEMPERATURE, 9_000.0, 5),
        said(VALVE, Quantity.ACTION, 1.0, 5),
    ],
    ids=lambda one: f"{one.device} {one.quantity} {one.value}",
)
def test_what_no_device_has_words_for_is_counted(mute: Reading) -> None:
    played = recording(mute)
    played.step(60.0)
    assert (played.truth.readings, played.truth.without_words) == (2, 1)


@pytest.mark.parametrize(
    "spoken", [said(VALVE, Quantity.TEMPERATURE, nan, 5), said("front_lock", Quantity.ACTION, 1.0, 5, "single")]
)
def test_what_is_not_known_and_what_is_pressed_have_words(spoken: Reading) -> None:
    played = recording(spoken)
    played.step(60.0)
    assert (played.truth.readings, played.truth.without_words) == (3, 0)


def test_the_past_is_not_changed_by_whom_it_may_be_asked() -> None:
    played = recording()
    assert played.obey(Target(LAMP, Kind.LIGHT), Light(True)) == []
    assert played.unlock("front_lock") == []
    assert played.truth.asked == {Kind.LIGHT: 1, Kind.SETPOINT: 0, Kind.LOCK: 1}
    for hand in (
        lambda: played.press(LAMP),
        lambda: played.turn(VALVE, 20.0),
        lambda: played.bolt("front_lock", True),
        lambda: played.move("somebody", "hall"),
        lambda: played.cut(LAMP),
        lambda: played.restore(LAMP),
    ):
        with pytest.raises(MessageError, match="cannot be changed"):
            hand()
    with pytest.raises(DeviceUnknown):
        played.obey(Target("stranger", Kind.LIGHT), Light(True))


def test_a_real_home_is_played_under_another_name_by_devices_that_all_speak() -> None:
    devices = (Device(id="eye", area="hall"), Device(id="lamp", area="hall", address="home_assistant:x"))
    home = on_air(Home(id="fake", areas=HOME.areas, devices=devices), [LOG[0].signal])
    assert (home.id, home.simulated) == ("fake-replayed", True)
    assert all(device.address.startswith("zigbee2mqtt:0x") for device in home.devices)
    assert Firmware(home, "sim/x").announce()


def test_a_simulated_home_keeps_its_name_and_addresses_and_says_what_the_log_has() -> None:
    home = on_air(HOME, [replace(LOG[0], quantity=Quantity.POWER).signal])
    assert (home.id, {d.id: d.address for d in home.devices}) == (HOME.id, {d.id: d.address for d in HOME.devices})
    assert Quantity.POWER in home.device(LAMP).senses


@pytest.mark.broker
def test_on_a_broker_it_tells_its_time_and_does_as_it_did_whatever_it_is_asked(mosquitto: str) -> None:
    home = HOME.model_copy(update={"id": "recorded"})
    played = Recording(home, iter(LOG), START, START + 120)
    with Listener(mosquitto, home.id) as listener, simulated(played, mosquitto, speed=60.0) as simulation:
        lamp = f"zigbee2mqtt/kitchen/{LAMP}"
        listener.send(f"{lamp}/set", {"state": "OFF"})
        assert listener.until(lambda: {message.json["time"] for message in listener.of("clock")} >= {START + 120})
        states = [message.json["state"] for message in listener.of(lamp)]
        assert [state for state, _ in groupby(states)] == ["OFF", "ON", "OFF"]
        assert simulation.tally.commands == 1
        clocks = [message.json["time"] for message in listener.of("clock")]
        assert clocks == sorted(clocks)
        assert {START, START + 61, START + 119, START + 120} <= set(clocks)
