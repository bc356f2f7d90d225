"""What a household usually does is read from earlier days alone."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from homectl.control.local_time import local_time
from homectl.control.moments import Asked
from homectl.control.routine import (
    LASTING,
    Liked,
    Rises,
    SetByHand,
    SetByOthers,
    Uses,
    comfort,
    liked_level,
    part_of,
    uses,
    usual_rise,
)
from homectl.home import Origin, Quantity, Reading, Track

UTC = ZoneInfo("UTC")
HOUR, DAY = 3600.0, 86_400.0
MONDAY = 20_465 * DAY
"""2026-01-12, 00:00."""


def track(*said: tuple[float, float, Origin]) -> Track:
    known = Track()
    for at, value, origin in said:
        known.append(Reading(device="x", quantity=Quantity.SETPOINT, value=value, at=at, origin=origin))
    return known


def liked(known: Track, times: Asked) -> list[float]:
    """The comfort setpoints where 20.5 °C is guessed."""
    found = comfort(SetByHand(known).follow(), SetByOthers(known).follow(), times, 20.5)
    return np.ravel(found).tolist()


def by_hand(*values: float) -> Track:
    """One setting a day, the last on Monday at 10:00."""
    first = MONDAY + 10 * HOUR - (len(values) - 1) * DAY
    return track(*((first + number * DAY, value, Origin.PERSON) for number, value in enumerate(values)))


@pytest.mark.parametrize(
    ("values", "celsius"),
    [
        ((21.0,), 21.0),
        ((21, 18, 21, 18), 21.0),
        ((20.5, 21, 21.5, 21), 21.0),
        ((21, 18, 21, 18, 26), 21.0),
        ((25, 20, 20.5, 20, 20.5, 20, 20.5, 20), 20.0),
        ((), 20.5),
    ],
    ids=["the only one", "setbacks left out", "the middle", "one crank left out", "a week and no more", "guessed"],
)
def test_comfort_is_what_people_set_when_they_want_it_warm(values: tuple[float, ...], celsius: float) -> None:
    noon = MONDAY + 12 * HOUR
    assert liked(by_hand(*values), noon) == liked(by_hand(*values), np.array([noon])) == [celsius]


def test_comfort_is_forgotten_after_a_week_for_what_stood_before_we_came() -> None:
    known = track(
        (MONDAY, 22.0, Origin.PERSON), (MONDAY + HOUR, 18.0, Origin.UNKNOWN), (MONDAY + 2 * HOUR, 17.0, Origin.HOMECTL)
    )
    times = MONDAY + np.array([-1.0, 0.0, 7 * DAY - 1, 7 * DAY])
    assert liked(known, times) == [liked(known, at)[0] for at in times.tolist()] == [20.5, 22.0, 22.0, 18.0]


def test_a_lamp_counts_as_used_once_it_has_burnt_for_a_while_in_that_part_of_the_day() -> None:
    evening = MONDAY + 18 * HOUR
    said = [
        (evening, 1.0),
        (evening + 60, 0.0),
        (evening + HOUR, 1.0),
        (evening + HOUR + 30, 1.0),
        (evening + 2 * HOUR, 0.0),
    ]
    lamp = Uses(track(*((at, value, Origin.UNKNOWN) for at, value in said)), UTC).follow()
    lit = evening + HOUR
    times = np.array([lit + LASTING - 1, lit + LASTING, evening + 12 * HOUR, evening + DAY, lit + 7 * DAY + LASTING])
    assert np.ravel(uses(lamp, times, part_of(local_time(UTC, times)))).tolist() == [0, 1, 0, 1, 0]


def test_the_level_of_a_lamp_is_the_last_one_given_by_hand_in_that_part_of_the_day() -> None:
    evening = MONDAY + 18 * HOUR
    levels = track(
        (evening, 0.5, Origin.PERSON), (evening + 60, 0.7, Origin.PERSON), (evening + 90, 0.9, Origin.HOMECTL)
    )
    times = np.array([evening - 1, evening, evening + HOUR, evening + 12 * HOUR, evening + 7 * DAY, evening + 8 * DAY])
    found = liked_level(Liked(levels, UTC).follow(), times, part_of(local_time(UTC, times)))
    np.testing.assert_array_equal(found, [np.nan, 0.5, 0.7, np.nan, 0.7, np.nan])


def rises(*hours: float) -> Rises:
    """The first motion of the working days before Monday the 12th, newest first, and one at three each night."""
    days = [day for day in range(1, 15) if day % 7 not in (1, 2)][: len(hours)]
    moves = [(MONDAY - day * DAY + hour * HOUR) for day, hour in zip(days, hours, strict=True)]
    nights = [MONDAY - day * DAY + 3 * HOUR for day in range(15)]
    said = [(at + after, value) for at in [*moves, *nights] for value, after in ((1.0, 0.0), (0.0, 60.0))]
    return Rises(track(*((at, value, Origin.SENSED) for at, value in sorted(said))), UTC).follow()


@pytest.mark.parametrize(
    ("hours", "rise"),
    [((6.0, 6.5, 7.0), 6.5), ((6.0, 6.5), np.nan), ((6.0, 6.5, 13.0), np.nan), ((6, 6, 6.25, 9, 11), 6.25)],
    ids=["the middle", "too few days", "noon is not rising", "a late day or two do not matter"],
)
def test_the_usual_rise_is_the_middle_of_such_days(hours: tuple[float, ...], rise: float) -> None:
    five = MONDAY + 5 * HOUR
    for times in (five, np.array([five, five])):
        found = usual_rise([rises(*hours)], UTC, local_time(UTC, times))
        np.testing.assert_allclose(found, np.full(np.shape(times), rise))


def test_working_days_say_nothing_of_the_weekend() -> None:
    clock = local_time(UTC, np.array([MONDAY - DAY + 5 * HOUR]))
    assert np.isnan(usual_rise([rises(6.0, 6.5, 7.0, 6.0, 6.0)], UTC, clock)).all()
