"""What a person must know of, in words, and nothing else."""

import itertools
import math
from dataclasses import replace

import pytest

from homectl.control.alarms import alarms
from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.control.pipeline import Moment
from homectl.control.state import ControlState
from homectl.home import Area, Device, History, Home, Kind, LockState, Quantity, Reading

NOON, HOUR, MINUTE = 1_000_000.0, 3600.0, 60.0
SMOKE, GAS = Quantity.SMOKE, Quantity.CARBON_MONOXIDE
HOME = Home(
    id="h",
    areas=(Area(id="hall", name="Hall"), Area(id="garden", outdoors=True)),
    devices=(
        Device(id="bolt", name="Bolt", area="hall", sets=frozenset({Kind.LOCK}), battery=True),
        Device(id="detector", name="Detector", area="hall", senses=frozenset({SMOKE, GAS}), battery=True),
        Device(id="outside", area="garden", senses=frozenset({Quantity.TEMPERATURE}), battery=True),
        Device(id="valve", name="Valve", area="hall", sets=frozenset({Kind.SETPOINT}), battery=True),
    ),
)


def told(device: str, quantity: Quantity, value: float, ago: float = 60.0) -> Reading:
    return Reading(device=device, quantity=quantity, value=value, at=NOON - ago)


WELL = (
    told("detector", SMOKE, 0.0, 300),
    told("detector", GAS, 0.0, 300),
    told("bolt", Quantity.LOCK, 1.0, 300),
    told("valve", Quantity.SETPOINT, 20.0, 3 * HOUR),
    told("valve", Quantity.TEMPERATURE, 19.0, 3 * HOUR),
    told("valve", Quantity.HEATING, 0.0, 3 * HOUR),
    told("valve", Quantity.BATTERY, 90.0, 300),
    told("outside", Quantity.TEMPERATURE, -5.0, 300),
)


def said(
    *more: Reading, only: tuple[Reading, ...] = WELL, elapsed: float = NOON, started: float = NOON - 86_400
) -> list[str]:
    history, state = History(), ControlState(started)
    for reading in sorted([*only, *more], key=lambda reading: reading.at):
        history.append(reading)
        state.fire.hear(reading, 65 * MINUTE, reading.at)
    names = itertools.count()
    return alarms(
        Moment(
            home=HOME,
            history=history,
            at=NOON,
            elapsed=elapsed,
            state=state,
            limits=Limits(),
            autonomy=AutonomySettings(),
            new_id=lambda: str(next(names)),
        )
    )


def test_where_all_is_well_there_is_nothing_to_say() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ((told("detector", SMOKE, 1.0),), "Smoke: Detector gives the alarm"),
        (
            (told("detector", SMOKE, 1.0, 700), told("detector", SMOKE, 0.0, 600)),
            "Smoke 10 min ago; no door locks itself",
        ),
        ((told("bolt", Quantity.LOCK, LockState.JAMMED),), "Bolt is jammed"),
        ((told("bolt", Quantity.LOCK, LockState.NOT_FULLY_LOCKED),), "Bolt is not fully locked; see whether the door"),
        ((told("valve", Quantity.TEMPERATURE, 6.5),), "Hall: 6.5 °C, about to freeze"),
        ((told("valve", Quantity.TEMPERATURE, 35.5),), "Hall: 35.5 °C, too hot to be heated"),
        ((told("detector", Quantity.AVAILABLE, 0.0),), "Detector has not been heard for 1 min"),
    ],
)
def test_each_alarm_has_its_sentence(readings: tuple[Reading, ...], expected: str) -> None:
    [sentence] = said(*readings)
    assert sentence.startswith(expected)


def test_carbon_monoxide_says_that_heating_is_held_off_and_for_how_long() -> None:
    assert said(told("detector", GAS, 1.0)) == [
        "Carbon monoxide: Detector gives the alarm",
        "Heating is held off after carbon monoxide until a person resumes it; rooms may freeze",
    ]


def test_a_temperature_that_cannot_be_is_told_with_its_thermometer() -> None:
    assert said(told("valve", Quantity.TEMPERATURE, 85.0)) == [
        "Hall: its temperature is not known",
        "Valve says 85 °C, which cannot be",
    ]
    assert "does not know its temperature" in said(told("valve", Quantity.TEMPERATURE, math.nan))[1]


def restored(reading: Reading) -> Reading:
    return replace(reading, live=False)


@pytest.mark.parametrize(
    ("started", "told_of"),
    [(60.0, []), (65 * MINUTE, []), (65 * MINUTE + 1, ["Hall: its temperature is not known", "Valve is silent"])],
)
def test_after_a_start_a_thermometer_is_given_its_own_time_to_speak(started: float, told_of: list[str]) -> None:
    others = tuple(reading for reading in WELL if reading.device != "valve")
    before = restored(told("valve", Quantity.TEMPERATURE, 19.0, 3 * HOUR))
    assert said(before, only=others, started=NOON - started) == told_of


def test_one_that_is_not_there_is_told_of_at_once() -> None:
    others = tuple(reading for reading in WELL if reading.device != "valve")
    before, gone = restored(told("valve", Quantity.TEMPERATURE, 19.0)), told("valve", Quantity.AVAILABLE, 0.0)
    assert "Valve is silent" in said(before, gone, only=others, started=NOON - 60)


@pytest.mark.parametrize(("ago", "count"), [(60.0, 1), (59.0, 0)])
def test_a_bolt_may_be_thrown_by_half_for_a_minute(ago: float, count: int) -> None:
    assert len(said(told("bolt", Quantity.LOCK, LockState.NOT_FULLY_LOCKED, ago))) == count


def test_a_detector_that_is_silent_or_never_spoke_gives_no_alarm_but_is_told_of() -> None:
    others = tuple(reading for reading in WELL if reading.device != "detector")
    assert said(only=others) == ["Detector has not been heard since homectl started and could give no alarm"]
    old = told("detector", SMOKE, 0.0, 2 * HOUR)
    assert said(old, only=others) == ["Detector has not been heard for 2 h and could give no alarm"]
    assert said(told("detector", SMOKE, 0.0, 64 * MINUTE), only=others) == []


def heating(on_for: float, wanted: float, *rooms: tuple[float, float], set_ago: float = 2 * HOUR) -> list[str]:
    """Heat for some seconds; what the room had at which times before noon."""
    valve = [told("valve", Quantity.TEMPERATURE, celsius, ago) for ago, celsius in rooms]
    return said(told("valve", Quantity.SETPOINT, wanted, set_ago), told("valve", Quantity.HEATING, 1.0, on_for), *valve)


@pytest.mark.parametrize(
    ("on_for", "wanted", "rooms", "stuck"),
    [
        (15 * MINUTE, 20.0, ((HOUR, 21.0),), True),
        (15 * MINUTE - 1, 20.0, ((HOUR, 21.0),), False),
        (HOUR, 20.0, ((15 * MINUTE, 21.0),), True),
        (HOUR, 20.0, ((15 * MINUTE - 1, 21.0),), False),
        (HOUR, 20.0, ((HOUR, 20.9),), False),
    ],
)
def test_heat_that_nobody_needs_is_told_after_a_quarter_of_an_hour(
    on_for: float, wanted: float, rooms: tuple[tuple[float, float], ...], stuck: bool
) -> None:
    assert any("valve may be stuck" in sentence for sentence in heating(on_for, wanted, *rooms)) is stuck


@pytest.mark.parametrize(
    ("on_for", "rooms", "in_vain"),
    [
        (30 * MINUTE, ((HOUR, 18.0),), True),
        (30 * MINUTE - 1, ((HOUR, 18.0),), False),
        (HOUR, ((HOUR, 18.0), (MINUTE, 18.05)), True),
        (HOUR, ((HOUR, 18.0), (MINUTE, 18.2)), False),
        (HOUR, ((HOUR, 19.1),), False),
        (HOUR, ((HOUR, 19.0),), True),
        (HOUR, ((HOUR, 18.0), (10 * MINUTE, 17.0)), True),
    ],
)
def test_heat_that_warms_nothing_is_told_after_half_an_hour(
    on_for: float, rooms: tuple[tuple[float, float], ...], in_vain: bool
) -> None:
    assert any("grew no warmer" in sentence for sentence in heating(on_for, 20.0, *rooms)) is in_vain


def test_a_heater_that_fell_silent_says_nothing_of_its_heat() -> None:
    old = (told("valve", Quantity.HEATING, 1.0, 2 * HOUR), told("valve", Quantity.SETPOINT, 20.0, 3 * HOUR))
    rest = tuple(reading for reading in WELL if reading.device != "valve")
    assert not any("stuck" in one for one in said(told("valve", Quantity.TEMPERATURE, 25.0, 3 * HOUR), *old, only=rest))
