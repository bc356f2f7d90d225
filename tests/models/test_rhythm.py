"""A clock that jumped is doubted at once, and one that only slept is believed again when the home's day shows."""

import numpy as np
import pytest

from homectl.home import History, Kind, Quantity, Target
from models.health import CLOCK, Health
from tests.models.logs import DAY, HOME, HOUR, START, reading

LAMP = Target("kitchen-lamp", Kind.LIGHT)
DAYS = 8


def lived(begin: float, end: float, ahead: float = 0.0, quiet: tuple[float, float] = (0.0, 0.0)) -> History:
    """A household that is up from 7 to 23; from `begin` on its clock is ahead; nothing is heard in `quiet`."""
    found = []
    for at in np.arange(START, end, 300.0):
        awake = 7 <= at % DAY / HOUR < 23
        stamp = at + (ahead if at >= begin else 0.0)
        if not quiet[0] <= at < quiet[1]:
            found.append(reading("kitchen-motion", Quantity.MOTION, float(awake and at // 300 % 2), stamp))
            found.append(reading("weather", Quantity.TEMPERATURE, 5.0, stamp))
    return History.of(found)


@pytest.mark.parametrize("hour", [1, 6, 12, 20])
@pytest.mark.parametrize("ahead", [8 * HOUR, 12 * HOUR, 16 * HOUR])
def test_a_clock_that_jumped_is_doubted_for_days(hour: int, ahead: float) -> None:
    jump = START + DAYS * DAY + hour * HOUR
    health = Health(HOME, lived(jump, jump + 3 * DAY, ahead))
    times = jump + ahead + np.arange(300.0, 3 * DAY - 600, 600)
    assert health.doubtful(times, [LAMP]).all()
    assert health.reasons(times[0], [LAMP]) == [CLOCK]
    assert not health.doubtful(jump - np.arange(60.0, 5 * DAY, 3600)[::-1], [LAMP]).any()


@pytest.mark.parametrize("hour", [1, 6, 12, 20])
@pytest.mark.parametrize("hours", [8, 12, 16])
def test_a_clock_is_believed_again_within_a_day_of_an_outage(hour: int, hours: int) -> None:
    begin = START + DAYS * DAY + hour * HOUR
    end = begin + hours * HOUR
    health = Health(HOME, lived(0.0, end + 2 * DAY, quiet=(begin, end)))
    doubted = health.doubtful(end + np.arange(300.0, 2 * DAY - 600, 600), [LAMP])[:, 0]
    assert doubted[0]
    assert not doubted[6 * 24 :].any()


@pytest.mark.parametrize(("hours", "days"), [(4, DAYS), (24, DAYS), (12, 2)], ids=["short", "of a day", "too early"])
def test_a_silence_that_says_nothing_about_the_clock_is_none(hours: int, days: int) -> None:
    begin = START + days * DAY + 12 * HOUR
    health = Health(HOME, lived(0.0, begin + 4 * DAY, quiet=(begin, begin + hours * HOUR)))
    assert CLOCK not in health.reasons(begin + hours * HOUR + 600, [LAMP])


def test_a_home_that_is_silent_every_night_has_no_doubt_in_the_morning() -> None:
    found = [
        reading("kitchen-motion", Quantity.MOTION, float(at // 300 % 2), float(at))
        for at in np.arange(START, START + 10 * DAY, 300.0)
        if 7 <= at % DAY / HOUR < 23
    ]
    health = Health(HOME, History.of(found))
    assert not health.doubtful(START + 8 * DAY + np.arange(7.2 * HOUR, 22 * HOUR, 600), [LAMP]).any()
