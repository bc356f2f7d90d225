"""The ladder: how much is let to homectl in each area about each kind of thing, who set it so, and why."""

from dataclasses import dataclass

from homectl.home.decisions import Autonomy
from homectl.home.targets import Kind

HOMECTL = "homectl"
"""Who stepped down by itself; nothing but a person lets it up again."""

ASKED = "asked for it"
FORCED = "by force"
"""Why a level stands that a person set: they may, or they would have it although too few proposals were followed."""

TAKEN_BACK = 1800.0
"""Seconds after a change by a policy in which a person's change of the same thing takes it back."""


@dataclass(frozen=True, slots=True)
class Rung:
    """What stands on the ladder: one kind of thing in one area. `area` is empty for what nobody has placed."""

    area: str
    kind: Kind

    def __str__(self) -> str:
        return f"{self.area} {self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A level that was set while a home was running; None: as it is configured. `since` is UTC seconds."""

    rung: Rung
    level: Autonomy | None
    since: float
    by: str
    why: str
