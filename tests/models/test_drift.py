"""What homectl did and people took back, and an alarm when that grows: soon, and never without reason."""

import numpy as np
import pytest

from homectl.home import Area, Device, History, Home, Kind, Origin, Quantity, Reading
from models.drift import EVERY, cuts_of, drift_of, overrides

MINUTE = 60.0
HOME = Home(
    id="h",
    areas=(Area(id="hall"),),
    devices=(
        Device(id="lamp", area="hall", senses=frozenset({Quantity.LIGHT_ON}), sets=frozenset({Kind.LIGHT})),
        Device(id="valve", area="hall", senses=frozenset({Quantity.SETPOINT}), sets=frozenset({Kind.SETPOINT})),
    ),
)


def rising(before: float, after: float, seed: int, size: int = 2048) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.concatenate((rng.random(size) < before, rng.random(2000) < after)).astype(float)


def noticed(samples: np.ndarray, begins: int) -> int:
    """Samples after the change until there is a cut."""
    return next(end - begins for end in range(begins, len(samples) + 1, EVERY) if cuts_of(samples[:end]))


def test_a_rate_of_3_percent_that_becomes_10_is_noticed_within_400_samples() -> None:
    waits = [noticed(rising(0.03, 0.10, seed), 2048) for seed in range(11)]
    assert np.median(waits) <= 400
    assert max(waits) <= 1000


def test_a_steady_rate_never_alarms_in_20_000_samples() -> None:
    for seed in range(3):
        assert cuts_of((np.random.default_rng(seed).random(20_000) < 0.03).astype(float)) == []


def test_a_cut_lies_where_the_rate_changed() -> None:
    [cut] = cuts_of(rising(0.02, 0.5, seed=1))
    assert abs(cut - 2048) < 32


def test_few_samples_say_nothing() -> None:
    assert cuts_of(np.array([0.0] * 31 + [1.0] * 31)) == []


def changes(*told: tuple[float, str, Quantity, float, Origin]) -> History:
    return History.of(
        Reading(device=device, quantity=quantity, value=value, at=at * MINUTE, origin=origin)
        for at, device, quantity, value, origin in sorted(told)
    )


ON, SET = Quantity.LIGHT_ON, Quantity.SETPOINT


@pytest.mark.parametrize(
    ("then", "taken_back"),
    [
        ((20.0, "lamp", ON, 0.0, Origin.PERSON), True),
        ((20.0, "lamp", ON, 1.0, Origin.PERSON), False),  # the same again changes nothing
        ((20.0, "lamp", ON, 0.0, Origin.HOMECTL), False),
        ((20.0, "lamp", ON, 0.0, Origin.AUTOMATION), False),
        ((20.0, "valve", SET, 18.0, Origin.PERSON), False),
        ((41.0, "lamp", ON, 0.0, Origin.PERSON), False),
        ((40.0, "lamp", ON, 0.0, Origin.PERSON), True),
    ],
)
def test_a_person_s_other_setting_within_half_an_hour_takes_back(
    then: tuple[float, str, Quantity, float, Origin], taken_back: bool
) -> None:
    history = changes(
        (0, "lamp", ON, 0.0, Origin.PERSON),
        (0, "valve", SET, 20.0, Origin.PERSON),
        (10, "lamp", ON, 1.0, Origin.HOMECTL),
        then,
        (200, "valve", SET, 20.0, Origin.SENSED),
    )
    at, taken = overrides(HOME, history)
    assert (at[0], taken[0]) == (600.0, taken_back)


def test_what_was_done_in_the_last_half_hour_is_not_judged_yet() -> None:
    history = changes((0, "lamp", ON, 0.0, Origin.PERSON), (10, "lamp", ON, 1.0, Origin.HOMECTL))
    assert len(overrides(HOME, history)[0]) == 0
    assert drift_of(HOME, history).samples == 0
    assert not drift_of(HOME, history).alarm


def test_a_household_that_starts_to_take_things_back_is_told_of_with_both_rates_and_the_day() -> None:
    told, rng = [], np.random.default_rng(0)
    for number in range(600):
        begin, rate = 120.0 * number, 0.03 if number < 400 else 0.4
        told.append((begin, "lamp", ON, 1.0, Origin.HOMECTL))
        told.append((begin + 10, "lamp", ON, 0.0, Origin.PERSON if rng.random() < rate else Origin.AUTOMATION))
    drift = drift_of(HOME, changes((-5, "lamp", ON, 0.0, Origin.PERSON), *told))
    assert drift.alarm
    assert drift.before < 0.06 < 0.3 < drift.rate
    assert abs(drift.since / MINUTE / 120 - 400) < 30
