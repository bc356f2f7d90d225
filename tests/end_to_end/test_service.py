"""A daemon as systemd has it, and no broker: it says that it is ready and goes round, hangs unheard, and recovers."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import yaml
from safetensors.numpy import load_file, save_file

from homectl.bridge.broker import free_port
from homectl.client import Client
from models.checkpoint import BASE, MANIFEST, WEIGHTS
from tests.measured import Measured

HOME = {"id": "house", "areas": [{"id": "hall"}], "devices": [{"id": "lamp", "area": "hall"}]}
BEATS = 0.1
"""Seconds between two beats of a watchdog of 0.4 s."""


@dataclass(frozen=True, slots=True)
class Service:
    process: subprocess.Popen[bytes]
    client: Client
    line: socket.socket

    def next(self, seconds: float) -> str:
        """What systemd hears next; empty for nothing in so many seconds."""
        self.line.settimeout(seconds)
        try:
            return self.line.recv(100).decode()
        except TimeoutError:
            return ""

    def told(self, message: str, seconds: float = 20.0) -> bool:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if self.next(left) == message:
                return True
        return False


@contextmanager
def service(folder: Path, policy: str = "base") -> Iterator[Service]:
    """A daemon of a home with one lamp and no broker, on the line to a systemd."""
    port = free_port()
    settings = {"home": "home.yaml", "data": str(folder), "policy": policy, "dashboard": {"port": port}}
    settings["bridge"] = {"broker": {"url": f"mqtt://127.0.0.1:{free_port()}"}}
    (folder / "home.yaml").write_text(yaml.safe_dump(HOME))
    (folder / "homectl.yaml").write_text(yaml.safe_dump(settings))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, (folder / "daemon.log").open("ab") as log:
        line.bind(str(folder / "notify"))
        process = subprocess.Popen(
            [sys.executable, "-m", "homectl", "run", "-c", str(folder / "homectl.yaml")],
            env=os.environ | {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": str(round(4e6 * BEATS))},
            stdout=log,
            stderr=log,
        )
        try:
            yield Service(process, Client(port), line)
        finally:
            process.kill()
            process.wait()
            (folder / "notify").unlink()


def test_systemd_hears_that_the_loop_goes_round_until_it_hangs(tmp_path: Path) -> None:
    with service(tmp_path) as daemon:
        assert daemon.told("READY=1"), (tmp_path / "daemon.log").read_text()
        assert daemon.told("WATCHDOG=1")
        daemon.process.send_signal(signal.SIGSTOP)
        while daemon.next(0.01):
            pass
        assert daemon.next(10 * BEATS) == ""
        daemon.process.send_signal(signal.SIGCONT)
        assert daemon.told("WATCHDOG=1")
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.told("STOPPING=1")
        assert daemon.process.wait(20) == 0
    assert json.loads((tmp_path / "house.starts").read_text()) == []


@pytest.mark.parametrize(("crashes", "policy"), [(3, "network"), (4, "rules")])
def test_a_home_that_keeps_crashing_comes_back_on_rules(tmp_path: Path, crashes: int, policy: str) -> None:
    (tmp_path / "house.starts").write_text(json.dumps([time.time() - second for second in range(crashes)]))
    with service(tmp_path) as daemon:
        assert daemon.told("READY=1"), (tmp_path / "daemon.log").read_text()
        assert daemon.client.home().policy.startswith(policy)
    log = (tmp_path / "daemon.log").read_text()
    assert ("only the rules decide" in log) is (policy == "rules")


def nothing(folder: Path) -> None:
    shutil.rmtree(folder)


def torn(folder: Path) -> None:
    weights = folder / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:5000])


def noise(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(random.Random(3).randbytes(100_000))


def other_schema(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["features"][0] = "moonlight"
    (folder / MANIFEST).write_text(json.dumps(manifest))


def not_a_number(folder: Path) -> None:
    weights = load_file(folder / WEIGHTS)
    save_file({name: np.full_like(array, np.nan) for name, array in weights.items()}, folder / WEIGHTS)


def no_manifest(folder: Path) -> None:
    (folder / MANIFEST).write_text("{")


MODELS: list[tuple[Callable[[Path], None], str]] = [
    (not_a_number, "finite answers"),
    (nothing, "expected weights.safetensors and manifest.json"),
    (torn, "expected weights.safetensors and manifest.json"),
    (noise, "expected weights.safetensors and manifest.json"),
    (other_schema, "unknown 'moonlight'"),
    (no_manifest, "expected weights.safetensors and manifest.json"),
]


@pytest.mark.promise
@pytest.mark.parametrize(
    ("spoil", "says"),
    [pytest.param(*case, id=case[0].__name__, marks=[pytest.mark.soak] * (n > 1)) for n, case in enumerate(MODELS)],
)
def test_a_home_whose_model_cannot_be_used_is_ready_on_rules_within_five_seconds_and_says_why(
    tmp_path: Path, spoil: Callable[[Path], None], says: str, measured: Measured
) -> None:
    model = tmp_path / "model"
    shutil.copytree(BASE, model)
    spoil(model)
    began = time.monotonic()
    with service(tmp_path, str(model)) as daemon:
        assert daemon.told("READY=1"), (tmp_path / "daemon.log").read_text()
        took = time.monotonic() - began
        view = daemon.client.home()
    measured(f"model {spoil.__name__.replace('_', ' ')}", ready_seconds=round(took, 2))
    assert took <= 5
    assert view.policy == "rules"
    assert says in view.health["model"]["trouble"]
