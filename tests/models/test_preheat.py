"""The planner warms no earlier than it takes; rooms that nobody turns down follow, as far as can be made good."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import Device, History, Home, Kind, Origin, Quantity, Reading, Setpoint, Target, milliseconds
from models.decoding import LARGEST_STEP, Wanted
from models.policy import NetworkPolicy
from models.preheat import FOLLOWS, UNLIKELY, Others, Outlook, Plan, Planned, Warmth, in_words, planned
from models.steps import HOUR as MS_AN_HOUR
from tests.models.logs import DAY, HOME, HOUR, START, household, random_readings, reading

POLICY = NetworkPolicy.load(None)


def one(value: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[value]])


def plan(
    *,
    wanted: float,
    reported: float = 20.0,
    sure: float = 0.9,
    comfort: float = 21.0,
    setback: float = 17.0,
    down: float = 0.0,
    hours: float = 1.0,
    untouched: bool = True,
    pace: float = 4.0,
    here: float = 0.9,
) -> Planned:
    """The plan for one thermostat at one time."""
    outlook = Outlook(
        comfort=one(comfort),
        setback=one(setback),
        others=lambda: Others(one(down), one(hours * MS_AN_HOUR)),
        untouched=lambda: np.array([[untouched]]),
        warmth=lambda: Warmth(one(pace), one(here)),
    )
    return planned(Wanted(one(wanted), one(np.nan), one(sure)), one(reported), outlook)


@pytest.mark.parametrize(
    ("case", "value", "confidence", "why"),
    [
        ({"wanted": 20.0}, 20.0, 0.9, Plan.AS_WANTED),
        ({"wanted": 21.0}, 21.0, 0.9, Plan.AS_WANTED),
        ({"wanted": 19.0}, 19.0, 0.9, Plan.AS_WANTED),
        # nobody is expected before it could be warm
        ({"wanted": 21.0, "here": 0.04}, 20.0, 0.96, Plan.WAITS),
        ({"wanted": 21.0, "here": UNLIKELY}, 21.0, 0.9, Plan.AS_WANTED),
        ({"wanted": 19.0, "here": 0.04}, 19.0, 0.9, Plan.AS_WANTED),
        # nobody turns this one down, but the others
        ({"wanted": 21.0, "reported": 21.0, "setback": 21.0, "down": 3.0}, 20.0, FOLLOWS, Plan.FOLLOWS),
        ({"wanted": 20.0, "reported": 19.0, "setback": 21.0, "down": 3.0}, 18.0, FOLLOWS, Plan.FOLLOWS),
        ({"wanted": 19.0, "reported": 18.0, "setback": 21.0, "down": 3.0}, 18.0, FOLLOWS, Plan.FOLLOWS),
        ({"wanted": 21.0, "reported": 20.0, "setback": 21.0, "down": 0.5}, 21.0, 0.9, Plan.AS_WANTED),
        ({"wanted": 21.0, "reported": 20.4, "setback": 21.0, "down": 3.0}, 19.5, FOLLOWS, Plan.FOLLOWS),
        # not further than it can be warmed again: a weak heater, or a hard frost
        ({"wanted": 21.0, "reported": 21.0, "setback": 21.0, "down": 3.0, "pace": 1.0}, 20.0, FOLLOWS, Plan.FOLLOWS),
        ({"wanted": 21.0, "reported": 20.0, "setback": 21.0, "down": 3.0, "pace": 1.0}, 20.0, FOLLOWS, Plan.FOLLOWS),
        ({"wanted": 21.0, "reported": 21.0, "setback": 21.0, "down": 3.0, "pace": 0.5}, 21.0, FOLLOWS, Plan.FOLLOWS),
        ({"wanted": 21.0, "reported": 21.0, "setback": 21.0, "down": 3.0, "pace": np.inf}, 20.0, FOLLOWS, Plan.FOLLOWS),
        # not towards the morning
        ({"wanted": 21.0, "reported": 21.0, "setback": 21.0, "down": 3.0, "hours": 3.0}, 21.0, FOLLOWS, Plan.FOLLOWS),
        ({"wanted": 21.0, "reported": 21.0, "setback": 21.0, "down": 3.0, "untouched": False}, 21.0, 0.9, 0),
        ({"wanted": 21.0, "reported": 21.0, "setback": 17.0, "down": 3.0}, 21.0, 0.9, Plan.AS_WANTED),
    ],
)
def test_a_wanted_setpoint_becomes_a_plan(case: dict[str, Any], value: float, confidence: float, why: int) -> None:
    found = plan(**case)
    assert found.wanted.value == pytest.approx(value)
    assert found.wanted.confidence == pytest.approx(confidence)
    assert found.plan == why


DEGREES = st.floats(10, 26).map(lambda celsius: round(2 * celsius) / 2)


@given(DEGREES, DEGREES, st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), DEGREES, *[st.floats(0, 9)] * 2, st.floats(0, 1))
def test_no_plan_is_warmer_than_what_is_wanted_or_is_set_nor_a_larger_step(
    reported: float, comfort: float, step: float, setback: float, down: float, pace: float, here: float
) -> None:
    asked: dict[str, Any] = {"reported": reported, "comfort": comfort, "setback": setback, "down": down}
    value = float(plan(wanted=reported + step, pace=pace, here=here, **asked).wanted.value[0, 0])
    assert abs(value - reported) <= LARGEST_STEP + 1e-9
    assert value <= max(reported + step, reported) + 1e-9
    assert value % 0.5 == 0


def test_a_thermostat_that_has_said_nothing_follows_nobody() -> None:
    found = plan(wanted=21.0, reported=np.nan, setback=21.0, down=3.0)
    assert found.plan == Plan.AS_WANTED
    assert found.wanted.value == 21.0


@pytest.mark.parametrize(
    ("found", "reported", "clause"),
    [
        (plan(wanted=21.0, pace=1.94), 20.0, "it warms by 1.9 °C an hour"),
        (plan(wanted=21.0, pace=np.inf), 20.0, ""),
        (plan(wanted=20.0), 20.0, ""),
        (plan(wanted=21.0, here=0.0), 20.0, "nobody is expected here while it warms"),
        (plan(wanted=20.0, setback=21.0, down=2.0), 20.0, "the heating elsewhere is turned down"),
    ],
)
def test_a_plan_says_why(found: Planned, reported: float, clause: str) -> None:
    assert in_words(found, one(reported)) == [clause]


# --- a household with two thermostats -------------------------------------------------------------------

QUIET = Device(id="bed-valve", area="bedroom", senses=frozenset({Quantity.SETPOINT}), sets=frozenset({Kind.SETPOINT}))
TWO = Home(**{**{name: getattr(HOME, name) for name in type(HOME).model_fields}, "devices": (*HOME.devices, QUIET)})
LEADER, FOLLOWER = Target("valve", Kind.SETPOINT), Target("bed-valve", Kind.SETPOINT)
LATE = START + 12 * DAY + 22.5 * HOUR  # half past eleven at night in Berlin


def night(*late: Reading) -> History:
    """People turn the kitchen's thermostat down at ten every night, the bedroom's they have set once."""
    history = household(days=13)
    for one in (reading("bed-valve", Quantity.SETPOINT, 20.0, START, Origin.PERSON), *late):
        history.append(one)
    return history


def test_a_thermostat_that_nobody_touches_goes_down_with_the_one_that_people_turn_down() -> None:
    [found] = POLICY.predict(TWO, night(), LATE, [FOLLOWER])
    assert found.setting == Setpoint(19.0)
    assert found.confidence == FOLLOWS
    assert "turned down" in found.why


def test_it_stays_where_a_person_has_put_it_this_evening() -> None:
    by_hand = reading("bed-valve", Quantity.SETPOINT, 21.0, LATE - 2 * HOUR, Origin.PERSON)
    [found] = POLICY.predict(TWO, night(by_hand), LATE, [FOLLOWER])
    assert "turned down" not in found.why


def test_it_goes_up_as_soon_as_the_other_is_on_its_way_up() -> None:
    ours = reading("bed-valve", Quantity.SETPOINT, 18.0, LATE + HOUR, Origin.HOMECTL)
    up = reading("valve", Quantity.SETPOINT, 18.5, LATE + 2 * HOUR, Origin.HOMECTL)
    for late, follows in (((ours,), True), ((ours, up), False)):
        [found] = POLICY.predict(TWO, night(*late), LATE + 3 * HOUR, [FOLLOWER])
        assert ("turned down" in found.why) is follows


def test_by_day_it_follows_nobody() -> None:
    [found] = POLICY.predict(TWO, night(), LATE - 8 * HOUR, [FOLLOWER])
    assert "turned down" not in found.why


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(-86_400_000, 0), min_size=2, max_size=6, unique=True))
def test_plans_at_one_time_and_at_many_for_one_target_and_for_all_are_the_same(seed: int, when: list[int]) -> None:
    rng = np.random.default_rng(seed)
    more = [
        replace(r, device="bed-valve") for r in random_readings(seed + 1, 30, 500) if r.quantity is Quantity.SETPOINT
    ]
    history = History.of(sorted([*random_readings(seed, 30, 500), *more], key=lambda r: r.at))
    times = np.array(sorted(milliseconds(START + ms / 1000) for ms in when))
    many = POLICY.forecast(TWO, history, times, [LEADER, FOLLOWER])
    for place, at in enumerate(times):
        asked = [LEADER, FOLLOWER] if rng.random() < 0.5 else [FOLLOWER]
        for alone in POLICY.forecast(TWO, history, np.array([at]), asked):
            among = many[[LEADER, FOLLOWER].index(alone.target)]
            assert alone.value[0].tobytes() == among.value[place].tobytes()
            assert alone.confidence[0].tobytes() == among.confidence[place].tobytes()
