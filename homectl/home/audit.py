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


class Actor(StrEnum):
    """Who acts without a name of their own. No person can be called so."""

    SAFETY = "homectl, for safety"
    MODE = "homectl, by its mode"
    SCHEDULE = "homectl, by its schedule"
    LEARNED = "homectl, learned"
    RULES = "homectl, by its rules"
    HOMECTL = "homectl"
    COMMAND_LINE = "homectl people"
    NAMELESS = "a person without a PIN"
    SOMEBODY = "somebody"  # who gave a name that nobody has
    HAND = "by hand or keypad"
    AUTOMATION = "another automation"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One of them. `at` is the home's time, UTC seconds since 1970, `elapsed` the machine's monotonic seconds.

    `actor` is a person by name, or an Actor; `target` a lock, or a person. `outcome` is what became of
    it: asked, confirmed, failed, expired, superseded, reported, refused, wrong PIN, done.
    """

    at: float
    elapsed: float
    actor: str
    act: Act
    target: str
    outcome: str
    detail: str = ""
