"""`homectl demo` as a stranger runs it: a process of its own, seen through its page's API and its files."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from homectl.bridge.broker import free_port
from homectl.client import Client
from homectl.home import HomeError, HomeView, Target, TargetView

READY_WITHIN = 60.0


def run_demo(folder: Path, *arguments: str, timeout: float = 110.0) -> dict[str, Any]:
    """Run a whole demo; what it wrote with `--json`. Its exit code says whether all its checks held."""
    written = folder / "out.json"
    command = [sys.executable, "-m", "homectl", "demo", "--headless", "--json", str(written)]
    command += ["--data", str(folder / "data"), "--port", str(free_port()), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    assert written.exists(), f"{done.stdout}\n{done.stderr}\n{_logs(folder / 'data')}"
    found: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    held = all(check["ok"] for check in found["checks"])
    assert done.returncode == (0 if held else 1), f"{found['checks']}\n{done.stderr}\n{_logs(folder / 'data')}"
    return found


class RunningDemo:
    """A demo that lives as long as the test."""

    def __init__(self, folder: Path, *arguments: str, within: float = READY_WITHIN) -> None:
        """`within` so many real seconds it must be ready."""
        self.port, self.data = free_port(), folder / "data"
        self.written, self._said = folder / "out.json", folder / "said.txt"
        self._command = [sys.executable, "-m", "homectl", "demo", "--headless", "--port", str(self.port)]
        self._command += ["--data", self.data.name, "--json", str(self.written), *arguments]
        self._client, self._within = Client(self.port), within

    def __enter__(self) -> Self:
        with self._said.open("wb") as said:
            folder = self.data.parent
            self._process = subprocess.Popen(self._command, stdout=said, stderr=subprocess.STDOUT, cwd=folder)
        self.wait_for(lambda view: view.connected and view.simulator.get("paused") is False, within=self._within)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    @property
    def page(self) -> str:
        """The page's URL with the owner's token, as the demo prints it."""
        return next(word for word in self._said.read_text(encoding="utf-8").split() if "#token=" in word)

    def end(self) -> dict[str, Any]:
        """Interrupt it as a person would; what it came to."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=40)
        assert self.written.exists(), f"{self._said.read_text(encoding='utf-8')}\n{_logs(self.data)}"
        found: dict[str, Any] = json.loads(self.written.read_text(encoding="utf-8"))
        return found

    def view(self) -> HomeView | None:
        """The home now; None while nobody answers."""
        try:
            return self._client.home()
        except HomeError:
            return None

    def target(self, target: Target) -> TargetView:
        view = self.view()
        assert view is not None
        return next(t for a in view.areas for d in a.devices for t in d.targets if t.target == str(target))

    def wait_for(self, seen: Callable[[HomeView], bool], within: float = 20.0) -> HomeView:
        """The first view in which something is seen."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            assert self._process.poll() is None, f"the demo ended\n{_logs(self.data)}"
            view = self.view()
            if view is not None and seen(view):
                return view
            time.sleep(0.1)
        raise AssertionError(f"not seen within {within} s\n{_logs(self.data)}")

    def simulate(self, control: str, arguments: dict[str, Any]) -> None:
        """Ask the simulated home for something, as its page does."""
        self._client.simulate(control, arguments)

    def daemon(self) -> int:
        """The process id of the running daemon."""
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if b"run" in words and (entry / "cwd").samefile(self.data.parent):
                    return int(entry.name)
        raise AssertionError("no daemon runs")

    def kill_daemon(self) -> None:
        os.kill(self.daemon(), signal.SIGKILL)


def _logs(folder: Path) -> str:
    return "\n".join(
        f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in sorted(folder.glob("*.log"))
    )
