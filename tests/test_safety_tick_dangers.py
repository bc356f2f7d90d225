"""The safety tick in a room that is too hot, in smoke and carbon monoxide, and where no temperature can be believed."""

import math
from collections.abc import Sequence

import pytest

from homectl.home import (
    Cause,
    Command,
    CommandState,
    Device,
    Lock,
    LockState,
    Origin,
    Outcome,
    Quantity,
    Reading,
    Ruling,
    Setpoint,
)
from tests.test_safety_tick import BOLT, HOUR, NOON, VALVE, Watch, bolt, cellar, door, forgotten, told, valve

SMOKE, GAS = Quantity.SMOKE, Quantity.CARBON_MONOXIDE
SILENCE = 65 * 60.0


def detected(watch: Watch, quantity: Quantity, value: float, at: float) -> None:
    watch.state.fire.hear(told("detector", quantity, value, at), SILENCE, at)


def asked(watch: Watch, at: float = NOON) -> list[float]:
    """The setpoints that are sent now."""
    commands = [v.approved.command for v in watch.at(at) if v.approved is not None]
    assert {command.cause for command in commands} <= {Cause.SAFETY}
    return [command.setting.celsius for command in commands if isinstance(command.setting, Setpoint)]


@pytest.mark.parametrize(
    ("readings", "sent"),
    [
        ((valve(21), cellar(34.9)), []),
        ((valve(21), cellar(35.0)), [7.0]),
        ((valve(7), cellar(40.0)), []),
        ((valve(21), cellar(35.0, NOON - 600), cellar(33.0)), [7.0]),
        ((valve(21), cellar(35.0, NOON - 600), cellar(32.9)), []),
        ((valve(21), cellar(40.0, NOON - 5 * HOUR)), []),
        ((valve(7), cellar(40.0), told("valve", Quantity.TEMPERATURE, 5.0, NOON)), [10.0]),
    ],
    ids=["warm", "hot", "closed already", "not cooled", "cooled", "hot long ago", "frost beside it"],
)
def test_a_room_that_is_too_hot_is_closed_in_spite_of_a_hold(readings: Sequence[Reading], sent: list[float]) -> None:
    watch = Watch(*sorted(readings, key=lambda reading: reading.at))
    watch.state.holds.start(VALVE, NOON + 7200)
    assert asked(watch) == sent


def test_carbon_monoxide_closes_every_thermostat_until_a_person_resumes_it_frost_or_not() -> None:
    watch = Watch(valve(21), cellar(20.0))
    watch.state.holds.start(VALVE, NOON + 7200)
    detected(watch, GAS, 1.0, NOON)
    assert asked(watch) == [7.0]
    watch.history.append(valve(7, NOON + 60, Origin.HOMECTL))
    detected(watch, GAS, 0.0, NOON + 100)
    watch.history.append(cellar(5.0, NOON + 300))
    [verdict] = watch.at(NOON + 4000)
    assert (verdict.ruling, verdict.decision.setting) == (Ruling.NOTHING, Setpoint(7.0))
    assert "nobody resumed heat" in verdict.reason
    assert watch.state.fire.resume(NOON + 4000)
    assert asked(watch, NOON + 4010) == [10.0]


def test_a_thermostat_in_a_room_without_a_thermometer_is_closed_as_well() -> None:
    watch = Watch(valve(21))
    assert asked(watch) == []
    detected(watch, GAS, 1.0, NOON)
    assert asked(watch, NOON + 10) == [7.0]
    assert "tells of carbon monoxide" in watch.at(NOON + 20)[0].reason


def test_frost_waits_while_there_is_smoke_and_no_longer() -> None:
    watch = Watch(valve(7), cellar(5.0))
    detected(watch, SMOKE, 1.0, NOON - 10)
    assert [v.rule for v in watch.at(NOON)] == ["no smoke bars heat"]
    detected(watch, SMOKE, 0.0, NOON + 5)
    assert asked(watch, NOON + 10) == [10.0]


def bolted(watch: Watch, at: float) -> list[str]:
    """What becomes of the door: locked, or the rule that objects."""
    return [v.rule or "locked" for v in watch.at(at) if v.decision.target == BOLT]


@pytest.mark.parametrize("quantity", [SMOKE, GAS])
def test_a_forgotten_door_is_locked_half_an_hour_after_an_alarm(quantity: Quantity) -> None:
    watch = Watch(*forgotten())
    detected(watch, quantity, 1.0, NOON + 100)
    assert bolted(watch, NOON + 400) == ["no alarm bars the lock"]
    detected(watch, quantity, 0.0, NOON + 600)
    assert bolted(watch, NOON + 600 + 1799) == ["no alarm bars the lock"]
    assert bolted(watch, NOON + 600 + 1800) == ["locked"]


def test_a_clock_that_leaps_ahead_locks_no_door_early() -> None:
    watch = Watch(*forgotten())
    watch.history.leap(NOON + 50, 600)
    assert not any(v.approved for v in watch.at(NOON + 600 + 179))
    assert [v.approved is not None for v in watch.at(NOON + 600 + 180)] == [True]


LOST = told("probe", Quantity.TEMPERATURE, math.nan, NOON - 1800)


@pytest.mark.parametrize(
    ("readings", "started", "sent"),
    [
        ((valve(28, NOON - HOUR), cellar(20, NOON - HOUR), LOST), NOON - 9e4, [26.0]),
        ((valve(28, NOON - HOUR), cellar(20, NOON - HOUR), cellar(math.nan, NOON - 1799)), NOON - 9e4, []),
        ((valve(28, NOON - HOUR), cellar(20, NOON - HOUR), LOST, cellar(math.nan, NOON - 5)), NOON - 9e4, [26.0]),
        ((valve(28, NOON - HOUR), cellar(20, NOON - HOUR), LOST, cellar(20, NOON - 5)), NOON - 9e4, []),
        ((valve(26, NOON - HOUR), cellar(20, NOON - HOUR), LOST), NOON - 9e4, []),
        ((valve(28, NOON - HOUR), cellar(20, NOON - HOUR), LOST), NOON - 1799, []),
        ((cellar(20, NOON - HOUR), LOST, valve(28, NOON - 1700)), NOON - 9e4, []),
        ((cellar(20, NOON - HOUR), LOST, valve(28, NOON - 1800)), NOON - 9e4, [26.0]),
        ((cellar(20, NOON - HOUR), LOST, valve(28, NOON - 1700, Origin.HOMECTL)), NOON - 9e4, [26.0]),
        ((valve(28, NOON - 2 * HOUR), cellar(20, NOON - 64 * 60)), NOON - 9e4, []),
        ((valve(28, NOON - 2 * HOUR), cellar(20, NOON - 66 * 60)), NOON - 9e4, [26.0]),
        ((valve(28, NOON - HOUR), cellar(20, NOON - HOUR), cellar(90.0, NOON - 1800)), NOON - 9e4, [26.0]),
    ],
    ids=[
        "lost for half an hour",
        "for less",
        "and says so again",
        "found again",
        "within what policies may ask",
        "this run is younger",
        "set by a person since",
        "set by a person just then",
        "set by us since",
        "quiet as usual",
        "silent",
        "implausible",
    ],
)
def test_heat_is_bounded_half_an_hour_after_a_rooms_temperature_was_lost(
    readings: Sequence[Reading], started: float, sent: list[float]
) -> None:
    assert asked(Watch(*sorted(readings, key=lambda reading: reading.at), started=started)) == sent


def test_where_heat_is_bounded_already_there_is_nothing_to_say() -> None:
    assert Watch(valve(26, NOON - HOUR), cellar(20, NOON - HOUR), LOST).at(NOON) == []


def test_a_hold_keeps_the_bound_away() -> None:
    watch = Watch(valve(28, NOON - HOUR), cellar(20, NOON - HOUR), LOST)
    watch.state.holds.start(VALVE, NOON + 60)
    assert asked(watch) == []
    assert asked(watch, NOON + 60) == [26.0]


def test_one_that_says_again_and_again_that_it_knows_nothing_is_lost_all_the_same() -> None:
    """Repeated words are signs of life, but no temperature."""
    lost = [cellar(math.nan, NOON - 7 * HOUR + 600 * n) for n in range(42)]
    assert asked(Watch(valve(22, NOON - 9 * HOUR), cellar(20, NOON - 8 * HOUR), *lost)) == [17.0]


def test_what_a_thermostat_said_before_this_run_is_no_answer_to_frost() -> None:
    watch = Watch(cellar(5.0, NOON), valve(21, NOON))
    watch.history.unsee()
    assert asked(watch) == [10.0]


SPARE = Device(id="spare", area="cellar", senses=frozenset({Quantity.TEMPERATURE}), battery=True)


@pytest.mark.parametrize("news", ["a word", "a new signal", "a new device"])
def test_a_calm_room_is_looked_at_again_when_there_is(news: str) -> None:
    watch = Watch(valve(7), cellar(20.0), told("spare", Quantity.TEMPERATURE, 5.0, NOON - 50))
    assert asked(watch) == asked(watch, NOON + 5) == []
    if news == "a word":
        watch.history.append(cellar(17.0, NOON + 8))
        watch.history.append(told("probe", Quantity.TEMPERATURE, 17.0, NOON + 8))
        assert asked(watch, NOON + 10) == []
        watch.history.append(cellar(6.0, NOON + 400))
    elif news == "a new signal":
        watch.history.append(told("valve", Quantity.TEMPERATURE, 5.0, NOON + 400))
    else:
        watch.home = watch.home.with_device(SPARE)
    assert asked(watch, NOON + 410) == [10.0]


def test_tries_that_were_refused_do_not_count() -> None:
    watch = Watch(*forgotten(), started=NOON + 180)
    assert [at - NOON for at, _ in watch.commands(NOON + 180, NOON + 400)] == [380.0]


@pytest.mark.parametrize(("moving", "locks"), [(150.0, True), (150.001, False)])
def test_a_bolt_that_has_been_on_its_way_for_half_a_minute_was_not_thrown(moving: float, locks: bool) -> None:
    watch = Watch(*forgotten(), told("bolt", Quantity.LOCK, float(LockState.LOCKING), NOON + moving))
    assert any(v.approved for v in watch.at(NOON + 180)) is locks


@pytest.mark.parametrize(("celsius", "sent"), [(9.75, []), (9.7, [10.0])])
def test_a_setpoint_within_its_tolerance_is_left_as_it_is(celsius: float, sent: list[float]) -> None:
    assert asked(Watch(valve(celsius), cellar(6.9))) == sent


def test_what_is_yet_to_come_is_not_known() -> None:
    assert Watch(bolt(0.0, NOON + 500), door(0.0, NOON + 500), valve(28, NOON + 500)).at(NOON) == []
    later = [door(0.0, NOON - 900), bolt(0.0, NOON - 900), valve(28, NOON - HOUR), cellar(20, NOON - HOUR), LOST]
    assert asked(Watch(*later, started=NOON - 9e4)) == [26.0]


def test_a_calm_room_is_looked_at_again_once_there_is_carbon_monoxide() -> None:
    watch = Watch(valve(21), cellar(20.0))
    assert asked(watch) == []
    detected(watch, GAS, 1.0, NOON + 5)
    assert asked(watch, NOON + 10) == [7.0]


def test_a_room_grows_calm_again_only_once_it_can_be() -> None:
    """It stays warm, but its thermometer falls silent, and half an hour is long over by then."""
    watch = Watch(valve(28, NOON - 60), cellar(20.0, NOON))
    sent = [(at - NOON, c.setting) for at, c in watch.commands(NOON, NOON + 70 * 60)]
    assert sent == [(3910.0, Setpoint(26.0))]


def test_a_lock_that_is_asked_already_is_left_alone_in_an_alarm_too() -> None:
    watch = Watch(*forgotten())
    wish = Command(id="p", target=BOLT, setting=Lock(), cause=Cause.PERSON, issued=NOON + 195, reason="")
    watch.state.issued(wish, NOON + 195)
    assert watch.at(NOON + 200) == []
    watch.state.ended(Outcome(command=wish, state=CommandState.EXPIRED, at=NOON + 205), NOON + 205)
    detected(watch, SMOKE, 1.0, NOON + 206)
    assert [v.rule for v in watch.at(NOON + 240)] == ["no alarm bars the lock"]
