"""Claims about controls: what is taken, and what is refused with which words."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.home import HomeError, MessageError, Quantity
from simulator.controls import (
    CONTROLS,
    Bolt,
    Broker,
    Control,
    Fault,
    Jump,
    Keypad,
    Pause,
    Press,
    Reset,
    Sense,
    Speed,
    Step,
    by_hand,
    checked,
    read,
)
from simulator.faults import Trouble, Wire
from simulator.recording import Recording
from tests.simulator.fakes import HOME

PEOPLE = {"somebody": "kitchen"}


@pytest.mark.parametrize(
    ("name", "payload", "control"),
    [
        ("pause", "", Pause()),
        ("pause", "{}", Pause()),
        ("speed", '{"speed": 60}', Speed(speed=60.0)),
        ("step", "", Step(seconds=60.0)),
        ("jump", '{"to": 1768282200}', Jump(to=1_768_282_200.0)),
        ("press", '{"device": "hall_lamp"}', Press(device="hall_lamp")),
        ("bolt", '{"device": "front_lock", "locked": true}', Bolt(device="front_lock", locked=True)),
        ("keypad", '{"device": "front_lock", "locked": false}', Keypad(device="front_lock", locked=False)),
        (
            "sense",
            '{"device": "hall_motion", "quantity": "motion", "value": null}',
            Sense(device="hall_motion", quantity=Quantity.MOTION, value=None),
        ),
        ("fault", '{"kind": "clock"}', Fault(kind=Trouble.CLOCK)),
        ("broker", '{"fault": "stall"}', Broker(fault=Wire.STALL, seconds=10.0)),
        ("reset", "", Reset()),
        ("reset", '{"seed": 7}', Reset(seed=7)),
    ],
)
def test_a_control_is_read_as_it_was_sent(name: str, payload: str, control: Control) -> None:
    assert read(name, payload.encode()) == control


@pytest.mark.parametrize(
    ("name", "payload", "says"),
    [
        ("explode", "", "expected a control of"),
        ("speed", "", "speed: speed: Field required"),
        ("speed", '{"speed": 0}', "greater than or equal to 0.1"),
        ("speed", '{"speed": 3601}', "less than or equal to 3600"),
        ("speed", '{"speed": "60"}', "valid number"),
        ("speed", '{"speed": NaN}', "finite"),
        ("speed", "[60]", "arguments"),
        ("pause", '{"now": true}', "now"),
        ("step", '{"seconds": 0.5}', "greater than or equal to 1"),
        ("jump", "{}", "either"),
        ("jump", '{"to": 1, "seconds": 60}', "either"),
        ("jump", '{"seconds": 1e9}', "less than or equal"),
        ("turn", '{"device": "kitchen_valve", "celsius": 99}', "less than or equal to 45"),
        ("bolt", '{"device": "front_lock", "locked": 1}', "valid boolean"),
        ("keypad", '{"device": "front_lock", "code": "1234"}', "keypad: locked: Field required"),
        ("keypad", '{"device": "front_lock", "locked": true, "code": "1234"}', "keypad: code: Extra inputs"),
        ("sense", '{"device": "hall_motion", "quantity": "motion"}', "sense: value: Field required"),
        ("sense", '{"device": "hall_motion", "quantity": "mood", "value": 1}', "sense: quantity"),
        ("fault", '{"device": "hall_motion", "kind": "boredom"}', "fault: kind"),
        ("fault", '{"device": "hall_motion", "kind": "nan", "minutes": 0}', "greater than 0"),
        ("weather", "", "expected `outdoors` or `cloud`"),
        ("weather", '{"cloud": 2}', "less than or equal to 1"),
        ("broker", '{"fault": "stall", "seconds": 601}', "less than or equal to 600"),
        ("reset", '{"seed": -1}', "greater than or equal to 0"),
        ("press", "{" * 5000, "at most 4096 bytes"),
        ("press", "\xff", "JSON"),
    ],
)
def test_a_malformed_control_is_refused_in_one_line(name: str, payload: str, says: str) -> None:
    with pytest.raises(MessageError, match="(?i)" + says) as refused:
        read(name, payload.encode("latin-1"))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("press", {"device": "nothing"}, "No device 'nothing'"),
        ("press", {"device": "front_lock"}, "expected a device with a light"),
        ("turn", {"device": "hall_lamp", "celsius": 20}, "expected a device with a setpoint"),
        ("bolt", {"device": "hall_lamp", "locked": False}, "expected a device with a lock"),
        ("keypad", {"device": "hall_lamp", "locked": True}, "expected a device with a lock"),
        ("sense", {"device": "nothing", "quantity": "motion", "value": 1}, "No device 'nothing'"),
        ("fault", {"device": "nothing", "kind": "nan"}, "No device 'nothing'"),
        ("move", {"person": "nobody", "area": "hall"}, "Expected a person of somebody"),
        ("move", {"person": "somebody", "area": "moon"}, "Expected an area of away, hall, kitchen"),
    ],
)
def test_a_control_of_what_is_not_in_the_home_is_refused(name: str, arguments: dict[str, object], says: str) -> None:
    with pytest.raises(HomeError, match=says):
        checked(read(name, json.dumps(arguments).encode()), HOME, PEOPLE)


@given(name=st.sampled_from(sorted(CONTROLS)), payload=st.binary(max_size=60))
def test_no_bytes_raise_anything_but_a_refusal(name: str, payload: bytes) -> None:
    with contextlib.suppress(MessageError):
        assert isinstance(read(name, payload), CONTROLS[name])


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("keypad", '{"device": "front_lock", "locked": false}'),
        ("sense", '{"device": "hall_motion", "quantity": "motion", "value": 1}'),
        ("fault", '{"device": "hall_motion", "kind": "nan"}'),
        ("mend", '{"device": "hall_motion"}'),
        ("weather", '{"cloud": 1}'),
    ],
)
def test_what_has_been_recorded_is_not_staged(name: str, payload: str) -> None:
    with pytest.raises(MessageError, match="cannot be changed"):
        by_hand(read(name, payload.encode()), Recording(HOME, iter(()), 0.0, 60.0))
