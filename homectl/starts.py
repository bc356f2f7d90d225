"""Whether a home keeps crashing: after five starts in ten minutes without a proper end, only the rules decide.

The starts lie in a small file beside the journal, so that one that kills the journal is counted as well.
"""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)

MOST, WITHIN = 5, 600.0
"""So many starts in so many seconds are a crash loop."""


@contextmanager
def started(journal: Path, now: float) -> Iterator[bool]:
    """A run of the home with this journal that began at a wall time; whether it is one too many to learn or guess.

    It counts as a crash unless its block ends by itself.
    """
    starts = Starts(journal.with_suffix(".starts"))
    crashing = starts.begin(now)
    if crashing:
        log.error("homectl ended unexpectedly %d times in ten minutes; in this run only the rules decide", MOST - 1)
    yield crashing
    starts.end()


class Starts:
    """The starts of one home that have not ended properly."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = 0.0

    def begin(self, now: float) -> bool:
        """Count a start at a wall time, UTC seconds; whether it is one too many. A file that cannot be read is none."""
        self._own = now
        told = [*(start for start in self._told() if abs(now - start) <= WITHIN), now]
        self._write(told)
        return len(told) >= MOST

    def end(self) -> None:
        """This start came to a proper end and counts no longer."""
        self._write([start for start in self._told() if start != self._own])

    def _told(self) -> list[float]:
        try:
            told = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return []
        return [float(start) for start in told if isinstance(start, int | float)] if isinstance(told, list) else []

    def _write(self, starts: list[float]) -> None:
        """All of it or nothing, and durable; a disk that is full keeps no home from starting."""
        fresh = self._path.with_suffix(".starts.part")
        try:
            with fresh.open("w") as file:
                json.dump(starts, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            log.warning("%s: a start could not be noted: %s", self._path, error)
