"""One winner per target, by leases: safety before a person's hold, a mode, a schedule, what was learned, the rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from homectl.home import Cause, Decision, Setpoint, Setting, Target


class Level(IntEnum):
    """Who may say something of a target, strongest first."""

    FIRE = 1
    HARD_LIMIT = 2
    FREEZE = 3
    EQUIPMENT = 4
    HOLD = 5
    MODE = 6
    SCHEDULE = 7
    LEARNED = 8
    RULES = 9

    @property
    def cause(self) -> Cause:
        return _CAUSE.get(self, Cause.SAFETY)


_CAUSE = {
    Level.HOLD: Cause.PERSON,
    Level.MODE: Cause.MODE,
    Level.SCHEDULE: Cause.SCHEDULE,
    Level.LEARNED: Cause.LEARNED,
    Level.RULES: Cause.RULES,
}
STRONGEST_FIRST: tuple[Cause, ...] = tuple(dict.fromkeys(level.cause for level in Level))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What one level says of one target for a while: a setting that is wanted, or None for hands off.

    Times are UTC seconds; it counts from `since` until just before `until`. `why` is a clause for a person.
    """

    target: Target
    level: Level
    setting: Setting | None
    since: float
    until: float
    why: str

    def counts(self, at: float) -> bool:
        return self.since <= at < self.until

    def allows(self, setting: Setting) -> bool:
        """Whether a weaker level may still have its way: never past hands off, and past safety's warmth with more."""
        if isinstance(self.setting, Setpoint) and isinstance(setting, Setpoint):
            floor = self.level < Level.HOLD
            return setting.celsius >= self.setting.celsius if floor else setting == self.setting
        return setting == self.setting


def winner(leases: Iterable[Lease], at: float) -> Lease | None:
    """The strongest lease of one target that counts at a time; of two equally strong ones the first stands."""
    return min((lease for lease in leases if lease.counts(at)), key=lambda lease: lease.level, default=None)


def objection(leases: Iterable[Lease], setting: Setting, cause: Cause, at: float) -> Lease | None:
    """The strongest lease that keeps a cause from its setting; None where no stronger one does."""
    rank = STRONGEST_FIRST.index(cause)
    stronger = [lease for lease in leases if STRONGEST_FIRST.index(lease.level.cause) < rank]
    return winner([lease for lease in stronger if not lease.allows(setting)], at)


def winners(decisions: Iterable[Decision]) -> Mapping[Target, Decision]:
    """The strongest decision of each target; of two equally strong ones the first stands."""
    best: dict[Target, Decision] = {}
    for decision in decisions:
        rival = best.get(decision.target)
        if rival is None or _rank(decision) < _rank(rival):
            best[decision.target] = decision
    return best


def _rank(decision: Decision) -> int:
    return STRONGEST_FIRST.index(decision.cause)
