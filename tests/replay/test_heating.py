"""Calls for heat and degree-hours, counted by hand."""

import numpy as np
import pytest

from homectl.home import Origin, Quantity
from homectl.replay.heating import Heating, heating
from homectl.replay.report import Report
from tests.replay.scripts import HEATING, START, Script, told, trial

NAN = float("nan")


def day(wished: list[tuple[float, float, float]]) -> Heating:
    """An hour: 19 °C in the room, 20 °C set by a person, who is about all the time."""
    readings = [
        told("valve", Quantity.SETPOINT, 21.0, -2),
        told("valve", Quantity.SETPOINT, 20.0, -1, Origin.PERSON),
        told("valve", Quantity.TEMPERATURE, 19.0, 0),
        told("eye", Quantity.MOTION, 1.0, 0),
    ]
    report = Report(trial(Script({HEATING: wished}), readings, 60))
    assert list(report.run())
    return report.heating()


@pytest.mark.parametrize(
    ("wished", "would_call", "colder", "warmer"),
    [
        ([], 60, 0, 0),
        ([(0, 18.0, 0.9)], 0, 60 * 2, 0),
        ([(0, 18.0, 0.5)], 60, 0, 0),  # too unsure to be acted upon
        ([(30, 22.0, 0.9)], 60, 0, 30 * 2),
        ([(0, 19.5, 0.9), (30, 18.5, 0.9)], 30, 30 * 0.5 + 30 * 1.5, 0),
    ],
)
def test_what_would_have_been_set_changes_calls_for_heat_and_degree_hours(
    wished: list[tuple[float, float, float]], would_call: int, colder: float, warmer: float
) -> None:
    found = day(wished)
    assert (found.minutes, found.called, found.would_call) == (60, 60, would_call)
    assert (found.colder, found.warmer) == pytest.approx((colder, warmer))


def test_where_no_temperature_is_known_no_heat_is_counted_and_none_is_claimed() -> None:
    times = START + 60.0 * np.arange(3)
    found = heating(None, times, np.array([20.0, 20.0, NAN]), np.array([19.0, NAN, 18.0]), np.ones(3, dtype=bool))
    assert (found.minutes, found.colder) == (0, 1.0)
    assert found.figures(1.0)["heating_hours_per_day"] is None
    assert found.figures(1.0)["colder_kelvin_hours_per_day"] == round(1 / 60, 2)
