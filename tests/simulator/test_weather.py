import math
from itertools import pairwise
from random import Random

import pytest

from simulator.weather import CLIMATES, NODE, Weather, clear_sky

DAY = 86_400.0
JANUARY, JULY = 1_768_176_000.0, 1_783_900_800.0  # midnights UTC of 2026


def week(start: float, climate: int = 0, seed: int = 1) -> list[tuple[float, float]]:
    weather = Weather(CLIMATES[climate], Random(seed), start)
    return [weather.at(start + i * NODE) for i in range(7 * 144)]


def test_the_sky_gets_no_darker_as_the_sun_rises() -> None:
    light = [clear_sky(degrees / 4) for degrees in range(-90 * 4, 90 * 4)]
    assert light == sorted(light)
    assert light[0] == 0.0
    assert 100_000 < light[-1] < 120_000


@pytest.mark.parametrize(("sun", "low", "high"), [(-20, 0, 0), (-6, 3, 4), (0, 500, 700), (10, 8_000, 20_000)])
def test_twilight_is_as_bright_as_the_tables_say(sun: float, low: float, high: float) -> None:
    assert low <= clear_sky(sun) <= high


@pytest.mark.parametrize("climate", range(len(CLIMATES)))
def test_summer_is_warmer_and_brighter_than_winter(climate: int) -> None:
    winter, summer = week(JANUARY, climate), week(JULY, climate)
    for column in (0, 1):
        assert sum(now[column] for now in summer) > sum(now[column] for now in winter)


def test_temperatures_are_those_of_the_earth_and_never_jump() -> None:
    for climate in range(len(CLIMATES)):
        warm = [celsius for celsius, _ in week(JANUARY, climate)]
        assert all(-35 < celsius < 30 for celsius in warm)
        assert max(abs(b - a) for a, b in pairwise(warm)) < 2.0


def test_winter_nights_are_dark_and_days_are_not() -> None:
    light = [lux for _, lux in week(JANUARY)]
    assert light[0] == 0.0  # midnight
    assert all(max(light[day * 144 : (day + 1) * 144]) > 1_000 for day in range(7))


def test_the_weather_between_two_points_lies_between_them() -> None:
    weather = Weather(CLIMATES[0], Random(3), JANUARY)
    a, middle, b = (weather.at(JANUARY + 12 * 3600 + share * NODE)[0] for share in (0, 0.5, 1))
    assert math.isclose(middle, (a + b) / 2, abs_tol=1e-9)


def test_same_stream_same_weather() -> None:
    assert week(JANUARY, seed=5) == week(JANUARY, seed=5) != week(JANUARY, seed=6)
