"""Room on the disk that is given up when it is full, for what must be written then."""

import os
from pathlib import Path

SIZE = 32 * 1024 * 1024
SHARE = 4
"""A ballast is at most this part of what is free when it is taken."""

LEAST = 64 * 1024


class Ballast:
    """A file that only takes up room. It is taken again once twice its size is free."""

    def __init__(self, path: Path, size: int = SIZE) -> None:
        self._path, self._size = path, size

    @property
    def held(self) -> bool:
        return self._path.exists()

    def take(self) -> bool:
        """Whether it is held now; not where the disk is short of room, or takes no files."""
        if self.held:
            return True
        try:
            free = _free(self._path.parent)
            self._size = min(self._size, free // SHARE)
            if self._size < LEAST:
                return False
            with self._path.open("xb") as file:
                os.posix_fallocate(file.fileno(), 0, self._size)
                os.fsync(file.fileno())
        except OSError:
            self.release()
            return False
        return True

    def take_again(self) -> bool:
        """Whether it is held now; after a release only where the disk has room for more than that."""
        try:
            return self.held or (_free(self._path.parent) >= 2 * self._size and self.take())
        except OSError:
            return False

    def release(self) -> None:
        try:
            self._path.unlink(missing_ok=True)
        except OSError:  # a disk that lets nothing go: what is to be written next says so
            return


def _free(folder: Path) -> int:
    """Bytes that we may still write there."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize
