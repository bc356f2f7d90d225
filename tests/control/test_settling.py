"""Of a thermostat that is turned through values what stood is remembered as a wish, and nothing of what did not."""

import pytest

from homectl.control.overrides import is_news
from homectl.control.settling import Settling
from homectl.home import History, Origin, Quantity, Reading

PERSON, SENSED, HOMECTL = Origin.PERSON, Origin.SENSED, Origin.HOMECTL


def remembered(*said: tuple[float, float, Origin], stands: float = 60.0) -> list[tuple[float, Origin]]:
    """What is remembered of a thermostat that says (seconds, °C, by whom): each value, and whose it was."""
    history, settling = History(), Settling()
    kept: dict[float, Reading] = {}
    for at, celsius, origin in said:
        reading = Reading(device="valve", quantity=Quantity.SETPOINT, value=celsius, at=at, origin=origin)
        before, news = history.sample("valve", Quantity.SETPOINT, at), is_news(reading, history)
        for one in settling.remembered(reading, before, news=news, stands=stands):
            kept[one.at] = one
        history.append(reading)
    return [(one.value, one.origin) for _, one in sorted(kept.items())]


@pytest.mark.parametrize(
    ("said", "origins"),
    [
        ([(100, 21.0, PERSON)], [PERSON]),
        ([(100, 21.0, PERSON), (101, 21.5, PERSON), (103, 22.0, PERSON)], [SENSED, SENSED, PERSON]),
        ([(100, 21.0, PERSON), (159, 22.0, PERSON)], [SENSED, PERSON]),
        ([(100, 21.0, PERSON), (160, 22.0, PERSON)], [PERSON, PERSON]),
        ([(100, 21.0, PERSON), (110, 21.0, PERSON), (120, 22.0, PERSON)], [SENSED, SENSED, PERSON]),
        ([(100, 20.5, PERSON), (130, 20.0, PERSON)], [SENSED, HOMECTL]),  # it wandered, and came back
        ([(100, 20.5, PERSON), (130, 20.0, PERSON), (300, 20.0, PERSON)], [SENSED, HOMECTL, HOMECTL]),
        ([(100, 20.5, PERSON), (130, 20.0, PERSON), (140, 22.0, PERSON)], [SENSED, HOMECTL, PERSON]),
        ([(100, 20.5, PERSON), (130, 20.0, PERSON), (900, 22.0, PERSON)], [SENSED, HOMECTL, PERSON]),
        ([(100, 20.5, PERSON), (300, 20.0, PERSON)], [PERSON, PERSON]),  # somebody set it back
        ([(100, 21.0, PERSON), (110, 19.0, HOMECTL), (120, 22.0, PERSON)], [PERSON, HOMECTL, PERSON]),
    ],
)
def test_what_stood_for_a_minute_is_a_persons_wish(
    said: list[tuple[float, float, Origin]], origins: list[Origin]
) -> None:
    assert [origin for _, origin in remembered((0, 20.0, HOMECTL), *said)] == [HOMECTL, *origins]


def test_the_time_that_makes_a_wish_is_a_setting() -> None:
    turned = ((0, 20.0, HOMECTL), (100, 21.0, PERSON), (101, 22.0, PERSON))
    assert [origin for _, origin in remembered(*turned, stands=0.0)] == [HOMECTL, PERSON, PERSON]


def test_a_lamp_counts_at_once() -> None:
    lamp = Reading(device="lamp", quantity=Quantity.LIGHT_ON, value=1.0, at=1.0, origin=PERSON)
    assert Settling().remembered(lamp, None, news=True, stands=60.0) == [lamp]
