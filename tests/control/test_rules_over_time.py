"""The rules give one answer, whether asked for one time or for weeks, and never one that the guard could not grant."""

import math
import random
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.control.rules import Rules
from homectl.home import History, Kind, Light, Lock, LockState, Origin, Quantity, Reading, Setpoint, Times
from tests.control.test_rules import HOME, ROOMS, local, told

SAID: list[tuple[str, Quantity, list[float], Origin]] = [
    *((f"{room}_eye", Quantity.MOTION, [0.0, 1.0, math.nan], Origin.SENSED) for room in ROOMS if room != "attic"),
    *(
        (f"{room}_lamp", Quantity.LIGHT_ON, [0.0, 1.0], origin)
        for room in ROOMS
        for origin in (Origin.PERSON, Origin.HOMECTL)
    ),
    ("living_lamp", Quantity.LIGHT_LEVEL, [0.2, 0.6], Origin.PERSON),
    ("living_eye", Quantity.ILLUMINANCE, [5.0, 400.0], Origin.SENSED),
    ("garden_eye", Quantity.ILLUMINANCE, [5.0, 9000.0], Origin.SENSED),
    ("valve", Quantity.SETPOINT, [12.0, 17.3, 19.0, 21.0, 27.0, math.nan], Origin.PERSON),
    ("valve", Quantity.SETPOINT, [16.0, 18.0, 22.5], Origin.HOMECTL),
    ("door", Quantity.CONTACT, [0.0, 1.0, math.nan], Origin.SENSED),
    ("bolt", Quantity.LOCK, [float(state) for state in LockState], Origin.PERSON),
]
readings = st.builds(
    lambda said, pick, hour: told(said[0], said[1], said[2][pick % len(said[2])], local(hour), said[3]),
    st.sampled_from(SAID),
    st.integers(0, 5),
    st.floats(-400, 30).map(lambda hour: round(hour * 60) / 60),
)
lives = st.lists(readings, max_size=60).map(lambda life: sorted(life, key=lambda reading: reading.at))
hours = st.lists(st.floats(-40, 34).map(lambda hour: round(hour * 30) / 30), min_size=1, max_size=12).map(sorted)


def weeks(seed: int) -> list[Reading]:
    """A life of two weeks and more in which anything may happen at any time."""
    dice = random.Random(seed)
    spoken = [dice.choice([said for said in SAID if said[0] != "valve"]) for _ in range(2500)]
    spoken += [said for said in SAID if said[0] == "valve"] * 4
    life = [
        told(device, of, dice.choice(values), local(dice.uniform(-400, 40)), by) for device, of, values, by in spoken
    ]
    return sorted(life, key=lambda reading: reading.at)


def moments(seed: int) -> Times:
    dice = random.Random(seed)
    return np.array(sorted(local(dice.uniform(-300, 40)) for _ in range(150)))


def test_weeks_at_once_get_the_answers_of_each_time_alone() -> None:
    life, times = weeks(3), moments(4)
    rules, living = Rules(), History()
    together = Rules().forecast(HOME, History.of(life), times, HOME.targets)
    rest = iter(life)
    news = next(rest)
    for place, at in enumerate(times.tolist()):
        while news.at <= at:
            living.append(news)
            news = next(rest)
        spoken = rules.predict(HOME, living, at, HOME.targets)
        assert [p.setting for p in spoken] == [forecast.setting(place) for forecast in together]
        assert [p.confidence for p in spoken] == [forecast.confidence[place] for forecast in together]


def test_what_was_read_before_changes_no_answer_even_if_the_past_is_forgotten() -> None:
    life, times, rules, living = weeks(5), moments(6), Rules(), History()
    for number, (earlier, at) in enumerate(pairwise([0.0, *times.tolist()])):
        for reading in life:
            if earlier < reading.at <= at:
                living.append(reading)
        if number % 10 == 0:
            living.forget_before(at - 3 * 86_400)
        assert rules.predict(HOME, living, at, HOME.targets) == Rules().predict(HOME, living, at, HOME.targets)


@settings(max_examples=60, deadline=None)
@given(lives, hours)
def test_many_times_at_once_get_the_answers_of_each_alone_and_nothing_later_has_a_part(
    life: list[Reading], hours: list[float]
) -> None:
    times = np.array([local(hour) for hour in hours])
    together = Rules().forecast(HOME, History.of(life), times, HOME.targets)
    for place, at in enumerate(times):
        past = History.of(reading for reading in life if reading.at <= at)
        alone = Rules().forecast(HOME, past, times[place : place + 1], HOME.targets)
        for whole, single in zip(together, alone, strict=True):
            for name in ("value", "level", "confidence"):
                np.testing.assert_array_equal(getattr(whole, name)[place], getattr(single, name)[0], str(whole.target))
        spoken = Rules().predict(HOME, past, float(at), HOME.targets)
        assert [p.setting for p in spoken] == [forecast.setting(0) for forecast in alone]


@settings(max_examples=60, deadline=None)
@given(lives, hours)
def test_whatever_happened_a_wish_is_one_that_the_guard_could_grant(life: list[Reading], hours: list[float]) -> None:
    known, times = History.of(life), np.array([local(hour) for hour in hours])
    for forecast in Rules().forecast(HOME, known, times, HOME.targets):
        for place, at in enumerate(times):
            match forecast.target.kind, forecast.setting(place):
                case _, None:
                    assert forecast.confidence[place] == 0.0
                case Kind.LIGHT, Light(on=on, level=level):
                    assert level is None or (on and 0 < level <= 1)
                case Kind.SETPOINT, Setpoint(celsius=celsius):
                    assert 16 <= celsius <= 26
                    assert celsius % 0.5 == 0 or celsius == known.value("valve", Quantity.SETPOINT, float(at))
                    assert abs(celsius - known.value("valve", Quantity.SETPOINT, float(at))) <= 1
                case Kind.LOCK, setting:
                    assert setting == Lock()
                    assert known.value("door", Quantity.CONTACT, float(at)) == 0.0
                case other:
                    raise AssertionError(other)
