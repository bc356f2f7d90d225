"""Which policy a name means."""

from collections.abc import Sequence
from pathlib import Path

from homectl.control.limits import Limits
from homectl.control.rules import Rules
from homectl.home import Policy, UsageError
from homectl.journal import Journal
from homectl.journal.readers.any_log import Format, format_of


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


def own_of(logs: Sequence[Path]) -> Path:
    """Where the network lies that a home made of its own days and that is in charge there; UsageError if none is.

    The log is that home's journal, and its networks lie in the data folder beside it.
    """
    from homectl.learning import Shelf, Standing

    if len(logs) != 1 or format_of(logs[0]) is not Format.JOURNAL:
        raise UsageError("--policy own: expected the journal of a home that runs, and it alone; name <data>/<home>.db")
    with Journal.open(logs[0], read_only=True) as journal:
        champion = Standing.of(journal.lessons()).champion
    if not champion:
        raise UsageError(f"--policy own: expected a network in charge, {logs[0]} knows none yet; say base or rules")
    shelf = Shelf.beside(logs[0])
    if not shelf.has(champion):
        raise UsageError(
            f"--policy own: expected network {champion} at {shelf.path(champion)}, found none; name the journal where "
            "the home keeps it"
        )
    return shelf.path(champion)
