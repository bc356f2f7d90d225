"""The rules tuned on homes that nothing else is judged by, so that the network is compared with rules at their best."""

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np

from homectl.control.tuning import Tuning
from homectl.trial.contest import RULES, live_under
from homectl.trial.cost import Account
from homectl.trial.suite.stages import Inputs, Result, Settings, Stage
from homectl.trial.tuning import CHOICES, VALIDATION, tune

PAST = 7.0
"""Days a home is watched before its rules are in charge."""


def run(settings: Settings, inputs: Inputs) -> Result:
    homes, days = (1, 1.0) if settings.quick else (4, 4.0)
    choices = {name: CHOICES[name] for name in ("patience_by_day",)} if settings.quick else CHOICES

    def costs(tunings: Mapping[str, Tuning]) -> Mapping[str, float]:
        jobs = {
            f"{name} home {number}": (RULES, VALIDATION + number, days, PAST, asdict(tuning), None)
            for name, tuning in tunings.items()
            for number in range(homes)
        }
        found = inputs.each(live_under, jobs)
        return {
            name: float(np.mean([Account(**found[f"{name} home {number}"]).cost for number in range(homes)]))
            for name in tunings
        }

    tuned = tune(costs, choices)
    figures = {
        "tuning": asdict(tuned.tuning),
        "cost": round(tuned.cost, 3),
        "tried": {name: round(cost, 3) for name, cost in tuned.tried.items()},
    }
    return Result(figures=figures)


STAGE = Stage(name="tuned", about="tuning the rules", run=run, judges=False)
