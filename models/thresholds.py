"""When to act, when to suggest and when to leave it: from what a wrong action costs.

In hands: what it is worth to be spared one reach for a switch, a knob or a key. Acting on a change that is right with
probability p is worth p · gain − (1 − p) · cost; so is suggesting it, at smaller stakes; doing nothing is worth 0.
"""

from typing import NamedTuple

from homectl.home import Kind


class Stakes(NamedTuple):
    """What a change is worth where it is right, and costs where it is wrong; done, and only suggested."""

    gain: float
    cost: float
    suggested_gain: float = 0.25  # it still takes a hand to say yes
    suggested_cost: float = 0.25  # a glance at something useless


STAKES: dict[Kind, Stakes] = {
    Kind.LIGHT: Stakes(gain=1.0, cost=3.0),  # set back by hand, and somebody sat in the dark or woke up
    Kind.SETPOINT: Stakes(gain=1.0, cost=3.0),  # set back by hand, and two hours of a degree too much or too little
    Kind.LOCK: Stakes(gain=1.0, cost=15.0),  # somebody who stepped out for a moment stands before a locked door
}

FLOOR: dict[Kind, float] = {Kind.LIGHT: 0.80, Kind.SETPOINT: 0.80, Kind.LOCK: 0.95}
"""Below this nothing is done by itself whatever the stakes: the safety envelope's, which control applies."""


class Thresholds(NamedTuple):
    """Act from the first on, suggest from the second on, else leave it."""

    act: float
    suggest: float


def thresholds(stakes: Stakes, floor: float) -> Thresholds:
    """Where acting becomes worth more than suggesting, never below the floor, and suggesting more than nothing."""
    more_gain, more_cost = stakes.gain - stakes.suggested_gain, stakes.cost - stakes.suggested_cost
    act = more_cost / (more_cost + more_gain)
    return Thresholds(max(act, floor), stakes.suggested_cost / (stakes.suggested_cost + stakes.suggested_gain))


THRESHOLDS: dict[Kind, Thresholds] = {kind: thresholds(STAKES[kind], FLOOR[kind]) for kind in Kind}

ONLY_SUGGESTED: dict[Kind, float] = {kind: floor - 0.001 for kind, floor in FLOOR.items()}
"""The confidence left to what may be suggested and not done."""
