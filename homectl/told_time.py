"""The time of a simulated home, which owns it: the home's clock follows what it tells, within reason."""

import logging
from collections import Counter

from homectl.bridge.simulated import Told
from homectl.home import Clock, ToldClock

log = logging.getLogger(__name__)

BEHIND = 60.0
"""Seconds that a simulated home may be behind what is known of it without a word."""

LEAP = 32 * 86_400.0
"""The longest time a simulated home may pass between two messages, seconds: longer than its longest fast-forward."""

LATEST = 253_370_764_800.0
"""The start of the year 9999, where calendars end."""


class ToldTime:
    """What a simulated home last told of its time; `told` is None before it did."""

    def __init__(self, clock: Clock, counts: Counter[str]) -> None:
        self._clock, self._counts = clock, counts
        self.told: Told | None = None

    def follow(self, told: Told) -> bool:
        """Set the home's clock; whether that was its first word. A leap beyond all reason is counted and ignored."""
        clock, first = self._clock, self.told is None
        assert isinstance(clock, ToldClock)
        if not told.time <= (LATEST if first else clock.now() + LEAP):
            self._counts["simulator messages not understood"] += 1
            return False
        behind = clock.now() - told.time
        if behind > BEHIND and (self.told is None or told.time < self.told.time):
            log.warning("the simulated home is %.0f s behind what is known of it; until then its time stands", behind)
        clock.tell(told.time)
        self.told = told
        return first
