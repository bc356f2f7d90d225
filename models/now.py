"""What a target is set to now: for the change heads alone, which see it after the trunk."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from homectl.home import STATE, History, Kind, Quantity, Target, Times
from models.steps import LONG_AGO, PERSON, Steps, log_minutes, milliseconds_of

NOW = ("now_known", "now_on", "now_above_median", "now_level", "now_age", "now_by_person")
"""`on` is also a thrown bolt, `above_median` °C of a setpoint, `age` log(1 + minutes) since it became so."""


def now(history: History, times: Times, targets: Sequence[Target], medians: Times) -> NDArray[np.float32]:
    """float32 (times, targets, NOW), 0 where unknown; `medians` (times, targets) °C."""
    at = milliseconds_of(times)
    found = np.zeros((len(times), len(targets), len(NOW)), dtype=np.float32)
    for column, target in enumerate(targets):
        steps = Steps.of(history, target.device, STATE[target.kind])
        place = steps.place(at)
        value = steps.values[place]
        known = np.isfinite(value)
        warm = target.kind is Kind.SETPOINT
        found[:, column, 0] = known
        found[:, column, 2 if warm else 1] = np.where(known, value - medians[:, column] if warm else value, 0.0)
        if target.kind is Kind.LIGHT:
            levels = Steps.of(history, target.device, Quantity.LIGHT_LEVEL)
            found[:, column, 3] = np.nan_to_num(levels.values[levels.place(at)])
        since = at - steps.since[place]
        found[:, column, 4] = np.where(known & (steps.at[place] > LONG_AGO), log_minutes(since.astype(np.float64)), 0.0)
        found[:, column, 5] = steps.makers[place] == PERSON
    return found
