"""What the network says becomes what the household would have set, and never more than that."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import Cause, History, Kind, Light, Lock, Setpoint, Target, milliseconds
from models.checkpoint import VERSION, Manifest, tasks_now
from models.decoding import setpoints
from models.features import FEATURES, Array
from models.policy import NetworkPolicy
from models.reasons import why
from models.tasks import DEGREES, EARLY, SLICE
from tests.models.logs import DAY, HOME, HOUR, START, household, random_readings

POLICY = NetworkPolicy.load(None)
LAMP, VALVE, LOCK = Target("kitchen-lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT), Target("lock", Kind.LOCK)


class Answer:
    """A network that always answers the same."""

    def __init__(self, **logits: float) -> None:
        self.row = np.zeros(EARLY, dtype=np.float32)
        for name, value in logits.items():
            self.row[SLICE[name]] = value

    def __call__(self, rows: Array) -> Array:
        return np.tile(self.row, (len(rows), 1))


def policy(**logits: float) -> NetworkPolicy:
    manifest = Manifest(name="fixed", version=VERSION, features=FEATURES, tasks=tasks_now(), depth=3)
    return NetworkPolicy(Answer(**logits), manifest)


def degrees(**chances: float) -> Array:
    """Logits of a setpoint distribution: `up1=0.7` is 70 % at +1 °C, `down05` −0.5 °C, `same` 0."""
    logits = np.full((1, 1, EARLY), -30.0, dtype=np.float32)
    place = {"same": 0.0, "up05": 0.5, "up1": 1.0, "up3": 3.0, "down05": -0.5, "down3": -3.0}
    for name, chance in chances.items():
        logits[0, 0, SLICE["setpoint"].start + DEGREES.index(place[name])] = np.log(chance)
    return logits


@pytest.mark.parametrize(
    ("chances", "reported", "value", "confidence"),
    [
        ({"same": 1.0}, 20.0, 20.0, 1.0),
        ({"up1": 0.9, "same": 0.1}, 20.0, 21.0, 0.9),
        ({"up3": 0.9, "same": 0.1}, 20.0, 21.0, 0.9),
        ({"down3": 0.8, "same": 0.2}, 20.0, 19.0, 0.8),
        ({"up05": 0.9, "same": 0.1}, 20.0, 20.0, 1.0),
        ({"up05": 0.4, "up1": 0.3, "up3": 0.3}, 20.0, 21.0, 0.6),
        ({"up1": 0.5, "down3": 0.5}, 20.0, 20.0, 0.5),
        ({"same": 1.0}, 17.0, 18.0, 1.0),
        ({"same": 1.0}, 20.4, 20.4, 1.0),
        ({"up05": 1.0}, 19.5, 20.5, 1.0),
        ({"same": 0.4, "up1": 0.6}, float("nan"), 21.0, 0.6),
    ],
)
def test_a_setpoint_moves_at_most_one_degree_towards_what_is_wanted(
    chances: dict[str, float], reported: float, value: float, confidence: float
) -> None:
    found = setpoints([HOME.device("valve")], degrees(**chances), np.array([[20.0]]), np.array([[reported]]))
    assert found.value[0, 0] == pytest.approx(value)
    assert found.confidence[0, 0] == pytest.approx(confidence, abs=1e-4)


@given(st.lists(st.floats(-8, 8), min_size=len(DEGREES), max_size=len(DEGREES)), st.floats(5, 30), st.floats(5, 30))
def test_a_setpoint_s_confidence_is_the_chance_of_its_own_side(
    logits: list[float], median: float, reported: float
) -> None:
    row = np.zeros((1, 1, EARLY), dtype=np.float32)
    row[0, 0, SLICE["setpoint"]] = logits
    found = setpoints([HOME.device("valve")], row, np.array([[median]]), np.array([[reported]]))
    step, confidence = found.value[0, 0] - reported, found.confidence[0, 0]
    assert abs(step) <= 1.0 + 1e-9
    assert 0.0 <= confidence <= 1.0 + 1e-9
    if abs(step) > 0.25:
        chances = np.exp(row[0, 0, SLICE["setpoint"]].astype(float))
        beyond = np.sign(step) * (median + np.array(DEGREES) - reported) >= 1.0 - 1e-6
        assert confidence == pytest.approx(chances[beyond].sum() / chances.sum(), abs=1e-5)


@pytest.mark.parametrize(
    ("logit", "setting", "confidence"), [(3.0, True, 0.953), (-3.0, False, 0.953), (0.1, True, 0.525)]
)
def test_a_lamp_is_wanted_on_where_that_is_more_likely(logit: float, setting: bool, confidence: float) -> None:
    [found] = policy(light_on=logit).predict(HOME, household(days=2), START + DAY, [LAMP])
    assert isinstance(found.setting, Light)
    assert found.setting.on is setting
    assert found.confidence == pytest.approx(confidence, abs=1e-3)


def test_only_a_dimmable_lamp_is_given_a_level() -> None:
    lamp, plain = policy(light_on=5.0).predict(
        HOME, household(days=2), START + DAY, [LAMP, Target("bed-lamp", Kind.LIGHT)]
    )
    assert lamp.setting == Light(True, pytest.approx(0.55))
    assert plain.setting == Light(True)


def test_a_lamp_gets_the_level_that_people_give_it_at_this_hour() -> None:
    [lamp] = policy(light_on=5.0).predict(HOME, household(days=9), START + 8 * DAY + 17.5 * HOUR, [LAMP])
    assert lamp.setting == Light(True, pytest.approx(0.6))


@pytest.mark.parametrize(("logit", "setting"), [(4.0, Lock()), (-4.0, None)])
def test_a_bolt_can_be_wanted_thrown_and_never_drawn(logit: float, setting: Lock | None) -> None:
    [found] = policy(lock_wanted=logit).predict(HOME, household(days=2), START + DAY, [LOCK])
    assert found.setting == setting
    assert found.confidence == pytest.approx(0.982, abs=1e-3)


def test_an_answer_that_is_not_a_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a number"):
        policy(light_on=float("nan")).predict(HOME, History(), START, HOME.targets)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(-86_400_000, 0), min_size=1, max_size=12))
def test_one_time_alone_and_among_many_get_the_same_forecast(seed: int, when: list[int]) -> None:
    history = History.of(random_readings(seed, 30, 500))
    times = np.array(sorted(milliseconds(START + ms / 1000) for ms in when))
    many = POLICY.forecast(HOME, history, times, HOME.targets)
    for place, at in enumerate(times):
        alone = POLICY.forecast(HOME, history, np.array([at]), HOME.targets)
        for one, all_of_them in zip(alone, many, strict=True):
            for name in ("value", "level", "confidence"):
                assert getattr(one, name)[0].tobytes() == getattr(all_of_them, name)[place].tobytes()


def test_no_times_and_no_targets_give_no_forecasts() -> None:
    assert all(len(f.value) == 0 for f in POLICY.forecast(HOME, History(), np.array([]), HOME.targets))
    assert POLICY.predict(HOME, History(), START, []) == []


def test_the_policy_says_whose_command_it_is() -> None:
    assert POLICY.cause is Cause.LEARNED
    assert POLICY.name == f"network {POLICY.manifest.name}"


# --- what the shipped weights know --------------------------------------------------------------------


def likely_on(hour: float) -> float:
    """The shipped network's chance that the kitchen lamp is wanted on after 12 days of a regular household."""
    history = household(days=13)
    [found] = POLICY.forecast(HOME, history, np.array([START + 11 * DAY - HOUR + hour * HOUR]), [LAMP])
    return float(found.confidence[0] if found.value[0] == 1.0 else 1 - found.confidence[0])


def test_a_lamp_is_likelier_in_the_dark_with_somebody_there_than_in_an_empty_room() -> None:
    assert likely_on(18.6) > 0.5 > likely_on(12.0)
    assert likely_on(3.0) < 0.2


def test_a_house_that_is_locked_at_night_is_wanted_locked_at_night() -> None:
    [found] = POLICY.predict(HOME, household(days=13), START + 11 * DAY + 2 * HOUR, [LOCK])
    assert found.setting == Lock()


def test_an_unknown_home_gets_no_confident_command() -> None:
    for found in POLICY.predict(HOME, History(), START + 9 * HOUR, HOME.targets):
        assert found.setting is None or isinstance(found.setting, Light | Setpoint | Lock)
        assert not (isinstance(found.setting, Light) and found.setting.on and found.confidence > 0.8)


# --- in words -------------------------------------------------------------------------------------------


MOVED = {"motion_known": 1.0}


def row(**columns: float) -> Array:
    found = np.zeros(len(FEATURES), dtype=np.float32)
    for name, value in columns.items():
        found[FEATURES.index(name)] = value
    return found


@pytest.mark.parametrize(
    ("target", "setting", "columns", "clause"),
    [
        (
            LAMP,
            Light(True),
            {"motion_known": 1, "since_motion": np.log1p(10 / 60), "sun": -20, "habit_known": 0.5, "habit_on": 0.8},
            "motion 10 s ago, dark outside, you usually have it on at this hour",
        ),
        (
            LAMP,
            Light(False),
            {**MOVED, "since_motion": 7.3, "sun": 30},
            "nobody here for hours, daylight outside",
        ),
        (LAMP, Light(True), {"motion_known": 1, "motion_now": 1, "sun": 0}, "somebody moves here, twilight outside"),
        (
            VALVE,
            Setpoint(21.0),
            {
                "motion_known": 1,
                "since_motion": np.log1p(30),
                "temperature": 19.5,
                "habit_known": 0.5,
                "habit_setpoint": 2,
            },
            "motion 30 min ago, it is 19.5 °C here, you usually have it 2.0 °C warmer at this hour",
        ),
        (
            LOCK,
            Lock(),
            {"front_known": 1, "front_since_closed": np.log1p(5), "home_since_motion": np.log1p(180)},
            "the door closed 5 min ago, last motion at home 3 h ago",
        ),
        (LOCK, None, {"front_known": 1, "front_open": 1}, "the door is open, last motion at home 0 s ago"),
    ],
)
def test_reasons_are_clauses_a_person_can_read(
    target: Target, setting: Light | Setpoint | Lock | None, columns: dict[str, float], clause: str
) -> None:
    assert why(target, setting, row(**columns)) == clause
