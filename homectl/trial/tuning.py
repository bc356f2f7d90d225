"""The constants of the rules tuned on homes that nothing is judged by: one coordinate after another, by the cost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from homectl.control.tuning import Tuning

VALIDATION = 2_000_000
"""Added to the seeds of homes that rules are tuned on: neither learned from nor judged by."""

CHOICES: Mapping[str, Sequence[float]] = {
    "patience_by_day": (0.25, 0.5, 2.0),
    "patience_by_night": (0.5, 2.0),
    "darkness": (0.7, 1.5, 2.2),
    "often": (1, 2, 5),
    "lamp_on": (0.5,),
    "night_setback": (0.0, 1.0, 3.0),
    "away_setback": (0.0, 1.5, 4.0),
    "away_for": (15 * 60.0, 90 * 60.0),
    "asleep_for": (15 * 60.0, 60 * 60.0),
    "preheat": (30 * 60.0, 90 * 60.0, 120 * 60.0),
}
"""What is tried of each constant, beside what it is."""

Costs = Callable[[Mapping[str, Tuning]], Mapping[str, float]]
"""The cost of several tunings by their names, in hands per home-day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What was found, its cost, and on the way the cost of everything tried."""

    tuning: Tuning
    cost: float
    tried: dict[str, float] = field(default_factory=dict)


def tune(costs: Costs, choices: Mapping[str, Sequence[float]] = CHOICES) -> Tuned:
    """One pass over the constants; what is cheaper is kept at once, and what is as cheap changes nothing."""
    best = Tuning()
    tried = dict(costs({"as it is": best}))
    cost = tried["as it is"]
    for name, values in choices.items():
        candidates = {f"{name} {value:g}": _with(best, name, value) for value in values}
        found = costs(candidates)
        tried |= found
        cheapest = min(candidates, key=lambda candidate: found[candidate])
        if found[cheapest] < cost:
            best, cost = candidates[cheapest], found[cheapest]
    return Tuned(tuning=best, cost=cost, tried=tried)


def _with(tuning: Tuning, name: str, value: float) -> Tuning:
    change: dict[str, Any] = {name: value}
    return replace(tuning, **change)
