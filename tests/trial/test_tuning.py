"""Rules are tuned one constant after another, by a cost that is measured elsewhere."""

from collections.abc import Mapping
from dataclasses import asdict

import pytest

from homectl.control.tuning import Tuning
from homectl.trial.homes import UNSEEN, Homes
from homectl.trial.tuning import CHOICES, VALIDATION, tune

DEFAULTS = asdict(Tuning())


class Bowl:
    """A cost that grows with the distance from the best constants, and counts what it was asked."""

    def __init__(self, best: Mapping[str, float]) -> None:
        self._best, self.asked = best, 0

    def __call__(self, tunings: Mapping[str, Tuning]) -> dict[str, float]:
        self.asked += len(tunings)
        return {name: self._of(tuning) for name, tuning in tunings.items()}

    def _of(self, tuning: Tuning) -> float:
        return sum(abs(float(getattr(tuning, name)) - value) for name, value in self._best.items())


@pytest.mark.parametrize(
    "best",
    [
        {"patience_by_day": 0.25, "often": 1, "preheat": 5400.0},
        {"darkness": 2.2, "lamp_on": 0.5, "away_setback": 4.0},
        {name: max(values) for name, values in CHOICES.items()},
    ],
)
def test_what_is_cheapest_among_the_choices_is_found(best: Mapping[str, float]) -> None:
    cost = Bowl(best)
    tuned = tune(cost)
    assert {name: getattr(tuned.tuning, name) for name in best} == best
    assert tuned.cost == 0.0
    assert cost.asked == 1 + sum(map(len, CHOICES.values())) == len(tuned.tried)


def test_constants_that_cost_the_same_stay_as_they_are() -> None:
    assert tune(lambda tunings: dict.fromkeys(tunings, 3.0)).tuning == Tuning()


def test_every_constant_of_the_rules_is_tried_and_never_only_at_what_it_is() -> None:
    assert set(CHOICES) == set(DEFAULTS)
    assert all(DEFAULTS[name] not in values for name, values in CHOICES.items())


def test_homes_to_tune_on_are_neither_learned_from_nor_judged_by() -> None:
    tuned = range(VALIDATION, VALIDATION + 10_000)
    for seed in range(20):
        homes = Homes(count=500, seed=seed)
        assert not set(tuned) & {*homes.seeds(), *homes.seeds(UNSEEN)}
