"""A world at full speed into a journal."""

from collections.abc import Callable

from homectl.home import Reading
from homectl.journal import Journal
from simulator.world import World

BATCH = 4096
"""Readings given to the journal at once."""


def record(world: World, until: float, journal: Journal, *, progress: Callable[[float], None] | None = None) -> int:
    """Let the world live until a time (UTC seconds) and remember all it reports, with true origins; how many readings.

    The journal starts with what the home's hub would know at the beginning. `progress` is told the share done, 0 … 1.
    """
    journal.set_home(world.home)
    start, count = world.at, 0
    waiting: list[Reading] = sorted(world.reported.values(), key=lambda reading: reading.at)
    while until - world.at >= 1:
        waiting += world.step(min(60.0, until - world.at))
        if len(waiting) >= BATCH:
            count += journal.append(waiting)
            waiting = []
            if progress is not None:
                progress((world.at - start) / (until - start))
    count += journal.append(waiting)
    journal.flush()
    if progress is not None:
        progress(1.0)
    return count
