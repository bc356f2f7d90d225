"""A simulated home on a broker, its daemon and its API: a schedule, a mode and a hold over the same thermostats."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from homectl.bridge.broker import free_port
from homectl.client import Client
from homectl.home import HoldKind, HomeError, Kind, Mode, Target, TargetView
from tests.brokers import running

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

LIVING, KITCHEN = Target("living_thermostat", Kind.SETPOINT), Target("kitchen_thermostat", Kind.SETPOINT)
WARM = {"id": "warm", "name": "Lunch", "start": "12:30", "end": "14:00", "areas": ["living", "kitchen"], "setpoint": 23}
PATIENCE = 90.0
"""Real seconds within which something that is due must be seen."""


class Household:
    """The simulated home's hands and time, and the daemon's client; time passes only when it is told to."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def control(self, name: str, **arguments: Any) -> None:
        self.client._call("POST", f"/api/simulator/{name}", arguments)

    def target(self, target: Target) -> TargetView:
        areas = self.client.home().areas
        return next(t for area in areas for d in area.devices for t in d.targets if t.target == str(target))

    def until(self, seen: Callable[[], bool], step: float = 30.0) -> None:
        """Let time pass, step by step, until something is seen."""
        deadline = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < deadline, [self.target(one) for one in (LIVING, KITCHEN)]
            before = self.client.home().at
            self.control("step", seconds=step)
            while self.client.home().at < before + step and time.monotonic() < deadline:
                time.sleep(0.05)

    def passed(self, clock: str) -> Callable[[], bool]:
        return lambda: self.client.home().local_time.split()[-1] >= clock

    def reported(self, target: Target, celsius: float) -> Callable[[], bool]:
        return lambda: self.target(target).reported == f"{celsius:.1f} °C"


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Household]:
    port = free_port()
    with ExitStack() as stack:
        url = stack.enter_context(running()).url
        begin = ["--seed", "20", "--start", "2026-01-13T12:00", "--paused", "--lockstep", "--broker", url]
        written = ["--write-home", str(tmp_path / "home.yaml"), "--ready-file", str(tmp_path / "ready")]
        _start(stack, tmp_path, "simulate", *begin, *written)
        _wait((tmp_path / "ready").exists, tmp_path)
        told = json.loads((tmp_path / "ready").read_text())
        home = yaml.safe_load((tmp_path / "home.yaml").read_text(encoding="utf-8"))
        (tmp_path / "home.yaml").write_text(yaml.safe_dump(home | {"schedules": [WARM]}), encoding="utf-8")
        bridge = {
            "broker": {"url": url},
            "zigbee2mqtt": [told["zigbee2mqtt"]],
            "home_assistant": told["home_assistant"],
        }
        settings = {"home": "home.yaml", "data": str(tmp_path), "policy": "rules", "dashboard": {"port": port}}
        (tmp_path / "homectl.yaml").write_text(yaml.safe_dump(settings | {"bridge": bridge}))
        _start(stack, tmp_path, "run", "-c", str(tmp_path / "homectl.yaml"))
        found = Household(Client(port))
        _wait(lambda: _connected(found.client), tmp_path)
        yield found


def _start(stack: ExitStack, folder: Path, *words: str) -> None:
    log = stack.enter_context((folder / f"{words[0]}.log").open("ab"))
    process = subprocess.Popen([sys.executable, "-m", "homectl", *words], stdout=log, stderr=log)
    stack.callback(process.wait)
    stack.callback(process.kill)


def _wait(there: Callable[[], bool], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not there():
        logs = "\n".join(log.read_text() for log in folder.glob("*.log"))
        assert time.monotonic() < deadline, logs
        time.sleep(0.1)


def _connected(client: Client) -> bool:
    try:
        view = client.home()
    except HomeError:
        return False
    return view.connected and bool(view.simulator)


def test_schedule_mode_and_hold_give_way_to_each_other_in_their_order(household: Household) -> None:
    client, held = household.client, household.target
    household.until(household.passed("12:29:30"))
    assert held(LIVING).cause != "schedule"
    household.until(household.reported(LIVING, 23))
    household.until(household.reported(KITCHEN, 23))
    assert household.passed("12:30:00")()
    assert held(LIVING).cause == "schedule"
    assert "the schedule “Lunch” wants it until 14:00" in client.explain(LIVING)

    household.control("turn", device="living_thermostat", celsius=19.0)
    household.until(lambda: held(LIVING).changed_by == "by hand")
    assert "away mode until" in client.mode(Mode.AWAY, hours=2, by="anna")
    household.until(household.reported(KITCHEN, 17))
    household.until(household.passed("12:50:00"))
    assert held(KITCHEN).cause == "mode"
    assert "away mode, set by anna" in client.explain(KITCHEN)
    assert held(LIVING).reported == "19.0 °C"
    assert "held by a person until" in client.explain(LIVING)

    client.resume(LIVING)
    household.until(household.reported(LIVING, 17))
    assert client.hold(KITCHEN, kind=HoldKind.SCHEDULE, by="anna").endswith("until 14:00, when its schedule turns")
    client.mode(Mode.NONE)
    household.until(household.reported(LIVING, 23))
    assert held(KITCHEN).reported == "17.0 °C"
    hold = held(KITCHEN).hold
    assert hold is not None
    assert (hold.kind, hold.by, hold.text) == (HoldKind.SCHEDULE, "anna", "until 14:00, when its schedule turns")

    household.until(household.passed("14:00:30"), step=300)
    assert held(KITCHEN).hold is None
    assert "schedule" not in client.explain(KITCHEN)
