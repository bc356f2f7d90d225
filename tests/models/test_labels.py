"""Only what people set teaches, and only where they could have changed it."""

import numpy as np
import pytest

from homectl.home import History, Kind, LockState, Origin, Quantity, Reading, Target
from models.labels import Life, origins
from models.tasks import COLUMN
from tests.models.logs import HOME, HOUR, START, household, reading

LAMP, VALVE, LOCK = Target("kitchen-lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT), Target("lock", Kind.LOCK)
ON, TASK = Quantity.LIGHT_ON, {Kind.LIGHT: "light_on", Kind.SETPOINT: "setpoint", Kind.LOCK: "lock_wanted"}


def label(readings: list[Reading], target: Target, hours: float) -> float:
    readings = [*readings, reading("weather", Quantity.TEMPERATURE, 5.0, START + 24 * HOUR)]
    life = Life(HOME, History.of(sorted(readings, key=lambda r: r.at)), np.array([START + hours * HOUR]), [target])
    found, _ = life.labels(np.full((1, 1), 20.0))
    return float(found[0, 0, COLUMN[TASK[target.kind]]])


def moving(*hours: float) -> list[Reading]:
    """A minute of motion in the kitchen up to each hour."""
    ends = [START + hour * HOUR for hour in hours]
    return [reading("kitchen-motion", Quantity.MOTION, v, end - v * 60) for end in ends for v in (1.0, 0.0)]


def by(origin: Origin, hour: float, value: float = 1.0) -> Reading:
    return reading("kitchen-lamp", ON, value, START + hour * HOUR, origin)


PERSON = Origin.PERSON
NAN = float("nan")


@pytest.mark.parametrize(
    ("case", "readings", "hour", "expected"),
    [
        ("on while somebody is about", [by(PERSON, 1), *moving(1.2)], 1.3, 1.0),
        ("on from a minute before the hand reaches the switch", [by(PERSON, 1, 0), by(PERSON, 2)], 2 - 30 / 3600, 1.0),
        ("not from two minutes before", [by(PERSON, 1, 0), by(PERSON, 2)], 2 - 120 / 3600, 0.0),
        ("left on in a quiet room says nothing", [by(PERSON, 1), *moving(1.1)], 4, NAN),
        ("left off in a quiet room is off", [by(PERSON, 1), by(PERSON, 1.1, 0)], 4, 0.0),
        ("what homectl set is no label", [by(PERSON, 1, 0), by(Origin.HOMECTL, 1.5), *moving(1.6)], 1.6, NAN),
        ("another program neither", [by(Origin.AUTOMATION, 1.5), *moving(1.6)], 1.6, NAN),
        (
            "a repeated report changes nothing",
            [by(PERSON, 1), by(Origin.SENSED, 1.1), *moving(1.2)],
            1.2,
            1.0,
        ),
        ("nothing was ever set", moving(1), 1, NAN),
        (
            "what homectl set and a person called right is on as it should be",
            [by(PERSON, 1, 0), by(Origin.HOMECTL, 1.5), by(PERSON, 1.6), *moving(1.7)],
            1.7,
            1.0,
        ),
    ],
)
def test_a_lamp_s_minute_is_labelled_by_what_people_did(
    case: str, readings: list[Reading], hour: float, expected: float
) -> None:
    assert label(readings, LAMP, hour) == pytest.approx(expected, nan_ok=True), case


def test_an_unknown_origin_counts_less() -> None:
    life = Life(HOME, History.of([by(Origin.UNKNOWN, 1, 0), by(PERSON, 2, 0)]), np.array([START + 1.5 * HOUR]), [LAMP])
    _, weights = life.labels(np.full((1, 1), 20.0))
    assert weights[0, 0] == pytest.approx(0.3)


def test_a_setpoint_is_relative_and_more_warmth_is_wanted_earlier_than_less() -> None:
    set_by_hand = [
        reading("valve", Quantity.SETPOINT, 18.0, START + HOUR, PERSON),
        reading("valve", Quantity.SETPOINT, 21.0, START + 6 * HOUR, PERSON),
        reading("valve", Quantity.SETPOINT, 17.0, START + 9 * HOUR, PERSON),
    ]
    answers = [label(set_by_hand, VALVE, 6 - minutes / 60) for minutes in (100, 80, 5)]
    assert answers == [-2.0, 1.0, 1.0]
    assert [label(set_by_hand, VALVE, 9 - minutes / 60) for minutes in (40, 15, 5)] == [1.0, 1.0, -3.0]


BOLT = [
    reading("door", Quantity.CONTACT, 0.0, START),
    reading("lock", Quantity.LOCK, LockState.UNLOCKED, START + HOUR, PERSON),
    reading("door", Quantity.CONTACT, 1.0, START + 2 * HOUR),
    reading("door", Quantity.CONTACT, 0.0, START + 2.2 * HOUR),
    reading("lock", Quantity.LOCK, LockState.LOCKED, START + 8 * HOUR, PERSON),
]


@pytest.mark.parametrize(
    ("hour", "expected"),
    [(1.05, 0.0), (2.1, NAN), (5.0, NAN), (8.0, 1.0), (15.0, 1.0)],
    ids=["unlocked by hand", "door open", "unlocked in a quiet home", "locked by hand", "still locked"],
)
def test_a_bolt_is_wanted_from_a_person_s_lock_to_their_next_unlock(hour: float, expected: float) -> None:
    assert label(BOLT, LOCK, hour) == pytest.approx(expected, nan_ok=True)


def test_presence_looks_ahead_and_is_unknown_at_the_end_of_a_log() -> None:
    history = household(days=2)
    times = START + np.array([30.0, 36.0, 46.0]) * HOUR - HOUR
    found, _ = Life(HOME, history, times, [LAMP]).labels(np.full((3, 1), 20.0))
    ahead = found[:, 0, COLUMN["presence_60"]]
    assert ahead[0] == 1.0
    assert ahead[1] == 0.0
    assert np.isnan(found[2, 0, COLUMN["presence_120"]])


def test_reports_are_counted_by_origin() -> None:
    counted = origins(HOME, History.of([by(PERSON, 1), by(Origin.HOMECTL, 2, 0), by(PERSON, 3)]))
    assert counted["person"] == 2
    assert counted["homectl"] == 1
