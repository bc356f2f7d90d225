"""A policy that fails is left out and comes back only after a day of good answers; a healthy one is never touched."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.control.autonomy import AutonomySettings
from homectl.control.breaker import LONGEST, MOST, OPEN, SHADOW, SLOWEST, WITHIN, Breaker, Circuit, Instead
from homectl.control.limits import Limits
from homectl.control.pipeline import Moment, decide, record_of
from homectl.control.state import ControlState
from homectl.home import (
    Autonomy,
    Cause,
    Forecast,
    History,
    Home,
    Light,
    Lock,
    Prediction,
    Quantity,
    Reading,
    Setpoint,
    Setting,
    Target,
    Times,
)
from tests.fakes import HEATING, LAMP, LOCK, NOON, small_home

HOME, HISTORY = small_home(), History()


@dataclass
class Moody:
    """A policy that answers well, or as a test says: with an error, another setting, or late."""

    name: str = "moody"
    cause: Cause = Cause.LEARNED
    now: float = 0.0
    takes: float = 0.01
    error: Exception | None = None
    settings: dict[Target, Setting | None] = field(default_factory=lambda: {LAMP: Light(True)})
    confidence: float = 0.99
    asked: int = 0

    def real(self) -> float:
        return self.now

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return []

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        self.asked += 1
        self.now += self.takes
        if self.error is not None:
            raise self.error
        return [
            Prediction(target=t, setting=self.settings[t], confidence=self.confidence, why="a mood")
            for t in targets
            if t in self.settings
        ]


class Rig:
    def __init__(self) -> None:
        self.policy = Moody()
        self.breaker = Breaker(self.policy, self.policy.real)
        self.ask()

    def ask(self, after: float = 1.0) -> list[Prediction]:
        self.policy.now += after
        return self.breaker.predict(HOME, HISTORY, NOON, [LAMP, HEATING, LOCK])

    @property
    def circuit(self) -> str:
        return str(self.breaker.view()["circuit"])

    def open(self) -> None:
        self.policy.error = ValueError("no numbers")
        for _ in range(MOST):
            assert self.ask() == []
        self.policy.error = None
        assert self.circuit == Circuit.OPEN


@pytest.fixture
def rig() -> Rig:
    return Rig()


BAD: list[dict[str, object]] = [
    {"error": ValueError("the network's answer is not a number")},
    {"error": KeyError("kitchen")},
    {"error": ZeroDivisionError()},
    {"error": MemoryError()},
    {"takes": SLOWEST + 0.01},
    {"confidence": nan},
    {"confidence": inf},
    {"settings": {HEATING: Setpoint(nan)}},
    {"settings": {HEATING: Setpoint(-inf)}},
    {"settings": {LAMP: Light(True, nan)}},
]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_one_bad_answer_counts_for_nothing_and_the_next_good_one_counts_again(rig: Rig, bad: dict[str, object]) -> None:
    good = vars(Moody())
    vars(rig.policy).update(bad)
    assert rig.ask() == []
    assert rig.breaker.trouble.startswith("moody has no say: it")
    vars(rig.policy).update({name: good[name] for name in bad})
    assert [prediction.setting for prediction in rig.ask()] == [Light(True)]
    assert (rig.breaker.trouble, rig.breaker.view()["faults"], rig.circuit) == ("", 1, Circuit.CLOSED)


@pytest.mark.parametrize(
    "good",
    [{"settings": {}}, {"settings": {LAMP: None}, "confidence": nan}, {"settings": {LOCK: Lock()}}, {"takes": SLOWEST}],
    ids=str,
)
def test_no_opinion_is_a_good_answer(rig: Rig, good: dict[str, object]) -> None:
    vars(rig.policy).update(good)
    rig.ask()
    assert (rig.breaker.trouble, rig.breaker.view()["faults"]) == ("", 0)


@pytest.mark.parametrize(("apart", "circuit"), [(1.0, Circuit.OPEN), (WITHIN / 2 + 1, Circuit.CLOSED)])
def test_three_bad_answers_in_ten_minutes_open_the_circuit(rig: Rig, apart: float, circuit: Circuit) -> None:
    rig.policy.error = ValueError()
    for _ in range(MOST):
        rig.ask(after=apart)
    assert rig.circuit == circuit


def test_an_open_circuit_asks_nothing_for_an_hour_and_says_why(rig: Rig) -> None:
    rig.open()
    asked = rig.policy.asked
    assert rig.ask(after=OPEN - 2) == []
    assert rig.policy.asked == asked
    assert rig.breaker.name == "rules, while moody rests: it failed: no numbers"
    assert rig.breaker.view()["last fault"] == "it failed: no numbers"


def test_the_way_back_is_a_day_of_good_answers_that_nobody_listens_to(rig: Rig) -> None:
    rig.open()
    assert rig.ask(after=OPEN) == []
    assert rig.circuit == Circuit.SHADOW
    for _ in range(23):
        assert rig.ask(after=SHADOW / 24) == []
    assert [prediction.setting for prediction in rig.ask(after=SHADOW / 24)] == [Light(True)]
    assert (rig.circuit, rig.breaker.name, rig.breaker.trouble) == (Circuit.CLOSED, "moody", "")


def test_one_bad_answer_in_shadow_opens_the_circuit_again(rig: Rig) -> None:
    rig.open()
    rig.ask(after=OPEN)
    rig.policy.takes = 1.0
    assert rig.ask(after=60) == []
    assert rig.circuit == Circuit.OPEN


@pytest.mark.parametrize(("waited", "bad"), [(LONGEST - 0.1, False), (LONGEST + 0.1, True)])
def test_on_a_busy_machine_it_is_the_work_that_counts_unless_everybody_waits(waited: float, bad: bool) -> None:
    policy = Moody()
    breaker = Breaker(policy, policy.real, lambda: policy.now / 100)
    breaker.predict(HOME, HISTORY, NOON, [LAMP])
    policy.takes = waited
    assert (breaker.predict(HOME, HISTORY, NOON, [LAMP]) == []) is bad


def test_a_first_answer_about_something_new_may_take_its_time(rig: Rig) -> None:
    rig.policy.takes = 2.0
    rig.policy.name = "another"
    assert rig.ask()
    assert not rig.ask()


@given(st.lists(st.tuples(st.floats(0.01, 1e5), st.booleans()), max_size=60))
def test_no_answer_is_heard_until_a_day_after_the_circuit_opened(moods: list[tuple[float, bool]]) -> None:
    rig, opened = Rig(), None
    for after, bad in moods:
        rig.policy.error = ValueError() if bad else None
        faults = rig.breaker.view()["faults"]
        answer = rig.ask(after)
        if opened is not None and answer:
            assert rig.policy.now - opened >= OPEN + SHADOW
            opened = None
        if rig.circuit == Circuit.OPEN and rig.breaker.view()["faults"] > faults:
            opened = rig.policy.now
        assert not (bad and answer)


def moment() -> Moment:
    history = History()
    for device in ("lamp", "motion"):
        for quantity in (Quantity.LIGHT_ON, Quantity.MOTION):
            history.append(Reading(device=device, quantity=quantity, value=0.0, at=NOON - 10))
    return Moment(
        home=HOME,
        history=history,
        at=NOON,
        elapsed=5000.0,
        state=ControlState(0.0),
        limits=Limits(),
        autonomy=AutonomySettings(level=Autonomy.SUGGEST),
        new_id=lambda: "c",
    )


def test_the_rules_decide_instead_and_the_record_says_why() -> None:
    policy, rules = Moody(error=ValueError("no numbers")), Moody("rules", Cause.RULES)
    breaker = Breaker(policy, policy.real)
    verdicts = decide(moment(), breaker, Instead(rules, breaker), [LAMP])
    (record,) = map(record_of, verdicts)
    assert record.cause is Cause.RULES
    assert record.reason == "a mood; moody has no say: it failed: no numbers"


@pytest.mark.parametrize("confidence", [0.99, 0.5])
def test_a_healthy_policy_s_decisions_are_the_same_with_and_without_a_breaker(confidence: float) -> None:
    policy, rules = Moody(confidence=confidence), Moody("rules", Cause.RULES, settings={LAMP: Light(False)})
    breaker = Breaker(policy, policy.real)
    plain = decide(moment(), policy, rules, [LAMP, HEATING])
    guarded = decide(moment(), breaker, Instead(rules, breaker), [LAMP, HEATING])
    assert list(map(record_of, plain)) == list(map(record_of, guarded))
