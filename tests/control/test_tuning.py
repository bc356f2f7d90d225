"""Every constant of the rules does what its name says, and only that."""

import math

import pytest

from homectl.control.rules import Rules
from homectl.control.tuning import Tuning
from homectl.home import History, Kind, Light, Origin, Prediction, Quantity, Reading, Setpoint, Target
from tests.control.test_rules import HOME, VALVE, door, lamp, local, motion, told

LIVING = Target("living_lamp", Kind.LIGHT)


def asked(tuning: Tuning, target: Target, hour: float, *readings: Reading) -> Prediction:
    history = History.of(sorted(readings, key=lambda reading: reading.at))
    (prediction,) = Rules(tuning=tuning).predict(HOME, history, local(hour), [target])
    return prediction


def left_on(target: Target, hour: float, tuning: Tuning) -> bool:
    """Whether a lamp burns on in a room that has been quiet since nine in the morning, or since midnight."""
    since = 9.0 if hour > 9 else 0.0
    life = [*motion("living", since - 0.1, since), lamp("living", 1.0, since - 0.1), *motion("hall", hour - 0.01)]
    return asked(tuning, target, hour, *life).setting != Light(False)


@pytest.mark.parametrize(
    ("tuning", "hour", "left"),
    [
        (Tuning(), 9.9, True),
        (Tuning(), 10.1, False),
        (Tuning(patience_by_day=0.5), 9.6, False),
        (Tuning(patience_by_day=2.0), 10.1, True),
        (Tuning(patience_by_night=2.0), 10.1, False),
        (Tuning(), 0.4, True),
        (Tuning(), 0.6, False),
        (Tuning(patience_by_night=2.0), 0.6, True),
        (Tuning(patience_by_day=2.0), 0.6, False),
    ],
)
def test_patience_is_how_long_a_lamp_burns_in_a_quiet_room(tuning: Tuning, hour: float, left: bool) -> None:
    assert left_on(LIVING, hour, tuning) is left


def entering(lux: float) -> list[Reading]:
    """Somebody comes into the living room at ten, whose lamp has always been off."""
    eye = told("living_eye", Quantity.ILLUMINANCE, lux, local(10) - 5)
    return [lamp("living", 0.0, 1.0), eye, *motion("living", 10.0)]


@pytest.mark.parametrize(
    ("darkness", "lux", "lit"), [(1.0, 50, True), (1.0, 70, False), (1.5, 70, True), (1.5, 95, False), (0.7, 50, False)]
)
def test_darkness_is_how_dark_it_must_be(darkness: float, lux: float, lit: bool) -> None:
    found = asked(Tuning(darkness=darkness), LIVING, 10.001, *entering(lux))
    assert (found.setting == Light(True, 1.0) or found.setting == Light(True)) is lit


@pytest.mark.parametrize("sure", [0.5, 0.9])
def test_a_lamp_is_switched_on_as_surely_as_was_said(sure: float) -> None:
    assert asked(Tuning(lamp_on=sure), LIVING, 10.001, *entering(10)).confidence == sure


@pytest.mark.parametrize(("often", "lit"), [(1, True), (2, True), (3, False)])
def test_a_lamp_must_have_been_of_use_so_often(often: int, lit: bool) -> None:
    uses = [lamp("living", on, hour) for day in (1, 2) for on, hour in ((1.0, 10 - 24 * day), (0.0, 11 - 24 * day))]
    known = lamp("living", 0.0, 10 - 24 * 6)
    found = asked(Tuning(often=often), LIVING, 10.001, known, *uses, *entering(10))
    assert isinstance(found.setting, Light) is lit


def warm_until(hour: float) -> list[Reading]:
    """A thermostat that people set to 21 °C, in a home whose last one leaves at an hour."""
    set_by_hand = [
        told("valve", Quantity.SETPOINT, value, local(-20 + n), Origin.PERSON) for n, value in enumerate((20, 21.0))
    ]
    return [*set_by_hand, *motion("hall", hour - 0.02, hour - 0.01), *door(hour)]


@pytest.mark.parametrize(
    ("tuning", "minutes", "celsius"),
    [
        (Tuning(), 40, None),
        (Tuning(), 50, 20.0),
        (Tuning(away_for=1800.0), 40, 20.0),
        (Tuning(away_for=5400.0), 50, None),
        (Tuning(away_setback=0.5), 50, 20.5),
        (Tuning(away_setback=0.0), 50, 21.0),
    ],
)
def test_an_empty_home_is_set_back_after_its_time_and_by_so_much(
    tuning: Tuning, minutes: float, celsius: float | None
) -> None:
    found = asked(tuning, VALVE, 12 + minutes / 60, *warm_until(12.0))
    assert found.setting == (None if celsius is None else Setpoint(celsius))


@pytest.mark.parametrize(
    ("tuning", "celsius"), [(Tuning(), 20.0), (Tuning(night_setback=0.5), 20.5), (Tuning(asleep_for=7200.0), None)]
)
def test_a_sleeping_home_is_set_back_after_its_time_and_by_so_much(tuning: Tuning, celsius: float | None) -> None:
    life = [*warm_until(-10.0), *motion("hall", 23.0, 23.1)]
    found = asked(tuning, VALVE, 24.1, *life)
    assert found.setting == (None if celsius is None else Setpoint(celsius))


@pytest.mark.parametrize(("preheat", "warms"), [(1800.0, False), (3600.0, True), (7200.0, True)])
def test_a_sleeping_home_is_warmed_so_long_before_it_usually_rises(preheat: float, warms: bool) -> None:
    rises = [reading for day in range(1, 8) for reading in motion("hall", 7 - 24 * day, 7.2 - 24 * day)]
    cool = told("valve", Quantity.SETPOINT, 18.0, local(-1), Origin.HOMECTL)
    life = [*warm_until(-10.0), cool, *rises, *motion("hall", -1.0, -0.9)]
    found = asked(Tuning(preheat=preheat), VALVE, 6.2, *life)
    rising = isinstance(found.setting, Setpoint) and found.setting.celsius > 18.0
    assert rising is warms
    assert not math.isnan(found.confidence)
