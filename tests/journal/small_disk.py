"""A disk of a few megabytes that only some processes see: a tmpfs in namespaces of their own, where that is allowed."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

OWN = ["unshare", "--user", "--map-root-user", "--mount"]


def on_small_disk(folder: Path, megabytes: int, command: list[str]) -> list[str]:
    """A command that runs with such a disk mounted on a folder."""
    mount = f'mount -t tmpfs -o size={megabytes}m tmpfs "$0" && exec "$@"'
    return [*OWN, "sh", "-c", mount, str(folder), *command]


@cache
def why_none() -> str:
    """Why there is no such disk on this machine; empty where there is."""
    if shutil.which("unshare") is None:
        return "unshare is not installed"
    tried = subprocess.run(on_small_disk(Path("/tmp"), 1, ["true"]), capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"no tmpfs of our own: {tried.stderr.strip()[:80]}"


def demand_small_disk() -> None:
    """Skip a test, with the reason printed, where there is no such disk."""
    if why := why_none():
        pytest.skip(why)
