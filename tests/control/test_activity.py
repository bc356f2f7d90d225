"""Presence: how long it has been quiet, and since when somebody has been there."""

import numpy as np
import pytest

from homectl.control.activity import (
    MEMORY,
    STUCK,
    Activity,
    Changes,
    ChangesByHand,
    Ends,
    EndsByHand,
    Window,
    spans_of,
)
from homectl.control.moments import Asked
from homectl.home import Device, History, Origin, Quantity, Reading, Signal

EYE = Device(id="eye", area="hall")
START = 1_000_000.0


def told(quantity: Quantity, value: float, at: float, origin: Origin = Origin.SENSED) -> Reading:
    return Reading(device="eye", quantity=quantity, value=value, at=START + at, origin=origin)


def motion(*spans: tuple[float, float]) -> list[Reading]:
    return [told(Quantity.MOTION, value, at) for span in spans for value, at in zip((1.0, 0.0), span, strict=True)]


def activity(readings: list[Reading], end: float) -> Activity:
    window = Window(START - MEMORY, START + end)
    return Activity.of(spans_of([EYE], History.of(readings), window))


@pytest.mark.parametrize(
    ("readings", "at", "silence", "stay"),
    [
        (motion((0, 60)), 30.0, 0.0, 0.0),
        (motion((0, 60)), 100.0, 40.0, 0.0),
        (motion((0, 60), (360, 400)), 390.0, 0.0, 0.0),
        (motion((0, 60), (361, 400)), 390.0, 0.0, 361.0),
        (motion((100, 160)), 50.0, MEMORY, 50.0 - MEMORY),
        ([], 50.0, MEMORY, 50.0 - MEMORY),
        ([told(Quantity.MOTION, 1.0, 0)], STUCK - 1, 0.0, 0.0),
        ([told(Quantity.MOTION, 1.0, 0)], STUCK + 5, 5.0, 0.0),
        ([told(Quantity.CONTACT, 0.0, 0), told(Quantity.CONTACT, 0.0, 40)], 100.0, MEMORY, 100.0 - MEMORY),
        ([told(Quantity.CONTACT, 0.0, 0), told(Quantity.CONTACT, 1.0, 40)], 100.0, 60.0, 40.0),
        ([told(Quantity.ACTION, 1.0, 0), told(Quantity.ACTION, 1.0, 40)], 100.0, 60.0, 0.0),
        ([told(Quantity.LIGHT_ON, 0, 0), told(Quantity.LIGHT_ON, 1, 40, Origin.PERSON)], 100.0, 60.0, 40.0),
        (
            [told(Quantity.LIGHT_ON, 0, 0), told(Quantity.LIGHT_ON, 1, 40, Origin.HOMECTL)],
            100.0,
            MEMORY,
            100.0 - MEMORY,
        ),
    ],
)
def test_silence_and_stay_follow_what_shows_a_person(
    readings: list[Reading], at: float, silence: float, stay: float
) -> None:
    here = activity(readings, at)
    one, many = START + at, np.array([START + at])
    asked: list[tuple[Asked, float]] = [
        (here.silence(one), silence),
        (here.silence(many), silence),
        (here.stay(one, 300.0) - START, stay),
        (here.stay(many, 300.0) - START, stay),
    ]
    for found, expected in asked:
        assert np.ravel(found) == pytest.approx([expected])


@pytest.mark.parametrize(
    ("sort", "found"),
    [(Changes, [10.0, 20.0, 50.0]), (ChangesByHand, [10.0]), (Ends, [20.0]), (EndsByHand, [])],
)
def test_a_change_is_one_known_value_after_another(sort: type[Changes], found: list[float]) -> None:
    said = [(0.0, 0, Origin.UNKNOWN), (1.0, 10, Origin.PERSON), (0.0, 20, Origin.HOMECTL), (0.0, 25, Origin.PERSON)]
    said += [(float("nan"), 30, Origin.PERSON), (0.0, 40, Origin.PERSON), (1.0, 50, Origin.HOMECTL)]
    known = History.of(told(Quantity.LIGHT_ON, value, at, by) for value, at, by in said)
    track = known.tracks[Signal("eye", Quantity.LIGHT_ON)]
    assert [at - START for at in sort(track).follow().at] == found
