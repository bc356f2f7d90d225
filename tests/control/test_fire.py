"""What detectors have told, and for how long it counts."""

import math

import pytest

from homectl.control.fire import Fire, cached
from homectl.home import AgeLimits, Area, Device, History, Home, Origin, Quantity, Reading

SMOKE, GAS = Quantity.SMOKE, Quantity.CARBON_MONOXIDE
HOME = Home(
    id="h",
    areas=(Area(id="hall"),),
    devices=(Device(id="detector", area="hall", battery=True), Device(id="pending", battery=True)),
)
AGES = AgeLimits()
SILENCE = AGES.battery_check_in


def told(
    quantity: Quantity,
    value: float,
    at: float = 0.0,
    *,
    live: bool = True,
    by: Origin = Origin.SENSED,
    who: str = "detector",
) -> Reading:
    return Reading(device=who, quantity=quantity, value=value, at=at, live=live, origin=by)


def heard(*words: tuple[float, Quantity, float]) -> Fire:
    fire = Fire()
    for at, quantity, value in words:
        fire.hear(told(quantity, value), SILENCE, at)
    return fire


@pytest.mark.parametrize(("value", "sounds"), [(1.0, True), (0.0, False), (math.nan, False)])
def test_an_alarm_sounds_until_the_detector_says_something_else(value: float, sounds: bool) -> None:
    assert heard((100.0, SMOKE, 1.0), (200.0, SMOKE, value)).sounds(SMOKE, 200.0) is sounds
    assert not heard((100.0, SMOKE, value)).sounds(GAS, 100.0)


def test_one_that_falls_silent_while_it_gives_the_alarm_is_believed_for_its_check_in() -> None:
    fire = heard((100.0, SMOKE, 1.0))
    assert fire.sounds(SMOKE, 100.0 + SILENCE - 1)
    assert not fire.sounds(SMOKE, 100.0 + SILENCE)
    assert fire.ago(SMOKE, 100.0 + SILENCE + 5) == 5.0


def test_an_end_that_comes_late_ends_nothing_later() -> None:
    fire = heard((100.0, SMOKE, 1.0), (100.0 + SILENCE + 500, SMOKE, 0.0))
    assert fire.ago(SMOKE, 100.0 + SILENCE + 500) == 500.0


@pytest.mark.parametrize(("after", "rests"), [(0.0, True), (1799.0, True), (1800.0, False)])
@pytest.mark.parametrize("quantity", [SMOKE, GAS])
def test_everything_rests_for_half_an_hour_after_an_alarm(quantity: Quantity, after: float, rests: bool) -> None:
    fire = heard((100.0, quantity, 1.0), (200.0, quantity, 0.0))
    assert fire.rests(200.0 + after, 1800.0) is rests
    assert not Fire().rests(0.0, 1800.0)


def test_what_no_detector_said_or_nobody_heard_live_is_no_alarm() -> None:
    fire = Fire()
    fire.hear(told(Quantity.MOTION, 1.0), SILENCE, 0.0)
    fire.hear(told(SMOKE, 1.0, live=False), SILENCE, 0.0)
    fire.hear(told(SMOKE, 0.0), SILENCE, 0.0)
    assert fire.ago(SMOKE, 1.0) == math.inf
    assert not fire.heat_off


def test_only_a_detectors_own_word_can_be_a_cached_one() -> None:
    assert cached(told(SMOKE, 1.0, live=False))
    assert cached(told(GAS, 0.0, live=False))
    assert not cached(told(SMOKE, 1.0))
    assert not cached(told(GAS, 0.0, live=False, by=Origin.PERSON))
    assert not cached(told(Quantity.MOTION, 1.0, live=False))


def test_heat_is_off_after_carbon_monoxide_until_a_person_resumes_it_once_it_is_over() -> None:
    assert not heard((0.0, SMOKE, 1.0)).heat_off
    fire = heard((0.0, GAS, 1.0))
    assert fire.heat_off
    assert not fire.resume(10.0)
    assert fire.heat_off
    fire.hear(told(GAS, 0.0), SILENCE, 20.0)
    assert fire.heat_off
    assert fire.resume(20.0)
    assert not fire.heat_off


def recalled(*readings: Reading) -> Fire:
    fire, history = Fire(), History.of(readings)
    history.unsee()
    fire.recall(HOME, history, 5000.0, AGES)
    return fire


@pytest.mark.parametrize("quantity", [SMOKE, GAS])
def test_a_restart_recalls_an_alarm_that_was_given_and_takes_one_that_was_over_for_just_over(
    quantity: Quantity,
) -> None:
    given, over = recalled(told(quantity, 1.0, 10.0)), recalled(told(quantity, 1.0, 10.0), told(quantity, 0.0, 20.0))
    assert given.sounds(quantity, 5000.0 + SILENCE - 1)
    assert not given.sounds(quantity, 5000.0 + SILENCE)
    assert not over.sounds(quantity, 5000.0)
    assert over.ago(quantity, 5001.0) == 1.0
    assert recalled(told(quantity, 0.0, 10.0)).ago(quantity, 5000.0) == math.inf
    assert recalled(told(quantity, 1.0, 10.0, who="pending")).ago(quantity, 5000.0) == math.inf


@pytest.mark.parametrize(
    ("words", "off"),
    [
        ([(GAS, 1.0, Origin.SENSED)], True),
        ([(GAS, 1.0, Origin.SENSED), (GAS, 0.0, Origin.SENSED)], True),
        ([(GAS, 1.0, Origin.SENSED), (GAS, 0.0, Origin.PERSON), (GAS, 0.0, Origin.SENSED)], False),
        ([(GAS, 1.0, Origin.SENSED), (GAS, 0.0, Origin.PERSON), (GAS, 1.0, Origin.SENSED)], True),
        ([(SMOKE, 1.0, Origin.SENSED)], False),
        ([(GAS, 0.0, Origin.SENSED)], False),
    ],
)
def test_a_restart_holds_heating_off_unless_a_person_has_resumed_it(
    words: list[tuple[Quantity, float, Origin]], off: bool
) -> None:
    fire = recalled(*(told(q, value, 10.0 * n, by=by) for n, (q, value, by) in enumerate(words)))
    assert fire.heat_off is off
