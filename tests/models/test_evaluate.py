"""Figures that mean what they say, on logs small enough to count by hand."""

import numpy as np
import pytest

from homectl.home import Forecast, History, Home, Kind, Light, Origin, Quantity, Reading, Target, Times
from models.baselines import Habit, Persistence
from models.evaluate import Tallies, checks, evaluate, figures
from tests.models.logs import DAY, HOME, HOUR, START, household, reading

LAMP, VALVE = Target("kitchen-lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT)
TIMES = np.arange(START, START + 4 * HOUR, 60.0)


def by_hand(hour: float, value: float) -> Reading:
    return reading("kitchen-lamp", Quantity.LIGHT_ON, value, START + hour * HOUR, Origin.PERSON)


HISTORY = History.of(
    [
        by_hand(-1, 0.0),
        *(reading("kitchen-motion", Quantity.MOTION, 1.0, START + m * 600.0) for m in range(12)),
        by_hand(2, 1.0),
        by_hand(3, 0.0),
        reading("weather", Quantity.TEMPERATURE, 5.0, START + 6 * HOUR),
    ]
)


class Fixed(Persistence):
    """Says one thing from one time to another, and that all stays as it is elsewhere."""

    name = "network fixed"

    def __init__(self, begin: float, end: float, value: float = 1.0, sure: float = 0.9) -> None:
        self.begin, self.end, self.value, self.sure = START + begin * HOUR, START + end * HOUR, value, sure

    def forecast(self, home: Home, history: History, times: Times, targets: list[Target]) -> list[Forecast]:
        found = []
        for before in super().forecast(home, history, times, targets):
            inside = (times >= self.begin) & (times < self.end)
            value, sure = np.where(inside, self.value, before.value), np.where(inside, self.sure, before.confidence)
            found.append(Forecast(target=before.target, value=value, level=before.level, confidence=sure))
        return found


def judged(*policies: Persistence) -> Tallies:
    tallies: Tallies = {}
    evaluate(HOME, HISTORY, TIMES, policies, tallies, [LAMP])
    return tallies


@pytest.mark.parametrize(
    ("policy", "proposed", "right"),
    [
        (Fixed(1.9, 2.1), 1, 1),
        (Fixed(0.5, 1.0), 1, 0),
        (Fixed(1.9, 2.1, sure=0.79), 0, 0),
        (Fixed(2.95, 3.1, value=0.0), 1, 1),
        (Persistence(), 0, 0),
    ],
    ids=["just before", "too early", "not sure enough", "off in time", "persistence"],
)
def test_a_proposal_is_right_if_a_person_does_it_soon_after(policy: Persistence, proposed: int, right: int) -> None:
    tally = judged(policy)[policy.name, Kind.LIGHT]
    assert (tally.proposed, tally.right) == (proposed, right)
    assert tally.changes == 2


def test_a_policy_that_foresees_a_change_loses_less_and_ranks_it_higher() -> None:
    found = figures([judged(Fixed(119 / 60, 2.0), Persistence())])
    better, worse = found["network fixed"]["light"], found["persistence"]["light"]
    assert better["log_loss"] < worse["log_loss"]
    assert better["change_precision"] > worse["change_precision"]


def test_tallies_of_several_homes_add_up() -> None:
    once, twice = judged(Persistence()), [judged(Persistence()), judged(Persistence())]
    assert figures(twice)["persistence"]["light"]["changes_per_day"] == pytest.approx(
        figures([once])["persistence"]["light"]["changes_per_day"]
    )


def test_the_network_must_beat_habit_and_should_beat_all() -> None:
    found = {
        "network": {"light": {"log_loss": 0.15, "change_precision": 0.3}},
        "habit": {"light": {"log_loss": 0.2, "change_precision": 0.4}},
        "persistence": {"light": {"log_loss": 0.1}},
    }
    loss, precision, *rest = checks(found, "network")
    aim = "below 0.1 (the best of the others)"
    assert loss == {"name": "light log loss", "value": 0.15, "must": "below 0.2 (habit)", "aim": aim, "ok": True}
    assert not precision["ok"]
    assert not any(check["ok"] for check in rest)
    assert all(check["value"] is None for check in rest)


def test_habit_does_what_was_done_at_this_hour() -> None:
    history, midnight = household(days=10), START + 8 * DAY - HOUR
    [evening, night] = (Habit().predict(HOME, history, midnight + h * HOUR, [LAMP])[0] for h in (18.5, 3.0))
    assert evening.setting == Light(True, pytest.approx(0.6, abs=0.01))
    assert night.setting == Light(False)
    [valve] = Habit().predict(HOME, history, midnight + 3 * HOUR, [VALVE])
    assert str(valve.setting) == "18.0 °C"
