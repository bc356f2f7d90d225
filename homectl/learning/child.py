"""The process in which a night is spent: low priority, one thread, gone when the daemon is."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from homectl.home import Event, HomeError, Lesson

LONGEST = 3600.0
"""Real seconds that a night's work may take."""

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Work(Protocol):
    """A night's work under way."""

    def result(self) -> list[Lesson] | None:
        """What it came to; None while it is not done. HomeError, in one line, where it failed."""

    def stop(self) -> None:
        """End it; what it did so far counts for nothing."""


class Child:
    """`homectl learn once` in a process of its own."""

    def __init__(self, journal: Path, given: Path, at: float) -> None:
        words = ["learn", "once", "--journal", str(journal), "--from", str(given), "--at", str(at)]
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  closed with the child
        self._began = time.monotonic()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "homectl.cli.attended", *words],
            stdin=subprocess.PIPE,
            stdout=self._said,
            start_new_session=True,
            env={**os.environ, **ONE_THREAD},
        )

    def result(self) -> list[Lesson] | None:
        code = self._child.poll()
        if code is None and time.monotonic() - self._began < LONGEST:
            return None
        if code != 0:
            self.stop()
            raise HomeError("The night's work took too long" if code is None else f"The night's work ended with {code}")
        self._said.seek(0)
        said = self._said.read()
        self._close()
        return lessons_from(json.loads(said))

    def stop(self) -> None:
        if self._child.returncode is None:
            self._child.kill()
            self._child.wait()
        self._close()

    def _close(self) -> None:
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._said.close()


def as_json(lessons: Iterable[Lesson]) -> str:
    """One line that `lessons_from` understands."""
    return json.dumps([asdict(lesson) for lesson in lessons])


def lessons_from(said: Iterable[Mapping[str, Any]]) -> list[Lesson]:
    return [Lesson(**{**one, "event": Event(one["event"]), "days": tuple(one["days"])}) for one in said]
