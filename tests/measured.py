"""Figures that tests have measured, for the table of promises in SECURITY.md."""

import json
import re
from pathlib import Path
from typing import Protocol


class Measured(Protocol):
    """Note the figures that a test came to, under the name of what is promised."""

    def __call__(self, promise: str, **figures: float) -> None: ...


def into(folder: Path | None, test: str) -> Measured:
    """One file for each promise, in a folder; nowhere without one."""

    def note(promise: str, **figures: float) -> None:
        if folder is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^a-z0-9]+", "-", promise.lower()).strip("-")
        content = {"promise": promise, "test": test, "figures": figures}
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    return note
