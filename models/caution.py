"""What is left of what is wanted once doubt has had its say. Doubt lowers confidence or silences; it never adds any.

The network says how likely people would have a thing so. Whether a change to it is worth making is another question,
which people answer by what they let be; both have to be sure enough.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from homectl.home import Kind, Times
from models.acceptance import SCENES, cell
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
    kind: Kind, wanted: Wanted, now: Times, scenes: NDArray[np.intp], doubts: Doubts, changes: Mapping[str, Line]
) -> tuple[Wanted, Flags]:
    """What is still wanted of targets of one kind, and where nothing is because such changes are not welcome.

    `now` (times, targets) is what they report, NaN where unknown, `scenes` what goes on around them; `changes` makes
    of how sure a proposed change of a cell is the share of such changes that people let be. Silence is a value of NaN;
    what stays as it is needs no confidence.
    """
    state = bolt(now) if kind is Kind.LOCK else now
    proposed = np.isfinite(wanted.value) & ~(np.abs(wanted.value - state) <= _SMALLEST[kind])
    sure = wanted.confidence
    unwelcome, timid = np.zeros_like(proposed), proposed & doubts.unfamiliar
    for (its, up), (act, suggest) in THRESHOLDS.items():
        side = proposed & (its is kind) & (wanted.value > state if up else wanted.value < state)
        if not side.any():
            continue
        let_be = _let_be(kind, up, sure, scenes, changes)
        unwelcome |= side & ~(let_be >= suggest)
        timid |= side & ~(let_be >= act)
    silent = doubts.unhealthy | unwelcome
    return Wanted(
        value=np.where(silent, np.nan, wanted.value),
        level=np.where(silent, np.nan, wanted.level),
        confidence=np.where(timid | unwelcome, np.minimum(sure, ONLY_SUGGESTED[kind]), sure),
    ), unwelcome


def _let_be(kind: Kind, up: bool, sure: Times, scenes: NDArray[np.intp], changes: Mapping[str, Line]) -> Times:
    """The share of changes one way that people let be; where nobody was asked, how sure the network is."""
    found = sure
    for place in range(len(SCENES)):
        line = changes.get(cell(kind, up, place))
        if line is not None:
            found = np.where(scenes == place, line.probability(sure), found)
    return found
