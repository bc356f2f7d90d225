"""Small files that are replaced whole, and what they held before."""

import os
from pathlib import Path


def replace_file(path: Path, content: bytes, *, keep: bool = False) -> None:
    """Write a file that its owner alone can read: all of it or nothing, durable when this returns.

    `keep` leaves what it held before as `<path>.1`. A file that root writes belongs to the owner of its folder.
    """
    fresh = path.with_name(path.name + ".part")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        if os.geteuid() == 0:
            folder = path.parent.stat()
            os.fchown(file.fileno(), folder.st_uid, folder.st_gid)
        os.fsync(file.fileno())
    if keep and path.exists():
        _keep(path)
    fresh.replace(path)
    _sync(path.parent)


def _keep(path: Path) -> None:
    """The file as it is gets a second name, so that it is there under its own at every moment."""
    half = path.with_name(path.name + ".1.part")
    half.unlink(missing_ok=True)
    half.hardlink_to(path)
    half.replace(path.with_name(path.name + ".1"))


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
