"""What is left of what is wanted once doubt has had its say. Doubt lowers confidence or silences; it never adds any."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from homectl.home import Kind, Times
from models.acceptance import cell
from models.calibrate import Line
from models.decoding import Wanted
from models.steps import Flags, bolt
from models.thresholds import ONLY_SUGGESTED, THRESHOLDS

UNFAMILIAR = "nothing like this was seen in training"
UNWELCOME = "changes like this were too often taken back"

_SMALLEST = {Kind.LIGHT: 0.5, Kind.SETPOINT: 0.25, Kind.LOCK: 0.5}


class Doubts(NamedTuple):
    """About each target at each time: (times, targets)."""

    unhealthy: Flags  # it rests on a sensor that cannot be believed
    unfamiliar: Flags  # its row lies beyond all that was trained on


def weighed(
    kind: Kind, wanted: Wanted, now: Times, doubts: Doubts, changes: Mapping[str, Line]
) -> tuple[Wanted, Flags]:
    """What is still wanted of targets of one kind, and where nothing is because such changes are not welcome.

    `now` (times, targets) is what they report, NaN where unknown; `changes` says how sure a proposed change of each
    cell is at most. Silence is a value of NaN; what stays as it is needs no confidence.
    """
    state = bolt(now) if kind is Kind.LOCK else now
    proposed = np.isfinite(wanted.value) & ~(np.abs(wanted.value - state) <= _SMALLEST[kind])
    sure = wanted.confidence
    for up in (True, False):
        line = changes.get(cell(kind, up))
        if line is not None:
            here = proposed & (wanted.value > state if up else wanted.value < state)
            sure = np.where(here, np.minimum(sure, line.probability(sure)), sure)
    act, suggest = THRESHOLDS[kind]
    unwelcome = proposed & ~(sure >= suggest)
    timid = proposed & (doubts.unfamiliar | ~(sure >= act))
    silent = doubts.unhealthy | unwelcome
    return Wanted(
        value=np.where(silent, np.nan, wanted.value),
        level=np.where(silent, np.nan, wanted.level),
        confidence=np.where(timid, np.minimum(sure, ONLY_SUGGESTED[kind]), sure),
    ), unwelcome
