"""What the audit keeps of locks and of the people who may unlock them."""

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What somebody did, or tried to do."""

    LOCK = "lock"
    UNLOCK = "unlock"
    JAM = "jam"
    LOCKED_OUT = "lock-out"
    ADDED = "person added"
    CHANGED = "PIN changed"
    REMOVED = "person removed"
    BROKEN = "audit broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One of them. `at` is the home's time, UTC seconds since 1970, `elapsed` the machine's monotonic seconds.

    `actor` is a person by name, or who else did it in words; `target` a lock, or a person. `outcome` is what became of
    it: asked, confirmed, failed, expired, superseded, reported, refused, wrong PIN, done.
    """

    at: float
    elapsed: float
    actor: str
    act: Act
    target: str
    outcome: str
    detail: str = ""
