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


STAKES: dict[tuple[Kind, bool], Stakes] = {
    # The hand that lights it, and the one at the door: what comes on by itself is left to go off by itself. Set back by
    # hand, and somebody was dazzled.
    (Kind.LIGHT, True): Stakes(gain=2.0, cost=2.0),
    # Set back by hand, and somebody sat in the dark.
    (Kind.LIGHT, False): Stakes(gain=1.0, cost=3.0),
    # Set back by hand, and two hours of a degree too much or too little.
    (Kind.SETPOINT, True): Stakes(gain=1.0, cost=3.0),
    (Kind.SETPOINT, False): Stakes(gain=1.0, cost=3.0),
    # Somebody who stepped out for a moment stands before a locked door.
    (Kind.LOCK, True): Stakes(gain=1.0, cost=15.0),
}
"""By kind, and whether to on, warmer or locked; a bolt is never drawn."""

FLOOR: dict[Kind, float] = {Kind.LIGHT: 0.80, Kind.SETPOINT: 0.80, Kind.LOCK: 0.95}
"""A network that is less sure than this does nothing by itself whatever the stakes: the safety envelope's values."""


class Thresholds(NamedTuple):
    """Act from the first on, suggest from the second on, else leave it."""

    act: float
    suggest: float


def thresholds(stakes: Stakes) -> Thresholds:
    """Where acting becomes worth more than suggesting and than nothing, and where either does than nothing."""
    more_gain, more_cost = stakes.gain - stakes.suggested_gain, stakes.cost - stakes.suggested_cost
    act = max(_even(more_gain, more_cost), _even(stakes.gain, stakes.cost))
    return Thresholds(act, min(act, _even(stakes.suggested_gain, stakes.suggested_cost)))


def _even(gain: float, cost: float) -> float:
    """The chance at which there is as much to lose as to gain."""
    return cost / (cost + gain)


THRESHOLDS: dict[tuple[Kind, bool], Thresholds] = {change: thresholds(stakes) for change, stakes in STAKES.items()}

ONLY_SUGGESTED: dict[Kind, float] = {kind: floor - 0.001 for kind, floor in FLOOR.items()}
"""The confidence left to what may be suggested and not done."""
