from random import Random

import pytest

from homectl.home import Light, LockState, Origin, Quantity, Reading
from simulator.agenda import Agenda
from simulator.devices import CHECK_IN, Bolt, Door, Lamp, Valve
from simulator.house import LIVING, House, Room, draw_plan
from simulator.radio import Radio
from simulator.sensors import Climate, Motion, Plug

START = 1_768_176_000.0


class Bench:
    """A room with devices on a bench: time passes when told, and what they say is kept."""

    def __init__(self) -> None:
        self.agenda = Agenda(START)
        self.radio = Radio(self.agenda)
        self.room: Room = House(draw_plan(Random(1), 2), 5.0).rooms[LIVING]
        self.rng = Random(2)

    def wait(self, seconds: float) -> list[Reading]:
        self.agenda.run(self.agenda.now + seconds)
        return self.radio.heard()

    def said(self) -> list[Reading]:
        return self.radio.heard()

    def lamp(self, *, dimmable: bool = True) -> Lamp:
        return Lamp("lamp", self.agenda, self.radio, self.rng, room=self.room, dimmable=dimmable, cosy=False)

    def valve(self, *, battery: bool = True) -> Valve:
        return Valve("valve", self.agenda, self.radio, self.rng, room=self.room, setpoint=20.0, battery=battery)

    def lock(self) -> tuple[Door, Bolt]:
        door = Door("door", self.agenda, self.radio, self.rng)
        bolt = Bolt("lock", self.agenda, self.radio, self.rng, door=door)
        bolt.state = LockState.UNLOCKED
        return door, bolt


def values(readings: list[Reading], quantity: Quantity) -> list[float]:
    return [reading.value for reading in readings if reading.quantity is quantity]


def test_a_lamp_obeys_at_once_and_says_who_did_it() -> None:
    bench = Bench()
    lamp = bench.lamp()
    lamp.set(Light(True, 0.5), Origin.HOMECTL)
    on, level = bench.said()
    assert (on.quantity, on.value, on.origin) == (Quantity.LIGHT_ON, 1.0, Origin.HOMECTL)
    assert level.value == pytest.approx(0.5, abs=1 / 254)
    dim = lamp.lux
    lamp.set(Light(True, 1.0), Origin.HOMECTL)
    assert 0 < dim == pytest.approx(lamp.lux * level.value)


def test_a_lamp_that_only_switches_has_no_level() -> None:
    bench = Bench()
    bench.lamp(dimmable=False).set(Light(True, 0.3), Origin.PERSON)
    assert [reading.quantity for reading in bench.said()] == [Quantity.LIGHT_ON]


def test_a_lamp_cut_at_the_wall_is_dark_deaf_and_silent_until_power_is_back() -> None:
    bench = Bench()
    lamp = bench.lamp()
    lamp.set(Light(True), Origin.PERSON)
    bench.said()
    lamp.cut_at_wall()
    lamp.set(Light(False), Origin.HOMECTL)
    heard = bench.wait(2 * CHECK_IN)
    assert [(r.quantity, r.value) for r in heard] == [(Quantity.AVAILABLE, 0.0)]
    assert lamp.lux == 0.0
    lamp.restore()
    back = bench.said()
    assert [(r.quantity, r.value) for r in back[:2]] == [(Quantity.AVAILABLE, 1.0), (Quantity.LIGHT_ON, 1.0)]
    assert back[1].origin is Origin.PERSON


def test_a_sleeping_valve_obeys_only_when_it_wakes() -> None:
    bench = Bench()
    valve = bench.valve()
    bench.wait(600)
    valve.ask(22.5)
    assert bench.said() == []
    assert valve.setpoint == 20.0
    heard = bench.wait(valve.wakes * 1.1 + 1)
    told = [r for r in heard if r.quantity is Quantity.SETPOINT and r.value == 22.5]
    assert told
    assert told[0].origin is Origin.HOMECTL
    assert told[0].at > START + 600


def test_a_sleeping_valve_that_was_asked_how_it_is_answers_when_it_wakes() -> None:
    bench = Bench()
    valve = bench.valve()
    bench.wait(600)
    valve.query()
    assert bench.said() == []
    heard = bench.wait(valve.wakes * 1.1 + 1)
    assert [r.value for r in heard if r.quantity is Quantity.SETPOINT] == [20.0]


def test_a_hand_at_the_knob_is_told_at_once_and_ends_a_waiting_command() -> None:
    bench = Bench()
    valve = bench.valve()
    valve.ask(25.0)
    valve.turn(21.3)
    (told,) = bench.said()
    assert (told.value, told.origin) == (21.5, Origin.PERSON)
    bench.wait(1000)
    assert valve.setpoint == 21.5


@pytest.mark.parametrize(("asked", "set_to"), [(2.0, 5.0), (21.26, 21.5), (40.0, 30.0)])
def test_a_thermostat_on_the_wall_obeys_at_once_within_its_range(asked: float, set_to: float) -> None:
    bench = Bench()
    bench.valve(battery=False).ask(asked)
    assert values(bench.said(), Quantity.SETPOINT) == [set_to]


def test_a_bolt_takes_seconds_and_says_so() -> None:
    bench = Bench()
    _, bolt = bench.lock()
    bolt.ask()
    assert bench.said() == []
    heard = bench.wait(6.1)
    assert values(heard, Quantity.LOCK) == [LockState.LOCKING, LockState.LOCKED]
    assert heard[-1].at - START >= 2.0
    assert {reading.origin for reading in heard} == {Origin.HOMECTL}


def test_a_bolt_does_not_lock_an_open_door_and_this_is_counted() -> None:
    bench = Bench()
    door, bolt = bench.lock()
    door.swing(True)
    bench.said()
    bolt.ask()
    assert values(bench.wait(7), Quantity.LOCK)[-1] == LockState.NOT_FULLY_LOCKED
    assert bolt.thrown_open == 1
    bolt.turn(True)
    assert bolt.state is LockState.UNLOCKED


def test_a_bolt_that_is_asked_to_unlock_takes_its_time_and_moves_once() -> None:
    bench = Bench()
    door, bolt = bench.lock()
    bolt.turn(True)
    bench.said()
    door.swing(False)
    bolt.draw()
    bolt.draw()
    heard = bench.wait(10)
    assert values(heard, Quantity.LOCK) == [LockState.UNLOCKING, LockState.UNLOCKED]
    assert {reading.origin for reading in heard} == {Origin.HOMECTL}
    bolt.draw()
    assert values(bench.said(), Quantity.LOCK) == [LockState.UNLOCKED]


def test_a_thumb_turn_stops_the_motor_and_is_a_persons() -> None:
    bench = Bench()
    _, bolt = bench.lock()
    bolt.ask()
    bench.wait(1)
    bolt.turn(False)
    (said,) = bench.said()
    assert (said.value, said.origin) == (LockState.UNLOCKED, Origin.PERSON)
    assert values(bench.wait(10), Quantity.LOCK) == []
    assert bolt.state is LockState.UNLOCKED


def test_a_jammed_bolt_says_that_it_jammed() -> None:
    bench = Bench()
    _, bolt = bench.lock()
    bolt.jam(True)
    bolt.ask()
    assert values(bench.wait(7), Quantity.LOCK) == [LockState.LOCKING, LockState.JAMMED]


def test_a_contact_reports_changes_at_once_and_everything_within_its_check_in() -> None:
    bench = Bench()
    door, _ = bench.lock()
    door.swing(True)
    door.swing(True)
    door.swing(False)
    assert values(bench.said(), Quantity.CONTACT) == [1.0, 0.0]
    at = [r.at for r in bench.wait(86_400) if r.device == "door" and r.quantity is Quantity.CONTACT]
    gaps = [b - a for a, b in zip([START, *at], at, strict=False)]
    assert max(gaps) <= CHECK_IN
    assert len(at) >= 26


@pytest.mark.parametrize("clear", [60.0, 180.0])
def test_a_motion_sensor_clears_only_after_stillness(clear: float) -> None:
    bench = Bench()
    sensor = Motion("pir", bench.agenda, bench.radio, Random(5), room=bench.room, clear=clear, eye=False)
    moves = [0.0, clear - 5, 2 * clear - 12]
    for offset in moves:
        bench.agenda.plan(START + 10 + offset, sensor.moved)
    heard = [(r.value, r.at - START) for r in bench.wait(3000) if r.quantity is Quantity.MOTION]
    changes = [h for i, h in enumerate(heard) if i == 0 or heard[i - 1][0] != h[0]]
    assert changes[-2:] == [(1.0, 10.0), (0.0, pytest.approx(10 + moves[-1] + clear, abs=0.02))]


def test_an_eye_sees_the_lamp_of_its_room() -> None:
    bench = Bench()
    sensor = Motion("pir", bench.agenda, bench.radio, Random(5), room=bench.room, clear=60, eye=True)
    sensor.look()
    bench.wait(200)
    bench.lamp().set(Light(True), Origin.PERSON)
    bench.said()
    sensor.look()
    (seen,) = values(bench.said(), Quantity.ILLUMINANCE)
    assert seen > 50


def test_a_thermometer_speaks_of_changes_worth_telling() -> None:
    bench = Bench()
    sensor = Climate("climate", bench.agenda, bench.radio, Random(5), room=bench.room, co2=True)
    sensor.tell()
    bench.said()
    bench.room.air += 0.1
    sensor.look()
    assert bench.said() == []
    bench.room.air += 0.15
    bench.room.humidity += 4
    bench.room.co2 += 100
    sensor.look()
    assert [r.quantity for r in bench.said()] == [Quantity.TEMPERATURE, Quantity.HUMIDITY, Quantity.CO2]


def test_a_plug_tells_when_what_it_feeds_is_switched() -> None:
    bench = Bench()
    plug = Plug("plug", bench.agenda, bench.radio, Random(5))
    for running in (False, True, True, False):
        plug.draw(running)
    on, off = values(bench.said(), Quantity.POWER)
    assert on > 40 > off
