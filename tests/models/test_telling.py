"""What the network reads and says, as a person is shown it."""

import math

import numpy as np
import pytest

from homectl.home import History, Kind, Read, Target, Telling
from models.features import FEATURES, UNKNOWN_AGE
from models.policy import NetworkPolicy
from models.tasks import EARLY, SLICE
from models.telling import answers, facts
from tests.models.logs import DAY, HOME, HOUR, START, household
from tests.models.test_policy import policy

POLICY = NetworkPolicy.load(None)
TARGETS = [Target("kitchen-lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT), Target("lock", Kind.LOCK)]


def told(**values: float) -> dict[str, Read]:
    row = [values.get(name, 0.0) for name in FEATURES]
    return {fact.name: fact for fact in facts(row)}


def minutes(count: float) -> float:
    return math.log1p(count)


@pytest.mark.parametrize(
    ("name", "columns", "value", "unit", "age", "missing"),
    [
        ("temperature", {"temperature": 20.5, "temperature_age": minutes(5)}, 20.5, "°C", 300.0, False),
        ("temperature", {"temperature_age": UNKNOWN_AGE}, 0.0, "°C", None, True),
        ("co2", {"co2": 6.5, "co2_age": minutes(1)}, 650.0, "ppm", 60.0, False),
        ("outdoor_light", {"outdoor_light": math.log1p(400), "outdoor_light_age": minutes(0)}, 400.0, "lx", 0.0, False),
        ("since_motion", {"since_motion": minutes(3)}, 3.0, "min", None, False),
        ("since_motion", {"since_motion": minutes(1440)}, 1440.0, "min", None, True),
        ("motion_now", {"motion_known": 1.0, "motion_now": 1.0}, 1.0, "", None, False),
        ("motion_now", {}, 0.0, "", None, True),
        ("motion_15", {"motion_15": 4.0}, 4.0, "min", None, False),
        ("door_open", {"door_known": 1.0}, 0.0, "", None, False),
        ("front_open", {}, 0.0, "", None, True),
        ("habit_on", {"habit_known": 0.5, "habit_on": 0.8}, 0.8, "", None, False),
        ("habit_level", {"habit_known": 0.5}, 0.0, "", None, True),
        ("sun", {"sun": -12.0}, -12.0, "°", None, False),
    ],
)
def test_a_fact_has_its_unit_its_age_and_says_when_it_is_missing(
    name: str, columns: dict[str, float], value: float, unit: str, age: float | None, missing: bool
) -> None:
    fact = told(**columns)[name]
    assert (fact.value, fact.unit, fact.missing) == (pytest.approx(value, abs=1e-3), unit, missing)
    assert fact.age == (None if age is None else pytest.approx(age, abs=0.1))


def test_every_feature_is_told_once_and_ages_with_what_they_are_ages_of() -> None:
    assert [fact.name for fact in facts([0.0] * len(FEATURES))] == [n for n in FEATURES if not n.endswith("_age")]


@pytest.mark.parametrize("kind", list(Kind))
def test_what_a_head_says_are_chances(kind: Kind) -> None:
    logits = np.random.default_rng(3).normal(0, 3, EARLY).astype(np.float32)
    said = {answer.task: answer.said for answer in answers(kind, logits, 20.5)}
    assert all(sum(chances.values()) == pytest.approx(1.0, abs=2e-3) for chances in said.values())
    own = {Kind.LIGHT: {"light_on", "light_level"}, Kind.SETPOINT: {"setpoint"}, Kind.LOCK: {"lock_wanted"}}[kind]
    assert set(said) == own | {"presence_30", "presence_60", "presence_120", "door_opens_15"}


def test_a_setpoint_is_told_in_degrees_and_a_lamp_by_words() -> None:
    logits = np.zeros(EARLY, dtype=np.float32)
    logits[SLICE["light_on"]] = math.log(9)
    assert answers(Kind.LIGHT, logits, 20.0)[0].said == {"on": 0.9, "off": 0.1}
    assert list(answers(Kind.SETPOINT, logits, 20.5)[0].said)[12] == "20.5 °C"


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_what_it_reads_agrees_with_what_it_predicts(target: Target) -> None:
    history, at = household(14), START + 13 * DAY + 19 * HOUR
    reads = POLICY.reads(HOME, history, at, target)
    assert isinstance(POLICY, Telling)
    assert reads.change is not None
    assert 0.0 <= reads.change <= 1.0
    motion = next(fact for fact in reads.facts if fact.name == "motion_now")
    assert not motion.missing or target.kind is not Kind.LIGHT
    said = POLICY.predict(HOME, history, at, [target])[0]
    if target.kind is Kind.LOCK and said.setting is not None:
        assert said.confidence == pytest.approx(reads.answers[0].said["locked"], abs=1e-3)


def test_a_network_without_late_heads_says_nothing_of_change_and_no_number_is_an_error() -> None:
    fixed = policy(light_on=2.0).reads(HOME, History(), START, TARGETS[0])
    assert fixed.change is None
    assert fixed.answers[0].said["on"] == pytest.approx(1 / (1 + math.exp(-2)), abs=1e-3)
    with pytest.raises(ValueError, match="not a number"):
        policy(light_on=math.nan).reads(HOME, History(), START, TARGETS[0])
