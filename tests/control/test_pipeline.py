"""The one decision path, from a prediction to a verdict and a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

import pytest

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import HoldLimits, Limits
from homectl.control.pipeline import Moment, decide, explain, record_of
from homectl.control.state import GIVE_UP, ControlState
from homectl.home import (
    Area,
    Autonomy,
    Cause,
    CommandState,
    Device,
    Forecast,
    History,
    Home,
    Kind,
    Light,
    Lock,
    LockState,
    Origin,
    Outcome,
    Prediction,
    Quantity,
    Reading,
    Ruling,
    Setpoint,
    Setting,
    Target,
    Times,
    Verdict,
    local_words,
)

LAMP, VALVE, BOLT = Target("lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT), Target("bolt", Kind.LOCK)
NOON = 1_000_000.0
HOME = Home(
    id="h",
    simulated=True,
    areas=(Area(id="hall"),),
    devices=(
        Device(id="bolt", area="hall", sets=frozenset({Kind.LOCK}), battery=True, exterior=True, contact="door"),
        Device(id="door", area="hall", senses=frozenset({Quantity.CONTACT}), battery=True, exterior=True),
        Device(id="lamp", name="Hall lamp", area="hall", sets=frozenset({Kind.LIGHT})),
        Device(id="valve", area="hall", sets=frozenset({Kind.SETPOINT}), battery=True),
    ),
)


def told(device: str, quantity: Quantity, value: float, origin: Origin = Origin.UNKNOWN) -> Reading:
    return Reading(device=device, quantity=quantity, value=value, at=NOON - 10, origin=origin)


WELL = (
    told("lamp", Quantity.LIGHT_ON, 0.0),
    told("valve", Quantity.SETPOINT, 20.0),
    told("valve", Quantity.TEMPERATURE, 19.0),
    told("door", Quantity.CONTACT, 0.0),
    told("bolt", Quantity.LOCK, LockState.UNLOCKED),
)


@dataclass(frozen=True, slots=True)
class Wants:
    """A policy that always wants the same of one target, or fails."""

    target: Target
    setting: Setting | None
    confidence: float = 0.97
    cause: Cause = Cause.LEARNED
    fails: bool = False
    name: str = "wants"

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return []

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        if self.fails:
            raise ValueError("NaN")
        known = [target for target in targets if target == self.target]
        return [Prediction(target=t, setting=self.setting, confidence=self.confidence, why="it is dusk") for t in known]


def moment(*more: Reading, autonomy: Autonomy | None = None, state: ControlState | None = None) -> Moment:
    """A home that has been running for an hour."""
    numbers = count()
    return Moment(
        home=HOME,
        history=History.of([*WELL, *more]),
        at=NOON,
        elapsed=3600.0,
        state=state or ControlState(0.0),
        limits=Limits(),
        autonomy=AutonomySettings(level=autonomy),
        new_id=lambda: f"c{next(numbers)}",
    )


def verdict_on(now: Moment, setting: Setting | None, confidence: float = 0.97) -> Verdict:
    target = {Light: LAMP, Setpoint: VALVE, Lock: BOLT, type(None): LAMP}[type(setting)]
    wants = Wants(target, setting, confidence)
    [verdict] = decide(now, wants, wants, [target])
    return verdict


@pytest.mark.parametrize(
    ("setting", "confidence", "ruling"),
    [
        (Light(True, 0.5), 0.97, Ruling.APPROVED),
        (Light(True), 0.79, Ruling.SUGGESTED),
        (Light(True), float("nan"), Ruling.SUGGESTED),
        (Light(False), 0.97, Ruling.NOTHING),  # it is off already
        (Setpoint(20.2), 0.97, Ruling.NOTHING),  # closer than a report can tell
        (Setpoint(21.0), 0.97, Ruling.APPROVED),
        (Setpoint(25.0), 0.97, Ruling.REFUSED),  # too large a step
        (Lock(), 0.97, Ruling.APPROVED),
        (Lock(), 0.94, Ruling.SUGGESTED),
        (None, 0.97, Ruling.NOTHING),
    ],
)
def test_a_wish_becomes_a_verdict(setting: Setting | None, confidence: float, ruling: Ruling) -> None:
    verdict = verdict_on(moment(), setting, confidence)
    assert verdict.ruling is ruling
    assert (verdict.approved is not None) == (ruling is Ruling.APPROVED)


@pytest.mark.parametrize(
    ("level", "ruling"),
    [
        (Autonomy.OFF, Ruling.NOTHING),
        (Autonomy.OBSERVE, Ruling.OBSERVED),
        (Autonomy.SUGGEST, Ruling.SUGGESTED),
        (Autonomy.AUTO, Ruling.APPROVED),
    ],
)
def test_autonomy_says_how_much_may_be_done(level: Autonomy, ruling: Ruling) -> None:
    assert verdict_on(moment(autonomy=level), Light(True)).ruling is ruling


def test_a_command_is_not_repeated_while_it_waits_for_its_answer() -> None:
    now = moment()
    assert verdict_on(now, Setpoint(21.0)).ruling is Ruling.APPROVED
    again = verdict_on(now, Setpoint(21.0))
    assert again.ruling is Ruling.NOTHING
    assert "not answered yet" in again.reason


@pytest.mark.parametrize(("later", "ruling"), [(GIVE_UP - 1, Ruling.NOTHING), (GIVE_UP + 1, Ruling.APPROVED)])
def test_a_device_that_does_not_answer_is_left_in_peace_for_a_while(later: float, ruling: Ruling) -> None:
    now = moment()
    approved = verdict_on(now, Light(True)).approved
    assert approved is not None
    now.state.ended(Outcome(command=approved.command, state=CommandState.FAILED, at=NOON), now.elapsed)
    assert verdict_on(replace(now, elapsed=now.elapsed + later), Light(True)).ruling is ruling


def test_a_hand_made_change_is_held() -> None:
    state = ControlState(0.0)
    history = History.of(WELL)
    by_hand = Reading(device="lamp", quantity=Quantity.LIGHT_ON, value=1.0, at=NOON)
    assert state.attribute(by_hand, history, None, 3600.0, HoldLimits()) is Origin.PERSON
    verdict = verdict_on(moment(by_hand, state=state), Light(False))
    assert verdict.ruling is Ruling.NOTHING
    assert verdict.reason == f"held by a person until {local_words(NOON + 1800, HOME.zone, NOON)}"


def test_a_lamp_that_is_on_is_said_to_be_on_and_not_to_be_as_bright_as_was_wanted() -> None:
    lit = [told("lamp", Quantity.LIGHT_ON, 1.0), told("lamp", Quantity.LIGHT_LEVEL, 0.8)]
    assert verdict_on(moment(*lit), Light(True, 0.64)).reason == "it is on already"


def test_a_failing_policy_is_replaced_by_the_fallback() -> None:
    fallback = Wants(LAMP, Light(True), cause=Cause.RULES)
    [verdict] = decide(moment(), Wants(LAMP, Light(False), fails=True), fallback, [LAMP])
    assert verdict.ruling is Ruling.APPROVED
    assert verdict.decision.cause is Cause.RULES


def test_the_fallback_answers_for_targets_the_policy_does_not_know() -> None:
    verdicts = decide(moment(), Wants(LAMP, Light(True)), Wants(VALVE, Setpoint(21.0), cause=Cause.RULES), HOME.targets)
    assert {v.decision.target: v.decision.cause for v in verdicts} == {LAMP: Cause.LEARNED, VALVE: Cause.RULES}


@pytest.mark.parametrize(
    ("policy", "fallback", "setting", "cause"),
    [
        (Wants(LAMP, Light(False), 0.79), Wants(LAMP, Light(True), 0.9, Cause.RULES), Light(True), Cause.RULES),
        (Wants(LAMP, Light(False), 0.81), Wants(LAMP, Light(True), 0.9, Cause.RULES), Light(False), Cause.LEARNED),
        (Wants(LAMP, Light(False), 0.79), Wants(LAMP, Light(True), 0.79, Cause.RULES), Light(False), Cause.LEARNED),
        (Wants(LAMP, Light(False), 0.79), Wants(LAMP, None, 0.9, Cause.RULES), Light(False), Cause.LEARNED),
        (Wants(LAMP, None, 0.5), Wants(LAMP, Light(True), 0.9, Cause.RULES), None, Cause.LEARNED),
    ],
    ids=["it doubts", "it is sure", "both doubt", "nobody knows", "it is silent for a reason"],
)
def test_where_a_policy_doubts_a_fallback_that_is_sure_decides(
    policy: Wants, fallback: Wants, setting: Setting | None, cause: Cause
) -> None:
    [verdict] = decide(moment(), policy, fallback, [LAMP])
    assert (verdict.decision.setting, verdict.decision.cause) == (setting, cause)


@pytest.mark.parametrize(
    ("setting", "confidence", "sentence"),
    [
        (Light(True, 0.5), 0.9, "Hall lamp: asked to be on at 50%, because it is dusk (learned, 90% sure)."),
        (Light(True), 0.5, "Hall lamp: on is suggested, because it is dusk (learned, 50% sure)."),
        (Light(False), 0.9, "Hall lamp: left alone, it is off already."),
        (Setpoint(20.0), 0.9, "valve: left alone, it is 20.0 °C already."),
        (Setpoint(25.0), 0.9, "valve: would be 25.0 °C (learned, 90% sure), refused by “setpoint moves slowly”: "
         "a step from 20 to 25 °C is more than 1 °C."),
    ],
)  # fmt: skip
def test_every_verdict_is_a_sentence(setting: Setting, confidence: float, sentence: str) -> None:
    assert explain(record_of(verdict_on(moment(), setting, confidence)), HOME) == sentence
