"""What a home under control is made of, whoever puts it together."""

from collections.abc import Callable
from dataclasses import dataclass

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.home import Clock, History, Policy
from homectl.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a controller. `real` gives monotonic seconds for everything that is about transport."""

    clock: Clock
    real: Callable[[], float]
    history: History
    journal: Journal
    policy: Policy
    fallback: Policy
    limits: Limits
    autonomy: AutonomySettings
    new_id: Callable[[], str]
