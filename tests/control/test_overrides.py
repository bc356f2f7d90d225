"""A hand-made change is never taken for our echo, nor our echo for a hand."""

import math

import pytest

from homectl.control.overrides import is_news, last_by_hand, origin_of
from homectl.home import Command, History, Kind, Light, Origin, Quantity, Reading, Target
from tests.control.test_guard import command

LAMP = Target("lamp", Kind.LIGHT)
OURS = command(Light(on=True))


def told(value: float, at: float, quantity: Quantity = Quantity.LIGHT_ON, *, live: bool = True) -> Reading:
    return Reading(device="lamp", quantity=quantity, value=value, at=at, live=live, origin=Origin.UNKNOWN)


def by(origin: Origin, reading: Reading) -> Reading:
    fields = {name: getattr(reading, name) for name in ("device", "quantity", "value", "at", "live")}
    return Reading(**fields, origin=origin)


@pytest.mark.parametrize(
    ("before", "report", "caused", "origin"),
    [
        ([told(0, 1)], told(1, 2), None, Origin.PERSON),
        ([told(0, 1)], told(1, 2), OURS, Origin.HOMECTL),
        ([by(Origin.HOMECTL, told(1, 1))], told(1, 2), None, Origin.HOMECTL),
        ([by(Origin.PERSON, told(1, 1))], told(1, 2), None, Origin.PERSON),
        ([], told(1, 2), None, Origin.UNKNOWN),
        ([told(0, 1)], told(1, 2, live=False), None, Origin.UNKNOWN),
        ([told(0, 1, live=False)], told(1, 2), None, Origin.UNKNOWN),
        ([told(0, 1)], told(math.nan, 2), None, Origin.UNKNOWN),
        ([told(math.nan, 1)], told(1, 2), None, Origin.UNKNOWN),
        ([told(0.5, 1, Quantity.LIGHT_LEVEL)], told(0.51, 2, Quantity.LIGHT_LEVEL), None, Origin.UNKNOWN),
        ([told(0.5, 1, Quantity.LIGHT_LEVEL)], told(0.6, 2, Quantity.LIGHT_LEVEL), None, Origin.PERSON),
        ([told(20.0, 1, Quantity.SETPOINT)], told(20.5, 2, Quantity.SETPOINT), None, Origin.PERSON),
    ],
)
def test_a_report_is_traced_to_who_made_it(
    before: list[Reading], report: Reading, caused: Command | None, origin: Origin
) -> None:
    assert origin_of(report, History.of(before), caused) is origin


def test_a_measurement_is_nobodys_doing() -> None:
    warm = Reading(device="lamp", quantity=Quantity.TEMPERATURE, value=20.0, at=1.0)
    assert origin_of(warm, History(), OURS) is Origin.SENSED


@pytest.mark.parametrize(
    ("before", "report", "news"),
    [
        ([told(0, 1)], told(1, 2), True),
        ([told(1, 1)], told(1, 2), False),
        ([told(0.5, 1, Quantity.LIGHT_LEVEL)], told(0.51, 2, Quantity.LIGHT_LEVEL), False),
        ([told(0.5, 1, Quantity.LIGHT_LEVEL)], told(0.6, 2, Quantity.LIGHT_LEVEL), True),
        ([], told(1, 2), True),
        ([told(1, 1)], told(math.nan, 2), True),
    ],
)
def test_a_state_rounded_another_way_is_no_news(before: list[Reading], report: Reading, news: bool) -> None:
    assert is_news(report, History.of(before)) is news


@pytest.mark.parametrize(
    ("readings", "at", "when"),
    [
        ([told(0, 1), by(Origin.PERSON, told(1, 2)), by(Origin.PERSON, told(1, 9))], 9, 2),
        ([told(0, 1), by(Origin.PERSON, told(1, 2)), by(Origin.HOMECTL, told(0, 3))], 9, 2),
        ([told(0, 1), by(Origin.PERSON, told(1, 2))], 1.5, None),
        ([by(Origin.PERSON, told(1, 2))], 9, None),
        ([told(0, 1), by(Origin.HOMECTL, told(1, 2))], 9, None),
        ([told(0.2, 1, Quantity.LIGHT_LEVEL), by(Origin.PERSON, told(0.6, 4, Quantity.LIGHT_LEVEL))], 9, 4),
        ([], 9, None),
    ],
)
def test_the_last_change_by_hand_is_found_in_what_is_known(
    readings: list[Reading], at: float, when: float | None
) -> None:
    assert last_by_hand(LAMP, History.of(readings), at) == when
