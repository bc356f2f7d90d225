"""A small file beside the journal that lets people in: for its owner's eyes only, and replaced whole."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from homectl.home import HomeError
from homectl.journal.generations import replace_file

VERSION = 1


class Ledger:
    """Entries by name. `word` names them in the file, `meaning` what it is, `lost` what nobody can do without it."""

    def __init__(self, path: Path, *, word: str, meaning: str, lost: str) -> None:
        self.path = path
        self._word, self._meaning, self._lost = word, meaning, lost

    def entries(self) -> dict[str, Any]:
        """Every entry; none where there is no file. HomeError for one that others may read, or that is another's."""
        try:
            exposed = self.path.stat().st_mode & 0o077
            said = json.loads(self.path.read_bytes())
            entries = {str(name): entry for name, entry in said[self._word].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise self.damaged(type(error).__name__) from None
        if exposed:
            raise HomeError(f"{self.path}: expected it to be readable by its owner only; say: chmod 600 {self.path}")
        return entries

    def damaged(self, found: str) -> HomeError:
        return HomeError(
            f"{self.path}: expected {self._meaning}, got {found}; "
            f"{self._lost} until it is restored, for example from {self.path.name}.1"
        )

    def stamp(self) -> tuple[int, int]:
        """Something that changes whenever the file does."""
        try:
            told = self.path.stat()
        except OSError:
            return (0, 0)
        return (told.st_ino, told.st_mtime_ns)

    @contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """The entries, to be changed by one program at a time, and written when the block ends well."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(self.path.suffix + ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            entries = self.entries()
            yield entries
            content = json.dumps({"version": VERSION, self._word: entries}, ensure_ascii=False, indent=1)
            replace_file(self.path, content.encode() + b"\n", keep=True)
