"""What devices say from one moment to another, into a journal that can be replayed."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from homectl.home import Home, JournalError, MessageError, Reading
from homectl.journal import Journal
from simulator.simulated import Simulated

log = logging.getLogger(__name__)

Finished = Callable[[Path, Home, float, float], None]
"""Is told of a recording that has ended: its journal, its home, and from when to when, UTC seconds."""


class Recorder:
    """Writes recordings into a folder, one at a time; each begins with what the home's hub knew then."""

    def __init__(self, folder: Path, finished: Finished) -> None:
        self._folder, self._finished = folder, finished
        self._journal: Journal | None = None
        self._path, self._since = folder, 0.0
        self._written = ""

    @property
    def writing(self) -> str:
        """The journal that is written, with its folder; empty for none."""
        return str(self._path.absolute()) if self._journal is not None else ""

    @property
    def written(self) -> str:
        """The journal of the last recording, once that has ended as it was asked to; empty for none."""
        return self._written

    def begin(self, world: Simulated) -> None:
        """From now on. MessageError where that is so already, or where it cannot be."""
        if self._journal is not None:
            raise MessageError(f"record: expected a recording that has ended, {self.writing} is being written.")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MessageError(
                f"record: expected a folder to write into, got {self._folder}: {error.strerror}"
            ) from None
        self._since, self._path, self._written = world.at, self._free(world), ""
        self._journal = Journal.open(self._path)
        self._journal.set_home(world.home)
        self._journal.append(sorted(world.reported.values(), key=lambda reading: reading.at))
        self._journal.flush()

    def note(self, readings: Iterable[Reading]) -> None:
        """Keep what was said, while something is recorded. What cannot be written ends; the home lives on."""
        if self._journal is None:
            return
        try:
            self._journal.append(readings)
            self._journal.flush()
        except JournalError as error:
            log.warning("the recording %s ends here: %s", self.writing, error)
            journal, self._journal = self._journal, None
            with suppress(JournalError):
                journal.close()

    def end(self, world: Simulated) -> None:
        """Close the journal, if there is one."""
        if self._journal is None:
            return
        journal, self._journal = self._journal, None
        journal.flush()
        journal.close()
        self._written = str(self._path.absolute())
        self._finished(self._path, world.home, self._since, world.at)

    def _free(self, world: Simulated) -> Path:
        began = datetime.fromtimestamp(world.at, world.home.zone)
        name = f"{world.home.id}-{began:%Y%m%d-%H%M}"
        names = (f"{name}{ending}.db" for ending in ("", *(f"-{number}" for number in range(2, 1000))))
        free = next((self._folder / each for each in names if not (self._folder / each).exists()), None)
        if free is None:
            raise MessageError(f"record: expected room for another {name}.db in {self._folder}; remove some.")
        return free
