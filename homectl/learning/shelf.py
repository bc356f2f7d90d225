"""The folder in which a home's own models lie, each in one of its own, by number."""

import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

REJECTED_KEPT = 3
"""So many of the newest models that are not needed are kept to be looked at."""

LINE_KEPT = 5
"""So many models that were in charge are kept to go back to, the present one among them."""


class Shelf:
    """Own models on disk. Nothing here says which of them is in charge: the journal does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def beside(cls, journal: Path) -> "Shelf":
        """`<data>/<home>/models` beside `<data>/<home>.db`."""
        return cls(journal.with_suffix("") / "models")

    def path(self, number: int) -> Path:
        return self.folder / str(number)

    def has(self, number: int) -> bool:
        return self.path(number).is_dir()

    def drop(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            shutil.rmtree(self.path(number), ignore_errors=True)

    def tidy(self, line: Collection[int], shadow: int | None) -> None:
        """Drop what nobody will ask for: all but the newest of the line, the shadow, and a few others."""
        needed = {*list(line)[-LINE_KEPT:], shadow}
        others = sorted(n for n in self._numbers() if n not in needed)
        self.drop(others[:-REJECTED_KEPT])

    def _numbers(self) -> list[int]:
        if not self.folder.is_dir():
            return []
        return [int(path.name) for path in self.folder.iterdir() if path.name.isdecimal()]
