"""Which policy a name means."""

from pathlib import Path

from homectl.control.limits import Limits
from homectl.control.rules import Rules
from homectl.home import Policy


def policy_of(name: str, limits: Limits) -> Policy:
    """`rules`, `base` for the shipped weights, or a folder made by `homectl train`; CheckpointMismatch as it says."""
    if name == "rules":
        return Rules(limits)
    from models.policy import NetworkPolicy

    return NetworkPolicy.load(checkpoint_of(name))


def checkpoint_of(name: str) -> Path:
    """Where the weights of a policy other than `rules` lie."""
    from models.checkpoint import BASE

    return BASE if name == "base" else Path(name)
