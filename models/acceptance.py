"""What people make of homectl's own changes: each is an answer to a proposal that was carried out.

What people do by themselves says little of what they would accept: they sit in the dusk, and forget lamps. Of the
changes that a network would have made they make few within ten minutes, however sure it is; of those that it does make
they set back few. So the probability that a proposed change is right is learned from changes that were made, in cells:
a lamp that goes on as somebody comes in is another thing than one that goes on over somebody who sits there.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from homectl.home import ORIGIN_CODE, STATE, History, Home, Kind, Origin, Policy, Target, Times
from models.features import FEATURES, Array, observe
from models.memory import Memory
from models.steps import HOUR, MINUTE, PERSON, Flags, Ms, Steps

AGAINST: dict[Kind, int] = {Kind.LIGHT: 10 * MINUTE, Kind.SETPOINT: 2 * HOUR, Kind.LOCK: 2 * MINUTE}
"""Milliseconds within which a person who sets it back was not content: later they have a new reason."""

_HOMECTL = ORIGIN_CODE[Origin.HOMECTL]


class Answers(NamedTuple):
    """Proposals of one cell that were carried out: how sure the policy was of each, and whether it was left so."""

    sure: Times  # (changes,)
    right: Flags  # (changes,)

    @classmethod
    def join(cls, parts: Sequence["Answers"]) -> "Answers":
        return cls(np.concatenate([p.sure for p in parts]), np.concatenate([p.right for p in parts]))


COMES_IN, IS_ABOUT, NOBODY = "somebody comes in", "somebody is about", "nobody is about"

SCENES = (NOBODY, IS_ABOUT, COMES_IN)
"""What goes on in an area while something is proposed there."""

JUST_NOW, LATELY = 20 / 60, 5.0
"""Minutes: motion that began so lately is somebody who comes in; after so many without any, nobody is about."""

_NOW, _BEGAN, _SINCE = (FEATURES.index(name) for name in ("motion_now", "since_motion_began", "since_motion"))


def scene(rows: Array) -> NDArray[np.intp]:
    """What goes on in the area of each row, (…, features), as places in SCENES."""
    comes = (rows[..., _NOW] > 0) & (rows[..., _BEGAN] < np.log1p(JUST_NOW))
    about = (rows[..., _NOW] > 0) | (rows[..., _SINCE] < np.log1p(LATELY))
    return np.where(comes, 2, np.where(about, 1, 0))


def cell(kind: Kind, up: bool, place: int) -> str:
    """The name of a proposed change: to on (locked, warmer), or to off (cooler); of a lamp with its scene."""
    side = f"{kind} {'up' if up else 'down'}"
    return f"{side}, {SCENES[place]}" if kind is Kind.LIGHT else side


CELLS = frozenset(cell(kind, up, place) for kind in Kind for up in (True, False) for place in range(len(SCENES)))


def answers(home: Home, history: History, policy: Policy) -> dict[str, Answers]:
    """By cell, what became of every change that homectl made and that `policy` would have made then.

    The policy should have no lines of its own yet: they are what is fitted to these answers.
    """
    found: dict[str, list[Answers]] = {}
    memory = Memory(home, history)
    for target in home.targets:
        made, up, right = _changes(history, target)
        if not len(made):
            continue
        # A simulated lamp answers in the millisecond of the motion that it was switched for. What is wanted of a
        # thermostat depends on what it reports, so that is asked before.
        at = (made - (target.kind is Kind.SETPOINT)) / 1000
        [forecast] = policy.forecast(home, history, at, [target])
        before = _before(history, target, made)
        with np.errstate(invalid="ignore"):
            same = np.where(up, forecast.value > before, forecast.value < before)
        names = _cells(target.kind, up, observe(home, history, at, [target], memory)[0][:, 0])
        for name in np.unique(names[same]).tolist():
            chosen = same & (names == name)
            found.setdefault(name, []).append(Answers(forecast.confidence[chosen], right[chosen]))
    return {name: Answers.join(parts) for name, parts in found.items()}


def _cells(kind: Kind, up: Flags, rows: Array) -> NDArray[np.str_]:
    return np.array([cell(kind, side, place) for side, place in zip(up.tolist(), scene(rows).tolist(), strict=True)])


def _changes(history: History, target: Target) -> tuple[Ms, Flags, Flags]:
    """When homectl changed a target, whether upwards, and whether nobody set it back soon after."""
    steps = Steps.of(history, target.device, STATE[target.kind])
    was, became = steps.values[:-1], steps.values[1:]
    changed = (was != became) & np.isfinite(was) & np.isfinite(became)
    ours = np.flatnonzero(changed & (steps.origins[1:] == _HOMECTL)) + 1
    theirs = np.flatnonzero(changed & (steps.origins[1:] == PERSON)) + 1
    up = steps.values[ours] > steps.values[ours - 1]
    following = np.searchsorted(theirs, ours)
    known = following < len(theirs)
    next_one = theirs[np.minimum(following, len(theirs) - 1)] if len(theirs) else ours
    back = (steps.values[next_one] < steps.values[ours]) == up
    soon = steps.at[next_one] - steps.at[ours] <= AGAINST[target.kind]
    return steps.at[ours], up, ~(known & back & soon)


def _before(history: History, target: Target, at: Ms) -> Times:
    steps = Steps.of(history, target.device, STATE[target.kind])
    values: Times = steps.values[steps.place(at - 1)]
    return values
