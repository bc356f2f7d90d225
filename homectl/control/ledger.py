"""When each target was last commanded: the memory of every rate limit. A restart arms them all."""

from bisect import bisect_right
from collections import defaultdict

from homectl.home import Command, Target

REMEMBERED = 600.0
"""Seconds after which a command no longer limits the next one, unless it is the last of its target."""


class Ledger:
    """Times of commands per target, in seconds of the clock's `elapsed`."""

    def __init__(self, started: float) -> None:
        """`started`: when this run began. What happened before is unknown, so every limiter counts from here."""
        self.started = started
        self._any: defaultdict[Target, list[float]] = defaultdict(list)
        self._autonomous: defaultdict[Target, list[float]] = defaultdict(list)

    def issued(self, command: Command, elapsed: float) -> None:
        """Remember that an approved command went out."""
        books = (self._any, self._autonomous) if command.cause.autonomous else (self._any,)
        for book in books:
            times = book[command.target]
            times.append(elapsed)
            del times[: max(0, min(len(times) - 1, bisect_right(times, elapsed - REMEMBERED)))]

    def since_last(self, target: Target, elapsed: float) -> float:
        """Seconds since the last autonomous command of a target, or since the start when there was none."""
        times = self._autonomous.get(target)
        return elapsed - (times[-1] if times else self.started)

    def autonomous_within(self, target: Target, elapsed: float, window: float) -> int:
        """How many autonomous commands went to a target in the last `window` seconds."""
        return _within(self._autonomous.get(target, []), elapsed, window)

    def earned(self, most: int, elapsed: float, window: float) -> int:
        """How many of `most` commands per window this run may have issued by now.

        A run earns them as it lasts, so runs that keep crashing share one limit between them.
        """
        return int(most * min(1.0, (elapsed - self.started) / window))

    def within(self, target: Target, elapsed: float, window: float) -> int:
        """The same for commands of any cause."""
        return _within(self._any.get(target, []), elapsed, window)


def _within(times: list[float], elapsed: float, window: float) -> int:
    return len(times) - bisect_right(times, elapsed - window)
