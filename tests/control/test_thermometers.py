"""Which temperatures are believed, both sides of every bound."""

import math

import pytest

from homectl.control.limits import SetpointLimits
from homectl.control.thermometers import Thermometer, believed_for, coldness, swayed, thermometers, too_hot
from homectl.home import AgeLimits, Area, Device, History, Home, Quantity, Reading

NOON = 1_000_000.0
HOUR, MINUTE = 3600.0, 60.0
SENSED = frozenset({Quantity.TEMPERATURE})
HOME = Home(
    id="h",
    areas=(Area(id="room"), Area(id="attic")),
    devices=(
        Device(id="probe", area="room", senses=SENSED, battery=True),
        Device(id="other", area="room", senses=SENSED, battery=True),
        Device(id="valve", area="room", battery=True),
        Device(id="heater", area="attic", battery=True),
    ),
)
LIMITS = SetpointLimits()


def told(
    value: float, at: float, device: str = "probe", quantity: Quantity = Quantity.TEMPERATURE, *, live: bool = True
) -> Reading:
    return Reading(device=device, quantity=quantity, value=value, at=at, live=live)


def past(*readings: Reading) -> History:
    return History.of(sorted(readings, key=lambda reading: reading.at))


def seen(history: History, at: float = NOON) -> list[Thermometer]:
    return thermometers(HOME, "room", history, at, AgeLimits())


def series(*values: float, every: float = MINUTE) -> History:
    """The last value at noon, the others before it."""
    return past(*(told(value, NOON - every * n) for n, value in enumerate(reversed(values))))


@pytest.mark.parametrize(
    ("values", "celsius", "missing"),
    [
        ((20.0,), 20.0, None),
        ((-40.0,), -40.0, None),
        ((60.0,), 60.0, None),
        ((60.1,), math.nan, 0),
        ((math.nan,), math.nan, 0),
        ((math.inf,), math.nan, 0),
        ((85.0,), math.nan, 0),
        ((-127.0,), math.nan, 0),
        ((20.0, 25.0), 25.0, None),
        ((20.0, 25.1), 20.0, 0),
        ((20.0, 14.9), 20.0, 0),
        ((20.0, 29.9, 30.0), 30.0, None),
        ((20.0, 31.0, 30.1), 20.0, 1),
        ((20.0, math.nan, math.nan), 20.0, 1),
        ((20.0, math.nan, 21.0), 21.0, None),
        ((20.0, 40.0, 20.1), 20.1, None),
        ((20.0, 40.0, 40.0, 40.0, 40.0), 40.0, None),
    ],
)
def test_what_cannot_be_and_what_jumps_is_missing(
    values: tuple[float, ...], celsius: float, missing: int | None
) -> None:
    [one] = seen(series(*values))
    assert one.celsius == pytest.approx(celsius, nan_ok=True)
    assert one.known == (NOON if missing is None else NOON - missing * MINUTE)
    assert bool(one.doubt) is (missing is not None)


def test_within_a_minute_air_may_change_by_five_degrees_but_no_more() -> None:
    assert [one.doubt for one in seen(series(20.0, 25.0, every=1.0))] == [""]
    assert "cannot be" in seen(series(20.0, 25.1, every=1.0))[0].doubt


def test_a_leap_of_the_clock_gives_air_no_time_to_change() -> None:
    history = past(told(20.0, NOON - HOUR - 60), told(30.0, NOON))
    assert seen(history)[0].celsius == 30.0
    leapt = past(told(20.0, NOON - HOUR - 60), told(30.0, NOON))
    leapt.leap(NOON - HOUR - 30, HOUR)
    assert seen(leapt)[0].celsius == 20.0


@pytest.mark.parametrize(("age", "doubt"), [(65 * MINUTE, ""), (65 * MINUTE + 1, "is silent")])
def test_a_thermometer_may_be_silent_for_its_check_in(age: float, doubt: str) -> None:
    [one] = seen(past(told(20.0, NOON - age)))
    assert one.doubt == doubt
    assert one.known == (NOON - age if doubt else NOON)


def test_one_that_never_spoke_or_not_yet_is_none() -> None:
    assert seen(History()) == []
    assert seen(past(told(20.0, NOON + 1))) == []
    assert len(seen(past(told(20.0, NOON)))) == 1


def heating(*spans: tuple[float, float], device: str = "valve", until: float = NOON) -> list[Reading]:
    """What a heater says: on and off at seconds before noon, and its last word."""
    readings = [told(value, NOON - ago, device, Quantity.HEATING) for ago, value in spans]
    return [*readings, told(90.0, until, device, Quantity.BATTERY)]


def still(hours: float, *more: Reading) -> History:
    """A thermometer that has said 20 °C for so long, every hour, after another value."""
    said = [told(20.0, NOON - hours * HOUR + n * HOUR) for n in range(int(hours) + 1)]
    return past(told(19.0, NOON - hours * HOUR - HOUR), *said, told(20.0, NOON), *more)


@pytest.mark.parametrize(
    ("hours", "spans", "stuck"),
    [
        (6.01, ((6 * HOUR, 1.0), (4.5 * HOUR, 0.0)), True),
        (6.0, ((6 * HOUR, 1.0), (4.5 * HOUR, 0.0)), False),
        (6.01, ((6 * HOUR, 1.0), (4.5 * HOUR + 1, 0.0)), False),
        (6.01, ((6 * HOUR, 1.0), (1.5 * HOUR, 0.0)), True),
        (6.01, ((6 * HOUR, 1.0), (1.5 * HOUR - 1, 0.0)), False),
        (6.01, ((6 * HOUR, 1.0),), False),
        (6.01, ((6 * HOUR, 0.0),), False),
        (6.01, ((9 * HOUR, 1.0), (5 * HOUR, 0.0)), False),
        (6.01, ((4 * HOUR, 1.0), (3.25 * HOUR, 0.0), (2.5 * HOUR, 1.0), (1.75 * HOUR, 0.0)), True),
        (6.01, ((4 * HOUR, 1.0), (3.25 * HOUR, 0.0), (2.5 * HOUR, 1.0), (1.75 * HOUR + 1, 0.0)), False),
        (6.01, ((5 * HOUR, 0.0), (4 * HOUR, 1.0), (3.25 * HOUR, 0.0), (2.5 * HOUR, 1.0), (1.75 * HOUR, 0.0)), True),
        (6.01, ((6 * HOUR, 1.0), (5 * HOUR, math.nan), (4 * HOUR, 0.0)), False),
    ],
)
def test_one_that_stands_still_while_heating_went_on_and_off_is_stuck(
    hours: float, spans: tuple[tuple[float, float], ...], stuck: bool
) -> None:
    [one] = seen(still(hours, *heating(*spans)))
    assert bool(one.doubt) is stuck
    assert one.known == (pytest.approx(NOON - hours * HOUR) if stuck else NOON)


def test_a_heater_elsewhere_sways_nothing() -> None:
    elsewhere = heating((6 * HOUR, 1.0), (3 * HOUR, 0.0), device="heater")
    assert seen(still(6.01, *elsewhere))[0].doubt == ""


def test_a_heater_counts_up_to_its_last_word_only() -> None:
    history = still(6.01, *heating((6 * HOUR, 1.0), (4.5 * HOUR, 0.0), until=NOON - 4 * HOUR))
    assert swayed(HOME, "room", history, NOON - 6 * HOUR, NOON) == 0.5 * HOUR
    assert seen(history)[0].doubt == ""


def test_one_that_has_never_said_anything_else_stands_still_from_its_first_word() -> None:
    said = [told(20.0, NOON - 7 * HOUR + n * HOUR) for n in range(8)]
    [one] = seen(past(*said, *heating((6 * HOUR, 1.0), (4 * HOUR, 0.0))))
    assert one.known == NOON - 7 * HOUR


def test_a_still_one_is_believed_until_heating_has_gone_on_and_off_for_long_enough() -> None:
    history = still(8.0, *heating((6 * HOUR, 1.0), (5.5 * HOUR, 0.0)))
    [one] = seen(history)
    assert believed_for(one, HOME, history, NOON) == HOUR


@pytest.mark.parametrize(("hours", "left"), [(2.0, 4 * HOUR), (6.0, 1.5 * HOUR), (8.0, 1.5 * HOUR)])
def test_for_how_long_a_still_one_is_believed_at_least(hours: float, left: float) -> None:
    history = still(hours)
    [one] = seen(history)
    assert believed_for(one, HOME, history, NOON) == pytest.approx(left)


@pytest.mark.parametrize(
    ("values", "cold"),
    [
        ((7.0,), False),
        ((6.9,), True),
        ((6.9, 8.9), True),
        ((6.9, 9.0), False),
        ((9.0, 7.0), False),
        ((8.0, 8.0), False),
        ((6.0, math.nan, 8.0), True),
        ((20.0, 6.0, 8.0), False),
    ],
)
def test_cold_is_latched_over_what_is_believed(values: tuple[float, ...], cold: bool) -> None:
    history = series(*values)
    [one] = seen(history)
    assert coldness(one, history, NOON, LIMITS) is cold


@pytest.mark.parametrize(
    ("values", "hot"),
    [
        ((34.9,), None),
        ((35.0,), 35.0),
        ((35.0, 33.0), 33.0),
        ((35.0, 32.9), None),
        ((32.9, 34.9), None),
        ((36.0, math.nan), None),
    ],
)
def test_a_room_is_too_hot_until_it_has_cooled(values: tuple[float, ...], hot: float | None) -> None:
    history = series(*values)
    assert too_hot(seen(history), history, NOON, LIMITS) == hot


@pytest.mark.parametrize(("beside", "hot"), [(20.0, 36.0), (7.0, 36.0), (6.9, None)])
def test_no_room_is_hot_and_freezing(beside: float, hot: float | None) -> None:
    history = past(told(36.0, NOON), told(beside, NOON, "other"))
    assert too_hot(seen(history), history, NOON, LIMITS) == hot


def test_a_track_in_two_histories_is_judged_by_each() -> None:
    first = past(told(20.0, NOON - HOUR - 60), told(30.0, NOON))
    assert seen(first)[0].celsius == 30.0
    other = History(first.tracks)
    other.leap(NOON - HOUR - 30, HOUR)
    assert seen(other)[0].celsius == 20.0


def test_what_was_forgotten_is_judged_no_more() -> None:
    history = series(20.0, 40.0, 40.0)
    assert seen(history)[0].celsius == 20.0
    history.forget_before(NOON - 30)
    assert seen(history)[0].celsius == 40.0
