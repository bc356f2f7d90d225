"""One winner per target: safety before a person's hold, before a schedule, before what was learned, before rules."""

from collections.abc import Iterable, Mapping

from homectl.home import Cause, Decision, Target

STRONGEST_FIRST: tuple[Cause, ...] = (Cause.SAFETY, Cause.PERSON, Cause.SCHEDULE, Cause.LEARNED, Cause.RULES)


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
