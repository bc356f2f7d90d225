"""A sensor that cannot be believed silences what rests on it, in words, and live as in replay."""

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import History, Kind, Origin, Quantity, Reading, Target, milliseconds
from models.health import Health
from models.policy import NetworkPolicy
from tests.models.logs import DAY, HOME, HOUR, START, random_readings, reading

LAMP, VALVE, LOCK = Target("kitchen-lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT), Target("lock", Kind.LOCK)
BED = Target("bed-lamp", Kind.LIGHT)
DAYS = 6
"""Of a healthy past."""

NOW = START + DAYS * DAY
MOTIONS = ("kitchen-motion", "bed-motion", "hall-motion")
MOTION, WARMTH = Quantity.MOTION, Quantity.TEMPERATURE


def visits(device: str, every: float, minute: float, end: float, begin: float = START) -> list[Reading]:
    """A minute of motion again and again."""
    times = np.arange(begin + minute * 60, end, every)
    return [reading(device, MOTION, value, float(at) + 60 * (value == 0)) for at in times for value in (1.0, 0.0)]


def warmth(device: str, value: float, end: float, begin: float = START) -> list[Reading]:
    """A thermometer that follows the hour of the day by a degree, and speaks twice an hour."""
    times = np.arange(begin + 300, end, 1800.0)
    return [reading(device, WARMTH, round(value + np.sin(at / DAY * 6.28), 1), float(at)) for at in times]


def ordinary(end: float = NOW) -> list[Reading]:
    """Three rooms in use all day, two thermometers beside each other in none, and a door that opens twice a day."""
    found = [one for n, device in enumerate(MOTIONS) for one in visits(device, 1200, 1 + 5 * n, end)]
    found += warmth("valve", 20, end) + warmth("bed-motion", 18, end)
    found += [
        reading("kitchen-motion", Quantity.ILLUMINANCE, float(at // 60 % 50), float(at))
        for at in np.arange(START + 30, end, 1500.0)
    ]
    opened = np.arange(START + 2 * HOUR, end, 1800.0)
    return found + [reading("door", Quantity.CONTACT, float(n % 24 == 0), float(at)) for n, at in enumerate(opened)]


def history(*parts: Iterable[Reading]) -> History:
    return History.of(sorted((one for part in parts for one in part), key=lambda r: r.at))


def without(readings: Iterable[Reading], device: str, since: float, quantity: Quantity | None = None) -> list[Reading]:
    return [r for r in readings if r.device != device or r.at < since or quantity not in (None, r.quantity)]


LATER = NOW + 4 * HOUR
WHOLE = ordinary(LATER)


def broken(device: str, said: Iterable[Reading] = (), quantity: Quantity | None = None) -> list[Reading]:
    """The ordinary home in which a device says something else from NOW on."""
    return [*without(WHOLE, device, NOW, quantity), *said]


CASES = {
    "silent": (
        broken("kitchen-motion"),
        {LAMP, VALVE},
        "the motion sensor “kitchen-motion” has said nothing for",
    ),
    "one moving for hours": (
        broken("kitchen-motion", [reading("kitchen-motion", MOTION, 1.0, NOW + 60 * n) for n in range(239)], MOTION),
        {LAMP, VALVE, LOCK},
        "the motion sensor “kitchen-motion” has been reporting motion for 4 hours",
    ),
    "one that repeats that all is still": (
        broken("bed-motion", [reading("bed-motion", MOTION, 0.0, NOW + 60 * n) for n in range(239)], MOTION),
        {BED},
        "the motion sensor “bed-motion” has not changed for 4 hours",
    ),
    "one that does not see who sets the lamp": (
        [
            *without(WHOLE, "bed-motion", LATER - 1200, MOTION),
            *[reading("bed-motion", MOTION, 0.0, LATER - 300 * n) for n in range(1, 5)],
            *[reading("bed-lamp", Quantity.LIGHT_ON, n % 2, LATER - 900 + 60 * n, Origin.PERSON) for n in range(4)],
        ],
        {BED},
        "the motion sensor “bed-motion” has seen nobody while things were set by hand beside it",
    ),
    "a flood": (
        [*WHOLE, *(reading("hall-motion", MOTION, n % 2, LATER - 280 + 4 * n) for n in range(70))],
        {LOCK},
        "the motion sensor “hall-motion” has reported",
    ),
    "far too warm": (
        broken("valve", [reading("valve", WARMTH, 35.0, NOW + 1800 * n) for n in range(8)]),
        {VALVE},
        "the thermometer “valve” says 35 °C, far beyond all that it said in four weeks",
    ),
    "slowly too warm": (
        broken("valve", [reading("valve", WARMTH, 20 + 0.5 * n, NOW + 1800 * n) for n in range(8)]),
        {VALVE},
        "the thermometer “valve” says 23.5 °C, which the other thermometers do not bear out",
    ),
    "a jump": (
        [*WHOLE, reading("valve", WARMTH, 12.0, LATER - 100), reading("valve", WARMTH, 18.0, LATER - 70)],
        {VALVE},
        "the thermometer “valve” jumped from 12 to 18 °C at once",
    ),
    "no temperature at all": (
        [*WHOLE, reading("valve", WARMTH, 85.0, LATER - 120)],
        {VALVE},
        "the thermometer “valve” says 85 °C, which cannot be",
    ),
    "nothing wrong": (WHOLE, set(), ""),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_rests_on_a_broken_sensor_is_doubted_in_words(case: str) -> None:
    readings, doubted, words = CASES[case]
    targets = (LAMP, VALVE, LOCK, BED)
    reasons = dict(zip(targets, Health(HOME, history(readings)).reasons(LATER - 1, targets), strict=True))
    assert {target for target, reason in reasons.items() if reason} >= doubted
    assert {reasons[target][: len(words)] for target in doubted} <= {words}
    if not doubted:
        assert not any(reasons.values())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_of_a_broken_sensor_it_is_told_what_is_wrong_with_it(case: str) -> None:
    readings, _, words = CASES[case]
    doubts = Health(HOME, history(readings)).doubts(LATER - 1)
    told = [f"“{HOME.device(device).label}” {said}" for device, said in doubts.items()]
    named = [one for one in told if words and words.partition("“")[2] in one]
    assert bool(named) is bool(doubts) is words.startswith("the ")


def test_the_policy_has_no_opinion_on_what_is_doubted_and_says_why() -> None:
    policy, (readings, _, words), times = NetworkPolicy.load(None), CASES["one moving for hours"], (NOW, LATER - 1)
    known = history(readings)
    lamp, bed = policy.predict(HOME, known, LATER - 1, [LAMP, BED])
    assert lamp.setting is None
    assert lamp.why == words
    assert bed.setting is not None
    [forecast] = policy.forecast(HOME, known, np.array(times), [LAMP])
    assert np.isfinite(forecast.value).tolist() == [True, False]
    assert policy.doubtful(HOME, known, np.array(times), [LAMP]).tolist() == [[False], [True]]


def test_a_sensor_that_is_wrong_for_days_is_taken_as_it_is() -> None:
    end = NOW + 8 * DAY
    moved = [*without(ordinary(end), "valve", NOW), *warmth("valve", 28, end, NOW)]
    health = Health(HOME, history(moved))
    doubted = health.doubtful(np.arange(NOW + HOUR, end, HOUR), [VALVE])[:, 0]
    assert doubted[:24].all()
    assert not doubted[-24:].any()


@pytest.mark.parametrize(("days", "doubted"), [(2, {BED, VALVE}), (6.9, {BED, VALVE}), (7.1, {VALVE})])
def test_only_a_light_sensor_that_is_silent_for_a_week_has_left(days: float, doubted: set[Target]) -> None:
    """The kitchen's tells its neighbours of daylight; who moves in the kitchen nobody else sees."""
    end = NOW + days * DAY
    readings = [r for r in ordinary(end) if r.at < NOW or r.device != "kitchen-motion"]
    reasons = dict(zip((BED, VALVE), Health(HOME, history(readings)).reasons(end - 1, (BED, VALVE)), strict=True))
    assert {target for target, reason in reasons.items() if reason} == doubted


def test_nothing_is_known_of_a_home_that_was_never_heard() -> None:
    assert Health(HOME, History()).reasons(START, HOME.targets) == [""] * len(HOME.targets)
    assert not Health(HOME, History()).doubtful(np.array([START]), HOME.targets).any()
    assert Health(HOME, History()).doubtful(np.array([]), HOME.targets).shape == (0, len(HOME.targets))


# --- live as in replay ------------------------------------------------------------------------------------


def lively(seed: int) -> list[Reading]:
    """Days of an ordinary home into which anything is said at any time; the end is the busiest."""
    odd = random_readings(seed, DAYS - 0.5, 40)
    shift = NOW - START
    return sorted(
        [*ordinary(), *(reading(r.device, r.quantity, r.value, r.at + shift, r.origin) for r in odd)],
        key=lambda r: r.at,
    )


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_asked_live_the_doubts_are_those_of_the_whole_log(seed: int) -> None:
    readings = lively(seed)
    whole, live = History.of(readings), History()
    health: Health | None = None
    asked, told = [], []
    for heard in readings:
        live.append(heard)
        if heard.at > NOW - 2 * HOUR:
            health = (health or Health(HOME, live)).of(HOME, live)
            asked.append(milliseconds(heard.at + 0.2))
            told.append([bool(reason) for reason in health.reasons(asked[-1], HOME.targets)])
    assert Health(HOME, whole).doubtful(np.array(asked), HOME.targets).tolist() == told


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 48))
def test_nothing_later_has_a_part_in_a_doubt(seed: int, hours: int) -> None:
    readings, at = lively(seed), NOW - hours * HOUR + 0.5
    known, whole = History.of([r for r in readings if r.at < at]), History.of(readings)
    assert Health(HOME, known).reasons(at, HOME.targets) == Health(HOME, whole).reasons(at, HOME.targets)


def test_what_is_heard_late_counts_from_then_on() -> None:
    readings = [r for r in WHOLE if r.at < NOW]
    live = History.of(readings)
    health = Health(HOME, live)
    assert health.reasons(LATER, [LAMP])[0]
    for late in sorted((r for r in WHOLE if r.at >= NOW), key=lambda r: r.at):
        live.append(late)
    assert health.of(HOME, live).reasons(LATER, HOME.targets) == Health(HOME, live).reasons(LATER, HOME.targets)


def test_what_was_forgotten_has_no_part() -> None:
    live = history(WHOLE)
    health = Health(HOME, live)
    health.reasons(LATER, HOME.targets)
    live.forget_before(NOW)
    assert health.of(HOME, live) is not health
    assert health.of(HOME, live).reasons(LATER - 1, HOME.targets) == Health(HOME, live).reasons(LATER - 1, HOME.targets)
