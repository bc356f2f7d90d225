"""Histories of people, policies, sensors and faults, shrunk by Hypothesis to the shortest that breaks a promise.

A failure prints the steps, and with a soak the seed: `HOMECTL_SEED=…` repeats it.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from homectl.home import (
    Autonomy,
    Cause,
    Forecast,
    History,
    Home,
    Kind,
    Light,
    Lock,
    LockState,
    Prediction,
    Quantity,
    Setpoint,
    Setting,
    Target,
    Times,
)
from tests.measured import Measured
from tests.oracle.causes import examine
from tests.oracle.envelope import judge
from tests.oracle.stage import Stage, described, drawn_home

LAMP, RELAY = Target("lamp", Kind.LIGHT), Target("relay", Kind.LIGHT)
VALVE, BOLT = Target("valve", Kind.SETPOINT), Target("bolt", Kind.LOCK)
TARGETS = (LAMP, RELAY, VALVE, BOLT)
WARMTH = (5.0, 6.9, 7.0, 8.9, 9.0, 19.0, 20.5, 34.9, 35.0, float("nan"), 85.0)


@dataclass(slots=True)
class Wishes:
    """A policy that wants what a history says, one wish for each target."""

    wanted: dict[Target, tuple[Setting, float]] = field(default_factory=dict)
    name: str = "wishes"
    cause: Cause = Cause.LEARNED

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return []

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        known = [target for target in targets if target in self.wanted]
        return [
            Prediction(target=t, setting=self.wanted[t][0], confidence=self.wanted[t][1], why="a history")
            for t in known
        ]


lights = st.builds(Light, st.booleans(), st.sampled_from([None, 0.5, 1.0, float("nan"), 0.0]))
setpoints = st.builds(Setpoint, st.sampled_from([7.0, 10.0, 16.0, 19.5, 20.0, 20.5, 21.0, 26.0, 30.0, float("nan")]))
wishes = st.one_of(
    st.tuples(st.sampled_from([LAMP, RELAY]), lights),
    st.tuples(st.just(VALVE), setpoints),
    st.tuples(st.just(BOLT), st.just(Lock())),
)
spans = st.sampled_from([0.5, 3.0, 10.0, 40.0, 190.0, 700.0, 1000.0, 2000.0, 4000.0, 8000.0])


class Life(RuleBasedStateMachine):
    """Everything that can happen to a home, in any order."""

    @initialize(number=st.integers(0, 20))
    def move_in(self, number: int) -> None:
        self.policy = Wishes()
        self.stage = Stage(drawn_home(Random(number)), self.policy, self.policy, Random(number))
        for device in self.stage.home.devices:
            self.stage.check_in(device.id)
        self.stage.pass_time(70)

    @rule(seconds=spans)
    def time_passes(self, seconds: float) -> None:
        self.stage.pass_time(seconds)

    @rule(wish=wishes, confidence=st.sampled_from([1.0, 0.96, 0.7, float("nan")]))
    def the_policy_wants(self, wish: tuple[Target, Setting], confidence: float) -> None:
        self.policy.wanted[wish[0]] = (wish[1], confidence)
        for area in ("hall", "room"):
            self.stage.react(area)

    @rule(wish=wishes, again=st.booleans())
    def a_person_asks(self, wish: tuple[Target, Setting], again: bool) -> None:
        for _ in range(1 + again):
            self.stage.ask(*wish)

    @rule(thing=st.sampled_from(TARGETS), value=st.sampled_from([0.0, 1.0]), celsius=st.sampled_from([7.5, 18.0, 29.0]))
    def a_hand_sets(self, thing: Target, value: float, celsius: float) -> None:
        quantity = {Kind.LIGHT: Quantity.LIGHT_ON, Kind.SETPOINT: Quantity.SETPOINT, Kind.LOCK: Quantity.LOCK}[
            thing.kind
        ]
        self.stage.by_hand(thing.device, quantity, celsius if thing is VALVE else value)

    @rule(thing=st.sampled_from(TARGETS))
    def a_person_resumes(self, thing: Target) -> None:
        self.stage.resume(thing)

    @rule(celsius=st.sampled_from(WARMTH), live=st.booleans())
    def the_room_has(self, celsius: float, live: bool) -> None:
        for device, quantity in self.stage.truth:
            if quantity is Quantity.TEMPERATURE:
                if celsius == celsius and celsius < 60:
                    self.stage.truth[device, quantity] = celsius
                self.stage.say(device, quantity, celsius, live=live)

    @rule(value=st.sampled_from([0.0, 0.0, 1.0]), live=st.booleans())
    def the_door_moves(self, value: float, live: bool) -> None:
        self.stage.truth["door", Quantity.CONTACT] = value
        self.stage.say("door", Quantity.CONTACT, value, live=live)

    @rule(state=st.sampled_from([LockState.JAMMED, LockState.UNLOCKED]))
    def the_bolt_is(self, state: LockState) -> None:
        self.stage.truth["bolt", Quantity.LOCK] = float(state)
        self.stage.say("bolt", Quantity.LOCK, float(state), by="device")

    @rule(quantity=st.sampled_from([Quantity.SMOKE, Quantity.CARBON_MONOXIDE]), alarm=st.booleans(), live=st.booleans())
    def a_detector_says(self, quantity: Quantity, alarm: bool, live: bool) -> None:
        self.stage.truth["smoke", quantity] = float(alarm)
        self.stage.say("smoke", quantity, float(alarm), live=live)

    @rule()
    def everything_checks_in(self) -> None:
        for device in self.stage.home.devices:
            self.stage.check_in(device.id)

    @rule(device=st.sampled_from(["lamp", "valve", "bolt", "door", "smoke"]), there=st.booleans())
    def a_network_says(self, device: str, there: bool) -> None:
        self.stage.say(device, Quantity.AVAILABLE, float(there), live=False)

    @rule(device=st.sampled_from(["lamp", "valve", "bolt", "door", "smoke"]))
    def a_device_falls_silent_or_speaks_again(self, device: str) -> None:
        self.stage.silent ^= {device}

    @rule(losses=st.sampled_from([0.0, 0.5, 1.0]))
    def the_air_loses(self, losses: float) -> None:
        self.stage.losses = losses

    @rule(seconds=spans)
    def the_broker_is_away(self, seconds: float) -> None:
        self.stage.link(False)
        self.stage.pass_time(min(seconds, 1000.0))
        self.stage.link(True)

    @rule(level=st.sampled_from([Autonomy.AUTO, Autonomy.AUTO, Autonomy.OBSERVE, Autonomy.OFF]))
    def homectl_restarts(self, level: Autonomy) -> None:
        self.stage.start(level)

    @rule(by=st.sampled_from([3600.0, -3600.0, 365 * 86_400.0, 2.0]))
    def the_clock_is_set(self, by: float) -> None:
        self.stage.set_clock(by)

    @rule(full=st.booleans())
    def the_disk_fills_or_empties(self, full: bool) -> None:
        self.stage.fill_disk(full)

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        try:
            self._fall_quiet()
            home = described(self.stage.home)
            found = judge(home, self.stage.log) + examine(home, self.stage.log)
            assert not found, found
        finally:
            self.stage.close()

    def _fall_quiet(self) -> None:
        """Nothing more is wrong or wanted, and everybody says how they are."""
        stage = self.stage
        self.policy.wanted.clear()
        stage.silent.clear()
        stage.losses = 0.0
        stage.fill_disk(False)
        for device in stage.home.devices:
            stage.say(device.id, Quantity.AVAILABLE, 1.0)
        for _ in range(2):
            for device in stage.home.devices:
                stage.check_in(device.id)
            stage.pass_time(1200)
        stage.write_down_beliefs()


def live(examples: int, number: int | None = None) -> None:
    """So many histories; the same ones every time unless a number is given."""
    run_state_machine_as_test(
        Life if number is None else seed(number)(Life),
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            print_blob=True,
            database=None,
            derandomize=number is None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )


def test_what_a_hand_sets_with_a_devices_last_word_was_not_set_after_it() -> None:
    """The valve tells what it was turned to and then nothing more: the room's heat is bounded all the same."""
    life = Life()
    life.move_in(number=16)
    life.the_policy_wants(wish=(RELAY, Light(True)), confidence=1.0)
    life.a_network_says(device="lamp", there=False)
    life.a_device_falls_silent_or_speaks_again(device="lamp")
    life.a_hand_sets(thing=VALVE, value=0.0, celsius=29.0)
    life.a_person_resumes(thing=VALVE)
    life.time_passes(seconds=8000.0)
    life.teardown()


def test_what_is_said_first_after_the_link_was_lost_names_nobody() -> None:
    """A thermostat that has another setpoint then is bounded like any other, whether or not a hand turned it."""
    life = Life()
    life.move_in(number=0)
    life.the_broker_is_away(seconds=0.5)
    life.a_hand_sets(thing=VALVE, value=0.0, celsius=29.0)
    life.time_passes(seconds=4000.0)
    life.teardown()


@pytest.mark.timeout(300)
def test_no_history_of_fifty_breaks_a_promise() -> None:
    live(50)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_no_history_of_two_thousand_breaks_a_promise(measured: Measured) -> None:
    number = int(os.environ.get("HOMECTL_SEED") or Random().randrange(2**32))
    print(f"HOMECTL_SEED={number}")
    live(2000, number)
    measured("histories", histories=2000, anomalies=0)
