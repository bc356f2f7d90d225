"""What a household could use instead: leave everything as it is, or do what was done at this hour before."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from homectl.home import STATE, Cause, Forecast, History, Home, Kind, Prediction, Target, Times
from models.calendar import SameHours
from models.habits import COLUMNS, habits
from models.steps import Steps, milliseconds_of

SURE = 0.97
"""How often a setting is still wanted a minute later: what persistence claims."""


class _Simple(ABC):
    """A policy that only forecasts values and confidences."""

    cause = Cause.RULES
    name = ""

    @abstractmethod
    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        """As a policy does."""

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        return [
            Prediction(target=f.target, setting=f.setting(0), confidence=float(f.confidence[0]), why=self.name)
            for f in self.forecast(home, history, np.array([at]), targets)
        ]


class Persistence(_Simple):
    """Everything is wanted as it is."""

    name = "persistence"

    def forecast(self, _home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        unknown, sure = np.full(len(times), np.nan), np.full(len(times), SURE)
        return [
            Forecast(target=target, value=state_of(history, target, times), level=unknown, confidence=sure)
            for target in targets
        ]


class Habit(_Simple):
    """Everything is wanted as it usually was within half an hour of this time on days alike; else as it is."""

    name = "habit"

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        days = SameHours(home, milliseconds_of(times))
        usual, medians = habits(history, targets, days)
        found = []
        for place, target in enumerate(targets):
            column = dict(zip(COLUMNS, usual[days.of, place].T.astype(np.float64), strict=True))
            state = state_of(history, target, times)
            if target.kind is Kind.SETPOINT:
                value = np.round((medians[days.of, place] + column["habit_setpoint"]) * 2) / 2
                sure = np.full(len(times), SURE)
            else:
                share = np.clip(column["habit_on"], 1 - SURE, SURE)
                value, sure = (share >= 0.5).astype(np.float64), np.maximum(share, 1 - share)
            known = column["habit_known"] > 0
            level = np.where(column["habit_level_known"] > 0, column["habit_level"], np.nan)
            found.append(
                Forecast(
                    target=target,
                    value=np.where(known, value, state),
                    level=level,
                    confidence=np.where(known, sure, SURE),
                )
            )
        return found


def state_of(history: History, target: Target, times: Times) -> Times:
    """What a target reports at each time: on, °C, bolt thrown; NaN where unknown."""
    steps = Steps.of(history, target.device, STATE[target.kind])
    return steps.values[steps.place(milliseconds_of(times))]
