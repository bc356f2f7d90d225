"""The network's answers in the units of what they are about: what a lamp, a thermostat or a lock should be, how surely.

All arrays are (times, targets) for targets of one kind; logits are (times, targets, outputs).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from homectl.home import Device, Times
from models.features import FEATURES, Array
from models.tasks import DEGREES, LEVELS, SLICE

LARGEST_STEP = 1.0
"""°C that a setpoint is moved at once."""

WORTHWHILE = 1.0
"""°C between what is wanted and what is set that are worth a change: people are half a degree off themselves."""

SMALLEST_STEP = 0.5

_ROUNDING = 1e-6
_LEVELS, _DEGREES = np.array(LEVELS), np.array(DEGREES)

HABIT_LEVEL = FEATURES.index("habit_level"), FEATURES.index("habit_level_known")
"""The columns that say at what level people have a lamp at this hour."""


class Wanted(NamedTuple):
    """As in Forecast, for several targets."""

    value: Times
    level: Times
    confidence: Times


def lights(devices: Sequence[Device], logits: Array, usual: Array, known: Array) -> Wanted:
    """On where that is more likely than not, at the level people give it at this hour, or else that of homes alike.

    `usual` and `known` are the columns HABIT_LEVEL.
    """
    on = _sigmoid(logits[..., SLICE["light_on"].start])
    likely = (_softmax(logits[..., SLICE["light_level"]]) * _LEVELS).sum(axis=-1)
    level = np.where(known > 0, usual.astype(np.float64), likely).round(2)
    dimmable, wanted = np.array([device.dimmable for device in devices]), on >= 0.5
    return Wanted(
        value=wanted.astype(np.float64),
        level=np.where(wanted & dimmable, level, np.nan),
        confidence=np.maximum(on, 1 - on),
    )


def setpoints(devices: Sequence[Device], logits: Array, medians: Times, reported: Times) -> Wanted:
    """A step of at most 1 °C towards what is wanted, where more than half of the distribution lies 1 °C to one side.

    Elsewhere what is reported, as sure as the distribution is that neither side is wanted.
    """
    chances = _softmax(logits[..., SLICE["setpoint"]])
    wanted = medians[..., None] + _DEGREES  # (times, targets, bins)
    now = np.where(np.isfinite(reported), reported, medians)
    up = (chances * (wanted >= now[..., None] + WORTHWHILE - _ROUNDING)).sum(axis=-1)
    down = (chances * (wanted <= now[..., None] - WORTHWHILE + _ROUNDING)).sum(axis=-1)
    middle = _DEGREES[np.minimum((chances.cumsum(axis=-1) < 0.5).sum(axis=-1), len(_DEGREES) - 1)]
    best = _within(np.rint((medians + middle) * 2) / 2, [d.coolest for d in devices], [d.warmest for d in devices])
    step = _within(best - now, -LARGEST_STEP, LARGEST_STEP)
    side = np.maximum(up, down)
    moves = (side > 0.5) & (np.abs(step) >= SMALLEST_STEP - _ROUNDING)
    return Wanted(
        value=np.where(moves, now + step, reported),
        level=np.full(now.shape, np.nan),
        confidence=np.where(moves, side, 1 - side),
    )


def locks(logits: Array) -> Wanted:
    """Thrown where that is more likely than not; never drawn."""
    locked = _sigmoid(logits[..., SLICE["lock_wanted"].start])
    return Wanted(
        value=np.where(locked >= 0.5, 1.0, np.nan),
        level=np.full(locked.shape, np.nan),
        confidence=np.maximum(locked, 1 - locked),
    )


def _within(x: Times, low: ArrayLike, high: ArrayLike) -> Times:
    found: Times = np.minimum(np.maximum(x, low), high)
    return found


def _sigmoid(x: Array) -> Times:
    return 1 / (1 + np.exp(-x.astype(np.float64)))


def _softmax(x: Array) -> Times:
    raised = np.exp(x.astype(np.float64) - x.max(axis=-1, keepdims=True))
    chances: Times = raised / raised.sum(axis=-1, keepdims=True)
    return chances
