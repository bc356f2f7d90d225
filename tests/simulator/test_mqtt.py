"""Claims about a world on a real broker: its clock, its commands, its controls."""

import itertools
import math
import time
from collections.abc import Iterator
from itertools import groupby
from typing import Literal

import pytest

from homectl.bridge.broker import free_port
from homectl.home import BrokerError, LockState, Quantity, UsageError
from simulator.mqtt import Broker
from simulator.pace import WINDOW
from simulator.simulation import Simulation
from tests.brokers import running
from tests.simulator.fakes import FakeWorld
from tests.simulator.listener import Listener, on_air

pytestmark = pytest.mark.broker

LAMP, LAMP_SET = "zigbee2mqtt/kitchen/kitchen_lamp", "zigbee2mqtt/kitchen/kitchen_lamp/set"
LOCK_SET = "zigbee2mqtt/hall/front_lock/set"
NAMES = (f"wire{number}" for number in itertools.count())


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld(next(NAMES))


@pytest.fixture
def listener(mosquitto: str, world: FakeWorld) -> Iterator[Listener]:
    with Listener(mosquitto, world.home.id) as listener:
        yield listener


def settled(listener: Listener) -> int:
    found = listener.of("settled")
    return int(found[-1].json["seq"]) if found else -1


def test_the_clock_comes_before_what_a_step_brought_and_settled_after(
    mosquitto: str, world: FakeWorld, listener: Listener
) -> None:
    with on_air(world, mosquitto, speed=600):
        assert listener.until(lambda: settled(listener) >= 3)
    topics = [(m.topic, m.json.get("seq")) for m in listener.heard if m.topic in ("clock", "settled", "truth")]
    told = [(topic, seq) for topic, seq in topics if topic != "truth"]
    in_turn = [told for told, _ in groupby(told)]
    assert in_turn[: 2 * 4] == [(topic, seq) for seq in range(4) for topic in ("clock", "settled")]
    motion = [m.topic for m in listener.heard].index("zigbee2mqtt/hall/hall_motion")
    around = [m.topic for m in listener.heard[:motion]]
    assert around.count("clock") == 2
    assert around.count("settled") == 1
    clocks = {m.json["seq"]: m.json for m in listener.of("clock")}
    assert [clocks[seq]["time"] - clocks[0]["time"] for seq in range(4)] == [0, 60, 120, 180]
    assert all(clock["speed"] == 600 and clock["paused"] is False for clock in clocks.values())


def test_a_home_announces_itself_and_says_what_it_knows_as_soon_as_it_is_on_air(
    mosquitto: str, world: FakeWorld, listener: Listener
) -> None:
    with on_air(world, mosquitto, paused=True):
        assert listener.until(lambda: settled(listener) == 0)
        topics = [message.topic for message in listener.heard]
        assert topics[0] == "zigbee2mqtt/bridge/state"
        assert listener.of(LAMP)[0].json["brightness"] == 127
        assert listener.of("people")[0].json == {"somebody": "kitchen"}
        assert listener.of("truth")[0].json["steps"] == 0
    assert listener.until(lambda: listener.of("zigbee2mqtt/bridge/state")[-1].json == {"state": "offline"})


def test_a_lamp_answers_at_once_though_time_stands_still(mosquitto: str, world: FakeWorld, listener: Listener) -> None:
    with on_air(world, mosquitto, paused=True):
        listener.until(lambda: settled(listener) == 0)
        took = []
        for brightness in range(10, 30):
            asked = time.monotonic()
            listener.send(LAMP_SET, {"state": "ON", "brightness": brightness})
            assert listener.until(lambda b=brightness: listener.of(LAMP)[-1].json["brightness"] == b)
            took.append(listener.of(LAMP)[-1].at - asked)
        assert sorted(took)[len(took) // 2] < 0.05
    assert world.lengths == []


def test_a_home_speaks_and_listens_on_the_wheels_broker_too(wheel: str, world: FakeWorld) -> None:
    with Listener(wheel, world.home.id, acknowledges=True) as daemon, on_air(world, wheel, speed=3600):
        daemon.send(LAMP_SET, {"state": "ON", "brightness": 200})
        assert daemon.until(lambda: daemon.of(LAMP) and daemon.of(LAMP)[-1].json["brightness"] == 200)
        assert daemon.until(lambda: settled(daemon) > 20)


def test_a_retained_set_or_control_is_dropped_and_counted(mosquitto: str, world: FakeWorld, listener: Listener) -> None:
    listener.send("control/pause", retain=True)
    listener.send(LAMP_SET, "ON", retain=True)
    assert listener.until(lambda: len(listener.heard) >= 2)
    with on_air(world, mosquitto, speed=60) as simulation:
        listener.send(LAMP_SET, "ON", retain=True)
        listener.send("control/pause", retain=True)
        assert listener.until(lambda: simulation.tally.retained == 2)
        before = settled(listener)
        assert listener.until(lambda: settled(listener) > before + 1)
        assert simulation.tally.commands == 0
    assert world.state["kitchen_lamp", Quantity.LIGHT_ON] == 0.0
    listener.send("control/pause", b"", retain=True)
    listener.send(LAMP_SET, b"", retain=True)


def test_every_unlock_is_counted_and_only_a_plain_one_obeyed(
    mosquitto: str, world: FakeWorld, listener: Listener
) -> None:
    with on_air(world, mosquitto, paused=True) as simulation:
        listener.send(LOCK_SET, "LOCK")
        assert listener.until(lambda: world.state["front_lock", Quantity.LOCK] == LockState.LOCKED)
        for payload in ("OPEN", "TOGGLE", '{"state":"LOCK","and":"UNLOCK"}'):
            listener.send(LOCK_SET, payload)
        assert listener.until(lambda: simulation.tally.unlocks == 3)
        assert world.state["front_lock", Quantity.LOCK] == LockState.LOCKED
        listener.send(LOCK_SET, '{"state":"UNLOCK"}')
        assert listener.until(lambda: world.state["front_lock", Quantity.LOCK] == LockState.UNLOCKED)
    assert world.unlocks_asked == simulation.tally.unlocks == 4
    assert listener.until(lambda: any(told.json["unlocks_asked"] == 4 for told in listener.of("truth")))


def test_pause_step_resume_and_speed_do_what_they_say(mosquitto: str, world: FakeWorld, listener: Listener) -> None:
    with on_air(world, mosquitto, speed=60):
        listener.until(lambda: settled(listener) >= 2)
        listener.send("control/pause")
        assert listener.until(lambda: listener.of("clock")[-1].json["paused"])
        still = world.at
        listener.send("control/step", {"seconds": 90})
        assert listener.until(lambda: world.at == still + 90)
        assert world.lengths[-2:] == [60.0, 30.0]
        listener.send("control/speed", {"speed": 600})
        assert listener.until(lambda: listener.of("clock")[-1].json["speed"] == 600)
        assert world.at == still + 90
        listener.send("control/resume")
        assert listener.until(lambda: world.at >= still + 210)
        assert world.lengths[-1] == 60.0


def test_a_jump_executes_every_step_and_ends_on_its_time(mosquitto: str, world: FakeWorld, listener: Listener) -> None:
    with on_air(world, mosquitto, paused=True):
        start = world.at
        listener.send("control/jump", {"to": start + 6 * 3600 + 90.5})
        assert listener.until(lambda: world.at == start + 6 * 3600 + 90.5)
        assert listener.until(lambda: settled(listener) == len(world.lengths))
    assert math.isclose(sum(world.lengths), 6 * 3600 + 90.5)
    assert max(world.lengths) <= 60
    seqs = [message.json["seq"] for message in listener.of("settled")]
    assert sorted(set(seqs)) == list(range(len(world.lengths) + 1))


def test_hands_and_people_are_controls_and_their_readings_come_at_once(
    mosquitto: str, world: FakeWorld, listener: Listener
) -> None:
    with on_air(world, mosquitto, paused=True):
        listener.send("control/press", {"device": "kitchen_lamp"})
        assert listener.until(lambda: listener.of(LAMP)[-1:] and listener.of(LAMP)[-1].json["state"] == "ON")
        listener.send("control/move", {"person": "somebody", "area": "away"})
        assert listener.until(lambda: listener.of("people")[-1].json == {"somebody": "away"})
        listener.send("control/turn", {"device": "kitchen_valve", "celsius": 22.5})
        valve = "zigbee2mqtt/kitchen/kitchen_valve"
        assert listener.until(lambda: listener.of(valve)[-1].json["occupied_heating_setpoint"] == 22.5)
        listener.send("control/bolt", {"device": "front_lock", "locked": True})
        assert listener.until(lambda: listener.of("zigbee2mqtt/hall/front_lock")[-1].json["lock_state"] == "locked")
        listener.send("control/cut", {"device": "kitchen_lamp"})
        assert listener.until(lambda: listener.of(f"{LAMP}/availability")[-1].json == {"state": "offline"})
        listener.send("control/restore", {"device": "kitchen_lamp"})
        assert listener.until(lambda: listener.of(f"{LAMP}/availability")[-1].json == {"state": "online"})


def test_what_is_malformed_is_answered_and_time_goes_on(mosquitto: str, world: FakeWorld, listener: Listener) -> None:
    bad = [("control/speed", "fast"), ("control/fly", "{}"), ("ack", '{"seq": "1"}'), ("ack", '{"seq": 99999}')]
    with on_air(world, mosquitto, speed=60) as simulation:
        for topic, payload in [*bad, (LAMP_SET, "{broken"), (LAMP_SET, b"\xff" * 70_000)]:
            listener.send(topic, payload)
        assert listener.until(lambda: simulation.tally.refused == len(bad) and simulation.tally.not_understood == 1)
        seq = settled(listener)
        assert listener.until(lambda: settled(listener) > seq + 2)
    assert [message.json["topic"] for message in listener.of("refused")] == [topic for topic, _ in bad]
    assert simulation.tally.overflowed == 1


def test_a_daemon_that_acknowledges_is_waited_for(mosquitto: str, world: FakeWorld, listener: Listener) -> None:
    with on_air(world, mosquitto, speed=3600):
        assert listener.until(lambda: settled(listener) >= 10)
        listener.acknowledge(seq := settled(listener))
        listener.until(lambda: len(world.lengths) > seq + 50, 0.3)
        held = len(world.lengths)
        assert not listener.until(lambda: len(world.lengths) > held, 0.7)
        listener.acknowledge(held)
        assert listener.until(lambda: len(world.lengths) == held + WINDOW)


def test_a_late_daemon_hears_the_last_step_again(mosquitto: str, world: FakeWorld) -> None:
    with on_air(world, mosquitto, lockstep=True):
        time.sleep(0.3)
        with Listener(mosquitto, world.home.id, acknowledges=True) as daemon:
            assert daemon.until(lambda: settled(daemon) >= 5)
    assert daemon.heard[0].retain


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_day_in_lockstep_runs_as_fast_as_its_daemon_follows(
    mosquitto: str, world: FakeWorld, protocol: Literal["5", "3.1.1"]
) -> None:
    start = world.at
    with Listener(mosquitto, world.home.id, acknowledges=True) as daemon:
        with on_air(world, mosquitto, protocol=protocol, speed=3600, lockstep=True):
            assert daemon.until(lambda: world.at >= start + 86_400, 20)
        acknowledged = {message.json["seq"] for message in daemon.of("ack")}
    assert set(world.lengths) == {60.0}
    assert acknowledged >= set(range(1440))


def test_a_past_goes_by_in_silence_and_is_no_part_of_the_truth(
    mosquitto: str, world: FakeWorld, listener: Listener
) -> None:
    simulation = Simulation(world, Broker.of(mosquitto), clock=time.monotonic)
    simulation.pass_silently(86_400)
    assert listener.heard == []
    assert sum(world.lengths) == 86_400
    assert world.truth.steps == 0
    assert simulation.tally.messages == 0


def test_a_home_stands_still_without_its_broker_and_comes_back_with_it(world: FakeWorld) -> None:
    with running() as broker, on_air(world, broker.url, speed=60) as simulation:
        broker.stop()
        time.sleep(0.3)
        stood = world.at
        time.sleep(0.3)
        assert world.at == stood
        broker.start()
        with Listener(broker.url, world.home.id) as listener:
            assert listener.until(lambda: settled(listener) > 0, 10)
            assert listener.of("zigbee2mqtt/bridge/devices")
            listener.send(LAMP_SET, "ON")
            assert listener.until(lambda: simulation.tally.commands == 1)
            assert listener.until(lambda: world.at > stood)


@pytest.mark.timeout(30)
def test_a_broker_that_is_not_there_is_one_line_within_seconds(
    world: FakeWorld,
) -> None:
    elapsed = itertools.count(step=4.0)
    simulation = Simulation(world, Broker("127.0.0.1", free_port()), clock=lambda: next(elapsed))
    with pytest.raises(BrokerError, match=r"^Expected an MQTT broker at mqtt://127.0.0.1:\d+, got [^\n]*$"):
        simulation.run()


@pytest.mark.parametrize(
    "url", ["", "localhost", "http://localhost:1883", "mqtt://", "mqtt://host:port", "mqtt://host/topic"]
)
def test_a_broker_is_named_by_a_url(url: str) -> None:
    with pytest.raises(UsageError, match="mqtt://"):
        Broker.of(url)


def test_user_and_password_come_from_the_url_and_are_not_shown() -> None:
    broker = Broker.of("mqtt://ann:p%40ss@example.test:8883")
    assert (broker.host, broker.port, broker.username, broker.password) == ("example.test", 8883, "ann", "p@ss")
    assert "p@ss" not in f"{broker} {broker!r}"
