"""Which facts weighed most in an answer of the network: Shapley values of groups of features.

A group's share is how far the answer moves when its features take their values of this moment instead of those of
other moments of the same target, in the mean over the orders in which the groups could be told. Orders are sampled from
a seed, each with its reverse (Štrumbelj and Kononenko 2014, doi:10.1007/s10115-013-0679-x). Shares add up to the answer
less the mean answer at the other moments that they were held against.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from homectl.home import Factor, Kind, Times
from models import habits, routines
from models.calendar import CLOCK
from models.described import TARGET
from models.features import FEATURES, Array
from models.tasks import DEGREES, SLICE

ORDERS = 24
"""Orders sampled; each is told forwards and backwards."""

HOUR, WEEK, SUN = "the hour", "the day of the week", "the sun"
OUTDOORS, MOTION, ELSEWHERE = "the weather", "motion here", "motion in other rooms"
FRONT, DOOR, AIR, LIGHT = "the front door", "the door here", "the air here", "the light in other rooms"
HABIT, ROUTINE, ITSELF = (
    "what you usually set at this hour",
    "where you usually are and what you set then",
    "what it is",
)

_BY_WORD = {
    "week": WEEK,
    "weekend": WEEK,
    "sun": SUN,
    "outdoor_temperature": OUTDOORS,
    "outdoor_light": SUN,
    "front": FRONT,
    "motion_since_closed": FRONT,
    "door": DOOR,
    "temperature": AIR,
    "home_temperature": AIR,
    "humidity": AIR,
    "co2": AIR,
    "other_light": LIGHT,
    "other": ELSEWHERE,
    "home": ELSEWHERE,
    "outdoor_since_motion": ELSEWHERE,
    "active": ELSEWHERE,
}
"""The group of a clock's, home's or area's feature by the longest of these words that it begins with."""


def _group(name: str) -> str:
    if name in TARGET:
        return ITSELF
    if name in habits.COLUMNS:
        return HABIT
    if name in routines.COLUMNS:
        return ROUTINE
    word = max((word for word in _BY_WORD if name.startswith(word)), key=len, default="")
    return _BY_WORD[word] if word else HOUR if name in CLOCK else MOTION


def _groups() -> dict[str, NDArray[np.intp]]:
    named = [_group(name) for name in FEATURES]
    return {group: np.flatnonzero([each == group for each in named]) for group in dict.fromkeys(named)}


GROUPS: Mapping[str, NDArray[np.intp]] = _groups()
"""The columns of each group; every feature is in exactly one."""


def answer_of(kind: Kind, logits: Array) -> Times:
    """What is asked of a kind of target, (rows,): the chance of on or locked, or °C above its own median."""
    match kind:
        case Kind.LIGHT:
            return _chance(logits[:, SLICE["light_on"].start])
        case Kind.LOCK:
            return _chance(logits[:, SLICE["lock_wanted"].start])
        case Kind.SETPOINT:
            raised = np.exp(logits[:, SLICE["setpoint"]].astype(np.float64))
            degrees: Times = raised @ np.array(DEGREES) / raised.sum(axis=1)
            return degrees


def factors(answer: Callable[[Array], Times], row: Array, others: Array, seed: int = 0) -> list[Factor]:
    """The shares of all groups in the answer to a row, (features,), beside other rows; the largest first.

    `answer` gives one number for each row; `others` (moments, features) must not be empty.
    """
    draw, names = np.random.default_rng(seed), list(GROUPS)
    orders = [order for _ in range(ORDERS) for order in _both_ways(draw.permutation(len(names)))]
    against = others[draw.permutation(np.resize(np.arange(len(others)), len(orders)))]
    told = np.stack(
        [_told(row, other, [names[n] for n in order]) for other, order in zip(against, orders, strict=True)]
    )
    steps = np.diff(answer(told.reshape(-1, len(row))).reshape(told.shape[:2]), axis=1)  # (orders, groups as told)
    shares = np.zeros(len(names))
    for moved, order in zip(steps, orders, strict=True):
        shares[order] += moved / len(orders)
    found = [Factor(about=name, share=float(share)) for name, share in zip(names, shares, strict=True)]
    return sorted(found, key=lambda factor: -abs(factor.share))


def _both_ways(order: NDArray[np.intp]) -> Sequence[NDArray[np.intp]]:
    return order, order[::-1]


def _told(row: Array, other: Array, names: Sequence[str]) -> Array:
    """Another moment's row, and that row with one group after the other as it is now, (groups + 1, features)."""
    found = np.repeat(other[None], len(names) + 1, axis=0)
    for place, name in enumerate(names):
        found[place + 1 :, GROUPS[name]] = row[GROUPS[name]]
    return found


def _chance(logits: Array) -> Times:
    chance: Times = 1 / (1 + np.exp(-logits.astype(np.float64)))
    return chance
