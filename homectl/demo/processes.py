"""A child process with a log of its own, and how it is kept alive."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from homectl.home import HomeError

PATIENCE = 15.0
"""Real seconds a process may take to end by itself."""

BACK_OFF = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds before each further start of a process that died; the last one repeats."""


class Process:
    """A homectl command in a process of its own, with its own settings only; what it prints goes to a log file.

    It ends when this process does, however that may be: it attends its standard input.
    """

    def __init__(self, name: str, arguments: list[str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self.starts = 0
        self._arguments = [sys.executable, "-m", "homectl.cli.attended", *arguments]
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return 0 if self._child is None else self._child.pid

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def code(self) -> int | None:
        """How it ended; None while it runs."""
        return None if self._child is None else self._child.poll()

    def start(self) -> None:
        self.starts += 1
        ours = {name: value for name, value in os.environ.items() if not name.startswith("HOMECTL_")}
        ours["HOMECTL_TRACEBACK"] = "1"  # a log is for those who look for a mistake
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self._arguments, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True, env=ours
            )

    def back_off(self) -> float:
        """Seconds to wait before the next start."""
        return BACK_OFF[min(self.starts - 1, len(BACK_OFF) - 1)]

    async def stop(self, patience: float = PATIENCE) -> None:
        """Ask it to end; end it if it does not within so many real seconds."""
        if self._child is None or not self.alive:
            return
        self._child.send_signal(signal.SIGTERM)
        for _ in range(int(patience * 20)):
            if not self.alive:
                return
            await asyncio.sleep(0.05)
        self._child.kill()
        self._child.wait()

    def last_words(self) -> str:
        """The last line of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if self.log.exists() else []
        return lines[-1].removeprefix("homectl: ") if lines else "nothing was said"

    def died(self) -> HomeError:
        """How it ended, in one line."""
        code = self.code or 0
        if code < 0:
            return HomeError(f"The {self.name} was ended by {signal.Signals(-code).name}; its log: {self.log}")
        return HomeError(f"The {self.name} ended with {code}: {self.last_words()}; its log: {self.log}")
