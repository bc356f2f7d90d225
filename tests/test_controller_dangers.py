"""Smoke, carbon monoxide and clocks that are set, through a whole controller: what restarts and resumes keep."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from homectl.home import (
    ActionRefused,
    Autonomy,
    Cause,
    Device,
    Forecast,
    History,
    Home,
    Kind,
    Lock,
    LockState,
    Origin,
    Prediction,
    Quantity,
    Setpoint,
    Target,
    Times,
    ToldClock,
)
from homectl.journal import Journal
from tests.fakes import HEATING, LAMP, LOCK, NOON
from tests.oracle.stage import Stage, drawn_home
from tests.test_controller import Rig

SMOKE, GAS = Quantity.SMOKE, Quantity.CARBON_MONOXIDE
DETECTOR = Device(id="detector", name="Detector", area="hall", senses=frozenset({SMOKE, GAS}), battery=True)


def moved_in(journal: Journal, clock: ToldClock | None = None, history: History | None = None) -> Rig:
    """A small home with a detector; a run begins."""
    rig = Rig(journal, clock, history)
    rig.control.home = rig.control.home.with_device(DETECTOR)
    rig.control.begin()
    rig.all_say()
    rig.say("detector", SMOKE, 0.0)
    rig.say("detector", GAS, 0.0)
    return rig


def again(rig: Rig) -> Rig:
    """The next run, with what the journal kept."""
    rig.journal.flush()
    history = rig.journal.history()
    history.unsee()
    return moved_in(rig.journal, rig.clock, history)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with Journal.open(tmp_path / "h.db") as journal:
        yield moved_in(journal)


def test_carbon_monoxide_closes_the_heating_within_ten_seconds_and_a_person_opens_it_again(rig: Rig) -> None:
    rig.say("detector", GAS, 1.0)
    rig.pass_time(10)
    assert (HEATING, Setpoint(7.0)) in rig.sent
    with pytest.raises(ActionRefused, match="no carbon monoxide bars heat"):
        rig.control.resume(HEATING)
    with pytest.raises(ActionRefused, match="no carbon monoxide bars heat"):
        rig.control.ask(HEATING, Setpoint(21.0))
    rig.control.ask(HEATING, Setpoint(7.0))
    assert rig.control.state.fire.heat_off
    rig.say("detector", GAS, 0.0)
    assert any("held off" in alarm for alarm in rig.control.alarms())
    rig.control.resume(HEATING)
    assert rig.control.alarms() == ["Carbon monoxide 0 min ago; no door locks itself for 30 min"]


@pytest.mark.parametrize("how", ["resume", "ask"])
def test_what_let_the_heating_go_on_is_known_after_a_restart(rig: Rig, how: str) -> None:
    rig.say("detector", GAS, 1.0)
    rig.pass_time(10)
    rig.obey(HEATING, Setpoint(7.0))
    rig.say("detector", GAS, 0.0)
    assert again(rig).control.state.fire.heat_off
    rig.pass_time(100)
    if how == "resume":
        rig.control.resume(HEATING)
    else:
        rig.control.ask(HEATING, Setpoint(21.0))
    assert not rig.control.state.fire.heat_off
    assert not again(rig).control.state.fire.heat_off


@pytest.mark.parametrize("over", [False, True])
def test_a_turned_knob_resumes_nothing_for_another_program_may_have_done_it(rig: Rig, over: bool) -> None:
    rig.say("detector", GAS, 1.0)
    rig.pass_time(10)
    rig.obey(HEATING, Setpoint(7.0))
    rig.pass_time(60)
    if over:
        rig.say("detector", GAS, 0.0)
    rig.say("valve", Quantity.SETPOINT, 19.0)
    rig.pass_time(20)
    assert rig.control.state.fire.heat_off
    assert rig.sent.count((HEATING, Setpoint(7.0))) == 2


def test_who_closes_a_thermostat_does_not_let_the_heating_go_on(rig: Rig) -> None:
    rig.say("detector", GAS, 1.0)
    rig.say("detector", GAS, 0.0)
    rig.control.ask(HEATING, Setpoint(7.0))
    assert rig.control.state.fire.heat_off
    rig.control.ask(HEATING, Setpoint(18.0))
    assert not rig.control.state.fire.heat_off


def test_the_end_of_a_hold_of_something_else_lets_no_heating_go_on(rig: Rig) -> None:
    rig.say("detector", GAS, 1.0)
    rig.say("detector", GAS, 0.0)
    rig.control.resume(LAMP)
    assert rig.control.state.fire.heat_off


def test_what_a_broker_kept_of_a_detector_is_not_even_shown(rig: Rig) -> None:
    before = rig.control.counts["readings"]
    rig.say("detector", SMOKE, 1.0, live=False)
    assert rig.control.counts["readings"] == before
    assert rig.control.alarms() == []


def test_an_alarm_keeps_a_forgotten_door_as_it_is_over_a_restart(rig: Rig) -> None:
    rig.say("detector", SMOKE, 1.0)
    rig.pass_time(60)
    rig.say("detector", SMOKE, 0.0)
    after = again(rig)
    after.pass_time(1790, step=10)
    after.say("door", Quantity.CONTACT, 0.0)
    after.say("bolt", Quantity.LOCK, LockState.UNLOCKED)
    assert (LOCK, Lock()) not in rig.sent + after.sent
    after.pass_time(60)
    assert (LOCK, Lock()) in after.sent


class Wall(ToldClock):
    """A clock that somebody can set; what has elapsed only grows."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead


def test_a_clock_that_is_set_ahead_spares_a_bolt_its_waiting(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "h.db") as journal:
        clock = Wall(NOON)
        rig = moved_in(journal, clock)
        rig.pass_time(600)
        rig.say("bolt", Quantity.LOCK, LockState.LOCKED)
        rig.say("door", Quantity.CONTACT, 1.0)
        rig.pass_time(30)
        rig.say("door", Quantity.CONTACT, 0.0)
        rig.say("bolt", Quantity.LOCK, LockState.UNLOCKED)
        rig.sent.clear()
        rig.pass_time(30)
        clock.ahead = 3600.0
        rig.pass_time(140)
        assert rig.sent == []
        rig.say("door", Quantity.CONTACT, 0.0)
        rig.say("bolt", Quantity.LOCK, LockState.UNLOCKED)
        rig.pass_time(20)
        assert rig.sent == [(LOCK, Lock())]


class Flipping:
    """Wants the heating half a degree up and down at every question."""

    name, cause = "flipping", Cause.LEARNED

    def __init__(self) -> None:
        self._up = False

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return []

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        self._up = not self._up
        now = {t: history.value(t.device, Quantity.SETPOINT, at) for t in targets if t.kind is Kind.SETPOINT}
        step = 0.5 if self._up else -0.5
        return [
            Prediction(target=t, setting=Setpoint(min(22.0, max(18.0, value + step))), confidence=1.0, why="a whim")
            for t, value in now.items()
            if not math.isnan(value)
        ]


def gaps_between_steps(restarts: int) -> list[float]:
    """Seconds between a policy's steps of one thermostat, over so many restarts at random."""
    dice, policy = Random(5), Flipping()
    stage = Stage(drawn_home(Random(0)), policy, policy, Random(0))
    for _ in range(restarts):
        for _ in range(dice.choice([0, 0, 1, 1, 2])):
            for device in stage.home.devices:
                stage.check_in(device.id)
            stage.pass_time(dice.uniform(1, 1000))
        stage.start(Autonomy.AUTO)
        stage._journal.retain(stage.control.now() - 3600)
    stage.close()
    sent = [event[1] for event in stage.log if event[0] == "sent" and event[2:4] == ("valve", "setpoint")]
    return [later - earlier for earlier, later in pairwise(sent)]


def test_a_thousand_restarts_shorten_no_time_between_two_steps_of_a_thermostat() -> None:
    gaps = gaps_between_steps(1000)
    assert len(gaps) > 100
    assert min(gaps) >= 900


def test_a_persons_word_on_a_detector_is_shown_as_one(rig: Rig) -> None:
    rig.say("detector", GAS, 1.0)
    rig.say("detector", GAS, 0.0)
    rig.control.resume(HEATING)
    sample = rig.journal.history().sample("detector", GAS, NOON + 100)
    assert sample is not None
    assert sample.origin is Origin.PERSON
