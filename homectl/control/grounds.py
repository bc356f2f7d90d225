"""What spoke for a decision and what against it, in words."""

from collections.abc import Sequence

from homectl.home import Factor, Kind

MOST = 3
LEAST = {Kind.LIGHT: 0.02, Kind.SETPOINT: 0.1, Kind.LOCK: 0.02}
"""How many factors are worth a word, and from which share on: a chance, or °C for setpoints."""

OF = {
    Kind.LIGHT: "that it is wanted on",
    Kind.SETPOINT: "of the temperature wanted",
    Kind.LOCK: "that it is wanted locked",
}


def grounds(kind: Kind, factors: Sequence[Factor]) -> str:
    """A sentence about what moved a policy's answer most; empty where nothing did.

    `factors`: the most important first.
    """
    told = [factor for factor in factors if abs(factor.share) >= LEAST[kind]][:MOST]
    if not told:
        return ""
    moved = ", ".join(f"{factor.about} {_by(kind, factor.share)}" for factor in told)
    return f"Beside other hours of the last week it moved the belief {OF[kind]}: {moved}."


def _by(kind: Kind, share: float) -> str:
    return f"{share:+.1f} °C" if kind is Kind.SETPOINT else f"{share:+.0%}"
