"""Holds: for how long homectl keeps its hands off a target."""

from dataclasses import dataclass
from enum import StrEnum

from homectl.home.targets import Target

BY_HAND = "by hand"
"""Who began a hold by changing something at the device itself."""


class HoldKind(StrEnum):
    """When a hold ends."""

    MINUTES = "minutes"  # after so many of them
    SCHEDULE = "schedule"  # when a schedule of the target next begins or ends
    EMPTY = "empty"  # when nobody has been in the room for a while
    RESUMED = "resumed"  # when a person says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold as it is known now. Times are UTC seconds; `until` None: nobody can know yet.

    `note` says why it is of another kind than was asked for.
    """

    target: Target
    kind: HoldKind
    by: str
    since: float
    until: float | None
    note: str = ""
