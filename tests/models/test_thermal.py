"""The thermal model finds what an area is made of, stays sane without data, and never looks past its midnight."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.home import History, Origin, Quantity, Reading, Times
from models.memory import Memory
from models.steps import DAY as MS_A_DAY
from models.thermal import CARRIED, MEDIAN, OFFSET, STEP, Air, Fabric, ahead, hours_to, identify, opening, rate
from tests.models.logs import DAY, HOME, HOUR, START, random_readings, reading

BRICK = Fabric(leak=0.08, walls=0.5, heater=3.5, sun=0.4, gains=0.15)
HOURS = STEP / 3_600_000
MIDNIGHT = START + 14 * DAY


def weather(days: int) -> tuple[Times, Times]:
    """°C outdoors and the sun's height, every STEP."""
    hour = np.arange(days * 96) / 4 % 24
    return 4 - 4 * np.cos((hour - 3) / 24 * 2 * np.pi), np.maximum(0.0, np.sin((hour - 7) / 10 * np.pi)) * (hour < 17)


def lived(fabric: Fabric, days: int, seed: int = 0) -> tuple[Times, Times, Times, Times]:
    """Setpoints and what the air was, its walls and the weather: 21 °C by day, 17 °C at night, at changing hours."""
    rng, (outdoors, sun) = np.random.default_rng(seed), weather(days)
    setpoints = np.full(days * 96, 17.0)
    for day in range(days):
        setpoints[day * 96 + rng.integers(20, 30) : day * 96 + rng.integers(80, 92)] = 21.0
    air, walls = np.full(len(sun), 18.0), np.full(len(sun), 18.0)
    for n in range(1, len(sun)):
        was = Air(air[n - 1], walls[n - 1], outdoors[n - 1], sun[n - 1])
        air[n] = ahead(fabric, was, setpoints[n - 1 : n], sun[n - 1 : n])
        walls[n] = walls[n - 1] + (air[n - 1] - walls[n - 1]) * HOURS / 7
    return setpoints, air, walls, outdoors


def measured(air: Times, seed: int = 1) -> Times:
    """As a thermometer says it: to a fifth of a degree, a little off."""
    return np.round((air + np.random.default_rng(seed).normal(0, 0.05, len(air))) * 5) / 5


def found(fabric: Fabric, days: int = 28) -> Fabric:
    setpoints, air, walls, outdoors = lived(fabric, days)
    seen = measured(air)
    return identify(Air(seen, walls, outdoors, weather(days)[1]), opening(setpoints, seen), outdoors_known=True)


@pytest.mark.parametrize("heater", [2.0, 3.5, 5.0])
def test_how_fast_an_area_warms_is_learned_from_its_own_past(heater: float) -> None:
    true, cold = BRICK._replace(heater=heater), Air(17.0, 18.0, 0.0, 0.0)
    assert rate(found(true), cold) == pytest.approx(rate(true, cold), rel=0.25)


def test_hours_of_a_thermometer_gone_wrong_spoil_nothing() -> None:
    setpoints, air, walls, outdoors = lived(BRICK, 28)
    odd, cold = measured(air), Air(17.0, 18.0, 0.0, 0.0)
    odd[500:540] += 15.0
    odd[900:1000] = np.nan
    model = identify(Air(odd, walls, outdoors, weather(28)[1]), opening(setpoints, odd), outdoors_known=True)
    assert rate(model, cold) == pytest.approx(rate(BRICK, cold), rel=0.25)


def test_a_home_of_which_nothing_is_known_is_a_median_dwelling() -> None:
    empty = np.full(96, np.nan)
    assert identify(Air(empty, empty, empty, empty), empty, outdoors_known=False) == pytest.approx(MEDIAN)
    assert Memory(HOME, History()).thermals.fabric("kitchen", MIDNIGHT * 1000) == pytest.approx(MEDIAN)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 30))
def test_whatever_the_readings_the_model_stays_one_of_a_dwelling(seed: int, wild: float) -> None:
    inside, walls, outdoors, sun, heat = np.random.default_rng(seed).normal(18, wild, (5, 200))
    model = identify(Air(inside, walls, outdoors, sun), np.clip(heat, 0, 1), outdoors_known=True)
    assert model.heater >= 1.5
    assert 0.01 <= model.leak <= 0.5
    assert model.walls >= 0


@given(st.floats(-20, 18), st.floats(5, 24), st.floats(5, 26))
def test_a_thermostat_never_warms_its_area_past_where_its_valve_closes(out: float, inside: float, asked: float) -> None:
    still = BRICK._replace(gains=0.0)
    after = ahead(still, Air(inside, inside, out, 0.0), np.full(12, asked), np.zeros(12))
    assert after <= max(inside, asked + OFFSET, out) + 1e-9
    assert after >= min(inside, out) - 1e-9


@pytest.mark.parametrize(
    ("inside", "celsius", "hours"),
    [(21.0, 20.0, 0.0), (20.0, 20.0, 0.0), (18.0, 20.0, 2 / 3.0), (18.0, 19.0, 1 / 3.0), (-20.0, 20.0, 40 / 3.0)],
)
def test_warming_takes_the_way_by_the_pace(inside: float, celsius: float, hours: float) -> None:
    steady = Fabric(leak=0.0, walls=0.0, heater=3.0, sun=0.0, gains=0.0)
    assert hours_to(celsius, steady, Air(inside, 18.0, 0.0, 0.0)) == pytest.approx(hours)


def test_an_area_that_does_not_warm_at_all_is_warm_only_after_very_long() -> None:
    assert hours_to(21.0, MEDIAN, Air(18.0, 10.0, -60.0, 0.0)) == pytest.approx(12.0)


# --- from a history -----------------------------------------------------------------------------------


def heated_kitchen(days: int = 14, fabric: Fabric = BRICK) -> list[Reading]:
    """The made-up home's kitchen, whose thermostat is turned by people."""
    setpoints, air, _, outdoors = lived(fabric, days)
    at, readings = START + np.arange(days * 96) * 900.0, []
    for n, when in enumerate(at):
        if n == 0 or setpoints[n] != setpoints[n - 1]:
            readings.append(reading("valve", Quantity.SETPOINT, setpoints[n], when, Origin.PERSON))
        readings.append(reading("valve", Quantity.TEMPERATURE, measured(air[n : n + 1], n)[0], when + 1))
        readings.append(reading("weather", Quantity.TEMPERATURE, outdoors[n], when + 2))
    return readings


def test_tomorrow_s_readings_change_nothing_of_today_s_model() -> None:
    readings = heated_kitchen()
    noon = (MIDNIGHT - DAY / 2) * 1000
    past = History.of(r for r in readings if r.at < MIDNIGHT - DAY)
    today = Memory(HOME, past).thermals.fabric("kitchen", noon)
    assert today == Memory(HOME, History.of(readings)).thermals.fabric("kitchen", noon)
    assert today != Memory(HOME, History.of(readings)).thermals.fabric("kitchen", noon + MS_A_DAY)


def test_a_model_in_mind_is_the_one_that_would_be_made_afresh() -> None:
    live = History()
    memory = Memory(HOME, live)
    for one in heated_kitchen(4):
        live.append(one)
        memory = memory.of(HOME, live)
        if one.at % (6 * HOUR) < 900:
            kept = memory.thermals.fabric("kitchen", one.at * 1000)
            assert kept == Memory(HOME, live).thermals.fabric("kitchen", one.at * 1000)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(-86_400_000, 0), min_size=1, max_size=5, unique=True))
def test_one_time_alone_and_among_many_get_the_same_air_and_model(seed: int, when: list[int]) -> None:
    history = History.of(random_readings(seed, 30, 500))
    times = np.array(sorted(START + ms / 1000 for ms in when))
    sun = np.linspace(0, 1, len(times))
    fabric, air = Memory(HOME, history).thermals.now("kitchen", times, sun)
    for place in range(len(times)):
        one = slice(place, place + 1)
        alone = Memory(HOME, history).thermals.now("kitchen", times[one], sun[one])
        for few, many in zip((*alone[0], *alone[1]), (*fabric, *air), strict=True):
            assert np.float64(np.ravel(few)[0]).tobytes() == np.broadcast_to(many, times.shape)[place].tobytes()


def test_what_the_model_was_off_in_the_last_hour_goes_on() -> None:
    readings, at = heated_kitchen(), MIDNIGHT + HOUR
    chill = [reading("valve", Quantity.TEMPERATURE, 14.0, at - 60)]
    calm, airing = (Memory(HOME, History.of(log)).thermals for log in (readings, readings + chill))
    times, sun = np.array([at]), np.zeros(1)
    before, after = (thermals.now("kitchen", times, sun)[0].gains for thermals in (calm, airing))
    fell = np.asarray(airing.air("kitchen", at * 1000).inside) - np.asarray(calm.air("kitchen", at * 1000).inside)
    assert after - before == pytest.approx([CARRIED * fell])
    assert fell < -2
