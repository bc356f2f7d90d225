"""`homectl dashboard` beside a simulated home that nobody runs, and one that passes everything on to it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from homectl.bridge.broker import free_port
from homectl.client import Client
from homectl.home import ActionRefused, HomeError, HomeView, Kind, Target
from homectl.page_key import PageKey

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]


@contextmanager
def started(folder: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command in the background, ended in good order."""
    with (folder / f"{words[0]}.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "homectl", *words], stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        assert process.wait(20) == 0, (folder / f"{words[0]}.log").read_text()


def seen(client: Client, what: Callable[[HomeView], bool], within: float = 40.0) -> HomeView:
    """The first view in which something is seen."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if what(view := client.home()):
                return view
        except HomeError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"not seen within {within} s")


def settings(folder: Path, url: str) -> Path:
    """Settings for the home that a simulation has written."""
    home = yaml.safe_load((folder / "home.yaml").read_text())["id"]
    bridge = {"broker": {"url": url}, "zigbee2mqtt": [f"sim/{home}/zigbee2mqtt"]}
    bridge["home_assistant"] = f"sim/{home}/homeassistant"
    asked = {"home": "home.yaml", "data": str(folder), "bridge": bridge, "dashboard": {"port": free_port()}}
    path = folder / "homectl.yaml"
    path.write_text(yaml.safe_dump(asked))
    return path


def written(path: Path, within: float = 40.0) -> None:
    deadline = time.monotonic() + within
    while not path.exists():
        assert time.monotonic() < deadline, f"no {path}"
        time.sleep(0.05)


def test_a_home_without_a_daemon_is_shown_and_only_its_simulator_obeys(
    tmp_path: Path, mosquitto: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, ready, port, other = tmp_path / "home.yaml", tmp_path / "ready", free_port(), free_port()
    wishes = ["--broker", mosquitto, "--seed", "9", "--speed", "60"]
    with started(tmp_path, "simulate", *wishes, "--write-home", str(home), "--ready-file", str(ready)):
        written(ready)
        with started(tmp_path, "dashboard", "-c", str(settings(tmp_path, mosquitto)), "--port", str(port)):
            client = Client(port)
            view = seen(client, lambda view: any(device.values for area in view.areas for device in area.devices))
            assert view.policy.startswith("nobody")
            shown = seen(client, lambda view: "temperatures" in view.simulator and "plan" in view.simulator).simulator
            assert shown["seed"] == 9
            assert shown["plan"]["areas"].keys() == shown["temperatures"].keys() != set()
            lamp = next(t for a in view.areas for d in a.devices for t in d.targets if t.kind == Kind.LIGHT)
            with pytest.raises(ActionRefused, match="no daemon runs here"):
                client.set(Target(lamp.target.partition("/")[0], Kind.LIGHT), {"on": True})
            client._call("POST", "/api/simulator/pause", {})
            seen(client, lambda view: view.simulator.get("paused") is True)
            said = (tmp_path / "dashboard.log").read_text()
            assert f"it is shown at http://127.0.0.1:{port}/#token=owner." in said
            key = PageKey.of(port)
            assert key is not None
            monkeypatch.setenv("HOMECTL_TOKEN", key.token)
            words = ["dashboard", "--port", str(other), "--daemon", f"http://127.0.0.1:{port}"]
            with started(tmp_path, *words):
                assert seen(Client(other), lambda view: view.simulator.get("paused") is True).id == view.id
    assert PageKey.of(port) is None
