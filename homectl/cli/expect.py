"""What commands expect of their options, checked before any work begins. A refusal names option, rule and finding."""

import os
from argparse import ArgumentTypeError
from pathlib import Path

FIRST_YEAR, LAST_YEAR = 1970, 2100
"""The years in which a simulated home may live."""

LARGEST_SEED = 1_000_000
LONGEST = 366 * 86_400
"""Real seconds that something may be asked to last."""


def port(text: str) -> int:
    """A type for argparse: the number of a TCP port."""
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= number <= 65535:
        raise ArgumentTypeError(f"expected a port, 1 to 65535, got {text!r}")
    return number


def within(option: str, value: float | None, low: float, high: float) -> None:
    """UsageError for what is no number or one outside low … high; nothing given is fine."""
    from homectl.home import UsageError

    if value is not None and not low <= value <= high:
        raise UsageError(f"{option}: expected {low:,} to {high:,}, got {value:g}")


def writable(option: str, file: Path | None) -> None:
    """UsageError for a file that could not be written at the end of the work."""
    from homectl.home import UsageError

    if file is None:
        return
    if file.is_dir() or not file.absolute().parent.is_dir():
        found = "is a folder" if file.is_dir() else "lies in a folder that does not exist"
        raise UsageError(f"{option}: expected a file that can be written, got {file}, which {found}")
    if not os.access(file if file.exists() else file.absolute().parent, os.W_OK):
        raise UsageError(f"{option}: expected a file that can be written, got {file}, which may not be")


def folder(option: str, path: Path) -> None:
    """UsageError for what is there and is no folder."""
    from homectl.home import UsageError

    if path.exists() and not path.is_dir():
        raise UsageError(f"{option}: expected a folder, got {path}, which is a file")


def policy(option: str, name: str, *others: str) -> None:
    """UsageError for a policy that is neither built in, nor one of `others`, nor a folder of weights."""
    from homectl.home import UsageError

    known = ("base", "rules", *others)
    if name not in known and not Path(name, "manifest.json").is_file():
        raise UsageError(f"{option}: expected {', '.join(known)} or a folder made by homectl train, got {name!r}")
